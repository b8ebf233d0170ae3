"""The story as a pure function: moods, time and where the film is go in, cues come out.

No clock, no file, no randomness: the same moments give the same film, so that a recorded evening replays, a week
runs in seconds and ten thousand visitors can be simulated. It never raises for anything that a moment can hold.

The player is asked by ``Play``, and a scene has begun only when the playhead shows it. A player that does not answer
is asked again, then asked for the safe scene.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scenes.machine.branching import choose, fallback_for
from scenes.machine.cue import (
    Caption,
    Cue,
    Play,
    Prepare,
    SceneEnded,
    SceneStarted,
    SendOsc,
    SetLamps,
    SetVolume,
    ShowState,
    StateChanged,
    TakeEnded,
    TakeStarted,
)
from scenes.machine.drives import drive_picture
from scenes.machine.evidence import NOTHING_SEEN
from scenes.machine.forgetting import forget_seen
from scenes.machine.lamps import drive_lamps
from scenes.machine.memory import NO_TAKES, History, Memory
from scenes.machine.operator import obey
from scenes.machine.replacing import replace
from scenes.machine.rooms import wait_for_rooms
from scenes.machine.signals import forget, gather, hear
from scenes.machine.state import NO_RESPONSE, Moment, Pending, Presence, StoryState
from scenes.machine.stems import level_stems
from scenes.machine.threads import cut_threads
from scenes.machine.transition import (
    Step,
    as_home,
    close_choice,
    ending_of,
    is_home,
    request_chosen,
    request_scene,
    unconditional_choice,
)
from scenes.story.clip import Playhead, Transition
from scenes.story.story import Story
from scenes.story.story_file import TimedCue

__all__ = ["Moment", "StoryState", "advance", "begin"]

LONGEST_TICK_SECONDS = 1.0
"""A stage that stood still for longer has not seen a visitor leave in that time."""
PATIENCE_SECONDS = 5.0
"""How long the player may take to show a scene while another one is running ..."""
PATIENCE_AT_END_SECONDS = 1.5
"""... and when the film has ended, and its last frame is held."""
ASKS = 2
VOLUME_SECONDS = 0.5
"""Of a cue for the volume that does not say over how long."""
SAFE_SECONDS = 10.0
"""The safe scene plays for at least this long before the film is tried again."""


def begin(
    story: Story,
    now: float,
    after: StoryState | None = None,
    memory: Memory | None = None,
    history: History = NO_TAKES,
) -> Step:
    """The show's first state and cues: attract is asked for.

    ``after``: the last state of another story in the same show, so that entries and takes are counted on.
    ``memory``: what the first take begins with, and its seed. ``history``: of the shows before.
    """
    now = now if math.isfinite(now) else 0.0
    entry, take = (after.last_entry + 1, after.take) if after else (1, 0)
    if after is not None:
        memory, history = after.memory.next_take() if after.in_take else after.memory, after.history
    state = StoryState(now=now, clock=0.0, scene=story.file.attract, take=take, failed=story.unplayable)
    state = replace(state, memory=(memory or Memory()).drawn(story), history=history)
    state = replace(state, signals=after.signals if after else ())
    first = fallback_for(story, state.scene, state.failed)
    if first is None:
        return _announce(story, replace(state, last_entry=entry - 1, fault=True))
    state = replace(state, scene=first, last_entry=entry, pending=Pending(entry, first, "now", Transition()))
    state, announced = _announce(story, state)
    return state, (Prepare((first,)), Play(entry, first), *announced)


def advance(story: Story, state: StoryState, moment: Moment, answering: bool = True) -> Step:
    """One tick: the next state, and what the stage is to do now, in order.

    Not ``answering``: without what decides nothing about the way on, which is how a scene answers to the visitors
    while it plays, its own cues, and the word for the state.
    """
    cues: tuple[Cue, ...] = ()
    for part in PARTS if answering else DECIDING:
        state, more = part(story, state, moment)
        cues += more
    if not answering:
        return state, cues
    state, announced = _announce(story, state)
    return state, cues + announced


# -- the parts of a tick, in their order -----------------------------------------------------------------------------


def _observe(story: Story, state: StoryState, moment: Moment) -> Step:
    """Time passes in the room and in the film, and visitors are there or not."""
    now, head, mood = (moment.now if math.isfinite(moment.now) else state.now), moment.playhead, moment.mood
    passed = 0.0 if state.paused else min(max(now - state.now, 0.0), LONGEST_TICK_SECONDS)
    clock, presence = state.clock + passed, state.presence
    if mood.trusted and mood.present is not presence.here:
        presence = Presence(mood.present, clock)
    on_screen = state.entry > 0 and head.entry == state.entry
    failed = head.failed | story.unplayable if story.unplayable else head.failed
    lost = failed != state.failed
    moves = on_screen and math.isfinite(head.seconds) and head.seconds > state.seconds
    state = replace(
        state,
        now=now,
        clock=clock,
        hour=moment.hour,
        presence=presence,
        visited=state.visited or (state.in_take and mood.trusted and mood.present),
        seconds=head.seconds if moves else state.seconds,
        moved=clock if moves else state.moved,
        ended=on_screen and head.ended,
        failed=failed,
    )
    return state, (Prepare(_candidates(story, state)),) if lost and state.entry else ()


def _forget(_story: Story, state: StoryState, moment: Moment) -> Step:
    """While nobody may be looked at, nothing of what was seen before counts."""
    return (state, ()) if moment.looking else (forget_seen(state), ())


def _follow(story: Story, state: StoryState, moment: Moment) -> Step:
    """The scene that was asked for is on the screen."""
    head, asked = moment.playhead, state.pending
    if asked is None or head.entry != asked.entry:
        return state, ()
    return _enter(story, state, asked, head)


def _enter(story: Story, state: StoryState, pending: Pending, head: Playhead) -> Step:
    """One scene ends and another begins, and with them perhaps a visitor's take."""
    cues: list[Cue] = []
    if state.entry:
        cues.append(SceneEnded(state.entry, state.scene, story.index(state.scene), state.seconds))
    if state.in_take and pending.outcome is not None:
        cues.append(TakeEnded(state.take, pending.outcome))
        state = replace(state, in_take=False, memory=state.memory.next_take().drawn(story))
    if pending.begins and not state.in_take:
        state, started = _begin_take(story, state)
        cues.append(started)
    state = replace(
        state,
        scene=pending.scene,
        entry=pending.entry,
        pending=None,
        seconds=max(head.seconds, 0.0) if math.isfinite(head.seconds) else 0.0,
        moved=state.clock,
        ended=head.ended,
        memory=state.memory.entered(story, pending.scene, pending.moods) if state.in_take else state.memory,
        ending=state.ending if story.scene(pending.scene).is_course else pending.scene,
        evidence=NOTHING_SEEN,
        signals=forget(state.signals),
        cues_done=0,
        response=NO_RESPONSE,
        fault=False,
    )
    cues.append(SceneStarted(state.entry, state.scene, story.index(state.scene)))
    cues.append(Prepare(_candidates(story, state)))
    return state, tuple(cues)


def _begin_take(story: Story, state: StoryState) -> tuple[StoryState, Cue]:
    """The next visitor's way through the film, with what is drawn by lot for it."""
    take, memory = state.take + 1, state.memory.drawn(story)
    history = state.history.after_take(state.hour.day if state.hour else None)
    seen = bool(state.presence.here)
    state = replace(state, in_take=True, take=take, visited=seen, memory=memory, history=history, ending="")
    return state, TakeStarted(take, memory.seed, memory.draws)


def _candidates(story: Story, state: StoryState) -> tuple[str, ...]:
    """The scenes that may follow, with those that cannot be played replaced."""
    if not state.failed:
        return story.candidates(state.scene)
    names = (fallback_for(story, name, state.failed) for name in story.candidates(as_home(story, state).scene))
    return tuple(dict.fromkeys(name for name in names if name is not None and name != state.scene))


def _obey(story: Story, state: StoryState, moment: Moment) -> Step:
    """People come first."""
    cues: tuple[Cue, ...] = ()
    for command in moment.commands:
        state, more = obey(story, state, moment.mood, command)
        cues += more
    return state, cues


def _mend(story: Story, state: StoryState, _moment: Moment) -> Step:
    """What cannot be played is passed over; when nothing could be, the film begins again with the first that can."""
    asked = state.pending
    if asked is None and state.fault:
        again = unconditional_choice(story, story.file.attract, "something can be shown again")
        able = fallback_for(story, again.to, state.failed) is not None
        return request_scene(story, state, again) if able else (state, ())
    broken = asked.scene if asked else state.scene
    if broken not in state.failed:
        return state, ()
    choice = unconditional_choice(story, broken, f"{broken} cannot be played")
    if asked is None:
        return request_scene(story, state, choice)
    return request_scene(story, state, choice, outcome=asked.outcome, fresh=asked.begins)


def _perform(story: Story, state: StoryState, _moment: Moment) -> Step:
    """The scene's own cues, each once."""
    timed = story.cues(state.scene)
    if not state.entry or state.cues_done >= len(timed) or timed[state.cues_done].at_seconds > state.seconds:
        return state, ()
    due = [cue for cue in timed[state.cues_done :] if cue.at_seconds <= state.seconds]
    return replace(state, cues_done=state.cues_done + len(due)), tuple(_cue_of(cue) for cue in due)


def _cue_of(cue: TimedCue) -> Cue:
    if cue.osc is not None:
        return SendOsc(cue.osc.address, cue.osc.arguments)
    if cue.dmx is not None:
        return SetLamps(cue.dmx.universe, cue.dmx.channels, cue.over_seconds or 0.0)
    if cue.volume is not None:
        return SetVolume(cue.volume, VOLUME_SECONDS if cue.over_seconds is None else cue.over_seconds)
    return Caption(cue.caption or "", cue.seconds)


def _listen(story: Story, state: StoryState, moment: Moment) -> Step:
    """Evidence is gathered while the listening window is open."""
    if not is_listening(story, state):
        return state, ()
    opened, _ = story.window(state.scene)
    evidence = state.evidence.observe(moment.mood, state.seconds - opened)
    return replace(state, evidence=evidence, signals=gather(state.signals)), ()


def is_listening(story: Story, state: StoryState) -> bool:
    """What the face shows now, or a signal, counts for the choice."""
    if state.pending is not None or not state.entry or not story.listens(state.scene):
        return False
    opened, closed = story.window(state.scene)
    return opened <= state.seconds <= closed


def _decide(story: Story, state: StoryState, moment: Moment) -> Step:
    """The way on: when the film stops, when the visitor has left, when the choice closes, or at once."""
    asked = state.pending
    if (asked and asked.asks) or state.paused or state.fault or not state.entry:
        return state, ()
    scene, mood, absent = state.scene, moment.mood, state.there_seconds
    gone = mood.trusted and state.presence.here is False and absent >= story.file.left.after_seconds
    if gone and asked and state.in_take and state.visited:
        return _leave(story, state, absent)
    if asked:  # the scene waits for other rooms, as long as whoever it is for does
        left = mood.trusted and not state.in_take and state.presence.here is False
        return (replace(state, pending=None) if left and state.presence.since > asked.since else state), ()
    waits = state.stopped or (moment.on_request and not state.in_take)
    if state.ended or state.still_seconds >= PATIENCE_SECONDS:
        return close_choice(story, state, mood, waits, stopped_film=True)
    if scene == story.file.safe and not is_home(story, state):
        if state.seconds < max(story.duration(scene), SAFE_SECONDS):
            return state, ()
        return request_scene(story, state, unconditional_choice(story, story.file.attract, "the film is tried again"))
    if waits:
        return state, ()
    if gone and state.in_take and state.visited:
        return _leave(story, state, absent)
    if state.seconds >= story.close(scene):
        return close_choice(story, state, mood, waits, stopped_film=False)
    if state.seconds < story.scene(scene).minimum_seconds:
        return state, ()
    choice = choose(story, as_home(story, state), mood, closing=False)
    return (state, ()) if choice is None else request_chosen(story, state, choice)


def _leave(story: Story, state: StoryState, absent: float) -> Step:
    left = unconditional_choice(story, story.left_to, f"nobody there for {absent:.0f} s")
    ended = ending_of(story, state)
    return request_scene(story, state, left, outcome=ended if story.scene(ended).end else "left")


def _wait(story: Story, state: StoryState, moment: Moment) -> Step:
    """Other rooms are waited for. A player that does not show what was asked for is asked again; then for safe."""
    asked = state.pending
    if asked is None:
        return state, ()
    if not asked.asks:
        return (state, ()) if state.paused else wait_for_rooms(story, state, asked, moment.rooms)
    film_runs = state.still_seconds == 0.0 and not state.ended and state.seconds < story.end(state.scene) + 0.5
    if asked.at == "end" and film_runs:
        return (replace(state, pending=replace(asked, since=state.clock)) if asked.since != state.clock else state), ()
    patience = PATIENCE_AT_END_SECONDS if state.ended else PATIENCE_SECONDS + asked.transition.seconds
    if state.clock - asked.since < patience:
        return state, ()
    safe, tired = story.file.safe, asked.asks >= ASKS
    if tired and asked.scene != safe and safe not in state.failed:
        choice = unconditional_choice(story, safe, f"the player does not show {asked.scene}")
        return request_scene(story, state, choice, outcome="fault" if state.in_take else None)
    again = replace(asked, at="now", since=state.clock, asks=asked.asks + 1)
    return replace(state, pending=again, fault=tired), (Play(again.entry, again.scene, "now", again.transition),)


PARTS: tuple[Callable[[Story, StoryState, Moment], Step], ...] = (
    hear,
    _observe,
    _forget,
    _follow,
    _obey,
    _mend,
    _perform,
    _listen,
    _decide,
    _wait,
    cut_threads,
    drive_picture,
    level_stems,
    drive_lamps,
)
DECIDING = tuple(p for p in PARTS if p not in (_perform, cut_threads, drive_picture, level_stems, drive_lamps))


def _announce(story: Story, state: StoryState) -> Step:
    """The state in one word and two switches, when it has changed."""
    word, told = _word(story, state), state.announced
    if told and word is told.state and state.paused is told.paused and state.blackout is told.blackout:
        return state, ()
    now = StateChanged(word, state.paused, state.blackout)
    return replace(state, announced=now), (now,)


def _word(story: Story, state: StoryState) -> ShowState:
    if state.fault:
        return ShowState.FAULT
    if state.blackout:
        return ShowState.BLACKOUT
    if state.paused:
        return ShowState.PAUSED
    if state.pending is not None and state.pending.asks and state.entry:
        return ShowState.TRANSITION
    if is_home(story, state):
        return ShowState.ATTRACT
    return ShowState.DECIDING if is_listening(story, state) else ShowState.PLAYING
