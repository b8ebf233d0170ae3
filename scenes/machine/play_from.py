"""Where a maker begins to play a story, and what the take is to remember then: from words to a checked memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from calibration.errors import BadInput
from calibration.files import did_you_mean, shown
from models.labels import LABELS
from scenes.machine.memory import Memory
from scenes.story.story import Story


@dataclass(frozen=True, slots=True)
class PlayFrom:
    """The first scene ('': attract, as ever), and what the first take begins with."""

    scene: str = ""
    memory: Memory = field(default_factory=Memory)


def play_from(
    story: Story,
    scene: str = "",
    been: Sequence[str] = (),
    took: Sequence[str] = (),
    draw: Sequence[str] = (),
    counters: Sequence[str] = (),
) -> PlayFrom:
    """From what was typed. A scene named twice in ``been`` was shown twice; ``draw`` and ``counters`` are NAME=VALUE.

    Raises an ``ExceptionGroup`` of ``BadInput``, one for each option, with every fault.
    """
    file = story.file
    known_counters = tuple(dict.fromkeys(name for entry in file.scenes.values() for name in (*entry.set, *entry.add)))
    drawn, set_to = dict(_pairs(draw)), dict(_pairs(counters))
    faults = {
        "--from": [*_unknown([scene] if scene else [], story.names, "scene"), *_unplayable(story, scene)],
        "--been": list(_unknown(been, story.names, "scene")),
        "--took": list(_unknown(took, (*file.groups, *LABELS), "emotion or group")),
        "--draw": [
            *_without_value(draw, "actor=b"),
            *_unknown(drawn, tuple(file.draws), "draw"),
            *_not_drawn(story, drawn),
        ],
        "--set": [
            *_without_value(counters, "doors=2"),
            *_unknown(set_to, known_counters, "counter"),
            *_no_number(set_to),
        ],
    }
    if any(faults.values()):
        raise ExceptionGroup("options", [BadInput(*found, where=where) for where, found in faults.items() if found])
    numbers = {name: int(value) for name, value in set_to.items()}
    return PlayFrom(scene, Memory(been=Counter(been), took=frozenset(took), counters=numbers, draws=drawn))


def _pairs(typed: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in typed:
        name, equals, value = (part.strip() for part in text.partition("="))
        if equals and name and value:
            yield name, value


def _without_value(typed: Sequence[str], example: str) -> Iterator[str]:
    for text in typed:
        if not dict(_pairs([text])):
            yield f"{shown(text)!r} is not NAME=VALUE, as in {example}"


def _unknown(words: Iterator[str] | Sequence[str] | dict[str, str], known: Sequence[str], kind: str) -> Iterator[str]:
    for word in words:
        if word not in known:
            hint = did_you_mean(word, tuple(known)) or (
                "; there are " + ", ".join(known) if known else "; there is none"
            )
            yield f"no {kind} is called {shown(word)!r}{hint}"


def _unplayable(story: Story, scene: str) -> Iterator[str]:
    if scene in story.unplayable:
        yield f"the clip of {scene} cannot be read"


def _not_drawn(story: Story, drawn: dict[str, str]) -> Iterator[str]:
    for name, word in drawn.items():
        entry = story.file.draws.get(name)
        if entry is not None and word not in entry.of:
            yield f"{name} is one of {', '.join(entry.of)} (given: {shown(word)!r})"


def _no_number(set_to: dict[str, str]) -> Iterator[str]:
    for name, value in set_to.items():
        if not re.fullmatch(r"-?\d{1,9}", value, re.ASCII):
            yield f"{name} needs a whole number (given: {shown(value)!r})"
