"""The chair: it stands empty and waits under one shaft of light; in the end the morning comes in by the window."""

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
    tint,
)
from scenes.demo.making.ray_marching import (
    Field,
    GBuffer,
    Solid,
    antialiased,
    box,
    capsule,
    diffuse_and_gloss,
    half_size,
    project,
    render,
    shadow,
    union,
)

EYE, TOWARDS, ZOOM = (0.85, 1.25, -4.6), (0.0, 0.86, 1.4), 4.5
LAMP, POOL = f32((-1.35, 4.6, 0.5)), f32((0.1, 0.0, 1.5))
Draw = Callable[[float], list[Array]]


def chair(p: Array) -> Array:
    """A plain ladder-back chair, turned a little."""
    turn = np.float32(0.62)
    q = p - f32((0.1, 0, 1.5))
    q = f32(np.stack([q[:, 0] * np.cos(turn) - q[:, 2] * np.sin(turn), q[:, 1],
                      q[:, 0] * np.sin(turn) + q[:, 2] * np.cos(turn)], -1))  # fmt: skip
    parts = [box(q, (0, 0.46, 0), (0.23, 0.022, 0.22), 0.015)]
    for side in (-0.2, 0.2):
        parts.append(capsule(q, (side, 0, -0.19), (side, 0.45, -0.19), 0.018))
        parts.append(capsule(q, (side, 0, 0.2), (side, 1.02, 0.25), 0.019))
        parts.append(capsule(q, (side, 0.2, -0.19), (side, 0.2, 0.2), 0.011))
    parts.append(capsule(q, (-0.2, 0.25, -0.19), (0.2, 0.25, -0.19), 0.011))
    for height, back in ((0.66, 0.22), (0.8, 0.233), (0.95, 0.245)):
        parts.append(box(q, (0, height, back), (0.2, 0.034, 0.009), 0.008))
    return f32(np.minimum.reduce(parts))


def solids() -> list[Solid]:
    """The chair, the floor and the wall."""
    return [
        Solid(chair, (0.34, 0.165, 0.075), 0.7),
        Solid(lambda p: p[:, 1], (0.36, 0.285, 0.215), 0.12),
        Solid(lambda p: f32(3.4 - p[:, 2]), (0.40, 0.35, 0.30), 0.0),
    ]


def _weathered(gbuffer: GBuffer, seed: int) -> Array:
    """Plaster on the wall and boards on the floor, as a factor of the colours."""
    coarse, fine = noise(seed, 1.5), noise(seed + 1, 0.9)
    x, y, z = (gbuffer.points[..., i] for i in range(3))
    wall = 1 + 0.16 * sample(coarse, x * 0.16, y * 0.16) + 0.05 * sample(fine, x * 0.4, y * 0.4)
    board = np.floor(x / 0.19)
    tone = np.sin(board * 12.9898) * 43758.547 % 1.0
    grain = sample(fine, x * 0.9 + tone, z * 0.06 + tone)
    gap = smoothstep(0.0, 0.035, np.abs(x / 0.19 - board - 0.5) * -1 + 0.5)
    floor = (0.72 + 0.3 * tone + 0.11 * grain) * (0.35 + 0.65 * gap)
    factor = np.where(gbuffer.index == 1, floor, np.where(gbuffer.index == 2, wall, 1 + 0.1 * grain))
    return f32(f32(factor)[..., None] * gbuffer.colours)


def _motes(seed: int, count: int) -> Array:
    """Dust: homes (x, y, z), phases and sizes, (count, 5)."""
    dice = np.random.default_rng(seed)
    low, high = f32((-1.8, 0.05, 0.3, 0, 0.35)), f32((1.9, 2.6, 2.4, 1, 1.0))
    return f32(f32(dice.random((count, 5))) * (high - low) + low)


def _drift(homes: Array, turn: float) -> Array:
    """Where the dust is at a turn (0 to 1, closed): slow ellipses of its own for each mote."""
    phase = 2 * np.pi * (homes[:, 3] + turn * np.where(homes[:, 4] > 0.7, 2, 1))
    offset = np.stack([0.10 * np.cos(phase), 0.09 * np.sin(phase) + 0.05 * np.sin(2 * phase), 0.1 * np.sin(phase)], -1)
    return f32(homes[:, :3] + offset)


def _cone(points: Array) -> Array:
    """How much of the shaft of light reaches points (..., 3), 0 to 1."""
    axis = POOL - LAMP
    axis = axis / np.linalg.norm(axis)
    way = points - LAMP
    along = way @ axis
    off = np.sqrt(np.maximum((way * way).sum(-1) - along * along, 0)) / along
    return smoothstep(0.185, 0.13, off)


def _samples(count: int) -> tuple[Array, Array]:
    """Points on the rays of a small picture through the scene, (count, 90, 160, 3), and each ray's length."""
    little = render(solids(), (160, 90), EYE, TOWARDS, ZOOM)
    reach = np.linalg.norm(little.points - f32(EYE), axis=-1)
    depths = np.linspace(4.2, 8.8, count, dtype=np.float32)
    points = f32(EYE) - depths[:, None, None, None] * little.to_eye[None]
    return f32(points), f32(depths[:, None, None] < reach[None])


def waiting(seconds: float) -> Draw:
    """The attract scene; closes on itself after ``seconds``."""
    gbuffer = render(solids(), (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM)
    colours = _weathered(gbuffer, 3)
    seen = shadow(union(solids()), gbuffer, LAMP, 30, 60) * _cone(gbuffer.points)
    diffuse, gloss = diffuse_and_gloss(gbuffer, LAMP, fall=0.0)
    bounce, _ = diffuse_and_gloss(gbuffer, f32((0.1, 0.06, 1.25)), wrap=0.5, fall=1.6)
    key = tint(seen * diffuse, (1.0, 0.70, 0.38)) * colours + tint(seen * gloss, (0.5, 0.36, 0.2))
    fill = tint(bounce * 0.05, (1.0, 0.62, 0.35)) * colours
    still = antialiased(f32(2.3 * key + fill), gbuffer)
    points, free = _samples(36)
    shaft = (_cone(points) * free).sum(0) / 36
    shaft = blur_up(shaft)
    x, y = screen(HALF)
    veil, warp = noise(11, 1.9, 2, 60), noise(12, 2.2, 1, 20)
    homes = _motes(5, 420)

    def draw(t: float) -> list[Array]:
        turn = t / seconds
        breath = 1 + 0.07 * np.sin(2 * np.pi * turn) + 0.025 * np.sin(2 * np.pi * (3 * turn + 0.2))
        bend = 0.03 * sample(warp, x * 0.15 + turn, y * 0.15)
        smoke = sample(veil, x * 0.22 + bend - turn, y * 0.16 + bend) + 0.8 * sample(
            veil, x * 0.3 + turn, y * 0.3 + bend
        )
        haze = tint(shaft * np.clip(0.9 + 0.24 * smoke, 0.25, None), (0.44, 0.265, 0.115))
        dust = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        where = _drift(homes, turn)
        px, py, depth = project(where, EYE, TOWARDS, ZOOM)
        glint = _cone(where) * (0.55 + 0.45 * np.sin(2 * np.pi * (homes[:, 3] * 7 + 3 * turn)))
        size = homes[:, 4] * (1.0 + 1.4 * np.abs(depth - 6.0))
        show = glint > 0.02
        bright = (glint / size**1.5 * 0.5)[:, None] * f32((1.0, 0.8, 0.5))
        dots(dust, px[show], py[show], size[show] * PX, bright[show])
        return [still * np.float32(breath), haze * np.float32(breath), dust]

    return draw


def blur_up(small: Array) -> Array:
    """A small picture of a beam to half size, without steps."""
    return f32(cv2.GaussianBlur(cv2.resize(f32(small), HALF, interpolation=cv2.INTER_CUBIC), (0, 0), 3 * PX))


WINDOW = -2.6
"""Where the wall with the window stands (x in metres)."""


def _panes(points: Array, sun: Array) -> Array:
    """How much of the sun comes through the window to points (..., 3): two by three panes, soft with the distance."""
    far = np.maximum(points[..., 0] - WINDOW, 0) / sun[0]
    y = points[..., 1] - far * sun[1]
    z = points[..., 2] - far * sun[2]
    soft = 0.012 + 0.012 * far
    u, v = (z - 0.35) / 1.15, (y - 1.0) / 1.9
    inside = (
        smoothstep(-soft, soft, u)
        * smoothstep(1 + soft, 1 - soft, u)
        * smoothstep(-soft, soft, v)
        * smoothstep(1 + soft, 1 - soft, v)
    )
    cross = smoothstep(0.0, 0.05, np.abs(u - 0.5) - 0.025) * smoothstep(0.0, 0.03, np.abs(v - 1 / 3) - 0.012)
    return f32(inside * cross * smoothstep(0.0, 0.03, np.abs(v - 2 / 3) - 0.012))


def _sun(course: float) -> Array:
    """The way of the light as the sun climbs, course 0 to 1."""
    way = f32((1.0, -0.10 - 0.42 * course, 0.40 - 0.10 * course))
    return f32(way / np.linalg.norm(way))


def morning(seconds: float) -> Draw:
    """The ending 'dawn': the same chair, and the light is let in."""
    gbuffer = render(solids(), (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM)
    colours = _weathered(gbuffer, 3)
    keys = 14
    chairs = [_sun_shadow(chair, gbuffer, _sun(k / (keys - 1))) for k in range(keys)]
    points, free = _samples(40)
    half = half_size(gbuffer).points
    bounce, _ = diffuse_and_gloss(gbuffer, f32((1.2, 0.5, 2.0)), wrap=0.6, fall=1.2)
    sky = np.clip(-gbuffer.normals[..., 0] * 0.8 + 0.35, 0, 1)
    x, y = screen(HALF)
    veil, homes = noise(11, 1.9, 2, 60), _motes(6, 520)

    def draw(t: float) -> list[Array]:
        rise = ease(0.0, seconds * 0.85, t)
        course = 0.06 + 0.86 * t / seconds
        sun = _sun(course)
        place = course * (keys - 1)
        first = min(int(place), keys - 2)
        seen = chairs[first] + (place - first) * (chairs[first + 1] - chairs[first])
        warm = f32((1.0, 0.33 + 0.23 * rise, 0.11 + 0.13 * rise))
        strength = np.float32(0.05 + 6.4 * rise**1.5)
        panes = cv2.resize(_panes(half, sun), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
        facing = np.clip(-(gbuffer.normals @ sun), 0, 1) * panes * seen
        picture = strength * facing[..., None] * warm * colours
        picture += colours * (bounce * 0.10 * strength)[..., None] * warm * f32((1, 0.8, 0.6))
        picture += colours * sky[..., None] * f32((0.010, 0.015, 0.028)) * np.float32(0.6 + rise)
        beam = (_panes(points, sun) * free).mean(0)
        smoke = sample(veil, x * 0.22 + 0.012 * t, y * 0.2 - 0.008 * t) + 0.6 * sample(
            veil, x * 0.4 - 0.01 * t, y * 0.4
        )
        haze = blur_up(f32(beam)) * np.clip(0.85 + 0.22 * smoke, 0.1, None) * strength * 0.13
        dust = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        where = _drift(homes, 0.05 * t)
        px, py, depth = project(where, EYE, TOWARDS, ZOOM)
        glint = _panes(where, sun) * (0.6 + 0.4 * np.sin(40 * homes[:, 3] + 1.3 * t)) * rise
        size = homes[:, 4] * (1.0 + 1.4 * np.abs(depth - 6.0))
        show = glint > 0.02
        dots(dust, px[show], py[show], size[show] * PX, ((glint / size**1.5 * 0.7)[:, None] * warm)[show])
        return [antialiased(f32(picture), gbuffer), haze[..., None] * warm, dust]

    return draw


def _sun_shadow(field: Field, gbuffer: GBuffer, sun: Array) -> Array:
    """Shadow of the chair in parallel light, (height, width)."""
    return f32(cv2.resize(_parallel(field, half_size(gbuffer), sun), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR))


def _parallel(field: Field, gbuffer: GBuffer, sun: Array, sharp: float = 40.0) -> Array:
    points = (gbuffer.points + 0.012 * gbuffer.normals).reshape(-1, 3)
    # Only rays that pass within a metre of the chair can meet it.
    offset = points - f32((0.1, 0.5, 1.5))
    along = offset @ sun
    near = np.sqrt(np.maximum((offset * offset).sum(-1) - along**2, 0)) < 0.75
    going = np.flatnonzero(near & (along > -0.8))
    seen = np.ones(len(points), np.float32)
    travelled = np.maximum(along - 0.9, 0.02).astype(np.float32)
    start = travelled.copy()
    for _ in range(70):
        distance = field(f32(points[going] - travelled[going, None] * sun))
        blunt = sharp * distance / np.maximum(travelled[going], 0.15)
        seen[going] = np.minimum(seen[going], np.clip(0.5 + 0.5 * blunt, 0, 1))
        travelled[going] += np.clip(distance, 0.012, 0.3)
        going = going[(seen[going] > 0.01) & (travelled[going] < start[going] + 2.0)]
    return f32((seen * seen * (3 - 2 * seen)).reshape(gbuffer.shine.shape))
