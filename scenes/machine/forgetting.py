"""Forgetting what was seen of the visitors: the film goes on as if nobody could have been looked at."""

from __future__ import annotations

from scenes.machine.evidence import NOTHING_SEEN
from scenes.machine.replacing import replace
from scenes.machine.state import Presence, StoryState


def forget_seen(state: StoryState) -> StoryState:
    """The state without who was there, what was seen in the listening window, and which moods decided before.

    Where the film is and by which scenes it came there stays: the wall has shown it.
    """
    known = state.presence.here is not None or state.evidence.seen_seconds or state.memory.took or state.visited
    if not known:
        return state
    pending = replace(state.pending, moods=()) if state.pending else None
    return replace(
        state,
        presence=Presence(None, state.clock),
        visited=False,
        evidence=NOTHING_SEEN,
        memory=replace(state.memory, took=frozenset()),
        pending=pending,
    )
