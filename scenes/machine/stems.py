"""The part of a tick in which stems learn their levels: of the scene that plays, and of the one that is to follow.

Only the targets are decided here. The player goes there in ``attack_seconds`` or ``release_seconds``, by sample.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from models.mood import Mood
from scenes.machine.cue import Cue, StemLevels
from scenes.machine.following import level
from scenes.machine.signals import levels as signal_levels
from scenes.machine.state import Moment, StoryState
from scenes.story.story import Story


def level_stems(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """A scene begins where the visitors are; what is not known leaves a stem where it is, at first at its ``floor``."""
    scenes = {state.entry: state.scene} if state.entry else {}
    if state.pending and state.pending.asks:
        scenes[state.pending.entry] = state.pending.scene
    scenes = {entry: scene for entry, scene in scenes.items() if story.scene(scene).stem}
    if not scenes and not state.stems:
        return state, ()
    before = {one.entry: one for one in state.stems}
    signals = signal_levels(story, state)
    now = tuple(
        StemLevels(entry, _levels(story, scene, moment.mood, signals, before.get(entry)))
        for entry, scene in scenes.items()
    )
    return replace(state, stems=now), tuple(one for one in now if one != before.get(one.entry))


def _levels(
    story: Story, scene: str, mood: Mood, signals: Mapping[str, float], before: StemLevels | None
) -> tuple[float, ...]:
    stems = story.scene(scene).stem
    last = before.levels if before and len(before.levels) == len(stems) else (0.0,) * len(stems)  # a story read again
    found = (level(one.follow, mood, signals, story.file.groups) if one.follow else 1.0 for one in stems)
    return tuple(at if target is None else target for at, target in zip(last, found, strict=True))
