"""How much a comparison learns from and how long: the whole table overnight, or a quick look."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of faces and epochs."""

    name: str
    learn_from: int = 0
    """At most so many training faces; 0: all."""
    measure_on: int = 0
    """At most so many faces of each set; 0: all."""
    six_layer_epochs: int = 12
    narrow_epochs: int = 20
    small_epochs: int = 24
    dense_epochs: int = 60
    rendered_faces: int = 1200
    landmark_epochs: int = 60
    transfer_faces: tuple[int, ...] = (20, 100, 500)
    transfer_steps: int = 300
    """Steps of training on few faces."""
    lamps: int = 96


FULL = Scale("all faces")
QUICK = Scale(
    "quick",
    learn_from=1000,
    measure_on=400,
    six_layer_epochs=1,
    narrow_epochs=3,
    small_epochs=3,
    dense_epochs=30,
    rendered_faces=150,
    landmark_epochs=20,
    transfer_faces=(20, 100),
    transfer_steps=40,
    lamps=12,
)
