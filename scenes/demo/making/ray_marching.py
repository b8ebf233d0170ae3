"""Solid things for the light to fall on: distance fields, rendered by ray marching, once for each scene.

A field is a function from points (n, 3) to distances (n,). The method is sphere tracing (Hart 1996).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from scenes.demo.making.drawing import Array, f32, screen

Field = Callable[[Array], Array]


@dataclass(frozen=True)
class Solid:
    """A thing: its form, its colour, and how it shines."""

    field: Field
    colour: tuple[float, float, float]
    shine: float = 0.0


@dataclass(frozen=True)
class GBuffer:
    """What a camera sees of solids, (height, width, ...): points, normals, colours, shine, and the way to the eye."""

    points: Array
    normals: Array
    colours: Array
    shine: Array
    to_eye: Array
    hit: Array
    index: Array
    edge: Array
    """1 on the outlines, where a ray each pixel is not enough."""


def box(p: Array, centre: tuple[float, float, float], half: tuple[float, float, float], soft: float = 0.01) -> Array:
    """A box with rounded edges."""
    q = np.abs(p - f32(centre)) - (f32(half) - soft)
    outside = np.sqrt((np.maximum(q, 0) ** 2).sum(-1))
    return f32(outside + np.minimum(q.max(-1), 0) - soft)


def sphere(p: Array, centre: tuple[float, float, float], radius: float) -> Array:
    """A ball."""
    return f32(np.sqrt(((p - f32(centre)) ** 2).sum(-1)) - radius)


def capsule(p: Array, start: tuple[float, float, float], end: tuple[float, float, float], radius: float) -> Array:
    """A rod with round ends."""
    a, b = f32(start), f32(end)
    along = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
    return f32(np.sqrt(((p - a - along[:, None] * (b - a)) ** 2).sum(-1)) - radius)


def cylinder(p: Array, centre: tuple[float, float, float], radius: float, half: float, soft: float = 0.02) -> Array:
    """An upright cylinder with rounded rims."""
    q = p - f32(centre)
    side = np.hypot(q[:, 0], q[:, 2]) - (radius - soft)
    lid = np.abs(q[:, 1]) - (half - soft)
    return f32(np.hypot(np.maximum(side, 0), np.maximum(lid, 0)) + np.minimum(np.maximum(side, lid), 0) - soft)


def smooth_union(a: Array, b: Array, softness: float) -> Array:
    """Two forms grown together."""
    h = np.clip(0.5 + 0.5 * (b - a) / softness, 0, 1)
    return f32(b + (a - b) * h - softness * h * (1 - h))


def union(solids: list[Solid]) -> Field:
    """The distance to the nearest of the solids."""
    return lambda p: f32(np.minimum.reduce([solid.field(p) for solid in solids]))


def render(
    solids: list[Solid],
    size: tuple[int, int],
    eye: tuple[float, float, float],
    towards: tuple[float, float, float],
    zoom: float,
    far: float = 16.0,
) -> GBuffer:
    """What a camera at ``eye`` sees towards a point; zoom 1 covers 90 degrees of height, a higher one less."""
    forward = f32(towards) - f32(eye)
    forward /= np.linalg.norm(forward)
    right = np.cross(f32((0, 1, 0)), forward)
    right /= np.linalg.norm(right)
    x, y = screen(size)
    rays = (x[..., None] * right + y[..., None] * np.cross(forward, right) + zoom * forward).reshape(-1, 3)
    rays = f32(rays / np.linalg.norm(rays, axis=-1, keepdims=True))
    nearest = union(solids)
    shape = (size[1], size[0])
    depth = _march(nearest, f32(eye), rays, far, _start(nearest, f32(eye), rays.reshape(*shape, 3), far))
    points = f32(f32(eye) + depth[:, None] * rays)
    index = np.argmin(np.stack([solid.field(points) for solid in solids]), axis=0)
    step = f32(0.0015)
    slope = [nearest(points + step * f32(axis)) - nearest(points - step * f32(axis)) for axis in np.eye(3)]
    normals = np.stack(slope, -1)
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-9
    return GBuffer(
        points=points.reshape(*shape, 3),
        normals=f32(normals).reshape(*shape, 3),
        colours=f32([solid.colour for solid in solids])[index].reshape(*shape, 3),
        shine=f32([solid.shine for solid in solids])[index].reshape(shape),
        to_eye=-rays.reshape(*shape, 3),
        hit=f32(depth < far * 0.99).reshape(shape),
        index=f32(index).reshape(shape),
        edge=_outlines(depth.reshape(shape)),
    )


def _outlines(depth: Array) -> Array:
    bend = np.abs(cv2.Laplacian(depth, cv2.CV_32F)) / depth
    return f32(cv2.GaussianBlur(cv2.dilate(f32(bend > 0.012), np.ones((3, 3), np.uint8)), (0, 0), 0.6))


def antialiased(picture: Array, gbuffer: GBuffer) -> Array:
    """The picture with the jagged steps of its outlines smoothed, (height, width, 3)."""
    return f32(picture + gbuffer.edge[..., None] * (cv2.GaussianBlur(picture, (0, 0), 0.9) - picture))


def _start(field: Field, eye: Array, rays: Array, far: float) -> Array:
    """Where full-size rays may begin: marched at a quarter of the size, less a margin for what stands in between."""
    little = f32(rays[2::4, 2::4])
    depth = _march(field, eye, little.reshape(-1, 3), far, np.full(little.size // 3, 0.05, np.float32))
    nearest = cv2.erode(depth.reshape(little.shape[:2]), np.ones((5, 5), np.uint8))
    return f32(0.97 * cv2.resize(nearest, rays.shape[1::-1], interpolation=cv2.INTER_NEAREST)).reshape(-1)


def _march(field: Field, eye: Array, rays: Array, far: float, depth: Array, steps: int = 110) -> Array:
    going = np.arange(len(rays))
    for _ in range(steps):
        distance = field(f32(eye + depth[going, None] * rays[going]))
        depth[going] += 0.9 * distance
        going = going[(distance > 0.0008) & (depth[going] < far)]
        if not len(going):
            break
    return np.minimum(depth, far)


def half_size(gbuffer: GBuffer) -> GBuffer:
    """Every second pixel; soft shadows need no more."""
    return GBuffer(*(part[::2, ::2] for part in vars(gbuffer).values()))


def shadow(field: Field, gbuffer: GBuffer, lamp: Array, sharp: float = 14.0, steps: int = 34) -> Array:
    """How much of the lamp at a point each pixel sees, 0 to 1, (height, width); blunt edges as of a small flame."""
    little = half_size(gbuffer)
    points = (little.points + 0.012 * little.normals).reshape(-1, 3)
    way = f32(lamp) - points
    length = np.linalg.norm(way, axis=-1)
    way /= length[:, None]
    # What is turned away is dark anyway; were it called lit, its light would bleed over the edge when made large again.
    facing = (little.normals.reshape(-1, 3) * way).sum(-1) > -0.1
    seen = facing.astype(np.float32)
    going = np.flatnonzero(facing)
    travelled = np.full(len(points), 0.02, np.float32)
    for _ in range(steps):
        distance = field(f32(points[going] + travelled[going, None] * way[going]))
        seen[going] = np.minimum(seen[going], np.clip(0.5 + 0.5 * sharp * distance / travelled[going], 0, 1))
        travelled[going] += np.clip(distance, 0.02, 0.4)
        going = going[(seen[going] > 0.01) & (travelled[going] < length[going] - 0.04)]
    seen = seen * seen * (3 - 2 * seen)
    return f32(cv2.resize(seen.reshape(little.shine.shape), gbuffer.shine.shape[::-1], interpolation=cv2.INTER_LINEAR))


def diffuse_and_gloss(
    gbuffer: GBuffer, lamp: Array, wrap: float = 0.0, fall: float = 2.0, reach: float = 0.15
) -> tuple[Array, Array]:
    """Diffuse and glossy light of one lamp of strength 1 at a point, each (height, width), without shadow."""
    way = f32(lamp) - gbuffer.points
    square = (way * way).sum(-1)
    way /= np.sqrt(square)[..., None]
    cosine = np.clip(((gbuffer.normals * way).sum(-1) + wrap) / (1 + wrap), 0, 1)
    dim = 1 / (reach + square ** (fall / 2))
    half = way + gbuffer.to_eye
    half /= np.linalg.norm(half, axis=-1, keepdims=True)
    gloss = np.clip((gbuffer.normals * half).sum(-1), 0, 1) ** 40
    return f32(cosine * dim), f32(gloss * dim * gbuffer.shine * (cosine > 0))
