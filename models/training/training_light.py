"""What training relights its faces by."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.arrays import Floats, Mask
from models.evaluation.dark_benchmark import landmarks_aligned
from models.evaluation.dataset import LabelledFaces
from models.evaluation.landmarks import aligned_faces
from models.lighting.fine_detail import FineDetail
from models.lighting.relight import Fill, kept_bank, sample_lamps
from models.lighting.uneven_light import UnevenLight
from models.lighting.varied_heads import varied_heads

RADII = (2.0, 30.0)
ROOM = Fill(walls=(0.005, 0.5), floor=(0.003, 0.12), film=(0.004, 0.5))


AT_REST = 0.6
"""Share of the votes for neutral from which on a face lends its detail."""
LENDERS = 4000


def training_light(count: int = 160, kept_in: Path | None = None, detail: FineDetail | None = None) -> UnevenLight:
    """What training relights by: lamps harder and softer than a gallery's on heads of many shapes, uneven.

    160 lamps take a minute: they are kept in the folder ``kept_in`` (236 MB) for the next run.
    """
    bank = kept_bank(varied_heads(seed=5), sample_lamps(3, count, RADII), ROOM, kept_in)
    return UnevenLight(bank, detail=detail)


def lent_detail(faces: LabelledFaces, landmarks: Floats, found: Mask) -> FineDetail | None:
    """The fine detail of those faces that are at rest and whose landmarks (n, 5, 2) were found (n,).

    None where nobody is at rest: a set may have no neutral faces.
    """
    at_rest = np.flatnonzero((faces.vote_shares[:, 0] > AT_REST) & found)
    if not len(at_rest):
        return None
    chosen = np.random.default_rng(3).permutation(at_rest)[:LENDERS]
    lenders = aligned_faces([faces.images[i] for i in chosen], landmarks[chosen])
    return FineDetail(lenders, landmarks_aligned(landmarks[chosen]))
