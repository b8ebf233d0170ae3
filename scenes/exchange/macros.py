"""Macros of Harlowe and SugarCube in the text of a passage: ``(set: $doors to 1)``, ``<<set $doors to 1>>``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

MACRO = re.compile(r"\(([A-Za-z][\w-]*):|<<(/?[A-Za-z]\w*|=|-)")
CHANGES: tuple[tuple[Literal["set", "add"], re.Pattern[str]], ...] = (
    ("add", re.compile(r"\$([A-Za-z_]\w{0,50})\s*(?:to|=)\s*(?:it|\$\1)\s*([+-])\s*(\d{1,6})", re.ASCII)),
    ("add", re.compile(r"\$([A-Za-z_]\w{0,50})\s*([+-])=\s*(\d{1,6})", re.ASCII)),
    ("add", re.compile(r"\$([A-Za-z_]\w{0,50})\s*([+-])\2()", re.ASCII)),
    ("set", re.compile(r"\$([A-Za-z_]\w{0,50})\s*(?:to|=)\s*([+-]?)(\d{1,6})", re.ASCII)),
    ("set", re.compile(r"\$([A-Za-z_]\w{0,50})\s*(?:to|=)\s*()(true|false)", re.ASCII)),
)
WORDS = {"true": 1, "false": 0, "": 1}
LONGEST = 20_000
"""Letters of a macro that are looked at for its end."""


@dataclass(frozen=True, slots=True)
class Macro:
    """One macro: its name, what stands behind the name, where it begins and ends in the text."""

    name: str
    arguments: str
    begin: int
    end: int
    always: bool
    """Whether it is run whenever the passage is, and not only inside an ``if`` or behind a link."""


def macros_in(text: str) -> Iterator[Macro]:
    """Every macro, from the first to the last."""
    open_until = 0  # where the hook of a Harlowe macro ends
    containers: list[str] = []
    closed = {found[2][1:]: found.start() for found in MACRO.finditer(text) if (found[2] or "").startswith("/")}
    at = 0
    while found := MACRO.search(text, at):
        harlowe = found[1] is not None
        name = found[1] if harlowe else found[2]
        end = _closing(text, found.end(), "(", ")") if harlowe else text.find(">>", found.end()) + 2
        at = end = end if end > found.end() else found.end()
        if not harlowe and name.startswith("/"):
            if name[1:] in containers:
                del containers[containers.index(name[1:]) :]
            continue
        arguments = text[found.end() : end].removesuffix(")" if harlowe else ">>").strip()
        always = not containers and found.start() >= open_until
        yield Macro(name, arguments, found.start(), end, always)
        if harlowe and always and text[end : end + 1] == "[" and text[end : end + 2] != "[[":
            open_until = _closing(text, end + 1, "[", "]")
        elif not harlowe and closed.get(name, -1) >= end:
            containers.append(name)


def _closing(text: str, at: int, opening: str, closing: str) -> int:
    """Where the bracket that was opened before ``at`` has been closed; the end of what is looked at, if nowhere."""
    depth = 1
    for place in range(at, min(len(text), at + LONGEST)):
        depth += (text[place] == opening) - (text[place] == closing)
        if depth == 0:
            return place + 1
    return min(len(text), at + LONGEST)


def counted(macro: Macro) -> list[tuple[Literal["set", "add"], str, int]] | None:
    """What a macro does to counters: (set or add, variable, number); None if that is not all, or not sure."""
    if macro.name != "set" or not macro.always:
        return None
    changes: list[tuple[Literal["set", "add"], str, int]] = []
    for part in macro.arguments.split(","):
        change = next(
            ((kind, found) for kind, form in CHANGES if (found := form.fullmatch(part.strip())) is not None), None
        )
        if change is None:
            return None
        kind, found = change
        number = WORDS[found[3]] if found[3] in WORDS else int(found[3])
        changes.append((kind, found[1], -number if found[2] == "-" else number))
    return changes
