"""The fine part of a lamp's light: what it makes of lids, brows, nostrils and lips, taken from photographed faces.

The light of a photographed person over that of an even lamp (a quotient image, Shashua and Riklin-Raviv 2001) still
looks like that person: at rest, eyes open, mouth shut. What of it is broader than 3 pixels of 48 costs the network
nothing, and what is finer costs all (``python -m models.evaluation.light_scales``; docs/emotion-model.md). No mesh that
we have is so fine. But every face at rest among the training faces has such detail of its own.
"""

from __future__ import annotations

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.lighting.exposure import GAMMA
from models.lighting.relight import Light
from models.seeing.align import SIDE, similarity

PROBABILITY = 0.8
"""Share of the relit faces whose light has detail."""
STRENGTH = (-0.2, 0.9)
"""How strong it is, drawn evenly: 1 is as in the picture it was taken from, below 0 it is inverted."""
SCALE = (1.2, 8.0)
"""Deviation, in pixels of 64, of the blur whose result is taken off: what is left is finer. Even in its logarithm."""
RELIEF = (0.0, 1.5)
"""How strongly dark places are taken for hollows that a lamp lights aslant, drawn evenly; for half of the details."""
RELIEF_SCALE, RELIEF_TURN = (0.6, 1.6), 50.0
"""Pixels of blur before the slope is taken; deviation of the lamp's direction from above, in degrees."""
OFF = (1.5, 0.8)
"""Deviation, in pixels of 64, of where the detail comes to lie: as a whole, and each landmark by itself."""
DARKEST = 4.0
"""Gray levels, of 255, that are added before the logarithm: below them is noise."""


class DetailedLight:
    """Draws light as the one that it is given does, with the fine detail of other people's resting faces in it."""

    def __init__(self, light: Light, lenders: Gray, landmarks: Floats) -> None:
        """``lenders``: aligned faces at rest (m, 64, 64), at least one, and where their ``landmarks`` lie (m, 5, 2)."""
        self.light, self._landmarks = light, landmarks
        self._lenders = log_light(lenders.astype(np.float32)).astype(np.float16)

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Factors (n, 64, 64) that put faces with these landmarks (n, 5, 2) under drawn light. Any scale."""
        factors, n = self.light.draw(landmarks, rng), len(landmarks)
        whole, each = OFF
        placed = landmarks + rng.normal(0, whole, (n, 1, 2)) + rng.normal(0, each, landmarks.shape)
        for k in np.flatnonzero(rng.random(n) < PROBABILITY):
            lender = rng.integers(len(self._lenders))
            log = self._lenders[lender].astype(np.float32)
            detail = np.float32(rng.uniform(*STRENGTH)) * fine(log, rng)
            if rng.random() < 0.5:
                detail += np.float32(rng.uniform(*RELIEF)) * relief(log, rng)
            # turned and scaled only: a shut mouth does not come to lie on an open one
            onto = similarity(self._landmarks[lender].astype(np.float64), placed[k])
            factors[k] *= np.exp(cv2.warpAffine(detail * _ON_FACE, onto, (SIDE, SIDE), flags=cv2.INTER_LINEAR))
        return factors


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
