"""A weekend of opening hours through the real show: its film and OSC are real, its clocks are turned by the test."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calibration.house_settings import HoursSettings
from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.house.doors import Doors
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.rehearsal import mood_of
from installation.show.show import Show
from models.mood import Mood
from scenes.machine.command import CloseHouse, OpenHouse, SetClosed, Start
from scenes.machine.cue import ShowState
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.show.test_show import STORY

HOURS = HoursSettings(open="Tu-Su 10:00-18:00; PH off", country="DE", timezone="Europe/Berlin", last_take_seconds=30.0)
STEP = 0.1


class NightEye(ManualMood):
    """Moods by hand, and whether the eye is on."""

    on = True
    somebody = False

    def mood(self, now: float) -> Mood:
        return mood_of("happiness", 0.9, now) if self.somebody else super().mood(now)

    def set_on(self, on: bool) -> None:
        self.on = on


class Weekend:
    """The show, and the clock on the wall."""

    def __init__(self, begins: str) -> None:
        self.wall = datetime.fromisoformat(begins).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
        self.now = time.monotonic()
        self.eye = NightEye()
        self.show: Show

    def set_clock(self, when: str) -> None:
        self.wall = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()

    def live(self, seconds: float) -> None:
        """So many seconds of the show, ten times as fast: its film is decoded meanwhile."""
        for _ in range(round(seconds / STEP)):
            self.now, self.wall = self.now + STEP, self.wall + STEP
            self.show.tick(self.now)
            time.sleep(STEP / 10)

    def live_until(self, doors: Doors) -> None:
        for _ in range(60):
            if self.show.parts.house.doors is doors:
                return
            self.live(1.0)
        pytest.fail(f"not {doors} within a minute, but {self.show.parts.house.doors}")

    @property
    def is_dark(self) -> bool:
        controls = self.show.controls
        assert controls.closed is controls.blackout is not self.eye.on
        return controls.closed


@contextmanager
def weekend(folder: Path, begins: str) -> Iterator[Weekend]:
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=6.0, fps=10, size=(160, 90))
    story = folder / "story.toml"
    story.write_text(STORY)
    screen = ScreenSettings(width=160, height=90)
    venue = Venue(name=folder.name, osc=OscSettings(listen_port=0), screen=screen, hours=HOURS)
    place = Weekend(begins)
    with open_show(
        load_story(story), venue, headless=True, mood_source=place.eye, wall_clock=lambda: place.wall
    ) as place.show:
        place.live(2.0)
        yield place


def test_a_weekend_of_the_house(tmp_path: Path) -> None:
    with weekend(tmp_path, "2026-12-19 17:59:50") as place:
        assert not place.is_dark
        place.live_until(Doors.CLOSED)
        place.live(2.0)
        assert place.is_dark
        assert place.show.parts.broadcast.values()["/info/house"] == ("closed",)
        assert place.show.parts.broadcast.values()["/scene/state"] == (ShowState.CLOSED,)
        place.set_clock("2026-12-20 09:59:58")
        place.live_until(Doors.OPEN)
        place.live(2.0)
        assert not place.is_dark
        assert place.show.scene == "lamp"
        assert place.show.parts.film.playhead.seconds > 0
        place.set_clock("2026-12-20 18:00:00")
        place.live_until(Doors.CLOSED)
        place.set_clock("2026-12-21 12:00:00")  # Monday
        place.live(10.0)
        assert place.is_dark
    (file,) = (state_folder() / "journal").glob(f"*.{room_stem(tmp_path.name)}.jsonl")
    told = [(line["state"], line["why"]) for line in read_lines(file) if line["kind"] == "house"]
    day = [("closing", "opening hours"), ("closed", "opening hours")]
    assert told == [("open", "opening hours"), *day, ("opening", "opening hours"), ("open", "opening hours"), *day]


def test_at_closing_time_the_take_in_the_room_goes_on_and_no_other_begins(tmp_path: Path) -> None:
    with weekend(tmp_path, "2026-12-19 17:59:00") as place:
        place.eye.somebody = True
        place.live(2.0)
        assert place.show.scene == "door"
        place.set_clock("2026-12-19 18:00:00")
        place.live(4.0)
        assert place.show.parts.house.doors is Doors.CLOSING
        assert not place.is_dark
        place.live_until(Doors.CLOSED)
        place.live(4.0)
        assert place.is_dark
        assert place.show.scene == "lamp"
        assert place.show._ask_story(Start(), 0.0)[1] == "the show is closed"


def test_opened_by_hand_at_night_it_stays_open_until_the_hours_have_changed(tmp_path: Path) -> None:
    with weekend(tmp_path, "2026-12-21 20:00:00") as place:
        assert place.is_dark
        place.show._obey(OpenHouse(), place.now)
        place.live_until(Doors.OPEN)
        place.live(1.0)
        assert not place.is_dark
        for closes in (CloseHouse(), SetClosed(True)):
            place.show._obey(closes, place.now)
            place.live_until(Doors.CLOSED)
            place.live(1.0)
            assert place.is_dark
            place.show._obey(SetClosed(False), place.now)
            place.live_until(Doors.OPEN)
            place.live(1.0)
        place.set_clock("2026-12-22 10:00:00")
        place.live(5.0)
        place.set_clock("2026-12-22 18:00:00")
        place.live_until(Doors.CLOSED)
