"""What SDL knows of sound devices and pygame does not tell: can one be opened, and is the open one still there.

``pygame.mixer.init`` keeps Python's lock while it looks: on a machine without a card a tenth of a second now and then,
which are three pictures. So SDL itself is asked, and pygame only when SDL says yes. And a device that is unplugged, or
whose sound server ends, goes on taking sound from pygame for ever, and nobody hears it.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache

import pygame

from installation.film.alsa import silence_alsa

SDL_INIT_AUDIO = 0x10
AUDIO_S16 = 0x8010
DEVICES = range(1, 17)
"""SDL's numbers of open devices. One that is gone, like one that is not open, is stopped (0)."""


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


@cache
def _sdl() -> ctypes.CDLL | None:
    """The SDL that pygame uses; None where it cannot be called."""
    try:
        # A library's own dependencies are found through it, but on Windows, where SDL2.dll is loaded by that name.
        sdl = ctypes.CDLL("SDL2" if sys.platform == "win32" else pygame.base.__file__)
        sdl.SDL_GetAudioDeviceStatus.argtypes = [ctypes.c_uint32]
    except (OSError, AttributeError):
        return None
    return sdl


def device_is_there() -> bool:
    """Whether the device that is open takes sound for somebody to hear; also True where SDL cannot be asked."""
    sdl = _sdl()
    return sdl is None or any(sdl.SDL_GetAudioDeviceStatus(number) for number in DEVICES)


def device_answers(rate: int, samples: int) -> bool:
    """Open the default device for a moment. Also True where SDL cannot be asked: then pygame's own try decides."""
    sdl = _sdl()
    if sdl is None:
        return True
    opening = sdl.SDL_OpenAudioDevice
    silence_alsa()
    if sdl.SDL_InitSubSystem(SDL_INIT_AUDIO) != 0:
        return False
    spec = _AudioSpec(freq=rate, format=AUDIO_S16, channels=2, samples=samples)
    opening.restype = ctypes.c_uint32
    opening.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.POINTER(_AudioSpec), ctypes.c_void_p, ctypes.c_int]
    device = opening(None, 0, ctypes.byref(spec), None, 0)
    if device:
        sdl.SDL_CloseAudioDevice(ctypes.c_uint32(device))
    sdl.SDL_QuitSubSystem(SDL_INIT_AUDIO)
    return bool(device)
