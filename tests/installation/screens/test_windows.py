"""Further windows of the show's own process: one clock, each its part or its own clip, and none stops the others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pygame
import pytest

from calibration.venue import Venue
from installation.bench.marked_clip import Mark, make_clip, read_mark
from installation.film.screen import FurtherScreen
from installation.screens.stage_screens import StageScreens
from models.arrays import Image
from scenes.story.story import Story, load_story
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until

STORY = """
title = "Two walls"
start = "hall"
attract = "door"
safe = "door"
[scenes.door]
clip = "1.mkv"
minimum_seconds = 1
[scenes.hall]
clip = "2.mkv"
next = "drawn"
screens.left = { clip = "3.mkv" }
[scenes.drawn]
kind = "course"
next = "door"
"""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    folder = tmp_path_factory.mktemp("walls")
    for mark in (1, 2, 3):
        make_clip(folder / f"{mark}.mkv", mark, 1.5, SIZE)
    (folder / "story.toml").write_text(STORY)
    return load_story(folder / "story.toml")


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Mark | None]:
    """What the further window shows."""
    marks: list[Mark | None] = []
    show = FurtherScreen.show

    def shown(self: FurtherScreen, canvas: Image, level: float = 1.0, overlay: pygame.Surface | None = None) -> None:
        show(self, canvas, level, overlay)
        marks.append(read_mark(canvas))

    monkeypatch.setattr(FurtherScreen, "show", shown)
    return marks


class House:
    """A film with its further windows, moved on by the test."""

    def __init__(self, main: Cinema, story: Story, **left: Any) -> None:
        self.main, self.story = main, story
        venue = Venue.model_validate(
            {"screen": {"width": SIZE[0], "height": SIZE[1]}, "screens": {"left": {"display": 0, **left}}}
        )
        self.screens = StageScreens(venue, main.film, main.losses, headless=True)
        self.screens.own(story)

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.main.step()
            self.screens.show(self.main.now, blackout=False, closed=False)
            window = self.screens._windows[0]._film
            if window:
                wait_until(window.film.caught_up)


@pytest.fixture
def house(story: Story) -> Iterator[House]:
    with cinema() as main:
        opened = House(main, story)
        try:
            yield opened
        finally:
            opened.screens.close()


def test_a_window_shows_the_same_frame_its_own_clip_where_it_has_one_and_no_visitors_course(
    house: House, seen: list[Mark | None]
) -> None:
    film = house.main.film
    film.play(1, "door", house.story.clip("door"))
    house.run(150)
    pairs = [(read_mark(house.main.screen.last), seen[-1])]
    film.play(2, "hall", house.story.clip("hall"))
    film.prepare({})
    for _ in range(60):
        house.run(1)
        pairs.append((read_mark(house.main.screen.last), seen[-1]))
    assert pairs[0][0] == pairs[0][1]
    in_hall = [(one.number, other.number) for one, other in pairs if one and other and (one.mark, other.mark) == (2, 3)]
    assert len(in_hall) > 40
    assert all(one == other for one, other in in_hall)
    assert not any(
        one and other and one.mark != other.mark and (one.mark, other.mark) != (2, 3) for one, other in pairs
    )
    drawn = house.story.clip("drawn")
    film.play(3, "drawn", drawn.__class__(house.story.clip("door").file))
    house.run(30)
    assert seen[-1] is None, "nothing of a visitor's course leaves the show's own picture"


def test_a_display_that_is_not_there_is_told_and_the_show_goes_on(story: Story) -> None:
    with cinema() as main:
        alone = House(main, story, display=7)
        main.film.play(1, "door", story.clip("door"))
        alone.run(30)
        assert main.losses.is_lost("screen left")
        assert read_mark(main.screen.last) is not None
        alone.screens.close()
