"""Which way the film goes, and why, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from models.mood import Mood
from scenes.machine.conditions import Verdict, judge, seen_enough, stands
from scenes.machine.state import StoryState
from scenes.story.clip import Transition
from scenes.story.draws import lot
from scenes.story.graph import asks
from scenes.story.story import Story
from scenes.story.story_file import Branch


class Choice(NamedTuple):
    """A way out of the scene."""

    to: str
    transition: Transition
    reason: str
    emotion: str | None = None
    confidence: float = 0.0
    moods: tuple[str, ...] = ()
    """Those that decided, of the story's own words."""
    way: int | None = None
    """Number of the branch among the scene's; None: no branch made the choice."""


def choose(story: Story, state: StoryState, mood: Mood, closing: bool) -> Choice | None:
    """The first branch that holds and can be played; one with a weight draws lots with the others that have one.

    ``closing``: all are asked, with ``otherwise``; else only those that are taken immediately. None: no branch holds.
    """
    branches = story.branches(state.scene)
    asked = range(len(branches)) if closing else story.immediate_ways(state.scene)
    for number, way in enumerate(asked):
        choice = _taken(story, state, mood, way, closing)
        if choice is None:
            continue
        if branches[way].weight is None:
            return choice
        rest = (_taken(story, state, mood, one, closing) for one in asked[number + 1 :] if branches[one].weight)
        return _by_lot(story, state, [choice, *(one for one in rest if one)])
    for way in asked:  # a lot whose scenes are all broken
        if branches[way].when is None:
            return Choice(branches[way].to, way_in(story, branches[way]), "otherwise", way=way)
    return None


def _by_lot(story: Story, state: StoryState, able: Sequence[Choice]) -> Choice:
    """One of these, whose branches have a weight. It is the same however often this is asked in a visit of a scene."""
    if len(able) == 1 and able[0].reason:
        return able[0]
    branches = story.branches(state.scene)
    weights = [branches[choice.way].weight or 0.0 for choice in able if choice.way is not None]
    visit = state.memory.been.get(state.scene, 0)
    number = lot(weights, state.memory.seed, "branch", state.scene, visit)
    choice, drawn = able[number], f"by lot, {weights[number]:g} in {sum(weights):g}"
    return choice._replace(reason=f"{choice.reason}, {drawn}" if choice.reason else drawn)


def _taken(story: Story, state: StoryState, mood: Mood, way: int, closing: bool) -> Choice | None:
    """The choice of this branch, or None: it does not hold, or cannot be played."""
    branch = story.branches(state.scene)[way]
    if branch.otherwise:
        return Choice(branch.to, way_in(story, branch), why_otherwise(story, state), way=way)
    verdict = _judge(story, state, mood, branch, closing)
    if not verdict.holds or not _leads_on(story, branch.to, state.failed):
        return None
    emotion, confidence = _deciding(story, state, verdict.moods)
    return Choice(branch.to, way_in(story, branch), verdict.words, emotion, confidence, verdict.moods, way)


def _judge(story: Story, state: StoryState, mood: Mood, branch: Branch, closing: bool) -> Verdict:
    if branch.when is None:
        return Verdict(True, "")
    return judge(story, state, mood, branch.when, closing, at_once=story.is_immediate(state.scene, branch))


@dataclass(frozen=True, slots=True)
class BranchStanding:
    """How one way out of the scene stands before the choice closes; for whoever watches, not for the story."""

    to: str
    mood: str | None
    """The mood that it asks for; None: it asks for none."""
    asks: str
    """What else it asks for, in words: ``otherwise``, ``nobody there``."""
    share: float
    """Of the time seen in the listening window so far in which that mood was believed, 0 to 1."""
    needed: float | None
    """The share at which it holds, where the author gave one."""
    taken: bool
    """It would be taken if the choice closed now. True for one branch at most."""
    stands: str = ""
    """How what it asks for stands now, in words; '' where it asks for nothing."""


def standings(story: Story, state: StoryState, mood: Mood) -> tuple[BranchStanding, ...]:
    """Every branch of the scene in the author's order, with its share so far."""
    chosen, besides = choose(story, state, mood, closing=True), _besides_moods(story, state.scene)
    found = []
    for way, branch in enumerate(story.branches(state.scene)):
        when = branch.when
        asked = when.mood if when else None
        share = state.evidence.share(story.labels(asked)) if asked else 0.0
        now = stands(story, state, mood, when, story.is_immediate(state.scene, branch)) if when else ""
        taken = chosen is not None and chosen.way == way
        needed = when.share if when else None
        found.append(BranchStanding(branch.to, asked, besides[way], share, needed, taken, now))
    return tuple(found)


@lru_cache(maxsize=16)  # of the scenes that play: whoever watches asks many times a second
def _besides_moods(story: Story, scene: str) -> tuple[str, ...]:
    """What each branch asks for besides a mood, in words."""
    ways = ((way, way.when) for way in story.branches(scene))
    return tuple(asks(way.model_copy(update={"when": when.besides_mood}) if when else way) for way, when in ways)


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
        name = next((branch.to for branch in story.branches(name) if branch.when is None), story.file.attract)
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
    if not seen_enough(state.evidence):
        return f"otherwise: too little was seen ({state.evidence.seen_seconds:.1f} s)"
    shares = ", ".join(f"{mood} {state.evidence.share(story.labels(mood)):.0%}" for mood in moods)
    return f"otherwise: no clear answer ({shares})"


def _deciding(story: Story, state: StoryState, moods: Sequence[str]) -> tuple[str | None, float]:
    """The emotion that decided (of a group: the one longest there) and the mood's mean probability."""
    if not moods:
        return None, 0.0
    labels, evidence = story.labels(moods[0]), state.evidence
    shares = [evidence.share(label) for label in labels]
    longest = [label for label, share in zip(labels, shares, strict=True) if share == max(shares)]
    return max(longest, key=evidence.mean) if longest[1:] else longest[0], min(1.0, evidence.mean(labels))
