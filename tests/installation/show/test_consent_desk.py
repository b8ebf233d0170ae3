"""When the eye may look, by clock and operators: what is kept over a restart, and what a clock that is wrong does."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from calibration.house_settings import HoursSettings
from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue
from installation.host.console import LossReporter
from installation.host.journal import Journal
from installation.house.kept_staff import KeptStaff
from installation.osc import Broadcast
from installation.osc.registry import Code
from installation.show.answer import DONE
from installation.show.consent import Why
from installation.show.consent_desk import SETTLE_SECONDS, ConsentDesk
from installation.show.keys import Controls
from installation.show.manual_mood import ManualMood
from tests.installation.waiting import LONG, wait_until

BERLIN = ZoneInfo("Europe/Berlin")
HOURS = HoursSettings(country="DE", timezone="Europe/Berlin")
CLEANING = PrivacySettings(staff_hours="Mo-Su 08:00-10:00")


class ToldEye(ManualMood):
    """Stands in for the eye: remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[bool, str]] = []

    def set_camera(self, on: bool, why: str = "") -> None:
        self.told.append((on, why))


class Nobody:
    """Stands in for broadcast and journal: remembers that it was told to forget."""

    forgot = 0

    def forget(self, _now: float, _why: str) -> None:
        self.forgot += 1

    def looking(self, _is_open: bool, _why: str, _now: float) -> None:
        """Not kept."""


class Room:
    """A desk, with a clock on the wall that the test turns."""

    def __init__(
        self, settings: PrivacySettings, wall: str = "2026-11-27 12:00", kept: KeptStaff | None = None
    ) -> None:
        self.eye, self.listener, self.now, self.controls = ToldEye(), Nobody(), 0.0, Controls()
        self.wall = datetime.fromisoformat(wall).replace(tzinfo=BERLIN).timestamp()
        self.desk = ConsentDesk(
            Venue(privacy=settings, hours=HOURS),
            self.eye,
            cast(Broadcast, self.listener),
            cast(Journal, self.listener),
            kept,
            clock=lambda: self.now,
            wall_clock=lambda: self.wall,
        )

    def why(self, seconds: float = 1.0, take: int = 0) -> Why:
        """After so many seconds more."""
        for _ in range(round(seconds * 4)):
            self.now, self.wall = self.now + 0.25, self.wall + 0.25
            self.controls = self.desk.keep(self.now, take, self.controls)
        return self.controls.looking.why


def test_the_eye_is_told_before_the_first_tick() -> None:
    assert Room(PrivacySettings()).eye.told == [(True, "the eye is open")]
    assert Room(PrivacySettings(consent="button")).eye.told == [(False, "the eye is shut until a visitor asks for it")]
    assert Room(PrivacySettings(place="workplace")).eye.told[0][1].startswith("at a place of work")


def test_by_the_clock_it_is_shut_at_once_and_opened_when_the_hour_is_surely_over() -> None:
    room = Room(CLEANING, "2026-11-27 07:59:58")
    assert room.why(1) is Why.NOTICE
    assert room.why(2) is Why.STAFF_HOURS
    room.wall = datetime(2026, 11, 27, 10, 0, tzinfo=BERLIN).timestamp()
    assert room.why(SETTLE_SECONDS - 1) is Why.STAFF_HOURS
    assert room.why(3) is Why.NOTICE


def test_nobody_opens_it_by_hand_while_the_clock_says_that_only_staff_is_there() -> None:
    room = Room(CLEANING, "2026-11-27 09:00")
    assert room.desk.set_staff(True) == DONE
    room.why()
    code, reason = room.desk.set_staff(False)
    assert code is Code.NOT_NOW
    assert "privacy.staff_hours" in reason
    assert room.why() is Why.STAFF_HOURS


def test_a_clock_that_is_set_back_over_the_end_of_the_hour_does_not_open_it_for_a_moment() -> None:
    room = Room(CLEANING, "2026-11-27 09:59:59")
    assert room.why(2) is Why.STAFF_HOURS
    room.wall -= 3
    assert room.why(2) is Why.STAFF_HOURS


def test_where_the_clock_is_not_set_nobody_knows_and_it_is_shut() -> None:
    room = Room(CLEANING, "1970-01-02 12:00")
    assert room.why() is Why.STAFF_HOURS
    assert Room(PrivacySettings(), "1970-01-02 12:00").why() is Why.NOTICE


def test_only_a_room_that_asks_visitors_has_a_button() -> None:
    assert Room(PrivacySettings()).desk.ask(0.0) == (Code.NOT_NOW, "nobody is asked here: privacy.consent is 'none'")
    room = Room(PrivacySettings(consent="button"))
    assert room.desk.ask(0.0) == DONE
    assert room.why(take=1) is Why.ASKED
    assert room.controls.asks
    room.desk.set_staff(True)
    room.why(take=1)
    code, reason = room.desk.ask(room.now)
    assert (code, reason) == (Code.NOT_NOW, "the eye is shut: only staff is in the room")


def test_who_hears_of_moods_is_told_to_forget_once_each_time_it_shuts() -> None:
    room = Room(PrivacySettings())
    room.desk.set_staff(True)
    room.why(5)
    assert room.listener.forgot == 1
    room.desk.set_staff(False)
    room.why()
    room.controls = Controls(camera=False)
    assert room.why() is Why.CAMERA_OFF
    assert room.listener.forgot == 2


def test_new_settings_of_the_file_count_with_the_next_tick() -> None:
    room = Room(PrivacySettings())
    room.desk.renew(PrivacySettings(consent="button"))
    assert room.why(0.25) is Why.NOT_ASKED
    room.desk.renew(PrivacySettings(staff_hours="24/7"))
    assert room.why(0.25) is Why.STAFF_HOURS


def test_staff_holds_over_a_kill_until_it_is_switched_off(tmp_path: Path) -> None:
    file, losses = tmp_path / "staff" / "hall", LossReporter()
    Room(PrivacySettings(), kept=KeptStaff(file, losses)).desk.set_staff(True)
    wait_until(file.exists, LONG)
    again = Room(PrivacySettings(), kept=KeptStaff(file, losses))
    assert again.why() is Why.STAFF
    assert again.controls.staff
    again.desk.set_staff(False)
    wait_until(lambda: not file.exists(), LONG)
    assert Room(PrivacySettings(), kept=KeptStaff(file, losses)).why() is Why.NOTICE


def test_a_disk_that_does_not_keep_it_is_told(tmp_path: Path) -> None:
    (tmp_path / "staff").write_text("a file where the folder should be")
    losses = LossReporter()
    kept = KeptStaff(tmp_path / "staff" / "hall", losses)
    kept.keep(True)
    wait_until(lambda: losses.is_lost("staff in the room"), LONG)
    assert "after a restart the eye would be open" in losses.lost_parts()[0]


def test_where_it_cannot_be_read_whether_staff_was_there_it_is_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(_path: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuses)  # root may read everything
    kept = KeptStaff(tmp_path / "hall", LossReporter())
    assert kept.recall()
