"""The bar at a maker's desk: it fits every screen, and shows where the scene is and what would be taken."""

from dataclasses import replace

import numpy as np
import pygame
import pytest

from installation.show.keys import Controls
from installation.show.overlay import ACCENT, ALARM, INK, WARNING
from installation.show.rehearsal import NOBODY, mood_of
from installation.show.timeline_bar import LISTENED, TimelineBar
from installation.show.view import Timeline, View
from tests.installation.show.test_overlay import FULL, SIZES, VIEW

LOOP = Timeline(3.0, 6.0, loops=True, closes=float("inf"), minimum=0.0, cues=())


def drawn(view: View, size: tuple[int, int] = (1280, 720)) -> pygame.Surface:
    return TimelineBar(size).draw(view)


def has(surface: pygame.Surface, colour: tuple[int, int, int]) -> bool:
    return bool((pygame.surfarray.array3d(surface) == colour).all(2).any())


@pytest.mark.parametrize("size", [*SIZES, (160, 90)])
@pytest.mark.parametrize(
    "view",
    [VIEW, replace(FULL, remembered=FULL.lost * 9), replace(VIEW, timeline=LOOP, window=(0.0, float("inf")))],
    ids=["an evening", "everything long and lost", "a loop that waits"],
)
def test_it_is_as_wide_as_the_screen_and_no_higher(size: tuple[int, int], view: View) -> None:
    surface = drawn(view, size)
    assert surface.get_width() == size[0]
    assert surface.get_height() <= size[1]
    assert surface.get_offset() == (0, 0)  # the film's captions stand at the lower edge


def test_the_line_shows_what_is_played_what_is_listened_to_and_when_the_choice_closes() -> None:
    halfway, later = (drawn(replace(VIEW, timeline=replace(VIEW.timeline, seconds=at))) for at in (8.0, 12.0))

    def width(surface: pygame.Surface, colour: tuple[int, int, int]) -> int:
        """Of the longest row in ``colour``, in pixels."""
        return int((pygame.surfarray.array3d(surface) == colour).all(2).sum(0).max())

    line = 1280 - 2 * 14
    assert width(halfway, INK) == pytest.approx(line * 8 / 16, abs=8)  # less the marks of two cues
    assert width(later, INK) == pytest.approx(line * 12 / 16, abs=8)
    assert width(later, LISTENED) == pytest.approx(line * (15 - 4) / 16, abs=6)
    closes = np.flatnonzero((pygame.surfarray.array3d(halfway) == WARNING).all(2).sum(1) > 12)
    assert closes[0] == pytest.approx(14 + line * 15.25 / 16, abs=2)


def test_nothing_is_marked_as_listened_to_where_the_scene_does_not_listen() -> None:
    assert has(drawn(VIEW), LISTENED)
    assert not has(drawn(replace(VIEW, timeline=replace(VIEW.timeline, listens=False))), LISTENED)


def test_what_would_be_taken_is_coloured_and_what_is_lost_is_red() -> None:
    plain = replace(VIEW, scene="", timeline=replace(VIEW.timeline, cues=()))
    nothing = replace(plain, branches=tuple(replace(branch, taken=False) for branch in plain.branches))
    assert (has(drawn(plain), ACCENT), has(drawn(nothing), ACCENT)) == (True, False)
    assert (has(drawn(replace(nothing, lost=("new story: x",))), ALARM), has(drawn(nothing), ALARM)) == (True, False)


def test_it_grows_by_what_is_remembered_and_says_who_is_there() -> None:
    empty = replace(VIEW, mood=mood_of(NOBODY, 0.0, 0.0), controls=Controls(paused=True), state="paused")
    assert drawn(replace(empty, remembered=("been: door", "doors = 2"))).get_height() > drawn(empty).get_height()
    somebody, nobody = (pygame.surfarray.array3d(drawn(view)) for view in (VIEW, replace(VIEW, mood=empty.mood)))
    assert not np.array_equal(somebody, nobody)
