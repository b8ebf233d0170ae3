"""What one face shows at one moment, and which visitor it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.arrays import Floats
from models.frame import Detection
from models.labels import LABELS


@dataclass(frozen=True, slots=True, eq=False)
class EmotionEstimate:
    """One face, one moment. Checked when made: one NaN let in would poison a filter for ever."""

    detection: Detection
    probabilities: Floats
    """(8,) in the order of ``LABELS``; finite, not negative, sums to 1."""
    quality: float
    """0 (worthless) to 1: size, sharpness, light, detector's score, pose and a free mouth in one number."""
    luminance: float
    """Mean of the face, 0 to 255, as captured."""
    age_seconds: float = 0.0
    """0: read in this look. Else the face is where ``detection`` says, and what it shows was read so long ago."""
    eyes_shut: float | None = None
    """Log odds that both eyes are shut (``models.seeing.shut_eyes``); None: too small or too dark to tell."""
    mouth_open: float | None = None
    """Eye distances between the lips (``models.seeing.mouth``), of which the changes count; None likewise,
    or covered."""

    def __post_init__(self) -> None:
        p = self.probabilities
        if (
            p.shape != (len(LABELS),)
            or not np.isfinite(p).all()
            or (p < -1e-6).any()
            or abs(float(p.sum()) - 1.0) > 1e-3
        ):
            raise ValueError(f"probabilities must be {len(LABELS)} finite numbers that sum to 1, got {p!r}")
        if not 0.0 <= self.quality <= 1.0:
            raise ValueError(f"quality must lie in 0 to 1, got {self.quality!r}")
        if not self.age_seconds >= 0.0:
            raise ValueError(f"age_seconds must be 0 or more, got {self.age_seconds!r}")


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One visitor followed from frame to frame."""

    visitor_id: int
    """Random for each visit (31 bits, never 0), so that it says nothing about who it is."""
    slot: int
    """1 to ``MAX_VISITORS``, kept while the visitor is there: the place that receivers address."""
    estimate: EmotionEstimate
    first_seen: float
    last_seen: float
    doubtful: bool = False
    """It may be a face on the clothes of the visitor above it: that one is nearer then, however large this one is."""
