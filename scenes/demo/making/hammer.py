"""The hammer of the forge that no smith holds, and the camera and the lamps that it is seen with."""

from __future__ import annotations

import cv2
import numpy as np

from scenes.demo.making.drawing import HEIGHT, WIDTH, Array, ease, f32, interpolate, noise, sample
from scenes.demo.making.ray_marching import (
    Solid,
    antialiased,
    bounded,
    box,
    capsule,
    cylinder,
    lit_by,
    project,
    render,
    roughened,
    smooth_union,
)

EYE, TOWARDS, ZOOM = (0.62, 1.62, -3.6), (0.0, 1.14, 0.0), 4.5
STRUCK = f32((0.14, 1.06, -0.03))
"""Where the hammer lands."""
HEAD = f32((0.14, 1.275, -0.03))
HAND = f32((1.95, 1.22, -0.45))
"""Middle of the hammer's head as it lands, and the hand that is not there: the hammer turns about it."""
SWING = 0.30
"""How far the hammer is raised, in radians."""
FRONT = f32((0.4, 1.7, -1.7))
"""Sparks fly towards the eye too, and show what looks to it."""
HEARTH, WINDOW = f32((-1.75, 1.15, 1.15)), f32((2.2, 3.2, 1.6))
RED, EMBER, NIGHT = f32((1.0, 0.30, 0.07)), f32((1.0, 0.21, 0.045)), f32((0.30, 0.50, 1.0))


def _hammer(p: Array) -> Array:
    """Its head stands on the bar; a face below, a peen above, and the shaft goes to the hand."""
    q = p - HEAD
    face = cylinder(q, (0, -0.155, 0), 0.125, 0.065, 0.014)
    cheek = box(q, (0, -0.01, 0), (0.105, 0.13, 0.105), 0.035)
    peen = box(q, (0, 0.15, 0), (0.11, 0.11, 0.105), 0.025)
    wedge = f32(np.maximum(peen, (np.abs(q[:, 2]) + 0.42 * (q[:, 1] - 0.08) - 0.105) * 0.9))
    shaft = capsule(q, (-0.14, 0.01, 0), tuple(HAND - HEAD), 0.036)
    return f32(np.minimum(smooth_union(smooth_union(face, cheek, 0.03), wedge, 0.03), shaft))


def _raised(t: float, hits: list[float]) -> float:
    """How far the hammer is raised, 0 to 1: it springs back from the blow, is drawn up slowly, and let fall."""
    past = max((hit for hit in hits if hit <= t), default=hits[0] - 1.35)
    coming = min((hit for hit in hits if hit > t), default=past + 1.0)
    share = (t - past) / (coming - past)
    spring = 0.07 * np.sin(np.pi * min(share / 0.16, 1.0))
    return float(max(ease(0.12, 0.72, share), spring) * (1 - np.clip((share - 0.78) / 0.22, 0, 1) ** 2))


class Hammer:
    """The hammer: rendered once where it lands, lit for seven heights, and turned about the hand."""

    def __init__(self) -> None:
        field = bounded(_hammer, (0.9, 1.25, -0.2), 1.15)
        body = render([Solid(field, (0.20, 0.195, 0.20), 2.0)], (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM, far=9)
        wooden = body.points[..., 0] > 0.27
        grain = sample(noise(84, 0.9), body.points[..., 0] * 0.06, body.points[..., 1] * 0.9)
        body.colours[wooden] = (f32((0.34, 0.19, 0.09)) * (1 + 0.25 * grain)[..., None])[wooden]
        body.shine[wooden] = 0.25
        body = roughened(body, noise(86, 1.2, 6, 220), 1.4, 0.14)
        px, py, _ = project(HAND[None], EYE, TOWARDS, ZOOM)
        self.hand = (float(px[0]), float(py[0]))
        mask = f32(cv2.GaussianBlur(body.hit, (0, 0), 0.8))[..., None]
        self.by_iron: list[Array] = []
        self.by_rest: list[Array] = []
        for height in range(7):
            turn = SWING * height / 6
            lamp = _turned(STRUCK + f32((0, 0.03, -0.10)), turn)
            own = lit_by(body, lamp, RED, 0.35) + 0.14 * lit_by(body, _turned(FRONT, turn), RED, 0.1)
            rest = 2.0 * lit_by(body, _turned(HEARTH, turn), EMBER, 0.6, 1.1)
            rest += 0.10 * lit_by(body, _turned(WINDOW, turn), NIGHT, 0.4, 0.0)
            for where, light in ((self.by_iron, own), (self.by_rest, rest)):
                where.append(np.concatenate([antialiased(f32(light * mask), body), mask], axis=2))

    def put(self, light: Array, t: float, hits: list[float], envelope: float, pant: float) -> None:
        """Draw it over the picture in place; blurred by its own speed, as a shutter of 1/60 s would."""
        now, then = _raised(t, hits), _raised(t - 1 / 60, hits)
        picture = interpolate(self.by_iron, 6 * now) * f32((*[1.3 * envelope] * 3, 1.0))
        picture[..., :3] += interpolate(self.by_rest, 6 * now)[..., :3] * np.float32(pant)
        steps = 1 + int(abs(now - then) * 120)
        moved = np.zeros_like(picture)
        for step in range(steps):
            moved += self._turn(picture, then + (now - then) * (step + 1) / steps) / np.float32(steps)
        light *= 1 - moved[..., 3:]
        light += moved[..., :3]

    def _turn(self, picture: Array, raised: float) -> Array:
        matrix = cv2.getRotationMatrix2D(self.hand, -np.degrees(SWING * raised), 1.0)
        return f32(cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR))


def _turned(place: Array, turn: float) -> Array:
    """A lamp as the raised hammer meets it: turned back about the hand."""
    way = place - HAND
    c, s = np.cos(turn), np.sin(turn)
    return f32(HAND + f32((way[0] * c - way[1] * s, way[0] * s + way[1] * c, way[2])))
