"""The music of the crossing in four parts of one length, which fit however loud each is.

All stand on D, A, E, G and C; the bright one has no third, so that it rubs against none of the others.
"""

from __future__ import annotations

from collections.abc import Callable

from scenes.demo.making.drawing import Array
from scenes.demo.making.score import LOUD
from scenes.demo.making.sound import Mix, bell, bowed, choir, drone, drum, finished, pluck, reverb


def _deep(s: float) -> Array:
    mix = Mix(s)
    for at, note in ((0.0, "D3"), (8.0, "A2"), (12.0, "D3")):
        mix.lay(bowed(note, 8.0, int(at), 0.4, 2.0, 3.0), at, 0.35, 0.45)
    return reverb(mix.sound, 4, 0.4) + 0.32 * drone("D2", s, 1, 0.36) + 0.2 * drone("A2", s, 2, 0.3)


def _bright(s: float) -> Array:
    mix, tune = (
        Mix(s),
        "D5 A5 E5 G5 A5 D6 E5 A5 C6 G5 D5 A5 E6 D6 A5 G5 D5 A5 E5 G5 A5 D6 E6 A6 D6 A5 G5 E5 D5 A4 D5 A5",
    )
    for k, note in enumerate(tune.split()):
        mix.lay(pluck(note[:-1] + str(int(note[-1]) - 1), 2.0, 0.9), 0.5 * k, 0.5, 0.3 + 0.4 * (k % 3) / 2)
        if k % 2 == 0:
            mix.lay(bell(note, 3, 1.3), 0.5 * k, 0.3, 0.65)
    for k, note in enumerate(("D4", "A4", "E4", "A4")):
        mix.lay(bowed(note, 5.2, 40 + k, 0.5, 1.0, 1.6), 4 * k, 0.35, 0.3 + 0.13 * k)
    return reverb(mix.sound, 3.5, 0.42)


def _grieving(s: float) -> Array:
    mix = Mix(s)
    for at, note in ((0.0, "F3"), (4.0, "G3"), (8.0, "F3"), (12.0, "E3")):
        mix.lay(bowed(note, 5.0, 20 + int(at), 0.62, 0.9, 1.4), at, 0.9, 0.4)
        mix.lay(choir(note[:-1] + "4", 5.0, 30 + int(at), 1.2, 1.6), at, 1.0, 0.6)
    return reverb(mix.sound, 4.5, 0.5, 2600)


def _pulse(s: float) -> Array:
    mix = Mix(s)
    for k in range(int(s)):
        for late, level in ((0.0, 1.0), (0.5, 0.45), (0.75, 0.6)):
            mix.lay(drum(0.9, 46, 0.8, k), k + late, 0.55 * level)
        mix.lay(pluck("D2" if k % 4 < 3 else "C2", 1.2, 1.0), k, 0.9, 0.4)
        mix.lay(pluck("D3" if k % 4 < 3 else "C3", 0.7, 1.0), k + 0.5, 0.5, 0.6)
    return reverb(mix.sound, 2.4, 0.25)


STEMS: dict[str, tuple[Callable[[float], Array], float]] = {
    "deep": (_deep, -3.0),
    "bright": (_bright, -2.0),
    "grieving": (_grieving, -2.0),
    "pulse": (_pulse, -2.0),
}
"""Who plays each stem, and how loud beside ``LOUD``: the ground with one other is as loud as a scene."""


def play_stem(name: str, seconds: float) -> Array:
    """The finished sound of a stem, (n, 2) from -1 to 1."""
    part, beside = STEMS[name]
    return finished(part(seconds), LOUD + beside, seconds)
