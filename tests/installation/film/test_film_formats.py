"""What film makers deliver: codecs, rates, sizes, and files whose frames come at their own times."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import pytest

from installation.bench.marked_clip import Coding, draw_mark, make_clip
from scenes.story.clip import Clip
from tests.installation.film.cinema import SIZE, cinema


def seen_of(clip: Clip, count: int) -> list[tuple[int, int]]:
    """(mark, frame) of what is shown of ``clip``, whose end is awaited."""
    with cinema() as house:
        house.film.play(1, "a", clip)
        house.run_until(lambda: house.film.playhead.ended or bool(house.film.playhead.failed))
        assert not house.film.playhead.failed
        assert house.film.health.dropped == 0
        return house.marks()[:count]


def has(codec: str) -> bool:
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        return False
    return True


@pytest.mark.parametrize(
    ("codec", "form", "ending"),
    [
        ("libx264", "yuv420p", "mp4"),
        ("libx264", "yuv444p", "mkv"),
        ("libx265", "yuv420p10le", "mp4"),
        ("prores_ks", "yuv422p10le", "mov"),
        ("libvpx-vp9", "yuv420p", "webm"),
        ("libsvtav1", "yuv420p", "mkv"),
        ("mpeg2video", "yuv420p", "ts"),
    ],
)
def test_each_codec_plays_frame_by_frame(codec: str, form: str, ending: str, tmp_path: Path) -> None:
    if not has(codec):
        pytest.skip(f"this PyAV has no {codec} to make a clip with")
    file = make_clip(tmp_path / f"a.{ending}", 3, 0.5, SIZE, coding=Coding(codec=codec, sound="", pixels=form))
    assert seen_of(Clip(file), 99) == [(3, number) for number in range(15)]


@pytest.mark.parametrize("rate", [24, Fraction(24000, 1001), 25, Fraction(30000, 1001), 50])
@pytest.mark.parametrize("ending", ["mp4", "mkv"])
def test_each_rate_is_played_whole_and_in_its_time(rate: Fraction | int, ending: str, tmp_path: Path) -> None:
    file = make_clip(tmp_path / f"a.{ending}", 3, float(12 / rate), SIZE, rate, coding=Coding(sound=""))
    with cinema() as house:
        house.film.play(1, "a", Clip(file))
        house.run_until(lambda: house.film.playhead.ended)
        assert house.marks() == [(3, number) for number in range(12)]
        assert house.film.playhead.seconds == pytest.approx(float(12 / rate), abs=0.0011)


def test_frames_at_their_own_times_stay_as_long_as_they_should(tmp_path: Path) -> None:
    moments = [0, 100, 150, 600, 640, 680, 1300]  # milliseconds
    file = tmp_path / "variable.mkv"
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, moment in enumerate(moments):
            frame: Any = av.VideoFrame.from_ndarray(draw_mark(SIZE, 4, number), format="gray").reformat(
                format="yuv420p"
            )
            frame.pts, frame.time_base = moment, Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with cinema() as house:
        house.film.play(1, "a", Clip(file))
        shown: dict[int, float] = {}
        while not house.film.playhead.ended:
            house.step()
            if house.marks():
                shown.setdefault(house.marks()[-1][1], house.film.playhead.seconds)
        assert list(shown) == list(range(len(moments)))
        for number, moment in enumerate(moments):
            assert shown[number] == pytest.approx(moment / 1000, abs=0.035)


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_scenes_of_one_long_file_share_a_point_and_no_frame(ending: str, tmp_path: Path) -> None:
    file = make_clip(tmp_path / f"long.{ending}", 3, 2.0, SIZE, coding=Coding(sound="aac", key_frames=50))
    first, second = Clip(file, 0.0, 0.71), Clip(file, 0.71, 1.4)
    with cinema() as house:
        house.film.play(1, "a", first)
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", second, at="end")
        house.run_until(lambda: house.film.playhead.entry == 2 and house.film.playhead.ended)
        assert house.marks() == [(3, number) for number in range(42)]


def test_a_film_too_heavy_for_the_machine_skips_and_keeps_its_time(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 3, 2.0, SIZE)
    with cinema() as house:
        house.film.play(1, "a", Clip(file))
        house.run_until(lambda: house.film.playhead.entry == 1)
        for _ in range(4):  # each tick takes nearly a quarter of a second; more at once would be a stop
            house.now += 0.24
            house.film.advance(house.now)
            house.film.draw(house.now)
        house.run_until(lambda: house.film.playhead.ended)
        assert house.film.playhead.seconds == pytest.approx(2.0)
        assert house.film.health.dropped >= 15
        assert house.marks()[-1] == (3, 59)


def test_an_encoder_that_takes_real_time_for_itself_gives_it_back(tmp_path: Path) -> None:
    if not hasattr(os, "sched_getscheduler"):
        pytest.skip("no schedulers here: nothing was shown of them")
    before = os.sched_getscheduler(0)
    try:
        make_clip(tmp_path / "a.mkv", 3, 0.2, SIZE, coding=Coding(codec="libsvtav1", sound=""))
    except (av.error.FFmpegError, ValueError) as error:
        pytest.skip(f"no SVT-AV1 here: {error}")
    assert os.sched_getscheduler(0) == before
