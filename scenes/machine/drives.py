"""The part of a tick in which the scene's picture goes with the visitors: brightness, saturation, blur, grain, rate."""

from __future__ import annotations

from collections.abc import Sequence

from scenes.machine.cue import Cue, DrivePicture
from scenes.machine.following import glide, level
from scenes.machine.replacing import replace
from scenes.machine.signals import levels as levels_of
from scenes.machine.state import Moment, StoryState
from scenes.story.clip import PictureLevels
from scenes.story.drives import Drive
from scenes.story.story import Story


def drive_picture(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """Each drive moves towards its level. A scene begins where the visitors are; at ``from`` if that is not known."""
    state, cues = _drive_what_comes(story, state, moment)
    drives = story.scene(state.scene).drive
    if not drives or not state.entry or state.paused:
        return state, cues
    response = state.response
    targets = _targets(story, state, moment, drives)
    if response.levels:
        passed = state.clock - response.clock
        levels = tuple(
            glide(at, target, passed, one.attack_seconds, one.release_seconds)
            for one, at, target in zip(drives, response.levels, targets, strict=True)
        )
    else:
        levels = tuple(target or 0.0 for target in targets)
    picture = _picture(drives, levels)
    if picture != response.picture:
        cues = (*cues, DrivePicture(state.entry, picture))
    return replace(state, response=replace(response, levels=levels, picture=picture, clock=state.clock)), cues


def _drive_what_comes(story: Story, state: StoryState, moment: Moment) -> tuple[StoryState, tuple[Cue, ...]]:
    """The scene that was asked for is to look from its first picture on as the visitors are."""
    coming = state.pending if state.pending and state.pending.asks else None
    drives = story.scene(coming.scene).drive if coming else ()
    if coming is None or not drives:
        return state, ()
    picture = _picture(drives, [target or 0.0 for target in _targets(story, state, moment, drives)])
    told = (coming.entry, picture)
    if told == state.response.coming:
        return state, ()
    return replace(state, response=replace(state.response, coming=told)), (DrivePicture(coming.entry, picture),)


def _targets(story: Story, state: StoryState, moment: Moment, drives: Sequence[Drive]) -> list[float | None]:
    signals = levels_of(story, state)
    return [level(one.follow, moment.mood, signals, story.file.groups) for one in drives]


def _picture(drives: Sequence[Drive], levels: Sequence[float]) -> PictureLevels:
    values = {one.what: round(one.at(at), 3) for one, at in zip(drives, levels, strict=True)}
    return PictureLevels(**values)
