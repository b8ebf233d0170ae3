"""The sound device, through SDL itself: its own queue of samples, which its own thread empties.

pygame's mixer asks for Python's lock in the device's thread at the end of each chunk: a lock that others keep for a
moment stopped the device, and a chunk that was queued at that very moment was never played, nor any after it. Here the
device's thread needs nothing of Python, and how much it has yet to play is known to the sample.

Nothing here holds Python's lock while SDL works: ``pygame.mixer.init`` did while it looked, on a machine without a card
a tenth of a second now and then, which are three pictures.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import numpy as np
import pygame

from calibration.errors import Unavailable
from installation.film.alsa import silence_alsa
from installation.host.system_libraries import hint

SDL_INIT_AUDIO = 0x10
AUDIO_S16 = 0x8010
CHANNELS = 2
ALLOW_CHANNELS_CHANGE = 0x04
STOPPED = 0
"""SDL's word for a device that is gone (unplugged, or its sound server has ended): it goes on taking sound for ever,
and nobody hears it."""


class NoSoundDevice(Unavailable):
    """No sound device opens; the text says why, and what to install where something is missing."""


class _AudioSpec(ctypes.Structure):
    """SDL_AudioSpec of SDL 2."""

    _fields_ = (
        ("freq", ctypes.c_int),
        ("format", ctypes.c_uint16),
        ("channels", ctypes.c_uint8),
        ("silence", ctypes.c_uint8),
        ("samples", ctypes.c_uint16),
        ("padding", ctypes.c_uint16),
        ("size", ctypes.c_uint32),
        ("callback", ctypes.c_void_p),
        ("userdata", ctypes.c_void_p),
    )


class SoundDevice:
    """SDL's default device: 16 bit, stereo, ``rate`` samples a second, asked for in buffers of ``samples``.

    With ``second`` it has as many channels as the machine says, if these suffice for a second pair that begins at that
    channel, counted from 1; else it is stereo. It plays what is queued, and silence where nothing is. Raises
    ``NoSoundDevice``.
    """

    def __init__(self, rate: int, samples: int, second: int = 0) -> None:
        self._sdl = _sdl()
        silence_alsa()
        if self._sdl.SDL_InitSubSystem(SDL_INIT_AUDIO) != 0:
            raise NoSoundDevice(self._why())
        self._second, self.channels = second, CHANNELS
        self._number = self._open(rate, samples, second + 1 if second else CHANNELS)
        self.found = self.channels
        """How many channels it had when it was asked for a second pair."""
        if self._number and not self.has_second and second:
            self._sdl.SDL_CloseAudioDevice(self._number)
            self._number = self._open(rate, samples, CHANNELS)
        if not self._number:
            why = self._why()
            self._sdl.SDL_QuitSubSystem(SDL_INIT_AUDIO)
            raise NoSoundDevice(why)
        self.driver = (self._sdl.SDL_GetCurrentAudioDriver() or b"").decode(errors="replace")

    def _open(self, rate: int, samples: int, channels: int) -> int:
        spec, found = _AudioSpec(freq=rate, format=AUDIO_S16, channels=channels, samples=samples), _AudioSpec()
        any_number = ALLOW_CHANNELS_CHANGE if channels > CHANNELS else 0
        number = int(self._sdl.SDL_OpenAudioDevice(None, 0, ctypes.byref(spec), ctypes.byref(found), any_number))
        self.channels = found.channels if number else channels
        return number

    @property
    def has_second(self) -> bool:
        """Whether there is a second pair of channels, as was asked for."""
        return bool(self._second) and self.channels > self._second

    @property
    def waiting(self) -> int:
        """Samples that are queued and not handed to the device yet."""
        return int(self._sdl.SDL_GetQueuedAudioSize(self._number)) // (2 * self.channels)

    @property
    def is_there(self) -> bool:
        """Whether it takes sound for somebody to hear."""
        return bool(self._sdl.SDL_GetAudioDeviceStatus(self._number) != STOPPED)

    def queue(self, chunk: np.ndarray) -> None:
        """Let ``chunk``, int16 (n, 2) or with the second pair (n, 4), follow what is queued. Returns at once."""
        if chunk.shape[1] != CHANNELS or self.channels != CHANNELS:
            chunk = self._on_channels(chunk)
        raw = chunk.astype("<i2", copy=False).tobytes()
        self._sdl.SDL_QueueAudio(self._number, raw, len(raw))

    def _on_channels(self, chunk: np.ndarray) -> np.ndarray:
        if self.channels == CHANNELS:
            return chunk[:, :CHANNELS]
        out = np.zeros((len(chunk), self.channels), np.int16)
        out[:, :CHANNELS] = chunk[:, :CHANNELS]
        if self.has_second and chunk.shape[1] > CHANNELS:
            out[:, self._second - 1 : self._second + 1] = chunk[:, CHANNELS:]
        return out

    def pause(self, paused: bool) -> None:
        """Play silence, and keep what is queued; or go on with it. A device that was just opened is paused."""
        self._sdl.SDL_PauseAudioDevice(self._number, int(paused))

    def close(self) -> None:
        """Give it back; what is queued is not played."""
        self._sdl.SDL_CloseAudioDevice(self._number)
        self._sdl.SDL_QuitSubSystem(SDL_INIT_AUDIO)

    def _why(self) -> str:
        return (self._sdl.SDL_GetError() or b"").decode(errors="replace") + hint("sound")


@cache
def _sdl() -> ctypes.CDLL:
    """The SDL that pygame brings, and that has the window. Raises ``NoSoundDevice``."""
    try:
        # A library's own dependencies are found through it, but on Windows, where SDL2.dll is loaded by that name.
        sdl = ctypes.CDLL("SDL2" if sys.platform == "win32" else pygame.base.__file__)
        number = ctypes.c_uint32
        for name, result, arguments in (
            ("SDL_InitSubSystem", ctypes.c_int, [number]),
            ("SDL_QuitSubSystem", None, [number]),
            ("SDL_GetError", ctypes.c_char_p, []),
            ("SDL_GetCurrentAudioDriver", ctypes.c_char_p, []),
            (
                "SDL_OpenAudioDevice",
                number,
                [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(_AudioSpec), ctypes.c_void_p, ctypes.c_int],
            ),
            ("SDL_CloseAudioDevice", None, [number]),
            ("SDL_PauseAudioDevice", None, [number, ctypes.c_int]),
            ("SDL_GetAudioDeviceStatus", ctypes.c_int, [number]),
            ("SDL_GetQueuedAudioSize", number, [number]),
            ("SDL_QueueAudio", ctypes.c_int, [number, ctypes.c_char_p, number]),
        ):
            function = getattr(sdl, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError) as error:
        raise NoSoundDevice(f"pygame's SDL cannot be called ({error})") from error
    return sdl
