"""Triangles to pixels, in numpy, by a z-buffer: which triangle each pixel sees, and where in it. For offline use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.arrays import Doubles, Floats, Integers


def rasterise(points: Floats, triangles: NDArray[np.int32], side: tuple[int, int]) -> tuple[NDArray[np.int32], Floats]:
    """For each pixel the triangle nearest to the viewer (h, w; -1: none) and the shares of its corners (h, w, 3).

    ``points`` (v, 3): x and y in pixels, y down, z towards the viewer. ``side`` is (height, width).
    """
    height, width = side
    a, b, c = (points[triangles[:, k]] for k in range(3))
    low = np.floor(np.minimum(np.minimum(a, b), c)[:, :2]).astype(np.int64)
    size = np.ceil(np.maximum(np.maximum(a, b), c)[:, :2]).astype(np.int64) - low + 1
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])
    nearest = np.full(height * width, -np.inf, np.float32)
    seen = np.full(height * width, -1, np.int32)
    order = np.arange(len(triangles))[np.abs(area) > 1e-9]
    for y in range(int(size[:, 1].max())):
        order_y = order[size[order, 1] > y]
        for x in range(int(size[:, 0].max())):
            t = order_y[size[order_y, 0] > x]
            if not len(t):
                break
            px, py = low[t, 0] + x, low[t, 1] + y
            u, v, w = _barycentric(a[t], b[t], c[t], area[t], px, py)
            inside = (u >= -1e-6) & (v >= -1e-6) & (w >= -1e-6) & (px >= 0) & (px < width) & (py >= 0) & (py < height)
            t, place = t[inside], (py * width + px)[inside]
            depth = u[inside] * a[t, 2] + v[inside] * b[t, 2] + w[inside] * c[t, 2]
            ranked = np.argsort(depth)
            t, place, depth = t[ranked], place[ranked], depth[ranked]
            better = depth > nearest[place]
            nearest[place[better]], seen[place[better]] = depth[better], t[better]
    rows, columns = np.divmod(np.arange(height * width), width)
    hit = np.maximum(seen, 0)
    shares = np.stack(_barycentric(a[hit], b[hit], c[hit], area[hit], columns, rows), axis=1)
    return seen.reshape(side), shares.reshape(height, width, 3).astype(np.float32)


def _barycentric(
    a: Floats, b: Floats, c: Floats, area: Floats, x: Integers, y: Integers
) -> tuple[Doubles, Doubles, Doubles]:
    """Barycentric shares of the corners a, b, c at pixels x, y."""
    v = ((x - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (y - a[:, 1])) / area
    w = ((b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])) / area
    return 1 - v - w, v, w


def vertex_normals(points: Floats, triangles: NDArray[np.int32]) -> Floats:
    """Unit normals of the vertices (v, 3), each the mean of its triangles' by area."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.zeros_like(points)
    for k in range(3):
        np.add.at(total, triangles[:, k], face)
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9), np.float32)


def triangulate(faces: NDArray[np.int32]) -> NDArray[np.int32]:
    """Triangles (t, 3) of quads (q, 4) whose last index is -1 where the face is a triangle already."""
    quads = faces[faces[:, 3] >= 0]
    return np.concatenate([faces[:, :3], quads[:, [0, 2, 3]]])
