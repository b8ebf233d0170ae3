"""The part of a tick in which a scene is cut from one of its threads to another, and why, in words."""

from __future__ import annotations

import math

from models.mood import Mood
from scenes.machine.conditions import holds
from scenes.machine.cue import Cue, CutThread, ThreadShown
from scenes.machine.evidence import BIN_SECONDS, Evidence
from scenes.machine.replacing import replace
from scenes.machine.state import Moment, StoryState
from scenes.story.clip import Playhead
from scenes.story.graph import describe_cut
from scenes.story.story import Story
from scenes.story.threads import Cut

LEAD_SECONDS = 0.25
"""A cut at a marked point is asked for so long before it: sound is mixed ahead, and so it is exact to the sample."""


def cut_threads(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """What the player shows is followed, and another thread asked for when the conditions of a cut have held."""
    scene, head = story.scene(state.scene), moment.playhead
    if not scene.thread or not state.entry or head.entry != state.entry:
        return state, ()
    state, shown = _follow(story, state, head)
    if state.paused or state.response.asked:
        return state, shown
    response = state.response
    since = tuple(
        (state.clock if before is None else before) if cut_holds(story, state, moment.mood, head, cut) else None
        for cut, before in zip(scene.cut, response.since or (None,) * len(scene.cut), strict=True)
    )
    state = replace(state, response=replace(response, since=since))
    at = next_point(story, state.scene, state.seconds)
    for cut, began in zip(scene.cut, since, strict=True):
        if began is not None and state.clock - began >= cut.hold_seconds and at is not None:
            asked = replace(state.response, asked=cut.to, reason=describe_cut(cut))
            return replace(state, response=asked), (*shown, CutThread(state.entry, cut.to, at))
    return state, shown


def _follow(story: Story, state: StoryState, head: Playhead) -> tuple[StoryState, tuple[Cue, ...]]:
    """Another thread is on the screen: one that was asked for, or in place of one that cannot be played any more."""
    response = state.response
    if head.thread == response.thread:
        if response.asked in head.lost_threads:
            state = replace(state, response=replace(response, asked="", reason=""))
        return state, ()
    lost = f"{response.thread} cannot be played" if response.thread else "the scene begins"
    reason = response.reason if head.thread == response.asked else lost
    names = [one.name for one in story.scene(state.scene).thread]
    index = names.index(head.thread) + 1 if head.thread in names else 0
    state = replace(state, response=replace(response, thread=head.thread, asked="", reason="", since=()))
    return state, (ThreadShown(state.entry, state.scene, head.thread, index, reason),)


def cut_holds(story: Story, state: StoryState, mood: Mood, head: Playhead, cut: Cut) -> bool:
    """The conditions of a cut hold at this moment, and its thread can be shown."""
    clip = story.clip(state.scene)
    there = {one.thread for one in (clip, *clip.threads)} - head.lost_threads
    if cut.to == state.response.thread or cut.to not in there:
        return False
    now = replace(state, evidence=Evidence().observe(mood, BIN_SECONDS))  # a mood is asked as it is now
    return bool(holds(story, now, mood, cut.when, closing=False, at_once=True))


def next_point(story: Story, scene: str, seconds: float) -> float | None:
    """Film time of a cut that is asked for now: this moment, or the marked point just ahead; None: not now."""
    points = sorted(story.scene(scene).cut_points_seconds)
    if not points:
        return seconds
    length = story.duration(scene)
    passes = math.floor(seconds / length) if story.clip(scene).loop else 0
    ahead = [number * length + point for number in (passes, passes + 1) for point in points]
    found = next((point for point in ahead if point > seconds), math.inf)
    return found if found <= seconds + LEAD_SECONDS else None
