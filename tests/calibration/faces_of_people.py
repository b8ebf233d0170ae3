"""Made-up people whose faces a network sees, for tests of fitting."""

import numpy as np

from calibration.fitting import Faces, TrainingStatistics
from calibration.head import VenueHead, softmax

CLASSES, SIZE = 4, 12
RNG = np.random.default_rng(3)
MIDDLES = RNG.normal(0, 1.2, (CLASSES, SIZE))
TRUE = MIDDLES.T * 1.0
MOVED = RNG.normal(0, 1.0, SIZE)
"""What the room's light adds to every embedding, and the shipped network does not know."""


def people(count: int, seed: int, moved: float = 0.0, mix: tuple[float, ...] = (0.25,) * CLASSES) -> Faces:
    """``count`` people with five faces each, as a network trained without the room's light sees them."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(CLASSES, 5 * count, p=mix)
    embeddings = MIDDLES[labels] + rng.normal(0, 1.4, (5 * count, SIZE)) + moved * MOVED
    bias = -0.5 * (MIDDLES**2).sum(1)
    probabilities = softmax((embeddings @ TRUE + bias) / 1.96)
    who = np.repeat(np.arange(count), 5)
    return Faces(probabilities.astype(np.float32), embeddings.astype(np.float32), labels, who, np.ones(5 * count))


def known(lit: VenueHead | None = None) -> TrainingStatistics:
    return TrainingStatistics(np.zeros(SIZE), 1.5, np.full(CLASSES, 1 / CLASSES), lit)


def right(probabilities: np.ndarray, faces: Faces) -> float:
    return float((probabilities.argmax(1) == faces.labels).mean())
