"""An eye on another machine, as the stage knows it. Time is given."""

from dataclasses import dataclass, field

import pytest

from installation.eye.link import EyeStatus, Report
from installation.eyes.clock import EyeClock
from installation.eyes.remote_eye import CLOSED_AFTER, LATE_SECONDS, STARTS_WITHIN, RemoteEye
from installation.eyes.wire import SILENT_SECONDS, Order, Told
from installation.host.console import LossReporter
from installation.host.health import Sense
from models.mood import Mood

AHEAD = 500.0
SEES = EyeStatus(camera=Sense.OK, model=Sense.OK, camera_name="camera 0", model_line="on CPU")


@dataclass
class Room:
    """An eye, its clock and the stage's, which a test sets."""

    now: float = 0.0
    zone: bool = False
    barred: str = ""
    clock: EyeClock = field(default_factory=EyeClock)
    number: int = 0

    def __post_init__(self) -> None:
        self.losses = LossReporter(lambda: self.now)
        self.eye = RemoteEye("left", self.barred, self.zone, self.losses)
        self.clock.add(0.0, AHEAD, AHEAD, 0.0)

    def hear(self, late: float = 0.0, echo: int | None = None, **said: object) -> bool:
        """What it says now, in its own time."""
        mood = Mood(captured_at=self.now - late + AHEAD, trusted=True, present=True, count=1)
        status = said.pop("status", SEES)
        told = {"sent": self.now - late + AHEAD, "echo": self.number if echo is None else echo, "heard": 0.0}
        report = Report.model_validate({"mood": said.pop("mood", mood), "status": status})
        return self.eye.hear(
            Told.model_validate(told | {"may_film": True, "report": report} | said), self.clock, self.now
        )

    def order(self) -> Order:
        self.number += 1
        return self.eye.order(1, self.number, self.now)


def test_a_mood_is_told_in_the_stages_own_time() -> None:
    room = Room(now=3.0)
    assert room.hear()
    assert room.eye.mood(3.2).captured_at == pytest.approx(3.0)
    assert room.eye.mood(3.2) is room.eye.mood(3.3)


def test_what_is_repeated_is_no_news() -> None:
    room = Room(now=3.0)
    mood = Mood(captured_at=3.0 + AHEAD, trusted=True)
    assert room.hear(mood=mood)
    assert not room.hear(mood=mood)


def test_what_took_too_long_on_its_way_is_not_used_and_told_once() -> None:
    room = Room(now=3.0)
    assert not room.hear(late=LATE_SECONDS + 0.1)
    assert not room.eye.mood(3.0).trusted
    assert room.losses.lost_names() == ("the eye left",)
    room.hear()
    assert room.losses.lost_names() == ()


def test_a_silent_eye_is_not_believed_and_lost_and_comes_back() -> None:
    room = Room(now=3.0)
    room.hear()
    room.now = 3.0 + SILENT_SECONDS + 0.1
    room.eye.check(room.now)
    assert "silent" in room.eye.mood(room.now).reason
    assert room.losses.lost_names() == ("the eye left",)
    assert room.eye.health.state is Sense.LOST
    room.hear()
    assert room.eye.mood(room.now).trusted
    assert (room.losses.lost_names(), room.eye.health.state) == ((), Sense.OK)


def test_one_that_was_never_heard_is_lost_after_a_while_with_what_to_do() -> None:
    room = Room()
    room.eye.check(STARTS_WITHIN - 1)
    assert room.losses.lost_names() == ()
    room.eye.check(STARTS_WITHIN + 1)
    assert "chiaro eye --to" in room.losses.lost_parts()[0]


def test_while_the_house_is_closed_nothing_is_lost() -> None:
    room = Room()
    room.eye.gate.on = False
    room.eye.check(100.0)
    assert room.losses.lost_names() == ()
    assert not room.order().on


def test_its_camera_and_networks_are_losses_of_its_own() -> None:
    room = Room(now=1.0)
    room.hear(status=EyeStatus(camera=Sense.LOST, model=Sense.OK, camera_reason="unplugged"))
    assert room.losses.lost_parts() == ("the eye left: unplugged",)
    room.hear()
    room.hear(status=EyeStatus(model=Sense.LOST, model_line="no such file"))
    assert room.losses.lost_parts() == ("the eye left: no such file",)


def test_an_eye_that_starts_is_not_lost_and_one_that_never_sees_is() -> None:
    room, starting = Room(now=1.0), EyeStatus(camera=Sense.LOST, model=Sense.LOST, model_line="the eye is starting")
    room.hear(status=starting)
    assert room.losses.lost_names() == ()
    for _ in range(12):
        room.now += 1.0
        room.hear(status=starting)
    assert room.losses.lost_names() == ("the eye left",)


def test_an_eye_that_ends_says_so_at_once() -> None:
    room = Room(now=1.0)
    room.hear()
    assert room.hear(status=EyeStatus(last_words="it was ended on its own machine"))
    assert not room.eye.mood(1.0).trusted
    assert "ended on its own machine" in room.losses.lost_parts()[0]


def test_it_is_told_to_look_only_while_it_is_heard_and_may() -> None:
    room = Room(now=1.0)
    assert not room.order().open  # never heard
    room.hear()
    assert room.order().open
    room.now += SILENT_SECONDS + 0.1
    assert not room.order().open
    room.hear()
    assert room.order().open
    room.eye.gate.set_camera(False, "only staff")
    order = room.order()
    assert (order.open, order.why) == (False, "only staff")


def test_nothing_of_before_it_was_shut_is_given_out_once_it_is_open_again() -> None:
    room = Room(now=1.0)
    room.hear()
    room.eye.gate.set_camera(False, "only staff")
    assert room.eye.mood(1.0).reason == "only staff"
    room.now = 2.0
    room.eye.gate.set_camera(True, "")
    assert not room.eye.mood(2.0).trusted
    room.now = 2.1
    room.hear()
    assert room.eye.mood(2.1).trusted


def test_who_is_to_be_forgotten_is_not_told_of_until_the_eye_has_obeyed() -> None:
    room = Room(now=1.0)
    room.hear()
    room.eye.forget_visitors()
    assert room.order().forget == 1
    assert not room.eye.mood(1.0).trusted
    room.hear()
    assert not room.eye.mood(1.0).trusted
    room.hear(forgotten=1)
    assert room.eye.mood(1.0).trusted


def test_each_scene_is_told() -> None:
    room = Room()
    room.eye.freeze_baseline()
    room.eye.freeze_baseline()
    assert room.order().scene == 2


def test_an_eye_without_a_zone_where_one_is_asked_for_is_not_believed() -> None:
    room = Room(now=1.0, zone=True)
    assert room.order().zone
    room.hear(refused="no zone is drawn")
    assert room.eye.mood(1.0).reason == "no zone is drawn"
    assert room.losses.lost_parts() == ("the eye left: no zone is drawn",)


def test_it_may_look_until_it_has_said_after_the_order_that_its_camera_is_closed() -> None:
    room = Room(now=1.0)
    room.hear()
    room.order()
    assert room.eye.may_look
    room.eye.gate.set_camera(False, "shut")
    assert room.eye.may_look
    room.hear(may_film=False)  # it has not heard that order yet: the one to open may still be on its way
    assert room.eye.may_look
    room.order()
    room.hear(may_film=True)
    assert room.eye.may_look
    room.hear(may_film=False)
    assert not room.eye.may_look


def test_an_eye_of_which_nothing_is_heard_has_closed_its_camera_after_a_while() -> None:
    room = Room(now=1.0)
    room.hear()
    room.order()
    room.eye.gate.set_camera(False, "shut")
    room.now += CLOSED_AFTER
    assert room.eye.may_look
    room.now += 0.1
    assert not room.eye.may_look


def test_where_nobody_may_be_looked_at_it_is_never_told_to() -> None:
    room = Room(now=1.0, barred="no emotion may be read here")
    room.hear()
    assert (room.order().on, room.order().open) == (False, False)
    assert room.eye.mood(1.0).reason == "no emotion may be read here"
    assert not room.eye.may_look
