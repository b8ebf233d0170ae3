"""A visitor's way through a story, from event to event instead of tick by tick, with the same cues at the same ticks.

Between two events nothing is decided: the film goes on, and what the face shows is gathered. What an event is depends
on the scene: a moment of the film (the choice closes), another face, somebody who comes or goes. Where a branch may
hold at any moment (a mood that is asked for at once), every tick is one.
"""

from __future__ import annotations

import math
from bisect import bisect
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

from scenes.machine.advance import SAFE_SECONDS, Moment, StoryState, advance, begin
from scenes.machine.audience import COMES_AFTER_SECONDS, PATIENCE_SECONDS, Visitor
from scenes.machine.cue import Cue
from scenes.machine.dry_run import DryPlayer
from scenes.machine.long_moods import LongMoods
from scenes.machine.replacing import replace
from scenes.story.conditions import When
from scenes.story.story import Story
from scenes.story.story_file import Branch, SceneEntry

TICK_SECONDS = 0.5
LONGEST_SECONDS = PATIENCE_SECONDS + 3600.0
"""A take that does not end with its visitor is given up."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """When something may happen in a scene."""

    at_film_seconds: tuple[float, ...]
    """Moments of the film at which something is decided, sorted; the last is infinite."""
    at_waits: tuple[float, ...]
    """Seconds since somebody came or went ..."""
    at_waits_for_nobody: tuple[float, ...]
    """... and since the last one went."""
    faces: bool
    """With another face, too."""
    dense: tuple[float, float]
    """Film times between which every tick counts."""
    window: tuple[float, float]
    """Film times between which the scene listens."""

    def next_in_film(self, seconds: float) -> float:
        """Film time of the next event after ``seconds``."""
        moment = self.at_film_seconds[bisect(self.at_film_seconds, seconds)]
        since, until = self.dense
        return min(moment, since) if seconds <= until else moment

    def next_wait(self, state: StoryState) -> float:
        """Seconds until somebody, or nobody, has been there for so long that it is an event."""
        waits, waited = self.at_waits_for_nobody if state.presence.here is False else self.at_waits, state.there_seconds
        return min((at for at in waits if at > waited), default=math.inf) - waited if waits else math.inf


OF_ANYBODY = {"visitors", "for_seconds"}
"""Conditions for which all visitors are alike."""
NEVER = (math.inf, -math.inf)
NOTHING_SEEN = LongMoods()
Way = tuple[float, StoryState, tuple[Cue, ...]]
"""A tick: seconds, the state after it, its cues."""


class Plans:
    """Of all scenes of a story."""

    def __init__(self, story: Story) -> None:
        self.rates = any(_drives_rate(story.scene(name)) for name in story.names)
        """The film's own time goes with the visitors."""
        self.empty: tuple[_Room, tuple[Way, ...]] | None = None
        """What is the same for all visitors; None where attract asks who they are, or at what hour they come."""
        self.of = {name: self._plan(story, name) for name in story.names}
        self.of_the_end = {name: self._to_the_end(story, name) for name in story.names}
        if {field for branch in story.branches(story.file.attract) for field in _asked_fields(branch)} <= OF_ANYBODY:
            self.empty = _before_anybody_comes(story, self, Visitor(0, 0))

    def _to_the_end(self, story: Story, name: str) -> _Plan:
        """When the choice has closed, nothing is decided before the last picture."""
        plan = self.of[name]
        dense = plan.dense if _drives_rate(story.scene(name)) else NEVER
        moments = (story.duration(name), math.inf)
        return _Plan(moments, at_waits=(), at_waits_for_nobody=(), faces=False, dense=dense, window=NEVER)

    @staticmethod
    def _plan(story: Story, name: str) -> _Plan:
        scene, window, at_home = story.scene(name), story.window(name), name in (story.file.attract, story.file.safe)
        immediate = [branch.when for branch in story.branches(name) if story.is_immediate(name, branch) and branch.when]
        if at_home:  # either may stand in for the other
            homes = (story.file.attract, story.file.safe)
            immediate = [
                b.when for home in homes for b in story.branches(home) if story.is_immediate(home, b) and b.when
            ]
        asked = [when for one in immediate for _, when in one.walk()]
        moments = [story.close(name), story.duration(name), *([scene.minimum_seconds] if immediate else [])]
        moments += [when.elapsed_seconds for when in asked if when.elapsed_seconds is not None]
        if at_home:
            moments.append(max(story.duration(name), SAFE_SECONDS))
        waits = tuple(when.for_seconds for when in asked if when.for_seconds)
        dense = NEVER
        if any(when.asks_faces for when in asked):
            dense = window
        if _drives_rate(scene):
            dense = (0.0, math.inf)
        return _Plan(
            at_film_seconds=(*sorted(moments), math.inf),
            at_waits=waits,
            at_waits_for_nobody=(*waits, story.file.left.after_seconds),
            faces=any(_asks_the_moment(when) for when in asked),
            dense=dense,
            window=window if story.listens(name) else NEVER,
        )


def _drives_rate(scene: SceneEntry) -> bool:
    return any(drive.what == "rate" for drive in scene.drive)


def _asked_fields(branch: Branch) -> Iterator[str]:
    if branch.weight is not None:
        yield "weight"
    for _, when in branch.when.walk() if branch.when else ():
        yield from when.model_fields_set


def _asks_the_moment(when: When) -> bool:
    return bool(when.untrusted or when.visitors_at_least or when.visitors)


class _Room(NamedTuple):
    """How all stands at a tick."""

    state: StoryState
    player: DryPlayer
    number: int
    """Of the tick."""

    def next_event(self, story: Story, plans: Plans, visitor: Visitor) -> tuple[_Room, tuple[Cue, ...]]:
        """The next tick at which something may happen, and its cues."""
        plan = (plans.of_the_end if self.state.pending else plans.of)[self.state.scene]
        passed, state, shown = _pass_quiet_ticks(plan, self.state, self.player, visitor)
        number = self.number + passed + 1
        now = number * TICK_SECONDS
        player = self.player.run(TICK_SECONDS, since=shown)
        moment = Moment(now, visitor.mood(now, state), player.playhead, hour=visitor.hour)
        state, cues = advance(story, state, moment, answering=plans.rates)
        return _Room(state, player.perform(cues) if cues else player, number), cues


def _before_anybody_comes(story: Story, plans: Plans, visitor: Visitor) -> tuple[_Room, tuple[Way, ...]]:
    state, cues = begin(story, 0.0, memory=visitor.memory, history=visitor.history)
    room, way = _Room(state, DryPlayer(story).perform(cues), 0), [(0.0, state, cues)]
    while (room.number + 1) * TICK_SECONDS < COMES_AFTER_SECONDS and not room.state.in_take:
        passed, *_ = _pass_quiet_ticks(plans.of[room.state.scene], room.state, room.player, visitor)
        if (room.number + passed + 1) * TICK_SECONDS >= COMES_AFTER_SECONDS:
            break
        room, cues = room.next_event(story, plans, visitor)
        way.append((room.number * TICK_SECONDS, room.state, cues))
    return room, tuple(way)


def run_visitor(story: Story, plans: Plans, visitor: Visitor) -> Iterator[Way]:
    """The ticks of one visitor's way that had cues, with the state after each, to the end of the take."""
    room, way = plans.empty or _before_anybody_comes(story, plans, visitor)
    yield from way
    memory = visitor.memory.drawn(story)
    state = replace(room.state, memory=memory, history=visitor.history, hour=visitor.hour)
    room = room._replace(state=state, player=copy(room.player))
    while room.number * TICK_SECONDS < LONGEST_SECONDS:
        in_take = room.state.in_take
        room, cues = room.next_event(story, plans, visitor)
        if cues:
            yield room.number * TICK_SECONDS, room.state, cues
        if (in_take or visitor.is_gone) and not room.state.in_take:
            return


def _pass_quiet_ticks(
    plan: _Plan, state: StoryState, player: DryPlayer, visitor: Visitor
) -> tuple[int, StoryState, float]:
    """How many ticks pass before the next event, and how all stands just before it; last the film's seconds."""
    if state.in_take and not visitor.begun:
        visitor.begin(state.now + TICK_SECONDS)
    asked = state.pending
    if (asked and asked.at == "now") or not state.entry or state.ended or state.fault:
        return 0, state, player.playhead.seconds
    seconds, now, number = player.playhead.seconds, state.now, 0
    moment, until = plan.next_in_film(seconds), now + plan.next_wait(state)
    opened, closed = plan.window
    evidence = state.evidence if state.evidence.seconds else NOTHING_SEEN
    heard = evidence.seconds + opened
    changes, in_sight, seen = visitor.changes, visitor.face.present, False
    later, film = now + TICK_SECONDS, seconds + TICK_SECONDS
    while film < moment and later < until:
        if later >= changes:
            if plan.faces or not visitor.there or later >= visitor.leaves or state.presence.here is not True:
                break
            if heard > evidence.seconds + opened:
                evidence = evidence.observe(visitor.face, heard - opened, math.inf)
            visitor.pass_by(later, state)
            changes, in_sight = visitor.changes, visitor.face.present
        seen = seen or in_sight
        quiet = min(changes, until)
        while film < moment and later < quiet:  # each tick by itself: times are to be those of the slow way
            now, seconds, number = later, film, number + 1
            later += TICK_SECONDS
            film += TICK_SECONDS
            if opened <= seconds <= closed:
                heard = seconds
    if not number:
        return 0, state, seconds
    if heard > evidence.seconds + opened:
        evidence = evidence.observe(visitor.face, heard - opened, math.inf)
    clock = state.clock + (now - state.now)
    visited = state.visited or (state.in_take and seen)
    state = replace(
        state,
        now=now,
        clock=clock,
        pending=replace(asked, since=clock) if asked else None,
        seconds=seconds,
        moved=clock,
        evidence=evidence,
        visited=visited,
    )
    return number, state, seconds
