"""A machine that is too slow for a clip: what is left out of it, and that the film keeps its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import pytest

from installation.bench.marked_clip import Coding, make_clip
from installation.film.frame_reader import film_of, read_frames
from installation.film.overload import (
    AHEAD_SECONDS,
    BEHIND_SECONDS,
    CERTAIN,
    FAR_BEHIND_SECONDS,
    TOLD_PICTURES,
    WINDOW_SECONDS,
    OverloadPolicy,
    OverloadReport,
    Take,
    threads_wanted,
)
from installation.film.span import span_of
from installation.film.video_decoder import VideoDecoder
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from scenes.story.probe import probe
from tests.installation.film.cinema import SIZE, Cinema, cinema

HD = 1920 * 1080 * 1.5
A_LITTLE = 0.01


def test_a_decoder_that_is_late_leaves_out_what_no_other_needs_until_it_is_ahead() -> None:
    policy = OverloadPolicy()
    assert policy.take(0.0, True) is Take.ALL
    policy.picture(1.0, BEHIND_SECONDS + A_LITTLE)
    assert policy.take(0.2, False) is Take.NEEDED
    policy.picture(1.1, 0.0)
    assert policy.take(0.0, False) is Take.NEEDED, "or it would hover at the edge, where each picture is late"
    policy.picture(1.2, -AHEAD_SECONDS - A_LITTLE)
    assert policy.take(-0.3, False) is Take.ALL


def test_one_that_does_not_gain_goes_on_at_a_key_frame_that_is_still_to_come() -> None:
    policy = OverloadPolicy()
    for start in range(6):
        policy.picture(start * 0.5, FAR_BEHIND_SECONDS + start * 0.1)
    late = FAR_BEHIND_SECONDS + 0.5
    assert policy.take(late, False) is Take.NOTHING
    assert policy.take(late, True) is Take.NOTHING, "a key frame that is late itself"
    assert policy.take(-0.2, False) is Take.NOTHING, "a picture that needs those that were left out"
    assert policy.take(-0.1, True) is Take.AFRESH
    assert policy.take(0.0, False) is Take.NEEDED


def test_one_that_was_stopped_for_a_while_and_gains_shows_all_that_is_needed() -> None:
    policy = OverloadPolicy()
    for start in range(6):
        policy.picture(start * 0.5, 3.0 - start * 0.3)
        assert policy.take(3.0, False) is Take.NEEDED


def test_where_each_picture_stands_for_itself_those_that_are_late_are_not_decoded() -> None:
    policy = OverloadPolicy()
    for _ in range(CERTAIN + 1):
        assert policy.take(0.0, True) is Take.ALL
    policy.picture(1.0, BEHIND_SECONDS + A_LITTLE)
    assert policy.take(0.1, True) is Take.NOTHING
    assert policy.take(0.0, True) is Take.NEEDED


@pytest.mark.parametrize(
    ("pictures", "file", "threads"),
    [
        (HD * 30, 500e3, 1),
        (HD * 30, 6e6, 2),
        (HD * 30, None, 2),
        (HD * 60, 500e3, 2),
        (4 * HD * 30, 4e6, 4),
        (16 * HD * 120, 60e6, 16),
    ],
)
def test_a_decoder_has_threads_for_what_it_decodes(pictures: float, file: float | None, threads: int) -> None:
    assert threads_wanted(pictures, file) == threads


def with_b_frames(folder: Path) -> Path:
    """Four seconds with a key frame each, and two of three pictures that others do not need."""
    file = folder / "b.mkv"
    with av.open(str(file), "w") as container:
        stream: Any = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        stream.options = {
            "preset": "veryfast",
            "x264-params": "bframes=2:b-adapt=0:b-pyramid=0:keyint=30:scenecut=0:log=-1",
        }
        for number in range(120):
            frame = av.VideoFrame(*SIZE, "yuv420p")
            for plane in frame.planes:
                plane.update(bytes([number]) * plane.buffer_size)
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file


def read(file: Path, answers: Iterator[Take]) -> list[tuple[float, int]]:
    """Seconds and grey of the pictures that are decoded of a file, when its packets are answered so."""
    header = probe(file)
    with av.open(str(file)) as container:
        stream = film_of(container, header)
        span = span_of(header, Clip(file))
        readings = read_frames(container, header, stream, span, lambda _seconds, _key: next(answers))
        frames = [(reading.seconds, reading.frame) for reading in readings if reading.frame is not None]
        return [(seconds, memoryview(frame.planes[0])[0]) for seconds, frame in frames]


def test_of_pictures_that_are_left_out_the_others_are_whole(tmp_path: Path) -> None:
    file = with_b_frames(tmp_path)
    everything = read(file, iter([Take.ALL] * 200))
    needed = read(file, iter([Take.NEEDED] * 200))
    assert len(everything) == 120
    assert 40 <= len(needed) <= 50
    assert set(needed) <= set(everything)


def test_after_a_leap_to_a_key_frame_the_pictures_are_whole_and_the_file_is_not_taken_for_torn(tmp_path: Path) -> None:
    file = with_b_frames(tmp_path)
    everything = read(file, iter([Take.ALL] * 200))
    leap = [Take.ALL] * 40 + [Take.NOTHING] * 20 + [Take.AFRESH] + [Take.NEEDED] * 29 + [Take.NOTHING] * 90
    shown = read(file, iter(leap))
    assert {seconds for seconds, _ in shown if 2.0 <= seconds < 3.0}
    assert not {seconds for seconds, _ in shown if 1.5 <= seconds < 2.0 or seconds >= 3.0}
    assert set(shown) <= set(everything)


def slow(monkeypatch: pytest.MonkeyPatch, house: Cinema, seconds: float) -> None:
    """Let the machine be slow: each packet is asked for when the film has gone on by so much. (A mock, named so.)"""
    asked = OverloadPolicy.take

    def late(policy: OverloadPolicy, behind: float, key: bool) -> Take:
        return asked(policy, behind + seconds, key)

    picture = OverloadPolicy.picture
    monkeypatch.setattr(OverloadPolicy, "take", late)
    monkeypatch.setattr(OverloadPolicy, "picture", lambda policy, start, _: picture(policy, start, seconds))
    monkeypatch.setattr(OverloadPolicy, "rest", lambda _policy: None)
    assert house.film.on_screen is not None


def test_what_is_left_out_is_counted_and_told_once_and_the_scene_is_not_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    clip = Clip(with_b_frames(tmp_path), loop=True)
    with cinema() as house:
        house.film.play(1, "a", clip)
        house.run_until(lambda: house.film.playhead.seconds > 0.1)
        assert house.film.health.dropped == 0
        slow(monkeypatch, house, BEHIND_SECONDS + A_LITTLE)
        house.run(4.0)
        assert house.film.health.dropped > TOLD_PICTURES
        assert house.losses.is_lost("decoder")
        assert not house.film.playhead.failed
        monkeypatch.undo()
        house.run(2.0)
        before = house.film.health.dropped
        house.run(2 * WINDOW_SECONDS)
        assert house.film.health.dropped == before
        assert not house.losses.is_lost("decoder")
    told = [record.message for record in caplog.records if "decoder lost" in record.message]
    assert len(told) == 1
    assert "b.mkv is too heavy for this machine" in told[0]


def test_a_few_pictures_are_not_worth_a_word() -> None:
    losses = LossReporter()
    report, clip = OverloadReport(losses), object()
    report.update(0.0, clip, 0, "a.mp4")
    for second in range(1, 100):
        report.update(float(second), clip, second, "a.mp4")
    assert not losses.is_lost("decoder")
    report.update(100.0, clip, 200, "a.mp4")
    assert losses.is_lost("decoder")


def test_all_intra_film_that_is_too_heavy_keeps_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = Clip(make_clip(tmp_path / "intra.mkv", 1, 4.0, SIZE, coding=Coding(key_frames=1)), loop=True)
    with cinema() as house:
        house.film.play(1, "a", clip)
        house.run_until(lambda: house.film.playhead.seconds > 0.1)
        decoder = house.film._on and house.film._on.decoded.video
        assert isinstance(decoder, VideoDecoder)
        slow(monkeypatch, house, BEHIND_SECONDS + A_LITTLE)
        house.run_until(lambda: decoder.left_out > 5)
        assert not house.film.playhead.failed
