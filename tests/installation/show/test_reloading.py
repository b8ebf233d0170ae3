"""A story that cannot be used is read again until it can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from installation.host.console import LossReporter
from installation.show import reloading
from installation.show.reloading import NEW_STORY, Reloading
from scenes.story.story import Story, load_story
from tests.clips import make_clip
from tests.installation.waiting import LONG, wait_until

STORY = """
title = "One lamp"
start = "door"
attract = "lamp"
safe = "lamp"
scenes.lamp.clip = "lamp.mp4"
scenes.door = { clip = "lamp.mp4", end = true }
"""


@pytest.mark.parametrize(("missing", "tried_each"), [("the file", 600.0), ("a bracket", 600.0), ("the clips", 0.2)])
def test_a_story_that_was_mended_is_taken_without_being_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, tried_each: float
) -> None:
    monkeypatch.setattr(reloading, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(reloading, "TRY_SECONDS", tried_each)
    story, losses = tmp_path / "story.toml", LossReporter()
    clip = make_clip(tmp_path / "lamp.mp4", seconds=1.0)
    if missing != "the file":
        story.write_text(STORY if missing == "the clips" else STORY.replace("}", ""))
    if missing == "the clips":
        clip.rename(tmp_path / "away.mp4")
    asked = Reloading(lambda: story, losses, insist=True)
    asked.ask()
    wait_until(lambda: losses.is_lost(NEW_STORY), LONG)
    assert asked.take() is None
    story.write_text(STORY) if missing != "the clips" else (tmp_path / "away.mp4").rename(clip)
    taken: list[str] = []

    def take() -> bool:
        fresh = asked.take()
        taken.extend([fresh.title] if fresh else [])
        return bool(taken)

    wait_until(take, LONG)
    assert taken == ["One lamp"]
    assert not losses.is_lost(NEW_STORY)


def test_who_asks_while_it_waits_is_answered_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reloading, "LOOK_SECONDS", 600.0)
    monkeypatch.setattr(reloading, "TRY_SECONDS", 600.0)
    losses, looks = LossReporter(), 0

    def find() -> Path:
        nonlocal looks
        looks += 1
        return tmp_path / "story.toml"

    asked = Reloading(find, losses, insist=True)
    asked.ask()
    wait_until(lambda: looks >= 2, LONG)
    asked.ask()
    wait_until(lambda: looks >= 4, LONG)
    asked.close()


def test_an_edit_that_is_asked_for_while_the_story_is_being_read_is_read_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story = tmp_path / "story.toml"
    make_clip(tmp_path / "lamp.mp4", seconds=1.0)
    story.write_text(STORY)
    asked = Reloading(lambda: story, LossReporter())

    def load(path: Path, *, forgive_clips: bool) -> Story:
        read = load_story(path, forgive_clips=forgive_clips)
        if read.title == "One lamp":  # in the midst of the reading
            story.write_text(STORY.replace("One lamp", "Two lamps"))
            asked.ask()
        return read

    monkeypatch.setattr(reloading, "load_story", load)
    asked.ask()
    wait_until(lambda: (fresh := asked.take()) is not None and fresh.title == "Two lamps", LONG)
    asked.close()


def test_a_story_with_nothing_to_show_before_somebody_comes_is_not_taken(tmp_path: Path) -> None:
    story, losses = tmp_path / "story.toml", LossReporter()
    make_clip(tmp_path / "lamp.mp4", seconds=1.0)
    story.write_text(STORY.replace("lamp.mp4", "gone.mp4", 1))
    asked = Reloading(lambda: story, losses)
    asked.ask()
    wait_until(lambda: losses.is_lost(NEW_STORY), LONG)
    assert asked.take() is None
    asked.close()
