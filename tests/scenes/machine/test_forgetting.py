"""The eye is shut in the midst of a take: what was seen before counts for nothing, and the film goes on."""

from __future__ import annotations

from scenes.machine.advance import Moment, advance, begin
from scenes.machine.branching import choose
from scenes.machine.command import Start
from scenes.machine.forgetting import forget_seen
from scenes.machine.state import StoryState
from scenes.story.clip import Playhead
from tests.scenes.evenings import BLIND, feeling, story_of

STORY = story_of()
ANGRY = feeling("anger")


def in_the_choice() -> StoryState:
    """Somebody was angry through the listening window of the first scene."""
    state, _ = begin(STORY, 0.0)
    state, _ = advance(STORY, state, Moment(0.1, ANGRY, Playhead(1, 0.0)))
    state, _ = advance(STORY, state, Moment(0.2, ANGRY, Playhead(1, 0.1), (Start(),)))
    entry = state.last_entry
    for tenth in range(90):
        state, _ = advance(STORY, state, Moment(0.3 + tenth / 10, ANGRY, Playhead(entry, tenth / 10)))
    return state


def way_on(state: StoryState) -> str:
    choice = choose(STORY, state, BLIND, closing=True)
    return choice.to if choice else "otherwise"


def test_what_was_seen_in_the_listening_window_decides_nothing_any_more() -> None:
    state = in_the_choice()
    assert way_on(state) == "cellar"
    shut, _ = advance(STORY, state, Moment(9.4, BLIND, Playhead(state.entry, 9.1), looking=False))
    assert way_on(shut) == "garden"
    assert shut.evidence.seen_seconds == 0
    assert (shut.presence.here, shut.visited, shut.scene, shut.in_take) == (None, False, "door", True)


def test_a_lost_camera_forgets_nothing() -> None:
    state = in_the_choice()
    blind, _ = advance(STORY, state, Moment(9.4, BLIND, Playhead(state.entry, 9.1)))
    assert way_on(blind) == "cellar"
    assert blind.presence.here


def test_what_decided_before_is_forgotten_and_where_the_film_went_is_not() -> None:
    state = in_the_choice()
    entry = state.entry
    cellar, _ = advance(STORY, state, Moment(10.3, ANGRY, Playhead(entry, 10.0, ended=True)))
    cellar, _ = advance(STORY, cellar, Moment(10.4, ANGRY, Playhead(cellar.last_entry, 0.0)))
    assert cellar.memory.took == {"dark"}
    shut, _ = advance(STORY, cellar, Moment(10.5, BLIND, Playhead(cellar.entry, 0.1), looking=False))
    assert shut.memory.took == frozenset()
    assert shut.memory.been == cellar.memory.been
    assert shut.memory.seed == cellar.memory.seed


def test_a_mood_that_decided_for_the_scene_to_come_is_forgotten_too() -> None:
    state, _ = advance(STORY, in_the_choice(), Moment(10.3, ANGRY, Playhead(2, 10.0, ended=True)))
    assert state.pending
    assert state.pending.moods == ("dark",)
    forgotten = forget_seen(state)
    assert forgotten.pending
    assert (forgotten.pending.moods, forgotten.pending.scene) == ((), state.pending.scene)
    assert forget_seen(forgotten) is forgotten, "while it is shut nothing is done again and again"


def at_home(on_request: bool, *commands: Start) -> StoryState:
    """Attract plays on before somebody who is there for a minute; then comes what was commanded."""
    state, _ = begin(STORY, 0.0)
    for second in range(60):
        entry = state.pending.entry if state.pending else state.entry
        mine = commands if second == 59 else ()
        moment = Moment(second, ANGRY, Playhead(entry, second % 10), mine, on_request=on_request)
        state, _ = advance(STORY, state, moment)
    return state


def test_where_visitors_are_asked_nobody_s_presence_begins_a_take() -> None:
    """Also not in the tick in which a take has ended: the eye is shut only after it."""
    assert at_home(on_request=False).in_take
    waits = at_home(on_request=True)
    assert (waits.in_take, waits.pending, waits.scene) == (False, None, "lamp")
    asked = at_home(True, Start())
    assert asked.pending
    assert asked.pending.begins


def test_a_take_that_has_ended_before_somebody_who_stays_is_followed_by_none() -> None:
    state = in_the_choice()
    for tenth in range(600):
        now = 10.3 + tenth / 10
        entry, begun = (state.pending.entry, now) if state.pending else (state.entry, now)
        head = Playhead(entry, begun % 40, ended=begun % 40 > 35)
        state, _ = advance(STORY, state, Moment(now, ANGRY, head, on_request=True))
    assert state.take == 1
    assert (state.in_take, state.scene) == (False, "lamp")
