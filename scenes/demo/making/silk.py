"""Joy dances: lights leap in a round to the music over a dark floor, and draw bands of gold silk after them."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    PX,
    WIDTH,
    Array,
    blur,
    dots,
    ease,
    f32,
    noise,
    sample,
    screen,
    smoothstep,
    splat,
    tint,
)

THREADS, STITCHES = 130, 1150
BEAT = 0.5
"""Seconds from beat to beat; the music keeps the same."""
TAIL = 2.4
"""How long a light's way stays in the air, in seconds."""
FLOOR, EYE_HEIGHT, BACK = -0.86, 0.10, 4.1
"""Height of the floor and of the eye, and the eye's distance from the middle of the round."""

DANCERS = (
    # radius, turn, phase, step, colour
    (0.75, 1.25, 0.0, 0.0, (1.0, 0.40, 0.09)),
    (1.05, 1.25, 2.1, 0.33, (1.0, 0.22, 0.12)),
    (1.15, 1.25, 4.2, 0.66, (1.0, 0.56, 0.27)),
    (1.50, -0.95, 1.0, 0.5, (1.0, 0.30, 0.20)),
    (1.65, -0.95, 4.1, 0.0, (1.0, 0.43, 0.10)),
)


def _way(time: Array, dancer: int) -> Array:
    """Where a light is at times, (n, 3): round the middle, with a leap on every fourth beat."""
    radius, turn, phase, step, _ = DANCERS[dancer]
    angle = turn * time + phase + 0.45 * np.sin(np.pi * time / BEAT / 4 + phase)
    leap = np.sin(np.pi * (time / BEAT / 4 + step)) ** 2
    high = 0.50 + 0.16 * np.sin(0.9 * time + phase)
    r = radius * (1 + 0.16 * np.sin(1.3 * time + 2 * phase))
    return f32(np.stack([r * np.cos(angle) * 1.15, -0.60 + (0.50 + high) * leap, r * np.sin(angle) * 0.8], -1))


def _seen(places: Array, t: float) -> tuple[Array, Array, Array]:
    """Places (n, 3) to full-size pixels x and y, and their depth; the eye goes slowly round the dance."""
    turn = np.float32(-0.22 + 0.035 * t)
    x = places[:, 0] * np.cos(turn) - places[:, 2] * np.sin(turn)
    depth = BACK + places[:, 0] * np.sin(turn) + places[:, 2] * np.cos(turn)
    zoom = 0.99 * HEIGHT * 0.92
    return (
        f32(WIDTH / 2 + x / depth * zoom * 1.9),
        f32(HEIGHT * 0.47 - (places[:, 1] - EYE_HEIGHT) / depth * zoom * 1.9),
        f32(depth),
    )


class _Silk:
    """A band of cloth as a net of points; what of it is seen edge-on gathers light, as real silk does."""

    def __init__(self) -> None:
        threads = (np.arange(THREADS) + 0.5) / THREADS * 2 - 1
        back = ((np.arange(STITCHES) + 0.5) / STITCHES) ** 1.15
        loose = np.random.default_rng(51).uniform(-0.5, 0.5, THREADS * STITCHES) / STITCHES
        self.across = f32(np.repeat(threads, STITCHES))
        self.back = f32(np.clip(np.tile(back, THREADS) + loose, 0, 1))
        self.weave = f32(0.80 + 0.20 * np.sin(self.across * 47) * np.sin(self.across * 131 + 1))
        self.wide = f32(0.015 + 0.50 * self.back**0.85 * (1 - 0.35 * self.back))
        self.fade = f32((1 - self.back) ** 1.25 * (1 + 3.2 * np.exp(-self.back * 13)) * self.back**0.15)
        self.hem = f32(1 + 1.6 * smoothstep(0.93, 1.0, np.abs(self.across)))

    def at(self, t: float, dancer: int) -> tuple[Array, Array]:
        """Its points, (n, 3), and how each shines, (n,)."""
        # The middle and the twist depend only on how far back: worked out once for a course, not for each thread.
        course = np.linspace(0, 1, 600, dtype=np.float32)
        time = t - TAIL * course
        phase = DANCERS[dancer][2]
        twist = 2.4 * np.sin(1.3 * time + phase) + 3.0 * course + 0.8 * np.sin(4.2 * course - 2 * t)
        middle = _way(time, dancer)
        x, y, z, turn = (np.interp(self.back, course, v).astype(np.float32) for v in (*middle.T, twist))
        b, a = self.back, self.across
        wave = 7.5 * b + 2.2 * a - 3.4 * np.float32(t) + np.float32(phase)
        ripple = 0.055 * b * np.sin(wave) + 0.022 * b * np.sin(2.3 * wave + 4 * a)
        lean = turn + 0.9 * a * b * np.sin(3 * b + np.float32(phase + t))  # the cloth is not a plane: it curls
        offset = a * self.wide
        places = np.stack([x + offset * np.cos(lean) * 0.8 + ripple * np.sin(lean),
                           y + offset * np.sin(lean) - 0.24 * b * b + ripple * np.cos(lean),
                           z + offset * np.cos(lean + 1.1)], -1)  # fmt: skip
        light = 0.08 + 0.92 * (0.5 + 0.5 * np.cos(2 * lean + 1.4 * a + 0.6 + 8 * ripple)) ** 4
        return f32(places), f32(light * self.fade * self.weave * self.hem)


def _hall(seed: int) -> Array:
    """The far end of the hall, half size: lanterns long out of focus, and the dusk between them."""
    dice = np.random.default_rng(seed)
    wall = np.zeros((HALF[1], HALF[0], 3), np.float32)
    n = 46
    px, py = f32(dice.uniform(-0.1, 1.1, n) * HALF[0]), f32(HALF[1] * (0.30 + 0.13 * dice.normal(size=n)))
    colours = f32([(1.0, 0.42, 0.12), (1.0, 0.30, 0.12), (0.9, 0.55, 0.25)])[dice.integers(0, 3, n)]
    strength = f32(dice.uniform(0.15, 1.0, n) ** 2 * 0.075)
    dots(wall, px, py, f32(dice.uniform(7, 20, n) * PX), colours * strength[:, None], 0.0)
    _, y = screen(HALF)
    return f32(blur(wall, 1.5 * PX) + tint(np.exp(-(((y - 0.35) / 0.5) ** 2)) * 0.016, (1.0, 0.42, 0.20)))


def dancing(seconds: float) -> Callable[[float], list[Array]]:
    """The second scene of joy."""
    silk, hall = _Silk(), _hall(54)
    sparks = np.random.default_rng(52).random((420, 6)).astype(np.float32)
    x, y = screen(HALF)
    veil, ripple = noise(53, 1.9, 2, 60), noise(55, 1.7, 4, 70)
    columns, rows = (f32(g) for g in np.meshgrid(np.arange(HALF[0]), np.arange(HALF[1])))
    horizon = 0.585 * HALF[1]
    below = np.clip((rows - horizon) / (HALF[1] - horizon), 0, 1)
    polish = sample(ripple, x * 0.10 / (0.12 + below), 0.35 / (0.12 + below)) * (0.4 + 2.0 * below) * PX
    worn = f32(0.86 + 0.10 * np.tanh(polish / PX))[..., None]
    ground = smoothstep(horizon - 6 * PX, horizon + 30 * PX, rows)

    def draw(t: float) -> list[Array]:
        entry = ease(0, 1.5, t)
        fly, pools = np.zeros((HEIGHT, WIDTH, 3), np.float32), np.zeros((HALF[1], HALF[0], 3), np.float32)
        above: list[tuple[Array, Array, Array]] = []
        under: list[tuple[Array, Array, Array]] = []
        lights = np.zeros_like(pools)
        for n in range(len(DANCERS)):
            come = ease(1.4 * n - 1.4, 1.4 * n + 0.6, t)
            if come <= 0:
                continue
            colour = f32(DANCERS[n][4])
            places, shine = silk.at(t, n)
            x_, y_, depth = _seen(places, t)
            strength = (come * 0.21 * PX * PX) * shine * (3.0 / depth) ** 1.5
            above.append((x_, y_, f32(strength[:, None] * colour * (1 + shine[:, None] * f32((0.0, 0.12, 0.30))))))
            x_, y_, _ = _seen(_mirrored(places[::2]), t)
            under.append((x_ / 2, y_ / 2, f32((strength[::2] * 0.5)[:, None] * colour)))
            tip = _way(f32([t]), n)
            x_, y_, far = _seen(tip, t)
            dots(fly, x_, y_, 21 * PX / far, come * 5.0 * (colour + 0.25)[None])
            x_, y_, _ = _seen(_mirrored(tip), t)
            dots(lights, x_ / 2, y_ / 2, 14 * PX / far, come * 2.5 * colour[None])
            height = float(tip[0, 1]) - FLOOR
            x_, y_, far = _seen(f32(tip * f32((1, 0, 1)) + f32((0, FLOOR, 0))), t)
            wide = (0.5 + 0.9 * height) * 330 * PX / float(far[0])
            _pool(pools, (float(x_[0]) / 2, float(y_[0]) / 2), wide, come * 0.22 / (0.25 + height) * colour)
        mirror = lights + _splat_all(under, HALF, dense=True)
        air = _splat_all(above, (WIDTH, HEIGHT))
        floor = cv2.remap(
            blur(mirror, 1.6 * PX),
            columns + 0.4 * polish,
            rows + 2.4 * polish,
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )
        floor = cv2.GaussianBlur(floor, (1, 0), 0.6, sigmaY=3.0 * PX) * np.float32(0.8)
        smoke = np.clip(0.7 + 0.35 * sample(veil, x * 0.15 + 0.02 * t, y * 0.2 - 0.012 * t), 0.1, None)
        haze = tint(f32(smoke * np.exp(-(x * x + (y - 0.1) ** 2) / 1.3) * 0.018 * entry), (1.0, 0.46, 0.18))
        shown = (floor + pools * worn) * ground[..., None]
        _throw(fly, sparks, t, seconds)
        return [
            hall * np.float32(0.35 + 0.65 * entry) * (1 - ground[..., None]),
            haze,
            f32(shown),
            blur(air, 0.6 * PX),
            fly,
        ]

    return draw


def _splat_all(parts: list[tuple[Array, Array, Array]], size: tuple[int, int], dense: bool = False) -> Array:
    """All bands at once: one pass over the picture and not five."""
    x, y, colours = (np.concatenate(part) for part in zip(*parts, strict=True))
    return splat(x, y, colours, size, dense)


def _mirrored(places: Array) -> Array:
    """The same under the floor."""
    return f32(places * f32((1, -1, 1)) + f32((0, 2 * FLOOR, 0)))


def _pool(picture: Array, place: tuple[float, float], wide: float, colour: Array) -> None:
    """The light that falls on the floor under a dancer, in place: an ellipse."""
    x, y = place
    v, u = (f32(axis) for axis in np.ogrid[: picture.shape[0], : picture.shape[1]])
    d2 = ((u - x) / wide) ** 2 + ((v - y) / (0.30 * wide)) ** 2
    picture += f32(1 / (1 + 1.5 * d2) ** 2)[..., None] * colour


def _throw(picture: Array, sparks: Array, t: float, seconds: float) -> None:
    """Sparks leave the hems in spirals and rise like fireflies; those near the eye are out of focus."""
    life = 3.2 + 2.5 * sparks[:, 1]
    age = (t + 8 * sparks[:, 0] * life) % life / life
    angle = 6.28 * sparks[:, 2] + 2.6 * t * (0.4 + sparks[:, 3]) * np.where(sparks[:, 4] > 0.3, 1, -1)
    radius = 0.3 + 1.7 * np.sqrt(age) * (0.4 + sparks[:, 5])
    height = -0.55 + 1.6 * age + 0.15 * np.sin(9 * age + 6 * sparks[:, 1])
    places = np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], -1)
    px, py, depth = _seen(f32(places), t)
    glow = np.sin(np.pi * age) ** 1.5 * (0.6 + 0.4 * np.sin(7 * t + 20 * sparks[:, 0]))
    glow = glow * (sparks[:, 3] < ease(0, seconds * 0.7, t))
    show = (glow > 0.03) & (depth > 1)
    size = f32((0.9 + 6.0 * np.abs(BACK / np.maximum(depth, 1) - 1)) * PX)
    colours = (glow * 1.5 / (size / PX) ** 1.3)[:, None] * f32((1.0, 0.60, 0.22))
    wide = show & (size > 4 * PX)
    show &= ~wide
    dots(picture, px[show], py[show], size[show], colours[show])
    dots(picture, px[wide], py[wide], size[wide], 1.5 * colours[wide], 0.0)
