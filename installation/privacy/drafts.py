"""The papers that a room needs, as drafts: templates filled in with its facts, each with what shows them.

A template has ``{name}`` for a fact, ``{=name}`` for what shows it (``papers/evidence.toml``), ``[[who: what]]`` for
what only a person can write, and parts that are there ``only`` for one role of the artist.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from calibration.venue import Venue
from installation.privacy.draft_story import face_story
from installation.privacy.draft_values import values_of
from installation.privacy.draft_words import FOLDER, PAPERS, PaperLanguage, Phrases
from installation.privacy.facts import Facts, refuse_forbidden
from scenes.story.story import Story

TITLE = re.compile(r"\A---\ntitle: (.+)\n---\n")
ONLY = re.compile(r"<!-- only: (\w+) -->\n(.*?)<!-- end -->\n", re.S)
BLANK = re.compile(r"\{(=?)([\w, -]+)\}")
MARK = re.compile(r"\[\[(\w+): (.+?)\]\]")


@dataclass(frozen=True, slots=True)
class Draft:
    """One paper."""

    name: str
    """Of its file, without an ending."""
    title: str
    markdown: str
    to_write: Mapping[str, int]
    """How many places are left to each role."""


@cache
def evidence() -> dict[str, tuple[str, ...]]:
    """By name: commands, tests and files that show a statement."""
    found: dict[str, list[str]] = tomllib.loads((FOLDER / "evidence.toml").read_text("utf-8"))
    return {name: tuple(shown) for name, shown in found.items()}


def drafts(facts: Facts, venue: Venue, story: Story, language: PaperLanguage, today: date) -> Iterator[Draft]:
    """All papers, filled in. Raises ``BadInput`` for a place where no emotion may be read."""
    refuse_forbidden(facts.privacy)
    say = Phrases(language)
    values = values_of(facts, venue, face_story(story, language), say, today)
    for name in PAPERS:
        yield _filled(name, values, venue.privacy.artist_role, say)


def _filled(name: str, values: Mapping[str, str], role: str, say: Phrases) -> Draft:
    template = say.template(name)
    head = TITLE.match(template)
    if head is None:
        raise ValueError(f"{name}.md begins with no title")
    body = ONLY.sub(lambda part: part[2] if role in ("", part[1]) else "", template[head.end() :])
    numbers: dict[str, int] = {}

    def fill(blank: re.Match[str]) -> str:
        if not blank[1]:
            return {**values, "title": head[1]}[blank[2]]
        shown = [one for key in blank[2].split(", ") for one in evidence()[key]]
        return " ".join(f"[{numbers.setdefault(one, len(numbers) + 1)}]" for one in shown)

    text = BLANK.sub(fill, say.template("head") + body)
    counted = Counter(mark[1] for mark in MARK.finditer(text))
    text = MARK.sub(lambda mark: f"**[{say('to_write', role=say(f'role_{mark[1]}'), what=mark[2])}]**", text)
    return Draft(name, head[1], text + _evidence(numbers, values["version"], say), counted)


def _evidence(numbers: Mapping[str, int], version: str, say: Phrases) -> str:
    rows = [f"| {number} | `{shown}` |" for shown, number in numbers.items()]
    head = [f"\n## {say('evidence')}\n", say("evidence_note", version=version), "", say("evidence_head"), "|---|---|"]
    return "\n".join([*head, *rows, ""])
