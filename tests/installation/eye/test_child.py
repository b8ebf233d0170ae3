"""One life of the eye's real process (with stub networks): what it is sent, and how it ends."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from calibration.venue import Venue
from installation.eye.child import EyeChild
from installation.eye.command import SetThumbnail
from installation.eye.link import JPEG_START, Start
from tests.installation.waiting import LONG, wait_until

STUB = (sys.executable, "-m", "tests.installation.eye.stub_eye")


@contextmanager
def child_that_reports() -> Iterator[EyeChild]:
    """A context and not a fixture: what a process writes that was started in the setup is lost to ``capfd``."""
    venue = Venue.model_validate({"camera": {"source": "visitor"}})
    child = EyeChild(Start(venue=venue, seed=1), time.monotonic(), STUB)
    try:
        wait_until(child.link.waiting, LONG)
        yield child
    finally:
        child.kill()


def test_a_message_that_the_eye_cannot_read_costs_nothing_and_the_next_one_is_obeyed(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with child_that_reports() as child:
        for message in (b"camera on", b'{"kind": "dance"}', b'{"kind": "set_cam', b"\xff" * 1000):
            child.link.send(message)
        child.send(SetThumbnail(True))
        wait_until(lambda: any(message.startswith(JPEG_START) for message in child.link.waiting()), LONG)
        assert child.ended() is None
    assert capfd.readouterr().err.count("ignored a message") == 4


def test_an_eye_that_is_asked_to_end_leaves_with_code_0() -> None:
    with child_that_reports() as child:
        child.end(within_seconds=LONG)
        assert child.ended() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells of a process's end through a descriptor")
def test_an_eye_that_dies_is_noticed_at_once_and_not_at_the_next_look() -> None:
    with child_that_reports() as child:
        killed = time.monotonic()
        os.kill(child.pid, signal.SIGKILL)
        while child.ended() is None and time.monotonic() - killed < LONG:
            child.link.waiting()  # its last reports
            child.wait(LONG)
        assert time.monotonic() - killed < LONG / 2
        assert child.ended() == -signal.SIGKILL
