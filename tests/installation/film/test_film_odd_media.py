"""Films as telephones, browsers and recorders deliver them are shown whole and heard as they are meant."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from installation.film.audio_decoder import RATE, AudioDecoder
from scenes.story.clip import Bed, Clip
from tests.clips import make_sound
from tests.installation.film.cinema import cinema
from tests.odd_clips import FIRST_TONE, SECOND_TONE, every, film, joined, song_with_cover


def shown(clip: Clip) -> list[tuple[int, int]]:
    with cinema() as house:
        house.film.play(1, "a", clip)
        house.run_until(lambda: house.film.playhead.ended or bool(house.film.playhead.failed))
        assert not house.losses.is_lost("scene a"), house.losses.lost_parts()
        return house.marks()


def heard(file: Path, seconds: float, begin: float = 0.0, track: int | str | None = None) -> np.ndarray:
    """Samples (n, 2), read as the mixer does."""
    audio = AudioDecoder(file, begin, None, loop=False, track=track)
    blocks = []
    for at in range(0, round(seconds * RATE), RATE // 10):
        until = time.monotonic() + 20.0
        while audio._head < at + RATE // 10 and not audio._finished and time.monotonic() < until:
            time.sleep(0.002)
        blocks.append(audio.read(at, RATE // 10))
    audio.close()
    assert audio.failed == ""
    return np.concatenate(blocks)


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt((samples**2).mean()))


def test_a_film_whose_stamps_begin_at_five_seconds_is_shown_whole(tmp_path: Path) -> None:
    assert shown(Clip(film(tmp_path / "a.mkv", every(30, 5.0), tones=[(440, "stereo")]))) == [(3, n) for n in range(30)]


def test_a_slide_show_of_one_picture_a_second_is_shown_to_its_end(tmp_path: Path) -> None:
    assert shown(Clip(film(tmp_path / "a.mp4", [0, 1, 2], stands=1.0))) == [(3, 0), (3, 1), (3, 2)]


def test_a_last_picture_that_stands_stays_on_the_screen(tmp_path: Path) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(film(tmp_path / "a.mp4", every(15), stands=2.0)))
        house.run_until(lambda: house.film.playhead.ended or bool(house.film.playhead.failed))
        assert not house.film.playhead.failed
        assert house.marks() == [(3, number) for number in range(15)]
        assert house.film.playhead.seconds == pytest.approx(14 / 30 + 2.0, abs=0.01)


def test_a_browsers_recording_is_shown(tmp_path: Path) -> None:
    options = {"cpu-used": "8", "deadline": "realtime"}
    file = film(tmp_path / "a.webm", every(30), codec="libvpx-vp9", options=options, muxer={"live": "1"})
    assert shown(Clip(file)) == [(3, number) for number in range(30)]


def test_recordings_that_were_joined_are_both_shown_and_heard(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(30), form="mpegts", tones=[(440, "stereo")])
    two = film(tmp_path / "b.ts", every(30), form="mpegts", tones=[(440, "stereo")], mark=4)
    both = joined(tmp_path / "both.ts", one, two)
    assert shown(Clip(both)) == [(3, number) for number in range(30)] + [(4, number) for number in range(30)]
    assert shown(Clip(both, 0.5, 1.5)) == [(3, n) for n in range(15, 30)] + [(4, n) for n in range(15)]
    for tenth in np.split(heard(both, 1.9), 19)[1:]:
        assert loudness(tenth) > 0.04


def test_a_film_whose_size_changes_inside_is_shown_to_its_end(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(15), form="mpegts")
    two = film(tmp_path / "b.ts", every(15, 0.5), form="mpegts", mark=4, size=(640, 360))
    both = joined(tmp_path / "both.ts", one, two)
    assert shown(Clip(both)) == [(3, number) for number in range(15)] + [(4, number) for number in range(15)]


def test_a_recording_that_begins_between_two_key_frames_is_shown_from_the_next_one(tmp_path: Path) -> None:
    whole = film(tmp_path / "a.ts", every(60), form="mpegts").read_bytes()
    (tmp_path / "cut.ts").write_bytes(whole[len(whole) // 188 // 6 * 188 :])
    numbers = [number for _, number in shown(Clip(tmp_path / "cut.ts"))]
    assert numbers[0] in (15, 30)
    assert numbers == list(range(numbers[0], 60))


def test_recordings_joined_in_an_ogg_file_are_both_heard(tmp_path: Path) -> None:
    once = make_sound(tmp_path / "a.ogg", 1.0).read_bytes()
    (tmp_path / "twice.ogg").write_bytes(once + once)
    for tenth in np.split(heard(tmp_path / "twice.ogg", 1.9), 19)[1:]:
        assert loudness(tenth) > 0.04


def test_an_in_point_in_the_second_of_two_joined_recordings_is_found(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(90), form="mpegts")
    both = joined(tmp_path / "both.ts", one, film(tmp_path / "b.ts", every(90), form="mpegts", mark=4))
    assert shown(Clip(both, 4.0, 4.5)) == [(4, number) for number in range(30, 45)]


def test_stamps_that_overflow_inside_a_film_are_no_jump(tmp_path: Path) -> None:
    file = film(tmp_path / "a.ts", every(60, 2**33 / 90_000 - 2.4), form="mpegts", tones=[(440, "stereo")])
    assert shown(Clip(file)) == [(3, number) for number in range(60)]
    assert shown(Clip(file, 1.5)) == [(3, number) for number in range(45, 60)]


def test_a_loop_of_a_film_whose_stamps_overflow_begins_again_at_its_first_picture(tmp_path: Path) -> None:
    file = film(tmp_path / "a.ts", every(60, 2**33 / 90_000 - 2.4), form="mpegts")
    with cinema() as house:
        house.film.play(1, "a", Clip(file, loop=True))
        house.run_until(lambda: house.film.playhead.seconds > 4.5 or bool(house.film.playhead.failed))
        assert house.marks()[:120] == [(3, number) for number in range(60)] * 2


def test_sound_whose_channels_change_inside_the_file_goes_on(tmp_path: Path) -> None:
    one = film(tmp_path / "a.ts", every(60), form="mpegts", tones=[(440, "stereo")])
    two = film(tmp_path / "b.ts", every(60, 2.0), form="mpegts", tones=[(440, "5.1")])
    for tenth in np.split(heard(joined(tmp_path / "both.ts", one, two), 3.9), 39)[1:]:
        assert loudness(tenth) > 0.04


@pytest.mark.parametrize(("default", "hertz"), [(0, FIRST_TONE), (1, SECOND_TONE)])
def test_the_sound_track_that_is_marked_as_default_is_heard(default: int, hertz: int, tmp_path: Path) -> None:
    tones = [(FIRST_TONE, "stereo"), (SECOND_TONE, "stereo")]
    sound = heard(film(tmp_path / "a.mkv", every(30), tones=tones, default=default), 1.0)[RATE // 4 : RATE * 3 // 4, 0]
    assert np.abs(np.fft.rfft(sound)).argmax() * 2 == hertz


@pytest.mark.parametrize(
    ("track", "hertz"), [(1, FIRST_TONE), (2, SECOND_TONE), ("de", SECOND_TONE), ("fr", FIRST_TONE)]
)
def test_the_sound_track_that_is_asked_for_is_heard(track: int | str, hertz: int, tmp_path: Path) -> None:
    tones = [(FIRST_TONE, "stereo"), (SECOND_TONE, "stereo")]
    file = film(tmp_path / "a.mkv", every(30), tones=tones, default=0, languages=["eng", "ger"])
    sound = heard(file, 1.0, track=track)[RATE // 4 : RATE * 3 // 4, 0]
    assert np.abs(np.fft.rfft(sound)).argmax() * 2 == hertz


def test_scene_and_bed_are_heard_in_the_sound_tracks_that_the_story_names(tmp_path: Path) -> None:
    tones = [(FIRST_TONE, "stereo"), (SECOND_TONE, "stereo")]
    file = film(tmp_path / "a.mkv", every(30), tones=tones, default=0)
    with cinema() as house:
        house.film.play(1, "a", Clip(file, sound_track=2), Bed(file, sound_track=2))
        house.run_until(lambda: house.film.playhead.entry == 1)
        on, bed = house.film._on, house.film._soundtrack._bed
        assert on
        assert on.decoded.audio
        assert bed
        for audio in (on.decoded.audio, bed.audio):
            assert audio.ready.wait(20.0)
            sound = audio.read(RATE // 4, RATE // 2)[:, 0]
            assert np.abs(np.fft.rfft(sound)).argmax() * 2 == SECOND_TONE


@pytest.mark.parametrize("name", ["a.mp3", "a.m4a"])
def test_a_song_with_the_cover_of_its_record_is_heard_from_its_start(name: str, tmp_path: Path) -> None:
    for tenth in np.split(heard(song_with_cover(tmp_path / name), 2.9), 29)[1:]:
        assert loudness(tenth) > 0.04


def test_a_loop_with_a_damaged_picture_is_not_given_up_when_it_has_come_by_five_times(tmp_path: Path) -> None:
    file = film(tmp_path / "a.mkv", every(45))
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 40] = bytes(40)
    file.write_bytes(content)
    with cinema() as house:
        house.film.play(1, "a", Clip(file, loop=True))
        house.run_until(lambda: house.film.playhead.seconds > 12 or bool(house.film.playhead.failed))
        on = house.film._on
        assert on
        assert on.decoded.video.damaged > 5
        assert not house.film.playhead.failed


def test_a_sound_that_cannot_be_read_is_told_and_the_film_goes_on(tmp_path: Path) -> None:
    (tmp_path / "rain.wav").write_text("not a sound")
    with cinema() as house:
        house.film.play(1, "a", Clip(film(tmp_path / "a.mkv", every(15)), sound=tmp_path / "rain.wav"))
        house.run_until(lambda: house.film.playhead.ended)
        assert not house.film.playhead.failed
        assert house.losses.is_lost("sound of rain.wav")
