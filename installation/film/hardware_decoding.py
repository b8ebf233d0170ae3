"""Decoding by the graphics card, for clips that would keep several cores busy; the processor decodes all others."""

from __future__ import annotations

import threading

import av
from av.codec.hwaccel import HWAccel, hwdevices_available
from av.container import InputContainer

from installation.host.console import log

HEAVY_THREADS = 3
"""A clip that wants so many threads goes to the card. (A context there takes some 200 MB of the stage's memory.)"""
DEVICES = ("videotoolbox", "d3d11va", "cuda", "vaapi")
"""Kinds that give their pictures back to the processor's memory in a form that is held as YUV, the first ones first."""


class HardwareDecoding:
    """The one device of this process. Thread-safe; the first question may take a second."""

    def __init__(self) -> None:
        self.allowed = True
        """By the venue."""
        self._lock = threading.Lock()
        self._device: str | None = None
        self._why = ""

    def device(self) -> str | None:
        """The kind of device that opens here; None: the processor decodes."""
        with self._lock:
            if self.allowed and self._device is None and not self._why:
                self._device, self._why = _first_that_opens()
            return self._device if self.allowed else None

    def give_up(self, why: str) -> None:
        """The device failed with a clip: the processor decodes from now on."""
        with self._lock:
            if self._device is not None:
                log.warning("hardware decoding (%s) failed: %s; the processor decodes from now on", self._device, why)
            self._device, self._why = None, why

    @property
    def words(self) -> str:
        """Who decodes heavy clips, and why not the card."""
        if not self.allowed:
            return 'all clips by the processor (screen.hardware_decoding = "off")'
        if device := self.device():
            return f"clips larger than 1920x1080 at 60/s by the graphics card ({device}), all others by the processor"
        return f"all clips by the processor ({self._why})"


hardware = HardwareDecoding()


def open_film(file: str, threads: int) -> InputContainer | None:
    """``file`` opened for the card, if it wants so many ``threads`` and a device has its codec; else None."""
    device = hardware.device() if threads >= HEAVY_THREADS else None
    if device is None:
        return None
    try:
        container = av.open(file, hwaccel=HWAccel(device, allow_software_fallback=True))
    except (av.error.FFmpegError, NotImplementedError, OSError) as error:
        hardware.give_up(str(error))
        return None
    if any(stream.codec_context.is_hwaccel for stream in container.streams.video):
        return container
    container.close()
    return None


def _first_that_opens() -> tuple[str | None, str]:
    known = [kind for kind in DEVICES if kind in hwdevices_available()]
    reasons = []
    for kind in known:
        try:
            HWAccel(kind).create(av.Codec("h264", "r"))
        except (av.error.FFmpegError, NotImplementedError, OSError) as error:
            reasons.append(f"{kind}: no card or no driver ({getattr(error, 'strerror', None) or error})")
        else:
            return kind, ""
    return None, "; ".join(reasons) or "this FFmpeg has no hardware decoders"
