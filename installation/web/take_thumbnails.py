"""``python -m installation.web.take_thumbnails``: small JPEGs of clips, as asked for on stdin; then it ends.

It yields to the film as the console does that starts it, and no more: with what a nice value of 19 leaves of a busy
machine, the pages of an evening would stay without pictures.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import ChiaroError
from installation.film.picture_at import picture_at
from scenes.story.clip import Clip

SIZE = 320, 180
"""Of 16 to 9, cut to fill it."""
QUALITY = 80


def take(file: Path, at: float, out: Path) -> None:
    """Write the picture at ``at`` seconds, whole or not at all. Raises ``Unplayable`` or OSError."""
    picture = np.ascontiguousarray(picture_at(Clip(file), at, SIZE)[..., :3])
    done, jpeg = cv2.imencode(".jpg", picture, (cv2.IMWRITE_JPEG_QUALITY, QUALITY))
    if done:
        part = out.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(jpeg.tobytes())
        part.replace(out)


def main() -> None:
    """Take all that is asked for; one that fails is left out."""
    cv2.setNumThreads(1)
    for one in json.load(sys.stdin):
        with suppress(ChiaroError, OSError):
            take(Path(one["file"]), one["at"], Path(one["out"]))


if __name__ == "__main__":
    main()
