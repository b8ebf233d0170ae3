"""The instruments of the demo film: all sound is made here, at 48 kHz, as float arrays (n,) or (n, 2)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import Array, f32

SAMPLE_RATE = 48_000
NOTES = {"C": 0, "C#": 1, "D": 2, "Eb": 3, "E": 4, "F": 5, "F#": 6, "G": 7, "Ab": 8, "A": 9, "Bb": 10, "B": 11}


def pitch(name: str) -> float:
    """The frequency of a note such as 'F#4', in Hz."""
    return float(440 * 2 ** ((NOTES[name[:-1]] + 12 * (int(name[-1]) + 1) - 69) / 12))


def sample_times(seconds: float) -> Array:
    """The time of each sample."""
    return f32(np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)


def envelope(seconds: float, rise: float, fall: float) -> Array:
    """An envelope that rises and falls like a breath."""
    t = sample_times(seconds)
    up = np.clip(t / max(rise, 1e-3), 0, 1)
    down = np.clip((seconds - t) / max(fall, 1e-3), 0, 1)
    return f32(np.sin(up * np.pi / 2) ** 2 * np.sin(down * np.pi / 2) ** 2)


def bell(note: str, seconds: float = 4.0, soft: float = 1.0) -> Array:
    """A small bell or a struck glass: partials that are not quite in tune, the high ones dying first."""
    t, f = sample_times(seconds), pitch(note)
    partials = ((1, 1.0, 1.0), (2.003, 0.45, 1.6), (2.76, 0.22, 2.6), (4.07, 0.13, 4.0), (5.43, 0.07, 6.0))
    tone = sum(
        a / soft ** (k * 0.5) * np.sin(2 * np.pi * f * r * t) * np.exp(-d * t * 1.3)
        for k, (r, a, d) in enumerate(partials)
    )
    return f32(tone * np.clip(t / 0.004, 0, 1) * np.clip((seconds - t) / 0.3, 0, 1) * 0.35)


def pluck(note: str, seconds: float = 1.6, bright: float = 1.0) -> Array:
    """A plucked string, as of a harp."""
    t, f = sample_times(seconds), pitch(note)
    tone = sum(
        np.sin(2 * np.pi * f * k * t) * np.exp(-(1.6 + 0.9 * k) * t) / k**1.5 * bright ** (k - 1) for k in range(1, 9)
    )
    return f32(tone * np.clip(t / 0.003, 0, 1) * np.clip((seconds - t) / 0.2, 0, 1) * 0.35)


def bowed(note: str, seconds: float, seed: int = 0, bright: float = 0.6, rise: float = 0.6, fall: float = 0.9) -> Array:
    """Some strings together: each a little out of tune, with a vibrato of its own."""
    dice, t, f = np.random.default_rng(seed), sample_times(seconds), pitch(note)
    tone = np.zeros_like(t)
    for _ in range(4):
        wander = 1 + 0.0025 * dice.standard_normal()
        vibrato = 0.0032 * np.sin(2 * np.pi * dice.uniform(4.4, 5.6) * t + dice.uniform(0, 6)) * np.clip(t / 1.2, 0, 1)
        phase = 2 * np.pi * np.cumsum(f * (wander + vibrato)) / SAMPLE_RATE + dice.uniform(0, 6)
        for k in range(1, min(14, int(9000 / f)) + 1):
            tone += np.sin(k * phase) * bright ** (k - 1) / k**0.6
    return f32(tone * envelope(seconds, rise, fall) * 0.07)


def choir(note: str, seconds: float, seed: int = 0, rise: float = 1.5, fall: float = 1.5) -> Array:
    """Voices on 'ah', far away: strings seen through the formants of a mouth."""
    tone = bowed(note, seconds, seed, 0.88, rise, fall)
    mouth = ((0.5, 280, 160), (1.0, 650, 160), (0.5, 1080, 180), (0.12, 2700, 350))
    return filtered(tone, lambda hz: np.sum([a * np.exp(-(((hz - c) / w) ** 2)) for a, c, w in mouth], axis=0))


def drone(note: str, seconds: float, seed: int = 0, bright: float = 0.5) -> Array:
    """A still deep tone (n, 2) that closes on itself: every part makes whole turns in ``seconds``."""
    dice, t = np.random.default_rng(seed), sample_times(seconds)
    out = np.zeros((len(t), 2))
    for k in range(1, 9):
        for side in range(2):
            turns = np.round((pitch(note) * k * (1 + 0.0012 * dice.standard_normal())) * seconds)
            slow = 0.6 + 0.4 * np.sin(2 * np.pi * (dice.integers(1, 4) * t / seconds + dice.random()))
            out[:, side] += slow * np.sin(2 * np.pi * (turns * t / seconds + dice.random())) * bright ** (k - 1)
    return f32(out * 0.2)


def filtered(sound: Array, gain: Callable[[Array], Array]) -> Array:
    """A sound with each frequency times ``gain(hz)``; circular, so a loop stays a loop."""
    spectrum = np.fft.rfft(sound, axis=0)
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    factor = gain(hz)
    return f32(np.fft.irfft(spectrum * (factor[:, None] if sound.ndim == 2 else factor), len(sound), axis=0))


def wind(seconds: float, low: float, high: float, seed: int = 0) -> Array:
    """Noise between two frequencies (n, 2), level about 1; closes on itself."""
    noise = np.random.default_rng(seed).standard_normal((int(seconds * SAMPLE_RATE), 2))
    out = filtered(
        f32(noise),
        lambda hz: np.exp(-((np.log(np.maximum(hz, 1) / np.sqrt(low * high)) / np.log(high / low)) ** 2) * 2),
    )
    return f32(out / out.std())


def drum(seconds: float = 1.6, low: float = 46.0, hard: float = 1.0, seed: int = 0) -> Array:
    """A great drum: a fall in pitch and a knock."""
    t = sample_times(seconds)
    hz = low * (1 + 1.6 * np.exp(-t * 32))
    skin = np.sin(2 * np.pi * np.cumsum(hz) / SAMPLE_RATE) * np.exp(-t * 4.2)
    knock = np.random.default_rng(seed).standard_normal(len(t)) * np.exp(-t * 70) * 0.3 * hard
    knock = filtered(f32(knock), lambda f: np.exp(-f / 1800))
    return f32((np.tanh(1.8 * skin) + knock) * np.clip((seconds - t) / 0.2, 0, 1) * 0.8)


def anvil(seed: int = 0) -> Array:
    """Iron on iron."""
    dice, t = np.random.default_rng(seed), sample_times(2.4)
    tone = np.zeros_like(t)
    for f in (523, 841, 1370, 1923, 2791, 3620, 4933, 6410):
        tone += (
            dice.uniform(0.4, 1)
            * np.sin(2 * np.pi * f * (1 + 0.004 * dice.standard_normal()) * t)
            * np.exp(-t * (2.2 + f / 900))
        )
    hit = dice.standard_normal(len(t)) * np.exp(-t * 160)
    return f32((tone * 0.12 + hit * 0.25) * np.clip(t / 0.0008, 0, 1))


def crackle(seconds: float, often: float, seed: int = 0, low: float = 1500.0, high: float = 7000.0) -> Array:
    """Sparks and twigs (n, 2): short clicks, ``often`` a second, most of them small; closes on itself."""
    dice, n = np.random.default_rng(seed), int(seconds * SAMPLE_RATE)
    out = np.zeros((n, 2), np.float32)
    for _ in range(int(often * seconds)):
        length = int(dice.uniform(0.001, 0.006) * SAMPLE_RATE)
        click = dice.standard_normal(length) * np.exp(-np.linspace(0, 6, length))
        at, pan = (dice.integers(0, n) + np.arange(length)) % n, dice.uniform(0.15, 0.85)
        out[at] += f32(click * dice.pareto(2.0) * 0.12)[:, None] * f32((1 - pan, pan))
    return filtered(
        out, lambda hz: np.exp(-((np.log(np.maximum(hz, 1) / np.sqrt(low * high)) / np.log(high / low)) ** 2))
    )


def reverb(
    sound: Array, seconds: float = 3.0, wet: float = 0.4, dark: float = 3500.0, seed: int = 9, loop: bool = False
) -> Array:
    """A sound (n, 2) in a large stone hall; in a loop the echo of the end is heard at the start."""
    dice, t = np.random.default_rng(seed), sample_times(seconds)
    echo = dice.standard_normal((len(t), 2)) * np.exp(-t * 6.0 / seconds)[:, None] * np.clip(t / 0.03, 0, 1)[:, None]
    echo = filtered(f32(echo), lambda hz: np.exp(-hz / dark) * np.clip(hz / 120, 0, 1))
    echo /= np.sqrt((echo**2).sum(0))
    n = len(sound)
    size = n if loop else n + len(t)
    echoed = np.fft.irfft(np.fft.rfft(sound, size, axis=0) * np.fft.rfft(echo, size, axis=0), size, axis=0)[:n]
    return f32((1 - wet) * sound + wet * 1.6 * echoed)


def loudness_of(sound: Array) -> float:
    """Loudness in about LUFS (ITU-R BS.1770: weighted, and without the quiet parts), (n, 2)."""
    hz = np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)
    weight = hz**2 / (hz**2 + 38.0**2) * (1 + 0.585 * hz**4 / (hz**4 + 1500.0**4))
    weighted = np.fft.irfft(np.fft.rfft(sound, axis=0) * weight[:, None], len(sound), axis=0)
    step = SAMPLE_RATE // 10
    power = (weighted[: len(sound) // step * step] ** 2).reshape(-1, step * 2).sum(1) / step
    blocks = np.convolve(power, np.ones(4) / 4, "valid")
    blocks = blocks[blocks > 1e-7]
    kept = blocks[blocks > blocks.mean() / 10]
    return float(-0.691 + 10 * np.log10(kept.mean()))


def finished(sound: Array, loudness: float, fades_at: float | None) -> Array:
    """A sound without what no speaker plays, so loud, with round peaks; it fades in and out where it does not loop."""
    sound = filtered(sound, lambda hz: np.clip((hz - 20) / 15, 0, 1))
    sound = sound * np.float32(10 ** ((loudness - loudness_of(sound)) / 20))
    # Rounds the highest peaks instead of cutting them off.
    sound = np.where(np.abs(sound) > 0.6, np.sign(sound) * (0.6 + 0.3 * np.tanh((np.abs(sound) - 0.6) / 0.3)), sound)
    if fades_at is not None:
        sound = sound * envelope(fades_at, 0.25, 0.6)[: len(sound), None]
    return f32(sound)


class Mix:
    """A length of stereo sound to mix others into. In a loop, what runs past the end continues at the start."""

    def __init__(self, seconds: float, loop: bool = False) -> None:
        self.seconds, self.loop = seconds, loop
        self.sound = np.zeros((int(seconds * SAMPLE_RATE), 2), np.float32)

    def lay(self, sound: Array, at: float = 0.0, level: float = 1.0, pan: float = 0.5) -> None:
        """Add a sound (n,) or (n, 2) from a second on; pan 0 is left."""
        if sound.ndim == 1:
            sound = sound[:, None] * f32((np.cos(pan * np.pi / 2), np.sin(pan * np.pi / 2))) * 1.41
        start, n = int(at * SAMPLE_RATE), len(self.sound)
        if self.loop:
            np.add.at(self.sound, (start + np.arange(len(sound))) % n, f32(sound * level))
        elif start < n:
            part = sound[: n - start]
            self.sound[start : start + len(part)] += f32(part * level)
