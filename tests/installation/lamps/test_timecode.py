"""Timecode, read back by the library mido from a real pipe in a MIDI device's place."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from calibration.lamp_settings import TimecodeSettings
from installation.host.console import LossReporter
from installation.lamps.midi import RawMidi
from installation.lamps.timecode import Clock, Place, Timecode, full_frame, quarter_frames
from tests.installation.waiting import LONG, wait_until

mido = pytest.importorskip("mido", reason="needs the extra 'lamps'")
RATE = 25


def time_of(nibbles: list[int]) -> tuple[int, int, int, int, int]:
    """Rate code, hours, minutes, seconds, frames, as a desk puts the eight quarter frames together."""
    frames, seconds, minutes, hours = (nibbles[i] | nibbles[i + 1] << 4 for i in range(0, 8, 2))
    return hours >> 5, hours & 0x1F, minutes, seconds, frames


@pytest.mark.parametrize(("rate", "code"), [(24, 0), (25, 1), (30, 3)])
def test_eight_quarter_frames_and_a_full_frame_tell_the_same_time(rate: int, code: int) -> None:
    frame = (12 * 60 + 34) * rate + 17
    data = quarter_frames(frame, 5, rate)
    assert [one >> 4 for one in data] == list(range(8))
    assert time_of([one & 0x0F for one in data]) == (code, 5, 12, 34, 17)
    assert full_frame(frame, 5, rate) == (0x7F, 0x7F, 1, 1, code << 5 | 5, 12, 34, 17)


def test_hours_and_minutes_never_leave_their_range() -> None:
    assert time_of([one & 0x0F for one in quarter_frames(61 * 60 * RATE, 40, RATE)]) == (1, 16, 1, 0, 0)
    assert full_frame(61 * 60 * RATE, 40, RATE)[4:] == (1 << 5 | 16, 1, 0, 0)


@pytest.mark.parametrize("rate", [24, 25, 30])
def test_the_first_quarter_frame_of_a_time_goes_out_at_that_time(rate: int) -> None:
    clock = Clock(rate)
    clock.hear(Place(1, 4.0, 104.0, True))
    assert clock.next_at == pytest.approx(100 + (4 * rate + 2) / rate)
    told = list(clock.due(100 + (4 * rate + 3.9) / rate))
    assert time_of([one & 0x0F for one in told])[3:] == (4, 2)


def test_the_clock_follows_a_film_whose_ticks_shake_and_tells_only_jumps() -> None:
    clock, told, jumps = Clock(RATE), [], 0
    for tick in range(600):  # 10 s of ticks, each up to 10 ms off
        now = 100 + tick / 60
        shown = tick / 60 + 0.01 * (-1) ** tick
        jumps += clock.hear(Place(2, max(shown, 0.0), now, True))
        told += list(clock.due(now))
    assert jumps == 1, "the begin"
    assert [one >> 4 for one in told] == [number % 8 for number in range(len(told))], "none is left out, or told twice"
    assert len(told) == pytest.approx(10 * RATE * 4, abs=12)
    last = [one & 0x0F for one in told[len(told) // 8 * 8 - 8 : len(told) // 8 * 8]]
    _, scene, _, seconds, frames = time_of(last)
    assert scene == 2
    assert seconds + frames / RATE == pytest.approx(9.9, abs=0.1)
    assert clock.hear(Place(2, 3.0, 111.0, True)), "back to 3 s"
    assert clock.hear(Place(3, 3.1, 111.1, True)), "another scene"
    assert not clock.hear(Place(3, 3.2, 111.2, True))


def test_after_a_pause_the_time_is_told_anew() -> None:
    clock = Clock(RATE)
    clock.hear(Place(1, 4.0, 100.0, True))
    list(clock.due(100.5))
    clock.stand()
    assert clock.hear(Place(1, 4.5, 120.0, True))
    assert clock.full_frame(120.0)[-2:] == (4, 12)


@pytest.mark.parametrize("rate", [24, 25, 30])
@pytest.mark.parametrize("ticks", [0.02, 0.3], ids=["quick", "on a busy machine"])
def test_a_pause_is_not_told_again_and_again_and_a_jump_within_it_is_told(rate: int, ticks: float) -> None:
    clock = Clock(rate)
    clock.hear(Place(1, 4.0, 100.0, True))
    told = []
    for number in range(1, 20):
        told.append(clock.hear(Place(1, 4.01, 100.0 + number * ticks, False)))
        clock.stand()
    assert not any(told)
    assert clock.hear(Place(1, 9.0, 110.0, False)), "to 9 s by hand"
    assert not clock.hear(Place(1, 9.0, 110.3, False))
    assert clock.hear(Place(2, 9.0, 110.6, False)), "another scene"


@pytest.fixture
def pipe(tmp_path: Path) -> Iterator[tuple[Path, Callable[[], list[Any]]]]:
    """A pipe in a raw device's place, and the messages that came through it since the last call."""
    device = tmp_path / "midiC9D0"
    os.mkfifo(device)
    reader, parser = os.open(device, os.O_RDONLY | os.O_NONBLOCK), mido.Parser()

    def read() -> list[Any]:
        with suppress(BlockingIOError):
            parser.feed(os.read(reader, 65536))
        return list(parser)

    yield device, read
    os.close(reader)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system here")
def test_a_desk_reads_the_scenes_time_a_jump_and_nothing_in_a_pause(pipe: tuple[Path, Callable[[], list[Any]]]) -> None:
    device, read = pipe
    losses = LossReporter()
    with closing(Timecode(TimecodeSettings(output=str(device), frames_per_second=RATE), losses)) as timecode:
        got = run_film(timecode, read, scene=4, begin=61.0, seconds=1.2)
        first, *rest = got
        assert first.type == "sysex"
        assert first.data[:6] == (0x7F, 0x7F, 1, 1, 1 << 5 | 4, 1)
        assert {message.type for message in rest} == {"quarter_frame"}
        pieces = [message.frame_type for message in rest]
        assert pieces == [number % 8 for number in range(len(pieces))]
        assert time_of([message.frame_value for message in rest[:8]])[:4] == (1, 4, 1, 1)
        wait_until(lambda: silent(read), LONG)  # a stage that says nothing any more stands still
        for _ in range(20):
            timecode.follow(4, 62.2, False, time.monotonic())
            time.sleep(1 / 60)
        assert "quarter_frame" not in {message.type for message in read()}, "paused"
        jumped = run_film(timecode, read, scene=2, begin=0.0, seconds=0.5)
        assert jumped[0].type == "sysex"
        assert jumped[0].data[4:7] == (1 << 5 | 2, 0, 0)
    assert losses.errors == 0


def silent(read: Callable[[], list[Any]]) -> bool:
    read()
    time.sleep(0.2)
    return not read()


def run_film(timecode: Timecode, read: Callable[[], list[Any]], scene: int, begin: float, seconds: float) -> list[Any]:
    started, got = time.monotonic(), []
    while (now := time.monotonic()) < started + seconds:
        timecode.follow(scene, begin + now - started, True, now)
        time.sleep(1 / 60)
        got += read()
    return got


@pytest.mark.skipif(sys.platform == "win32", reason="no such paths here")
def test_a_device_that_is_not_there_is_told_once_and_taken_up_when_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.lamps.timecode.AGAIN_SECONDS", 0.05)
    losses, device = LossReporter(), tmp_path / "midi"
    with closing(Timecode(TimecodeSettings(output=str(device)), losses)):
        wait_until(lambda: losses.is_lost("timecode"), LONG)
        os.mkfifo(device)
        reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        wait_until(lambda: not losses.is_lost("timecode"), LONG)
        os.close(reader)
    assert losses.errors == 1


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system here")
def test_a_device_that_nobody_reads_from_loses_time_and_not_the_show(tmp_path: Path) -> None:
    device = tmp_path / "midi"
    os.mkfifo(device)
    reader = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with RawMidi(device) as midi:
        for _ in range(20000):  # more than a pipe holds
            midi.exclusive((0x7F,) * 8)
    os.close(reader)


def test_a_port_of_no_such_name_is_told_and_stops_nothing() -> None:
    pytest.importorskip("rtmidi", reason="needs the extra 'lamps', and ALSA's library on Linux", exc_type=ImportError)
    losses = LossReporter()
    with closing(Timecode(TimecodeSettings(output="no such port"), losses)) as timecode:
        wait_until(lambda: losses.is_lost("timecode"), LONG)
        timecode.follow(1, 0.0, True, time.monotonic())
    assert "MIDI" in losses.lost_parts()[0]
