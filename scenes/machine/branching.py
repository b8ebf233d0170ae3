"""Which way the film goes, and why, in a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from models.mood import Mood
from scenes.machine.signals import signal_holds
from scenes.machine.state import StoryState
from scenes.story.clip import Transition
from scenes.story.conditions import When
from scenes.story.story import Story
from scenes.story.story_file import Branch

LEAST_LEAD = 0.25
"""A mood that was there for less of the seen time leads nothing."""
LEAST_SEEN = 0.2
"""A choice on a mood needs this share of the listening window to have been seen."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A way out of the scene."""

    to: str
    transition: Transition
    reason: str
    emotion: str | None = None
    confidence: float = 0.0


def choose(story: Story, state: StoryState, mood: Mood, closing: bool) -> Choice | None:
    """The first branch that holds and can be played.

    ``closing``: all are asked, with ``otherwise``; else only those that are taken immediately. None: no branch holds.
    """
    asked = (branch for branch in story.branches(state.scene) if closing or story.is_immediate(state.scene, branch))
    return next((found for branch in asked if (found := _taken(story, state, mood, branch, closing))), None)


def _taken(story: Story, state: StoryState, mood: Mood, branch: Branch, closing: bool) -> Choice | None:
    """The choice of this branch, or None: it does not hold, or cannot be played."""
    if branch.when is None:
        return Choice(branch.to, way_in(story, branch), why_otherwise(story, state))
    at_once = story.is_immediate(state.scene, branch)
    reason = holds(story, state, mood, branch.when, closing, at_once)
    if not reason or not _leads_on(story, branch.to, state.failed):
        return None
    emotion, confidence = _deciding(story, state, branch.when)
    return Choice(branch.to, way_in(story, branch), reason, emotion, confidence)


@dataclass(frozen=True, slots=True)
class BranchStanding:
    """How one way out of the scene stands before the choice closes; for whoever watches, not for the story."""

    to: str
    mood: str | None
    """The mood that it asks for; None: it asks for none."""
    asks: str
    """What else it asks for, in a word or two: ``otherwise``, ``nobody there``."""
    share: float
    """Of the time seen in the listening window so far in which that mood was believed, 0 to 1."""
    needed: float | None
    """The share at which it holds, where the author gave one."""
    taken: bool
    """It would be taken if the choice closed now. True for one branch at most."""


def standings(story: Story, state: StoryState, mood: Mood) -> tuple[BranchStanding, ...]:
    """Every branch of the scene in the author's order, with its share so far."""
    found = []
    open_still = True
    for branch in story.branches(state.scene):
        taken = open_still and _taken(story, state, mood, branch, closing=True) is not None
        open_still = open_still and not taken
        asked = branch.when.mood if branch.when else None
        share = state.evidence.share(story.labels(asked)) if asked else 0.0
        needed = branch.when.share if branch.when else None
        found.append(BranchStanding(branch.to, asked, _asks(branch.when), share, needed, taken))
    return tuple(found)


def _asks(when: When | None) -> str:
    """The conditions other than a mood, as a watcher reads them."""
    if when is None:
        return "otherwise"
    asked = ["cannot see"] if when.untrusted else []
    if when.visitors is not None:
        asked.append("somebody there" if when.visitors == "present" else "nobody there")
    if when.visitors_at_least is not None:
        asked.append(f"{when.visitors_at_least} visitors or more")
    if when.signal is not None:
        asked.append(when.signal_in_words)
    if when.elapsed_seconds is not None:
        asked.append(f"after {when.elapsed_seconds:g} s")
    return ", ".join(asked)


def _leads_on(story: Story, name: str, failed: frozenset[str]) -> bool:
    """The scene, or one further along its way, can be played; the film need not be given up."""
    return name not in failed or fallback_for(story, name, failed) not in (story.file.attract, story.file.safe, None)


def way_in(story: Story, branch: Branch) -> Transition:
    """How the scene at the end of a branch takes over."""
    return (branch.transition or story.scene(branch.to).transition).transition


def fallback_for(story: Story, name: str, failed: frozenset[str]) -> str | None:
    """What plays instead of a scene that may have failed: the next by ``otherwise``, else attract, safe, none."""
    tried: set[str] = set()
    while name in failed and name not in tried:
        tried.add(name)
        name = next((branch.to for branch in story.branches(name) if branch.otherwise), story.file.attract)
    for candidate in (name, story.file.attract, story.file.safe):
        if candidate not in failed:
            return candidate
    return None


def why_otherwise(story: Story, state: StoryState) -> str:
    """Why no other branch was taken."""
    if story.scene(state.scene).end:
        return "the end"
    moods = story.asked_moods(state.scene)
    if not moods:
        return "otherwise"
    if not _seen_enough(story, state):
        return f"otherwise: too little was seen ({state.evidence.seen_seconds:.1f} s)"
    shares = ", ".join(f"{mood} {state.evidence.share(story.labels(mood)):.0%}" for mood in moods)
    return f"otherwise: no clear answer ({shares})"


def _seen_enough(story: Story, state: StoryState) -> bool:
    start, end = story.window(state.scene)
    return state.evidence.seen_seconds >= LEAST_SEEN * (min(end, state.seconds) - start) > 0


def holds(story: Story, state: StoryState, mood: Mood, when: When, closing: bool, at_once: bool) -> str:
    """The reason why all conditions hold; '' when one does not."""
    reasons = []
    if when.untrusted:
        if mood.trusted:
            return ""
        reasons.append(f"could not look: {mood.reason or 'no reason given'}")
    if when.elapsed_seconds is not None:
        if state.seconds < when.elapsed_seconds:
            return ""
        reasons.append(f"{when.elapsed_seconds:g} s over")
    if when.visitors is not None:
        present = when.visitors == "present"
        if not mood.trusted or state.presence.here is not present or state.there_seconds < (when.for_seconds or 0.0):
            return ""
        waited = f" for {state.there_seconds:.0f} s" if when.for_seconds else ""
        reasons.append(f"{'somebody' if present else 'nobody'} is there{waited}")
    if when.visitors_at_least is not None:
        if not mood.trusted or mood.count < when.visitors_at_least:
            return ""
        reasons.append(f"{mood.count} visitors there")
    if when.signal is not None:
        reason = signal_holds(state, when, at_once)
        if not reason:
            return ""
        reasons.append(reason)
    if when.mood is not None:
        reason = _mood_holds(story, state, when, when.mood, closing)
        if not reason:
            return ""
        reasons.append(reason)
    return ", ".join(reasons)


def _mood_holds(story: Story, state: StoryState, when: When, mood: str, closing: bool) -> str:
    labels, evidence = story.labels(mood), state.evidence
    if closing and not _seen_enough(story, state):
        return ""
    if not when.has_thresholds:
        if not _leads(story, state, mood):
            return ""
        share, peak = evidence.share(labels), evidence.peak(labels)
        return f"{mood} led {share:.0%} of the listening window, peak {peak:.2f}"
    reasons = []
    for asked, measure, words in (
        (when.share, evidence.share, "there {:.0%} of the listening window"),
        (when.held_seconds, evidence.held, "held {:.1f} s"),
        (when.peak, evidence.peak, "rose to {:.2f}"),
        (when.confidence, evidence.mean, "{:.2f} in the mean"),
    ):
        if asked is not None:
            value = measure(labels)
            if value < asked:
                return ""
            reasons.append(words.format(value))
    return f"{mood} {', '.join(reasons)}"


def _leads(story: Story, state: StoryState, mood: str) -> bool:
    """Longer there than any other mood asked for. Moods that have an emotion in common do not compete."""
    labels = story.labels(mood)
    share = state.evidence.share(labels)
    others = (story.labels(other) for other in story.asked_moods(state.scene))
    return share >= LEAST_LEAD and all(
        share >= state.evidence.share(other) for other in others if not set(other) & set(labels)
    )


def _deciding(story: Story, state: StoryState, when: When) -> tuple[str | None, float]:
    """The emotion that decided (of a group: the one longest there) and the mood's mean probability."""
    if when.mood is None:
        return None, 0.0
    labels, evidence = story.labels(when.mood), state.evidence
    return max(labels, key=lambda label: (evidence.share(label), evidence.mean(label))), min(1.0, evidence.mean(labels))
