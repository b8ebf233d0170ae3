"""The candle: a spark falls out of the dark, finds the wick, and the things on the table come into being."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.light import HEIGHT, WIDTH, Array, dots, ease, f32, fire, look, noise, pixels, screen, smooth, tint
from scenes.demo.sculpt import Field, Relief, Solid, ball, behold, box, drum, lit, melt, rod, shadow, together

Draw = Callable[[float], list[Array]]
WICK = f32((0.0, 0.62, 0.0))
FLAME = WICK + f32((0, 0.09, 0))


def _candle(p: Array) -> Array:
    wax = drum(p, (0, 0.33, 0), 0.085, 0.26, 0.03)
    runs = [rod(p, (0.082 * np.cos(a), 0.57, 0.082 * np.sin(a)), (0.088 * np.cos(a), low, 0.088 * np.sin(a)), 0.014)
            for a, low in ((-2.2, 0.36), (-1.2, 0.47), (-0.5, 0.28), (-2.8, 0.43))]  # fmt: skip
    for run in runs:
        wax = melt(wax, run, 0.03)
    wax = np.maximum(wax, -ball(p, (0, 0.66, 0), 0.095))
    return f32(np.minimum(wax, rod(p, (0, 0.56, 0), (0.006, 0.625, 0), 0.007)))


def _holder(p: Array) -> Array:
    dish = drum(p, (0, 0.035, 0), 0.27, 0.022, 0.02)
    hollow = drum(p, (0, 0.07, 0), 0.24, 0.03, 0.02)
    cup = drum(p, (0, 0.09, 0), 0.115, 0.05, 0.015)
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
    body = melt(ball(p, (-0.62, 0.165, -0.12), 0.17), ball(p, (-0.60, 0.36, -0.11), 0.085), 0.13)
    return f32(np.minimum(body, rod(p, (-0.595, 0.43, -0.11), (-0.57, 0.52, -0.09), 0.010)))


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
    dome = ball(f32(q * f32((1.08, 1.0, 0.86))), (0, 0.07, 0.03), 0.235)
    face = box(q, (0, -0.10, -0.15), (0.115, 0.115, 0.075), 0.05)
    head = melt(melt(dome, face, 0.1), box(q, (0, -0.215, -0.13), (0.085, 0.06, 0.085), 0.04), 0.04)
    for side in (-1, 1):
        head = melt(head, rod(q, (side * 0.12, -0.06, -0.2), (side * 0.165, -0.05, -0.02), 0.03), 0.03)
        head = -melt(-head, ball(q, (side * 0.075, 0.0, -0.245), 0.062), 0.025)
    head = -melt(-head, box(q, (0, -0.085, -0.25), (0.022, 0.038, 0.06), 0.02), 0.03)
    return f32(0.85 * head)


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


def _painted(relief: Relief) -> Array:
    """The colours with the grain of wood, wax and paint."""
    coarse, fine = noise(21, 1.6), noise(22, 0.8)
    x, y, z = (relief.points[..., i] for i in range(3))
    wood = 0.85 + 0.22 * look(fine, x * 0.05, z * 0.8) + 0.1 * look(coarse, x * 0.1, z * 0.9)
    other = (
        1
        + np.where(relief.index == 7, 0.03, 0.13) * look(coarse, x * 0.5 + z * 0.3, y * 0.5)
        + 0.04 * look(fine, x * 0.7 + z * 0.4, y * 0.7)
    )
    return f32(relief.colours * np.where(relief.index == 6, wood, other)[..., None])


class Table:
    """The still life under one moving flame, whose shadows are known for a few places of it."""

    def __init__(self, eye: tuple[float, float, float], towards: tuple[float, float, float], zoom: float) -> None:
        solids = things()
        self.relief = behold(solids, (WIDTH, HEIGHT), eye, towards, zoom, far=12)
        self.field = together(solids[1:])
        self.colours = _painted(self.relief)
        self.wax = f32(self.relief.index == 0)
        self.camera = (f32(eye), f32(towards), zoom)

    def shadows(self, places: list[Array]) -> list[Array]:
        """How much of a small flame at each place every pixel sees."""
        return [shadow(self.field, self.relief, place) for place in places]

    def under(self, lamp: Array, seen: Array, strength: float) -> Array:
        """The picture by one warm light."""
        diffuse, gloss = lit(self.relief, lamp, wrap=0.08, fall=1.7, reach=0.10)
        near = np.exp(-((np.linalg.norm(self.relief.points - lamp, axis=-1) / 0.20) ** 2))
        through = self.wax * near * 6
        # The candle stands under its own flame and lets the light through; it casts no hard shadow on itself.
        full = diffuse * (seen * (1 - self.wax) + 0.35 * self.wax) + 0.02 * np.minimum(diffuse + 0.15, 0.6)
        light = tint(full, (1.0, 0.60, 0.27)) * self.colours + tint(through, (1.0, 0.50, 0.16)) * self.colours
        return f32(strength * (light + tint(gloss * seen, (0.5, 0.3, 0.13))))

    def project(self, point: Array) -> tuple[float, float]:
        """A point in the room to full-size pixels."""
        eye, towards, zoom = self.camera
        forward = (towards - eye) / np.linalg.norm(towards - eye)
        right = np.cross(f32((0, 1, 0)), forward)
        right /= np.linalg.norm(right)
        way = point - eye
        depth = float(way @ forward)
        x, y = way @ right / depth * zoom, way @ np.cross(forward, right) / depth * zoom
        px, py = pixels(f32(x), f32(y), (WIDTH, HEIGHT))
        return float(px), float(py)


def flame(
    picture: Array, x: float, y: float, height: float, life: float, sway: float, tile: Array, turn: float
) -> None:
    """Paint a candle flame in place: foot at pixel x, y; ``life`` 0 to 1 lets it grow; ``turn`` moves its edge."""
    tall = height * (0.25 + 0.75 * life)
    reach = int(height * 1.4)
    x0, x1, y0, y1 = int(x) - reach // 2, int(x) + reach // 2, int(y) - reach, int(y) + reach // 4
    v, u = np.meshgrid(np.arange(y0, y1, dtype=np.float32), np.arange(x0, x1, dtype=np.float32), indexing="ij")
    rise = (y - v) / tall
    bend = sway * np.clip(rise, 0, 2) ** 1.6 * tall * 0.18
    bend = bend + 0.02 * tall * np.clip(rise, 0, 1) * look(tile, u / height * 0.05, rise * 0.1 - turn)
    across = (u - x - bend) / (tall * 0.165)
    r = np.clip(rise, 0, 1.0)
    width = 1.25 * np.sqrt(r + 0.02) * np.power(1 - r, 0.75) * 1.35 + 1e-3
    form = np.clip(1 - np.abs(across) / width, 0, 1) * (rise > -0.02) * (rise < 1)
    body = smooth(0.0, 0.5, form)
    hollow = 1 - 0.75 * np.exp(-(((rise - 0.12) / 0.13) ** 2) - (across / 0.55) ** 2)
    heat = body * (0.9 + 0.8 * np.clip(rise * 1.6, 0, 1)) * hollow
    colour = np.stack([5.2 * heat, 2.9 * heat**1.25, 1.05 * heat**1.9], -1)
    blue = smooth(0.05, 0.4, form) * np.exp(-(((rise - 0.03) / 0.07) ** 2))
    colour += tint(f32(blue), (0.08, 0.16, 0.55))
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
        start + (WICK - start) * f32(k / 8) + f32((0.16 * np.sin(k * 1.1), 0, -0.2 * np.sin(k * np.pi / 8)))
        for k in range(9)
    ]
    falling = table.shadows([f32(place) for place in course])
    swaying = table.shadows([FLAME + f32((dx, 0.02, 0)) for dx in (-0.03, 0.03)])
    x, y = screen((640, 360))
    tile, veil = noise(31, 1.4), noise(32, 1.9, 2, 60)
    fx, fy = table.project(WICK)

    def draw(t: float) -> list[Array]:
        life = ease(touch, touch + 4.0, t)
        flicker, lean = _flicker(t / 12)
        place = min(t / touch, 1.0) ** 1.15 * 8
        k = min(int(place), 7)
        spark = f32(course[k] + (place - k) * (course[k + 1] - course[k]))
        ember = ease(0.3, 2.0, t) * (1 - ease(touch + 0.3, touch + 1.5, t))
        light = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        if ember > 0:
            seen = falling[k] + np.float32(place - k) * (falling[k + 1] - falling[k])
            light += table.under(spark, seen, 0.16 * ember * (1 + 0.1 * np.sin(9 * t)))
        if life > 0:
            mix = np.float32(0.5 + 0.5 * lean)
            seen = swaying[0] + mix * (swaying[1] - swaying[0])
            light += table.under(FLAME + f32((0.03 * lean, 0, 0)), seen, 0.85 * life * flicker)
            flame(light, fx, fy, 118, life, lean, tile, t * 0.4)
            halo = np.exp(-((x - (fx - 640) / 360) ** 2 + (y - (360 - fy - -60) / 360) ** 2) / 0.25)
            smoke = np.clip(0.8 + 0.3 * look(veil, x * 0.2, y * 0.15 - 0.02 * t), 0.1, None)
            haze = tint(f32(halo * smoke * 0.022 * life * flicker), (1.0, 0.55, 0.22))
        else:
            haze = np.zeros((360, 640, 3), np.float32)
        if ember > 0:
            px, py = table.project(spark)
            tail = np.arange(14)
            ox = px + tail * 0.9 * np.sin(0.5 * tail + 3 * t) * 0.7
            fade = ember * 0.8**tail
            dots(light, f32(ox), f32(py - tail * 6.0), f32(3.4 * 0.93**tail), fire(f32(2.2 * fade)))
        push = 1 + 0.13 * ease(3, seconds + 4, t)
        return [_nearer(light, push, fx, fy - 40), haze]

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
    swaying = table.shadows([FLAME + f32((dx, 0.02, 0)) for dx in (-0.03, 0.03)])
    tile, veil = noise(31, 1.4), noise(32, 1.9, 2, 60)
    x, y = screen((640, 360))
    fx, fy = table.project(WICK)

    def draw(t: float) -> list[Array]:
        turn = t / seconds
        flicker, lean = _flicker(turn)
        seen = swaying[0] + np.float32(0.5 + 0.5 * lean) * (swaying[1] - swaying[0])
        light = table.under(FLAME + f32((0.03 * lean, 0, 0)), seen, 0.5 * flicker)
        flame(light, fx, fy, 215, 1.0, lean, tile, turn * 4)
        halo = np.exp(-((x - (fx - 640) / 360) ** 2 + (y - (360 - fy + 110) / 360) ** 2) / 0.35)
        smoke = np.clip(0.8 + 0.3 * look(veil, x * 0.2 + 0.1 * np.sin(2 * np.pi * turn), y * 0.15 - turn), 0.1, None)
        return [light, tint(f32(halo * smoke * 0.03 * flicker), (1.0, 0.55, 0.22))]

    return draw
