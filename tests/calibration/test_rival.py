"""Which of two networks a venue takes: what is expected in its light, weighed against what its volunteers show."""

import numpy as np
import pytest

from calibration.fitting import Faces
from calibration.rival import Expected, likely_gain

EXPECTED = Expected(gain=0.06, spread=0.05)


def seen(sure: float, people: int = 4, each: int = 5, noise: float = 0.1) -> Faces:
    """Volunteers whose label a network gives about this probability."""
    chance = np.random.default_rng(3)
    count = people * each
    right = np.clip(sure + noise * chance.standard_normal(count), 0.05, 0.95).astype(np.float32)
    probabilities = np.stack([right, 1 - right], axis=1)
    zeros = np.zeros(count, np.int64)
    return Faces(probabilities, np.zeros((count, 2), np.float32), zeros, np.arange(count) // each, np.ones(count))


def test_volunteers_who_see_no_difference_leave_what_is_expected() -> None:
    same = seen(0.7)
    assert 0 < likely_gain(same, same, EXPECTED) < EXPECTED.gain


def test_volunteers_who_are_read_better_add_to_it() -> None:
    assert likely_gain(seen(0.6), seen(0.8), EXPECTED) > EXPECTED.gain


def test_volunteers_who_are_clearly_read_worse_overrule_it() -> None:
    assert likely_gain(seen(0.8, people=12), seen(0.5, people=12), EXPECTED) < 0


def test_one_volunteer_alone_overrules_it_less_than_many() -> None:
    gains = [likely_gain(seen(0.75, n, noise=0.2), seen(0.65, n, noise=0.2), EXPECTED) for n in (1, 12)]
    assert gains[0] > gains[1]


def test_without_faces_nothing_is_compared() -> None:
    with pytest.raises(ValueError, match="no faces"):
        likely_gain(seen(0.5, people=0), seen(0.5, people=0), EXPECTED)
