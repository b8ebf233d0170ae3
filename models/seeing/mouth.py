"""How far the mouth of an aligned face is open: a small linear regression on the edges around it.

The edges are those of ``models.seeing.shut_eyes`` (HOG in the logarithm of the light, the patch stretched to its own
contrast). Fitted by ``models.training.make_mouth`` to computed heads whose lips are known.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from calibration.array_file import FLOATS, load_shipped_arrays
from models import MAPS
from models.arrays import Floats, Gray
from models.seeing.shut_eyes import hog

MOUTH = MAPS / "mouth.npz"
ROWS, COLUMNS = slice(40, 64), slice(18, 46)
"""The mouth's place in an aligned face."""


def mouth_openings(faces: Gray) -> Floats:
    """Lips apart in the middle of the mouth, in eye distances, of aligned faces (n, 64, 64): (n,).

    Its changes count: shape and light of a face shift it from person to person, and it may be below 0.
    """
    return np.asarray(hog(mouth_patches(faces)) @ _weights(), np.float32)


def mouth_patches(faces: Gray) -> Floats:
    """The mouths (n, 24, 28) of aligned faces, each with mean 0 and deviation 1."""
    mouths = _LIGHT[faces[:, ROWS, COLUMNS]]
    mouths = mouths - mouths.mean((1, 2), keepdims=True)
    return np.asarray(mouths / (mouths.std((1, 2), keepdims=True) + 0.05), np.float32)


_LIGHT = np.log(np.arange(256, dtype=np.float32) + 4)


@cache
def _weights() -> Floats:
    return np.asarray(load_shipped_arrays(MOUTH, {"weights": FLOATS})["weights"], np.float32)
