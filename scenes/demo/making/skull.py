"""The skull of the still life: a form of bone built as the anatomists measure it, in decimetres, with its teeth."""

from __future__ import annotations

import numpy as np

from scenes.demo.making.drawing import Array, f32
from scenes.demo.making.ray_marching import capsule, ellipsoid, length, smooth_union

PLACE, TURN, TILT, SIZE = (-0.46, 0.352, 0.44), 0.60, 0.08, 0.275
"""Where its middle is, how far it is turned to the flame and bowed (radians), and how large a decimetre is."""
REACH = 0.47
"""No part of it is farther from its middle (in the picture's metres)."""


def own_space(p: Array) -> Array:
    """Points to the skull's own space: decimetres, x to its left, y up, the face towards -z."""
    c, s = np.float32(np.cos(TURN)), np.float32(np.sin(TURN))
    q = p - f32(PLACE)
    x, z = q[:, 0] * c + q[:, 2] * s, q[:, 2] * c - q[:, 0] * s
    c, s = np.float32(np.cos(TILT)), np.float32(np.sin(TILT))
    return f32(np.stack([x, q[:, 1] * c - z * s, z * c + q[:, 1] * s], -1) / np.float32(SIZE))


def _carved(form: Array, hollow: Array, softness: float) -> Array:
    """A form with a hollow in it."""
    return -smooth_union(-form, hollow, softness)


def _bone(q: Array) -> Array:
    # The form is the same on both sides, so one side is built.
    m = f32(np.stack([np.abs(q[:, 0]), q[:, 1], q[:, 2]], -1))
    bone = smooth_union(
        ellipsoid(m, (0, 0.06, 0.16), (0.70, 0.66, 0.82)), ellipsoid(m, (0, 0.03, -0.34), (0.57, 0.60, 0.55)), 0.16
    )
    bone = _carved(bone, ellipsoid(m, (0.83, -0.26, -0.47), (0.24, 0.34, 0.32)), 0.14)  # the temple
    bone = smooth_union(bone, ellipsoid(m, (0, -0.58, -0.56), (0.34, 0.38, 0.30)), 0.14)  # the upper jaw
    bone = smooth_union(bone, ellipsoid(m, (0.34, -0.50, -0.66), (0.19, 0.19, 0.17)), 0.10)  # under the eye
    bone = smooth_union(bone, capsule(m, (0.08, -0.13, -0.88), (0.44, -0.13, -0.73), 0.075), 0.10)  # the brow
    bone = smooth_union(bone, capsule(m, (0.52, -0.16, -0.66), (0.56, -0.44, -0.60), 0.055), 0.07)
    bone = smooth_union(bone, capsule(m, (0.44, -0.52, -0.68), (0.62, -0.44, -0.46), 0.085), 0.09)  # the cheek
    bone = smooth_union(bone, capsule(m, (0.62, -0.44, -0.46), (0.70, -0.36, 0.00), 0.042), 0.05)
    bone = smooth_union(bone, capsule(m, (0.0, -0.16, -0.88), (0.03, -0.36, -0.955), 0.060), 0.07)  # the nose
    bone = _carved(bone, ellipsoid(m, (0.305, -0.310, -0.85), (0.185, 0.178, 0.36)), 0.045)  # the eyes
    bone = _carved(bone, ellipsoid(m, (0.065, -0.57, -0.86), (0.085, 0.150, 0.25)), 0.025)
    bone = _carved(bone, ellipsoid(m, (0.0, -0.45, -0.88), (0.060, 0.120, 0.25)), 0.025)
    bone = smooth_union(bone, _arch(m, -0.78, 0.075, 0.36), 0.13)  # where the upper teeth stand
    jaw = np.minimum(
        smooth_union(
            capsule(m, (0.0, -1.22, -0.80), (0.22, -1.20, -0.70), 0.105),
            capsule(m, (0.22, -1.20, -0.70), (0.50, -1.02, -0.14), 0.085),
            0.08,
        ),
        capsule(m, (0.50, -1.02, -0.14), (0.58, -0.42, -0.04), 0.075),
    )
    return f32(np.minimum(bone, smooth_union(jaw, _arch(m, -1.10, 0.075, 0.37), 0.10)))


def _arch(m: Array, height: float, thick: float, radius: float) -> Array:
    """The ridge that teeth stand in: half a ring, open to the back."""
    z = m[:, 2] + 0.50
    around = np.hypot(m[:, 0], np.minimum(z, 0)) - radius
    return f32(np.sqrt(around**2 + (m[:, 1] - height) ** 2 + np.maximum(z - 0.25, 0) ** 2) - thick)


def _teeth(q: Array) -> Array:
    """Two rows, each tooth a small rounded peg along the arch."""
    teeth = np.full(len(q), 9.0, np.float32)
    for height, radius, long in ((-0.885, 0.40, 0.062), (-1.025, 0.385, 0.052)):
        angle = np.arctan2(q[:, 0], -(q[:, 2] + 0.50))
        step = np.float32(0.262)
        own = (np.clip(np.round(angle / step - 0.5), -6, 5) + 0.5) * step
        across = radius * np.sin(angle - own)
        out = np.hypot(q[:, 0], q[:, 2] + 0.50) * np.cos(angle - own) - radius
        box = np.stack([np.abs(across) - 0.020, np.abs(out) - 0.008, np.abs(q[:, 1] - height) - long + 0.024], -1)
        peg = length(f32(np.maximum(box, 0))) + np.minimum(box.max(-1), 0) - 0.026
        np.minimum(teeth, np.where(np.abs(angle) < 1.75, peg, 0.1), out=teeth)
    return teeth


def skull(p: Array) -> Array:
    """Its distance from points (n, 3)."""
    q = own_space(p)
    return f32(0.75 * SIZE * np.minimum(_bone(q), _teeth(q)))


def weathering(p: Array) -> Array:
    """The shade of the bone at points (..., 3): teeth paler, the seams of the skull darker. A factor, (...)."""
    q = own_space(p.reshape(-1, 3))
    wave = 0.016 * np.sin(41 * q[:, 0]) + 0.011 * np.sin(97 * q[:, 0] + 1) + 0.010 * np.sin(67 * q[:, 1] + 2)
    crown = q[:, 2] + 0.06 * np.abs(q[:, 0]) + 0.12 + wave
    middle = q[:, 0] + 0.018 * np.sin(53 * q[:, 2]) + 0.011 * np.sin(113 * q[:, 2] + 1)
    seam = np.exp(-((crown / 0.009) ** 2)) + np.exp(-((middle / 0.009) ** 2)) * (crown > 0)
    temple = q[:, 1] + 0.14 - 0.35 * np.maximum(q[:, 2] + 0.1, 0) + 1.3 * wave
    seam = seam * (q[:, 1] > -0.02) + np.exp(-((temple / 0.008) ** 2)) * (np.abs(q[:, 0]) > 0.5) * (q[:, 2] > -0.45)
    return f32(1 - 0.42 * np.clip(seam, 0, 1) * (q[:, 1] > -0.3)).reshape(p.shape[:-1])
