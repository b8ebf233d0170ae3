"""The things on the table: a still life that only a small flame lights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making import skull
from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, f32, noise, sample, tint
from scenes.demo.making.ray_marching import (
    GBuffer,
    Solid,
    antialiased,
    bounded,
    box,
    capsule,
    cylinder,
    diffuse_and_gloss,
    openness,
    project,
    render,
    roughened,
    shadow,
    smooth_union,
    sphere,
    union,
)

WICK = f32((0.0, 0.62, 0.0))
FLAME = WICK + f32((0, 0.09, 0))


def _candle(p: Array) -> Array:
    wax = cylinder(p, (0, 0.33, 0), 0.085, 0.26, 0.03)
    runs = [capsule(p, (0.082 * np.cos(a), 0.57, 0.082 * np.sin(a)), (0.088 * np.cos(a), low, 0.088 * np.sin(a)), 0.014)
            for a, low in ((-2.2, 0.36), (-1.2, 0.47), (-0.5, 0.28), (-2.8, 0.43))]  # fmt: skip
    for run in runs:
        wax = smooth_union(wax, run, 0.03)
    wax = np.maximum(wax, -sphere(p, (0, 0.66, 0), 0.095))
    return f32(np.minimum(wax, capsule(p, (0, 0.56, 0), (0.006, 0.625, 0), 0.007)))


def _holder(p: Array) -> Array:
    dish = cylinder(p, (0, 0.035, 0), 0.27, 0.022, 0.02)
    hollow = cylinder(p, (0, 0.07, 0), 0.24, 0.03, 0.02)
    cup = cylinder(p, (0, 0.09, 0), 0.115, 0.05, 0.015)
    return f32(np.minimum(np.maximum(dish, -hollow), cup))


def _turned(p: Array, centre: tuple[float, float, float], profile: Callable[[Array], Array]) -> Array:
    """A form from the potter's wheel: the radius as a function of the height. A bound, so march it gently."""
    q = p - f32(centre)
    return f32(0.55 * (np.hypot(q[:, 0], q[:, 2]) - profile(q[:, 1])))


def _jug(p: Array) -> Array:
    def profile(y: Array) -> Array:
        return f32(0.1 + 0.17 * np.exp(-(((y - 0.26) / 0.20) ** 2)) + 0.035 * np.exp(-(((y - 0.74) / 0.07) ** 2)))

    body = np.maximum(_turned(p, (0.78, 0, 0.42), profile), np.abs(p[:, 1] - 0.37) - 0.37)
    hollow = np.maximum(_turned(p, (0.78, 0, 0.42), lambda y: profile(y) - 0.02), -(p[:, 1] - 0.6))
    q = p - f32((1.0, 0.5, 0.36))
    ring = np.hypot(np.hypot(q[:, 0], q[:, 1] * 0.8) - 0.15, q[:, 2]) - 0.025
    return f32(np.minimum(np.maximum(body, -hollow), ring * 0.8))


def _pear(p: Array) -> Array:
    body = smooth_union(sphere(p, (-0.75, 0.165, -0.12), 0.17), sphere(p, (-0.73, 0.36, -0.11), 0.085), 0.13)
    return f32(np.minimum(body, capsule(p, (-0.725, 0.43, -0.11), (-0.7, 0.52, -0.09), 0.010)))


def _apples(p: Array) -> Array:
    def apple(x: float, z: float, r: float) -> Array:
        q = p - f32((x, r * 0.66, z))
        around = np.hypot(q[:, 0], q[:, 2]) * (1 + 0.02 * np.cos(5 * np.arctan2(q[:, 2], q[:, 0])))
        narrow = 0.36 * r * (1 + 0.5 * q[:, 1] / r * (q[:, 1] < 0))
        body = np.hypot(around - narrow, q[:, 1] * 1.02) - 0.66 * r
        stem = capsule(q, (0, 0.3 * r, 0), (0.16 * r, 1.05 * r, 0.05 * r), 0.045 * r)
        return f32(smooth_union(f32(body), stem, 0.03 * r))

    return f32(np.minimum(apple(-1.04, 0.16, 0.19), apple(0.43, -0.30, 0.17)))


def _cloth(p: Array) -> Array:
    """A heavy curtain behind the table, in folds that gather to one side."""
    x = p[:, 0] + 0.12 * p[:, 1]
    folds = 0.07 * np.sin(5.2 * x + 0.8 * np.sin(1.7 * x)) + 0.03 * np.sin(11 * x + 2.0 + 1.5 * p[:, 1])
    return f32(0.6 * (1.35 - 0.15 * p[:, 0] + folds - p[:, 2]))


def things() -> list[Solid]:
    """All that stands on the table."""
    return [
        Solid(bounded(_candle, (0, 0.35, 0), 0.36), (0.80, 0.68, 0.48), 0.5),
        Solid(_holder, (0.62, 0.40, 0.14), 3.0),
        Solid(bounded(_jug, (0.85, 0.37, 0.42), 0.52), (0.33, 0.22, 0.15), 1.4),
        Solid(bounded(_pear, (-0.75, 0.26, -0.12), 0.33), (0.56, 0.46, 0.12), 0.5),
        Solid(_apples, (0.50, 0.07, 0.035), 0.9),
        Solid(bounded(skull.skull, skull.PLACE, skull.REACH), (0.80, 0.67, 0.47), 0.12),
        Solid(lambda p: box(p, (0, -0.1, 0.2), (3.2, 0.1, 1.0), 0.02), (0.22, 0.12, 0.06), 0.5),
        Solid(_cloth, (0.30, 0.028, 0.022), 0.06),
    ]


def _painted(gbuffer: GBuffer) -> Array:
    """The colours with the grain of wood, wax, glaze and skins."""
    coarse, fine = noise(21, 1.6), noise(22, 0.8)
    x, y, z = (gbuffer.points[..., i] for i in range(3))
    wood = 0.85 + 0.22 * sample(fine, x * 0.05, z * 0.8) + 0.1 * sample(coarse, x * 0.1, z * 0.9)
    wood *= 1 - 0.55 * np.exp(-((np.abs((z + 0.06) % 0.42 - 0.21) / 0.006) ** 2))  # the boards of the table
    other = (
        1
        + np.where(gbuffer.index == CURTAIN, 0.03, 0.13) * sample(coarse, x * 0.5 + z * 0.3, y * 0.5)
        + 0.04 * sample(fine, x * 0.7 + z * 0.4, y * 0.7)
    )
    colours = gbuffer.colours * np.where(gbuffer.index == TABLE, wood, other)[..., None]
    # Fruit is not dyed: yellow where the leaf lay, a red cheek towards the sun, brown at the stem.
    cheek = np.clip(0.5 + 0.45 * sample(coarse, x * 0.35 + 0.3, y * 0.35 + z * 0.3), 0, 1)[..., None]
    apple = f32((0.52, 0.045, 0.03)) + (1 - cheek) ** 4 * f32((0.06, 0.26, 0.03))
    pear = f32((0.44, 0.43, 0.09)) + cheek * f32((0.09, -0.07, -0.02))
    colours = np.where((gbuffer.index == APPLES)[..., None], apple * other[..., None], colours)
    colours = np.where((gbuffer.index == PEAR)[..., None], pear * other[..., None], colours)
    bone = np.where(gbuffer.index == SKULL, skull.weathering(gbuffer.points), 1)
    return f32(np.clip(colours, 0.004, 1) * bone[..., None])


CANDLE, HOLDER, JUG, PEAR, APPLES, SKULL, TABLE, CURTAIN = range(8)
"""Places in ``things()``."""
RELIEF = f32((0.03, 0.04, 0.10, 0.06, 0.02, 0.20, 0.10, 0.22))
"""How rough each of them is."""


class Table:
    """The still life under one moving flame, whose shadows are known for a few places of it."""

    def __init__(self, eye: tuple[float, float, float], towards: tuple[float, float, float], zoom: float) -> None:
        solids = things()
        smooth = render(solids, (WIDTH, HEIGHT), eye, towards, zoom, far=12)
        self.gbuffer = roughened(smooth, noise(23, 1.5, 4, 200), 1.3, RELIEF[smooth.index.astype(int)])
        self.field = union(solids[1:])
        self.colours = _painted(smooth)
        self.wax = f32(smooth.index == CANDLE)
        self.open = openness(union(solids), smooth, 0.2)
        self.camera = (eye, towards, zoom)

    def under(self, lamp: Array) -> Array:
        """The picture by one warm light of strength 1 at a place."""
        seen = shadow(self.field, self.gbuffer, lamp)
        diffuse, gloss = diffuse_and_gloss(self.gbuffer, lamp, wrap=0.08, fall=1.7, reach=0.10)
        near = np.exp(-((np.linalg.norm(self.gbuffer.points - lamp, axis=-1) / 0.20) ** 2))
        through = self.wax * near * 6
        # The candle stands under its own flame and lets the light through; it casts no hard shadow on itself.
        full = diffuse * (seen * (1 - self.wax) + 0.35 * self.wax) * (0.35 + 0.65 * self.open)
        full += 0.02 * np.minimum(diffuse + 0.15, 0.6) * self.open
        light = tint(full, (1.0, 0.60, 0.27)) * self.colours + tint(through, (1.0, 0.50, 0.16)) * self.colours
        return antialiased(f32(light + tint(gloss * seen, (0.5, 0.3, 0.13))), self.gbuffer)

    def project(self, point: Array) -> tuple[float, float]:
        """A point in space to full-size pixels."""
        x, y, _ = project(f32(point)[None], *self.camera)
        return float(x[0]), float(y[0])
