"""Each correction takes off what it is said to take off."""

import numpy as np
import pytest

from models.arrays import Gray
from models.comparison.illumination import Correction, clahe, equalised, plane_fitted, retinex


@pytest.fixture
def faces() -> Gray:
    return np.random.default_rng(1).integers(80, 120, (2, 64, 64)).astype(np.uint8)


def _alike(one: Gray, other: Gray) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


@pytest.mark.parametrize("correction", [equalised, clahe, plane_fitted, retinex])
def test_a_darker_face_looks_the_same_afterwards(correction: Correction, faces: Gray) -> None:
    seen = correction(faces)
    assert seen.shape == faces.shape
    assert seen.dtype == np.uint8
    assert _alike(seen, correction((faces // 2).astype(np.uint8))) > 0.9


def test_light_that_falls_off_to_one_side_is_gone_after_a_plane_fit(faces: Gray) -> None:
    slope = np.linspace(0, 120, 64)[None, None]
    aslant = (faces + slope).astype(np.uint8)
    assert _alike(plane_fitted(faces), plane_fitted(aslant)) > 0.95
    assert _alike(equalised(faces), equalised(aslant)) < 0.6


def test_retinex_evens_out_a_soft_shadow(faces: Gray) -> None:
    shadow = np.linspace(0.35, 1, 64)[None, None]
    assert _alike(retinex(faces), retinex((faces * shadow).astype(np.uint8))) > 0.9
