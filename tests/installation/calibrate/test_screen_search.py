"""The film's display is found in the camera's picture by what changes with its pattern, and by nothing else."""

import cv2
import numpy as np
import pytest

from calibration.settings import Polygon
from installation.calibrate.flash_pattern import FIELDS, SECONDS, STEP_SECONDS, draw_fields, fields_at
from installation.calibrate.screen_search import LEAST_PICTURES, FoundScreen, find_screen, small_light
from installation.calibrate.screen_words import screen_in_letters, screen_in_words
from installation.film.flash_meter import COLUMNS, FLASHES_AT_MOST, POINTS, ROWS, FlashMeter
from tests.installation.calibrate.flashing_room import QUAD, Room


def found_in(room: Room) -> FoundScreen | None:
    pictures, taken, shown = room.filmed()
    return find_screen([small_light(picture) for picture in pictures], taken, shown)


def covered(corners: Polygon, quad: Polygon) -> tuple[float, float]:
    """Of the display, the share that lies inside; and how many times as large as the display that is."""
    drawn = []
    for polygon in (corners, quad):
        canvas = np.zeros((900, 1600), np.uint8)
        points = np.clip(np.array(polygon), 0, 1) * [1600, 900]
        drawn.append(cv2.fillPoly(canvas, [np.rint(points).astype(np.int32)], 1).astype(bool))
    return float((drawn[0] & drawn[1]).sum() / drawn[1].sum()), float(drawn[0].sum() / drawn[1].sum())


@pytest.mark.parametrize(
    "room",
    [
        Room(visitor="before", spill=0.4, noise=0.06, lamp=0.3),
        Room(visitor="corner", mirror=0.5, glow=0.2, spill=0.02, seed=2),
        Room(gain=6.0, spill=0.4, delay=1.4),
        Room(quad=((0.7, 0.1), (1.2, 0.05), (1.2, 0.6), (0.7, 0.5)), mirror=0.12),
    ],
    ids=["half covered, noisy", "corner covered, shiny floor", "overexposed, late", "cut by the picture's border"],
)
def test_the_screen_is_found_whatever_else_is_in_the_room(room: Room) -> None:
    found = found_in(room)
    assert found is not None
    assert room.quad
    whole, times = covered(found.corners, room.quad)
    assert whole > 0.99
    assert times < 1.2
    assert abs(found.delay_seconds - room.delay) < 0.12
    assert found.fields == (4 if room.quad != QUAD else 5 if room.visitor == "before" else FIELDS)


@pytest.mark.parametrize("spill", [0.15, 1.0])
def test_neither_the_light_that_it_throws_nor_who_walks_by_is_the_screen(spill: float) -> None:
    assert found_in(Room(quad=None, spill=spill, gain=2 if spill == 1 else 1)) is None


def test_too_few_pictures_are_said_to_be_too_few() -> None:
    pictures = [np.zeros((9, 16), np.float32)] * (LEAST_PICTURES - 1)
    with pytest.raises(ValueError, match="too few"):
        find_screen(pictures, [0.1 * k for k in range(len(pictures))], [0.0])


def test_the_pattern_flashes_less_than_the_rule_for_films_allows() -> None:
    meter = FlashMeter()
    for number in range(round(SECONDS * 15)):
        canvas = draw_fields((COLUMNS * POINTS, ROWS * POINTS), int(number / 15 / STEP_SECONDS))
        meter.add_picture(np.ascontiguousarray(canvas[..., 2::-1]), number / 15)
    assert 0 < meter.worst.a_second <= 1.5 < FLASHES_AT_MOST


def test_half_of_the_fields_are_bright_at_any_time_so_that_the_room_s_light_hardly_changes() -> None:
    bright = [fields_at(step).sum() for step in range(round(SECONDS / STEP_SECONDS))]
    assert 2.5 < np.mean(bright) < 3.6
    assert np.std(bright) < 1.4


def test_the_screen_is_told_in_per_cent_of_the_picture_and_drawn_with_letters() -> None:
    found = FoundScreen(((0.5, 0.0), (1.0, 0.0), (1.0, 0.5), (0.5, 0.5)), 0.25, FIELDS, 0.25)
    assert "25% of the picture, top right (from 50% to 100% of its width" in screen_in_words(found)
    drawn = screen_in_letters(found.corners).splitlines()
    assert drawn[0] == "  " + "." * 16 + "#" * 16
    assert "#" not in drawn[-1]
