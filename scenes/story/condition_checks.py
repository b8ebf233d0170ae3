"""Checks of the conditions of branches: that each scene, mood, counter and draw that they ask for can be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from calibration.files import did_you_mean
from models.labels import LABELS
from scenes.story.conditions import DEEPEST, When
from scenes.story.problem import Problem
from scenes.story.salvage import BLANK
from scenes.story.signals import SignalEntry, check_signal_condition
from scenes.story.story_file import StoryFile


class Known(NamedTuple):
    """Names that conditions may ask for."""

    scenes: tuple[str, ...]
    """All that there are, damaged ones too."""
    signals: Mapping[str, SignalEntry]


def check_condition(file: StoryFile, scene: str, key: str, when: When, at_once: str, known: Known) -> Iterator[Problem]:
    """Yield what is wrong with the condition at ``key`` and with all that stands inside it.

    ``at_once``: what makes the branch cut without waiting for the last frame; '' for one that waits.
    """
    for place, one in when.walk(key):
        if sum(part in ("any", "all", "not") for part in place.removeprefix(key).split(".")) > DEEPEST:
            yield Problem(key, f"any, all and not stand more than {DEEPEST} deep in one another; make it simpler")
            return
        yield from _check_faces(file, scene, place, one, at_once)
        yield from _check_memory(file, place, one, known.scenes)
        yield from _check_draws(file, place, one)
        lost = one.signal in known.scenes and one.signal not in (
            *file.scenes,
            *file.signals,
        )  # its own table is damaged
        if one.signal is not None and one.signal != BLANK and not lost:
            yield from check_signal_condition(place, one.signal, one.bounds, known.signals)


def _check_faces(file: StoryFile, scene: str, key: str, when: When, at_once: str) -> Iterator[Problem]:
    if when.mood is not None and when.mood not in LABELS and when.mood not in file.groups:
        yield Problem(f"{key}.mood", unknown_word(when.mood, (*LABELS, *file.groups), "emotion or group"))
    asked = {"mood": "a mood"} if when.mood is not None else {}
    asked |= dict.fromkeys(when.levels, "what the eye measures")
    if scene == file.safe:
        for name, what in asked.items():
            why = f"the safe scene must work without the camera; do not use {what} in its branches"
            yield Problem(f"{key}.{name}", why)
    elif at_once:
        why = "needs held_seconds, or one analysed frame could cut the film"
        if when.mood is not None and when.held_seconds is None:
            yield Problem(key, f"a mood in {at_once} {why}")
        for name, level in when.levels.items():
            if level.rises_by is not None:
                halves = f"rises_by compares halves of the listening window, and {at_once} does not wait for its end"
                yield Problem(f"{key}.{name}", halves)
            elif level.held_seconds is None:
                yield Problem(f"{key}.{name}", f"{name} in {at_once} {why}")


def _check_memory(file: StoryFile, key: str, when: When, known: tuple[str, ...]) -> Iterator[Problem]:
    if when.been is not None and when.been not in (*known, BLANK):
        yield Problem(f"{key}.been", unknown_word(when.been, known, "scene"))
    if when.took is not None:
        whens = (branch.when for scene in file.scenes.values() for branch in scene.branch if branch.when)
        asked = {one.mood for when in whens for place, one in when.walk() if "not" not in place.split(".")}
        decide = tuple(sorted(mood for mood in asked if mood))
        if when.took not in decide:
            hint = did_you_mean(when.took, decide) or (": they ask for " + ", ".join(decide) if decide else "")
            yield Problem(f"{key}.took", f"no branch asks for the mood {when.took!r}{hint}")
    if when.counter is not None:
        counters = tuple(dict.fromkeys(name for scene in file.scenes.values() for name in (*scene.set, *scene.add)))
        if when.counter not in counters:
            hint = did_you_mean(when.counter, counters) or "; give it in `set` or `add` of a scene"
            yield Problem(f"{key}.counter", f"no scene sets a counter {when.counter!r}{hint}")


def _check_draws(file: StoryFile, key: str, when: When) -> Iterator[Problem]:
    for name, word in (when.draw or {}).items():
        if name not in file.draws:
            hint = did_you_mean(name, list(file.draws)) or f"; add [draws.{name}] with `of = [...]`"
            yield Problem(f"{key}.draw.{name}", f"no draw is called {name!r}{hint}")
        elif word not in file.draws[name].of and BLANK not in file.draws[name].of:
            yield Problem(f"{key}.draw.{name}", unknown_word(word, file.draws[name].of, "word of this draw"))


def unknown_word(word: str, known: tuple[str, ...], kind: str) -> str:
    """That there is no such word, with the one that was meant, or with all that there are."""
    hint = did_you_mean(word, known) or "; expected one of " + ", ".join(dict.fromkeys(known))
    return f"no {kind} is called {word!r}{hint}"
