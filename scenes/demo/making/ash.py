"""The ending of anger: the fire is out, ash falls like snow, and one coal goes on glowing."""

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
    fire,
    noise,
    sample,
    screen,
    smoothstep,
    splat,
    tint,
)
from scenes.demo.making.ray_marching import (
    GBuffer,
    Solid,
    antialiased,
    diffuse_and_gloss,
    length,
    openness,
    project,
    render,
    roughened,
    shadow,
    union,
)

EYE, TOWARDS, ZOOM = (0.20, 0.95, -2.65), (0.02, 0.34, 0.0), 3.4
HEART = f32((0.09, 0.345, -0.50))
"""The coal that lives."""
MOON = f32((-2.2, 3.2, 1.4))


class Coals:
    """A heap of broken charcoal: each coal a block whose corners were split off along random planes."""

    def __init__(self) -> None:
        dice = np.random.default_rng(117)
        coals = []
        for _ in range(95):
            angle, out = dice.uniform(0, 2 * np.pi), dice.uniform(0, 1) ** 0.6 * 1.5
            top = 0.42 * np.exp(-((out / 0.62) ** 2))
            place = (out * np.cos(angle) * 1.25, top * dice.uniform(0.3, 1.0) + 0.06, out * np.sin(angle) * 0.85)
            coals.append((*place, dice.uniform(0.10, 0.20)))
        coals.append((*HEART, 0.165))
        self.coals = f32(coals)
        planes = dice.normal(size=(len(coals), 11, 3))
        self.planes = f32(planes / np.linalg.norm(planes, axis=-1, keepdims=True))
        self.cuts = f32(dice.uniform(0.58, 0.90, (len(coals), 11)))
        self.turns = f32(np.linalg.qr(dice.normal(size=(len(coals), 3, 3)))[0])
        self.long = f32(dice.uniform(0.62, 1.0, (len(coals), 3)))

    def heap(self, p: Array) -> Array:
        """Distance to all coals but the living one."""
        return self._nearest(p, range(len(self.coals) - 1))

    def living(self, p: Array) -> Array:
        """Distance to the one that lives."""
        return self._nearest(p, range(len(self.coals) - 1, len(self.coals)))

    def _nearest(self, p: Array, which: range) -> Array:
        # In blocks, so that all distances to the balls around the coals fit into the processor's cache.
        blocks = np.array_split(p, len(p) // 40_000 + 1)
        return f32(0.8 * np.concatenate([self._of_block(block, which) for block in blocks]))

    def _of_block(self, p: Array, which: range) -> Array:
        centres, sizes = self.coals[which, :3], self.coals[which, 3]
        square = (p * p).sum(1)[:, None] - 2 * p @ centres.T + (centres * centres).sum(1)
        away = np.sqrt(np.maximum(square, 0)) - sizes * np.float32(1.15)
        nearest = f32(np.maximum(away.min(1), 0.015))
        for i, size in zip(which, sizes, strict=True):
            close = np.flatnonzero(away[:, i - which.start] < 0.02)
            if not len(close):
                continue
            q = f32(self.turns[i] @ (p[close] - self.coals[i, :3]).T)
            block = (np.abs(q) - size * self.long[i][:, None]).max(0)
            split = (self.planes[i] @ q - size * self.cuts[i][:, None]).max(0)
            nearest[close] = np.minimum(nearest[close], np.maximum(block, split) - 0.006 + _broken(q, size))
        return nearest


def _broken(q: Array, size: float) -> Array:
    """Charcoal breaks across its grain in small steps; q is (3, n)."""
    x, y, z = q
    step = np.sin(x * 31 + 2 * np.sin(y * 13)) * np.sin(z * 27 + 2 * np.sin(x * 11))
    return f32(size * (0.035 * np.clip(3 * step, -1, 1) + 0.012 * np.sin(y * 75 + 3 * step)))


def _ground(p: Array) -> Array:
    x, y, z = p.T
    wave = 0.02 * np.sin(3 * x + 1) * np.sin(4 * z) + 0.006 * np.sin(17 * x + 2 * z) * np.sin(19 * z)
    return f32(0.85 * (y - 0.03 + wave))


def falling(seconds: float) -> Callable[[float], list[Array]]:
    """The coals cool under a cold light; the last one breathes."""
    coals = Coals()
    solids = [
        Solid(coals.heap, (0.034, 0.033, 0.035), 0.25),
        Solid(coals.living, (0.04, 0.036, 0.036), 0.15),
        Solid(_ground, (0.20, 0.20, 0.21), 0.0),
    ]
    smooth = render(solids, (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM, far=9)
    deep, near = openness(union(solids), smooth, 0.35), openness(union(solids), smooth, 0.07)
    _dust(smooth)
    bed = roughened(smooth, noise(119, 1.25, 6, 230), 1.6, 0.20)
    px, pz = smooth.points[..., 0], smooth.points[..., 2]
    away = np.exp(-np.maximum(pz, 0) * 0.7 - 0.35 * np.maximum(np.hypot(px, pz) - 0.8, 0) ** 2)[..., None]
    cold, gleam = diffuse_and_gloss(bed, MOON, wrap=0.05, fall=0)
    seen = shadow(union(solids[:2]), smooth, MOON, 9)
    sky = np.clip(0.4 + 0.6 * bed.normals[..., 1], 0, 1) * deep
    by_moon = tint(cold * seen, (0.42, 0.58, 0.88)) * bed.colours * 1.25 + tint(gleam * seen * 0.10, (0.5, 0.65, 0.95))
    by_moon = antialiased(f32((by_moon + tint(sky * 0.10, (0.30, 0.45, 0.80)) * bed.colours) * away), smooth)
    warm, shine = diffuse_and_gloss(bed, HEART + f32((0, 0.05, -0.05)), wrap=0.2, fall=2.0, reach=0.03)
    by_heart = (warm[..., None] * bed.colours * 0.9 + (shine * 0.03)[..., None]) * near[..., None]
    by_heart = antialiased(f32(by_heart * f32((1.0, 0.26, 0.06))), smooth)
    under = np.clip(1.15 - deep, 0, 1) * np.exp(-3.2 * np.maximum(smooth.points[..., 1] - 0.12, 0))
    under *= np.exp(-2.2 * np.maximum(np.hypot(px, 1.3 * pz) - 0.8, 0))
    by_bed = antialiased(f32(bed.colours * under[..., None] * f32((1.0, 0.22, 0.045))), smooth)
    embers = _Embers(smooth, deep, near)
    soft = np.clip(np.abs(length(smooth.points - f32(EYE)) - 2.25) / 1.1 - 0.12, 0, 1)[..., None]
    soft = f32(np.maximum(soft, 1 - smooth.hit[..., None]))
    smoke, flakes = _Smoke(), np.random.default_rng(112).random((230, 6)).astype(np.float32)
    x, y = screen(HALF)
    veil, low = noise(115, 1.9, 2, 50), smoothstep(1.3, -0.9, y)
    round_heart = np.exp(-((x - 0.05) ** 2 + (y + 0.1) ** 2) / 0.5)

    def draw(t: float) -> list[Array]:
        dying = np.float32(1 - ease(-1.5, seconds * 0.66, t))
        breath = np.float32(0.74 + 0.26 * np.sin(2 * np.pi * t / 4.6 - 0.6))
        live = np.float32(0.50 + 0.50 * dying) * breath
        light = by_moon * np.float32(0.40 + 0.60 * ease(0, seconds * 0.5, t))
        light += by_heart * np.float32(1.5 * live) + by_bed * np.float32(2.6 * dying**1.5)
        light += fire(embers.at(t, float(dying), float(live)))
        light += soft * (blur(light, 4.5 * PX) - light)
        fog = np.clip(0.5 + 0.35 * sample(veil, x * 0.12 + 0.012 * t, y * 0.2 - 0.01 * t), 0, None) * low
        haze = tint(f32(fog), (0.0045, 0.0065, 0.0115))
        haze += tint(f32(fog * round_heart * (0.15 * live + 0.85 * dying)), (0.05, 0.012, 0.002))
        air = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        _ashes(air, flakes, t, float(live))
        return [light, haze, smoke.at(t, float(live), float(dying)), air]

    return draw


def _dust(bed: GBuffer) -> None:
    """Pale ash lies on what looks up; the sides are black."""
    x, y, z = (bed.points[..., i] for i in range(3))
    patch, fine = noise(116, 1.5, 4, 90), noise(114, 0.8)
    lie = bed.normals[..., 1] + 0.22 * sample(patch, x * 0.5 + 0.2 * y, z * 0.5 + 0.3 * y)
    lie += 0.10 * sample(fine, x * 0.9, z * 0.9 + y)
    cover = smoothstep(0.22, 0.80, f32(lie))[..., None] * np.where(bed.index == 2, 0.35, 1.0)[..., None]
    ash = f32((0.36, 0.355, 0.36)) * (1 + 0.15 * sample(fine, x * 1.1, z * 1.1 + y))[..., None]
    bed.colours[:] += cover * (ash - bed.colours)
    bed.shine[:] *= 1 - cover[..., 0]


class _Embers:
    """Where the fire still is: deep in the gaps first, in cracks, and in the one coal that lives."""

    def __init__(self, bed: GBuffer, deep: Array, near: Array) -> None:
        x, y, z = (bed.points[..., i] for i in range(3))
        vein = noise(113, 1.25, 5, 170)
        self.u, self.v = x * 0.8 + 0.35 * z, y * 0.8 - 0.45 * z
        crack = np.clip(1 - 1.6 * np.abs(sample(vein, x * 0.42 + z * 0.30, y * 0.46 - z * 0.34)), 0, 1)
        side = np.clip(1.05 - np.clip(bed.normals[..., 1], 0, 1), 0, 1)
        coal = f32(bed.index < 2)
        low = np.exp(-2.2 * np.maximum(y - 0.15, 0)) * np.exp(-1.1 * np.maximum(np.hypot(x, z * 1.3) - 0.7, 0))
        gap = np.clip(1.25 - deep, 0, 1) ** 2 * np.clip(1.3 - near, 0, 1)
        self.bed = f32(coal * (bed.index == 0) * low * side * (1.55 * gap + 0.85 * crack**3 * (0.3 + 0.7 * gap)))
        self.bed += f32((bed.index == 2) * low * np.clip(1.0 - deep, 0, 1) ** 2 * 1.2)
        self.heart = f32((bed.index == 1) * side * (0.10 + 1.1 * crack**2.5 + 0.5 * np.clip(1 - near, 0, 1)))
        self.shimmer = noise(118, 1.6, 3, 60)

    def at(self, t: float, dying: float, live: float) -> Array:
        """Heat, (height, width): draughts run over the embers as they do over real ones."""
        draught = sample(self.shimmer, self.u * 0.5 + 0.05 * t, self.v * 0.5 - 0.13 * t)
        draught = 0.9 + 0.16 * draught + 0.10 * sample(self.shimmer, self.u * 1.3 - 0.09 * t, self.v * 1.3 + 0.21 * t)
        bed = np.clip(self.bed * np.float32(0.45 + 0.95 * dying) - np.float32(0.62 * (1 - dying)), 0, None)
        return f32(cv2.GaussianBlur(f32((bed + self.heart * np.float32(1.25 * live)) * draught), (0, 0), 0.7))


class _Smoke:
    """One thread of smoke: smooth sheets that fold as they rise."""

    THREADS, STITCHES = 150, 620

    def __init__(self) -> None:
        self.across = f32(np.repeat(np.linspace(-1, 1, self.THREADS), self.STITCHES))
        self.up = f32(np.tile((np.arange(self.STITCHES) + 0.5) / self.STITCHES, self.THREADS))
        px, py, _ = project(HEART[None] + f32((0.0, 0.14, 0.0)), EYE, TOWARDS, ZOOM)
        self.foot = (float(px[0]) / 2, float(py[0]) / 2)

    def at(self, t: float, live: float, dying: float) -> Array:
        """Half-size light of the smoke, cold with the moon and warm at its foot."""
        a, h = self.across, self.up
        then = 0.42 * t - 2.6 * h  # what is high now left the coal long ago
        wide = 0.006 + 0.17 * h**1.35
        roll = 1.3 * np.sin(1.9 * then + 0.6) + 2.4 * h * np.sin(2.7 * then + 1.7 * a) + 3.4 * h * h
        bend = h * (0.10 * np.sin(1.1 * then) + 0.06 * np.sin(2.9 * then + 1)) + 0.05 * h * h * np.sin(
            6.3 * then + 2 * a
        )
        x = bend + wide * (np.sin(roll + 1.5 * a) * 0.9 + 0.45 * a + 0.25 * np.sin(3.1 * a + 5 * then) * h)
        y = 1.55 * h + 0.03 * h * np.sin(4 * a + 3 * then)
        shade = (1 - h) ** 1.4 * np.minimum(h * 14, 1) * (0.6 + 0.4 * np.abs(a))
        warm = np.exp(-h * 13) * np.float32(2.6 * live)
        colours = (
            shade[:, None]
            * (f32((0.26, 0.34, 0.50)) + warm[:, None] * f32((1.0, 0.28, 0.07)))
            * np.float32(0.016 * PX * PX * (0.75 + 0.5 * dying))
        )
        layer = splat(f32(self.foot[0] + x * HALF[1] / 2), f32(self.foot[1] - y * HALF[1] / 2), f32(colours), HALF)
        return blur(layer, 0.9 * PX)


def _ashes(picture: Array, flakes: Array, t: float, live: float) -> None:
    """Flakes fall, turn and sway; the moon lights them, and near the coal its glow."""
    z = 0.55 + 2.6 * flakes[:, 2] ** 0.8
    y = 1.25 - (flakes[:, 1] + (0.034 + 0.016 * flakes[:, 4]) * t / z) % 1.0 * 2.5
    x = (flakes[:, 0] * 2 - 1) * 2.0 + (
        0.07 * np.sin(0.8 * t + 9 * flakes[:, 3]) + 0.025 * np.sin(2.1 * t + 20 * flakes[:, 4])
    ) / z
    size = f32((np.abs(1.6 / z - 0.8) * 5.0 + 0.8 + 1.1 * flakes[:, 5] / z) * PX)
    turn = 0.25 + 0.75 * np.sin((1.2 + flakes[:, 5]) * t + 30 * flakes[:, 3]) ** 2
    shine = turn * np.exp(-0.25 * (x + 0.9) ** 2) * 0.55 / (size / PX) ** 1.35
    glow = np.exp(-((x - 0.08) ** 2 + (y + 0.12) ** 2) / 0.12) * (0.5 * live) / (size / PX) ** 1.2
    colours = shine[:, None] * f32((0.50, 0.62, 0.85)) + (turn * glow)[:, None] * f32((1.0, 0.30, 0.08))
    px, py = f32(x * HEIGHT / 2 + WIDTH / 2), f32(HEIGHT / 2 - y * HEIGHT / 2)
    wide = size > 4 * PX
    dots(picture, px[~wide], py[~wide], size[~wide], colours[~wide])
    dots(picture, px[wide], py[wide], size[wide], colours[wide] * 1.6, 0.0)
