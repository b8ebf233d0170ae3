"""The ending of sorrow: what has burned goes up and stays, as stars over still water."""

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
from scenes.demo.making.lake import Lake

SHORE = 0.80


def rising(seconds: float) -> Callable[[float], list[Array]]:
    """Embers become stars; one of them is the light that sank."""
    dice = np.random.default_rng(101)
    lake = Lake(SHORE, calm=2.2)
    x, y = screen(HALF)
    height = np.clip((y - (1 - 2 * SHORE)) / (2 * SHORE), 0, 1)
    cloud, fine, dust = noise(102, 1.7, 2, 90), noise(103, 1.1, 4, 200), noise(104, 1.5, 3, 120)
    band = np.exp(-(((y - 0.30 - 0.42 * x) / 0.36) ** 2))
    bend = 0.05 * sample(cloud, x * 0.14, y * 0.14)
    milk = band * np.clip(
        0.55 + 0.30 * sample(cloud, x * 0.2 + bend, y * 0.2) + 0.12 * sample(fine, x * 0.3, y * 0.3), 0, None
    )
    lane = smoothstep(0.1, 1.3, sample(dust, x * 0.22 + bend + 0.4, y * 0.22 - bend)) * np.exp(
        -(((y - 0.27 - 0.42 * x) / 0.2) ** 2)
    )
    milk = milk * (1 - 0.85 * lane)
    galaxy = tint(f32(milk**1.6 * 0.20), (0.50, 0.64, 1.0)) + tint(f32(milk**3 * 0.17), (1.0, 0.62, 0.42))
    ridge = noise(105, 1.8, 2, 120)[0]
    line = 0.035 + 0.022 * np.interp((x[0] * 0.13 + 0.6) % 1.0, np.linspace(0, 1, ridge.size), ridge)
    hill = smoothstep(0.004, -0.004, height - f32(line)[None, :])[..., None]
    n = 230
    sx, sy = f32(dice.uniform(0, WIDTH, n)), f32(dice.uniform(0.01, 0.74, n) ** 1.1 * HEIGHT)
    size = f32(np.clip(dice.pareto(2.6, n) * 0.45 + 0.85, 0.85, 3.0))
    start, phase = f32(dice.uniform(-4, seconds * 0.62, n)), f32(dice.uniform(0, 6.28, n))
    home = f32(WIDTH / 2 + dice.normal(0, 330 * PX, n))
    white = f32([(0.75, 0.85, 1.0), (1.0, 0.95, 0.85), (0.6, 0.75, 1.0)])[dice.integers(0, 3, n)]
    sx[0], sy[0], size[0], start[0], home[0], white[0] = 812 * PX, 168 * PX, 4.2, 1.0, 700 * PX, (1.0, 0.86, 0.62)
    m = 2600
    faint_x, faint_y = f32(dice.uniform(0, WIDTH - 2, m)), f32(dice.uniform(0, SHORE * HEIGHT - 6 * PX, m))
    weight = dice.pareto(1.8, m) * 0.10 + 0.03
    thick = cv2.resize(milk, (WIDTH, HEIGHT))[faint_y.astype(int), faint_x.astype(int)]
    faint = splat(
        faint_x,
        faint_y,
        f32((PX * np.minimum(weight, 1.2) * (0.35 + 1.3 * thick))[:, None] * f32((0.8, 0.9, 1.0))),
        (WIDTH, HEIGHT),
    )

    def draw(t: float) -> list[Array]:
        night = ease(1.0, seconds * 0.8, t)
        sky = galaxy * (0.10 + 0.90 * night) + tint(0.010 + 0.035 * (1 - height) ** 4, (0.25, 0.42, 0.95))
        sky = sky + tint(np.exp(-height * 9) * 0.05, (1.0, 0.40, 0.16)) * (1 - 0.75 * night)
        sky = f32(sky * (1 - hill) + 0.0015 * hill)
        points = faint * (0.15 + 0.85 * night) * lake.air
        way = np.clip((t - start) / 6.5, 0, 1)
        rise = 1 - (1 - way) ** 2.4
        px = home + (sx - home) * rise + 26 * PX * np.sin(3 * rise * 2 + phase) * (1 - rise)
        py = SHORE * HEIGHT - 8 * PX + (sy - SHORE * HEIGHT + 8 * PX) * rise
        cool = np.clip((way - 0.45) / 0.5, 0, 1)[:, None]
        twinkle = 1 + 0.22 * np.sin(2.1 * t + 3 * phase) + 0.12 * np.sin(5.3 * t + 5 * phase)
        bright = np.clip((t - start) / 0.8, 0, 1) * twinkle * (0.55 + 0.5 * (1 - way))
        colours = bright[:, None] * ((1 - cool) * f32((1.5, 0.50, 0.12)) + cool * white * 0.95)
        show = bright > 0.01
        dots(
            points,
            px[show],
            py[show],
            f32(PX * size * (1.5 - 0.5 * way))[show],
            f32(colours * (size / 1.3)[:, None])[show],
        )
        _flare(points, float(px[0]), float(py[0]), float(bright[0]) * ease(0.5, 1.0, float(way[0])))
        above = cv2.resize(points, HALF, interpolation=cv2.INTER_AREA) * 1.6 + sky
        return [lake.join(f32(above), 0.6 * t, sky), points]

    return draw


def _flare(picture: Array, x: float, y: float, strength: float) -> None:
    """Four fine rays on the one bright star."""
    reach = round(70 * PX)
    along = np.arange(-reach, reach + 1)
    ray = f32(np.exp(-np.abs(along) / (16 * PX)) * strength * 0.9)[:, None] * f32((1.0, 0.85, 0.62))
    ix, iy = int(x), int(y)
    if reach < ix < WIDTH - reach and reach < iy < HEIGHT - reach:
        picture[iy, ix - reach : ix + reach + 1] += ray
        picture[iy - reach : iy + reach + 1, ix] += ray
