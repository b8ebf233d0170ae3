"""Links in the text of a passage: ``[[words->name]]``, ``[[name<-words]]``, ``[[words|name]]``, ``[[name]]``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LINK = re.compile(r"\[\[((?:[^\[\]\n]|\[(?!\[)|\](?!\]))*)\]\]")


@dataclass(frozen=True, slots=True)
class Link:
    """One link. ``words`` is '' where the link is only a name; ``setter``: SugarCube's ``[[a->b][$x to 1]]``."""

    words: str
    name: str
    begin: int
    end: int
    setter: str = ""


def links_in(text: str) -> Iterator[Link]:
    """Every link, from the first to the last."""
    for found in LINK.finditer(text):
        inside, _, setter = found[1].partition("][")
        words, name = _divided(inside)
        yield Link(words.strip(), name.strip(), found.start(), found.end(), setter)


def _divided(inside: str) -> tuple[str, str]:
    """Words and name, as Twine divides them: at the last ->, else at the first <-, else at |."""
    if "->" in inside:
        words, _, name = inside.rpartition("->")
    elif "<-" in inside:
        name, _, words = inside.partition("<-")
    elif "|" in inside:
        words, _, name = inside.rpartition("|")
    else:
        words, name = "", inside
    return words, name


def without_links(text: str) -> str:
    """The prose of a passage: lines of links only are left out, a link among words keeps what a reader sees of it."""
    lines = []
    for line in text.split("\n"):
        if not LINK.search(line):
            lines.append(line)
        elif LINK.sub("", line).strip():
            lines.append(LINK.sub(lambda found: next(_seen(found[0])), line))
    return "\n".join(lines)


def _seen(link: str) -> Iterator[str]:
    return (one.words or one.name for one in links_in(link))
