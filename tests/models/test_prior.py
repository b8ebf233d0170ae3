"""What is known of a network before a venue shows its first face."""

from pathlib import Path

import numpy as np
import pytest

from calibration.fitting import Known
from calibration.head import VenueHead
from models.card import read_card
from models.classifier import SHIPPED
from models.labels import LABELS
from models.prior import Prior, average_face, read_prior

PLACES = np.array([(-60, 40), (0, 40), (60, 40), (0, 88)], np.float32)


def prior() -> Prior:
    heads = tuple(VenueHead(np.full((2, 3), float(k)), np.full(3, float(k))) for k in range(len(PLACES)))
    return Prior("abc", Known(np.zeros(2), 1.0, np.full(3, 1 / 3)), PLACES, heads)


@pytest.mark.parametrize("k", range(len(PLACES)))
def test_under_a_lamp_that_was_tried_its_own_head_counts_nearly_alone(k: int) -> None:
    lit = prior().under(*PLACES[k]).lit
    assert lit is not None
    assert lit.bias[0] == pytest.approx(k, abs=0.1)


def test_between_two_lamps_both_heads_count_alike() -> None:
    lit = prior().under(30.0, 43.0).lit  # the shortest way between two places bends upward
    assert lit is not None
    assert lit.bias[0] == pytest.approx(1.5, abs=0.25)


def test_another_networks_prior_is_not_used() -> None:
    assert read_prior(SHIPPED, "0" * 64) is None


def test_a_network_without_a_prior_has_none(tmp_path: Path) -> None:
    assert read_prior(tmp_path / "own.onnx", "0" * 64) is None


def test_the_shipped_network_has_its_prior() -> None:
    """Red after a new network was put in: run python -m models.make_prior FACES."""
    found = read_prior(SHIPPED, read_card(SHIPPED).sha256)
    assert found is not None
    lit = found.under(20.0, 65.0).lit
    assert lit is not None
    assert lit.weights.shape[1] == len(LABELS)
    assert np.isfinite(lit.weights).all()
    assert found.known.mix.sum() == pytest.approx(1, abs=1e-3)


def test_the_average_face_is_darker_at_the_eyes_than_on_the_cheeks() -> None:
    face = average_face()
    assert face.shape == (64, 64)
    assert face[22:27, 16:23].mean() < 0.8 * face[34:40, 14:20].mean()
