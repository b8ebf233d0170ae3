"""Photographed faces under drawn lamps, laid onto one template: what the heads of the drawn rooms wear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Floats, Gray
from models.lighting.exposure import GAMMA, power
from models.lighting.relight import LampBank
from models.seeing.align import SIDE, similarity

FROM_EDGES = np.float32(0.5)
"""MTCNN counts pixels from their edges, pictures are turned and mirrored by their middles: taken off its landmarks."""


@dataclass(frozen=True, slots=True, eq=False)
class LitFace:
    """One face on the template, and the light that fell on it."""

    light: Floats
    """(64, 64) linear light; outside the photograph its border is repeated."""
    lamp: Floats
    """(64, 64) what the drawn lamp gives where the photograph had even light: the rest of the head is lit by it too."""
    landmarks: Floats
    """(5, 2) in pixels of ``light``."""


@dataclass(frozen=True, slots=True, eq=False)
class FaceBank:
    """Faces with their landmarks, and the lamps that they are put under."""

    images: Sequence[Gray]
    landmarks: Floats
    """(n, 5, 2) in pixels of each image."""
    lamps: LampBank | None
    """None: every face keeps the light that it was photographed in."""

    as_photographed: float = 0.0
    """Share of the faces that keep it although there are lamps."""

    def draw(self, rng: np.random.Generator) -> LitFace:
        """A face, mirrored in half of the cases, under a drawn lamp."""
        which = int(rng.integers(len(self.images)))
        image, landmarks = self.images[which], self.landmarks[which]
        if rng.random() < 0.5:
            image, landmarks = np.asarray(image[:, ::-1]), mirrored(landmarks, image.shape[1])
        turn = similarity(landmarks.astype(np.float64))
        light = power(
            np.asarray(
                cv2.warpAffine(
                    image.astype(np.float32) / 255,
                    turn,
                    (SIDE, SIDE),
                    flags=cv2.INTER_LINEAR,
                    borderMode=cv2.BORDER_REPLICATE,
                ),
                np.float32,
            ),
            GAMMA * float(np.exp(rng.normal(0, 0.2))),
        )
        landmarks = (landmarks @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
        if self.lamps is None or rng.random() < self.as_photographed:
            return LitFace(light, np.ones_like(light), landmarks)
        lamp = self.lamps.draw(landmarks[None], rng)[0]
        return LitFace(light * lamp, lamp, landmarks)


def mirrored(landmarks: Floats, width: int) -> Floats:
    """Landmarks (5, 2) in the mirrored picture of ``width`` pixels, left ones first again."""
    moved = landmarks[[1, 0, 2, 4, 3]].copy()
    moved[:, 0] = width - 1 - moved[:, 0]
    return moved
