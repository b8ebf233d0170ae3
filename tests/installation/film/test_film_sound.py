"""What is heard: voices mixed sample by sample, and the stream that reaches a device."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import Coding, make_clip, read_samples
from installation.film.audio_decoder import RATE, AudioDecoder, read_sound
from installation.film.decoded_clip import DecodedClip
from installation.film.film import Film
from installation.film.frame_scaler import FrameScaler
from installation.film.mixer import Mixer
from installation.film.mixer_voice import MixerVoice
from installation.film.screen import Screen
from installation.film.sound import BUFFER, Sound, after_gap
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from scenes.story.probe import probe
from tests.installation.film.cinema import wait_until


class Tone:
    """An audio decoder of one constant value."""

    def __init__(self, value: float) -> None:
        self.value = value

    def read(self, start: int, count: int) -> np.ndarray:  # noqa: ARG002 - a decoder's
        return np.full((count, 2), self.value, np.float32)


def voice(value: float, start: int = 0) -> MixerVoice:
    return MixerVoice(Tone(value), start)


def mixed(mixer: Mixer, count: int, chunk: int = 700) -> np.ndarray:
    return np.concatenate([mixer.mix(chunk) for _ in range(-(-count // chunk))])[:count, 0] / 32768


def test_one_voice_ends_on_the_sample_where_the_next_begins() -> None:
    mixer = Mixer(1.0, mute=False)
    first, second = voice(0.25), voice(0.5, start=1234)
    first.end = 1234
    mixer.add(first)
    mixer.add(second)
    out = mixed(mixer, 3000)
    assert (out[:1234] == 0.25).all()
    assert (out[1234:] == 0.5).all()


def test_a_crossing_keeps_its_power() -> None:
    mixer = Mixer(1.0, mute=False)
    first, second = voice(0.5), voice(0.5)
    first.fade_out(1000, 4000)
    second.fade_in(1000, 4000)
    alone_out, alone_in = Mixer(1.0, mute=False), Mixer(1.0, mute=False)
    alone_out.add(first)
    alone_in.add(second)
    power = mixed(alone_out, 4900) ** 2 + mixed(alone_in, 4900) ** 2
    assert np.allclose(power[1000:], 0.25, atol=1e-3)
    assert mixed(mixer, 100).max() == 0


def test_the_room_goes_silent_without_a_click() -> None:
    mixer = Mixer(0.8, mute=False)
    mixer.add(voice(0.5))
    mixed(mixer, 700)
    mixer.set_mute(True)
    out = mixed(mixer, 7000)
    assert np.abs(np.diff(out)).max() < 0.01
    assert out[-1] == 0
    mixer.set_mute(False)
    assert mixed(mixer, 7000)[-1] == pytest.approx(0.4, abs=1e-4)


def test_sound_too_loud_is_cut_off_and_does_not_wrap_around() -> None:
    mixer = Mixer(1.0, mute=False)
    mixer.add(voice(0.9))
    mixer.add(voice(0.9))
    assert mixed(mixer, 100).min() > 0.99


@pytest.mark.parametrize(
    ("late", "left_out"), [(-3, 0), (0, 0), (4 * BUFFER, 0), (5 * BUFFER, 5), (99 * BUFFER + 9, 99)]
)
def test_after_a_short_gap_no_sample_is_left_out_and_after_a_long_one_the_film_is_caught_up_with(
    late: int, left_out: int
) -> None:
    assert after_gap(7000, 7000 + late) == 7000 + left_out * BUFFER


def read_all(audio: AudioDecoder, count: int, start: int = 0) -> np.ndarray:
    parts: list[np.ndarray] = []
    for at in range(start, start + count, 4800):
        wait_until(lambda at=at: audio._finished or audio._head >= at + 4800)  # type: ignore[misc]
        parts.append(audio.read(at, 4800))
    audio.close()
    whole: np.ndarray = np.rint(np.concatenate(parts)[:count] * 32768).astype(np.int16)
    return whole


def test_a_track_begins_at_its_in_point_and_ends_at_its_out_point(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mov", 3, 2.0, (160, 90))
    marks, numbers = read_samples(read_all(AudioDecoder(file, 0.5, 1.0, loop=False), RATE + 4800))
    assert (numbers[:RATE] == np.arange(RATE // 2, RATE // 2 + RATE)).all()
    assert (marks[:RATE] == 3).all()
    assert (marks[RATE:] == 0).all()


def test_a_looping_track_has_no_seam(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 3, 1.0, (160, 90))
    _, numbers = read_samples(read_all(AudioDecoder(file, 0.0, 1.0, loop=True), 3 * RATE))
    assert (numbers == np.arange(3 * RATE) % RATE).all()


def test_the_padding_of_aac_is_not_heard(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mp4", 3, 1.0, (160, 90), coding=Coding(sound="aac"))
    heard = read_all(AudioDecoder(file, 0.0, 1.0, loop=True), 2 * RATE)
    assert np.abs(heard[RATE - 480 : RATE + 480].astype(int)).max() > 0
    whole = read_all(AudioDecoder(file, 0.0, 1.0, loop=False), RATE + 4800)
    assert not whole[RATE:].any()


def test_a_clip_without_sound_is_silent_and_its_track_ends(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 3, 1.0, (160, 90), coding=Coding(sound=""))
    audio = AudioDecoder(file, 0.0, 1.0, loop=False)
    assert not read_all(audio, RATE).any()
    assert audio.missed == 0


def test_on_a_device_scenes_join_without_losing_a_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = tmp_path / "heard.raw"
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(heard))
    clips = [Clip(make_clip(tmp_path / f"{mark}.mkv", mark, 0.8, (160, 90))) for mark in (1, 2, 3)]
    screen, sound, losses = Screen(ScreenSettings(width=160, height=90), True), Sound(SoundSettings()), LossReporter()
    film = Film(screen, sound, losses, 100)
    film.play(1, "1", clips[0])
    film.prepare({"2": clips[1], "3": clips[2]})
    limit, asked = time.monotonic() + 20, 1
    while not film.playhead.ended and time.monotonic() < limit:
        now = time.monotonic()
        film.advance(now)
        film.draw(now)
        if film.playhead.entry == asked and asked < 3:
            asked += 1
            film.play(asked, str(asked), clips[asked - 1], at="end")
        time.sleep(max(0.0, film.next_deadline(now) - time.monotonic()))
    time.sleep(0.2)  # what is queued runs out
    film.close()
    sound.close()
    screen.close()
    stream = np.fromfile(heard, np.int16).reshape(-1, 2)
    marks, numbers = read_samples(stream)
    first = int(np.flatnonzero(marks == 1)[0])
    assert numbers[first] == 0, "the beginning of the first scene is not heard"
    expected = np.concatenate([np.arange(round(0.8 * RATE))] * 3)
    if sound.gaps == 0:  # a machine under load may starve the device; that is the benchmark's to measure
        assert (numbers[first : first + len(expected)] == expected).all()
        assert not marks[first + len(expected) :].any()
    assert heard.stat().st_size > 0


def test_a_scene_hears_its_part_of_one_long_sound_file(tmp_path: Path) -> None:
    """The forebears had one film file and one sound file, and scenes that are times in both."""
    film = make_clip(tmp_path / "film.mkv", 1, 2.0, (64, 36), coding=Coding(sound=""))
    sound = make_clip(tmp_path / "sound.mov", 7, 2.0, (160, 90))
    clip = Clip(film, 1.0, 1.5, sound=sound, sound_in_seconds=1.0)
    part = DecodedClip(clip, FrameScaler((64, 36), "fit"), ahead=4)
    try:
        wait_until(part.poll)
        assert part.audio is not None
        marks, numbers = read_samples(read_all(part.audio, RATE // 2))
    finally:
        part.close()
    assert (marks == 7).all()
    assert numbers[0] == RATE


@pytest.mark.parametrize(
    ("sound", "ending"),
    [("aac", "mp4"), ("alac", "mp4"), ("flac", "mp4"), ("pcm_s16le", "mov"), ("aac", "mkv"), ("mp2", "ts")],
)
def test_sound_is_heard_whole_though_the_pictures_beside_it_are_not_looked_at(
    sound: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To find out about seven pictures of 1920x1080 takes up to 25 MB for a moment, in each clip that may come next."""
    file = make_clip(tmp_path / f"a.{ending}", 1, 0.5, (320, 180), coding=Coding(sound=sound))
    with av.open(str(file)) as container:
        whole = np.concatenate([block for _, block in read_sound(container, probe(file), 0.1)])
    opened: list[dict[str, str]] = []
    usual = av.open

    def noting(*words: Any, **options: Any) -> Any:  # no mock: it only notes
        opened.append(options.get("options") or {})
        return usual(*words, **options)

    monkeypatch.setattr(av, "open", noting)
    decoder = AudioDecoder(file, 0.1, None, loop=False)
    wait_until(decoder.ready.is_set)
    decoder.join(10.0)
    assert decoder.failed == ""
    assert np.array_equal(decoder.read(0, len(whole)), whole)
    assert ["probesize" in options for options in opened] == [ending in ("mp4", "mov")]


def test_sound_that_is_led_by_another_screen_runs_a_little_quicker_without_a_click() -> None:
    tone = np.sin(2 * np.pi * 440 / RATE * np.arange(4 * RATE)).astype(np.float32)

    class Tone:
        def read(self, start: int, count: int) -> np.ndarray:
            return np.stack([tone[start : start + count]] * 2, axis=1) * np.float32(0.5)

    mixer = Mixer(1.0, mute=False)
    mixer.add(MixerVoice(Tone(), 0))
    mixer.mix(RATE // 10)
    mixer.rate, begun = 1.005, mixer.head
    heard = np.concatenate([mixer.mix(2048)[:, 0] for _ in range(40)]).astype(float) / 32768
    assert abs(mixer.head - begun - 40 * 2048 * 1.005) < 2, "so much of the programme passes"
    wanted = 0.5 * np.sin(2 * np.pi * 440 / RATE * (begun + np.arange(len(heard)) * 1.005))
    assert np.abs(heard - wanted).max() < 0.002, "between chunks, too"
