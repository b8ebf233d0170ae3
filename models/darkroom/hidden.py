"""What people wear and do that hides a part of the face, drawn onto a head's canvas."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from models.arrays import Floats
from models.darkroom.heads import Head

KINDS = ("cap", "mask", "glasses", "sunglasses", "hand")
"""What detectors are trained and measured with. A headscarf can be drawn too."""


def hidden(head: Head, kind: str, rng: np.random.Generator) -> Head:
    """The head with one of ``KINDS`` over its face, or "headscarf" around it. Its landmarks stay where they are."""
    light, alpha = head.light.copy(), head.alpha.copy()
    five = head.landmarks
    skin = max(float(np.median(light[_around(five[2], 8 * head.finer)])), 1e-4)
    _DRAW[kind](light, alpha, five, skin, rng)
    return replace(head, light=light, alpha=alpha)


def _axes(five: Floats) -> tuple[Floats, Floats, Floats]:
    """Middle between the eyes, the vector from eye to eye, and the one from the eyes down to the mouth."""
    eyes, mouth = (five[0] + five[1]) / 2, (five[3] + five[4]) / 2
    return eyes, five[1] - five[0], mouth - eyes


def _points(five: Floats, shares: list[tuple[float, float]]) -> Floats:
    """Points given in eye distances to the right and eye-to-mouth distances down, in pixels of the canvas."""
    eyes, across, down = _axes(five)
    return np.array([eyes + x * across + y * down for x, y in shares], np.float32)


def _fill(layers: tuple[tuple[Floats, Floats | float], ...], points: Floats, soft: float) -> Floats:
    """Fill a polygon on each layer with its value, with edges so soft; the mask."""
    mask = np.zeros_like(layers[0][0])
    cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    if soft > 0.3:
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), soft), np.float32)
    for layer, value in layers:
        layer += mask * (value - layer)
    return mask


def _cap(light: Floats, alpha: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """A cap: its shadow over the eyes, its crown over the hair, its visor over the forehead."""
    scale = float(np.hypot(*_axes(five)[1])) / 24
    edge, lean = rng.uniform(-0.1, 0.75), rng.normal(0, 0.1)
    shadow = _points(
        five,
        [(-1.6, -1.6), (1.6, -1.6), (1.5, edge + lean), (0.5, edge + 0.12), (-0.5, edge + 0.12), (-1.5, edge - lean)],
    )
    mask = np.zeros_like(light)
    cv2.fillPoly(mask, [np.round(shadow * 16).astype(np.int32)], 1.0, cv2.LINE_AA, 4)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.8, 4.0) * scale), np.float32)
    light *= 1 - mask * float(rng.uniform(0.4, 0.97))
    if rng.random() < 0.85:
        cloth = skin * float(np.exp(rng.uniform(np.log(0.02), np.log(1.5))))
        brim = rng.uniform(-0.75, -0.3)
        x = np.linspace(-1.3, 1.3, 11)
        crown = [(float(v), float(brim + 0.1 - np.sqrt(max(1.7 - v * v, 0)) * 1.25)) for v in x]
        visor = [
            (1.35, brim - 0.05),
            (1.1, brim + rng.uniform(0.05, 0.4)),
            (0.0, brim + rng.uniform(0.1, 0.5)),
            (-1.1, brim + rng.uniform(0.05, 0.4)),
            (-1.35, brim - 0.05),
        ]
        _fill(((light, cloth), (alpha, 1.0)), _points(five, crown + visor), 0.7 * scale)
        _fill(((light, cloth * float(rng.uniform(0.2, 2.0))),), _points(five, visor), 0.7 * scale)


def _mask(light: Floats, alpha: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """A surgical mask from the bridge of the nose to the chin, with its folds and bands."""
    scale = float(np.hypot(*_axes(five)[1])) / 24
    bridge, half = rng.uniform(0.15, 0.6), rng.uniform(0.95, 1.25)
    outline = _points(
        five,
        [
            (-half, 0.45),
            (-0.4, bridge + 0.08),
            (0, bridge),
            (0.4, bridge + 0.08),
            (half, 0.45),
            (half * 0.9, 1.2),
            (0.5, 1.75),
            (0, 1.85),
            (-0.5, 1.75),
            (-half * 0.9, 1.2),
        ],
    )
    cloth = skin * float(np.exp(rng.uniform(np.log(0.05), np.log(2.5))))
    smooth = cv2.GaussianBlur(light, (0, 0), 8 * scale) / max(skin, 1e-4)
    _fill(((light, np.clip(smooth, 0.2, 1.6) * cloth), (alpha, 1.0)), outline, 0.6 * scale)
    for height in rng.uniform(0.7, 1.5, int(rng.integers(0, 4))):
        ends = _points(five, [(-half * 0.9, height), (half * 0.9, height)])
        _line(light, ends, cloth * float(rng.uniform(0.5, 1.2)), 1.2 * scale)
    if rng.random() < 0.6:
        for side in (-1, 1):
            _line(light, _points(five, [(side * half, 0.5), (side * 1.35, 0.1)]), cloth, 1.2 * scale)


def _glasses(light: Floats, _: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """Frames of two rings or boxes, a bridge, and in half of the cases a reflection."""
    scale = float(np.hypot(*_axes(five)[1])) / 24
    frame, width = skin * float(rng.choice([0.03, 0.1, 0.3, 1.5])), rng.uniform(1.0, 2.6) * scale
    half, high = rng.uniform(0.3, 0.42), rng.uniform(0.22, 0.42)
    for eye in (-0.5, 0.5):
        _line(light, _ring(five, eye, half, high, rng.uniform(2, 5)), frame, width, closed=True)
        if rng.random() < 0.3:
            _line(light, _points(five, [(eye - 0.15, -0.12), (eye + 0.1, 0.05)]), skin * 3, 1.5 * scale)
    _line(light, _points(five, [(-0.5 + half, 0), (0.5 - half, 0)]), frame, width)


def _sunglasses(light: Floats, _: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """Dark lenses."""
    scale = float(np.hypot(*_axes(five)[1])) / 24
    dark, half, high = skin * float(rng.uniform(0.01, 0.3)), rng.uniform(0.32, 0.48), rng.uniform(0.28, 0.5)
    for eye in (-0.5, 0.5):
        _fill(((light, dark),), _ring(five, eye, half, high, rng.uniform(2, 5)), 0.6 * scale)
    _line(light, _points(five, [(-0.3, -0.05), (0.3, -0.05)]), dark, 2.0 * scale)


def _hand(light: Floats, alpha: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """A hand at the mouth, the chin or the cheek: fingers side by side, an arm from below; or two before the chin."""
    value = skin * float(rng.uniform(0.5, 1.6))
    if rng.random() < 0.4:
        for side in (-1.0, 1.0):
            _one_hand(light, alpha, five, value, (side * rng.uniform(0, 0.8), rng.uniform(1.2, 3)), rng)
    else:
        side = float(rng.choice([-1, 1]))
        _one_hand(light, alpha, five, value, (side * rng.uniform(0.0, 1.0), rng.uniform(0.9, 1.6)), rng)


def _one_hand(
    light: Floats, alpha: Floats, five: Floats, value: float, at: tuple[float, float], rng: np.random.Generator
) -> None:
    scale = float(np.hypot(*_axes(five)[1])) / 24
    (x, y), side = at, np.copysign(1, at[0])
    tilt = rng.uniform(-1.4, 0.9)
    for finger in range(4):
        root = (x + side * 0.05 * finger, y + 0.2 * finger)
        ends = _points(five, [root, (root[0] + side * 1.1 * np.cos(tilt), root[1] + 1.1 * np.sin(tilt))])
        _line(light, ends, value * float(rng.uniform(0.75, 1.1)), 5.5 * scale, alpha=alpha)
    arm = _points(five, [(x + side * 1.1, y + 0.6), (x + side * rng.uniform(0.8, 2.0), 4.5)])
    _line(light, arm, value * 0.8, 15 * scale, alpha=alpha)


def _headscarf(light: Floats, alpha: Floats, five: Floats, skin: float, rng: np.random.Generator) -> None:
    """Cloth over hair, ears and neck that leaves the face free, down to the shoulders."""
    scale = float(np.hypot(*_axes(five)[1])) / 24
    cloth = skin * float(np.exp(rng.uniform(np.log(0.05), np.log(2.0))))
    turn = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    around = [(1.5 * float(np.cos(t)), 0.25 + 1.9 * float(np.sin(t))) for t in turn]
    drape = [(-1.4, 0.6), (1.4, 0.6), (2.1, 3.6), (-2.1, 3.6)]
    face = [(rng.uniform(0.95, 1.1) * float(np.cos(t)), 0.5 + 1.28 * float(np.sin(t))) for t in turn]
    free = np.zeros_like(light)
    _fill(((free, 1.0),), _points(five, face), 0.8 * scale)
    kept = light.copy()
    shade = np.clip(cv2.GaussianBlur(light, (0, 0), 10 * scale) / max(skin, 1e-4), 0.15, 1.6) * cloth
    for part in (drape, around):
        _fill(((light, shade), (alpha, 1.0)), _points(five, part), 0.8 * scale)
    light += free * (kept - light)


def _ring(five: Floats, eye: float, half: float, high: float, power: float) -> Floats:
    """A superellipse around an eye."""
    turn = np.linspace(0, 2 * np.pi, 20, endpoint=False)
    x, y = np.cos(turn), np.sin(turn)
    shape = 2 / power
    return _points(
        five,
        [
            (eye + half * np.sign(a) * abs(a) ** shape, high * np.sign(b) * abs(b) ** shape)
            for a, b in zip(x, y, strict=True)
        ],
    )


def _line(
    light: Floats, points: Floats, value: float, width: float, closed: bool = False, alpha: Floats | None = None
) -> None:
    layers = [(light, value)] if alpha is None else [(light, value), (alpha, 1.0)]
    fixed = [np.round(points * 16).astype(np.int32)]
    for layer, level in layers:
        cv2.polylines(layer, fixed, closed, level, max(1, round(width)), cv2.LINE_AA, 4)


def _around(place: Floats, half: float) -> tuple[slice, slice]:
    x, y = (int(v) for v in place)
    reach = max(2, int(half))
    return slice(max(y - reach, 0), y + reach), slice(max(x - reach, 0), x + reach)


_DRAW = {
    "cap": _cap,
    "mask": _mask,
    "glasses": _glasses,
    "sunglasses": _sunglasses,
    "hand": _hand,
    "headscarf": _headscarf,
}
