"""What begins when nobody is there: what can be used, and what ran last in place of what cannot."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from calibration.errors import BadFile, BadInput, Exit, Unavailable
from calibration.venue import Venue
from installation.cli import app
from installation.host.console import LossReporter
from installation.host.kept_file import write_kept
from installation.host.last_good import KeptStart, KeptStory, LastGood
from installation.host.options import usable_options
from installation.show import unattended
from installation.show.show import Show
from installation.show.unattended import UnattendedStart
from scenes.machine.branching import fallback_for
from scenes.story.story import Story, load_story
from tests.clips import make_clip

STORY = """
title = "{title}"
start = "door"
attract = "lamp"
safe = "still"
[scenes.lamp]
clip = "lamp.mp4"
[scenes.still]
clip = "lamp.mp4"
[scenes.door]
clip = "lamp.mp4"
{more}
end = true
"""
MISSPELT = "no_such_key = 1"


@dataclass
class House:
    """A room's files, and what a start in it chose and told."""

    folder: Path
    losses: LossReporter = field(default_factory=LossReporter)

    @property
    def story(self) -> Path:
        return self.folder / "story.toml"

    @property
    def venue(self) -> Path:
        return self.folder / "hall.toml"

    def write_story(self, title: str = "Good", more: str = "") -> None:
        self.story.write_text(STORY.format(title=title, more=more))

    def start(self, camera: str | None = None) -> UnattendedStart:
        self.losses = LossReporter()

        def lay_over(venue: Venue) -> tuple[Venue, list[BadInput]]:
            return usable_options(venue, camera=camera)

        return UnattendedStart(self.folder / "state", "", str(self.venue), lay_over, self.losses)

    def told(self) -> str:
        return "\n".join(self.losses.lost_parts())

    def run_well(self) -> None:
        """A start that lasted."""
        start = self.start()
        story, _ = start.choose()
        start._keep(story)  # a minute of a real show is in the slow test

    def crash(self) -> None:
        """A start whose process is gone before it could do anything about it."""
        start = self.start()
        start.counted().__enter__()  # and nothing leaves it


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    make_clip(tmp_path / "lamp.mp4", seconds=1.0)
    house.write_story()
    house.venue.write_text('name = "the hall"\nstory = "story.toml"\n[screen]\nwidth = 320\n')
    return house


def test_what_can_be_used_is_used_and_nothing_is_told(house: House) -> None:
    story, venue = house.start().choose()
    assert (story.title, venue.name, house.told()) == ("Good", "the hall", "")


@pytest.mark.parametrize("fault", [MISSPELT, "[screen", "[screen]\nwidth = 1", "\0"])
def test_for_a_venue_that_cannot_be_used_the_last_one_stands_in(house: House, fault: str) -> None:
    house.run_well()
    house.venue.write_text(fault)
    story, venue = house.start().choose()
    assert (story.title, venue.name, venue.screen.width) == ("Good", "the hall", 320)
    assert house.told().startswith(f"new venue: {house.venue}")
    assert "ran last" in house.told()


def test_a_venue_that_was_read_once_stands_in_even_if_no_show_with_it_has_lasted(house: House) -> None:
    house.start().choose()
    house.venue.unlink()
    assert house.start().choose()[1].name == "the hall"


def test_without_a_venue_that_ever_worked_the_defaults_stand_in_on_the_whole_screen(house: House) -> None:
    house.venue.write_text(MISSPELT + '\nstory = "story.toml"')
    story, venue = house.start().choose()
    assert (venue.name, venue.screen.fullscreen) == (Venue().name, True)
    assert story.title == "Good"
    assert "the defaults" in house.told()


@pytest.mark.parametrize("fault", ["", "title = ", 'title = "half"\nstart', MISSPELT, None])
def test_for_a_story_that_cannot_be_used_the_last_that_ran_stands_in(house: House, fault: str | None) -> None:
    house.run_well()
    if fault is None:
        house.story.unlink()
    else:
        house.story.write_text(fault)
    story, _ = house.start().choose()
    assert (story.title, story.names) == ("Good", ("lamp", "still", "door"))
    assert story.clip("door").file == house.folder / "lamp.mp4"
    assert "new story" in house.told()


@pytest.mark.parametrize(
    ("gone", "stands_in"), [(("lamp",), False), (("still",), False), (("lamp", "still"), True)], ids=str
)
def test_a_story_with_nothing_to_show_before_somebody_comes_cannot_be_used(
    house: House, gone: tuple[str, ...], stands_in: bool
) -> None:
    house.run_well()
    house.write_story("New")
    for scene in gone:
        text = house.story.read_text()
        house.story.write_text(text.replace(f'[scenes.{scene}]\nclip = "lamp', f'[scenes.{scene}]\nclip = "gone'))
    story = house.start().choose()[0]
    assert story.title == ("Good" if stands_in else "New")
    assert ("neither its `attract` nor its `safe` scene can be played" in house.told()) == stands_in


def test_a_venue_that_names_no_story_any_more_is_no_reason_to_show_the_demo_film(house: House) -> None:
    house.venue.write_text("[screen")
    assert len(house.start().choose()[0].names) == 1  # its safe scene, where nothing is known
    house.venue.write_text('story = "story.toml"')
    house.run_well()
    kept = next((house.folder / "state" / "last_good").glob("hall-*.json"))
    text = KeptStart(story=LastGood(house.folder / "state", str(house.venue)).recall().story).model_dump_json()
    write_kept(kept, text.encode())
    house.venue.write_text("[screen")
    assert house.start().choose()[0].title == "Good"


def test_a_story_that_only_began_never_stands_in(house: House) -> None:
    house.start().choose()
    house.story.write_text("")
    story, _ = house.start().choose()
    assert story.title != "Good"


def test_without_a_story_that_lasted_the_safe_scene_of_the_new_one_goes_round(house: House) -> None:
    house.write_story("New", MISSPELT)
    story, _ = house.start().choose()
    assert (story.title, story.names) == ("New", ("still",))
    assert [branch.to for branch in story.branches("still")] == ["still"]
    assert "a safe scene" in house.told()


def test_without_any_clip_of_its_own_the_demos_safe_scene_stands(house: House) -> None:
    house.run_well()
    (house.folder / "lamp.mp4").unlink()
    story, _ = house.start().choose()
    assert len(story.names) == 1
    assert story.clip(story.file.safe).file.is_file()
    assert "(a safe scene is shown)" in house.told()


def test_an_option_that_cannot_be_used_is_left_out_and_no_simulated_visitor_stands_in(house: House) -> None:
    _, venue = house.start(camera="rtsp://[::1").choose()
    assert venue.camera.source == "first"
    assert "option: --camera" in house.told()
    assert house.start(camera="visitor").choose()[1].camera.source == "visitor"


def test_after_three_short_starts_the_last_good_is_tried_and_after_six_the_defaults(house: House) -> None:
    house.run_well()
    house.write_story("New")
    house.venue.write_text('name = "new"\nstory = "story.toml"')
    chosen = []
    for _ in range(7):
        story, venue = house.start().choose()
        chosen.append((story.title, venue.name))
        house.crash()
    assert chosen[:3] == [("New", "new")] * 3
    assert chosen[3:6] == [("Good", "the hall")] * 3
    assert chosen[6][1] == Venue().name
    assert len(house.start().choose()[0].names) == 1
    assert "7 starts in a row" in house.told()
    house.run_well()
    assert house.start().choose()[0].title == "New"


def test_what_crashes_and_has_no_good_start_before_it_is_tried_again_first(house: House) -> None:
    for _ in range(4):
        house.crash()
    assert house.start().choose()[0].title == "Good"


def test_a_show_that_ends_as_it_should_or_finds_its_room_taken_is_no_short_start(house: House) -> None:
    house.crash()
    memory = LastGood(house.folder / "state", str(house.venue))
    with pytest.raises(Unavailable), house.start().counted():
        raise Unavailable("another one runs")
    assert memory.short_starts == 1
    with pytest.raises(Unavailable) as ended, house.start().counted():
        raise BadFile(house.story, ["is torn"])
    assert ended.value.exit_code == Exit.UNAVAILABLE
    assert memory.short_starts == 2
    with house.start().counted():
        pass
    assert memory.short_starts == 0


def test_a_torn_state_file_is_told_once_and_the_version_before_it_counts(house: House) -> None:
    house.run_well()
    house.write_story("Second")
    house.run_well()
    kept = next((house.folder / "state" / "last_good").glob("hall-*.json"))
    kept.write_bytes(kept.read_bytes()[:50])
    house.story.write_text("")
    assert house.start().choose()[0].title == "Good"
    assert house.told().count("last good start: ") == 1
    shutil.rmtree(kept.parent)
    house.start().choose()
    assert "last good start" not in house.told()


def torn(whole: bytes) -> st.SearchStrategy[bytes]:
    """What a power cut, an editor or a cat on the keyboard leave of a file."""
    ends = st.integers(0, len(whole))
    return st.one_of(
        st.just(whole),
        st.just(b""),
        ends.map(lambda end: whole[:end]),
        ends.map(lambda end: whole[:end] + bytes(len(whole) - end)),
        st.tuples(ends, st.binary(min_size=1, max_size=8)).map(lambda at: whole[: at[0]] + at[1] + whole[at[0] + 1 :]),
        st.binary(max_size=200),
    )


@pytest.mark.parametrize("examples", [60, pytest.param(2000, marks=pytest.mark.slow)])
def test_whatever_its_files_hold_a_show_begins(house: House, examples: int) -> None:
    house.run_well()
    house.run_well()
    house.crash()
    files = [house.venue, house.story, *sorted((house.folder / "state" / "last_good").iterdir())]
    assert len(files) == 6
    whole = [file.read_bytes() for file in files]

    @settings(max_examples=examples)
    @given(st.tuples(*map(torn, whole)))
    def begins(contents: tuple[bytes, ...]) -> None:
        for file, content in zip(files, contents, strict=True):
            file.write_bytes(content)
        story, venue = house.start().choose()
        waiting = fallback_for(story, story.file.attract, story.unplayable)
        assert waiting
        assert story.clip(waiting).file.is_file()
        assert venue.camera.source

    begins()


@dataclass
class Playing:
    """A stand-in for the show: which story it plays."""

    story: Story
    plays: bool = True
    in_take: bool = False
    restarting: bool = False
    ending: bool = False


def test_only_what_has_played_for_a_minute_without_a_break_is_kept(house: House) -> None:
    now = 1000.0
    start = UnattendedStart(
        house.folder / "state", "", str(house.venue), lambda venue: (venue, []), house.losses, clock=lambda: now
    )
    story, _ = start.choose()
    memory = LastGood(house.folder / "state", str(house.venue))
    reloaded, broken = Playing(load_story(house.story)), Playing(story, plays=False)

    def kept_after(seconds: float, show: Playing) -> bool:
        nonlocal now
        now += seconds
        start.observe(cast(Show, show))
        return memory.recall().story is not None

    minute = unattended.GOOD_AFTER_SECONDS
    assert not kept_after(0, Playing(story))
    assert not kept_after(minute - 1, Playing(story))
    assert not kept_after(2, broken)
    assert not kept_after(minute - 1, Playing(story))
    assert not kept_after(2, reloaded)
    assert not kept_after(minute - 1, reloaded)
    assert kept_after(1, reloaded)
    assert memory.recall().story == KeptStory(file=house.story, text=house.story.read_text())


def test_a_venue_that_was_mended_is_taken_when_no_visitor_is_on_the_way(house: House) -> None:
    whole = house.venue.read_text()
    house.venue.write_text(MISSPELT)
    start = house.start()
    show = Playing(start.choose()[0])
    start.observe(cast(Show, show))
    assert not show.ending
    house.venue.write_text(whole)
    show.in_take = True
    start.observe(cast(Show, show))
    assert not show.ending
    show.in_take = False
    start.observe(cast(Show, show))
    assert show.ending
    assert show.restarting


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere every name is UTF-8")
def test_a_file_whose_name_is_not_utf8_is_shown_and_not_kept(house: House) -> None:
    odd = house.story.rename(house.folder / os.fsdecode(b"\xff.toml"))
    start = UnattendedStart(
        house.folder / "state", str(odd), os.fsdecode(b"\xff"), lambda venue: (venue, []), house.losses
    )
    with start.counted():
        story, _ = start.choose()
        start._write(lambda: start._keep(story))
        assert "not UTF-8" in house.told()
    assert story.title == "Good"


def test_what_stands_in_is_never_kept_as_good(house: House) -> None:
    house.story.write_text("")
    house.venue.write_text(MISSPELT)
    start = house.start()
    story, _ = start.choose()
    start._keep(story)
    kept = LastGood(house.folder / "state", str(house.venue)).recall()
    assert (kept.venue, kept.story) == (None, None)


def test_the_command_begins_the_show_though_there_is_no_venue_of_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A double stands in for the opening of the show: it says what it was asked for, and that is all."""
    monkeypatch.setenv("CHIARO_STATE", str(tmp_path))
    asked: list[dict[str, object]] = []

    def opened(_story: object, _venue: object, **wishes: object) -> NoReturn:
        asked.append(wishes)
        raise Unavailable("a double opens no show")

    monkeypatch.setattr("installation.show.opening.open_show", opened)
    ran = CliRunner().invoke(app, ["run", "--unattended", "--venue", "gone", "--headless"])
    assert ran.exit_code == Exit.UNAVAILABLE, ran.output
    assert [(wishes["console"], wishes["venue_file"]) for wishes in asked] == [(True, "")]
