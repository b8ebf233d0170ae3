"""A room with a display in it, drawn as a camera would see it while the display shows its pattern."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from calibration.settings import Corner
from installation.calibrate.flash_pattern import COLUMNS, FIELDS, ROWS, SECONDS, STEP_SECONDS, fields_at
from models.arrays import Image

SIZE = (160, 90)
QUAD = ((0.55, 0.1), (0.9, 0.16), (0.9, 0.5), (0.55, 0.55))
RATE = 6.0
X, Y = np.meshgrid((np.arange(SIZE[0]) + 0.5) / SIZE[0], (np.arange(SIZE[1]) + 0.5) / SIZE[1])
WALLS = 0.6 + 0.4 * (((X * 17).astype(int) + (Y * 11).astype(int)) % 2)


@dataclass(frozen=True)
class Room:
    """What is in it. Light is linear; the display's bright fields have 1."""

    quad: tuple[Corner, ...] | None = QUAD
    """None: the display hangs where the camera does not see it, and only its light does."""
    spill: float = 0.15
    """Of the display's light, what a wall or a face near it gives back at most."""
    mirror: float = 0.0
    """How bright a shiny floor shows the display upside down."""
    glow: float = 0.0
    """Of each field's light, what the wall next to it gives back: of that field alone."""
    visitor: str = "walks"
    """'walks' through the room, stands 'before' the middle of the display, at its 'corner', or 'nobody'."""
    lamp: float = 0.03
    gain: float = 1.0
    """Above 1 the camera is overexposed, as one that is set for dark faces is."""
    noise: float = 0.02
    delay: float = 0.2
    seed: int = 1

    def filmed(self) -> tuple[list[Image], list[float], list[float]]:
        """Pictures, when they came, and when each step was shown."""
        shown = [100 + k * STEP_SECONDS for k in range(round(SECONDS / STEP_SECONDS) + 6)]
        chance = np.random.default_rng(self.seed)
        taken = [101 + k / RATE + chance.uniform(0, 0.03) for k in range(int(SECONDS * RATE))]
        seen = self._seen()
        return [self._picture(t, shown, chance, *seen) for t in taken], taken, shown

    def _seen(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Of each field alone, (6, h, w): its light in the room, its picture in the floor, and itself."""
        corners = np.array(self.quad or ((1.2, 0.1), (1.9, 0.1), (1.9, 0.6), (1.2, 0.6)))
        floor = corners * [1, -1] + [0, 1.25]
        thrown, mirrored, itself = [], [], []
        for k in range(FIELDS):
            u, v = (k % COLUMNS + 0.5) / COLUMNS, (k // COLUMNS + 0.5) / ROWS
            top, bottom = corners[0] * (1 - u) + corners[1] * u, corners[3] * (1 - u) + corners[2] * u
            middle = top * (1 - v) + bottom * v
            thrown.append(self.spill * 0.05 / (0.15 + ((X - middle[0]) ** 2 + (Y - middle[1]) ** 2) * 4))
            mirrored.append(self.mirror * _field(floor, k))
            itself.append(_field(corners, k) * (self.quad is not None))
        beside = np.array([cv2.GaussianBlur(one, (0, 0), 9) for one in itself])
        spread = self.glow * beside * (beside >= 0.8 * beside.sum(0))
        return np.array(thrown), np.array(mirrored) + spread, np.array(itself)

    def _picture(
        self,
        t: float,
        shown: list[float],
        chance: np.random.Generator,
        thrown: np.ndarray,
        mirrored: np.ndarray,
        itself: np.ndarray,
    ) -> Image:
        fields = fields_at(int(np.searchsorted(shown, t - self.delay, side="right")) - 1)
        spilled = np.tensordot(fields, thrown, 1)
        light = (spilled + self.lamp * (1 + 0.3 * np.sin(t / 7) + 0.1 * np.sin(9.1 * t))) * WALLS
        light += np.tensordot(fields, mirrored, 1)
        light = np.where(itself.sum(0) > 0.5, np.tensordot(fields, itself, 1) + 0.01, light)
        self._stand(light, t, spilled)
        photons = light + chance.normal(0, self.noise, light.shape) * np.sqrt(light + 0.02)
        gray = 255 * np.clip(photons * self.gain, 0, 1) ** (1 / 2.2)
        return np.repeat(gray.astype(np.uint8)[..., None], 3, axis=2)

    def _stand(self, light: np.ndarray, t: float, spilled: np.ndarray) -> None:
        """A visitor: head and body, lit by the lamp and by the display, in a coat of stripes."""
        if self.visitor == "nobody":
            return
        corners = np.array(self.quad or QUAD)
        middle = corners.mean(axis=0)
        x, y = {
            "walks": (0.5 + 0.45 * np.sin(0.9 * t), 0.35 + 0.02 * np.sin(6 * t)),
            "before": (middle[0] + 0.01 * np.sin(0.8 * t), middle[1] - 0.08),
            "corner": (corners[2][0], corners[2][1] - 0.06),
        }[self.visitor]
        head = ((X - x) / 0.05) ** 2 + ((Y - y) / 0.09) ** 2 < 1
        body = (np.abs(X - x) < 0.09) & (y + 0.09 < Y)
        coat = np.where(head, 0.8, 0.2 + 0.4 * ((((Y - y) * 40).astype(int)) % 2))
        light[head | body] = ((2 * spilled + 0.2) * coat)[head | body]


def _field(corners: np.ndarray, number: int) -> np.ndarray:
    """(h, w): where one field of a display with these corners is in the picture."""
    alone = np.eye(FIELDS)[number].reshape(ROWS, COLUMNS)
    picture = np.kron(alone, np.ones((40, 40))).astype(np.float32)
    wide, high = 40 * COLUMNS, 40 * ROWS
    source = np.array([[0, 0], [wide, 0], [wide, high], [0, high]], np.float32) - 0.5
    turn = cv2.getPerspectiveTransform(source, (corners * SIZE - 0.5).astype(np.float32))
    return np.asarray(cv2.warpPerspective(picture, turn, SIZE, flags=cv2.INTER_LINEAR), np.float64)
