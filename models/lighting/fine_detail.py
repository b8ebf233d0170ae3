"""The fine part of a lamp's light: what it makes of lids, brows, nostrils and lips, taken from photographed faces.

The light of a photographed person over that of an even lamp (a quotient image, Shashua and Riklin-Raviv 2001) still
looks like that person: at rest, eyes open, mouth shut. What of it is broader than 3 pixels of 48 costs the network next
to nothing, what is finer costs the rest (``models.evaluation.light_scales``; docs/emotion-model.md). No mesh that we
have is so fine. But every face at rest among the training faces has such detail of its own.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.lighting.exposure import GAMMA
from models.seeing.align import SIDE, similarity

PROBABILITY = 0.6
"""Share of the faces whose light has detail."""
STRENGTH = (0.0, 0.7)
"""How strong it is, drawn evenly: 1 is as in the picture it was taken from."""
SCALE = (1.2, 8.0)
"""Deviation, in pixels of 64, of the blur whose result is taken off: what is left is finer. Even in its logarithm."""
RELIEF_PROBABILITY, RELIEF = 0.3, (0.0, 1.0)
"""Share of the details in which dark places are hollows too that a lamp lights aslant; how strongly, drawn evenly."""
RELIEF_SCALE, RELIEF_TURN = (0.6, 1.6), 50.0
"""Pixels of blur before the slope is taken; deviation of the lamp's direction from above, in degrees."""
DARKEST = 4.0
"""Gray levels, of 255, that are added before the logarithm: below them is noise."""


class FineDetail:
    """The fine detail of people at rest, lent to the light on others."""

    def __init__(self, lenders: Gray, landmarks: Floats) -> None:
        """``lenders``: aligned faces (m, 64, 64), at least one, and where their ``landmarks`` lie (m, 5, 2)."""
        self._landmarks = landmarks.astype(np.float64)
        self._lenders = log_light(lenders.astype(np.float32)).astype(np.float16)

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Logarithms (n, 64, 64) of the factors by which light has detail, at these landmarks (n, 5, 2); 0: none."""
        logs = np.zeros((len(landmarks), SIDE, SIDE), np.float32)
        for k in np.flatnonzero(rng.random(len(landmarks)) < PROBABILITY):
            lender = rng.integers(len(self._lenders))
            log = self._lenders[lender].astype(np.float32)
            detail = np.float32(rng.uniform(*STRENGTH)) * fine(log, rng)
            if rng.random() < RELIEF_PROBABILITY:
                detail += np.float32(rng.uniform(*RELIEF)) * relief(log, rng)
            # turned and scaled only: a shut mouth does not come to lie on an open one
            onto = similarity(self._landmarks[lender], landmarks[k])
            cv2.warpAffine(detail * _ON_FACE, onto, (SIDE, SIDE), dst=logs[k], flags=cv2.INTER_LINEAR)
        return logs


def log_light(pictures: Floats) -> Floats:
    """Logarithm of the linear light of pictures as captured (..., h, w), 0 to 255."""
    return np.asarray(np.float32(GAMMA) * np.log(pictures + np.float32(DARKEST)), np.float32)


def fine(log: Floats, rng: np.random.Generator) -> Floats:
    """What of a logarithm of light (h, w) is finer than a drawn scale."""
    scale = float(np.exp(rng.uniform(*np.log(SCALE))))
    return np.asarray(log - cv2.GaussianBlur(log, (0, 0), scale), np.float32)


def relief(log: Floats, rng: np.random.Generator) -> Floats:
    """What a lamp from above does to a face (h, w) if its dark places are hollows: the slope of its logarithm.

    Linear shape from shading the other way round (Pentland 1990), with "dark is deep" for the shape.
    """
    turn = np.radians(rng.normal(0, RELIEF_TURN))
    smooth = cv2.GaussianBlur(log, (0, 0), rng.uniform(*RELIEF_SCALE))
    down, right = np.gradient(smooth)
    return np.asarray(np.cos(turn) * down + np.sin(turn) * right, np.float32)


_Y, _X = np.mgrid[:SIDE, :SIDE]
_ON_FACE = (1 / (1 + np.exp(8 * (np.hypot((_X - 31.5) / 25, (_Y - 35) / 29) - 1)))).astype(np.float32)
"""1 on an aligned face, 0 around it, where detail would be hair and walls."""
