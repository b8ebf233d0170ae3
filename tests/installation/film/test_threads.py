"""A scene with threads: clips in step, cut between while they play; and drives that move its picture."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from installation.bench.marked_clip import Coding, make_clip, read_samples
from installation.film.audio_decoder import RATE
from installation.film.decoded_threads import DecodedThreads
from installation.film.mixer import Mixer
from installation.film.mixer_voice import MixerVoice
from installation.film.picture_effects import PictureEffects, between
from installation.film.thread_sound import CROSSING, ThreadSound
from scenes.story.clip import Clip, PictureLevels, Transition
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until

SECONDS, RATE_HZ = 2.0, 30
FRAMES = round(SECONDS * RATE_HZ)


@pytest.fixture(scope="module")
def media(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("threads")
    for mark, name in enumerate("abc", 1):
        make_clip(folder / f"{name}.mkv", mark, SECONDS, SIZE)
    make_clip(folder / "silent.mkv", 4, SECONDS, SIZE, coding=Coding(sound=""))
    return folder


def threaded(folder: Path, names: str = "ab", loop: bool = False, own_sound: bool = False) -> Clip:
    clips = (Clip(folder / f"{name}.mkv", thread=name, loop=loop, own_sound=own_sound) for name in names)
    first, *others = clips
    return replace(first, threads=tuple(others))


def until_frame(house: Cinema, number: int) -> None:
    house.run_until(lambda: bool(house.marks()) and house.marks()[-1][1] >= number)


def test_a_cut_continues_at_the_frame_where_the_other_thread_is(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "table", threaded(media, "abc"))
        for thread, frame in (("b", 10), ("c", 25), ("a", 26), ("b", 44)):
            until_frame(house, frame)
            house.film.cut_thread(1, thread, 0.0)
        house.run_until(lambda: house.film.playhead.ended)
        marks = house.marks()
        assert [number for _, number in marks] == list(range(FRAMES)), "a frame was left out, or shown of two threads"
        clips = [mark for mark, _ in marks]
        cuts = [n for n in range(1, FRAMES) if clips[n] != clips[n - 1]]
        assert [clips[n] for n in cuts] == [2, 3, 1, 2]
        assert (house.film.health.dropped, house.film.health.repeated, house.film.health.late) == (0, 0, 0)


def test_a_marked_cut_falls_on_its_frame(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "table", threaded(media))
        until_frame(house, 5)
        house.film.cut_thread(1, "b", 20 / RATE_HZ)
        house.run_until(lambda: house.film.playhead.thread == "b")
        assert (1, 19) in house.marks()
        house.run(0.1)
        assert (2, 20) in house.marks()
        assert not {(1, 20), (2, 19)} & set(house.marks())


def test_threads_stay_in_step_through_a_loop(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "table", threaded(media, loop=True))
        for number in range(5):
            house.run(0.7)
            house.film.cut_thread(1, "ba"[number % 2], 0.0)
        house.run(0.2)
        numbers = [number for _, number in house.marks()]
        assert numbers == [n % FRAMES for n in range(len(numbers))]
        assert len(numbers) > 1.5 * FRAMES


def test_a_thread_that_is_missing_is_lost_alone_and_told_and_comes_back_with_the_scene(
    media: Path, tmp_path: Path
) -> None:
    for name in "abc":
        shutil.copy(media / f"{name}.mkv", tmp_path)
    (tmp_path / "a.mkv").rename(tmp_path / "away.mkv")
    clip = threaded(tmp_path, "abc")
    with cinema() as house:
        house.film.play(1, "table", clip)
        until_frame(house, 3)
        assert house.film.playhead.thread == "b"
        assert house.film.playhead.lost_threads == {"a"}
        assert house.film.playhead.failed == frozenset()
        assert house.losses.is_lost("thread a of scene table")
        house.film.cut_thread(1, "a", 0.0)
        house.run(0.2)
        assert {mark for mark, _ in house.marks()} == {2}
        (tmp_path / "away.mkv").rename(tmp_path / "a.mkv")
        house.film.play(2, "table", clip, at="now")
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.run_until(lambda: house.film.playhead.thread == "a")
        assert not house.losses.is_lost("thread a of scene table")


def test_a_thread_that_breaks_off_leaves_the_screen_to_the_next_one(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "table", threaded(media, own_sound=True))
        until_frame(house, 5)
        threads = house.film._on.decoded if house.film._on else None
        assert isinstance(threads, DecodedThreads)
        threads.video.failed = "its disk is gone"  # as its decoder would say
        house.run(0.1)
        assert (house.film.playhead.thread, house.film.playhead.lost_threads) == ("b", frozenset("a"))
        house.run_until(lambda: house.film.playhead.ended)
        assert house.marks()[-1] == (2, FRAMES - 1)


def test_a_thread_that_fails_while_the_scene_is_opened_does_not_keep_the_others_waiting(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "table", threaded(media, own_sound=True))
        threads = house.film._next.decoded if house.film._next else None
        assert isinstance(threads, DecodedThreads)
        for one in threads._threads:
            wait_until(one.poll)
        threads.video.failed = "it is damaged: 5 pictures near 0.1 s cannot be decoded"  # as its decoder would say
        until_frame(house, 5)
        assert house.film.playhead.thread == "b"


def test_when_all_threads_are_lost_the_scene_cannot_be_played(media: Path) -> None:
    nowhere = replace(threaded(media), file=media / "none.mkv", threads=(Clip(media / "nor this.mkv", thread="b"),))
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv"))
        until_frame(house, 2)
        house.film.play(2, "table", nowhere)
        house.run_until(lambda: "table" in house.film.playhead.failed)


def heard_of(media: Path, own: bool, cuts: list[tuple[str, float]]) -> tuple[np.ndarray, np.ndarray]:
    """(marks, numbers) of what is mixed of a scene that begins at sample 0 and is cut before."""
    with cinema() as house:
        house.film.play(1, "table", threaded(media, own_sound=own))
        house.ready()
        assert house.film._next is not None
        threads = house.film._next.decoded
        assert isinstance(threads, DecodedThreads)
        for thread, at in cuts:
            threads.cut(thread, at)
        assert threads.audio is not None
        mixer = Mixer(1.0, mute=False)
        mixer.add(MixerVoice(threads.audio, 0))
        audios = [one.audio for one in threads._threads if one.audio]
        out = []
        for at in range(0, round(SECONDS * RATE), 2400):
            wait_until(lambda at=at: all(audio._finished or audio._head >= at + 2400 for audio in audios))  # type: ignore[misc]
            out.append(mixer.mix(2400))
        return read_samples(np.concatenate(out))


def test_each_its_own_sound_is_cut_to_the_sample_and_stays_in_step(media: Path) -> None:
    marks, numbers = heard_of(media, own=True, cuts=[("b", 0.5), ("a", 1.25)])
    first, second = RATE // 2, RATE * 5 // 4
    place = np.arange(len(marks))
    crossing = np.zeros(len(marks), bool)
    for at in (first, second):
        crossing[at : at + CROSSING] = True
    expected = np.where((place >= first) & (place < second), 2, 1)
    assert (marks[~crossing] == expected[~crossing]).all()
    assert (numbers[~crossing] == place[~crossing]).all()


def test_the_first_threads_sound_goes_on_under_all_cuts(media: Path) -> None:
    marks, numbers = heard_of(media, own=False, cuts=[("b", 0.5), ("a", 1.25)])
    assert (marks == 1).all()
    assert (numbers == np.arange(len(numbers))).all()


class Step:
    """An audio decoder of one constant value."""

    def __init__(self, value: float) -> None:
        self.value = value

    def read(self, start: int, count: int) -> np.ndarray:  # noqa: ARG002 - a decoder's
        return np.full((count, 2), self.value, np.float32)


def test_a_cut_of_the_sound_that_comes_too_late_begins_where_nothing_is_mixed_yet_and_does_not_click() -> None:
    sound = ThreadSound({0: Step(0.2), 1: Step(-0.4)})  # type: ignore[dict-item]
    before = sound.read(0, 1000)
    sound.cut(1, 300)
    after = np.concatenate([sound.read(1000, 100), sound.read(1100, 1400)])
    assert (before == np.float32(0.2)).all()
    assert np.abs(np.diff(np.concatenate([before, after])[:, 0])).max() <= 0.6 / CROSSING + 1e-6
    assert (after[CROSSING:] == np.float32(-0.4)).all()


def test_a_drive_of_the_rate_moves_film_time_and_the_end_comes_when_the_film_is_over(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "slow", Clip(media / "silent.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 1 and house.film.playhead.seconds >= 0.5)
        begun, film = house.now, house.film.playhead.seconds
        house.film.drive(1, PictureLevels(rate=0.8))
        house.run(0.5)
        assert house.film.playhead.seconds - film == pytest.approx(0.4, abs=0.03)
        house.film.play(2, "a", Clip(media / "a.mkv"), at="end")
        house.run_until(lambda: house.film._next is not None and house.film._next.start is not None)
        house.film.drive(1, PictureLevels(rate=1.2))  # too late: the next scene's sound is placed already
        before = house.film.playhead.seconds
        house.run(0.5)
        assert house.film.playhead.seconds - before == pytest.approx(0.4, abs=0.03)
        house.run_until(lambda: house.film.playhead.entry == 2)
        assert house.now - begun == pytest.approx((SECONDS - film) / 0.8, abs=0.05)
        assert [number for mark, number in house.marks() if mark == 4] == list(range(FRAMES))
        assert house.film.health.late == 0


def test_the_loop_wakes_for_each_picture_of_a_film_that_runs_slowly(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "slow", Clip(media / "silent.mkv"))
        house.run_until(lambda: house.film.playhead.entry == 1 and house.film.playhead.seconds >= 0.3)
        house.film.drive(1, PictureLevels(rate=0.8))
        for _ in range(30):
            house.decoded()
            house.now = house.film.next_deadline(house.now)
            house.film.advance(house.now)
            house.film.draw(house.now)
        assert house.film.health.late == 0


def test_a_scene_looks_from_its_first_picture_on_as_it_is_driven(media: Path) -> None:
    levels: list[tuple[int, float]] = []
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv"))
        until_frame(house, 3)
        house.film.play(2, "b", Clip(media / "b.mkv"))
        house.film.drive(2, PictureLevels(brightness=0.25))
        for _ in range(30):
            house.step()
            levels.append((house.marks()[-1][0], house.screen.level))
    assert {level for mark, level in levels if mark == 1} <= {1.0}
    assert {level for mark, level in levels if mark == 2} == {0.25}


def picture() -> np.ndarray:
    canvas = np.zeros((SIZE[1], SIZE[0], 4), np.uint8)
    canvas[:, : SIZE[0] // 2] = (20, 200, 90, 0)
    return canvas


def test_saturation_blur_and_grain_do_what_they_say_and_nothing_at_rest() -> None:
    effects, canvas, out = PictureEffects(SIZE), picture(), np.zeros_like(picture())
    assert effects.apply(canvas, PictureLevels(brightness=0.3), 0, out) is canvas
    grey = effects.apply(canvas, PictureLevels(saturation=0.0), 0, out)[5, 5, :3].astype(int)
    assert np.ptp(grey) <= 1
    edge = SIZE[0] // 2
    for blur in (0.05, 0.3, 1.0):
        soft = effects.apply(canvas, PictureLevels(blur=blur), 0, out)[90, :, 1].astype(int)
        assert np.abs(np.diff(soft[edge - 8 : edge + 8])).max() < 200
        assert (soft[5], soft[-5]) == (200, 0)
    one, other = (effects.apply(canvas, PictureLevels(grain=0.5), number, out).copy() for number in (1, 2))
    assert 5 < one[:, :edge, 1].std() < 60
    assert abs(one[:, :edge, 1].mean() - 200) < 8
    assert (one != other).any()


def test_drives_cross_over_with_the_picture(media: Path) -> None:
    old, new = PictureLevels(brightness=0.5), PictureLevels(brightness=1.0, grain=0.4)
    assert between(old, new, 0.5) == PictureLevels(brightness=0.75, grain=0.2)
    assert between(None, new, 0.5) == new
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv"))
        house.film.drive(1, PictureLevels(brightness=0.0))
        until_frame(house, 5)
        house.film.play(2, "b", Clip(media / "b.mkv"), transition=Transition("crossfade", 0.5))
        levels = []
        for _ in range(40):
            house.step()
            levels.append(house.screen.level)
    assert levels[-1] == 1.0
    assert max(np.diff(levels)) < 0.2, "the picture flashed"


def test_a_candidate_with_threads_counts_with_all_its_decoders(media: Path) -> None:
    with cinema(megabytes=4) as house:
        house.film.prepare({"a": Clip(media / "a.mkv"), "table": threaded(media, "abc")})
        assert list(house.film._preroll._decoded) == ["a"]
    with cinema(megabytes=50) as house:
        house.film.prepare({"a": Clip(media / "a.mkv"), "table": threaded(media, "abc")})
        assert list(house.film._preroll._decoded) == ["a", "table"]
