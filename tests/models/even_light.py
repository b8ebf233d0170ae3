"""A light that is the same everywhere, for tests of what is added to it."""

import numpy as np

from models.arrays import Floats
from models.seeing.align import SIDE


class EvenLight:
    """The same light everywhere."""

    def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
        """Factors (n, 64, 64) of 0.5."""
        del rng
        return np.full((len(landmarks), SIDE, SIDE), 0.5, np.float32)
