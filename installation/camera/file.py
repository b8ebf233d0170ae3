"""A video file as a camera: at its own pace, again and again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import CameraSettings
from installation.camera.pace import Pace
from installation.camera.source import CameraLost
from models.arrays import Image


class FileSource:
    """Plays a video file in a loop."""

    live = False
    remarks: tuple[str, ...] = ()

    def __init__(self, settings: CameraSettings, pace: Callable[[float], Pace] = Pace) -> None:
        self.address = settings.source
        self._path = Path(settings.source).expanduser()
        self._capture = self._open()
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        usable = 1.0 <= rate <= 240.0  # some containers state 0, others their time base
        self._pace = pace(rate if usable else settings.frames_per_second)
        self.name = f"video file {self._path.name}"

    def grab(self) -> None:
        """Wait until the next frame is due, and go to it; after the last one comes the first. Raises ``CameraLost``."""
        self._pace.wait()
        if self._capture.grab():
            return
        self._capture.release()
        self._capture = self._open()  # seeking to 0 is not exact in every container; opening again is
        if not self._capture.grab():
            raise CameraLost(f"{self._path.name} contains no frame that can be decoded")

    def retrieve(self) -> Image:
        """Decode the frame last grabbed: (height, width, 3) uint8, BGR. Raises ``CameraLost``."""
        good, image = self._capture.retrieve()
        if not good:
            raise CameraLost(f"a frame of {self._path.name} cannot be decoded")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    def _open(self) -> cv2.VideoCapture:
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            raise CameraLost(f"{self._path.name} does not exist or is not a video that can be decoded")
        return capture
