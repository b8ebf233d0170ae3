"""What of an eye may be used: nothing while it is shut, and nothing of before once it is open again."""

from __future__ import annotations

import threading

import pytest

from installation.eye.gate import JUST_OPENED, OUTDATED, RESTING, SWITCHED_OFF, Gate
from models.mood import Mood, unseen


class Room:
    """A gate with a clock that the test turns."""

    def __init__(self, barred: str = "") -> None:
        self.now = 100.0
        self.gate = Gate(barred, lambda: self.now)

    def passed(self, seen_at: float) -> str:
        """Why a mood of then is not known; '' where it passes."""
        return self.gate.passed(Mood(captured_at=seen_at, trusted=True, present=True, count=1)).reason


def test_an_open_gate_lets_everything_pass() -> None:
    assert Room().passed(1.0) == ""
    assert Room().gate.camera


@pytest.mark.parametrize(("why", "told"), [("nobody has asked", "nobody has asked"), ("", SWITCHED_OFF)])
def test_a_shut_gate_tells_why_and_nothing_else(why: str, told: str) -> None:
    room = Room()
    room.gate.set_camera(False, why)
    mood = room.gate.passed(Mood(captured_at=99.0, trusted=True, present=True, count=2))
    assert mood == unseen(99.0, told)
    assert not room.gate.camera


def test_what_was_seen_before_it_was_opened_again_does_not_pass() -> None:
    room = Room()
    room.gate.set_camera(False, "")
    room.now = 105.0
    room.gate.set_camera(True, "")
    assert room.passed(99.0) == room.passed(104.9) == JUST_OPENED
    assert room.passed(105.0) == ""
    room.now = 110.0
    room.gate.set_camera(True, "")
    assert room.passed(106.0) == "", "to open what is open changes nothing"


def test_with_newer_settings_it_is_shut_until_the_eye_that_has_them_is_there() -> None:
    room = Room()
    room.gate.set_outdated(True)
    assert (room.passed(100.0), room.gate.camera, room.gate.shut_at) == (OUTDATED, False, 100.0)
    room.now = 103.0
    room.gate.set_outdated(False)
    assert room.passed(102.0) == JUST_OPENED
    assert room.passed(103.0) == ""


def test_the_strongest_reason_is_told() -> None:
    room = Room("in a school ...")
    room.gate.set_camera(False, "staff")
    room.gate.on = False
    assert (room.gate.why, room.gate.runs) == ("in a school ...", False)
    room.gate.barred = ""
    assert (room.gate.why, room.gate.runs) == (RESTING, False)
    room.gate.on = True
    assert (room.gate.why, room.gate.runs) == ("staff", True)


def test_whoever_shuts_it_goes_on_only_when_a_mood_that_is_being_used_has_been_used() -> None:
    room, used, shut = Room(), threading.Event(), threading.Event()

    def use(_mood: Mood) -> None:
        shutting.start()
        assert not shut.wait(0.05)
        used.set()

    def close() -> None:
        room.gate.set_camera(False, "")
        assert used.is_set()
        shut.set()

    shutting = threading.Thread(target=close)
    room.gate.use(unseen(100.0, ""), use)
    shutting.join()
    assert shut.is_set()
