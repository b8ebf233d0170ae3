"""A story that was edited while it plays goes on where it is: the scene, the place in it, all that was seen."""

from __future__ import annotations

from dataclasses import replace

from scenes.machine.cue import Play, Prepare
from scenes.machine.state import StoryState
from scenes.machine.transition import Step
from scenes.story.clip import Transition
from scenes.story.story import Story

LEAST_LEFT_SECONDS = 0.1
"""A place this near to the scene's end, or behind it, is none: the scene begins again."""


def keep_place(before: Story, after: Story, state: StoryState) -> Step:
    """The state and cues with which ``after`` takes over from ``before`` in the midst of a scene that both have.

    Its film goes on untouched unless the clip or its music was edited; then it is played from the same film time.
    """
    scene, seconds = state.scene, state.seconds
    ready = Prepare(after.candidates(scene))
    same = before.clip(scene) == after.clip(scene) and before.bed(scene) == after.bed(scene)
    if not same and not after.clip(scene).loop and seconds > after.duration(scene) - LEAST_LEFT_SECONDS:
        seconds = 0.0
    state = replace(state, seconds=seconds, cues_done=sum(cue.at_seconds <= seconds for cue in after.cues(scene)))
    if same or scene in after.unplayable:
        return state, (ready,)
    entry = state.last_entry + 1
    state = replace(state, entry=entry, last_entry=entry, ended=False, moved=state.clock)
    return state, (Play(entry, scene, "now", Transition(), seconds), ready)
