"""A detector's variant for a GPU answers as float32 does: both looks at computed heads, in light and in the dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import cv2
import numpy as np
import onnx
from numpy.typing import NDArray

from calibration.errors import NotEquivalent
from models.arrays import Floats, Gray
from models.rendering.crowd import Crowd
from models.seeing.brighten import ROWS
from models.seeing.device_tables import face_tables, picture_tables
from models.seeing.one_shot import CANDIDATE, LANDMARK_REACH, cell_strides, faces_in
from models.seeing.second_look import put_back
from models.seeing.session import open_session
from models.training.gpu_variant import FLOAT16_HEADROOM, FLOAT16_MAX, largest_activation

SCORE_TOLERANCE, LANDMARK_TOLERANCE = 0.01, 0.25
"""Most that float16 may move a score, and a landmark in pixels of the reduced picture."""
FACE_MEANS = (120.0, 30.0, 8.0)
Graphs = tuple[onnx.ModelProto, onnx.ModelProto]
"""The same in float32 and in float16."""


def parity_pictures() -> Iterator[Gray]:
    """Gray pictures of four computed heads each, in the light and in the dark."""
    for number, face_mean in enumerate(FACE_MEANS):
        picture = Crowd(4, 640, ROWS).read(0.0, face_mean, number)
        yield np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)


def check_parity(name: str, first: Graphs, second: Graphs) -> tuple[float, float]:
    """The largest difference of a score, and of a landmark in pixels. Raises ``NotEquivalent``."""
    firsts, seconds = ([open_session(graph.SerializeToString()) for graph in graphs] for graphs in (first, second))
    scores: list[Floats] = []
    landmarks: list[Floats] = []
    asked: list[dict[str, NDArray[Any]]] = []
    for picture in parity_pictures():
        height, width = picture.shape
        asked.append({"picture": picture, **picture_tables(height, width, ROWS)})
        wanted, got = (one.run(["faces"], asked[-1])[0][0] for one in firsts)
        (gray,) = firsts[0].run(["gray"], asked[-1])
        high, wide = gray.shape
        scores.append(_share(wanted[:, 0]) - _share(got[:, 0]))
        sure = _share(wanted[:, 0]) > CANDIDATE
        reach = LANDMARK_REACH * cell_strides(high, wide)[sure, None]
        landmarks.append((wanted[sure, 5:] - got[sure, 5:]) * reach)
        _, _, points = faces_in(wanted, high, wide, CANDIDATE)
        turns, places = face_tables(list(points), height, width, wide, high, len(points))
        faces = {"picture": gray, "turns": turns, "places": places}
        wanted, got = (one.run(None, faces)[0].astype(np.float32) for one in seconds)
        scores.append(_share(wanted[:, 0]) - _share(got[:, 0]))
        landmarks.append(np.subtract(*(put_back(some[:, 1:].reshape(-1, 5, 2), points) for some in (wanted, got))))
    score, landmark = (max(float(np.abs(one).max(initial=0)) for one in found) for found in (scores, landmarks))
    largest = largest_activation(first[0], asked)
    if not (score <= SCORE_TOLERANCE and landmark <= LANDMARK_TOLERANCE):  # also when one is NaN
        raise NotEquivalent(
            f"{name} in float16: a score differs by {score:.3g}, a landmark by {landmark:.3g} pixels; "
            f"at most {SCORE_TOLERANCE} and {LANDMARK_TOLERANCE} are allowed"
        )
    if not largest * FLOAT16_HEADROOM <= FLOAT16_MAX:
        raise NotEquivalent(f"{name}: activations reach {largest:.3g}, too close to the largest float16")
    return score, landmark


def _share(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-logits)), np.float32)
