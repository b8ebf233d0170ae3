"""The bench's own measures: what is lost is counted in samples, not in places."""

import numpy as np
import pytest

from installation.bench.film_watch import lost_samples


def heard(*parts: tuple[int, int, int]) -> tuple[np.ndarray, np.ndarray]:
    """Marks and numbers of (mark, first, last) after one another; mark 0 is silence."""
    marks = np.concatenate([np.full(last - first, mark) for mark, first, last in parts])
    return marks, np.concatenate(
        [np.arange(first, last) if mark else np.full(last - first, -1) for mark, first, last in parts]
    )


@pytest.mark.parametrize(
    ("parts", "lost"),
    [
        (((0, 0, 9), (1, 0, 100), (2, 0, 100), (1, 0, 100), (0, 0, 9)), 0),
        (((1, 0, 40), (1, 50, 100), (2, 0, 100)), 10),  # left out in mid-clip
        (((1, 0, 40), (0, 0, 7), (1, 40, 100), (2, 0, 100)), 7),  # silence, nothing left out
        (((1, 0, 100), (2, 3, 100), (1, 0, 95), (2, 0, 100)), 8),  # a beginning and an end cut off
        (((1, 0, 60), (1, 55, 100)), 5),  # five heard twice
        (((0, 0, 9),), 0),
    ],
)
def test_each_sample_that_is_missing_or_doubled_counts(parts: tuple[tuple[int, int, int], ...], lost: int) -> None:
    assert lost_samples(*heard(*parts)) == lost
