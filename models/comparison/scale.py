"""How much a comparison learns from and how long: the whole table overnight, or a quick look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from calibration.errors import BadInput
from calibration.files import did_you_mean

MOST_EPOCHS = 1000


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
EPOCHS = {"six-layers": "six_layer_epochs", "plain": "narrow_epochs", "small": "small_epochs"}
"""The kinds of network whose epochs can be asked for: of all plain rows, and of the small one and its ensembles."""


def with_epochs(scale: Scale, asked: Sequence[str]) -> Scale:
    """The scale with the epochs of 'N' (every kind of network) or 'KIND=N', a later one first.

    Raises ``BadInput`` with what is neither.
    """
    faults = []
    for one in asked:
        kind, equals, number = one.partition("=") if "=" in one else ("", "", one)
        if equals and kind not in EPOCHS:
            known = list(EPOCHS)
            faults.append(f"--epochs: {kind!r} is not one of {', '.join(known)}{did_you_mean(kind, known)}")
        elif not number.isdecimal() or not 0 < int(number) <= MOST_EPOCHS:
            faults.append(f"--epochs: {one!r}: expected a number from 1 to {MOST_EPOCHS}, or KIND=NUMBER")
        else:
            fields = [EPOCHS[kind]] if equals else EPOCHS.values()
            scale = replace(scale, **dict.fromkeys(fields, int(number)))  # type: ignore[arg-type]  # all are numbers
    if faults:
        raise BadInput(*faults)
    return scale
