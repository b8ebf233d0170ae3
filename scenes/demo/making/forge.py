"""Anger is struck: a hammer without a smith falls on the glowing iron, again and again, and faster."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.making.drawing import (
    HEIGHT,
    WIDTH,
    Array,
    ease,
    f32,
    fire,
    interpolate,
    noise,
    sample,
    screen,
    streaks,
    tint,
)
from scenes.demo.making.ray_marching import (
    Solid,
    antialiased,
    box,
    cylinder,
    diffuse_and_gloss,
    render,
    shadow,
    smooth_union,
    union,
)

EYE, TOWARDS, ZOOM = (0.75, 1.25, -4.0), (0.0, 1.02, 0.0), 4.2
IRON = f32((0.0, 0.99, -0.05))
LIFT = 0.55
SCALE = ZOOM / 4.1 * HEIGHT / 2
"""Full-size pixels of a metre at the anvil."""


def strikes(seconds: float) -> list[float]:
    """When the hammer lands: every 1.35 s at first, every 0.72 s in the end. Slow enough for every eye."""
    times, now = [], 1.2
    while now < seconds - 0.25:
        times.append(now)
        now += 1.35 - 0.63 * ease(0, seconds * 0.8, now)
    return times


def _anvil(p: Array) -> Array:
    face = box(p, (0.03, 0.87, 0), (0.52, 0.085, 0.17), 0.015)
    horn = box(p, (-0.62, 0.885, 0), (0.20, 0.045, 0.09), 0.04)
    waist = box(p, (0.0, 0.64, 0), (0.22, 0.2, 0.13), 0.03)
    foot = box(p, (0.0, 0.43, 0), (0.42, 0.07, 0.2), 0.03)
    return smooth_union(smooth_union(smooth_union(face, horn, 0.12), waist, 0.14), foot, 0.12)


def _iron(p: Array) -> Array:
    return box(p, (0.0, 0.985, -0.05), (0.40, 0.035, 0.055), 0.02)


def _block(p: Array) -> Array:
    return cylinder(p, (0.0, 0.19, 0), 0.40, 0.22, 0.05)


def _hammer(p: Array) -> Array:
    hammer_head = box(p, (0.0, 1.30, 0), (0.23, 0.27, 0.2), 0.03)
    band = box(p, (0.0, 1.46, 0), (0.25, 0.05, 0.22), 0.02)
    shaft = box(p, (0.0, 2.6, 0), (0.09, 1.1, 0.09), 0.02)
    return f32(np.minimum(np.minimum(hammer_head, band), shaft))


def _height(t: float, hits: list[float]) -> float:
    """How high the hammer hangs over the iron, 0 to 1: drawn up slowly, let fall."""
    past = max((hit for hit in hits if hit <= t), default=hits[0] - 1.35)
    coming = min((hit for hit in hits if hit > t), default=past + 1.0)
    share = (t - past) / (coming - past)
    return float(ease(0.08, 0.74, share) * (1 - np.clip((share - 0.80) / 0.20, 0, 1) ** 2))


class _Sparks:
    """What flies off at each blow, in closed form: thrown, braked by the air, pulled down."""

    def __init__(self, hits: list[float]) -> None:
        dice = np.random.default_rng(81)
        counts = [int(110 + 15 * k) for k in range(len(hits))]
        n = sum(counts)
        self.born = np.repeat(f32(hits), counts) + f32(dice.uniform(0, 0.03, n))
        side = np.where(dice.random(n) < 0.5, -1, 1)
        angle = dice.normal(0.42, 0.38, n)
        speed = dice.gamma(2.2, 1.0, n) * 1.25 + 0.6
        self.vx, self.vy = f32(side * np.cos(angle) * speed), f32(np.abs(np.sin(angle)) * speed + 0.2)
        self.x, self.y = f32(side * 0.22 + dice.normal(0, 0.05, n)), f32(np.full(n, 0.0))
        self.life = f32(dice.uniform(0.35, 1.5, n))
        self.heat = f32(dice.uniform(0.9, 2.2, n))

    def at(self, t: float) -> tuple[Array, Array]:
        """Streaks (n, 4) in full-size pixels and their colours."""
        age = t - self.born
        live = (age > 0) & (age < self.life)
        ends = [self._place(np.maximum(age[live] - back, 0), live) for back in (0.0, 0.035)]
        heat = self.heat[live] * np.clip(1 - age[live] / self.life[live], 0, 1) ** 0.6
        return f32(np.concatenate(ends, axis=1)), fire(heat) * 1.9

    def _place(self, age: Array, live: Array) -> Array:
        drag = 1.6
        reach = (1 - np.exp(-drag * age)) / drag
        x = self.x[live] + self.vx[live] * reach
        y = self.y[live] + (self.vy[live] + 2.6 / drag) * reach - 2.6 / drag * age
        return f32(np.stack([WIDTH / 2 + x * SCALE, 373 - y * SCALE], 1))


def striking(seconds: float) -> Callable[[float], list[Array]]:
    """The first scene of anger."""
    hits = strikes(seconds)
    below = [
        Solid(_anvil, (0.26, 0.24, 0.25), 2.2),
        Solid(_block, (0.20, 0.12, 0.07), 0.2),
        Solid(lambda p: p[:, 1], (0.13, 0.10, 0.08), 0.3),
        Solid(_iron, (0.5, 0.4, 0.35), 0.0),
        Solid(lambda p: f32(2.6 - p[:, 2]), (0.10, 0.07, 0.06), 0.05),
    ]
    ground = render(below, (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM)
    falling = render([Solid(_hammer, (0.26, 0.25, 0.26), 2.0)], (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM, far=9)
    hearth = f32((-2.2, 1.1, 0.2))
    lamp = IRON + f32((0, 0.07, -0.10))
    seen = shadow(union(below[:3]), ground, lamp)
    coarse, fine = noise(83, 1.4), noise(84, 0.9)
    gx, gy, gz = (ground.points[..., i] for i in range(3))
    rough = (
        1
        + 0.20 * sample(coarse, gx * 0.3 + gz * 0.3, gy * 0.3 + gz * 0.2)
        + 0.10 * sample(fine, gx * 0.6 + gz * 0.2, gy * 0.6)
    )
    near, gleam = diffuse_and_gloss(ground, lamp, fall=1.7)
    side, rim = diffuse_and_gloss(ground, hearth, fall=1.2)
    red, ember = f32((1.0, 0.27, 0.06)), f32((1.0, 0.16, 0.035))
    base_iron = (
        (near * seen)[..., None] * ground.colours * rough[..., None] + tint(gleam * seen * 0.45, (1, 1, 1))
    ) * red
    base_hearth = (side[..., None] * ground.colours * rough[..., None] + tint(rim * 0.5, (1, 1, 1))) * ember
    # The sparks fly towards the eye too, and show the front of the anvil.
    before, _ = diffuse_and_gloss(ground, f32((0.5, 1.5, -1.5)), fall=1.6)
    base_iron = base_iron + (before * 0.22)[..., None] * ground.colours * rough[..., None] * red
    base_iron, base_hearth = antialiased(f32(base_iron), ground), antialiased(f32(base_hearth), ground)
    glow_mask = (ground.index == 3).astype(np.float32)
    scale = sample(fine, gx * 0.5, gz * 0.5 + gy * 0.5)
    sparks = _Sparks(hits)
    x, y = screen((640, 360))
    veil = noise(85, 1.9, 2, 60)
    hammer_rough = 1 + 0.25 * sample(coarse, falling.points[..., 0] * 0.3, falling.points[..., 1] * 0.3)
    hearth_hammer, hearth_rim = diffuse_and_gloss(falling, hearth, fall=1.2)
    by_hearth = (hearth_hammer[..., None] * falling.colours + tint(hearth_rim * 0.33, (1, 1, 1))) * ember
    by_iron = []
    for height in range(7):
        bright, gloss = diffuse_and_gloss(falling, lamp - f32((0, LIFT * height / 6, 0)), fall=1.7)
        front, _ = diffuse_and_gloss(falling, f32((0.5, 1.5 - LIFT * height / 6, -1.5)), fall=1.6)
        own = ((bright + 0.22 * front) * hammer_rough)[..., None] * falling.colours
        by_iron.append(f32((own + tint(gloss * 0.35, (1, 1, 1))) * red))

    def draw(t: float) -> list[Array]:
        since = min((t - hit for hit in hits if hit <= t), default=9.0)
        rage = 0.55 + 0.65 * ease(0, seconds, t)
        envelope = np.float32(rage * (1 + 0.55 * np.exp(-since / 0.30) * min(since / 0.05, 1)))
        pant = np.float32(rage * (0.85 + 0.15 * np.sin(1.9 * t)))
        light = np.float32(1.6 * envelope) * base_iron + np.float32(1.7 * pant) * base_hearth
        heat = glow_mask * (1.05 + 0.16 * scale) * (0.8 + 0.3 * envelope)
        light = light * (1 - glow_mask[..., None]) + fire(heat)
        lift = _height(t, hits)
        hammer = interpolate(by_iron, 6 * lift) * np.float32(1.15 * envelope) + by_hearth * np.float32(1.5 * pant)
        up = round(LIFT * lift * SCALE)
        light[: HEIGHT - up] += falling.hit[up:, :, None] * (hammer[up:] - light[: HEIGHT - up])
        fly = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        ends, colours = sparks.at(t)
        if len(ends):
            streaks(fly, ends, colours * 2.8, 0.7)
        rise = sample(veil, x * 0.16 + 0.02 * t, y * 0.16 - 0.07 * t) + 0.7 * sample(
            veil, x * 0.33 - 0.03 * t, y * 0.3 - 0.12 * t
        )
        place = np.exp(-((x + 1.55) ** 2) / 0.5) * 0.13 * pant + np.exp(-(x * x + y * y) / 0.35) * 0.035 * envelope
        smoke = tint(f32(np.clip(0.35 + 0.55 * rise, 0.01, None) ** 1.3 * place), (1.0, 0.17, 0.035))
        quake = 7 * rage * np.exp(-since / 0.09) * np.cos(since * 55)
        return [_shaken(light, quake), smoke, _shaken(fly, quake)]

    return draw


def _shaken(picture: Array, by: float) -> Array:
    if abs(by) < 0.2:
        return picture
    matrix = f32([[1, 0, by * 0.4], [0, 1, by]])
    return f32(
        cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )
