"""YuNet on onnxruntime, for venues that name its file (``chiaro models get yunet``).

Wu, Peng, Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023. Its weights come in no Python package.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx

from calibration.errors import BadFile
from calibration.files import is_file
from models.arrays import Floats, Image
from models.frame import Detection
from models.seeing.boxes import as_detections, nms
from models.seeing.brighten import BRIGHT_ENOUGH, ROWS, brighten
from models.seeing.session import open_session

STRIDES = (8, 16, 32)
KINDS = ("cls", "obj", "bbox", "kps")
IOU_THRESHOLD = 0.3


class YuNet:
    """Finds faces and their five landmarks in one picture. Raises ``BadFile`` when the file is not a YuNet."""

    def __init__(
        self, path: Path, smallest_face: float = 40, score: float = 0.7, threads: int = 1, rows: int = ROWS
    ) -> None:
        self._smallest, self._score, self._rows = smallest_face, score, rows
        if not is_file(path):
            named = f"{path} does not exist" if str(path) != "." else "no file is named"
            raise BadFile(
                path,
                [f"eye.detector_file: {named}; 'chiaro models get yunet' downloads it; or set detector = \"mtcnn\""],
            )
        try:
            self._session = open_session(_any_size(path), threads, sizes_vary=True)
            self._input = self._session.get_inputs()[0].name
            self._detect_scaled(np.zeros((64, 96, 3), np.uint8))
        except Exception as error:  # onnx's and onnxruntime's exceptions share no base class
            raise BadFile(path, [f"is not a YuNet of 2023 that can be run: {error}"]) from error

    def detect(self, image: Image) -> list[Detection]:
        """Faces in ``image`` (h, w, 3) BGR, best first, in its own pixels."""
        picture, scale = _reduced(image, self._rows)
        boxes, scores, points = self._detect_scaled(picture)
        large = (boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0) >= self._smallest * scale
        return as_detections(boxes[large], scores[large], points[large], scale)

    def _detect_scaled(self, picture: Image) -> tuple[Floats, Floats, Floats]:
        bottom, right = (-side % STRIDES[-1] for side in picture.shape[:2])
        padded = cv2.copyMakeBorder(picture, 0, bottom, 0, right, cv2.BORDER_CONSTANT)
        blob = np.ascontiguousarray(padded.transpose(2, 0, 1)[None], np.float32)
        names = [f"{kind}_{stride}" for stride in STRIDES for kind in KINDS]
        maps = self._session.run(names, {self._input: blob})
        levels = [decoded(maps[4 * i : 4 * i + 4], stride, padded.shape[1]) for i, stride in enumerate(STRIDES)]
        boxes, scores, points = (np.concatenate(parts) for parts in zip(*levels, strict=True))
        sure = scores > self._score
        boxes, scores, points = boxes[sure], scores[sure], points[sure]
        best = nms(boxes, scores, IOU_THRESHOLD)
        return boxes[best], scores[best], points[best]


def _any_size(path: Path) -> bytes:
    """The file with its picture's height and width set free: it is published for 640x640 only, but needs no size."""
    model = onnx.load(path)
    for value in (*model.graph.input, *model.graph.output):
        for place, name in ((-2, "h"), (-1, "w")) if value in model.graph.input else ((1, "n"),):
            value.type.tensor_type.shape.dim[place].dim_param = name
    del model.graph.value_info[:]
    return bytes(model.SerializeToString())


def decoded(maps: Sequence[Floats], stride: int, width: int) -> tuple[Floats, Floats, Floats]:
    """Boxes (n, 4), scores (n,) and landmarks (n, 5, 2) in pixels, from the maps of one stride.

    ``maps`` in the order of ``KINDS``: (1, n, 1), (1, n, 1), (1, n, 4) and (1, n, 10), row by row over a picture
    ``width`` pixels wide.
    """
    cls, obj, bbox, kps = maps
    columns = width // stride
    index = np.arange(cls.shape[1])
    grid = np.stack([index % columns, index // columns], axis=1).astype(np.float32)
    scores = np.sqrt(np.clip(cls[0, :, 0], 0, 1) * np.clip(obj[0, :, 0], 0, 1))
    centres = (grid + bbox[0, :, :2]) * stride
    half = np.exp(bbox[0, :, 2:]) * stride / 2
    points = (grid[:, None] + kps[0].reshape(-1, 5, 2)) * stride
    return np.concatenate([centres - half, centres + half], axis=1), scores, points


def _reduced(image: Image, rows: int) -> tuple[Image, float]:
    """At most so many rows, in colour; a dark one gray and brightened (its colours would be noise)."""
    scale = min(1.0, rows / image.shape[0])
    if scale < 1.0:
        size = (round(image.shape[1] * scale), rows)
        image = np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8)
    gray = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    if float(gray.mean()) > BRIGHT_ENOUGH:
        return image, scale
    return np.asarray(cv2.cvtColor(brighten(gray), cv2.COLOR_GRAY2BGR), np.uint8), scale
