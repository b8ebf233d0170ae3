"""What draws itself plays as any clip does: to its end, with its sound or none, and from its midst."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from installation.film.picture_drawer import AHEAD_AT_MOST, RATE
from models.arrays import Image
from scenes.story.clip import Clip
from tests.clips import make_sound
from tests.installation.film.cinema import cinema, wait_until


class Brighter:
    """Pictures that are brighter from one to the next; the first second is one picture."""

    def __init__(self, fails_at: int = 10**6) -> None:
        self.asked = 0
        self._fails_at = fails_at

    def pictures(self, size: tuple[int, int], seconds: float) -> Iterator[tuple[float, Image]]:
        still = np.zeros((size[1], size[0], 4), np.uint8)
        for number in range(round(seconds * RATE)):
            if number >= self._fails_at:
                raise RuntimeError("it draws no further")
            self.asked = number + 1
            later = number >= RATE
            yield number / RATE, np.full_like(still, number) if later else still


def drawn(drawing: Brighter, sound: Path | None = None) -> Clip:
    return Clip(Path("/nowhere"), out_seconds=2.0, sound=sound, drawing=drawing)


def test_it_is_shown_from_its_first_picture_to_its_last_and_then_it_has_ended() -> None:
    with cinema() as house:
        house.film.play(1, "drawn", drawn(Brighter()))
        levels = []
        house.run_until(lambda: house.film.playhead.entry == 1)
        while not house.film.playhead.ended:
            house.step()
            levels.append(int(house.screen.last[0, 0, 0]))
        assert sorted(set(levels)) == [0, *range(30, 60)]
        assert levels == sorted(levels)
        assert not house.film.playhead.failed
        assert set(house.losses.lost_names()) <= {"sound", "captions font"}  # a machine may have no fonts


def test_a_picture_that_stands_is_drawn_ahead_and_one_that_moves_only_a_little() -> None:
    with cinema() as house:
        drawing = Brighter()
        house.film.play(1, "drawn", drawn(drawing))
        house.run_until(lambda: house.film.playhead.entry == 1)
        wait_until(lambda: drawing.asked >= RATE)
        assert drawing.asked <= RATE + AHEAD_AT_MOST + 1


def test_a_show_that_steps_further_than_is_drawn_ahead_gets_its_picture() -> None:
    with cinema() as house:
        house.film.play(1, "drawn", drawn(Brighter()))
        house.run_until(lambda: house.film.playhead.seconds > 1.1)
        house.now += 0.5
        house.film.advance(house.now)
        wait_until(house.film.caught_up)
        house.film.draw(house.now)
        assert house.screen.last[0, 0, 0] == pytest.approx(round(house.film.playhead.seconds * RATE), abs=1)


def test_it_can_be_played_from_its_midst() -> None:
    with cinema() as house:
        house.film.play(1, "drawn", drawn(Brighter()).rest_from(1.5))
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.screen.last[0, 0, 0] == pytest.approx(45, abs=1)


def test_a_sound_file_is_heard_with_it(tmp_path: Path) -> None:
    with cinema() as house:
        house.film.play(1, "drawn", drawn(Brighter(), make_sound(tmp_path / "tone.wav")))
        house.run_until(lambda: house.film.playhead.entry == 1)
        shot = house.film.on_screen
        assert shot is not None
        assert shot.decoded.audio is not None
        assert np.abs(shot.decoded.audio.read(4800, 4800)).max() > 0.1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_one_that_cannot_be_drawn_is_a_scene_that_cannot_be_played() -> None:
    with cinema() as house:
        house.film.play(1, "drawn", drawn(Brighter(fails_at=0)))
        house.run_until(lambda: "drawn" in house.film.playhead.failed)
