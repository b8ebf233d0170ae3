"""The sound in the room: voices mixed in numpy, queued on one mixer channel by a reader of its own.

Measured (FILM.md): chunks queued on one Channel join sample by sample; SDL's callback into Python deadlocks and drops
out whenever another thread holds the process's lock.
"""

from __future__ import annotations

import threading
import time

import numpy as np
import pygame

from calibration.settings import SoundSettings
from installation.console import Teller
from installation.film.clock import FilmClock
from installation.film.track import RATE
from installation.film.voice import Ramp, Voice

BUFFER = 1024
CHUNK = 3 * BUFFER
"""64 ms; whole device buffers, so that a chunk always begins with one."""
STALLED_SECONDS = 2.0
POLL_SECONDS = 0.003
SMOOTH = RATE // 50


class Sound:
    """The mixer and the film's clock. With no device it is silent and the clock runs by monotonic time.

    A device that cannot be opened, or that stops taking sound, is told once and tried again when ``retry`` is called
    (between scenes).
    """

    def __init__(self, settings: SoundSettings, teller: Teller | None = None) -> None:
        self.clock = FilmClock()
        self.ok = False
        self.gaps = 0
        """Times that the device ran dry."""
        self._teller = teller or Teller()
        self._voices: list[Voice] = []
        self.changing = threading.Lock()
        """Held while voices are changed, so that no chunk is mixed from half a change."""
        self._head = 0
        self._volume = settings.volume
        self._mute = settings.mute
        self._master = Ramp(0.0 if self._mute else self._volume)
        self._paused = False
        self._stir = threading.Event()
        self._stir.set()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="sound", daemon=True)
        self._thread.start()

    @property
    def head(self) -> int:
        """The next sample of the programme that will be mixed; what comes before it can no longer be changed."""
        if self.ok:
            return self._head
        return round(self.clock.at(time.monotonic()) * RATE)

    def add(self, voice: Voice) -> None:
        """Let ``voice`` be heard from its start on."""
        with self.changing:
            self._voices.append(voice)

    def volume(self, volume: float) -> None:
        """The room's volume, 0 to 1."""
        self._volume = volume
        self._go()

    def mute(self, mute: bool) -> None:
        """Silence, or the volume as it was."""
        self._mute = mute
        self._go()

    def pause(self, paused: bool) -> None:
        """Stop where it is, to the sample; or go on from there."""
        self._paused = paused
        self.clock.pause(paused, time.monotonic())
        self._stir.set()

    def retry(self) -> None:
        """Try the device again if it is lost."""
        if not self.ok:
            self._stir.set()

    def close(self) -> None:
        """Stop the sound and give the device back."""
        self._closed = True
        self._stir.set()
        self._thread.join(3.0)

    def _go(self) -> None:
        with self.changing:
            self._master.go(0.0 if self._mute else self._volume, self._head, SMOOTH)

    def _run(self) -> None:
        while True:
            self._stir.wait()
            self._stir.clear()
            if self._closed:
                return
            try:
                pygame.mixer.init(RATE, -16, 2, BUFFER, allowedchanges=0)
            except pygame.error as error:
                self._teller.lost("sound", f"{error}; the film goes on in silence")
                continue
            self._teller.back("sound")
            try:
                why = self._feed(pygame.mixer.Channel(0))
            except pygame.error as error:
                why = str(error)
            self.ok = False
            self.clock.free_run(time.monotonic())
            pygame.mixer.quit()
            if why:
                self._teller.lost("sound", f"{why}; the film goes on in silence")

    def _feed(self, channel: pygame.mixer.Channel) -> str:
        """Queue chunk after chunk until closed, or until the device takes no more; says why it ended."""
        queued, paused = self._start(channel), False
        self.ok = True
        next_turn = time.monotonic() + CHUNK / RATE
        while not self._closed:
            if self._stir.wait(max(POLL_SECONDS, next_turn - time.monotonic() - 0.002)):
                self._stir.clear()
            if paused != self._paused:
                paused = self._paused
                (channel.pause if paused else channel.unpause)()
                next_turn = time.monotonic()
            now = time.monotonic()
            if paused:
                next_turn = now + 0.01
                continue
            if channel.get_queue() is not None:
                if now > next_turn + STALLED_SECONDS:
                    return "the device takes no more sound"
                continue
            if not channel.get_busy():
                self.gaps += 1
                queued = self._start(channel)
            else:
                self._heard(now, queued)
                queued = self._head
                channel.queue(self._chunk())
            next_turn = now + CHUNK / RATE
        channel.stop()
        return ""

    def _start(self, channel: pygame.mixer.Channel) -> int:
        """Begin, or begin again after a gap, where the programme is by now; the first sample of the queued chunk."""
        self._head = round(self.clock.at(time.monotonic()) * RATE) + BUFFER
        channel.play(self._chunk())
        queued = self._head
        channel.queue(self._chunk())
        return queued

    def _heard(self, now: float, first: int) -> None:
        """The chunk that begins with sample ``first`` was handed to the device: it is heard one buffer later."""
        self.clock.observe(now, (first - BUFFER) / RATE)

    def _chunk(self) -> pygame.mixer.Sound:
        out = np.zeros((CHUNK, 2), np.float32)
        with self.changing:
            for voice in self._voices:
                voice.mix_into(out, self._head)
            out *= self._master.at(np.arange(self._head, self._head + CHUNK))[:, None]
            self._head += CHUNK
            self._voices = [voice for voice in self._voices if voice.end > self._head]
        return pygame.mixer.Sound(buffer=np.clip(np.rint(out * 32768), -32768, 32767).astype(np.int16).tobytes())
