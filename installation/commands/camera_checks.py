"""The camera, as ``chiaro check`` tries it: a picture comes, it is not black, and it is the right way up."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadInput, ChiaroError
from calibration.settings import NO_CAMERA, EyeSettings
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from models.arrays import Image

SAMPLES, SAMPLE_SECONDS = 3, 0.25
"""Pictures in which a face is looked for, and the time between them."""
SURE = 0.95
"""A turned face is believed from this score on: in 22 pictures of upright faces the turned ones reached 0.83."""
HANGS = {90: "on its side", 180: "upside down", 270: "on its side"}


def check_camera(venue: Venue, seconds: float = 4.0, show: int = 0) -> Iterator[Finding]:
    """A frame is read, must not be black, and a face in it must be upright.

    The first ``seconds`` of black are forgiven: many cameras begin so. ``show``: process of the running show, or 0.
    """
    from installation.camera.capture import upright
    from installation.camera.device import device_path, found_devices, is_held_by
    from installation.camera.masks import masks_of
    from installation.camera.open_source import kind_of, open_source, with_source_file
    from installation.camera.source import CameraLost
    from installation.camera.visitor_source import StandIn, VisitorSource

    if venue.privacy.stays_shut:
        yield ok("camera", "[privacy]", f"not opened: {venue.privacy.stays_shut}")
        return
    if venue.camera.source == NO_CAMERA:
        yield ok("camera", "camera.source = none", "this machine has no eye; those of [eyes] are tried below")
        return
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    named = f"camera.source_file = {venue.camera.source_file}"
    try:
        settings = with_source_file(venue.camera)
    except CameraLost as error:
        yield problem("camera", named, str(error))
        return
    if venue.camera.source_file and is_read_by_others(Path(venue.camera.source_file)):
        yield warning("camera", named, "others on this machine can read it; run: chmod 600 and its name")
    if not venue.camera.source_file:
        named = f"camera.source = {without_login(settings.source) or '(first camera)'}"
    kind = kind_of(settings.source)
    devices = (
        found_devices() if kind in ("any", "first") else [device_path(settings.source)] if kind == "device" else []
    )
    if show and (held := next((device for device in devices if is_held_by(device, show)), None)):
        yield ok("camera", held, f"the running show has it (process {show}), so it was not tried")
        return
    until = time.monotonic() + seconds
    try:
        source = open_source(settings, seed=0)
        try:
            masks = masks_of(venue)

            def read() -> Image:
                source.grab()
                return upright(source.retrieve(), settings)

            image = read()
            while source.live and time.monotonic() < until and image.mean() < settings.blind_below_luminance:
                image = read()
            seen = isinstance(source, VisitorSource) or image.mean() < settings.blind_below_luminance
            turn = 0 if seen else turn_of_faces(lambda: masks.apply(read()), masks.apply(image), venue.eye)
        finally:
            source.close()
    except (CameraLost, BadInput) as error:
        busy = "; is another program using it?" if kind == "device" else ""
        yield problem("camera", named, f"{error}{busy}")
        return
    for remark in source.remarks:
        yield warning("camera", source.name, remark, rehearsal=isinstance(source, StandIn))
    height, width = image.shape[:2]
    light = float(image.mean())
    if light < settings.blind_below_luminance:
        yield problem(
            "camera", source.name, f"the picture is black ({light:.1f} of 255): uncover the lens or turn on the light"
        )
    elif turn:
        right = (settings.rotate_degrees + turn) % 360
        yield problem(
            "camera",
            source.name,
            f"a face is found only when the picture is turned by {turn} degrees: the camera hangs {HANGS[turn]}; "
            f"write rotate_degrees = {right} under [camera]",
        )
    else:
        yield ok("camera", source.name, f"{width}x{height}, picture mean {light:.0f} of 255")


def turn_of_faces(read: Callable[[], Image], image: Image, settings: EyeSettings) -> int:
    """Degrees by which the picture must be turned for a face to be upright; 0 when one is, or when there is none."""
    from models.seeing.detector import open_detector

    try:
        detector = open_detector(settings)
    except ChiaroError:
        return 0  # told where the networks are checked
    found = {90: 0, 180: 0, 270: 0}
    for sample in range(SAMPLES):
        if sample:
            until = time.monotonic() + SAMPLE_SECONDS
            image = read()
            while time.monotonic() < until:
                image = read()
        if detector.detect(image):
            return 0
        for turn in found:
            found[turn] += any(face.score >= SURE for face in detector.detect(turned(image, turn)))
    turn = max(found, key=lambda turn: found[turn])
    return turn if found[turn] >= 2 else 0


def is_read_by_others(file: Path) -> bool:
    """Whether the file system lets others than the owner read ``file`` (never on Windows, which has other rules)."""
    return sys.platform != "win32" and bool(file.stat().st_mode & 0o077)


def without_login(source: str) -> str:
    """The setting as it may be shown: of a stream's address only what comes before and after user and password."""
    scheme, _, rest = source.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}" if rest else source


def turned(image: Image, degrees: int) -> Image:
    """The picture turned clockwise, as the capture turns it."""
    from installation.camera.capture import TURNS

    return np.asarray(cv2.rotate(image, TURNS[degrees]), np.uint8) if degrees else image
