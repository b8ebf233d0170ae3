"""The 3-D face of ICT FaceKit (USC, MIT licence), read from a file that is never part of the project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.array_file import ANYTHING, load_arrays
from models.arrays import Floats
from models.rendering.raster import triangulate

ARRAYS = ("expression_names", "expressions", "neutral", "faces", "identities", "landmarks68")


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """The 3-D face, in centimetres, y up, z towards the camera."""

    neutral: Floats
    triangles: NDArray[np.int32]
    shapes: dict[str, Floats]
    """Offsets (v, 3) of each expression shape at 1."""
    identities: NDArray[np.float16]
    landmarks: NDArray[np.int32]
    """68 vertices."""

    def posed(self, identity: Floats, expression: dict[str, float]) -> Floats:
        """Vertices (v, 3) of a person (weights of the identity shapes) with an expression (without _L and _R)."""
        points = self.neutral + np.tensordot(identity, self.identities, axes=1).astype(np.float32)
        for name, weight in expression.items():
            for shape in (name, f"{name}_L", f"{name}_R"):
                if shape in self.shapes:
                    points = points + np.float32(weight) * self.shapes[shape]
        return points

    def five_landmarks(self, points: Floats) -> Floats:
        """The five landmarks (5, 2) of projected vertices: eyes, nose tip, mouth corners, left in the picture first."""
        of = points[self.landmarks][:, :2]
        return np.asarray(np.stack([of[36:42].mean(0), of[42:48].mean(0), of[30], of[48], of[54]]), np.float32)


def read_mesh(path: Path) -> Mesh:
    """Read the mesh file (its README describes the arrays). Raises ``BadFile``."""
    file = load_arrays(path, dict.fromkeys(ARRAYS, ANYTHING))
    shapes = dict(zip(file["expression_names"].tolist(), file["expressions"].astype(np.float32), strict=True))
    return Mesh(file["neutral"], triangulate(file["faces"]), shapes, file["identities"], file["landmarks68"])


def rotated(points: Floats, yaw: float, pitch: float) -> Floats:
    """Vertices turned about the neck, in degrees; a positive pitch looks down."""
    a, b = np.radians([yaw, pitch])
    about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    return np.asarray(points @ (about_x @ about_y).T, np.float32)
