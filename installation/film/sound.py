"""The sound: mixed chunks queued on one mixer channel by a reader of its own.

Measured (FILM.md): chunks queued on one Channel join sample by sample; SDL's callback into Python deadlocks and drops
out whenever another thread holds the process's lock.
"""

from __future__ import annotations

import threading
import time

import pygame

from calibration.settings import SoundSettings
from installation.film.alsa import silence_alsa
from installation.film.audio_decoder import RATE
from installation.film.clock import JUMP_SECONDS, FilmClock
from installation.film.mixer import Mixer
from installation.film.sound_probe import device_answers, device_is_there
from installation.host.console import LossReporter
from installation.host.priority import SOUND, set_thread_priority
from installation.host.system_libraries import hint, missing_library
from installation.host.worker import Worker

BUFFER = 1024
CHUNK = 3 * BUFFER
"""64 ms; whole device buffers, so that a chunk always begins with one."""
HANDED = 2 * BUFFER
"""A chunk becomes the playing one when the last buffer of the one before is handed over; that buffer is heard one
buffer later, and the chunk after it. Measured with SDL's disk driver (``chiaro bench film``)."""
STALLED_POLLS = 700
"""About 2 s. Polls are counted rather than seconds, since a machine that was suspended has not lost its sound."""
STARVED_POLL_SECONDS = 0.0042
"""Polls that take longer on average do so on a machine so busy that the device's own thread does not run either."""
RETRY_SECONDS = 20.0
JOINING_CHUNKS = 8
"""After a loss, for so many chunks the sound follows the picture; from then on the picture follows the sound."""
POLL_SECONDS = 0.003
PAUSE_POLL_SECONDS = 0.05


def open_device() -> None:
    """Open SDL's sound device as the film wants it. Raises ``pygame.error``; the text says what to install."""
    silence_alsa()
    try:
        pygame.mixer.init(RATE, -16, 2, BUFFER, allowedchanges=0)
    except (NotImplementedError, ImportError) as error:  # pygame without its mixer: a library of the system is missing
        raise pygame.error(str(missing_library(error) or error)) from error
    except pygame.error as error:
        raise pygame.error(f"{error}{hint('sound')}") from error


class Sound:
    """The sound device and the film's clock. With no device it is silent and the clock runs by monotonic time.

    A device that cannot be opened, or that stops accepting sound, is reported once and tried again every 20 s.
    """

    def __init__(self, settings: SoundSettings, losses: LossReporter | None = None) -> None:
        self.clock = FilmClock()
        self.mixer = Mixer(settings.volume, settings.mute)
        self.ok = False
        self.gaps = 0
        """Times that the device ran dry."""
        self._losses = losses or LossReporter()
        self._paused, self._joining = False, 0
        self._closing, self._stir = threading.Event(), threading.Event()
        self._thread = Worker("sound", self._run, self._losses)
        self._thread.start()

    @property
    def mixed(self) -> int:
        """The first sample of the programme that can still be changed."""
        return self.mixer.head if self.ok else round(self.clock.latest * RATE)

    def pause(self, paused: bool, now: float) -> None:
        """Stop where it is, to the sample, or resume from there."""
        self._paused = paused
        self.clock.pause(paused, now)
        self._stir.set()

    def close(self) -> None:
        """Stop the sound and give the device back."""
        self._closing.set()
        self._stir.set()
        self._thread.end(3.0)

    def _run(self) -> None:
        set_thread_priority(SOUND)
        while not self._closing.is_set():
            if not self._losses.is_lost("sound") or device_answers(RATE, BUFFER):
                self._play()
            self._closing.wait(RETRY_SECONDS)

    def _play(self) -> None:
        """Open the device and feed it, until closed or until it is lost."""
        why = ""
        try:
            open_device()
        except pygame.error as error:
            self._losses.lost("sound", f"{error}; the film continues in silence")
            return
        self._joining = JOINING_CHUNKS if self._losses.is_lost("sound") else 0
        self._losses.back("sound")
        try:
            why = self._feed(pygame.mixer.Channel(0))
        except pygame.error as error:
            why = str(error)
        finally:  # also when this thread dies
            self.ok = False
            self.clock.free_run(time.monotonic())
            pygame.mixer.quit()
        if why:
            self._losses.lost("sound", f"{why}; the film continues in silence")

    def _feed(self, channel: pygame.mixer.Channel) -> str:
        """Queue chunk after chunk until closed, or until the device accepts no more; returns why it ended."""
        queued, paused, stuck, since = self._start(channel), False, 0, 0.0
        self.ok = True
        turn = time.monotonic() + CHUNK / RATE
        while not self._closing.is_set():
            if self._stir.wait(max(POLL_SECONDS, turn - time.monotonic() - POLL_SECONDS)):
                self._stir.clear()
            if paused != self._paused:
                paused = self._paused
                (channel.pause if paused else channel.unpause)()
            now = time.monotonic()
            if not device_is_there():
                return "the sound device is gone"
            if paused:
                turn = now + PAUSE_POLL_SECONDS
            elif channel.get_queue() is not None:
                stuck, since = stuck + 1, now if stuck == 0 else since
                if stuck > STALLED_POLLS:
                    if now - since < STARVED_POLL_SECONDS * STALLED_POLLS:
                        return "the device accepts no more sound"
                    stuck = 0
            elif channel.get_busy():
                stuck = 0
                self._heard(now, queued)
                queued, chunk = self.mixer.head, self._chunk()
                self.gaps += not channel.get_busy()  # it ran dry while this chunk was mixed, which now begins at once
                channel.queue(chunk)
                turn = now + CHUNK / RATE
            else:
                self.gaps += 1
                queued = self._start(channel, self.mixer.head)
                turn = now + CHUNK / RATE
        channel.stop()
        return ""

    def _start(self, channel: pygame.mixer.Channel, dry: int | None = None) -> int:
        """Begin where the programme is by now, or after sample ``dry``; the first sample of the queued chunk."""
        due = round(self.clock.at(time.monotonic()) * RATE) + HANDED
        self.mixer.head = due if dry is None else after_gap(dry, due)
        self.clock.forget()
        channel.play(self._chunk())
        queued = self.mixer.head
        channel.queue(self._chunk())
        return queued

    def _heard(self, now: float, first: int) -> None:
        """The chunk that begins with sample ``first`` has become the playing one.

        A device that comes back in mid-film, and begins to play only seconds later, joins the picture where that is.
        """
        heard = (first - HANDED) / RATE
        late, self._joining = self.clock.at(now) - heard, max(0, self._joining - 1)
        if self._joining and late > JUMP_SECONDS:
            self.mixer.head += round(late * RATE)
        else:
            self.clock.observe(now, heard)

    def _chunk(self) -> pygame.mixer.Sound:
        return pygame.mixer.Sound(buffer=self.mixer.mix(CHUNK).tobytes())


def after_gap(dry: int, due: int) -> int:
    """The sample to go on with on a device that ran dry before sample ``dry``, when ``due`` is the programme's by now.

    The sound is the film's clock: after a short gap nothing is left out, and the picture waits for it unseen. Only what
    is too long for that is left out, in whole buffers, as a device is silent for.
    """
    late = max(0, due - dry)
    return dry if late < JUMP_SECONDS * RATE else dry + late // BUFFER * BUFFER
