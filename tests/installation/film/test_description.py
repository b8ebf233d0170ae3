"""The audio description is heard in step with its scene, on channels of its own, and its loss is its own."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import Coding, make_clip
from installation.film.audio_decoder import RATE
from installation.film.film import Film
from installation.film.mixer import Mixer
from installation.film.mixer_voice import MixerVoice
from installation.film.playback import open_playback
from installation.film.sound_device import SoundDevice
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from tests.installation.waiting import LONG, wait_until

SECONDS = 0.6


@pytest.fixture
def clip(tmp_path: Path) -> Clip:
    """A film whose own sound and whose description count their samples, up and down."""
    numbers = np.arange(1, round(SECONDS * RATE) + 1, dtype="<i2")
    for name, counted in (("own", numbers), ("spoken", -numbers)):
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as file:
            file.setparams((2, 2, RATE, 0, "NONE", ""))
            file.writeframes(np.repeat(counted[:, None], 2, axis=1).tobytes())
    film = make_clip(tmp_path / "film.mkv", 1, SECONDS, (64, 36), coding=Coding(sound=""))
    return Clip(film, sound=tmp_path / "own.wav", description=tmp_path / "spoken.wav")


def play_until(film: Film, true: Callable[[], bool]) -> None:
    limit = time.monotonic() + 20
    while not true() and time.monotonic() < limit:
        now = time.monotonic()
        film.advance(now)
        film.draw(now)
        time.sleep(0.005)


@pytest.mark.parametrize("channel", [3, 7])
def test_on_a_device_film_and_description_are_in_step_each_on_its_pair_of_channels(
    clip: Clip, channel: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, losses = tmp_path / "heard.raw", LossReporter()
    monkeypatch.setenv("SDL_AUDIODRIVER", "disk")
    monkeypatch.setenv("SDL_DISKAUDIOFILE", str(heard))
    settings = SoundSettings(description_channel=channel)
    with open_playback(ScreenSettings(width=160, height=90), settings, losses, headless=True) as film:
        wait_until(lambda: film.sound.ok, LONG)
        film.play(1, "a", Clip(clip.file))
        play_until(film, lambda: film.playhead.entry == 1)
        film.play(2, "b", clip, at="end")  # its sounds are opened while the first plays
        play_until(film, lambda: film.playhead.entry == 2 and film.playhead.ended)
        spoken_on = film._soundtrack._description._on
        assert spoken_on is not None
        gaps, missed = film.sound.gaps, spoken_on.audio.missed
        time.sleep(0.2)
    out = np.fromfile(heard, np.int16).reshape(-1, channel + 1).astype(int)
    assert set(losses.lost_names()) <= {"captions font"}  # a machine may have no fonts
    own, spoken = out[:, :2], out[:, channel - 1 :]
    assert not np.delete(out, [0, 1, channel - 1, channel], axis=1).any()
    assert own.any()
    both = own[:, 0].astype(bool) & spoken[:, 0].astype(bool)
    if gaps == 0 and missed == 0:  # a machine under load may starve it
        assert both.sum() == round(RATE * SECONDS)
    assert (own[both] == -spoken[both]).all()


def test_without_a_second_pair_of_channels_the_film_is_heard_and_it_is_told(
    clip: Clip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mock of a stereo device: SDL's own devices have as many channels as they are asked for."""
    monkeypatch.setattr(SoundDevice, "has_second", False)
    losses = LossReporter()
    with open_playback(
        ScreenSettings(width=160, height=90), SoundSettings(description_channel=3), losses, headless=True
    ) as film:
        wait_until(lambda: film.sound.ok, LONG)
        film.play(1, "a", clip)
        play_until(film, lambda: film.playhead.ended)
        assert film.sound.ok
        assert losses.is_lost("audio description")
        assert film.sound.mixer.mix(10).shape == (10, 2)


def test_a_description_that_cannot_be_read_is_its_own_loss(clip: Clip, tmp_path: Path) -> None:
    spoken = tmp_path / "spoken.wav"
    spoken.write_bytes(b"no sound")
    losses = LossReporter()
    with open_playback(
        ScreenSettings(width=160, height=90), SoundSettings(description_channel=3), losses, headless=True
    ) as film:
        wait_until(lambda: film.sound.ok, LONG)
        film.play(1, "a", clip)
        play_until(film, lambda: film.playhead.ended)
        assert film.playhead.entry == 1
        assert not film.playhead.failed
        assert losses.is_lost("audio description of scene a")


def test_a_change_that_does_not_happen_leaves_the_description_that_is_heard(clip: Clip) -> None:
    with open_playback(
        ScreenSettings(width=160, height=90), SoundSettings(description_channel=3), LossReporter(), headless=True
    ) as film:
        described = film._soundtrack._description
        film.play(1, "a", clip)
        following, limit = Clip(clip.file), time.monotonic() + 20
        while film.playhead.entry == 0 and time.monotonic() < limit:
            film.advance(time.monotonic())
            time.sleep(0.005)
        heard = described._on
        assert heard is not None
        film.play(2, "b", following, at="end")
        while described._on is not None and time.monotonic() < limit:
            film.advance(time.monotonic())
            time.sleep(0.005)
        film._forget_next()
        assert described._on is heard
        assert heard.voice.end > 2**60
        assert described._old == []


class Constant:
    """Audio of one value."""

    def __init__(self, value: float) -> None:
        self.value = value

    def read(self, start: int, count: int) -> np.ndarray:
        """The same, whatever is asked for."""
        del start
        return np.full((count, 2), self.value, np.float32)


def test_volume_and_silence_go_for_the_description_too() -> None:
    mixer = Mixer(0.5, mute=False)
    mixer.pairs = 2
    mixer.add(MixerVoice(Constant(0.5), 0))
    mixer.add(MixerVoice(Constant(0.25), 0), described=True)
    assert mixer.mix(1)[0].tolist() == [8192, 8192, 4096, 4096]
    mixer.set_mute(True)
    mixer.mix(RATE)
    assert not mixer.mix(1).any()
