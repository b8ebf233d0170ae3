"""Whether the conditions of a branch hold, do not hold, or cannot be known, and how each of them stands, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import NamedTuple

from models.mood import Mood
from scenes.machine.evidence import LEVELS, Evidence
from scenes.machine.signals import signal_holds
from scenes.machine.state import StoryState
from scenes.story.conditions import Facing, Level, When
from scenes.story.story import Story

LEAST_LEAD = 0.25
"""A mood that was there for less of the seen time leads nothing."""
LEAST_SEEN = 0.2
"""A choice on a mood needs this share of the listening window to have been seen."""
ROUNDING = 1e-9
"""Sums of times differ by less than this with the ticks of which they were made; it decides nothing."""


class Verdict(NamedTuple):
    """How a condition stands."""

    holds: bool | None
    """None: it cannot be known, and so leads nowhere, with ``not`` before it neither."""
    words: str
    """What is so, whether it is what was asked for or not: 'doors is 2'."""
    moods: tuple[str, ...] = ()
    """Those that decided, of the story's own words."""


class _Asked(NamedTuple):
    """All that a condition may depend on."""

    story: Story
    state: StoryState
    mood: Mood
    closing: bool
    at_once: bool


def judge(story: Story, state: StoryState, mood: Mood, when: When, closing: bool, at_once: bool) -> Verdict:
    """All conditions of ``when`` together.

    ``closing``: the choice closes, so enough must have been seen for a mood. ``at_once``: a signal is asked for as it
    is now, not as it was in the listening window.
    """
    return _together(_each(_Asked(story, state, mood, closing, at_once), when))


def holds(story: Story, state: StoryState, mood: Mood, when: When, closing: bool, at_once: bool) -> str:
    """Why all conditions hold; '' when one does not, or cannot be known."""
    verdict = judge(story, state, mood, when, closing, at_once)
    return verdict.words if verdict.holds else ""


def stands(story: Story, state: StoryState, mood: Mood, when: When, at_once: bool) -> str:
    """How each of the conditions stands now, for whoever watches. ``at_once``: as for ``judge``."""
    return ", ".join(verdict.words for verdict in _each(_Asked(story, state, mood, True, at_once), when))


def seen_enough(evidence: Evidence) -> bool:
    """A face was seen for enough of the listening window so far that a choice may go by it."""
    return evidence.seconds > 0 and evidence.seen_seconds >= LEAST_SEEN * evidence.seconds - ROUNDING


def _together(verdicts: Iterator[Verdict]) -> Verdict:
    """All of them. The first that does not hold says so alone."""
    reasons: list[str] = []
    moods: tuple[str, ...] = ()
    known = True
    for verdict in verdicts:
        if verdict.holds is False:
            return Verdict(False, verdict.words)
        known = known and verdict.holds is not None
        reasons.append(verdict.words)
        moods = (*moods, *verdict.moods)
    return Verdict(True if known else None, ", ".join(reasons), moods if known else ())


def _one_of(verdicts: Iterator[Verdict]) -> Verdict:
    """One of them. The first that holds says so alone."""
    others = []
    for verdict in verdicts:
        if verdict.holds:
            return verdict
        others.append(verdict)
    known = all(verdict.holds is False for verdict in others)
    return Verdict(False if known else None, "; ".join(verdict.words for verdict in others))


def _each(asked: _Asked, when: When) -> Iterator[Verdict]:
    """Every condition that ``when`` contains, from those that cost least."""
    written = when.model_fields_set
    for keys, judged in JUDGED:
        if not keys.isdisjoint(written):
            yield from judged(asked, when)


def _of_the_moment(asked: _Asked, when: When) -> Iterator[Verdict]:
    state, mood = asked.state, asked.mood
    if when.untrusted:
        words = "the camera can be trusted" if mood.trusted else f"could not look: {mood.reason or 'no reason given'}"
        yield Verdict(not mood.trusted, words)
    if when.elapsed_seconds is not None:
        over = state.seconds >= when.elapsed_seconds
        yield Verdict(over, f"{when.elapsed_seconds:g} s {'' if over else 'not '}over")
    if when.visitors is not None:
        here, asked_for = state.presence.here, when.visitors == "present"
        if not mood.trusted or here is None:
            yield Verdict(None, "nobody can say who is there")
        else:
            waited = f" for {state.there_seconds:.0f} s" if when.for_seconds else ""
            long = state.there_seconds >= (when.for_seconds or 0.0)
            yield Verdict(here is asked_for and long, f"{'somebody' if here else 'nobody'} is there{waited}")
    if when.visitors_at_least is not None:
        if not mood.trusted:
            yield Verdict(None, "nobody can say who is there")
        else:
            yield Verdict(
                mood.count >= when.visitors_at_least, f"{mood.count} visitor{'s' if mood.count != 1 else ''} there"
            )


def _of_a_signal(asked: _Asked, when: When) -> Iterator[Verdict]:
    if when.signal is not None:
        reason = signal_holds(asked.state, when, asked.at_once)
        yield Verdict(None if reason is None else bool(reason), reason or _signal_now(asked, when))


def _signal_now(asked: _Asked, when: When) -> str:
    signal = next((one for one in asked.state.signals if one.name == when.signal and one.known), None)
    if signal is None:
        return f"{when.signal} is not known"
    span = signal.stands(asked.at_once)
    rose = f", rose by {span.rise:g}" if span and when.rises_by is not None else ""
    return f"{when.signal} is {signal.value:g}{rose}"


def _of_a_mood(asked: _Asked, when: When) -> Iterator[Verdict]:
    if when.mood is not None:
        yield _mood(asked, when, when.mood)


def _mood(asked: _Asked, when: When, mood: str) -> Verdict:
    story, state = asked.story, asked.state
    labels, evidence, enough = story.labels(mood), state.evidence, seen_enough(state.evidence)
    if asked.closing and not enough:
        return Verdict(None, f"too little was seen for {mood} ({evidence.seen_seconds:.1f} s)")
    missing = False if enough else None
    if not when.has_thresholds:
        share, peak = evidence.share(labels), evidence.peak(labels)
        leads = _leads(story, state, mood, share)
        word = "led" if leads else "was there"
        words = f"{mood} {word} {share:.0%} of the listening window, peak {peak:.2f}"
        return Verdict(leads or missing, words, (mood,))
    reasons, reached = [], True
    for least, measure, words in (
        (when.share, evidence.share, "there {:.0%} of the listening window"),
        (when.held_seconds, evidence.held, "held {:.1f} s"),
        (when.peak, evidence.peak, "rose to {:.2f}"),
        (when.confidence, evidence.mean, "{:.2f} in the mean"),
        (when.share_of_visitors, evidence.share_of_visitors, "shown by {:.0%} of the visitors"),
    ):
        if least is not None:
            value = measure(labels)
            reached = reached and value >= least - ROUNDING
            reasons.append(words.format(value))
    return Verdict(reached or missing, f"{mood} {', '.join(reasons)}", (mood,))


def _leads(story: Story, state: StoryState, mood: str, share: float) -> bool:
    """Longer there than any other mood asked for."""
    if share < LEAST_LEAD - ROUNDING:
        return False
    return all(share >= state.evidence.share(rival) - ROUNDING for rival in story.rivals(state.scene, mood))


def _of_levels(asked: _Asked, when: When) -> Iterator[Verdict]:
    for name, level in when.levels.items():
        yield _level(asked, name, level)


def _level(asked: _Asked, name: str, level: Level) -> Verdict:
    """A value that the eye measures; unknown where too little of the window was measured."""
    evidence = asked.state.evidence
    enough = evidence.seconds > 0 and evidence.known_seconds(name) >= LEAST_SEEN * evidence.seconds - ROUNDING
    if level.rises_by is not None:
        half = evidence.seconds / 2
        first, second = evidence.level(name, until=half), evidence.level(name, since=half)
        if first is None or second is None or not enough:
            return Verdict(None, f"{name} is not known")
        rose = second - first
        moved = rose >= level.rises_by - ROUNDING if level.rises_by > 0 else rose <= level.rises_by + ROUNDING
        within = _within(level, (first + second) / 2)
        return Verdict(moved and within, f"{name} changed by {round(rose, 2) + 0.0:+.2f}")
    if level.held_seconds is not None:
        held = evidence.level_held(name, level.above, level.below)
        if held >= level.held_seconds - ROUNDING:
            return Verdict(True, f"{name} held {held:.1f} s")
        return Verdict(False if enough else None, f"{name} held {held:.1f} s")
    mean = evidence.level(name)
    if mean is None or not enough:
        return Verdict(None, f"{name} is not known")
    if isinstance(level, Facing) and level.above is not None and (level.share or level.share_of_visitors):
        share, visitors = evidence.level_share(name, level.above, level.below), evidence.share_facing(level.above)
        words = [f"{share:.0%} of the time"] if level.share is not None else []
        words += [f"{visitors:.0%} of the visitors"] if level.share_of_visitors is not None else []
        reached = share >= (level.share or 0) - ROUNDING and visitors >= (level.share_of_visitors or 0) - ROUNDING
        return Verdict(reached, f"{name} above {level.above:g} {', '.join(words)}")
    return Verdict(_within(level, mean), f"{name} {mean:.2f} in the mean")


def _within(level: Level, value: float) -> bool:
    return (level.above is None or value > level.above) and (level.below is None or value < level.below)


def _of_the_take(asked: _Asked, when: When) -> Iterator[Verdict]:
    memory = asked.state.memory
    if when.been is not None:
        times = memory.been.get(when.been, 0)
        shown = f"shown {times} time{'s' if times > 1 else ''}" if times else "not shown yet"
        yield Verdict(times >= (when.times_at_least or 1), f"{when.been} {shown}")
    if when.took is not None:
        took = when.took in memory.took
        yield Verdict(took, f"{when.took} {'decided before' if took else 'has decided nothing yet'}")
    if when.counter is not None:
        value = memory.counters.get(when.counter, 0)
        low = when.at_least is None or value >= when.at_least
        yield Verdict(low and (when.at_most is None or value <= when.at_most), f"{when.counter} is {value}")
    for name, word in (when.draw or {}).items():
        drawn = memory.draws.get(name)
        yield Verdict(None if drawn is None else drawn == word, f"{name} is {drawn or 'not drawn'}")


def _of_the_takes(asked: _Asked, when: When) -> Iterator[Verdict]:
    """The takes so far; while none is running, the next one is asked about."""
    state, history = asked.state, asked.state.history
    if not state.in_take:
        history = history.after_take(state.hour.day if state.hour else None)
    if when.first_today:
        if history.day is None or (not state.in_take and state.hour is None):
            yield Verdict(None, "nobody knows which day it is")
        else:
            yield Verdict(history.today == 1, f"take {history.today} of the day")
    if when.every is not None:
        yield Verdict(history.total % when.every == 0, f"take {history.total} of all")


def _of_the_day(asked: _Asked, when: When) -> Iterator[Verdict]:
    hour = asked.state.hour
    if when.after is not None or when.before is not None:
        if hour is None:
            yield Verdict(None, "nobody knows what time it is")
        else:
            now = hour.local.time()
            begun = when.after is None or now >= time.fromisoformat(when.after)
            not_over = when.before is None or now < time.fromisoformat(when.before)
            through_midnight = when.after is not None and when.before is not None and when.before < when.after
            inside = begun or not_over if through_midnight else begun and not_over
            yield Verdict(inside, f"it is {now:%H:%M}")
    if when.minutes_after_opening is not None:
        if hour is None or hour.open_seconds is None:
            yield Verdict(None, "nobody knows for how long it has been open")
        else:
            minutes = hour.open_seconds / 60
            yield Verdict(minutes >= when.minutes_after_opening, f"open for {minutes:.0f} min")


def _of_nested(asked: _Asked, when: When) -> Iterator[Verdict]:
    if when.any_ is not None:
        yield _one_of(_together(_each(asked, one)) for one in when.any_)
    if when.all_ is not None:
        yield _together(_together(_each(asked, one)) for one in when.all_)
    if when.not_ is not None:
        inner = _together(_each(asked, when.not_))
        yield Verdict(None if inner.holds is None else not inner.holds, inner.words)


JUDGED: tuple[tuple[frozenset[str], Callable[[_Asked, When], Iterator[Verdict]]], ...] = (
    (frozenset(("untrusted", "elapsed_seconds", "visitors", "visitors_at_least")), _of_the_moment),
    (frozenset(("signal",)), _of_a_signal),
    (frozenset(("mood",)), _of_a_mood),
    (frozenset(LEVELS), _of_levels),
    (frozenset(("been", "took", "counter", "draw")), _of_the_take),
    (frozenset(("first_today", "every")), _of_the_takes),
    (frozenset(("after", "before", "minutes_after_opening")), _of_the_day),
    (frozenset(("any_", "all_", "not_")), _of_nested),
)
"""What judges conditions, each with the keys that it looks at."""
