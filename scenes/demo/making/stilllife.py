"""The things on the table: a still life that only a small flame lights."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, f32, noise, pixels, sample, tint
from scenes.demo.making.ray_marching import (
    GBuffer,
    Solid,
    antialiased,
    box,
    capsule,
    cylinder,
    diffuse_and_gloss,
    render,
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
    body = smooth_union(sphere(p, (-0.62, 0.165, -0.12), 0.17), sphere(p, (-0.60, 0.36, -0.11), 0.085), 0.13)
    return f32(np.minimum(body, capsule(p, (-0.595, 0.43, -0.11), (-0.57, 0.52, -0.09), 0.010)))


def _apples(p: Array) -> Array:
    def apple(x: float, z: float, r: float) -> Array:
        q = p - f32((x, r * 0.93, z))
        around = np.hypot(q[:, 0], q[:, 2])
        return f32(np.hypot(around - 0.35 * r, q[:, 1] * 1.02) - 0.66 * r)

    return f32(np.minimum(apple(-0.95, 0.18, 0.17), apple(0.42, -0.32, 0.155)))


def _skull(p: Array) -> Array:
    """Vanity: de La Tour never let a candle burn without one. Looks to the flame."""
    turn = np.float32(-0.75)
    q = p - f32((-0.36, 0.30, 0.52))
    q = f32(np.stack([q[:, 0] * np.cos(turn) + q[:, 2] * np.sin(turn), q[:, 1],
                      -q[:, 0] * np.sin(turn) + q[:, 2] * np.cos(turn)], -1))  # fmt: skip
    dome = sphere(f32(q * f32((1.08, 1.0, 0.86))), (0, 0.07, 0.03), 0.235)
    face = box(q, (0, -0.10, -0.15), (0.115, 0.115, 0.075), 0.05)
    skull = smooth_union(smooth_union(dome, face, 0.1), box(q, (0, -0.215, -0.13), (0.085, 0.06, 0.085), 0.04), 0.04)
    for side in (-1, 1):
        skull = smooth_union(skull, capsule(q, (side * 0.12, -0.06, -0.2), (side * 0.165, -0.05, -0.02), 0.03), 0.03)
        skull = -smooth_union(-skull, sphere(q, (side * 0.075, 0.0, -0.245), 0.062), 0.025)
    skull = -smooth_union(-skull, box(q, (0, -0.085, -0.25), (0.022, 0.038, 0.06), 0.02), 0.03)
    return f32(0.85 * skull)


def _cloth(p: Array) -> Array:
    """A heavy curtain behind the table, in folds that gather to one side."""
    x = p[:, 0] + 0.12 * p[:, 1]
    folds = 0.07 * np.sin(5.2 * x + 0.8 * np.sin(1.7 * x)) + 0.03 * np.sin(11 * x + 2.0 + 1.5 * p[:, 1])
    return f32(0.6 * (1.35 - 0.15 * p[:, 0] + folds - p[:, 2]))


def things() -> list[Solid]:
    """All that stands on the table."""
    return [
        Solid(_candle, (0.80, 0.68, 0.48), 0.5),
        Solid(_holder, (0.62, 0.40, 0.14), 3.0),
        Solid(_jug, (0.33, 0.22, 0.15), 1.4),
        Solid(_pear, (0.56, 0.46, 0.12), 0.5),
        Solid(_apples, (0.50, 0.07, 0.035), 0.9),
        Solid(_skull, (0.66, 0.57, 0.42), 0.12),
        Solid(lambda p: box(p, (0, -0.1, 0.2), (3.2, 0.1, 1.0), 0.02), (0.22, 0.12, 0.06), 0.5),
        Solid(_cloth, (0.30, 0.028, 0.022), 0.06),
    ]


def _painted(gbuffer: GBuffer) -> Array:
    """The colours with the grain of wood, wax and paint."""
    coarse, fine = noise(21, 1.6), noise(22, 0.8)
    x, y, z = (gbuffer.points[..., i] for i in range(3))
    wood = 0.85 + 0.22 * sample(fine, x * 0.05, z * 0.8) + 0.1 * sample(coarse, x * 0.1, z * 0.9)
    other = (
        1
        + np.where(gbuffer.index == 7, 0.03, 0.13) * sample(coarse, x * 0.5 + z * 0.3, y * 0.5)
        + 0.04 * sample(fine, x * 0.7 + z * 0.4, y * 0.7)
    )
    return f32(gbuffer.colours * np.where(gbuffer.index == 6, wood, other)[..., None])


class Table:
    """The still life under one moving flame, whose shadows are known for a few places of it."""

    def __init__(self, eye: tuple[float, float, float], towards: tuple[float, float, float], zoom: float) -> None:
        solids = things()
        self.gbuffer = render(solids, (WIDTH, HEIGHT), eye, towards, zoom, far=12)
        self.field = union(solids[1:])
        self.colours = _painted(self.gbuffer)
        self.wax = f32(self.gbuffer.index == 0)
        self.camera = (f32(eye), f32(towards), zoom)

    def under(self, lamp: Array) -> Array:
        """The picture by one warm light of strength 1 at a place."""
        seen = shadow(self.field, self.gbuffer, lamp)
        diffuse, gloss = diffuse_and_gloss(self.gbuffer, lamp, wrap=0.08, fall=1.7, reach=0.10)
        near = np.exp(-((np.linalg.norm(self.gbuffer.points - lamp, axis=-1) / 0.20) ** 2))
        through = self.wax * near * 6
        # The candle stands under its own flame and lets the light through; it casts no hard shadow on itself.
        full = diffuse * (seen * (1 - self.wax) + 0.35 * self.wax) + 0.02 * np.minimum(diffuse + 0.15, 0.6)
        light = tint(full, (1.0, 0.60, 0.27)) * self.colours + tint(through, (1.0, 0.50, 0.16)) * self.colours
        return antialiased(f32(light + tint(gloss * seen, (0.5, 0.3, 0.13))), self.gbuffer)

    def project(self, point: Array) -> tuple[float, float]:
        """A point in space to full-size pixels."""
        eye, towards, zoom = self.camera
        forward = (towards - eye) / np.linalg.norm(towards - eye)
        right = np.cross(f32((0, 1, 0)), forward)
        right /= np.linalg.norm(right)
        way = point - eye
        depth = float(way @ forward)
        x, y = way @ right / depth * zoom, way @ np.cross(forward, right) / depth * zoom
        px, py = pixels(f32(x), f32(y), (WIDTH, HEIGHT))
        return float(px), float(py)
