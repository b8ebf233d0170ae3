"""Thresholds from resting faces, and what subtracting one's own resting face is worth."""

import numpy as np
import pytest

from installation.calibrate.decision import accuracy_with_baseline, lead_threshold


def test_resting_faces_that_smile_a_little_raise_the_bar() -> None:
    calm = np.full((40, 8), 0.01, np.float32)
    calm[:, 0] = 0.93
    smiling = calm.copy()
    smiling[:4, :2] = (0.4, 0.53)
    assert lead_threshold(calm, 0.05) == (0.22, 0)
    assert lead_threshold(smiling, 0.05) == pytest.approx((0.54, 0), abs=0.02)
    assert lead_threshold(smiling, 0.2) == pytest.approx((0.22, 0.1))


def test_somebody_who_looks_sad_at_rest_is_understood_with_that_taken_off() -> None:
    rest, smile = np.full(8, 0.01, np.float32), np.full(8, 0.01, np.float32)
    rest[[0, 3]] = 0.42, 0.52
    smile[[1, 3]] = 0.42, 0.52
    labels = np.array([0] * 12 + [1] * 12)
    plain, own = accuracy_with_baseline(np.stack([rest] * 12 + [smile] * 12), labels, np.zeros(24, np.int64))
    assert plain == 0
    assert own == 1
