"""What the show remembers over its takes, and that a show really asks and writes it."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.host.console import LossReporter
from installation.host.kept_file import write_kept
from installation.host.state_folder import room_stem, state_folder
from installation.show.manual_mood import ScriptedMood, parse_script
from installation.show.opening import open_show
from installation.show.take_record import TakeRecord
from scenes.machine.memory import History
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.waiting import LONG, wait_until

SOME = History(41, 3, date(2026, 11, 26))
STORY = """
title = "Two doors"
start = "door"
attract = "lamp"
safe = "lamp"
[draws.actor]
of = ["anna", "ben", "carla", "dan"]
[scenes.lamp]
clip = "clip.mp4"
branch = [{ to = "door", when = { visitors = "present", after = "00:00", minutes_after_opening = 0 } }]
[scenes.door]
clip = "clip.mp4"
end = true
"""


def test_the_number_of_takes_outlasts_the_show(tmp_path: Path) -> None:
    file, losses = tmp_path / "takes" / "hall.json", LossReporter()
    record = TakeRecord(losses, 5, file)
    assert (record.history, record.memory.seed) == (History(), 5)
    record.keep(SOME)
    wait_until(lambda: TakeRecord(losses, None, file).history == SOME, LONG)
    assert not losses.lost_names()


def test_without_a_seed_every_start_has_another_one() -> None:
    assert len({TakeRecord(LossReporter()).memory.seed for _ in range(8)}) > 1


@pytest.mark.parametrize("content", [b"[]", b"{", b'{"total": "many"}', b'{"total": 3, "day": "yesterday"}'])
def test_a_file_that_somebody_else_wrote_is_told_and_counting_begins_anew(tmp_path: Path, content: bytes) -> None:
    write_kept(tmp_path / "hall.json", content)
    losses = LossReporter()
    assert TakeRecord(losses, 0, tmp_path / "hall.json").history == History()
    assert losses.lost_names() == ("count of takes",)


def test_a_disk_that_takes_nothing_is_told_once_and_the_show_goes_on(tmp_path: Path) -> None:
    (tmp_path / "takes").write_text("a file where the folder should be")
    losses = LossReporter()
    record = TakeRecord(losses, 0, tmp_path / "takes" / "hall.json")
    record.keep(SOME)
    wait_until(lambda: losses.lost_names() == ("count of takes",), LONG)
    assert record.history == SOME


def test_a_show_draws_by_its_seed_knows_the_time_of_day_and_writes_both_into_the_journal(tmp_path: Path) -> None:
    make_clip(tmp_path / "clip.mp4", seconds=2.0, fps=10, size=(160, 90))
    (tmp_path / "story.toml").write_text(STORY)
    story = load_story(tmp_path / "story.toml")
    venue = Venue(name=tmp_path.name, osc=OscSettings(listen_port=0), screen=ScreenSettings(width=160, height=90))
    somebody = ScriptedMood(parse_script("happiness@0"))
    with open_show(story, venue, headless=True, seed=7, mood_source=somebody) as show:
        until = time.monotonic() + LONG
        while not show.in_take and time.monotonic() < until:
            show.run(0.1)
    (file,) = (state_folder() / "journal").glob(f"*.{room_stem(tmp_path.name)}.jsonl")
    (start,) = [line for line in map(json.loads, file.read_text().splitlines()) if line["kind"] == "take_start"]
    assert (start["seed"], start["draws"]) == (7, {"actor": story.file.draws["actor"].draw(7, "actor")})
    kept = state_folder() / "takes" / f"{room_stem(tmp_path.name)}.json"
    assert not kept.exists(), "moods by hand are no visits"
