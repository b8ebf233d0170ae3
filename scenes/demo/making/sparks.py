"""What flies off at each blow of the hammer, in closed form: thrown, braked by the air, pulled down; some burst."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scenes.demo.making.drawing import HEIGHT, Array, f32, fire

Projection = Callable[[Array], tuple[Array, Array, Array]]
DRAG, GRAVITY, SHUTTER = 1.5, 3.0, 0.030
FACE = 1.0
"""Height of the anvil's face, from which sparks jump."""
FOCUS = 3.6
"""Depth at which the camera sees sharply."""


class Sparks:
    """All sparks of a scene, thrown from one place at given times."""

    def __init__(self, hits: list[float], place: Array, projection: Projection) -> None:
        dice = np.random.default_rng(81)
        counts = [int(170 + 22 * k) for k in range(len(hits))]
        n = sum(counts)
        self.project = projection
        born = np.repeat(f32(hits), counts) + f32(dice.uniform(0, 0.035, n))
        around, steep = dice.uniform(0, 2 * np.pi, n), dice.normal(0.34, 0.34, n)
        speed = dice.gamma(2.0, 1.0, n) * 1.15 + 0.5
        way = np.stack([np.cos(around) * np.cos(steep), np.abs(np.sin(steep)), np.sin(around) * np.cos(steep)], -1)
        start = place + f32(way * 0.09) + f32(dice.normal(0, 0.02, (n, 3)))
        velocity, life = f32(way * speed[:, None]), f32(dice.uniform(0.3, 1.5, n))
        heat = f32(dice.uniform(0.8, 2.2, n))
        # Carbon makes a spark burst into smaller ones at its end.
        bursts = np.repeat(np.flatnonzero((dice.random(n) < 0.16) & (life < 0.9)), 6)
        m = len(bursts)
        end = _place(start[bursts], velocity[bursts], life[bursts])
        fling = f32(dice.normal(0, 0.55, (m, 3))) + velocity[bursts] * np.exp(-DRAG * life[bursts])[:, None] * 0.4
        self.born = np.concatenate([born, born[bursts] + life[bursts]])
        self.start, self.velocity = np.concatenate([start, end]), np.concatenate([velocity, fling])
        self.life = np.concatenate([life, f32(dice.uniform(0.10, 0.32, m))])
        self.heat = np.concatenate([heat, f32(dice.uniform(1.0, 1.9, m))])

    def at(self, t: float) -> tuple[Array, Array, tuple[Array, Array, Array, Array]]:
        """Streaks (n, 4) in full-size pixels and their colours; and those near the lens as x, y, radius, colours."""
        age = t - self.born
        live = np.flatnonzero((age > 0) & (age < self.life))
        age, start, velocity = age[live], self.start[live], self.velocity[live]
        x0, y0, depth = self.project(_place(start, velocity, age))
        x1, y1, _ = self.project(_place(start, velocity, np.maximum(age - SHUTTER, 0)))
        heat = self.heat[live] * np.clip(1 - age / self.life[live], 0, 1) ** 0.6
        colours = fire(heat) * 5.0
        radius = f32(HEIGHT * 0.022 * np.abs(FOCUS / np.maximum(depth, 0.3) - 1))
        round_ = (radius > HEIGHT * 0.007) & (depth > 0.3)
        sharp = ~round_ & (depth > 0.3)
        disc = colours[round_] * (0.9 / (1 + radius[round_] ** 2 / HEIGHT * 12))[:, None] * 0.25
        ends = f32(np.stack([x0, y0, x1, y1], 1))
        return ends[sharp], colours[sharp], (x0[round_], y0[round_], radius[round_], f32(disc))


def _place(start: Array, velocity: Array, age: Array) -> Array:
    """Where sparks are at an age, (n, 3); over the anvil they jump from its face."""
    reach = ((1 - np.exp(-DRAG * age)) / DRAG)[:, None]
    fall = GRAVITY / DRAG * (reach[:, 0] - age)
    place = start + velocity * reach
    place[:, 1] += fall
    above = (np.abs(place[:, 0] - 0.05) < 0.5) & (np.abs(place[:, 2]) < 0.15) & (place[:, 1] < FACE)
    place[above, 1] = FACE + 0.4 * (FACE - place[above, 1])
    return f32(place)
