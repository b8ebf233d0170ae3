"""What every face detector offers, and the one that the venue asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Protocol

import numpy as np

from calibration.settings import EyeSettings, Region
from models.arrays import Image
from models.frame import Detection


class Detector(Protocol):
    """Finds faces in one picture; remembers nothing of the last one."""

    def detect(self, image: Image) -> list[Detection]:
        """Faces in ``image`` (h, w, 3) BGR, in its own pixels, best first."""


def open_detector(settings: EyeSettings) -> Detector:
    """The detector that the venue names.

    Raises ``BadFile`` for a file that cannot be used, ``NoWeights`` when MTCNN's weights are missing or changed.
    """
    if settings.detector == "yunet":
        from models.seeing.yunet import YuNet

        return YuNet(
            Path(settings.detector_file),
            smallest_face=settings.smallest_face_pixels,
            score=settings.detection_score,
            threads=settings.threads,
            rows=settings.detection_rows,
        )
    if settings.detector == "chiaro":
        from models.seeing.one_shot import SHIPPED, OneShot

        return OneShot(
            settings.smallest_face_pixels,
            settings.detection_score,
            settings.threads,
            settings.detection_rows,
            Path(settings.detector_file) if settings.detector_file else SHIPPED,
        )
    from models.seeing.mtcnn import Mtcnn

    return Mtcnn(settings.smallest_face_pixels, settings.detection_score, settings.threads, settings.detection_rows)


def cut(image: Image, region: Region) -> tuple[Image, tuple[int, int]]:
    """The part of ``image`` in which visitors are searched for (a view, no copy), and its top left corner (x, y)."""
    height, width = image.shape[:2]
    x1, x2 = sorted((round(region.left * width), round(region.right * width)))
    y1, y2 = sorted((round(region.top * height), round(region.bottom * height)))
    part = image[y1:y2, x1:x2]
    return (part, (x1, y1)) if part.size else (image, (0, 0))


def shifted(detection: Detection, by: tuple[float, float]) -> Detection:
    """The detection with its box and landmarks moved by (x, y) pixels."""
    x, y, width, height = detection.box
    landmarks = detection.landmarks + np.asarray(by, np.float32)
    return replace(detection, box=(x + by[0], y + by[1], width, height), landmarks=landmarks)
