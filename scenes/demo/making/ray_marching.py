"""Solid things for the light to fall on: distance fields, rendered by ray marching, once for each scene.

A field is a function from points (n, 3) to distances (n,). The method is sphere tracing (Hart 1996).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np

from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, f32, pixels, sample, screen

Field = Callable[[Array], Array]
Point = tuple[float, float, float]


@dataclass(frozen=True)
class Solid:
    """A thing: its form, its colour, and how it shines."""

    field: Field
    colour: Point
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


def length(ways: Array) -> Array:
    """Length of vectors (..., 3). Several times faster than numpy's own norm of such short ones."""
    return f32(np.sqrt(np.einsum("...i,...i->...", ways, ways)))


def bounded(field: Field, centre: Point, reach: float) -> Field:
    """The same field, worked out only near a ball that holds the whole thing: quicker by far."""

    def quick(p: Array) -> Array:
        distance = length(p - f32(centre)) - np.float32(reach)
        near = np.flatnonzero(distance < 0.03)
        distance[near] = field(p[near])
        return distance

    return quick


def box(p: Array, centre: Point, half: Point, soft: float = 0.01) -> Array:
    """A box with rounded edges."""
    q = np.abs(p - f32(centre)) - (f32(half) - soft)
    inside = np.maximum(np.maximum(q[:, 0], q[:, 1]), q[:, 2])
    return f32(length(np.maximum(q, 0)) + np.minimum(inside, 0) - soft)


def sphere(p: Array, centre: Point, radius: float) -> Array:
    """A ball."""
    return f32(length(p - f32(centre)) - radius)


def ellipsoid(p: Array, centre: Point, radii: Point) -> Array:
    """An egg, by its three radii. A bound, good near the surface."""
    q = p - f32(centre)
    outer, inner = length(q / f32(radii)), length(q / f32(radii) ** 2)
    return f32(outer * (outer - 1) / np.maximum(inner, 1e-6))


def capsule(p: Array, start: Point, end: Point, radius: float) -> Array:
    """A rod with round ends."""
    a, b = f32(start), f32(end)
    along = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
    return f32(length(p - a - along[:, None] * (b - a)) - radius)


def cone(p: Array, start: Point, end: Point, wide: float, thin: float) -> Array:
    """A rod that goes from one radius to another. A bound, good where it narrows slowly."""
    a, b = f32(start), f32(end)
    along = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0, 1)
    return f32(0.95 * (length(p - a - along[:, None] * (b - a)) - wide - (thin - wide) * along))


def cylinder(p: Array, centre: Point, radius: float, half: float, soft: float = 0.02) -> Array:
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
    eye: Point,
    towards: Point,
    zoom: float,
    far: float = 16.0,
) -> GBuffer:
    """What a camera at ``eye`` sees towards a point; zoom 1 covers 90 degrees of height, a higher one less."""
    right, up, forward = _axes(eye, towards)
    x, y = screen(size)
    rays = (x[..., None] * right + y[..., None] * up + zoom * forward).reshape(-1, 3)
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


def _axes(eye: Point, towards: Point) -> tuple[Array, Array, Array]:
    """A camera's own axes: right, up, forward."""
    forward = f32(towards) - f32(eye)
    forward /= np.linalg.norm(forward)
    right = np.cross(f32((0, 1, 0)), forward)
    right /= np.linalg.norm(right)
    return f32(right), f32(np.cross(forward, right)), forward


def project(points: Array, eye: Point, towards: Point, zoom: float) -> tuple[Array, Array, Array]:
    """Points in space (n, 3) to full-size pixels x and y, and their depth, each (n,)."""
    right, up, forward = _axes(eye, towards)
    way = points - f32(eye)
    depth = way @ forward
    return *pixels(way @ right / depth * zoom, way @ up / depth * zoom, (WIDTH, HEIGHT)), f32(depth)


def _outlines(depth: Array) -> Array:
    bend = np.abs(cv2.Laplacian(depth, cv2.CV_32F)) / depth
    return f32(cv2.GaussianBlur(cv2.dilate(f32(bend > 0.012), np.ones((3, 3), np.uint8)), (0, 0), 0.6))


def antialiased(picture: Array, gbuffer: GBuffer) -> Array:
    """The picture with the jagged steps of its outlines smoothed as the eye will see them, (height, width, 3)."""
    seen = np.sqrt(picture / (1 + picture))
    seen += gbuffer.edge[..., None] * (cv2.GaussianBlur(seen, (0, 0), 0.9) - seen)
    return f32(seen * seen / (1 - seen * seen))


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
    whole = length(way)
    way /= whole[:, None]
    # What is turned away is dark anyway; were it called lit, its light would bleed over the edge when made large again.
    facing = (little.normals.reshape(-1, 3) * way).sum(-1) > -0.1
    seen = facing.astype(np.float32)
    going = np.flatnonzero(facing)
    travelled = np.full(len(points), 0.02, np.float32)
    for _ in range(steps):
        distance = field(f32(points[going] + travelled[going, None] * way[going]))
        seen[going] = np.minimum(seen[going], np.clip(0.5 + 0.5 * sharp * distance / travelled[going], 0, 1))
        travelled[going] += np.clip(distance, 0.02, 0.4)
        going = going[(seen[going] > 0.01) & (travelled[going] < whole[going] - 0.04)]
    seen = cv2.GaussianBlur(f32(seen * seen * (3 - 2 * seen)).reshape(little.shine.shape), (0, 0), 0.8)
    return f32(cv2.resize(seen, gbuffer.shine.shape[::-1], interpolation=cv2.INTER_LINEAR))


def openness(field: Field, gbuffer: GBuffer, reach: float = 0.25) -> Array:
    """How open to the air each point is, 0 in cracks to 1 on planes, (height, width): ambient occlusion."""
    little = half_size(gbuffer)
    points, normals = little.points.reshape(-1, 3), little.normals.reshape(-1, 3)
    closed = np.zeros(len(points), np.float32)
    for share in (0.08, 0.2, 0.4, 0.7, 1.0):
        away = np.float32(reach * share)
        closed += np.clip(away - field(f32(points + away * normals)), 0, None) / away / 5
    seen = np.clip(1 - closed, 0, 1).reshape(little.shine.shape)
    return f32(cv2.resize(f32(seen), gbuffer.shine.shape[::-1], interpolation=cv2.INTER_LINEAR))


def roughened(gbuffer: GBuffer, tile: Array, scale: float, depth: Array | float) -> GBuffer:
    """The same with fine relief from a tile of noise: ``scale`` tiles a metre, ``depth`` how steep (bump mapping)."""
    slopes = np.gradient(tile)
    sides = np.abs(gbuffer.normals) ** 4
    sides /= sides.sum(-1, keepdims=True) + 1e-9
    points = gbuffer.points * np.float32(scale)
    bend = np.zeros_like(gbuffer.normals)
    for axis, (a, b) in enumerate(((1, 2), (0, 2), (0, 1))):
        for slope, along in zip(slopes[::-1], (a, b), strict=True):
            bend[..., along] += sides[..., axis] * sample(f32(slope), points[..., a], points[..., b])
    normals = gbuffer.normals - bend * np.asarray(depth, np.float32)[..., None]
    return replace(gbuffer, normals=f32(normals / (np.linalg.norm(normals, axis=-1, keepdims=True) + 1e-9)))


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


def lit_by(gbuffer: GBuffer, lamp: Array, colour: Array, gloss: float, fall: float = 1.7) -> Array:
    """The picture by one lamp of a colour, its gloss included, (height, width, 3), without shadow."""
    diffuse, shine = diffuse_and_gloss(gbuffer, lamp, fall=fall)
    return f32((diffuse[..., None] * gbuffer.colours + (shine * gloss)[..., None]) * colour)
