"""A camera at this machine: set as the venue wants it and read back, because drivers refuse silently."""

from __future__ import annotations

import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from calibration.settings import CameraSettings
from installation.camera.source import CameraLost
from installation.host.open_files import open_files
from models.arrays import Image

BACKEND = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}.get(sys.platform, cv2.CAP_ANY)
MANUAL_EXPOSURE, MANUAL_WHITE_BALANCE = 1, 0
# <linux/v4l2-controls.h>, <linux/videodev2.h>: struct v4l2_control {u32 id; s32 value}; menu 0 off, 1 50 Hz, 2 60 Hz.
POWER_LINE_CONTROL, GET_CONTROL, SET_CONTROL = 0x00980918, 0xC008561B, 0xC008561C
TOLERANCE = 0.05
"""Of the value asked for: drivers round to their own steps."""


class CameraProperties(Protocol):
    """The part of ``cv2.VideoCapture`` that sets a camera's properties (``cv2.CAP_PROP_...``)."""

    def set(self, prop: int, value: float, /) -> bool:
        """Ask the driver for ``value``. True says little: read it back."""

    def get(self, prop: int, /) -> float:
        """What the driver has now; 0 or -1 where it does not say."""


class DeviceSource:
    """A webcam or capture card, by number or path (one of ``/dev/v4l/by-id`` survives being plugged elsewhere)."""

    live = True

    def __init__(self, settings: CameraSettings) -> None:
        self.address = settings.source
        self._device = os.path.realpath(device_path(settings.source))
        opened = self._device if sys.platform == "linux" else int(settings.source or 0)
        self._capture = cv2.VideoCapture(opened, BACKEND)
        if not self._capture.isOpened():
            self._capture.release()
            raise CameraLost(why_closed(self._device))
        self._settings = settings
        self.remarks = apply_settings(self._capture, settings) + set_power_line(self._device, settings.power_line_hertz)
        width, height = (int(self._capture.get(p)) for p in (cv2.CAP_PROP_FRAME_WIDTH, cv2.CAP_PROP_FRAME_HEIGHT))
        self.name = f"camera {self._device} ({width}x{height})"

    def grab(self) -> None:
        """Wait for the camera's next frame. Raises ``CameraLost``."""
        if not self._capture.grab():
            raise CameraLost(f"{self.name} sends no pictures: {why_closed(self._device)}")

    def retrieve(self) -> Image:
        """Decode the frame last grabbed: (height, width, 3) uint8, BGR. Raises ``CameraLost``."""
        good, image = self._capture.retrieve()
        if not good:
            raise CameraLost(f"{self.name} sent a broken frame: check its cable and USB port")
        return np.asarray(image, np.uint8)

    def controls(self) -> dict[str, float]:
        """What the camera is set to, by the venue file's own names; what the driver does not report is left out."""
        hertz = read_power_line(self._device)
        return read_controls(self._capture) | ({} if hertz is None else {"power_line_hertz": float(hertz)})

    def hold(self) -> dict[str, float]:
        """Fix whatever the venue leaves open at its present value. Returns what the camera is set to then."""
        found = {name: value for name, value in self.controls().items() if getattr(self._settings, name) is None}
        hertz = found.pop("power_line_hertz", None)
        refused = _set(self._capture, _held(CameraSettings(**found)))
        self.remarks += refused + set_power_line(self._device, None if hertz is None else int(hertz))
        return self.controls()

    def close(self) -> None:
        """Release the device for other programs."""
        self._capture.release()


CONTROLS = (
    ("exposure_100us", cv2.CAP_PROP_EXPOSURE, 1.0),
    ("gain", cv2.CAP_PROP_GAIN, 0.0),
    ("white_balance_kelvin", cv2.CAP_PROP_WB_TEMPERATURE, 1.0),
)
"""Name, property, and the least value that is one: a driver that does not know says 0 or -1, but many a gain is 0."""


def read_controls(camera: CameraProperties) -> dict[str, float]:
    """What the driver reports of exposure, gain and white balance."""
    read = ((name, camera.get(prop), least) for name, prop, least in CONTROLS)
    return {name: value for name, value, least in read if value >= least}


def apply_settings(camera: CameraProperties, settings: CameraSettings) -> tuple[str, ...]:
    """Set all that the venue fixes, in the order that V4L2 needs. Returns what the driver refused, one line each."""
    camera.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # before the size, or USB 2 offers 5 frames/s
    remarks = _set(camera, _wanted(settings))
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    return remarks


def _set(camera: CameraProperties, wanted: Iterator[tuple[str, int, float]]) -> tuple[str, ...]:
    remarks = []
    for name, prop, value in wanted:
        camera.set(prop, value)
        found = camera.get(prop)
        if abs(found - value) > TOLERANCE * max(1.0, abs(value)):
            remarks.append(f"{name}: requested {value:g}, the camera uses {found:g}")
    return tuple(remarks)


def _wanted(settings: CameraSettings) -> Iterator[tuple[str, int, float]]:
    yield "width", cv2.CAP_PROP_FRAME_WIDTH, settings.width
    yield "height", cv2.CAP_PROP_FRAME_HEIGHT, settings.height
    yield "frames_per_second", cv2.CAP_PROP_FPS, settings.frames_per_second
    yield from _held(settings)


def _held(settings: CameraSettings) -> Iterator[tuple[str, int, float]]:
    """What the camera would else adjust by itself."""
    if settings.exposure_100us is not None:
        yield "manual exposure", cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL_EXPOSURE
        yield "exposure_100us", cv2.CAP_PROP_EXPOSURE, settings.exposure_100us
    if settings.gain is not None:
        yield "gain", cv2.CAP_PROP_GAIN, settings.gain
    if settings.white_balance_kelvin is not None:
        yield "manual white balance", cv2.CAP_PROP_AUTO_WB, MANUAL_WHITE_BALANCE
        yield "white_balance_kelvin", cv2.CAP_PROP_WB_TEMPERATURE, settings.white_balance_kelvin


def set_power_line(device: str, hertz: int | None) -> tuple[str, ...]:
    """Set the flicker filter (0 = off), which OpenCV cannot; V4L2 only. Returns a remark when it was refused."""
    if hertz is None:
        return ()
    try:
        import fcntl

        with Path(device).open("rb+", buffering=0) as camera:
            wish = struct.pack("Ii", POWER_LINE_CONTROL, (0, 50, 60).index(hertz))
            fcntl.ioctl(camera, SET_CONTROL, wish)
            found = fcntl.ioctl(camera, GET_CONTROL, wish)
    except (OSError, ImportError) as error:
        return (f"power_line_hertz: the camera rejected {hertz} ({error})",)
    return () if found == wish else (f"power_line_hertz: requested {hertz}, the camera ignored it",)


def read_power_line(device: str) -> int | None:
    """The flicker filter in hertz (0 = off); None where the driver does not know or lets the camera choose."""
    try:
        import fcntl

        with Path(device).open("rb+", buffering=0) as camera:
            answer = fcntl.ioctl(camera, GET_CONTROL, struct.pack("Ii", POWER_LINE_CONTROL, 0))
    except (OSError, ImportError):
        return None
    return {0: 0, 1: 50, 2: 60}.get(struct.unpack("Ii", answer)[1])


def found_devices() -> list[str]:
    """Cameras that may be there, the first one first."""
    if sys.platform == "linux":
        return sorted((str(path) for path in Path("/dev").glob("video*")), key=lambda path: (len(path), path))
    return ["0", "1"]


def device_path(source: str) -> str:
    """``0`` as ``/dev/video0``; a path as it is."""
    return f"/dev/video{int(source)}" if source.isdecimal() else source


def why_closed(device: str) -> str:
    """Why a device cannot be opened, and what to do."""
    if sys.platform != "linux":
        return (
            f"camera {device} cannot be opened: check that it is plugged in, that no other program uses it, "
            "and that chiaro may use it"
        )
    if not Path(device).exists():
        return f"{device} does not exist: plug the camera in, or correct camera.source (ls /dev/video*)"
    if not os.access(device, os.R_OK | os.W_OK):
        return f"{device} cannot be opened, permission denied: add this user to the group 'video' and log in again"
    users = ", ".join(programs_using(device))
    if users:
        return f"{device} is in use by {users}: close that program"
    return f"{device} does not respond: unplug it and plug it in again, or choose another (ls /dev/video*)"


def is_held_by(device: str, process: int) -> bool:
    """Whether a process, or one that it started, holds the device open; Linux only, elsewhere False."""
    path = os.path.realpath(device)
    for one in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((one / "stat").read_text().rpartition(")")[2].split()[1])
            if process in (int(one.name), parent) and path in open_files(one.name):
                return True
        except OSError:
            continue  # ended meanwhile, or of another user
    return False


def programs_using(path: str) -> list[str]:
    """Other programs of this user that hold ``path`` open, as 'name (pid)'; Linux only, elsewhere empty."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        try:
            if path in open_files(process.name):
                found.append(f"{(process / 'comm').read_text().strip()} ({process.name})")
        except OSError:
            continue  # ended meanwhile, or of another user
    return found
