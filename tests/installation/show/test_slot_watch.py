"""A show installed in slots: when its version is proven, and when it makes way."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from installation.bundle.slots import MANIFEST, ROOT_VARIABLE, Slots
from installation.host.console import LossReporter
from installation.host.heartbeat import Heartbeat
from installation.show import opening
from installation.show.slot_watch import SlotWatch, slots_watched

if TYPE_CHECKING:
    from installation.show.show import Show

pytestmark = pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them")


class ShowOfFacts:
    """In place of a show: the five facts that the watch reads, and the two that it sets."""

    def __init__(self) -> None:
        self.plays, self.ending, self.restarting = True, False, False
        self.controls = SimpleNamespace(closed=False)
        self.parts = SimpleNamespace(heartbeat=Heartbeat({}), house=SimpleNamespace(stays_closed=False))

    def close(self, closed: bool, by_hand: bool = False) -> None:
        self.controls.closed = closed
        self.parts.house.stays_closed = closed and not by_hand


class Room:
    """A version on trial, or one that waits, and a show that ticks."""

    def __init__(self, root: Path) -> None:
        self.slots, self.show, self.now = Slots(root), ShowOfFacts(), 100.0
        self.losses = LossReporter()
        self.watch = SlotWatch(self.slots, cast("Show", self.show), self.losses)
        self.install()

    def install(self, at_once: bool = False) -> None:
        name = self.slots.spare()
        self.slots.folder(name).mkdir(parents=True)
        (self.slots.folder(name) / MANIFEST).write_text(json.dumps({"name": f"version {name}"}))
        self.slots.take(name, at_once=at_once)

    def play(self, seconds: int, ticks: bool = True) -> None:
        for _ in range(seconds):
            self.now += 1.0
            if ticks:
                self.show.parts.heartbeat.beat(self.now)
            self.watch.observe()


@pytest.fixture
def trial(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.install()
    assert room.slots.choose() == "b"
    return room


def test_a_minute_of_film_proves_a_version(trial: Room) -> None:
    trial.play(60)
    assert trial.slots.state().trial == "b"
    trial.play(2)
    assert trial.slots.state().trial == ""
    assert trial.slots.choose() == "b"


def test_a_show_that_hangs_or_shows_only_the_safe_picture_proves_nothing(trial: Room) -> None:
    trial.play(50)
    trial.play(100, ticks=False)
    trial.show.plays = False
    trial.play(100)
    assert trial.slots.choose() == "a"


def test_a_night_in_a_closed_house_proves_nothing_but_its_mains_switch_is_no_fault(trial: Room) -> None:
    trial.show.close(True)
    trial.play(3600)
    assert trial.slots.state().trial == "b"
    assert trial.slots.choose() == "b"  # the mains went off, and on
    trial.show.close(False)
    trial.play(10)
    assert trial.slots.choose() == "a"  # it died in its first minute of film


def test_the_next_version_takes_over_when_the_house_closes_by_its_hours(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.install()
    room.play(10)
    assert not room.show.ending
    room.show.close(True, by_hand=True)  # a show that starts again would be open
    room.play(10)
    assert not room.show.ending
    room.show.close(True)
    room.play(1)
    assert room.show.ending
    assert room.show.restarting


def test_or_at_once_where_that_was_asked_for(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.install(at_once=True)
    room.play(1)
    assert room.show.restarting


def test_a_disk_that_takes_nothing_is_told_once_and_ends_nothing(trial: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(Slots, "note", full)
        trial.play(70)
    assert trial.losses.errors == 1
    assert [part.partition(":")[0] for part in trial.losses.lost_parts()] == ["slots"]
    trial.play(2)
    assert trial.losses.lost_parts() == ()


def test_an_operator_who_ends_the_show_says_nothing_against_it_and_a_crash_does(
    trial: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, str(trial.slots.root))
    with slots_watched(cast("Show", trial.show), trial.losses):
        pass
    assert not trial.slots.state().begun
    trial.slots.set_trial(begun=True)
    with pytest.raises(ZeroDivisionError), slots_watched(cast("Show", trial.show), trial.losses):
        _ = 1 // 0
    assert trial.slots.state().begun


def test_a_restart_goes_through_the_launcher_with_what_was_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the slot that plays would start itself again, and no version would ever take over."""
    started: list[object] = []

    def exec_instead(*command: object) -> None:
        started.append(command)
        raise SystemExit

    monkeypatch.setattr(os, "execv", exec_instead)
    monkeypatch.setenv("CHIARO_LAUNCHER", "/srv/show/chiaro")
    monkeypatch.setenv("CHIARO_TYPED", '["run", "--fullscreen"]')
    with pytest.raises(SystemExit):
        opening.start_again()
    assert started == [("/srv/show/chiaro", ["/srv/show/chiaro", "run", "--fullscreen"])]
