"""The part of a tick in which lamps go with the visitors while a scene plays."""

from __future__ import annotations

from scenes.machine.cue import Cue, SetLamps
from scenes.machine.following import glide, level
from scenes.machine.replacing import replace
from scenes.machine.signals import levels as signal_levels
from scenes.machine.state import LampResponse, Moment, StoryState
from scenes.story.story import Story


def drive_lamps(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """Each lamp moves towards its level. A scene begins where the visitors are; at ``from`` if that is not known."""
    lamps = story.scene(state.scene).lamp
    if not lamps or not state.entry or state.paused:
        return state, ()
    before, signals = state.lamps, signal_levels(story, state)
    if before.entry != state.entry or len(before.levels) != len(lamps):  # another scene, or the story was read again
        before = LampResponse(state.entry, clock=state.clock)
    targets = [level(lamp.follow, moment.mood, signals, story.file.groups) for lamp in lamps]
    passed = state.clock - before.clock
    levels = (
        tuple(
            glide(at, target, passed, lamp.attack_seconds, lamp.release_seconds)
            for lamp, at, target in zip(lamps, before.levels, targets, strict=True)
        )
        if before.levels
        else tuple(target or 0.0 for target in targets)
    )
    values = tuple(lamp.at(at) for lamp, at in zip(lamps, levels, strict=True))
    cues = tuple(
        SetLamps(lamp.universe, dict.fromkeys(lamp.channels, value))
        for number, (lamp, value) in enumerate(zip(lamps, values, strict=True))
        if not before.values or value != before.values[number]
    )
    return replace(state, lamps=LampResponse(state.entry, levels, values, state.clock)), cues
