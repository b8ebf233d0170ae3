"""What is known of a network before a venue shows its first face."""

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from calibration.errors import BadFile
from calibration.fitting import Faces, TrainingStatistics
from calibration.head import VenueHead
from calibration.profile import Calibration, LightProfile
from calibration.settings import EyeSettings
from models.labels import LABELS
from models.lighting.lamp_prior import Prior, average_face, read_prior, statistics_for
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED
from models.seeing.venue_head import head_of, model_file

PLACES = np.array([(-60, 40), (0, 40), (60, 40), (0, 88)], np.float32)


def prior() -> Prior:
    heads = tuple(VenueHead(np.full((2, 3), float(k)), np.full(3, float(k))) for k in range(len(PLACES)))
    return Prior("abc", TrainingStatistics(np.zeros(2), 1.0, np.full(3, 1 / 3)), PLACES, heads)


@pytest.mark.parametrize("k", range(len(PLACES)))
def test_under_a_lamp_that_was_tried_its_own_head_counts_nearly_alone(k: int) -> None:
    lit = prior().for_lamp(*PLACES[k]).lamp_head
    assert lit is not None
    assert lit.bias[0] == pytest.approx(k, abs=0.1)


def test_between_two_lamps_both_heads_count_alike() -> None:
    lit = prior().for_lamp(30.0, 43.0).lamp_head  # the shortest way between two places bends upward
    assert lit is not None
    assert lit.bias[0] == pytest.approx(1.5, abs=0.25)


def test_a_lamp_that_was_measured_is_used_and_one_that_was_not_gives_what_holds_everywhere() -> None:
    faces = Faces(
        np.full((2, 3), 1 / 3, np.float32), np.ones((2, 2), np.float32), np.array([0, 1]), np.array([0, 1]), np.ones(2)
    )
    lamp = LightProfile(azimuth_degrees=60, elevation_degrees=40, measured=True)
    lit = statistics_for(prior(), faces, Calibration(light=lamp)).lamp_head
    assert lit is not None
    assert lit.bias[0] == pytest.approx(2, abs=0.1)
    assert statistics_for(prior(), faces, Calibration()).lamp_head is None
    assert statistics_for(None, faces, Calibration(light=lamp)).mean == pytest.approx([1, 1]), (
        "only the faces are known"
    )


def test_a_venue_of_before_is_asked_to_be_calibrated_again() -> None:
    """With a network for its lamp, of which there are none any more: not refused as a wrong word."""
    before = EyeSettings.model_validate({"classifier": "front", "threads": 2})
    assert (model_file(before), before.threads) == (SHIPPED, 2)
    with pytest.raises(ValidationError, match="classifier"):
        EyeSettings.model_validate({"classifier": "own.onnx"})
    made = Calibration(made="2026-11-25 20:00", model="1.0", model_sha256="f" * 64, renewed_by="chiaro calibrate hall")
    with pytest.raises(BadFile, match="run 'chiaro calibrate hall' to renew it"):
        head_of(made, before)


def test_another_networks_prior_is_not_used() -> None:
    assert read_prior(SHIPPED, "0" * 64) is None


def test_a_network_without_a_prior_has_none(tmp_path: Path) -> None:
    assert read_prior(tmp_path / "own.onnx", "0" * 64) is None


def test_the_shipped_network_has_its_prior() -> None:
    """Red after a new network was put in: run python -m models.training.make_prior FACES."""
    found = read_prior(SHIPPED, read_card(SHIPPED).sha256)
    assert found is not None
    lit = found.for_lamp(20.0, 65.0).lamp_head
    assert lit is not None
    assert lit.weights.shape[1] == len(LABELS)
    assert np.isfinite(lit.weights).all()
    assert found.statistics.class_frequencies.sum() == pytest.approx(1, abs=1e-3)


def test_the_average_face_is_darker_at_the_eyes_than_on_the_cheeks() -> None:
    face = average_face()
    assert face.shape == (64, 64)
    assert face[22:27, 16:23].mean() < 0.8 * face[34:40, 14:20].mean()
