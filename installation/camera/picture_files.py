"""Pictures out of files, still or moving, for commands that read files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile
from calibration.files import is_file, is_folder, read_bytes
from models.arrays import Image
from models.frame import PICTURE_SUFFIXES, Frame

PICTURE_BYTES = 500_000_000


def frames_of(path: Path, every: int) -> Iterator[Frame]:
    """The picture of ``path``, or every ``every``-th frame of a video, stamped with its seconds from the start.

    Raises ``BadFile`` when it does not exist or cannot be decoded.
    """
    if not is_file(path):
        raise BadFile(path, ["is a folder; name its files" if is_folder(path) else "no such file"])
    if path.suffix.lower() in PICTURE_SUFFIXES:
        yield Frame(_still(path), 0.0, 0)
        return
    capture = cv2.VideoCapture(str(path))
    number = -1
    try:
        rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
        while capture.grab():
            number += 1
            if number % every == 0:
                good, image = capture.retrieve()
                if good:
                    yield Frame(np.asarray(image, np.uint8), number / rate, number)
    finally:
        capture.release()
    if number < 0:
        raise BadFile(path, ["is not an image or a video that can be decoded"])


def _still(path: Path) -> Image:
    # Not imread: it cannot read names beyond ASCII on Windows, and does not say why.
    content = np.frombuffer(read_bytes(path, PICTURE_BYTES), np.uint8)
    try:
        image = cv2.imdecode(content, cv2.IMREAD_COLOR) if len(content) else None
    except cv2.error:  # a header that claims more pixels than OpenCV decodes
        image = None
    if image is None:
        raise BadFile(path, ["is not an image that can be decoded"])
    return np.asarray(image, np.uint8)
