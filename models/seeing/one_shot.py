"""Our own face detector: one small network that gives score, box and five landmarks of every face in one pass.

It was trained on drawn dark rooms (``models.darkroom``, ``chiaro train detector``); ``weights/chiaro-faces.md`` is its
card. Its time does not grow with the number of faces.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile
from calibration.files import TEXT_BYTES, read_bytes
from models import WEIGHTS
from models.arrays import Floats, Gray, Image
from models.frame import Detection
from models.seeing.align import TEMPLATE
from models.seeing.boxes import as_detections, nms, nms_by_smaller_box
from models.seeing.brighten import ROWS, reduce_to_gray
from models.seeing.second_look import SecondLook
from models.seeing.session import about_the_file, open_session

SHIPPED = WEIGHTS / "chiaro-faces.onnx"
STRIDES = (8, 16, 32)
"""Pixels between the cells of the network's three maps."""
VALUES = 15
"""Of each cell: the logit of a face; its middle and the logarithm of its size; five landmarks."""
LANDMARK_REACH = 2.0
"""Strides that a landmark of 1 lies away from its cell."""
PADDING = 128
"""Gray around the picture, as around the pictures of the training."""
IOU_THRESHOLD, SMALLER_BOX_THRESHOLD = 0.35, 0.7
CANDIDATE, MOST_CANDIDATES = 0.15, 64
"""Score from which what was found at the first look gets a second one; the best of them only, which bounds the time."""
SURER = 0.4
"""Added to the mean logit of both looks: at a score of 0.7 empty drawn rooms then have no false face."""
SECOND_SHA256 = "second_look_sha256"
"""In the card of a detector that has a second look."""
NETWORK_BYTES = 10_000_000
Found = tuple[Floats, Floats, Floats]
"""Boxes (n, 4), scores (n,) and landmarks (n, 5, 2), best first, in pixels of the reduced picture."""
Judge = Callable[[Floats], tuple[Floats, Floats]]
"""Landmarks (n, 5, 2) -> logits (n,) of being a face, and better landmarks."""


class OneShot:
    """Finds faces and their five landmarks in one picture.

    ``smallest_face`` in pixels of the picture as given. Raises ``BadFile`` for a file that is torn or not the card's.
    """

    def __init__(
        self,
        smallest_face: float = 40,
        score: float = 0.7,
        threads: int = 1,
        rows: int = ROWS,
        path: Path = SHIPPED,
    ) -> None:
        self._choice, self._score, self._rows = Choice(smallest_face, score), score, rows
        card = read_detector_card(path)
        network = _checked(path, card, "sha256")
        nothing = np.full((STRIDES[-1], STRIDES[-1]), PADDING, np.uint8)
        with about_the_file(path):
            self._first = open_session(network, threads, sizes_vary=True)
            self.search(nothing, score)
        self._second: SecondLook | None = None
        if SECOND_SHA256 in card:
            second = second_of(path)
            network = _checked(second, card, SECOND_SHA256)
            with about_the_file(second):
                self._second = SecondLook(network, threads)
                self._second.judge(nothing, TEMPLATE[None])

    def detect(self, image: Image) -> list[Detection]:
        """Faces in ``image`` (BGR or gray), best first, in its own pixels."""
        gray, scale = reduce_to_gray(image, self._rows)
        if self._second:
            return self._choice.after_second_look(
                self.search(gray, CANDIDATE), scale, partial(self._second.judge, gray)
            )
        return as_detections(*self._choice.large_enough(self.search(gray, self._score), scale), scale)

    def search(self, gray: Gray, score: float) -> Found:
        """Boxes (n, 4), scores (n,) above ``score`` and landmarks (n, 5, 2) in pixels of ``gray``: the first look."""
        bottom, right = (-side % STRIDES[-1] for side in gray.shape)
        padded = cv2.copyMakeBorder(gray, 0, bottom, 0, right, cv2.BORDER_CONSTANT, value=PADDING)
        (answers,) = self._first.run(None, {self._first.get_inputs()[0].name: padded[None, None].astype(np.float32)})
        return faces_in(answers[0], padded.shape[0], padded.shape[1], score)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the faces that were found count."""

    smallest: float
    """Pixels of the picture as given."""
    score: float

    def large_enough(self, found: Found, scale: float) -> Found:
        """Those found in the reduced picture that are not too small."""
        boxes, scores, points = found
        large = np.flatnonzero((boxes[:, 2:] - boxes[:, :2]).max(axis=1, initial=0) >= self.smallest * scale)
        return boxes[large], scores[large], points[large]

    def after_second_look(self, found: Found, scale: float, judge: Judge) -> list[Detection]:
        """The faces, best first, in the pixels of the picture as given. ``judge`` is the second look."""
        boxes, scores, points = (values[:MOST_CANDIDATES] for values in self.large_enough(found, scale))
        logits, points = judge(points)
        scores = both_looks(scores, logits)
        best = np.argsort(-scores, kind="stable")[: int((scores > self.score).sum())]
        return as_detections(boxes[best], scores[best], points[best], scale)


def faces_in(answers: Floats, height: int, width: int, score: float) -> Found:
    """Boxes, scores above ``score`` and landmarks from the first look's answers (cells, 15), each face once."""
    boxes, scores, points = decoded(answers, height, width, score)
    best = nms(boxes, scores, IOU_THRESHOLD)
    best = best[nms_by_smaller_box(boxes[best], scores[best], SMALLER_BOX_THRESHOLD)]
    return boxes[best], scores[best], points[best]


def both_looks(scores: Floats, logits: Floats) -> Floats:
    """Scores (n,) from the first look's (n,) and the second one's logits (n,): what one doubts, the other must see."""
    sure = np.clip(scores, 1e-6, 1 - 1e-6)
    return np.asarray(1 / (1 + np.exp(-(np.log(sure / (1 - sure)) + logits) / 2 - SURER)), np.float32)


def decoded(answers: Floats, height: int, width: int, score: float) -> Found:
    """Boxes (n, 4), scores (n,) and landmarks (n, 5, 2) of the cells that score above ``score``, from (cells, 15)."""
    sure = np.flatnonzero(answers[:, 0] > np.log(score / (1 - score)))
    all_centres, strides = _cells(height, width)
    chosen, centres, stride = answers[sure], all_centres[sure], strides[sure, None]
    middles, half = centres + chosen[:, 1:3] * stride, np.exp(np.clip(chosen[:, 3:5], -3, 4)) * stride
    points = centres[:, None] + chosen[:, 5:].reshape(-1, 5, 2) * (stride * LANDMARK_REACH)[:, None]
    boxes = np.concatenate([middles - half, middles + half], axis=1)
    return boxes, np.asarray(1 / (1 + np.exp(-chosen[:, 0])), np.float32), points


@lru_cache(4)
def _cells(height: int, width: int) -> tuple[Floats, Floats]:
    """Middle and stride of each cell."""
    return np.concatenate(cell_centres(height, width)), cell_strides(height, width)


def cell_centres(height: int, width: int) -> list[Floats]:
    """Middles (cells, 2) of the cells of each map, x and y, for a picture of so many pixels (multiples of 32)."""
    centres = []
    for stride in STRIDES:
        rows, columns = np.mgrid[: height // stride, : width // stride]
        centres.append((np.stack([columns, rows], axis=-1).reshape(-1, 2).astype(np.float32) + 0.5) * stride)
    return centres


def cell_strides(height: int, width: int) -> Floats:
    """Stride (cells,) of each cell."""
    counts = [(height // stride) * (width // stride) for stride in STRIDES]
    return np.repeat(np.array(STRIDES, np.float32), counts)


def card_of(path: Path) -> Path:
    """The card beside a network: NAME.json, its sha256 and what it was trained with."""
    return path.with_suffix(".json")


def second_of(path: Path) -> Path:
    """The network of the second look beside that of the first: NAME.second.onnx; the card has its sha256."""
    return path.with_suffix(".second.onnx")


def read_detector_card(path: Path) -> dict[str, object]:
    """What the card says. Raises ``BadFile``."""
    card = card_of(path)
    try:
        values = json.loads(read_bytes(card, TEXT_BYTES))
    except ValueError:
        values = None
    if not isinstance(values, dict):
        raise BadFile(card, ["is not the card of a face detector"])
    return values


def _checked(path: Path, card: dict[str, object], key: str) -> bytes:
    """The bytes of a network, which are those of the card."""
    network, wanted = read_bytes(path, NETWORK_BYTES), str(card.get(key, "none"))
    if (digest := hashlib.sha256(network).hexdigest()) != wanted:
        raise BadFile(path, [f"is not the file of its card: sha256 {digest[:12]}..., card {wanted[:12]}..."])
    return network
