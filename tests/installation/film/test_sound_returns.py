"""A sound card that goes and comes back: SDL's dummy device is the card, a driver that is none stands for its lack."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from calibration.settings import ScreenSettings, SoundSettings
from installation.bench.marked_clip import make_clip, read_samples
from installation.film.audio_decoder import RATE, AudioDecoder
from installation.film.film import Film
from installation.film.playback import open_playback
from installation.film.sound import BUFFER, CHUNK, HANDED, JOINING_CHUNKS
from installation.film.sound_device import SoundDevice, _sdl
from installation.host.console import LossReporter
from scenes.story.clip import Clip
from tests.installation.film.cinema import PATIENCE_SECONDS, wait_until
from tests.installation.film.test_film_sound import read_all
from tests.installation.killing import kill, thread_named

needs_usleep = pytest.mark.skipif(sys.platform == "win32", reason="no usleep: Python's lock was not held for long")


class House:
    """A film that plays by the machine's own clock, and what is mixed for the device."""

    def __init__(self, film: Film, losses: LossReporter) -> None:
        self.film, self.losses = film, losses
        self.heard: list[np.ndarray] = []
        mix = film.sound.mixer.mix

        def kept(count: int) -> np.ndarray:
            self.heard.append(mix(count))
            return self.heard[-1]

        film.sound.mixer.mix = kept  # type: ignore[method-assign]

    def run(self, seconds: float) -> None:
        """Let it play."""
        until = time.monotonic() + seconds
        while (now := time.monotonic()) < until:
            self.film.advance(now)
            self.film.draw(now)
            time.sleep(0.005)


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr("installation.film.sound.RETRY_SECONDS", 0.2)
    monkeypatch.setenv("SDL_AUDIODRIVER", "there-is-none")
    losses = LossReporter()
    with open_playback(ScreenSettings(width=160, height=90), SoundSettings(), losses, headless=True) as film:
        wait_until(lambda: losses.is_lost("sound"))
        yield House(film, losses)


def test_a_card_that_comes_back_in_mid_loop_is_heard_in_time_with_the_picture(house: House, tmp_path: Path) -> None:
    loop = Clip(make_clip(tmp_path / "loop.mkv", 3, 0.5, (160, 90)), loop=True)
    house.film.play(1, "loop", loop)
    house.run(1.5)  # three passes in silence, and several tries
    assert house.losses.errors == 1 + house.losses.is_lost("captions font")
    assert not house.heard
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    for _ in range(100):
        house.run(0.1)
        if len(house.heard) > 16:
            break
    assert not house.losses.is_lost("sound")
    marks, numbers = read_samples(np.concatenate(house.heard))
    sound, on = house.film.sound, house.film.on_screen
    assert on is not None
    begin = sound.mixer.head - len(marks) - round((on.start or 0.0) * RATE)  # of what was heard, in the loop
    assert (marks[-RATE // 4 :] == 3).all()
    expected = (begin + np.arange(len(marks))) % (RATE // 2)
    assert (numbers[-RATE // 4 :] == expected[-RATE // 4 :]).all()


def test_a_loop_that_nobody_heard_for_days_is_decoded_from_where_it_is_now(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "loop.mkv", 3, 0.5, (160, 90))
    week = 7 * 86_400 * RATE
    for length in (0.5, None):  # a scene's loop; a bed, as long as its file
        audio = AudioDecoder(file, 0.0, length, loop=True)
        wait_until(audio.ready.is_set)
        audio.read(week, 1)
        wait_until(lambda audio=audio: audio._head >= week + 4800)  # type: ignore[misc]
        numbers = read_samples(read_all(audio, RATE // 2, week))[1]
        assert (numbers == np.arange(RATE // 2)).all()


@pytest.mark.parametrize(("starved_from", "lost"), [(1e9, True), (0.0, False)], ids=["idle", "starved"])
def test_a_device_that_takes_no_more_is_lost_unless_the_machine_is_too_busy_to_ask_it(
    monkeypatch: pytest.MonkeyPatch, starved_from: float, lost: bool
) -> None:
    monkeypatch.setattr("installation.film.sound.STALLED_POLLS", 100)
    monkeypatch.setattr("installation.film.sound.STARVED_POLL_SECONDS", starved_from)
    losses = LossReporter()
    with open_playback(ScreenSettings(width=160, height=90), SoundSettings(), losses, headless=True) as film:
        wait_until(lambda: film.sound.ok)
        for number in range(1, 17):  # SDL's, of whatever is open: from now on no chunk is played
            _sdl().SDL_PauseAudioDevice(number, 1)
        time.sleep(1.5)
        assert losses.is_lost("sound") is lost


def test_looking_for_a_card_does_not_hold_the_film_up() -> None:
    """SDL's dummy device takes some 60 ms to close: what else this process does goes on in the midst of that."""
    calls: list[tuple[float, float]] = []

    def look() -> None:
        for _ in range(20):
            begun = time.monotonic()
            SoundDevice(RATE, 1024).close()
            calls.append((begun, time.monotonic()))

    looking, ticks = threading.Thread(target=look), [time.monotonic()]
    looking.start()
    while looking.is_alive():
        time.sleep(0.001)
        ticks.append(time.monotonic())
    amidst = sum(
        begun + 0.3 * (ended - begun) < tick < ended - 0.3 * (ended - begun) for begun, ended in calls for tick in ticks
    )
    assert amidst > len(calls) / 2


def test_while_the_sounds_thread_is_dead_the_film_goes_on_by_the_machines_clock(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.host.worker.WAITS", (1000.0,))
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    wait_until(lambda: house.film.sound.ok)
    house.film.play(1, "loop", Clip(make_clip(tmp_path / "loop.mkv", 3, 0.5, (160, 90)), loop=True))
    house.run(0.5)
    kill(thread_named("sound"))
    wait_until(lambda: house.losses.is_lost("sound thread"))
    sound, before = house.film.sound, house.film.playhead.seconds
    assert not sound.ok
    house.run(1.0)
    assert house.film.playhead.seconds > before + 0.5
    assert abs(sound.mixed / RATE - sound.clock.latest) < 0.01  # a change of scene waits for no sample that never comes


def test_a_device_that_is_gone_though_it_goes_on_taking_sound_is_told_and_looked_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.environ["SDL_AUDIODRIVER"] = "dummy"
    wait_until(lambda: house.film.sound.ok)
    with monkeypatch.context() as unplugged:  # in the place of SDL's word for it; a real one: test_pulseaudio.py
        unplugged.setattr(SoundDevice, "is_there", False)
        wait_until(lambda: house.losses.is_lost("sound"))
        assert not house.film.sound.ok
    wait_until(lambda: house.film.sound.ok)
    assert not house.losses.is_lost("sound")


def test_a_device_that_comes_back_and_begins_late_does_not_make_the_picture_wait(house: House) -> None:
    sound, now = house.film.sound, time.monotonic()
    begun = sound.clock.at(now)
    for _ in range(20):  # two seconds, in which the device takes nothing
        now += 0.1
        sound.clock.at(now)
    sound._joining, sound.mixer.head = JOINING_CHUNKS, round(begun * RATE) + 2 * CHUNK
    sound._heard(now, sound.mixer.head - CHUNK)
    assert sound.clock.at(now) == pytest.approx(begun + 2.0, abs=0.01)
    assert sound.mixer.head / RATE == pytest.approx(begun + 2.0 + 2 * CHUNK / RATE - (CHUNK - HANDED) / RATE, abs=0.01)
    sound._joining = 0  # later on the picture follows the sound
    sound._heard(now, round(begun * RATE) + HANDED)
    assert sound.clock.at(now) == pytest.approx(begun, abs=0.01)


def hold_pythons_lock(seconds: float) -> None:
    """A library that forgets to release it."""
    ctypes.PyDLL(None).usleep(round(seconds * 1e6))


@needs_usleep
def test_the_device_needs_nothing_of_python_to_play_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """pygame's mixer asks for Python's lock in the device's own thread, at the end of each chunk."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    device = SoundDevice(RATE, BUFFER)
    device.queue(np.zeros((RATE // 10, 2), np.int16))
    device.pause(False)
    limit = time.monotonic() + PATIENCE_SECONDS
    while device.waiting and time.monotonic() < limit:  # once, but where the device's thread has no processor
        hold_pythons_lock(0.3)
    assert not device.waiting
    device.close()


@needs_usleep
def test_a_sound_that_ran_dry_again_and_again_goes_on_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A chunk queued at the very moment at which pygame's mixer ran dry was never played, nor any after it."""
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    losses = LossReporter()
    with open_playback(ScreenSettings(width=160, height=90), SoundSettings(), losses, headless=True) as film:
        sound = film.sound
        wait_until(lambda: sound.ok)
        for number in range(1, 7):
            hold_pythons_lock(0.2)
            wait_until(lambda number=number: sound.gaps >= number or losses.is_lost("sound"))  # type: ignore[misc]
            before = sound.mixer.head
            wait_until(lambda before=before: sound.mixer.head > before + CHUNK or losses.is_lost("sound"))  # type: ignore[misc]
        assert not losses.is_lost("sound")
