"""One life of the eye's real process (with stub networks): what it is sent, and how it ends."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

import pytest

from calibration.venue import Venue
from installation.eye.child import EyeChild
from installation.eye.command import SetThumbnail
from installation.eye.link import JPEG_START, Start
from tests.installation.waiting import LONG, wait_until

STUB = (sys.executable, "-m", "tests.installation.eye.stub_eye")


@pytest.fixture
def child() -> Iterator[EyeChild]:
    venue = Venue.model_validate({"camera": {"source": "visitor"}})
    child = EyeChild(Start(venue=venue, seed=1), time.monotonic(), STUB)
    yield child
    child.kill()


def test_a_message_that_the_eye_cannot_read_costs_nothing_and_the_next_one_is_obeyed(
    capfd: pytest.CaptureFixture[str], child: EyeChild
) -> None:
    wait_until(child.link.waiting, LONG)
    for message in (b"camera on", b'{"kind": "dance"}', b'{"kind": "set_cam', b"\xff" * 1000):
        child.link.send(message)
    child.send(SetThumbnail(True))
    wait_until(lambda: any(message.startswith(JPEG_START) for message in child.link.waiting()), LONG)
    assert child.ended() is None
    assert capfd.readouterr().err.count("ignored a message") == 4


def test_an_eye_that_is_asked_to_end_leaves_with_code_0(child: EyeChild) -> None:
    wait_until(child.link.waiting, LONG)
    child.end(within_seconds=LONG)
    assert child.ended() == 0
