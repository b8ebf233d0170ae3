"""The film plays, changes scenes on the frame, and survives what it is given."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from installation.bench.marked_clip import Coding, make_clip
from installation.film.video_decoder import FEWEST, VideoDecoder
from scenes.story.captions import CaptionLine
from scenes.story.clip import Bed, Clip, Transition
from tests.installation.film.broken_clips import BROKEN, ODD, make_broken
from tests.installation.film.cinema import SIZE, cinema, wait_until

needs_leases = pytest.mark.skipif(sys.platform != "linux", reason="no leases of files on this system")


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Clip]:
    folder = tmp_path_factory.mktemp("clips")
    return {name: Clip(make_clip(folder / f"{name}.mkv", mark, 1.0, SIZE)) for mark, name in enumerate("abc", 1)}


def test_a_scene_asked_for_at_the_end_follows_on_the_frame(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], at="end")
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.run_until(lambda: house.film.playhead.ended)
        assert house.marks() == [(1, n) for n in range(30)] + [(2, n) for n in range(30)]
        assert (house.film.health.repeated, house.film.health.dropped) == (0, 0)


def test_a_scene_asked_for_now_is_on_the_screen_with_the_next_tick(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1 and house.film.playhead.seconds > 0.3)
        house.film.play(2, "b", clips["b"], at="now")
        house.step()
        assert house.film.playhead.entry == 2
        assert house.marks()[-1] == (2, 0)


def test_a_guard_who_presses_again_and_again_is_not_kept_waiting_for_it(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], None, "now", Transition("dip", 0.4))
        coming = house.film._next
        assert coming is not None
        for entry in range(3, 7):
            house.run(0.1)
            if house.film.on_screen is coming:
                break
            house.film.play(entry, "b", clips["b"], None, "now", Transition("dip", 0.4))
        assert house.film.on_screen is coming, "each press opened the clip anew, and began the dip again"
        assert house.film.playhead.entry == coming.entry == entry - 1


def test_a_scene_that_is_not_ready_never_stops_the_one_on_the_screen(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], at="now")
        following = house.film._next
        assert following is not None
        house.patient = False
        following.decoded.poll = lambda: False  # type: ignore[method-assign]  # it takes its time
        house.run(0.5)
        assert house.film.playhead.entry == 1
        assert len(house.marks()) > 12
        del following.decoded.poll
        house.patient = True
        house.run_until(lambda: house.film.playhead.entry == 2)


def test_a_loop_has_no_seam_and_is_left_on_its_last_frame(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        loop = Clip(clips["a"].file, loop=True)
        house.film.play(1, "a", loop)
        house.run_until(lambda: house.film.playhead.seconds > 2.2)
        house.film.play(2, "b", clips["b"], at="end")
        house.run_until(lambda: house.film.playhead.entry == 2)
        marks = house.marks()
        assert marks[:-1] == [(1, n % 30) for n in range(90)]
        assert marks[-1] == (2, 0)


def test_in_and_out_points_are_kept_to_the_frame(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, in_seconds=0.4, out_seconds=0.8))
        house.run_until(lambda: house.film.playhead.ended)
        assert house.marks() == [(1, n) for n in range(12, 24)]
        assert house.film.playhead.seconds == pytest.approx(0.4)


def test_a_scene_that_is_played_from_its_midst_counts_from_its_in_point(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, in_seconds=0.2, out_seconds=0.8).rest_from(0.4))
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.film.playhead.seconds == pytest.approx(0.4, abs=0.02)
        house.run_until(lambda: house.film.playhead.ended)
        assert house.marks() == [(1, n) for n in range(18, 24)]
        assert house.film.playhead.seconds == pytest.approx(0.6)


def test_a_loop_that_is_played_from_its_midst_begins_again_and_its_time_goes_on(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, loop=True).rest_from(2.4))
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.film.playhead.seconds == pytest.approx(2.4, abs=0.02)
        assert house.marks()[0] == (1, 0)


def test_a_still_stands_until_another_scene_is_asked_for(tmp_path: Path, clips: dict[str, Clip]) -> None:
    import cv2

    cv2.imwrite(str(tmp_path / "still.png"), np.full((90, 160, 3), (10, 90, 200), np.uint8))
    with cinema() as house:
        house.film.play(1, "still", Clip(tmp_path / "still.png"))
        house.run_until(lambda: house.film.playhead.seconds > 3)
        assert not house.film.playhead.ended
        assert tuple(house.screen.last[90, 160, :3]) == (10, 90, 200)
        house.film.play(2, "a", clips["a"], at="end")  # it has no end: now
        house.run_until(lambda: house.film.playhead.entry == 2)


def test_a_crossfade_shows_both_scenes_and_ends_with_the_first(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], None, "end", Transition("crossfade", 0.4))
        house.run_until(lambda: house.film.playhead.entry == 2)
        assert house.film._on is not None
        assert house.film._on.takeover is not None
        assert house.film._on.start == pytest.approx(house.film._on.takeover.done - 0.4)
        house.run(0.2)
        alone = house.film._on.decoded.picture_at(house.film.playhead.seconds, house.now).current
        assert alone is not None
        assert np.abs(house.screen.last.astype(int) - alone.canvas()).max() > 40
        house.run(0.4)
        assert house.film._old is None
        assert house.marks()[-1][0] == 2


def test_a_scene_planned_during_a_crossfade_does_not_disturb_it(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], None, "now", Transition("crossfade", 0.4))
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.film.play(3, "c", clips["c"], None, "end", Transition("dip", 0.2))
        house.run(0.1)
        plain = [
            frame.canvas()
            for frame in (shot.decoded.video.at(0).current for shot in (house.film._on, house.film._old) if shot)
            if frame
        ]
        low, high = np.minimum(*plain).astype(int) - 40, np.maximum(*plain).astype(int) + 40
        assert ((house.screen.last >= low) & (house.screen.last <= high))[:60, :, :3].all(), "neither scene nor a mix"
        assert house.screen.level == 1.0
        house.run_until(lambda: house.film.playhead.entry == 3)


def test_a_dip_is_black_in_its_middle_and_light_at_both_ends(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], None, "now", Transition("dip", 0.4))
        levels = []
        for _ in range(40):
            house.step()
            levels.append(house.screen.level)
        assert min(levels) < 0.1
        assert levels[0] > 0.9
        assert levels[-1] == 1.0
        assert house.film.playhead.entry == 2


def test_a_held_frame_stands_still_and_then_gives_way(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.seconds > 0.31)
        house.film.play(2, "b", clips["b"], None, "now", Transition("hold", 0.5))
        before = len(house.marks())
        house.run(0.4)
        assert house.film.playhead.entry == 1
        assert len(house.marks()) <= before + 1
        house.run(0.2)
        assert house.film.playhead.entry == 2


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_clip_is_told_once_and_not_asked_for_again(kind: str, tmp_path: Path, clips: dict[str, Clip]) -> None:
    whole = make_clip(tmp_path / "whole.mkv", 5, 2.0, SIZE, coding=Coding(sound="aac"))
    broken = Clip(make_broken(tmp_path, kind, whole))
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "broken", broken)
        house.run_until(lambda: "broken" in house.film.playhead.failed)
        assert house.losses.is_lost("scene broken")
        house.film.play(3, "broken", broken)
        assert house.film._next is None
        house.film.play(4, "b", clips["b"])
        house.run_until(lambda: house.film.playhead.entry == 4)
        assert None not in house.seen, "something black was shown"


@pytest.mark.parametrize("kind", ODD)
def test_a_clip_unlike_the_others_plays(kind: str, tmp_path: Path, clips: dict[str, Clip]) -> None:
    odd = Clip(make_broken(tmp_path, kind, clips["a"].file))
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "odd", odd, at="end")
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.run_until(lambda: house.film.playhead.ended)
        assert house.film.playhead.seconds == pytest.approx(1.0, abs=0.001)
        assert not house.film.playhead.failed


def test_a_clip_that_stalls_for_two_seconds_is_given_up(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.film._on is not None
        house.film._on.decoded.video.keep_ahead(0)  # its decoder gets no further
        for _ in range(300):
            house.now += 1 / 60
            house.film.advance(house.now)
            house.film.draw(house.now)
        assert house.film.playhead.failed == {"a"}
        assert house.film.playhead.ended
        assert house.film.health.repeated > 0


def test_a_stage_that_was_stopped_for_a_minute_goes_on_with_the_next_pictures(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.seconds > 0.31)
        stood = house.film.playhead.seconds
        house.now += 60.0
        house.step()
        assert house.film.playhead.seconds == pytest.approx(stood, abs=0.3)
        house.run(0.1)
        assert not house.film.playhead.failed
        assert not house.film.playhead.ended


def test_in_a_pause_the_film_stands_still(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.seconds > 0.2)
        house.film.pause(True)
        before = house.film.playhead.seconds
        house.run(1.0)
        assert house.film.playhead.seconds == before
        house.film.pause(False)
        house.run(0.1)
        assert house.film.playhead.seconds == pytest.approx(before + 0.1, abs=0.03)


def test_blackout_and_brightness_darken_the_picture(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.brightness(0.5)
        house.step()
        assert house.screen.level == 0.5
        house.film.blackout(True, fade_seconds=0.2)
        house.run(0.3)
        assert house.screen.level == 0.0
        house.film.blackout(False, fade_seconds=0.2)
        house.run(0.3)
        assert house.screen.level == 0.5


def test_a_blackout_is_silent_too_and_the_volume_set_meanwhile_is_that_of_afterwards(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(clips["a"].file, loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        mixer = house.sound.mixer
        house.film.master_volume(0.8)
        house.film.blackout(False)  # nothing was black
        assert mixer.volume == 0.8
        house.film.blackout(True)
        house.film.blackout(True)
        assert mixer.volume == 0.0
        house.film.master_volume(0.4)
        assert mixer.volume == 0.0
        house.film.blackout(False)
        assert mixer.volume == 0.4


def test_the_same_music_goes_on_across_scenes(clips: dict[str, Clip]) -> None:
    bed = Bed(clips["c"].file)
    with cinema() as house:
        house.film.play(1, "a", clips["a"], bed)
        house.run_until(lambda: house.film.playhead.entry == 1)
        playing = house.film._soundtrack._bed
        house.film.play(2, "b", clips["b"], bed)
        house.run_until(lambda: house.film.playhead.entry == 2)
        assert house.film._soundtrack._bed is playing
        house.film.play(3, "a", clips["a"], None)
        house.run_until(lambda: house.film.playhead.entry == 3)
        assert house.film._soundtrack._bed is None


def test_candidates_keep_within_their_memory(clips: dict[str, Clip]) -> None:
    with cinema(megabytes=2) as house:
        house.film.prepare(clips)  # three of 1.3 MB at the least
        house.run(0.1)
        wait_until(lambda: house.film.health.candidates_ready == 1)
        assert house.film.health.candidates_megabytes <= 2.0
        house.film.play(1, "c", clips["c"])  # one that was dropped
        house.run_until(lambda: house.film.playhead.entry == 1)


def test_while_a_scene_leaves_the_screen_no_candidate_is_opened(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.prepare({"b": clips["b"]})
        house.step()
        wait_until(lambda: house.film.health.candidates_ready == 1)
        house.film.play(2, "b", clips["b"], None, "now", Transition("crossfade", 0.4))
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.film.prepare({"c": clips["c"]})
        assert not house.film._preroll._held(), "two scenes play, and a third is decoded beside them"
        house.run_until(lambda: house.film._old is None)
        house.step()
        wait_until(lambda: house.film.health.candidates_ready == 1)
        assert house.film.health.repeated == 0


def test_scenes_that_differ_in_captions_only_share_what_is_decoded(clips: dict[str, Clip]) -> None:
    lettered = replace(clips["b"], captions=(CaptionLine(0.0, 1.0, "other words"),))
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.prepare({"b": clips["b"], "lettered": lettered, "c": clips["c"]})
        house.step()
        wait_until(lambda: house.film.health.candidates_ready == 3)
        candidates = house.film._preroll._decoded
        assert candidates["b"] is candidates["lettered"]
        assert house.film.health.candidates_megabytes == pytest.approx(
            (candidates["b"].held_bytes + candidates["c"].held_bytes) / 1e6
        )
        house.patient = False  # whoever opens a file now is late
        house.film.play(2, "b", clips["b"], at="end")
        house.film.play(3, "lettered", lettered)  # another choice, of what is already open
        house.step()
        assert house.film.playhead.entry == 3
        assert house.marks()[-1] == (2, 0)
        assert house.film.on_screen is not None
        assert house.film.on_screen.clip is lettered


def test_a_candidate_that_leaves_takes_none_from_scenes_that_share_it(clips: dict[str, Clip]) -> None:
    lettered = replace(clips["b"], captions=(CaptionLine(0.0, 1.0, "other words"),))
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.prepare({"b": clips["b"], "lettered": lettered})
        house.step()
        wait_until(lambda: house.film.health.candidates_ready == 2)
        house.film.prepare({"lettered": lettered})
        assert house.film.health.candidates_ready == 1
        house.patient = False
        house.film.play(2, "lettered", lettered)
        house.step()
        assert house.marks()[-1] == (2, 0)


def test_a_decoder_that_waits_to_be_chosen_stops_after_few_pictures(
    clips: dict[str, Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With each picture up to its sixth or so it takes memory for another one."""
    decoded: Counter[str] = Counter()
    put = VideoDecoder._put

    def counting(decoder: VideoDecoder, *picture: Any) -> None:
        decoded[decoder.clip.file.stem] += 1
        put(decoder, *picture)

    monkeypatch.setattr(VideoDecoder, "_put", counting)  # no mock: it only counts
    with cinema() as house:
        house.film.prepare(clips)
        house.run(0.1)
        wait_until(lambda: house.film.health.candidates_ready == 3)
        time.sleep(0.1)
        assert decoded == dict.fromkeys(clips, FEWEST)


def test_nothing_is_left_when_the_film_closes(clips: dict[str, Clip]) -> None:
    before = set(threading.enumerate())
    with cinema() as house:
        house.film.prepare(clips)
        house.film.play(1, "a", clips["a"], Bed(clips["c"].file))
        house.run(0.3)
    assert set(threading.enumerate()) <= before


def test_a_scene_that_waits_for_the_end_and_is_wanted_now_is_not_opened_again(clips: dict[str, Clip]) -> None:
    with cinema() as house:
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.film.play(2, "b", clips["b"], at="end")
        house.ready()
        house.step()
        house.patient = False  # whoever opens a file now is late
        house.film.play(3, "b", clips["b"], at="now")
        house.step()
        assert house.film.playhead.entry == 3
        assert house.marks()[-1] == (2, 0)


@contextmanager
def hanging_file(folder: Path, content: bytes = b"nothing of this is ever read") -> Iterator[Path]:
    """A file that is there and whose opening hangs, as on a share that is gone: this process holds a lease on it."""
    import fcntl

    path = folder / "hangs.mkv"
    path.write_bytes(content)
    before = signal.signal(signal.SIGIO, signal.SIG_IGN)  # by which the system asks for the lease
    lease = os.open(path, os.O_RDWR)
    fcntl.fcntl(lease, fcntl.F_SETLEASE, fcntl.F_WRLCK)
    try:
        yield path
    finally:
        os.close(lease)
        signal.signal(signal.SIGIO, before)


@needs_leases
def test_a_file_that_hangs_is_given_up_two_seconds_after_the_film_stands(
    tmp_path: Path, clips: dict[str, Clip]
) -> None:
    with hanging_file(tmp_path) as file, cinema() as house:
        hangs = Clip(file)
        house.film.play(1, "a", clips["a"])
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.patient = False  # nobody waits for a decoder from here on; before, the first film might be given up
        house.film.play(2, "hangs", hangs, at="end")
        house.run(1.5)  # the film lasts 1.0
        assert not house.film.playhead.failed
        house.film.play(2, "hangs", hangs, at="now")  # a story that waits asks again: the count goes on
        house.run(1.8)
        assert house.film.playhead.failed == {"hangs"}
        assert house.film.playhead.ended


@needs_leases
def test_a_file_that_hangs_does_not_keep_other_candidates_from_opening(tmp_path: Path, clips: dict[str, Clip]) -> None:
    with hanging_file(tmp_path) as file, cinema() as house:
        hangs = Clip(file)
        house.film.play(1, "a", Clip(clips["a"].file, loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        queue = {f"hangs {number}": replace(hangs, in_seconds=number) for number in range(os.cpu_count() or 1)}
        house.film.prepare(queue | clips)
        house.run(1.0)
        house.film.prepare(clips)  # they are no longer wanted, and still hang
        wait_until(lambda: house.film.health.candidates_ready == 3)
        house.film.prepare({"hangs": hangs} | clips)
        house.run_until(lambda: house.film.playhead.failed == {"hangs"})
        assert house.losses.is_lost("scene hangs")
