"""Joy dances: lights leap in a round to the music, and draw bands of gold silk after them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, blur, dots, ease, f32, noise, sample, screen, splat, tint

THREADS, STITCHES = 64, 620
BEAT = 0.5
"""Seconds from beat to beat; the music keeps the same."""
TAIL = 2.6
"""How long a light's way stays in the air, in seconds."""


def _cloth(seed: int) -> tuple[Array, Array]:
    """Places on a band: across (-1 to 1, by thread) and back along it (0 to 1), each (THREADS * STITCHES,)."""
    dice = np.random.default_rng(seed)
    threads = np.sort(dice.uniform(-1, 1, THREADS))
    back = (np.arange(STITCHES) + 0.5) / STITCHES
    loose = dice.uniform(-0.5, 0.5, THREADS * STITCHES) / STITCHES  # in rank and file the stitches would show
    return f32(np.repeat(threads, STITCHES)), f32(np.clip(np.tile(back, THREADS) + loose, 0, 1))


DANCERS = (
    # radius, turn, phase, step, colour
    (0.75, 1.25, 0.0, 0.0, (1.0, 0.44, 0.10)),
    (1.05, 1.25, 2.1, 0.33, (1.0, 0.26, 0.13)),
    (1.15, 1.25, 4.2, 0.66, (1.0, 0.58, 0.26)),
    (1.50, -0.95, 1.0, 0.5, (1.0, 0.34, 0.18)),
    (1.65, -0.95, 4.1, 0.0, (1.0, 0.48, 0.13)),
)


def _way(time: Array, dancer: int) -> Array:
    """Where a light is at times, (n, 3): round the middle, with a leap on every fourth beat."""
    radius, turn, phase, step, _ = DANCERS[dancer]
    angle = turn * time + phase + 0.45 * np.sin(np.pi * time / BEAT / 4 + phase)
    leap = np.sin(np.pi * (time / BEAT / 4 + step)) ** 2
    high = 0.50 + 0.16 * np.sin(0.9 * time + phase)
    r = radius * (1 + 0.16 * np.sin(1.3 * time + 2 * phase))
    return f32(np.stack([r * np.cos(angle) * 1.15, -0.60 + (0.50 + high) * leap, r * np.sin(angle) * 0.8], -1))


def _band(across: Array, back: Array, t: float, dancer: int) -> tuple[Array, Array]:
    """The silk behind a light: its points, (n, 3), and how it shines."""
    time = t - TAIL * back
    middle = _way(time, dancer)
    phase = DANCERS[dancer][2]
    twist = 2.6 * np.sin(1.3 * time + phase) + 3.2 * back + 0.8 * np.sin(4.2 * back - 2 * t)
    wide = 0.02 + 0.42 * back**0.9 * (1 - 0.3 * back)
    ripple = 0.035 * back * np.sin(9 * back + 3 * across - 4 * t + phase)
    offset = across * wide
    x = middle[:, 0] + offset * np.cos(twist) * 0.8 + ripple
    y = middle[:, 1] + offset * np.sin(twist) - 0.20 * back**2 + ripple
    z = middle[:, 2] + offset * np.cos(twist + 1.1)
    sheen = 0.10 + 0.9 * (0.5 + 0.5 * np.cos(2 * twist + 1.4 * across + 0.6)) ** 3
    fade = (1 - back) ** 1.3 * (1 + 3.0 * np.exp(-back * 14))
    return f32(np.stack([x, y, z], -1)), f32(sheen * fade * (0.55 + 0.45 * np.abs(across) ** 3))


def dancing(seconds: float) -> Callable[[float], list[Array]]:
    """The second scene of joy."""
    across, back = _cloth(51)
    dice = np.random.default_rng(52)
    sparks = dice.random((420, 6)).astype(np.float32)
    x, y = screen((640, 360))
    veil = noise(53, 1.9, 2, 60)

    def draw(t: float) -> list[Array]:
        silk = np.zeros((360, 640, 3), np.float32)
        fly = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        entry = ease(0, 1.5, t)
        for n in range(len(DANCERS)):
            come = ease(1.4 * n - 1.4, 1.4 * n + 0.6, t)
            if come <= 0:
                continue
            places, shine = _band(across, back, t, n)
            depth = 3.9 + places[:, 2]
            px, py = 320 + places[:, 0] / depth * 640, 176 - places[:, 1] / depth * 640
            strength = come * shine * 0.66 * (3.0 / depth) ** 1.5
            silk += splat(f32(px), f32(py), f32(strength[:, None] * f32(DANCERS[n][4])), (640, 360))
            tip = _way(f32([t]), n)[0]
            far = 3.9 + float(tip[2])
            at = f32([WIDTH / 2 + tip[0] / far * 1280]), f32([HEIGHT * 0.489 - tip[1] / far * 1280])
            # The lights shine back from the floor, so that one sees them land.
            mirror = f32([HEIGHT * 0.489 + (1.36 + tip[1]) / far * 1280])
            colour = f32([DANCERS[n][4]])
            dots(fly, *at, f32([20 / far]), come * 5.0 * (colour + 0.25))
            dots(fly, at[0], mirror, f32([110 / far]), come * 0.10 * colour)
        silk = blur(silk, 0.55)
        floor = np.exp(-(((y + 0.80) / 0.30) ** 2)) * np.exp(-((x / 1.7) ** 2))
        air = np.clip(0.8 + 0.3 * sample(veil, x * 0.15 + 0.02 * t, y * 0.2), 0.1, None) * np.exp(
            -(x * x + y * y) / 1.6
        )
        haze = tint(f32((floor * 0.030 + air * 0.030) * entry), (1.0, 0.48, 0.18))
        _throw(fly, sparks, t, seconds)
        return [haze, silk, fly]

    return draw


def _throw(picture: Array, sparks: Array, t: float, seconds: float) -> None:
    """Sparks leave the hems in spirals and rise like fireflies."""
    life = 3.2 + 2.5 * sparks[:, 1]
    age = (t + 8 * sparks[:, 0] * life) % life / life
    angle = 6.28 * sparks[:, 2] + 2.6 * t * (0.4 + sparks[:, 3]) * np.where(sparks[:, 4] > 0.3, 1, -1)
    radius = 0.25 + 1.3 * np.sqrt(age) * (0.4 + sparks[:, 5])
    depth = 3.0 + radius * np.sin(angle)
    px = WIDTH / 2 + radius * np.cos(angle) / depth * 1000
    py = HEIGHT * 0.66 - (1.45 * age + 0.15 * np.sin(9 * age + 6 * sparks[:, 1])) / depth * 1000
    glow = np.sin(np.pi * age) ** 1.5 * (0.6 + 0.4 * np.sin(7 * t + 20 * sparks[:, 0]))
    glow = glow * (sparks[:, 3] < ease(0, seconds * 0.7, t))
    show = (glow > 0.03) & (depth > 1)
    size = np.clip(5.2 / depth, 0.9, 5)
    colours = (glow * 1.3)[:, None] * f32((1.0, 0.62, 0.22))
    dots(picture, px[show], py[show], size[show], colours[show])
