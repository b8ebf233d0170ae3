"""The sound: mixed chunks put into the device's own queue by a reader of its own.

Measured (FILM.md): what calls back into Python from the device's thread drops out whenever another thread holds the
process's lock; SDL's own queue does not.
"""

from __future__ import annotations

import threading
import time

from calibration.settings import SoundSettings
from installation.film.audio_decoder import RATE
from installation.film.clock import JUMP_SECONDS, FilmClock
from installation.film.mixer import Mixer
from installation.film.sound_device import NoSoundDevice, SoundDevice
from installation.host.console import LossReporter
from installation.host.priority import SOUND, set_thread_priority
from installation.host.worker import Worker

BUFFER = 1024
CHUNK = 2 * BUFFER
"""43 ms; whole device buffers."""
QUEUED = 4 * BUFFER
"""Mixed ahead at least: for so long (85 ms) the reader may be kept from its work, and nothing is heard of it."""
HANDED = 2 * BUFFER
"""What the device has taken last is heard one buffer later: while it takes one, the one before begins. Measured with
SDL's disk driver (``chiaro bench film``)."""
STALLED_POLLS = 700
"""About 2 s. Polls are counted rather than seconds, since a machine that was suspended has not lost its sound."""
STARVED_POLL_SECONDS = 0.0042
"""Polls that take longer on average do so on a machine so busy that the device's own thread does not run either."""
RETRY_SECONDS = 20.0
JOINING_CHUNKS = 8
"""After a loss, for so many chunks the sound follows the picture; from then on the picture follows the sound."""
POLL_SECONDS = 0.003
PAUSE_POLL_SECONDS = 0.05


def try_device(second: int = 0) -> tuple[str, str]:
    """Open the device for a moment, as the film would: what it is, in words, and why it has no ``second`` pair of
    channels, if it should have. Raises ``NoSoundDevice``.
    """
    device = SoundDevice(RATE, BUFFER, second)
    driver, lacking = device.driver, _lacking(device, second)
    device.close()
    return f"{RATE} Hz, 16 bit, stereo (driver: {driver})", lacking


def _lacking(device: SoundDevice, second: int) -> str:
    if not second or device.has_second:
        return ""
    return f"sound.description_channel = {second} needs {second + 1} channels, and the sound device has {device.found}"


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
        self.describes = settings.description_channel > 0
        """Whether an audio description is wanted here."""
        self._second = settings.description_channel
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
            self._play()
            self._closing.wait(RETRY_SECONDS)

    def _play(self) -> None:
        """Open the device and feed it, until closed or until it is lost."""
        why = ""
        try:
            device = SoundDevice(RATE, BUFFER, self._second)
        except NoSoundDevice as error:
            self._losses.lost("sound", f"{error}; the film continues in silence")
            return
        self._joining = JOINING_CHUNKS if self._losses.is_lost("sound") else 0
        self._losses.back("sound")
        self.mixer.pairs = 2 if device.has_second else 1
        if lacking := _lacking(device, self._second):
            self._losses.lost("audio description", f"{lacking}; the film's own sound is heard all the same")
        else:
            self._losses.back("audio description")
        try:
            why = self._feed(device)
        finally:  # also when this thread dies
            self.ok = False
            self.clock.free_run(time.monotonic())
            device.close()
        if why:
            self._losses.lost("sound", f"{why}; the film continues in silence")

    def _feed(self, device: SoundDevice) -> str:
        """Queue chunk after chunk until closed, or until the device accepts no more; returns why it ended."""
        paused, stuck, since = False, 0, 0.0
        self._begin(device)
        device.pause(False)
        self.ok = True
        turn = time.monotonic()
        while not self._closing.is_set():
            if self._stir.wait(max(POLL_SECONDS, turn - time.monotonic() - POLL_SECONDS)):
                self._stir.clear()
            if paused != self._paused:
                paused = self._paused
                device.pause(paused)
            now, waiting = time.monotonic(), device.waiting
            if not device.is_there:
                return "the sound device is gone"
            if paused:
                turn = now + PAUSE_POLL_SECONDS
            elif waiting > QUEUED:
                stuck, since = stuck + 1, now if stuck == 0 else since
                if stuck > STALLED_POLLS:
                    if now - since < STARVED_POLL_SECONDS * STALLED_POLLS:
                        return "the device accepts no more sound"
                    stuck = 0
            else:
                stuck = 0
                if waiting:
                    self._heard(now, self.mixer.head - waiting)
                    self._fill(device)
                else:
                    self.gaps += 1
                    self._begin(device, dry=self.mixer.head)
                turn = now + (device.waiting - QUEUED) / RATE
        return ""

    def _begin(self, device: SoundDevice, dry: int | None = None) -> None:
        """Begin where the programme is by now, or after sample ``dry``, before which the device ran dry."""
        due = round(self.clock.at(time.monotonic()) * RATE) + HANDED
        self.mixer.head = due if dry is None else after_gap(dry, due)
        self.clock.forget()
        self._fill(device)

    def _fill(self, device: SoundDevice) -> None:
        for _ in range((QUEUED - device.waiting) // CHUNK + 1):
            device.queue(self.mixer.mix(CHUNK))

    def _heard(self, now: float, taken: int) -> None:
        """The device has taken all samples before ``taken``.

        A device that comes back in mid-film, and begins to play only seconds later, joins the picture where that is.
        """
        heard = (taken - HANDED) / RATE
        late, self._joining = self.clock.at(now) - heard, max(0, self._joining - 1)
        if self._joining and late > JUMP_SECONDS:
            self.mixer.head += round(late * RATE)
        else:
            self.clock.observe(now, heard)


def after_gap(dry: int, due: int) -> int:
    """The sample to go on with on a device that ran dry before sample ``dry``, when ``due`` is the programme's by now.

    The sound is the film's clock: after a short gap nothing is left out, and the picture waits for it unseen. Only what
    is too long for that is left out, in whole buffers, as a device is silent for.
    """
    late = max(0, due - dry)
    return dry if late < JUMP_SECONDS * RATE else dry + late // BUFFER * BUFFER
