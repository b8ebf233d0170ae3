"""The scenes of the demo film: how long each lasts, how it is graded, and which function draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scenes.demo.making import ash, candle, chair, crossing, eclipse, forge, lanterns, rain, silk, stars, tide
from scenes.demo.making.drawing import Array
from scenes.demo.making.grading import Grade


@dataclass(frozen=True)
class DrawnScene:
    """A scene to be drawn."""

    name: str
    seconds: int
    prepare: Callable[[float], Callable[[float], list[Array]]]
    """Prepares a scene of a length in seconds; what it returns draws the layers for a moment of it."""
    grade: Grade
    crf: float = 27.0
    """How coarse the picture is to be (x264's constant rate factor): everybody clones all the clips, so together they
    may have 25 MB."""
    draw_every: int = 1
    """One frame in this many is drawn, and those between are blended: slow movement needs no more."""


SCENES = (
    DrawnScene("attract", 16, chair.waiting, Grade(exposure=1.15), 30.0, draw_every=2),
    DrawnScene("opening", 16, candle.kindling, Grade(exposure=1.3), draw_every=2),
    DrawnScene("lanterns", 16, lanterns.rising, Grade(exposure=1.3, contrast=0.5), 35.0, draw_every=2),
    DrawnScene("dance", 14, silk.dancing, Grade(exposure=1.25, contrast=0.5), 32.0),
    DrawnScene("rain", 16, rain.weeping, Grade(contrast=0.5)),
    DrawnScene("tide", 16, tide.sinking, Grade()),
    DrawnScene("forge", 14, forge.striking, Grade(exposure=1.15, contrast=0.5), 30.0),
    DrawnScene("eclipse", 14, eclipse.burning, Grade(contrast=0.5), 33.0),
    DrawnScene("crossing", 16, crossing.golden, Grade(exposure=1.1, contrast=0.5), 31.0, draw_every=2),
    DrawnScene("storm", 16, crossing.stormy, Grade(exposure=1.2, contrast=0.5), 33.0, draw_every=2),
    DrawnScene("dawn", 16, chair.morning, Grade(exposure=1.1, contrast=0.5), 30.0, draw_every=4),
    DrawnScene("stars", 16, stars.rising, Grade(), 36.0, draw_every=3),
    DrawnScene("ash", 14, ash.falling, Grade(exposure=1.1, contrast=0.5), 29.0, draw_every=3),
    DrawnScene("vigil", 12, candle.vigil, Grade(exposure=1.2), 30.0, draw_every=2),
)

CLIPS = {scene.name: (scene,) for scene in SCENES if scene.name not in ("rain", "tide")} | {
    "sorrow": tuple(scene for scene in SCENES if scene.name in ("rain", "tide"))
}
"""The scenes in each clip file, by the file's name. The two scenes of sorrow share a file; the story cuts it by in and
out points."""
