"""The whole eye on pictures with a face: real process, real detector, a real (if untrained) classifier."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from calibration.venue import Venue
from installation.eye.supervisor import EyeSupervisor
from installation.host.console import LossReporter
from models.mood import Mood
from tests.installation.eye.darken import darken_film
from tests.installation.waiting import LONG, wait_until
from tests.models.tiny_classifier import make_classifier

SHARED = os.environ.get("CHIARO_SHARED", "")


class Opens(Protocol):
    def __call__(self, source: str, classifier: Path = ...) -> tuple[EyeSupervisor, list[Mood]]: ...


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Opens]:
    """Opens an eye on a source; gives the supervisor and the list into which its moods come."""
    classifier = make_classifier(tmp_path / "tiny.onnx")
    supervisors: list[EyeSupervisor] = []

    def start(source: str, classifier: Path = classifier) -> tuple[EyeSupervisor, list[Mood]]:
        venue = Venue.model_validate({"camera": {"source": source}, "eye": {"classifier_file": str(classifier)}})
        moods: list[Mood] = []
        supervisors.append(EyeSupervisor(venue, 1, LossReporter(), moods.append))
        supervisors[-1].start()
        return supervisors[-1], moods

    yield start
    for supervisor in supervisors:
        supervisor.close()


def trusted(moods: list[Mood], count: int) -> list[Mood]:
    """The first ``count`` moods that are trusted."""
    wait_until(lambda: sum(mood.trusted for mood in moods) >= count, 4 * LONG)
    return [mood for mood in moods if mood.trusted][:count]


def test_the_simulated_visitor_is_seen_and_judged_by_the_real_networks_and_can_be_forgotten(watching: Opens) -> None:
    supervisor, moods = watching("visitor")
    wait_until(lambda: moods and moods[-1].present and moods[-1].visitors, LONG)
    assert moods[-1].count == 1
    assert sum(moods[-1].probabilities) == pytest.approx(1.0, abs=1e-3)
    assert 0.1 < moods[-1].visitors[0].position[0] < 0.9
    assert supervisor.status.camera_address == "visitor"
    assert {"wait", "detect", "classify", "judge"} <= supervisor.status.stages_ms.keys()
    supervisor.forget_visitors()
    told = len(moods)
    wait_until(lambda: sum(mood.trusted for mood in moods[told:]) > 5, 4 * LONG)
    assert not any(mood.count or mood.present or any(mood.probabilities) for mood in moods[told:])
    assert supervisor.status.stages_ms["classify"] == 0, "whoever stays in the picture is not classified"


def test_a_classifier_with_other_labels_is_named_and_the_shipped_one_sees(
    watching: Opens, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = make_classifier(tmp_path / "wrong.onnx", labels=["calm", "angry"])
    supervisor, moods = watching("visitor", wrong)
    trusted(moods, 1)
    first = supervisor.pid
    trusted(moods, 5)
    assert supervisor.pid == first
    assert "wrong.onnx: labels are calm, angry" in supervisor.status.left_out[0]
    assert "chiaro-emotion" in supervisor.status.model_line
    told = [record.getMessage() for record in caplog.records if "wrong.onnx" in record.getMessage()]
    assert len(told) == 1
    assert told[0].endswith("what can be used takes its place")


@pytest.mark.skipif(not SHARED, reason="CHIARO_SHARED names no folder with footage")
def test_a_visitor_in_a_dark_room_is_seen_in_nine_of_ten_frames(watching: Opens, tmp_path: Path) -> None:
    dark = tmp_path / "dark.avi"
    darken_film(Path(SHARED) / "footage" / "sign-no.mkv", dark)
    _, moods = watching(str(dark))
    seen = trusted(moods, 60)
    assert 12 < max(mood.face_luminance for mood in seen) < 30
    assert sum(mood.count == 1 for mood in seen) / len(seen) >= 0.9
    assert seen[-1].present
