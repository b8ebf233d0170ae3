"""Where the calibration's pictures come from: a room with people in it, a simulated visitor, or recordings on disk."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Protocol

import cv2

from calibration.errors import BadFile
from calibration.settings import CameraSettings
from calibration.venue import Venue, require_may_look
from installation.camera.capture import Capture
from installation.camera.masks import Masks, masks_of
from installation.camera.open_source import open_source, with_source_file
from installation.camera.picture_files import frames_of
from installation.camera.source import CameraLost, Source
from installation.camera.visitor_source import StandIn
from models.arrays import Image
from models.frame import PICTURE_SUFFIXES
from models.labels import LABELS
from models.rendering.performance import DirectedVisit
from models.rendering.simulated_visitor import SimulatedVisitor

EMPTY = "empty"
"""Folder of the empty room among recordings."""
PICTURES_PER_SECOND = 8.0
SETTLE_PICTURES = 30
"""Of a camera whose automatic exposure is still on, before its values are read."""


@dataclass(frozen=True, slots=True)
class RecordingRequest:
    """Who is asked for what. No person: the empty room; no label: just to stand there, at rest."""

    person: str = ""
    label: str = ""


class PictureSource(Protocol):
    """Pictures of one room, with the people who are asked to stand in it."""

    name: str
    live: bool
    """Real people stand there and have to be led."""
    somebody: bool
    """Real people, whose yes is needed."""
    adjusts: bool
    """A camera that would adjust itself where nothing is fixed (no film, no simulated visitor)."""
    controls: dict[str, float]
    """Of the camera, as read back."""
    remarks: tuple[str, ...]

    def people(self) -> tuple[str, ...]:
        """Who can be recorded; () = unknown, the technician types their initials."""

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:
        """Pictures of what was asked for, for so many seconds. Raises ``CameraLost``."""

    def cover(self, masks: Masks) -> None:
        """From now on what lies in ``masks`` is black."""

    def close(self) -> None:
        """Let the camera go."""


def open_picture_source(venue: Venue, seed: int) -> PictureSource:
    """Open what the venue's ``camera.source``, or the file of it, names; ``seed`` draws the simulated visitors.

    Raises ``CameraLost``, and ``BadInput`` where nobody may be looked at.
    """
    settings = with_source_file(venue.camera)
    if settings.source == "visitor":
        return SimulatedPictures(settings, seed)
    require_may_look(venue)
    folder = Path(settings.source).expanduser()
    if settings.source and folder.is_dir() and any(one.is_dir() for one in folder.iterdir()):
        return RecordedPictures(folder)
    # OpenCV's own lines would bury ours, and a wedged camera would hold it for 10 s; both are read at the first use.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", str(max(1, round(settings.read_timeout_seconds))))
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_ERROR)
    return CameraPictures(settings, masks_of(venue), seed)


class CameraPictures:
    """A camera, a stream, or a film or folder that stands in for one."""

    def __init__(self, settings: CameraSettings, masks: Masks, seed: int) -> None:
        self._settings, self._seed = settings, seed
        self.controls: dict[str, float] = {}
        self.live = self.somebody = True
        self.adjusts = False
        self._capture = Capture(self._open, settings, masks, PICTURES_PER_SECOND)
        self._capture.start()
        self._seen = 0
        try:
            next(self.pictures(RecordingRequest(), settings.open_timeout_seconds + 2))
        except BaseException:
            self.close()
            raise
        self.name, self.remarks = self._capture.name, self._capture.remarks

    def people(self) -> tuple[str, ...]:
        """The technician says who is there."""
        return ()

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:  # noqa: ARG002 - the guide asks people
        """What the camera shows, whoever stands there."""
        until, shown = time.monotonic() + seconds, False
        while time.monotonic() < until:
            frame = self._capture.newest(self._seen, 0.2)
            if frame is None:
                continue
            self._seen, shown = frame.number, True
            yield frame.image
        if not shown:
            raise CameraLost(self._capture.trouble(time.monotonic()) or "the camera delivers no pictures")

    def cover(self, masks: Masks) -> None:
        """From the next picture on."""
        self._capture.cover(masks)

    def close(self) -> None:
        """Let the camera go."""
        self._capture.close(2.0)

    def _open(self) -> Source:
        source = open_source(self._settings, self._seed)
        if isinstance(source, StandIn):
            source.close()
            raise CameraLost("no camera was found: plug one in, or name it with --camera ('visitor' works without one)")
        self.adjusts = source.live
        hold = getattr(source, "hold", None)
        if hold is not None:
            if self._settings.exposure_100us is None:
                for _ in range(SETTLE_PICTURES):
                    source.grab()
            # From the first measured picture on: what is measured under an automatic exposure holds for no evening.
            self.controls = hold()
        return source


class SimulatedPictures:
    """The simulated visitors, who do as they are asked, at once; nothing waits for a clock."""

    live = somebody = adjusts = False
    remarks: tuple[str, ...] = ()

    def __init__(self, settings: CameraSettings, seed: int) -> None:
        self._performance = DirectedVisit(seed)
        self._visitor = SimulatedVisitor(settings, seed, self._performance, begins=0.0)
        self._now = 0.0
        self.controls: dict[str, float] = {}
        self.name = "simulated visitors"

    def people(self) -> tuple[str, ...]:
        """A letter for each visitor."""
        return tuple(ascii_uppercase[: self._visitor.people])

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:
        """The visitor does at once what is asked for."""
        person = self.people().index(request.person) if request.person else None
        self._performance.direct(person, request.label, self._now)
        until = self._now + seconds
        while self._now < until:
            self._now += 1 / PICTURES_PER_SECOND
            yield self._visitor.read(self._now)
        self._now += 10.0

    def cover(self, masks: Masks) -> None:
        """No screen is seen here."""

    def close(self) -> None:
        """Nothing is open."""


class RecordedPictures:
    """Recordings on disk, as '--keep-frames' writes them: ``empty/`` and ``PERSON/EMOTION/`` with pictures or films."""

    live, somebody, adjusts = False, True, False
    remarks: tuple[str, ...] = ()

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.controls: dict[str, float] = {}
        self.name = f"recordings in {folder.name}"
        if not self.people():
            raise CameraLost(
                f"{folder.name} holds no recordings; expected folders PERSON/EMOTION with pictures or films"
            )

    def people(self) -> tuple[str, ...]:
        """The folders that hold an emotion."""
        folders = (one for one in sorted(self._folder.iterdir()) if one.is_dir() and one.name != EMPTY)
        return tuple(one.name for one in folders if any((one / label).is_dir() for label in LABELS))

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:
        """The pictures of one folder; none where there is none."""
        name = Path(request.person, request.label or "neutral") if request.person else EMPTY
        recording = self._folder / name
        wanted = int(seconds * PICTURES_PER_SECOND)
        count = 0
        for file in sorted(recording.iterdir()) if recording.is_dir() else ():
            try:
                for frame in frames_of(file, 1 if file.suffix.lower() in PICTURE_SUFFIXES else 4):
                    yield frame.image
                    count += 1
                    if count >= wanted:
                        return
            except BadFile as error:
                raise CameraLost(str(error)) from error

    def cover(self, masks: Masks) -> None:
        """No screen is seen here."""

    def close(self) -> None:
        """Nothing is open."""
