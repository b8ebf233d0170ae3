"""The candle: a spark falls out of the dark, finds the wick, and the things on the table come into being."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

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
    fire,
    interpolate,
    noise,
    sample,
    screen,
    smoothstep,
    tint,
)
from scenes.demo.making.stilllife import FLAME, WICK, Table

Draw = Callable[[float], list[Array]]


@dataclass(frozen=True)
class Flame:
    """A candle flame: its foot at pixel x, y, its full height in pixels, and how far it has grown."""

    x: float
    y: float
    height: float
    life: float
    """0: just lit; 1: full height."""
    sway: float
    """How far it leans, to the right if positive."""


def draw_flame(picture: Array, flame: Flame, tile: Array, turn: float) -> None:
    """Add a flame to the picture in place; ``turn`` moves its edge through the noise of ``tile``."""
    x, y, height, life, sway = flame.x, flame.y, flame.height, flame.life, flame.sway
    tall = height * (0.25 + 0.75 * life)
    reach = int(height * 1.4)
    x0, x1, y0, y1 = int(x) - reach // 2, int(x) + reach // 2, int(y) - reach, int(y) + reach // 4
    v, u = np.meshgrid(np.arange(y0, y1, dtype=np.float32), np.arange(x0, x1, dtype=np.float32), indexing="ij")
    rise = (y - v) / tall
    bend = sway * np.clip(rise, 0, 2) ** 1.6 * tall * 0.18
    bend = bend + 0.012 * tall * np.clip(rise, 0, 1) * sample(tile, u / height * 0.05, rise * 0.1 - turn)
    across = (u - x - bend) / (tall * 0.165)
    r = np.clip(rise, 0, 1.0)
    width = 2.15 * np.sqrt(r + 0.015) * np.power(1 - r, 1.02) + 1e-3
    form = (
        np.clip(1 - np.abs(across) / width, 0, 1)
        * smoothstep(0.0, 0.04, rise)
        * (0.35 + 0.65 * smoothstep(1.0, 0.7, rise))
        * (rise < 1)
    )
    body = smoothstep(0.0, 0.85, form)
    hollow = 1 - 0.75 * np.exp(-(((rise - 0.12) / 0.13) ** 2) - (across / 0.55) ** 2)
    heat = body * (0.9 + 0.8 * np.clip(rise * 1.6, 0, 1)) * hollow
    colour = np.stack([5.2 * heat, 2.9 * heat**1.25, 1.05 * heat**1.9], -1)
    blue = smoothstep(0.05, 0.4, form) * np.exp(-(((rise - 0.03) / 0.07) ** 2))
    colour += tint(f32(blue), (0.03, 0.09, 0.34))
    left, top = max(x0, 0), max(y0, 0)
    right, bottom = min(x1, picture.shape[1]), min(y1, picture.shape[0])
    if left < right and top < bottom:
        picture[top:bottom, left:right] += f32(colour * min(life * 1.5, 1))[
            top - y0 : bottom - y0, left - x0 : right - x0
        ]


def _flicker(turn: float) -> tuple[float, float]:
    """Strength and lean of a calm flame; whole turns close it."""
    wave = 2 * np.pi * turn
    strength = 1 + 0.035 * np.sin(7 * wave) + 0.025 * np.sin(13 * wave + 1) + 0.015 * np.sin(29 * wave + 2)
    lean = 0.5 * np.sin(3 * wave) + 0.3 * np.sin(8 * wave + 0.7) + 0.12 * np.sin(19 * wave + 2)
    return float(strength), float(lean)


def kindling(seconds: float) -> Draw:
    """The opening: the spark falls for six seconds, the flame grows, the eye comes nearer."""
    table = Table((0.1, 0.95, -3.3), (-0.02, 0.50, 0.2), 3.35)
    start, touch = f32((0.75, 2.3, -0.55)), 5.6
    course = [
        start + (WICK - start) * f32(k / 10) + f32((0.16 * np.sin(k * 0.88), 0, -0.2 * np.sin(k * np.pi / 10)))
        for k in range(11)
    ]
    falling = [table.under(f32(place)) for place in course]
    swaying = [table.under(FLAME + f32((dx, 0.02, 0))) for dx in (-0.03, 0.03)]
    x, y = screen(HALF)
    tile, veil = noise(31, 2.0, 2, 24), noise(32, 1.9, 2, 60)
    fx, fy = table.project(WICK)
    hx, hy = (fx - WIDTH / 2) / (HEIGHT / 2), (HEIGHT / 2 - fy) / (HEIGHT / 2)

    def draw(t: float) -> list[Array]:
        life = ease(touch, touch + 4.0, t)
        flicker, lean = _flicker(t / 12)
        place = min(t / touch, 1.0) ** 1.15 * 10
        k = min(int(place), 9)
        spark = f32(course[k] + (place - k) * (course[k + 1] - course[k]))
        ember = ease(0.3, 2.0, t) * (1 - ease(touch + 0.3, touch + 1.5, t))
        light = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        if ember > 0:
            light += interpolate(falling, place) * np.float32(0.16 * ember * (1 + 0.1 * np.sin(9 * t)))
        if life > 0:
            light += interpolate(swaying, 0.5 + 0.5 * lean) * np.float32(0.85 * life * flicker)
            draw_flame(light, Flame(fx, fy, 118 * PX, life, lean), tile, t * 0.4)
            halo = np.exp(-((x - hx) ** 2 + (y - hy - 0.17) ** 2) / 0.25)
            smoke = np.clip(0.8 + 0.3 * sample(veil, x * 0.2, y * 0.15 - 0.02 * t), 0.1, None)
            haze = tint(f32(halo * smoke * 0.022 * life * flicker), (1.0, 0.55, 0.22))
        else:
            haze = np.zeros((*x.shape, 3), np.float32)
        if ember > 0:
            px, py = table.project(spark)
            tail = np.arange(14)
            ox = px + tail * 0.63 * PX * np.sin(0.5 * tail + 3 * t)
            fade = ember * 0.8**tail
            dots(light, f32(ox), f32(py - tail * 6.0 * PX), f32(3.4 * PX * 0.93**tail), fire(f32(2.2 * fade)))
        push = 1 + 0.13 * ease(3, seconds + 4, t)
        return [_nearer(light, push, fx, fy - 40 * PX), haze]

    return draw


def _nearer(picture: Array, push: float, x: float, y: float) -> Array:
    """Move the camera towards a pixel."""
    matrix = f32([[push, 0, x * (1 - push)], [0, push, y * (1 - push)]])
    return f32(
        cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )


def vigil(seconds: float) -> Draw:
    """The safe scene: the flame alone, near; closes on itself."""
    table = Table((-0.42, 0.86, -1.9), (0.06, 0.63, 0.1), 2.7)
    swaying = [table.under(FLAME + f32((dx, 0.02, 0))) for dx in (-0.03, 0.03)]
    tile, veil = noise(31, 2.0, 2, 24), noise(32, 1.9, 2, 60)
    x, y = screen(HALF)
    fx, fy = table.project(WICK)
    hx, hy = (fx - WIDTH / 2) / (HEIGHT / 2), (HEIGHT / 2 - fy) / (HEIGHT / 2)

    def draw(t: float) -> list[Array]:
        turn = t / seconds
        flicker, lean = _flicker(turn)
        light = interpolate(swaying, 0.5 + 0.5 * lean) * np.float32(0.5 * flicker)
        draw_flame(light, Flame(fx, fy, 215 * PX, 1.0, lean), tile, turn * 4)
        halo = np.exp(-((x - hx) ** 2 + (y - hy - 0.31) ** 2) / 0.35)
        smoke = np.clip(0.8 + 0.3 * sample(veil, x * 0.2 + 0.1 * np.sin(2 * np.pi * turn), y * 0.15 - turn), 0.1, None)
        return [light, tint(f32(halo * smoke * 0.03 * flicker), (1.0, 0.55, 0.22))]

    return draw
