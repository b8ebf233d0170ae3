"""A folder of images as a camera: in the order of their names, at the camera's rate, again and again."""

from __future__ import annotations

from contextlib import suppress
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

    def __init__(self, settings: CameraSettings) -> None:
        self.address = settings.source
        folder = Path(settings.source).expanduser()
        try:
            named = sorted(path for path in folder.iterdir() if path.suffix.lower() in PICTURE_SUFFIXES)
        except OSError as error:  # it went between two looks, or may not be read
            raise CameraLost(f"folder {folder.name} cannot be read: {error.strerror or error}") from error
        # One that cannot be read would end the camera each time its turn came, and those behind it were never shown.
        # Only regular files are opened: a pipe would be waited for without end.
        files = [path for path in named if path.is_file() and cv2.haveImageReader(str(path))]
        left_out = sorted({path.name for path in named} - {path.name for path in files})
        more = f" and {len(left_out) - 1} more" if len(left_out) > 1 else ""
        self.remarks: tuple[str, ...] = (
            (f"{left_out[0]}{more} cannot be read as an image: left out",) if left_out else ()
        )
        if not files:
            raise CameraLost(f"folder {folder.name} contains no images ({', '.join(sorted(PICTURE_SUFFIXES))})")
        self.name = f"folder {folder.name} ({len(files)} images)"
        self._files, self._count = cycle(files), len(files)
        self._pace = Pace(settings.frames_per_second)
        self._file = files[0]

    def grab(self) -> None:
        """Wait until the next image is due; after the last one comes the first."""
        self._pace.wait()
        self._file = next(self._files)

    def retrieve(self) -> Image:
        """Decode the image last grabbed, or the next that can be: (height, width, 3) uint8, BGR.

        Raises ``CameraLost`` when none can.
        """
        for _ in range(self._count):
            with suppress(cv2.error):  # a header that claims more pixels than OpenCV decodes
                image = cv2.imread(str(self._file), cv2.IMREAD_COLOR)
                if image is not None:
                    return np.asarray(image, np.uint8)
            self._file = next(self._files)
        raise CameraLost(f"{self.name} contains no image that can be decoded")

    def close(self) -> None:
        """Nothing is open between two images."""
