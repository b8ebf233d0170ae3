"""The scenes of the demo film: how long, how developed, who paints and who plays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenes.demo.making import ash, candle, eclipse, forge, lanterns, rain, room, silk, stars, tide
from scenes.demo.making.develop import Look
from scenes.demo.making.light import Array


@dataclass(frozen=True)
class Shot:
    """A scene to be made."""

    name: str
    seconds: int
    paint: Callable[[float], Callable[[float], list[Array]]]
    """Prepares the scene of so many seconds; what comes back draws it at a time."""
    look: Look
    kbits: int | None
    """Size of the picture in kbit a second: all clips together are cloned by everybody, so they share 12 MB.
    None for loops: the first second must look like the last, and a budget starts poor."""
    every: int = 2
    """One picture in so many is painted, and those between are mixed: what moves slowly needs no more."""


SHOTS = (
    Shot("attract", 16, room.waiting, Look(exposure=1.15), None, 1),
    Shot("opening", 16, candle.kindling, Look(exposure=1.1), 370),
    Shot("lanterns", 16, lanterns.rising, Look(exposure=1.3, contrast=0.5), 650),
    Shot("dance", 14, silk.dancing, Look(), 540, 1),
    Shot("rain", 16, rain.weeping, Look(contrast=0.5), 320),
    Shot("tide", 16, tide.sinking, Look(), 320),
    Shot("forge", 14, forge.striking, Look(contrast=0.5), 540, 1),
    Shot("eclipse", 14, eclipse.burning, Look(contrast=0.5), 750),
    Shot("dawn", 16, room.morning, Look(exposure=1.1, contrast=0.5), 300, 4),
    Shot("stars", 16, stars.rising, Look(), 330, 3),
    Shot("ash", 14, ash.falling, Look(), 320, 3),
    Shot("vigil", 12, candle.vigil, Look(), None),
)

FILES = {shot.name: (shot,) for shot in SHOTS if shot.name not in ("rain", "tide")} | {
    "sorrow": tuple(shot for shot in SHOTS if shot.name in ("rain", "tide"))
}
"""Clips by name. The two scenes of sorrow share one file; the story has them by in and out points."""
