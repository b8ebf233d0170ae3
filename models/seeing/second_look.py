"""A second look at what the one-shot detector found: each face once more, upright and at one size.

A small network (8 M multiply-adds a face) tells whether it is a face, and where its landmarks are: more exactly than a
network can that must find faces of every size and tilt in a whole picture.
"""

from __future__ import annotations

import numpy as np

from models.arrays import Floats, Gray
from models.seeing.align import TEMPLATE, align_all, prepare, similarity
from models.seeing.session import open_session

VALUES = 11
"""Of each face: the logit of being one; five landmarks, from ``TEMPLATE``'s, in shares of its eyes' distance."""
EYES_APART = float(TEMPLATE[1, 0] - TEMPLATE[0, 0])


class SecondLook:
    """Judges faces that were found in a gray picture."""

    def __init__(self, network: bytes, threads: int = 1) -> None:
        self._session = open_session(network, threads, sizes_vary=True)

    def judge(self, gray: Gray, landmarks: Floats) -> tuple[Floats, Floats]:
        """The logit (n,) of being a face and new landmarks (n, 5, 2) of what was found with ``landmarks`` (n, 5, 2)."""
        if not len(landmarks):
            return np.empty(0, np.float32), landmarks
        (answers,) = self._session.run(["judged"], {"faces": prepare(align_all(gray, list(landmarks)))})
        return answers[:, 0], put_back(answers[:, 1:].reshape(-1, 5, 2), landmarks)


def put_back(answers: Floats, landmarks: Floats) -> Floats:
    """The network's landmarks (n, 5, 2) in pixels of the picture that was cut by ``landmarks`` (n, 5, 2)."""
    turns = similarity(landmarks.astype(np.float64))
    aligned = TEMPLATE + answers * EYES_APART
    back = np.linalg.inv(turns[:, :, :2])
    return np.asarray((aligned - turns[:, None, :, 2]) @ back.transpose(0, 2, 1), np.float32)


def wanted_of(truth: Floats, landmarks: Floats) -> Floats:
    """What the network should answer (5, 2) for a face whose landmarks are ``truth`` (5, 2): ``put_back``'s inverse."""
    turn = similarity(landmarks.astype(np.float64))
    aligned = truth @ turn[:, :2].T + turn[:, 2]
    return np.asarray((aligned - TEMPLATE) / EYES_APART, np.float32)
