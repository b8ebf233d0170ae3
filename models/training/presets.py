"""What a training run is made of: presets, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from models.lighting.relight import Sky
from models.training.augment import Strength
from models.training.network import Shape


@dataclass(frozen=True, slots=True)
class Preset:
    """Everything that a training run is made of, beside its faces, its seed and its teachers."""

    epochs: int
    batch: int = 128
    rate: float = 2e-3
    decay: float = 0.02
    warm_up_epochs: float = 1.0
    keep: float = 0.998
    """Share of the averaged weights that stays at each step."""
    smooth: float = 0.02
    """Share of every label given to all classes."""
    level: float = 0.3
    """0: faces as often as they come; 1: every class equally often."""
    mix: float = 0.0
    """Faces are blended in pairs, their votes too, by shares drawn from Beta(mix, mix); 0: none (Zhang et al. 2018)."""
    taught: float = 0.7
    """With teachers: how much of the label is theirs; the rest is the taggers' votes."""
    warmth: float = 1.0
    """Temperature at which teachers and student are compared (Hinton et al. 2015). At 1 the teachers, who learned vote
    shares, say what they think that the votes are."""
    moved: float = 0.0
    """With teachers: pixels of 64 by which a learner sees each face elsewhere than they do, up to so many both ways."""
    judged_every: int = 1
    """Epochs after which a run is judged, logged and saved."""
    lamps: int = 160
    """Lamps in the bank that faces are relit from; each is computed for 16 heads before training begins."""
    threads: int = 1
    workers: int = 0
    """Processes that relight and darken; 0: the training process itself."""
    shape: Shape = field(default_factory=Shape)
    strength: Strength = field(default_factory=Strength)


_ON_GPU = Preset(
    epochs=100,
    batch=256,
    rate=3e-3,
    decay=0.05,
    warm_up_epochs=3,
    keep=0.999,
    mix=0.2,
    judged_every=10,
    threads=4,
    workers=14,
    strength=Strength(relit=0.55, dark=0.45, hidden=0.25),
)

PRESETS = {
    "quick": Preset(epochs=6, lamps=24, strength=Strength(relit=0.3, dark=0.4, hidden=0.0)),
    "cpu": Preset(epochs=33, strength=Strength(relit=0.4, dark=0.5, hidden=0.15)),
    # A patient student that sees just what its teachers see, blended faces too (Beyer et al. 2021).
    "gpu": replace(_ON_GPU, epochs=240, decay=0.03, moved=2.0, shape=Shape(blocks=(2, 2, 2, 2), pooled=True)),
    "teacher": replace(_ON_GPU, shape=Shape((64, 128, 256, 384), (2, 2, 2, 2), dropout=0.4, excite=True, pooled=True)),
    # As the forebears would train it: neither other lamps nor darkness. On a GPU; a CPU needs half an hour an epoch.
    "six": Preset(
        epochs=60,
        batch=256,
        rate=1e-3,
        judged_every=10,
        threads=4,
        workers=14,
        shape=Shape(kind="six"),
        strength=Strength(relit=0.0, dark=0.0, hidden=0.0),
    ),
}
"""Teachers differ by their seeds; their weights must stay below 16 MiB in half precision, to be carried (``slim``)."""

SKIES: dict[str, Sky] = {"front": Sky((0, 35), (50, 77)), "side": Sky((35, 95), (45, 77))}
"""Lamps that a network can be trained further for: the fewer it has to know, the better it knows them."""


def under_lamps(preset: Preset) -> Preset:
    """The preset with which a network that is done is trained further under a few lamps, always in the dark.

    The faces are nearly as aligned as in the show: best at the end of a training.
    """
    calm = Strength(4.0, 0.05, 0.03, 1.2, relit=1.0, dark=1.0, means=(12, 50), hidden=0.05)
    return replace(
        preset, epochs=max(1, preset.epochs // 3), rate=preset.rate / 3, warm_up_epochs=0.5, mix=0.0, strength=calm
    )
