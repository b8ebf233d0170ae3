"""A scene that waits for other rooms: it is chosen, but the player is not asked for it before they are there.

The scene before goes on until then: a loop loops, a film plays to its end and its last picture stays. A wait has a
limit, and a room that is lost is waited for no longer, so that two rooms that wait for each other both go on.
"""

from __future__ import annotations

from collections.abc import Sequence

from scenes.machine.cue import Play, WaitBegan, WaitEnded
from scenes.machine.other_rooms import Meeting, OtherRooms
from scenes.machine.replacing import replace
from scenes.machine.state import Pending, StoryState
from scenes.machine.transition import Step
from scenes.story.rooms import Together, WaitFor
from scenes.story.story import Story

STANDS_SECONDS = 1.5
"""A film that has not moved for so long is at its end."""


def wait_for_rooms(story: Story, state: StoryState, asked: Pending, rooms: OtherRooms) -> Step:
    """The part of a tick in which a chosen scene waits on, or is asked for."""
    wait = wait_of(story, asked.scene)
    film_runs = not state.ended and state.still_seconds < STANDS_SECONDS
    came = _came(wait, asked, rooms) if wait else "nothing to wait for"
    if wait is None or (came and asked.waits_since is None):
        return _ask(state, asked, film_runs)
    if asked.at == "end" and film_runs:
        return state, ()
    if asked.waits_since is None:
        asked = replace(asked, waits_since=state.clock)
        state, cues = wait_for_rooms(story, replace(state, pending=asked), asked, rooms)
        others = tuple(name for name in _names(wait) if name != rooms.own)
        return state, (WaitBegan(asked.entry, asked.scene, others, wait.limit_seconds), *cues)
    waited = state.clock - asked.waits_since
    why = came or _in_vain(wait, asked, rooms, waited)
    if not why:
        return state, ()
    state, cues = _ask(state, asked, film_runs)
    return state, (WaitEnded(asked.entry, asked.scene, bool(came), why, waited), *cues)


def wait_of(story: Story, scene: str) -> WaitFor | Together | None:
    """What a scene waits for."""
    return story.scene(scene).wait_for or story.scene(scene).together


def meeting(story: Story, state: StoryState) -> Meeting | None:
    """What other rooms are to know: the scene that could begin now, together with them."""
    asked = state.pending
    if asked is None or asked.asks or asked.waits_since is None:
        return None
    together = story.scene(asked.scene).together
    if together is None:
        return None
    left = together.limit_seconds - (state.clock - asked.waits_since)
    return Meeting(asked.entry, asked.scene, together.rooms, left)


def waits_in_words(story: Story, state: StoryState) -> str:
    """For whoever watches: ``waits for hall, 4 of 20 s``; '' while nothing waits."""
    asked = state.pending
    wait = wait_of(story, asked.scene) if asked and not asked.asks else None
    if asked is None or wait is None or asked.waits_since is None:
        return ""
    return f"waits for {_list(_names(wait))}, {state.clock - asked.waits_since:.0f} of {wait.limit_seconds:g} s"


def _ask(state: StoryState, asked: Pending, film_runs: bool) -> Step:
    at = asked.at if film_runs else "now"
    asked = replace(asked, at=at, asks=1, since=state.clock, waits_since=None)
    return replace(state, pending=asked), (Play(asked.entry, asked.scene, at, asked.transition),)


def _came(wait: WaitFor | Together, asked: Pending, rooms: OtherRooms) -> str:
    """Why the scene may begin; '' while the others are not there."""
    if isinstance(wait, Together):
        return f"together with {_list(rooms.met)}" if rooms.meets == asked.entry else ""
    return f"{wait.room} is in {wait.scene}" if rooms.scenes.get(wait.room) == wait.scene else ""


def _in_vain(wait: WaitFor | Together, asked: Pending, rooms: OtherRooms, waited: float) -> str:
    """Why it is waited for no longer; '' where it still is."""
    others = [name for name in _names(wait) if name != rooms.own]
    if not others:
        return "there is no other room to wait for"
    here = [name for name in others if name not in rooms.gone]
    if not here:
        return f"{_list(others)} {'are' if others[1:] else 'is'} lost or closed"
    if isinstance(wait, Together) and all(rooms.scenes.get(name) == asked.scene for name in here):
        return f"{_list(here)} began before"
    return f"waited {wait.limit_seconds:g} s for {_list(others)}" if waited >= wait.limit_seconds else ""


def _names(wait: WaitFor | Together) -> tuple[str, ...]:
    return wait.rooms if isinstance(wait, Together) else (wait.room,)


def _list(names: Sequence[str]) -> str:
    return ", ".join(names)
