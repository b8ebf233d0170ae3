"""A folder of images as a camera: in the order of their names, at the camera's rate, again and again."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import CameraSettings
from installation.camera.pace import Pace
from installation.camera.source import CameraLost
from models.arrays import Image
from models.frame import PICTURE_SUFFIXES


class FolderSource:
    """Shows the images of a folder as if a camera saw them, at ``frames_per_second``."""

    live = False
    remarks: tuple[str, ...] = ()

    def __init__(self, settings: CameraSettings) -> None:
        self.address = settings.source
        folder = Path(settings.source).expanduser()
        try:
            files = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
        except OSError as error:  # it went between two looks, or may not be read
            raise CameraLost(f"folder {folder.name} cannot be read: {error.strerror or error}") from error
        if not files:
            raise CameraLost(f"folder {folder.name} contains no images ({', '.join(sorted(PICTURE_SUFFIXES))})")
        self.name = f"folder {folder.name} ({len(files)} images)"
        self._files = cycle(files)
        self._pace = Pace(settings.frames_per_second)
        self._file = files[0]

    def grab(self) -> None:
        """Wait until the next image is due; after the last one comes the first."""
        self._pace.wait()
        self._file = next(self._files)

    def retrieve(self) -> Image:
        """Decode the image last grabbed: (height, width, 3) uint8, BGR. Raises ``CameraLost``."""
        try:
            image = cv2.imread(str(self._file), cv2.IMREAD_COLOR)
        except cv2.error:  # a header that claims more pixels than OpenCV decodes
            image = None
        if image is None:
            raise CameraLost(f"{self._file.name} cannot be decoded as an image")
        return np.asarray(image, np.uint8)

    def close(self) -> None:
        """Nothing is open between two images."""
