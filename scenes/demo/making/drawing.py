"""What every picture of the demo film is drawn with: noise, points of light, heat and smoke, all in linear light.

A picture is a float32 array (height, width, 3), RGB, where 1 is about the brightness of white paper under the lamp;
flames are brighter. Screen coordinates: x to the right from -16/9 to 16/9, y up from -1 to 1.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
"""Float32 nearly always: numpy's own types lose sight of it, and doubles would cost half of the speed."""
WIDTH, HEIGHT, RATE = 1920, 1080, 30
HALF = (WIDTH // 2, HEIGHT // 2)
"""Size of soft layers: fire, smoke and skies need no more."""
PX = HEIGHT / 720
"""Sizes of points and widths of blurs are given for a picture of 720 lines; this many pixels are one of those."""
TILE = 512
"""Side of a noise tile in texels; tiles repeat without a seam, so a whole number of tiles makes a loop."""


def f32(values: object) -> Array:
    """Shorten ``np.asarray(..., float32)``."""
    return np.asarray(values, np.float32)


def screen(size: tuple[int, int]) -> tuple[Array, Array]:
    """Screen coordinates x, y of each pixel's centre, each (height, width)."""
    width, height = size
    x = (np.arange(width, dtype=np.float32) + 0.5 - width / 2) / (height / 2)
    y = (height / 2 - np.arange(height, dtype=np.float32) - 0.5) / (height / 2)
    grid = np.meshgrid(x, y)
    return f32(grid[0]), f32(grid[1])


def pixels(x: Array, y: Array, size: tuple[int, int]) -> tuple[Array, Array]:
    """Screen coordinates to pixel coordinates."""
    width, height = size
    return f32(x * height / 2 + width / 2 - 0.5), f32(height / 2 - y * height / 2 - 0.5)


def noise(seed: int, power: float = 1.7, lowest: float = 2.0, highest: float = 200.0) -> Array:
    """A tile of fractal noise (TILE, TILE), mean 0, deviation 1; frequencies in cycles a tile."""
    spectrum = np.fft.rfft2(np.random.default_rng(seed).standard_normal((TILE, TILE)))
    v = np.fft.fftfreq(TILE, 1 / TILE)[:, None]
    u = np.fft.rfftfreq(TILE, 1 / TILE)[None, :]
    cycles = np.maximum(np.hypot(u, v), 1e-3)
    shape = cycles**-power * (cycles >= lowest) * np.exp(-((cycles / highest) ** 2))
    tile = np.fft.irfft2(spectrum * shape, (TILE, TILE))
    return f32((tile - tile.mean()) / tile.std())


def sample(tile: Array, x: Array, y: Array) -> Array:
    """The tile's values at x, y (in tiles, any sign; they repeat from tile to tile). Same shape as x."""
    side = tile.shape[0]
    u, v = f32((x % 1.0) * side), f32((y % 1.0) * side)
    return f32(cv2.remap(tile, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))


def smoothstep(low: float, high: float, values: Array) -> Array:
    """0 below ``low``, 1 above ``high``, smooth between (either order)."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return f32(t * t * (3 - 2 * t))


def ease(low: float, high: float, value: float) -> float:
    """The same for one number, such as a moment in time."""
    t = min(max((value - low) / (high - low), 0.0), 1.0)
    return t * t * (3 - 2 * t)


def fire(heat: Array) -> Array:
    """Heat 0 to about 3 to the colour of embers: black, red, orange, yellow, nearly white. Adds a last axis of 3."""
    h = np.maximum(heat, 0.0)
    return np.stack([h * 1.25, h * h * 0.42, h * h * h * 0.085], axis=-1).astype(np.float32)


def tint(values: Array, colour: tuple[float, float, float]) -> Array:
    """A grey picture in one colour."""
    return f32(values[..., None] * f32(colour))


def blur(picture: Array, sigma: float) -> Array:
    """Gaussian blur; wide ones are made small first, which nobody sees."""
    if sigma < 6:
        return f32(cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))
    height, width = picture.shape[:2]
    little = cv2.resize(picture, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
    return f32(cv2.resize(blur(f32(little), sigma / 4), (width, height), interpolation=cv2.INTER_CUBIC))


def interpolate(pictures: list[Array], place: float) -> Array:
    """A picture between two neighbours of a list: place 1.5 is half of the second and half of the third."""
    first = min(max(int(place), 0), len(pictures) - 2)
    share = place - first
    return f32(cv2.addWeighted(pictures[first], 1 - share, pictures[first + 1], share, 0))


def splat(x: Array, y: Array, colours: Array, size: tuple[int, int], dense: bool = False) -> Array:
    """Very many points at once: pixel positions (n,), colours (n, 3), each shared among its four pixels.

    With ``dense`` each goes to its nearest pixel: enough where points lie closer than pixels and are blurred after.
    """
    width, height = size
    if dense:
        x, y = x + np.float32(0.5), y + np.float32(0.5)
    left, top = np.floor(x).astype(np.intp), np.floor(y).astype(np.intp)
    inside = (left >= 0) & (left < width - 1) & (top >= 0) & (top < height - 1)
    left, top = left[inside], top[inside]
    fx, fy, colours = x[inside] - left, y[inside] - top, colours[inside]
    where = top * width + left
    if dense:
        weights = [colours[:, c] for c in range(3)]
    else:
        where = np.concatenate([where + step for step in (0, 1, width, width + 1)])
        share = np.concatenate([(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy])
        weights = [share * np.tile(colours[:, c], 4) for c in range(3)]
    planes = [f32(np.bincount(where, weight, width * height)).reshape(height, width) for weight in weights]
    return f32(cv2.merge(planes))


def dots(picture: Array, x: Array, y: Array, radius: Array, colours: Array, edge: float = 1.0) -> None:
    """Add round lights in place: pixel positions, radii, colours (n, 3). edge 1: soft; 0: a disc out of focus."""
    height, width = picture.shape[:2]
    for px, py, r, colour in zip(x.tolist(), y.tolist(), radius.tolist(), f32(colours), strict=True):
        reach = r * (2.6 if edge > 0.5 else 1.15) + 1
        x0, x1 = max(int(px - reach), 0), min(int(px + reach) + 2, width)
        y0, y1 = max(int(py - reach), 0), min(int(py + reach) + 2, height)
        if x0 >= x1 or y0 >= y1:
            continue
        d2 = ((np.arange(x0, x1) - px) ** 2)[None, :] + ((np.arange(y0, y1) - py) ** 2)[:, None]
        if edge > 0.5:
            form = np.exp(-d2 / (r * r))
        else:
            form = np.clip((r - np.sqrt(d2)) / max(0.12 * r, 1.0) + 0.5, 0, 1) * (0.75 + 0.25 * d2 / (r * r))
        picture[y0:y1, x0:x1] += f32(form)[..., None] * colour


def streaks(picture: Array, ends: Array, colours: Array, width: float = 1.0) -> None:
    """Add short lines in place, for flying sparks: ends (n, 4) in pixels x0 y0 x1 y1, brightest at the first.

    ``width`` is for a picture of 720 lines.
    """
    length = np.hypot(ends[:, 2] - ends[:, 0], ends[:, 3] - ends[:, 1])
    count = np.clip(length / (0.7 * PX), 2, 60).astype(int)
    which = np.repeat(np.arange(len(ends)), count)
    along = np.concatenate([np.linspace(0, 1, c) for c in count]) if len(ends) else np.zeros(0)
    x = ends[which, 0] + (ends[which, 2] - ends[which, 0]) * along
    y = ends[which, 1] + (ends[which, 3] - ends[which, 1]) * along
    shade = ((1 - along) ** 1.5 / np.sqrt(count[which]) * 3 * PX * PX)[:, None] * colours[which]
    size = (picture.shape[1], picture.shape[0])
    layer = splat(f32(x), f32(y), f32(shade), size)
    picture += blur(layer, width * PX)
