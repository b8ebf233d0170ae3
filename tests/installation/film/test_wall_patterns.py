"""What a technician sees and hears while the wall is set: test pictures, corners that follow a finger, beeps."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.settings import ScreenSettings
from installation.bench.marked_clip import make_clip
from installation.film.channel_test import Beeps, beep_on
from installation.film.correction import Correction
from installation.film.keystone import picture_of_wall_pixels, remap_tables
from installation.film.mixer import Mixer
from installation.film.mixer_voice import MixerVoice
from installation.film.sound import Sound
from installation.film.wall_patterns import TEST_PICTURES, TestPicture, draw_test_picture
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until

MOVED = ((0.1, 0.05), (0.9, 0.0), (1.0, 1.0), (0.0, 0.9))


def at(corners: tuple[tuple[float, float], ...]) -> ScreenSettings:
    return ScreenSettings.model_validate({"corners": corners, "width": SIZE[0], "height": SIZE[1]})


def test_corners_that_are_dragged_warp_as_those_of_the_file() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (180, 320, 4), np.uint8)
    smooth = np.asarray(cv2.GaussianBlur(noise, (0, 0), 3), np.uint8)
    moved = at(MOVED)
    dragged = Correction(at(((0, 0), (1, 0), (1, 1), (0, 1))), SIZE)
    dragged.correct(moved)
    while_dragged = dragged.apply(smooth, 1.0).astype(int).copy()
    of_the_file = cv2.remap(smooth, *remap_tables(moved, SIZE), cv2.INTER_LINEAR).astype(int)
    inside = cv2.erode((of_the_file.sum(2) > 0).astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    assert np.abs(while_dragged - of_the_file)[inside].max() <= 2
    wait_until(lambda: dragged._tables is not None and dragged._tables[0] is moved)
    assert np.array_equal(dragged.apply(smooth, 1.0), of_the_file), "corners at rest cost what those of the file cost"


def test_corners_back_at_the_screens_own_leave_the_picture_alone() -> None:
    straight = at(((0, 0), (1, 0), (1, 1), (0, 1)))
    correction, canvas = Correction(at(MOVED), SIZE), np.full((180, 320, 4), 200, np.uint8)
    correction.correct(straight)
    assert correction.apply(canvas, 1.0) is canvas


def test_a_pixel_of_the_wall_is_found_in_the_picture() -> None:
    pixels = picture_of_wall_pixels(at(MOVED), SIZE)
    corner = np.array([0.1 * SIZE[0] - 0.5, 0.05 * SIZE[1] - 0.5, 1.0])
    x, y, z = pixels @ corner
    assert (x / z, y / z) == pytest.approx((-0.5, -0.5), abs=1e-3)


def of_the_film(room: Cinema) -> list[int]:
    """The numbers of the film's pictures that were seen."""
    return [number for mark, number in room.marks() if mark == 1]


def test_a_test_picture_lies_over_the_film_which_goes_on_below(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", 1, 2.0, SIZE)
    with cinema() as room:
        room.film.play(1, "one", Clip(clip))
        room.run(0.3)
        shown = of_the_film(room)
        room.film.cover(draw_test_picture("grid", SIZE))
        room.film.blackout(True, 0.0)
        room.run(0.3)
        assert of_the_film(room) == shown, "no picture of the film is seen"
        assert np.array_equal(room.screen.last, draw_test_picture("grid", SIZE))
        assert room.screen.level == 1.0, "the wall is set in a blackout too"
        room.film.blackout(False, 0.0)
        room.film.cover(None)
        room.run(0.1)
        number = of_the_film(room)[-1]
        assert number >= 14, "the film went on meanwhile"


def test_black_level_and_gamma_are_seen_at_once_in_film_and_test_picture(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "a.mkv", 1, 2.0, SIZE)
    with cinema() as room:
        room.film.play(1, "one", Clip(clip))
        room.run(0.2)
        before = int(room.screen.last[:, :, :3].min())
        room.film.correct(room.screen.settings.model_copy(update={"black_level": 0.3}))
        room.run(0.1)
        assert int(room.screen.last[:, :, :3].min()) > before + 50
        room.film.cover(draw_test_picture("black", SIZE))
        room.run(0.1)
        assert room.screen.last[0, 0, 0] == round(0.3 * 255)
        room.film.correct(room.screen.settings.model_copy(update={"corners": MOVED}))
        room.run(0.1)
        assert room.screen.settings.corners == MOVED


@pytest.mark.parametrize("size", [(160, 90), (1024, 768), (1920, 1080)])
@pytest.mark.parametrize("name", TEST_PICTURES)
def test_every_test_picture_fills_any_screen(name: TestPicture, size: tuple[int, int]) -> None:
    picture = draw_test_picture(name, size)
    assert picture.shape == (size[1], size[0], 4)
    assert picture[:, :, :3].max() > 200


def test_the_corner_that_is_dragged_is_the_one_that_is_lit() -> None:
    for corner, (x, y) in enumerate(((3, 3), (1916, 3), (1916, 1076), (3, 1076)), 1):
        grid = draw_test_picture("grid", (1920, 1080), corner)
        lit = [tuple(grid[b, a, :3]) == (40, 170, 255) for a, b in ((3, 3), (1916, 3), (1916, 1076), (3, 1076))]
        assert [number for number, one in enumerate(lit, 1) if one] == [corner], (x, y)


def test_steps_near_black_have_the_values_that_are_written_below_them() -> None:
    picture = draw_test_picture("black", (1920, 1080))
    row = picture[1080 // 12 + 100, :, 0]
    assert {1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 32} <= set(row.tolist())
    assert 0 in row


@pytest.mark.parametrize("channel", [1, 2, 3, 4])
def test_each_channel_is_known_by_its_beeps_and_heard_on_it_alone(channel: int) -> None:
    mixer, beeps = Mixer(0.5, mute=False), Beeps(channel)
    mixer.pairs = 2
    mixer.add(MixerVoice(beeps, 0), described=channel > 2)
    heard = np.abs(mixer.mix(beeps.samples + 4800)).astype(int)
    assert [int(side) for side in np.flatnonzero(heard.max(0))] == [channel - 1]
    loud = np.convolve(heard[:, channel - 1], np.ones(960) / 960, "same") > 500
    assert int(np.sum(np.diff(loud.astype(int)) == -1)) == channel
    assert heard.max() == pytest.approx(0.25 * 0.5 * 32768, rel=0.02), "at the master volume"


def test_without_a_sound_device_the_test_says_so() -> None:
    with cinema() as room:
        assert isinstance(room.sound, Sound)
        assert beep_on(room.sound, 1) == "there is no sound device"
