"""The music of the demo film. All of it stands on D: major for joy, minor for sorrow, with a hard E flat for anger."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import Array, f32
from scenes.demo.making.forge import strikes
from scenes.demo.making.silk import BEAT
from scenes.demo.making.sound import (
    Mix,
    anvil,
    bell,
    bowed,
    choir,
    crackle,
    drone,
    drum,
    filtered,
    finished,
    pluck,
    reverb,
    sample_times,
    wind,
)


def _waiting(s: float) -> Array:
    mix = Mix(s, loop=True)
    for at, note, level in (
        (1.0, "A4", 0.5),
        (1.5, "D5", 0.35),
        (9.0, "F4", 0.45),
        (9.5, "A4", 0.3),
        (13.2, "E5", 0.16),
    ):
        mix.lay(bell(note, 5, 1.6), at, 0.20 * level, 0.3 + 0.05 * at % 0.5)
    ground = 0.9 * drone("D2", s, 1, 0.36) + 0.35 * drone("A2", s, 2, 0.3) + 0.5 * drone("D1", s, 3, 0.4)
    return reverb(mix.sound, 5, 0.6, loop=True) + 0.22 * ground + 0.008 * wind(s, 200, 1800, 4)


def _kindling(s: float) -> Array:
    mix = Mix(s)
    for k, note in enumerate(("A5", "F5", "E5", "D5", "A4", "F4", "E4")):
        mix.lay(bell(note, 3, 2), 0.6 + 0.72 * k, 0.10, 0.75 - 0.05 * k)
    mix.lay(drum(2.5, 38, 0.1), 5.6, 0.5)
    for at, note in (
        (6.6, "D4"),
        (7.6, "A4"),
        (8.6, "F4"),
        (9.6, "E4"),
        (11.1, "D4"),
        (12.1, "A4"),
        (13.1, "C5"),
        (14.1, "D5"),
    ):
        mix.lay(pluck(note, 2.5, 0.7), at, 0.55, 0.45)
        mix.lay(bell(note, 3, 1.5), at, 0.12, 0.6)
    mix.lay(bowed("D3", s - 5.4, 1, 0.45, 3, 2), 5.4, 0.5, 0.4)
    mix.lay(bowed("A3", s - 7.4, 2, 0.4, 3, 2), 7.4, 0.35, 0.6)
    burning = np.clip((sample_times(s) - 5.5) / 1.5, 0, 1)[:, None]
    ground = 0.8 * drone("D2", s, 1, 0.36) + 0.5 * drone("D1", s, 3, 0.4)
    fire = 0.9 * crackle(s, 7, 5) + 0.012 * wind(s, 90, 500, 6)
    return reverb(mix.sound, 4, 0.45) + 0.2 * ground + f32(fire * burning) + 0.004 * wind(s, 200, 1800, 4)


def _rising(s: float) -> Array:
    mix = Mix(s)
    chords = (("D3", "A3", "D4", "F#4"), ("G2", "D3", "B3", "G4"), ("B2", "F#3", "D4", "B4"), ("A2", "E3", "C#4", "A4"))
    for bar, chord in enumerate(chords):
        for k, note in enumerate(chord):
            mix.lay(bowed(note, 5.2, 10 * bar + k, 0.5, 1.0, 1.6), 4 * bar, 0.42 + 0.05 * bar, 0.3 + 0.13 * k)
        scale = [chord[1], chord[2], chord[3], chord[2]]
        for step in range(16 if bar else 8):
            at = 4 * bar + (step * 0.25 if bar else step * 0.5)
            note = scale[step % 4]
            up = note[:-1] + str(int(note[-1]) + (1 if step % 8 > 3 else 0))
            mix.lay(pluck(up, 1.4, 0.8), at, 0.30 + 0.05 * bar, 0.25 + 0.5 * (step % 3) / 2)
    for at, note in (
        (2, "F#5"),
        (4, "D5"),
        (6, "G5"),
        (8, "F#5"),
        (10, "D5"),
        (11, "F#5"),
        (12, "A5"),
        (13, "E5"),
        (14, "C#6"),
        (15, "A5"),
    ):
        mix.lay(bell(note, 3, 1.3), at, 0.30, 0.5)
    return reverb(mix.sound, 3.5, 0.42) + 0.10 * drone("D2", s, 1, 0.4)


def _dancing(s: float) -> Array:
    mix = Mix(s)
    bars = (
        ("D3", "D5 A4 F#5 A4 E5 A4 D5 F#5"),
        ("G2", "G5 D5 B4 D5 A5 G5 F#5 D5"),
        ("D3", "F#5 A5 D5 F#5 A4 D5 E5 F#5"),
        ("A2", "E5 C#5 A4 C#5 E5 A5 G5 E5"),
        ("D3", "D5 F#5 A5 F#5 D6 A5 F#5 A5"),
        ("G2", "B5 G5 D5 G5 B5 A5 G5 F#5"),
        ("D3", "E5 F#5 A5 D6 A5 F#5 D5 D6"),
    )
    for bar, (low, tune) in enumerate(bars):
        start = bar * 4 * BEAT
        for beat in range(4):
            mix.lay(drum(0.7, 62, 0.6, beat), start + beat * BEAT, 0.42 if beat % 2 == 0 else 0.26)
            mix.lay(_tick(beat), start + (beat + 0.5) * BEAT, 0.09, 0.7)
            mix.lay(pluck(low, 0.9, 0.9), start + beat * BEAT, 0.5, 0.5)
            fifth = {"D3": "A3", "G2": "D3", "A2": "E3"}[low]
            mix.lay(pluck(fifth, 0.7, 0.9), start + (beat + 0.5) * BEAT, 0.32, 0.35)
        for k, note in enumerate(tune.split()):
            at = start + k * BEAT / 2
            mix.lay(pluck(note, 1.1, 1.0), at, 0.42, 0.4 + 0.2 * (k % 2))
            if bar > 1:
                mix.lay(bell(note, 1.4, 1.2), at, 0.14, 0.65)
        upper = {"D3": ("F#4", "A4"), "G2": ("G4", "B4"), "A2": ("E4", "C#5")}[low]
        for k, note in enumerate(upper):
            mix.lay(bowed(note, 2.4, bar * 3 + k, 0.55, 0.2, 0.5), start, 0.26 + 0.04 * bar, 0.35 + 0.3 * k)
    return reverb(mix.sound, 2.2, 0.26)


def _tick(seed: int) -> Array:
    t = sample_times(0.12)
    noise = np.random.default_rng(seed).standard_normal(len(t)) * np.exp(-t * 55)
    return filtered(f32(noise), lambda hz: np.clip((hz - 2500) / 4000, 0, 1))


def _weeping(s: float) -> Array:
    mix = Mix(s)
    for at, note, long in ((0.4, "D3", 4.0), (3.6, "F3", 2.4), (5.4, "E3", 3.2), (8.0, "Bb2", 3.6), (11.0, "A2", 5.0)):
        mix.lay(bowed(note, long, int(at * 10), 0.62, 0.7, 1.2), at, 0.95, 0.42)
    for at, note in (
        (1.6, "A4"),
        (2.4, "D5"),
        (4.8, "A4"),
        (5.6, "F4"),
        (7.0, "E4"),
        (9.2, "D4"),
        (10.0, "F4"),
        (12.2, "E4"),
        (13.6, "D4"),
    ):
        mix.lay(pluck(note, 3.0, 0.45), at, 0.42, 0.58)
    rain = 0.050 * wind(s, 1200, 8000, 21) + 0.024 * wind(s, 300, 1000, 22) + 0.35 * crackle(s, 38, 23, 900, 4200)
    return reverb(mix.sound, 4.5, 0.5, 2600) + rain + 0.10 * drone("D2", s, 1, 0.35)


def _sinking(s: float) -> Array:
    mix = Mix(s)
    for at, note, long in ((0.0, "D4", 5.0), (3.6, "C4", 4.4), (7.0, "Bb3", 4.4), (10.2, "A3", 5.8)):
        mix.lay(choir(note, long, int(at), 1.4, 2.2), at, 1.5, 0.4)
        mix.lay(choir(note[:-1] + str(int(note[-1]) - 1), long, int(at) + 50, 1.4, 2.2), at, 1.2, 0.6)
    for k in range(9):
        # The heart slows, and rests.
        at = 0.5 + 1.15 * k + 0.055 * k * k
        for late, level in ((0.0, 0.55), (0.28, 0.35)):
            mix.lay(drum(1.0, 40, 0.0), at + late, level * (1 - k / 10))
    for at, note in ((1.8, "F5"), (5.4, "E5"), (8.8, "D5"), (12.4, "A4")):
        mix.lay(bell(note, 5, 2.2), at, 0.16, 0.7)
    sea = 0.06 * wind(s, 45, 220, 31) + 0.010 * wind(s, 200, 700, 32)
    deep = f32(sea * (0.75 + 0.25 * np.sin(2 * np.pi * sample_times(s) / 5.3))[:, None])
    wet = reverb(mix.sound, 6, 0.62, 1500)
    return filtered(wet, lambda hz: 1 / (1 + (hz / 2200) ** 2)) + deep + 0.2 * drone("D1", s, 1, 0.5)


def _striking(s: float) -> Array:
    mix = Mix(s)
    for k, at in enumerate(strikes(s)):
        power = 0.65 + 0.35 * at / s
        mix.lay(anvil(k), at, 0.55 * power, 0.5 + 0.08 * (-1) ** k)
        mix.lay(drum(1.8, 44, 1.0, k), at, 1.0 * power)
        mix.lay(f32(crackle(1.2, 90, k, 2500, 9000) * np.exp(-sample_times(1.2) * 3.0)[:, None]), at, 1.6 * power)
    growth = (0.35 + 0.65 * sample_times(s) / s)[:, None]
    for note, seed, level in (("D2", 1, 0.8), ("Eb2", 2, 0.45), ("D3", 3, 0.4), ("Ab2", 4, 0.35)):
        mix.lay(f32(bowed(note, s, seed, 0.86, 1.0, 0.4)[:, None] * growth), 0, level)
    fire = 0.035 * wind(s, 50, 260, 41) + 0.010 * wind(s, 300, 1800, 42) + 0.12 * crackle(s, 12, 43)
    return reverb(mix.sound, 2.4, 0.3) + f32(fire * growth) + 0.25 * drone("D1", s, 1, 0.6)


def _burning(s: float) -> Array:
    mix, t = Mix(s), sample_times(s)
    beats = np.arange(0.12 * 0.92, s - 0.3, 0.92)
    for k, at in enumerate(beats):
        for late, level in ((0.0, 1.0), (0.30 * 0.92, 0.6)):
            mix.lay(drum(1.6, 42, 0.8, k), at + late, level * (0.6 + 0.4 * at / s))
    growth = (0.25 + 0.75 * (t / s) ** 1.3)[:, None]
    cluster = (
        ("D2", 0.8),
        ("Eb2", 0.5),
        ("Ab2", 0.5),
        ("D3", 0.5),
        ("Eb3", 0.35),
        ("A3", 0.22),
        ("Bb3", 0.22),
        ("Eb4", 0.16),
    )
    for k, (note, level) in enumerate(cluster):
        mix.lay(f32(bowed(note, s, 60 + k, 0.88, 0.8, 0.3)[:, None] * growth), 0, level, 0.2 + 0.08 * k)
    roar = 0.075 * wind(s, 40, 240, 51) + 0.030 * wind(s, 240, 1600, 52) + 0.008 * wind(s, 1600, 7000, 53)
    gust = 0.7 + 0.3 * np.sin(2 * np.pi * t / 2.3) * np.sin(2 * np.pi * t / 3.1)
    return (
        reverb(mix.sound, 2.8, 0.34)
        + f32(roar * growth * gust[:, None])
        + 0.25 * crackle(s, 25, 54)
        + 0.2 * drone("D1", s, 1, 0.6)
    )


def _lapping(s: float) -> Array:
    t = sample_times(s)
    swell = (0.6 + 0.4 * np.sin(2 * np.pi * t / 4.2) * np.sin(2 * np.pi * t / 2.9))[:, None]
    water = 0.05 * wind(s, 300, 1400, 84) + 0.03 * wind(s, 90, 300, 85)
    return f32(water * swell) + 0.25 * crackle(s, 5, 86, 500, 1600) + 0.004 * wind(s, 1500, 6000, 87)


def _raining(s: float) -> Array:
    t = sample_times(s)
    gust = (0.65 + 0.35 * np.sin(2 * np.pi * t / 5.1) * np.sin(2 * np.pi * t / 3.7))[:, None]
    storm = 0.07 * wind(s, 60, 420, 88) + 0.02 * wind(s, 420, 1300, 89)
    return f32(storm * gust) + 0.045 * wind(s, 1200, 8000, 90) + 0.3 * crackle(s, 40, 92, 900, 4200)


def _morning(s: float) -> Array:
    mix = Mix(s)
    for k, (at, note) in enumerate(((0.0, "D3"), (1.6, "A3"), (3.4, "D4"), (5.4, "F#4"), (7.6, "A4"), (9.6, "E5"))):
        mix.lay(choir(note, s - at, k, 2.6, 2.2), at, 1.1, 0.25 + 0.1 * k)
        mix.lay(bowed(note, s - at, 30 + k, 0.42, 3.0, 2.2), at, 0.34, 0.75 - 0.1 * k)
    for at, note in (
        (6.0, "D5"),
        (7.0, "A5"),
        (8.0, "F#5"),
        (9.0, "E5"),
        (10.5, "D5"),
        (11.5, "A5"),
        (12.5, "C#6"),
        (13.5, "D6"),
    ):
        mix.lay(bell(note, 3.5, 1.4), at, 0.24, 0.45)
        mix.lay(pluck(note[:-1] + str(int(note[-1]) - 1), 2.5, 0.7), at, 0.3, 0.55)
    return reverb(mix.sound, 4.5, 0.5, 5000) + 0.14 * drone("D2", s, 1, 0.4) + 0.003 * wind(s, 1500, 6000, 61)


def _ascending(s: float) -> Array:
    mix, dice = Mix(s), np.random.default_rng(71)
    scale = ("D4", "F4", "A4", "B4", "D5", "E5", "F5", "A5", "B5", "D6", "E6", "A6")
    at = 0.6
    while at < s - 2.2:
        step = min(int(at / s * 8 + dice.integers(0, 4)), len(scale) - 1)
        mix.lay(bell(scale[step], 4.5, 1.3), at, dice.uniform(0.14, 0.3), dice.uniform(0.15, 0.85))
        at += dice.uniform(0.25, 0.85)
    for k, (start, note) in enumerate(((0.0, "D3"), (0.5, "A3"), (4.0, "F4"), (8.0, "B4"), (11.0, "D4"))):
        mix.lay(choir(note, s - start, k, 2.5, 2.4), start, 1.0, 0.3 + 0.1 * k)
    return reverb(mix.sound, 6, 0.62, 5000) + 0.16 * drone("D2", s, 1, 0.36) + 0.004 * wind(s, 300, 1500, 72)


def _cooling(s: float) -> Array:
    mix = Mix(s)
    for at, note in ((1.2, "D3"), (2.6, "A3"), (4.6, "F4"), (6.0, "E4"), (8.2, "C4"), (9.6, "A3"), (11.4, "D4")):
        mix.lay(pluck(note, 3.5, 0.5), at, 0.7, 0.5)
    for at, note in ((4.6, "A5"), (8.2, "E5"), (11.4, "D5")):
        mix.lay(bell(note, 4, 2), at, 0.14, 0.65)
    for note, seed in (("D3", 1), ("A2", 2)):
        mix.lay(bowed(note, s, seed, 0.4, 2.0, 2.5), 0, 0.55, 0.3 + 0.2 * seed)
    dying = (1 - 0.8 * np.clip(sample_times(s) / (0.7 * s), 0, 1))[:, None]
    fire = f32((0.9 * crackle(s, 11, 81) + 0.012 * wind(s, 60, 300, 82)) * dying)
    return reverb(mix.sound, 4.5, 0.5, 3000) + fire + 0.012 * wind(s, 300, 1400, 83) + 0.16 * drone("D2", s, 1, 0.36)


def _vigil(s: float) -> Array:
    mix = Mix(s, loop=True)
    for at, note in ((2.0, "D4"), (5.0, "A4"), (8.0, "F4")):
        mix.lay(bell(note, 5, 2), at, 0.08, 0.5)
    ground = 0.9 * drone("D2", s, 1, 0.36) + 0.4 * drone("A2", s, 2, 0.3)
    return reverb(mix.sound, 5, 0.6, loop=True) + 0.2 * ground + 0.45 * crackle(s, 4, 91) + 0.008 * wind(s, 90, 500, 92)


LOUD = -17.0
PIECES: dict[str, tuple[Callable[[float], Array], float]] = {
    "attract": (_waiting, LOUD - 1.2),
    "opening": (_kindling, LOUD - 0.8),
    "lanterns": (_rising, LOUD + 0.5),
    "dance": (_dancing, LOUD + 0.7),
    "rain": (_weeping, LOUD - 0.5),
    "tide": (_sinking, LOUD - 0.3),
    "forge": (_striking, LOUD + 1),
    "eclipse": (_burning, LOUD + 1.2),
    "crossing": (_lapping, LOUD - 8),
    "storm": (_raining, LOUD - 7),
    "dawn": (_morning, LOUD),
    "stars": (_ascending, LOUD - 0.4),
    "ash": (_cooling, LOUD - 0.8),
    "vigil": (_vigil, LOUD - 1.3),
}
"""Who plays each scene, and how loud (about LUFS). All lie within 3 LU: a room's volume is set once, for any way
through the film."""
LOOPS = ("attract", "vigil")


def play(name: str, seconds: float) -> Array:
    """The finished sound of a scene, (n, 2) from -1 to 1."""
    piece, loudness = PIECES[name]
    return finished(piece(seconds), loudness, None if name in LOOPS else seconds)
