"""A clip that waits to be chosen holds pictures and no decoder; chosen, none of them is lost or seen twice."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Literal

import pytest
from av.video.codeccontext import VideoCodecContext

from installation.bench.marked_clip import Coding, make_clip
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until

FRAMES = 60


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[Clip]:
    folder = tmp_path_factory.mktemp("clips")
    return [_clip(folder, mark) for mark in range(1, 6)]


def test_scenes_that_may_come_next_keep_no_decoder_open(clips: list[Clip]) -> None:
    decoders = _Decoders()
    with cinema() as house:
        _play_first(house, clips[0], clips[1:])
        wait_until(lambda: decoders.opened() == 1)  # of the scene that plays
        assert house.film.health.candidates_ready == 4
        assert house.film.health.candidates_megabytes < 2.0, "only their pictures are counted"


@pytest.mark.parametrize("at", ["now", "end"])
def test_one_that_rested_plays_each_picture_once(clips: list[Clip], at: Literal["now", "end"]) -> None:
    decoders = _Decoders()
    with cinema() as house:
        _play_first(house, clips[0], clips[1:])
        wait_until(lambda: decoders.opened() == 1)
        house.film.play(2, "0", clips[1], None, at)
        house.run_until(lambda: house.film.playhead.entry == 2 and house.film.playhead.ended)
        assert [mark for mark in house.marks() if mark[0] == 2] == [(2, number) for number in range(FRAMES)]
        assert (house.film.health.repeated, house.film.health.dropped) == (0, 0)


def test_one_whose_in_point_is_far_from_a_key_frame_keeps_its_decoder(clips: list[Clip]) -> None:
    """Twenty pictures before it would have to be decoded again, in the tenth of a second that three pictures last."""
    far, near = Clip(clips[1].file, in_seconds=20 / 30), Clip(clips[2].file, in_seconds=1.0)
    decoders = _Decoders()
    with cinema() as house:
        _play_first(house, clips[0], [far, near])
        wait_until(lambda: decoders.opened() == 2)
        house.film.play(2, "1", near)
        house.run_until(lambda: house.film.playhead.entry == 2 and house.film.playhead.ended)
        assert [mark for mark in house.marks() if mark[0] == 3] == [(3, number) for number in range(30, FRAMES)]


@pytest.mark.parametrize("frames", [2, 4])
def test_a_short_loop_that_waited_goes_round(clips: list[Clip], tmp_path: Path, frames: int) -> None:
    """One of two pictures has begun anew before three are held."""
    loop = Clip(make_clip(tmp_path / "loop.mkv", 9, frames / 30, SIZE), loop=True)
    with cinema() as house:
        _play_first(house, clips[0], [loop])
        house.film.play(2, "0", loop)
        house.run_until(lambda: house.film.playhead.entry == 2 and house.film.playhead.seconds > 0.5)
        assert house.marks()[-12:] == [(9, number % frames) for number in range(house.marks()[-12][1], 13)][:12]


def _clip(folder: Path, mark: int) -> Clip:
    return Clip(make_clip(folder / f"{mark}.mkv", mark, FRAMES / 30, SIZE, coding=Coding(key_frames=30)))


def _play_first(house: Cinema, clip: Clip, others: list[Clip]) -> None:
    """Play ``clip``, until it is decoded as far ahead as may be, with ``others`` ready."""
    house.film.play(1, "first", clip)
    house.run_until(lambda: house.film.playhead.entry == 1)
    house.film.prepare({str(number): other for number, other in enumerate(others)})
    house.run(0.1)
    wait_until(lambda: house.film.health.candidates_ready == len(others))


class _Decoders:
    """Those of FFmpeg that were opened since it was made: no figure of ours. (Other tests may have left some.)"""

    def __init__(self) -> None:
        gc.collect()
        self._before = self._all()

    def opened(self) -> int:
        return sum(all(decoder is not other for other in self._before) for decoder in self._all())

    @staticmethod
    def _all() -> list[VideoCodecContext]:
        return [thing for thing in gc.get_objects() if isinstance(thing, VideoCodecContext) and thing.is_open]
