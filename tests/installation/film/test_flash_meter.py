"""How often a film flashes, as the rule counts it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from installation.film.flash_meter import COLUMNS, FLASHES_AT_MOST, POINTS, ROWS, Flashes, FlashMeter
from installation.film.frame_scaler import FrameScaler
from installation.film.inspection import inspect_clip
from scenes.story.clip import Clip

Picture = Callable[[float], np.ndarray]
BLACK, WHITE, GREY, RED = (0, 0, 0), (255, 255, 255), (120, 120, 120), (230, 0, 0)


def plain(colour: tuple[int, int, int]) -> np.ndarray:
    return np.full((ROWS * POINTS, COLUMNS * POINTS, 3), colour, np.uint8)


def flashing(
    hertz: float, one: tuple[int, int, int] = BLACK, other: tuple[int, int, int] = WHITE, wide: float = 1.0
) -> Picture:
    """``one`` and ``other`` in turn on the left part of the picture, the rest stands still."""

    def picture(seconds: float) -> np.ndarray:
        canvas = plain(GREY)
        part = slice(0, round(COLUMNS * wide) * POINTS)
        canvas[:, part] = other if (seconds * hertz + 1e-6) % 1.0 >= 0.5 else one
        return canvas

    return picture


def measured(picture: Picture, seconds: float = 4.0, rate: float = 30.0, begin: float = 0.0) -> Flashes:
    meter = FlashMeter()
    for number in range(round(seconds * rate)):
        meter.add_picture(picture(number / rate), begin + number / rate)
    return meter.worst


def is_too_much(flashes: Flashes) -> bool:
    return flashes.a_second > FLASHES_AT_MOST


@pytest.mark.parametrize(("hertz", "expected"), [(1, 1), (2, 2), (3, 3), (5, 5), (10, 10)])
def test_black_and_white_in_turn_are_counted(hertz: float, expected: float) -> None:
    found = measured(flashing(hertz))
    assert found.a_second == pytest.approx(expected, abs=0.5)
    assert is_too_much(found) is (hertz > FLASHES_AT_MOST)
    assert not found.red


@pytest.mark.parametrize("rate", [24.0, 25.0, 60.0])
def test_three_a_second_are_allowed_at_any_rate_of_pictures(rate: float) -> None:
    assert not is_too_much(measured(flashing(3), rate=rate))
    assert is_too_much(measured(flashing(4), rate=rate))


def test_less_than_a_quarter_of_the_picture_may_flash() -> None:
    assert not is_too_much(measured(flashing(5, wide=3 / 16)))
    assert is_too_much(measured(flashing(5, wide=4 / 16)))


def test_what_hardly_changes_does_not_flash_in_the_dark_nor_in_the_light() -> None:
    assert measured(flashing(5, BLACK, (80, 80, 80))).a_second == 0, "0.08 of the light of white"
    assert measured(flashing(5, (232, 232, 232), WHITE)).a_second == 0, "the darker of the two is above 0.80"
    assert is_too_much(measured(flashing(5, BLACK, (100, 100, 100)))), "0.13 is enough, in a dark room too"


def test_a_slow_rise_and_fall_is_a_flash_as_a_sudden_one_is() -> None:
    def breathing(seconds: float) -> np.ndarray:
        level = round(127 - 127 * np.cos(2 * np.pi * 5 * seconds))
        return plain((level, level, level))

    assert measured(breathing, rate=60.0).a_second == pytest.approx(5, abs=0.5)


def test_a_saturated_red_flashes_where_its_light_does_not() -> None:
    dim = (80, 0, 0)
    assert measured(flashing(2, BLACK, dim)).red is False
    found = measured(flashing(5, (0, 0, 0), dim))
    assert (found.red, is_too_much(found)) == (True, True)
    assert not is_too_much(measured(flashing(5, (0, 0, 0), (60, 60, 60)))), "as much light, without colour"
    assert not is_too_much(measured(flashing(5, (60, 60, 60), (75, 58, 58)))), "no saturated red"


def test_the_second_is_told_at_which_it_begins() -> None:
    def later(seconds: float) -> np.ndarray:
        return flashing(6)(seconds) if 12.0 <= seconds < 13.0 else plain(GREY)

    assert 11.0 <= measured(lambda at: later(at + 10.0), begin=10.0).at <= 12.5


def test_a_short_burst_counts_and_a_cut_does_not() -> None:
    assert measured(lambda at: plain(WHITE if at > 2 else BLACK)).a_second <= 0.5
    assert is_too_much(measured(lambda at: flashing(8)(at) if 1 <= at < 1.6 else plain(GREY)))


def clip(path: Path, picture: Picture, seconds: float = 1.5, size: tuple[int, int] = (320, 180)) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        for number in range(round(seconds * 30)):
            small = picture(number / 30)
            whole = np.repeat(np.repeat(small, 3, axis=0), 3, axis=1)[: size[1], : size[0]]
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(whole), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def test_a_film_is_measured_while_it_is_decoded(tmp_path: Path) -> None:
    scaler = FrameScaler((320, 180), "fit")
    calm = inspect_clip(Clip(clip(tmp_path / "calm.mp4", flashing(2))), scaler).flashes
    wild = inspect_clip(Clip(clip(tmp_path / "wild.mp4", flashing(5))), scaler).flashes
    red = inspect_clip(Clip(clip(tmp_path / "red.mp4", flashing(5, BLACK, (110, 0, 0)))), scaler).flashes
    assert [is_too_much(one) for one in (calm, wild, red)] == [False, True, True]
    assert wild.a_second == pytest.approx(5, abs=0.5)
    assert [one.red for one in (calm, wild, red)] == [False, False, True]
