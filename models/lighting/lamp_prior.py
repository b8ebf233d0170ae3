"""What is known about a classifier before a venue's first face: a head for each lamp, fitted on training faces.

Kept beside the classifier as NAME.prior.npz and made by ``models.training.make_prior`` (no faces in it, only what was
fitted).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.array_file import FLOAT, FLOAT_CUBE, FLOAT_ROWS, FLOATS, WORD, load_arrays, load_shipped_arrays
from calibration.errors import BadFile
from calibration.fitting import Faces, TrainingStatistics, statistics_from_faces
from calibration.head import VenueHead
from calibration.profile import Calibration
from models import MAPS
from models.arrays import Floats
from models.lighting.relight import direction

NEAREST = 3
SHARPNESS_DEGREES = 15.0
AVERAGE_FACE = MAPS / "average.npz"
ARRAYS = {
    "made_for": WORD,
    "centre": FLOATS,
    "scale": FLOAT,
    "mix": FLOATS,
    "places": FLOAT_ROWS,
    "weights": FLOAT_CUBE,
    "bias": FLOAT_ROWS,
}
"""What a prior's file holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Of one classifier."""

    made_for: str
    """sha256 of the classifier."""
    statistics: TrainingStatistics
    places: Floats
    """(m, 2) azimuth and elevation of each lamp, degrees."""
    heads: tuple[VenueHead, ...]
    """(m) the best one under each lamp."""

    def for_lamp(self, azimuth: float, elevation: float) -> TrainingStatistics:
        """Statistics and head for a lamp in this direction (degrees): the weighted mean of the nearest lamps' heads."""
        lamps = np.stack([direction(float(a), float(e)) for a, e in self.places])
        away = np.degrees(np.arccos(np.clip(lamps @ direction(azimuth, elevation), -1, 1)))
        near = np.argsort(away)[:NEAREST]
        share = np.exp(-0.5 * (away[near] / SHARPNESS_DEGREES) ** 2) + 1e-6
        share /= share.sum()
        weights = sum(s * self.heads[i].weights for s, i in zip(share, near, strict=True))
        bias = sum(s * self.heads[i].bias for s, i in zip(share, near, strict=True))
        known = self.statistics
        return TrainingStatistics(
            known.mean, known.deviation, known.class_frequencies, VenueHead(np.asarray(weights), np.asarray(bias))
        )


def prior_beside(model: Path) -> Path:
    """Where the prior of ``model`` lies: NAME.prior.npz beside NAME.onnx."""
    return model.with_suffix(".prior.npz")


def read_prior(model: Path, sha256: str) -> Prior | None:
    """The prior of ``model``; None where there is none, or one that was made for another file.

    Raises ``BadFile`` for one that cannot be read.
    """
    path = prior_beside(model)
    if not path.exists():
        return None
    file = load_arrays(path, ARRAYS)
    if str(file["made_for"]) != sha256:
        return None
    lamps, size, classes = file["weights"].shape
    fits = file["bias"].shape == (lamps, classes) and file["places"].shape == (lamps, 2) and lamps and file["scale"] > 0
    if not fits or file["centre"].shape != (size,) or file["mix"].shape != (classes,):
        raise BadFile(path, ["holds arrays that do not fit together"])
    known = TrainingStatistics(file["centre"].astype(np.float64), float(file["scale"]), file["mix"].astype(np.float64))
    heads = tuple(
        VenueHead(weights.astype(np.float64), bias.astype(np.float64))
        for weights, bias in zip(file["weights"], file["bias"], strict=True)
    )
    return Prior(sha256, known, file["places"], heads)


def statistics_for(prior: Prior | None, faces: Faces, venue: Calibration) -> TrainingStatistics:
    """The statistics to fit from in this venue's light; without a prior, those of the volunteers' own ``faces``."""
    if prior is None:
        return statistics_from_faces(faces)
    light = venue.light
    return prior.for_lamp(light.azimuth_degrees, light.elevation_degrees) if light.measured else prior.statistics


def average_face() -> Floats:
    """(64, 64) the mean of many training faces in linear light: what a face is like in light from everywhere."""
    return np.asarray(load_shipped_arrays(AVERAGE_FACE, {"light": FLOAT_ROWS})["light"], np.float32)
