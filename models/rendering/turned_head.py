"""A turned head before any light falls on it: what each pixel of a square picture sees of the mesh."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats
from models.rendering.mesh import Mesh, rotated
from models.rendering.people import Person
from models.rendering.portrait import surface, with_hair
from models.rendering.raster import rasterise, vertex_normals


@dataclass(frozen=True, slots=True, eq=False)
class TurnedHead:
    """The pixels of one head; each array is (side, side) and what follows."""

    hit: Floats
    """1 where the head is, 0 behind it."""
    normals: Floats
    depth: Floats
    """In pixels, larger is nearer; behind the head 20 pixels behind its last point."""
    part: NDArray[np.int32]
    """A vertex of the mesh that is seen there: its number tells skin from eyes and teeth."""
    place: Floats
    """Where that lies on the resting head, in centimetres: what is painted on the skin moves with it."""
    rest: Floats
    """Vertices of the resting head."""
    landmarks: Floats
    """(5, 2) in pixels."""

    def albedo(self, mesh: Mesh, person: Person) -> Floats:
        """Share of light given back (side, side, 3), blue, green, red. ``person`` may have another skin or hair."""
        return surface(mesh, person, self.rest, self.place, self.part)


def turned_head(  # noqa: PLR0913 - who, how and where in the picture
    mesh: Mesh,
    person: Person,
    expression: dict[str, float],
    turn: tuple[float, float],
    side: int,
    pixels_a_cm: float,
    middle: Floats,
) -> TurnedHead:
    """One person turned by (yaw, pitch) degrees, the mean of the landmarks at ``middle`` of a square picture."""
    rest = mesh.posed(person.identity, {})
    points = rotated(with_hair(rest, mesh.posed(person.identity, expression), person, mesh), *turn)
    flat = points * np.array([1, -1, 1], np.float32) * np.float32(pixels_a_cm)
    flat[:, :2] += middle - mesh.five_landmarks(flat).mean(0)
    seen, shares = rasterise(flat, mesh.triangles, (side, side))
    corners, hit = mesh.triangles[np.maximum(seen, 0)], (seen >= 0).astype(np.float32)
    normals = (vertex_normals(points, mesh.triangles)[corners] * shares[..., None]).sum(2)
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    place = np.asarray((rest[corners] * shares[..., None]).sum(2), np.float32)
    depth = np.where(hit > 0, (flat[:, 2][corners] * shares).sum(2), flat[:, 2].min() - 20).astype(np.float32)
    return TurnedHead(hit, normals, depth, corners[..., 0], place, rest, mesh.five_landmarks(flat))
