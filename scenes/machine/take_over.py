"""A story that was edited takes over from the one that runs: what goes on, and where."""

from __future__ import annotations

from scenes.machine.advance import begin
from scenes.machine.cue import DrivePicture, Play, Prepare
from scenes.machine.replacing import replace
from scenes.machine.state import Response, StoryState
from scenes.machine.transition import Step
from scenes.story.clip import PictureLevels, Transition
from scenes.story.story import Story

LEAST_LEFT_SECONDS = 0.1
"""A place this near to the scene's end, or behind it, is none: the scene begins again."""


def take_over(before: Story, after: Story, state: StoryState, in_midst: bool) -> Step:
    """The state and cues with which ``after`` takes over from ``before``: in the same scene, or at attract without it.

    The film goes on as it is. ``in_midst`` (at a desk): but where the clip or its music was edited, it is played anew
    from the same film time, and nothing that was seen is lost.
    """
    scene, seconds = state.scene, state.seconds
    if scene not in after.names:
        return begin(after, state.now, after=state)
    state = replace(state, cues_done=_over(after, scene, seconds), memory=state.memory.drawn(after))
    ready = Prepare(after.candidates(scene))
    same = before.clip(scene) == after.clip(scene) and before.bed(scene) == after.bed(scene)
    if same or not in_midst or scene in after.unplayable:
        state, *driven = _with_response(before, after, state)
        return state, (*driven, ready)
    if not after.clip(scene).loop and seconds > after.duration(scene) - LEAST_LEFT_SECONDS:
        seconds = 0.0
    entry = state.last_entry + 1
    state = replace(state, entry=entry, last_entry=entry, seconds=seconds, cues_done=_over(after, scene, seconds))
    state = replace(state, ended=False, moved=state.clock, response=Response())
    return state, (Play(entry, scene, "now", Transition(), seconds), ready)


def _over(story: Story, scene: str, seconds: float) -> int:
    """How many of the scene's cues are over."""
    return sum(cue.at_seconds <= seconds for cue in story.cues(scene))


def _with_response(before: Story, after: Story, state: StoryState) -> tuple[StoryState, *tuple[DrivePicture, ...]]:
    """What is remembered of each cut and drive, where they are still the same; a picture without drives is plain."""
    was, now, response = before.scene(state.scene), after.scene(state.scene), state.response
    if was.cut != now.cut:
        response = replace(response, since=())
    if was.drive != now.drive:
        response = replace(response, levels=())
    if response.picture != PictureLevels() and not now.drive:
        plain = replace(response, picture=PictureLevels())
        return replace(state, response=plain), DrivePicture(state.entry, plain.picture)
    return (replace(state, response=response),)
