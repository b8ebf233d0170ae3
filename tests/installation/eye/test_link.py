"""The line between stage and eye: newest wins, nobody waits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from calibration.settings import MAX_VISITORS
from installation.eye.link import EyeStatus, Link, Report, make_line, make_loopback_line, open_line
from models.labels import LABELS
from models.mood import Mood, VisitorMood


@pytest.fixture(params=["socket pair", "loopback"])
def ends(request: pytest.FixtureRequest) -> Iterator[tuple[Link, Link]]:
    """Both ends, as the two processes hold them."""
    if request.param == "loopback":
        stage, address = make_loopback_line()
    else:
        stage, address, inherited = make_line()
        assert inherited is not None
        inherited.detach()  # the eye's process owns it now
    eye = open_line(address)
    yield stage, eye
    stage.close()
    eye.close()


def full_report() -> Report:
    chance = np.random.default_rng(1).dirichlet(np.ones(len(LABELS)))
    share = tuple(chance.tolist())
    visitors = tuple(
        VisitorMood(
            slot=n,
            visitor_id=n,
            probabilities=share,
            dominant="fear",
            confidence=0.5,
            position=(1 / 3, 2 / 3),
            size=1 / 7,
            facing=1 / 3,
            yaw=-100 / 7,
            pitch=-100 / 7,
            roll=-100 / 7,
            distance=10 / 7,
            eyes_shut=False,
        )
        for n in range(1, MAX_VISITORS + 1)
    )
    mood = Mood(captured_at=1.5, trusted=True, present=True, count=MAX_VISITORS, visitors=visitors, probabilities=share)
    return Report(mood=mood, status=EyeStatus(fps=15.0, remarks=("width: requested 1280, the camera uses 640",)))


def test_a_report_with_as_many_visitors_as_there_can_be_fits_and_arrives_as_it_was(ends: tuple[Link, Link]) -> None:
    stage, eye = ends
    message = full_report().model_dump_json().encode()
    assert len(message) < 32_000, "half of what a datagram of UDP holds"
    eye.send(message)
    assert [Report.model_validate_json(message) for message in stage.waiting()] == [full_report()]


def test_words_go_both_ways_in_order(ends: tuple[Link, Link]) -> None:
    stage, eye = ends
    stage.send(b"off")
    stage.send(b"on")
    assert eye.waiting() == [b"off", b"on"]
    assert eye.waiting() == []


def test_a_stage_that_does_not_listen_holds_up_nobody(ends: tuple[Link, Link]) -> None:
    stage, eye = ends
    for number in range(5000):
        eye.send(b"x" * 1000 + str(number).encode())
    assert 0 < len(stage.waiting()) < 5000


def test_the_eye_notices_that_its_stage_is_gone(ends: tuple[Link, Link]) -> None:
    def report_thrice() -> None:
        for _ in range(3):  # over UDP the first one is answered only after it was sent
            eye.send(b"report")

    stage, eye = ends
    stage.close()
    with pytest.raises(ConnectionError):
        report_thrice()


def test_a_stage_whose_eye_is_gone_just_hears_nothing(ends: tuple[Link, Link]) -> None:
    stage, eye = ends
    eye.close()
    assert stage.waiting() == []
