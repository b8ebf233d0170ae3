"""A story at a maker's desk: saving the file changes what plays, and not where it plays."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pygame
import pytest

from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.host.console import LossReporter
from installation.show import story_desk
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.reloading import NEW_STORY
from installation.show.show import Show
from installation.show.story_desk import StoryDesk
from scenes.machine.command import Reload
from scenes.machine.memory import Memory
from scenes.machine.play_from import PlayFrom
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.show.test_overlay import VIEW
from tests.installation.waiting import LONG, wait_until

DOORS = Memory(counters={"doors": 2})
STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
scenes.lamp = { clip = "lamp.mp4" }
scenes.door = { clip = "door.mp4", add = { doors = 1 }, end = true }
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Show, Path]]:
    monkeypatch.setattr(story_desk, "LOOK_SECONDS", 0.05)
    for name, seconds in (("lamp", 1.0), ("door", 30.0)):
        make_clip(tmp_path / f"{name}.mp4", seconds=seconds, fps=5, size=(160, 90))
    story = tmp_path / "story.toml"
    story.write_text(STORY)
    screen = ScreenSettings(width=320, height=180)
    venue = Venue(name=tmp_path.name, osc=OscSettings(listen_port=0), screen=screen)
    loaded = load_story(story)
    with open_show(loaded, venue, headless=True, mood_source=ManualMood(), at_desk=PlayFrom("door", DOORS)) as show:
        run_until(show, lambda: show.scene == "door" and show.parts.film.playhead.seconds > 0.5)
        yield show, story


def run_until(show: Show, true: Callable[[], bool]) -> None:
    def ran() -> bool:
        show.run(0.05)
        return true()

    wait_until(ran, LONG)


def test_a_story_that_is_saved_goes_on_in_the_same_scene_at_the_same_place(desk: tuple[Show, Path]) -> None:
    show, story = desk
    assert (show._state.take, show._view().remembered) == (1, ("doors = 3",))
    entry, take, place = show.parts.film.playhead.entry, show._state.take, show.parts.film.playhead.seconds

    story.write_text(STORY.replace("One room", "One hall").replace("end = true", "end = true, minimum_seconds = 2"))
    run_until(show, lambda: show.story.title == "One hall")
    assert show.parts.film.playhead.entry == entry  # the clip is as it was: the film was not touched

    story.write_text(STORY.replace("clip", "clop"))
    run_until(show, lambda: show.parts.losses.is_lost(NEW_STORY))
    assert (show.scene, show.story.title) == ("door", "One hall")  # a slip of the hand: the old one goes on
    assert [line for line in show._view().lost if "clop" in line]

    story.write_text(STORY.replace("end = true", "end = true, out_seconds = 25.0"))
    run_until(show, lambda: show.parts.film.playhead.entry > entry)
    assert not show.parts.losses.is_lost(NEW_STORY)
    assert show.story.duration("door") == 25.0
    assert show.parts.film.playhead.seconds > place
    assert (show.scene, show._state.take, show._state.in_take) == ("door", take, True)

    story.write_text(STORY.replace("scenes.door", "scenes.gate").replace('"door"', '"gate"'))
    run_until(show, lambda: show.scene == "lamp")  # the scene is gone
    assert "gate" in show.story.names


def test_t_hides_the_bar_and_shows_it_again(tmp_path: Path) -> None:
    desk = StoryDesk(tmp_path / "story.toml", (320, 180), LossReporter())
    key = pygame.event.Event(pygame.KEYDOWN, key=pygame.K_t)
    assert desk.bar(lambda: VIEW, 0.0) is not None
    assert desk.commands([key]) == []
    assert desk.bar(lambda: VIEW, 0.1) is None
    desk.commands([key])
    assert desk.bar(lambda: VIEW, 0.2) is not None
    desk.close()


def test_only_a_file_that_was_written_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story_desk, "LOOK_SECONDS", 0.02)
    story = tmp_path / "story.toml"
    story.write_text(STORY)
    desk = StoryDesk(story, (320, 180), LossReporter())
    wait_until(lambda: desk._stamp() is not None, LONG)
    story.rename(tmp_path / "story.old")
    assert desk.commands([]) == []
    found: list[object] = []
    (tmp_path / "story.old").write_text(f"{STORY}\n# edited")
    (tmp_path / "story.old").rename(story)

    def asked() -> bool:
        found.extend(desk.commands([]))
        return bool(found)

    wait_until(asked, LONG)
    assert [type(command) for command in found] == [Reload]
    desk.close()


class Watched(StoryDesk):
    """Counts how often it has looked at the file."""

    looks = 0

    def _stamp(self) -> tuple[int, int] | None:
        self.looks += 1
        return super()._stamp()


def test_a_file_that_is_gone_while_an_editor_writes_it_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(story_desk, "LOOK_SECONDS", 0.02)
    story = tmp_path / "story.toml"
    story.write_text(STORY)
    desk = Watched(story, (320, 180), LossReporter())
    away = tmp_path / "away.toml"
    for here, there in ((story, away), (away, story)):
        here.rename(there)
        enough = desk.looks + 3
        wait_until(lambda: desk.looks >= enough, LONG)  # noqa: B023 - asked at once
        assert desk.commands([]) == []
    story.write_text(STORY + "\n")
    wait_until(lambda: desk.commands([]), LONG)
    desk.close()
