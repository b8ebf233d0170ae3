"""A row of text in the order in which it is drawn: pieces of one direction and one script, from left to right.

The Unicode bidirectional algorithm (UAX 9) for rows without embeddings, which captions do not have; brackets go with
their surroundings (its rule N0 is left out).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import itemgetter

RIGHT_TO_LEFT_MARK = "\u200f"
"""At the beginning of a row: it runs from right to left whatever its first letter is."""
JOINERS = "\u200c\u200d"
VIRAMA = 9
"""Combining class of what joins the letter before it to the one behind it, in the scripts of India."""
SHAPED = {
    **{"ARABIC": "Arab", "HEBREW": "Hebr", "SYRIAC": "Syrc", "THAANA": "Thaa", "NKO": "Nkoo", "ADLAM": "Adlm"},
    **{"DEVANAGARI": "Deva", "BENGALI": "Beng", "GURMUKHI": "Guru", "GUJARATI": "Gujr", "ORIYA": "Orya"},
    **{"TAMIL": "Taml", "TELUGU": "Telu", "KANNADA": "Knda", "MALAYALAM": "Mlym", "SINHALA": "Sinh"},
    **{"THAI": "Thai", "LAO": "Laoo", "KHMER": "Khmr", "MYANMAR": "Mymr", "TIBETAN": "Tibt", "MONGOLIAN": "Mong"},
    **{"JAVANESE": "Java", "BALINESE": "Bali", "SUNDANESE": "Sund", "CHAKMA": "Cakm"},
}
"""Scripts that the shaper has to be told (ISO 15924), by the first word of their letters' names in Unicode."""
NUMBERS = ("EN", "AN")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a row, its letters in the order in which they are read."""

    text: str
    right_to_left: bool = False
    script: str = ""
    """A value of ``SHAPED``, or '' for all others."""


@lru_cache(maxsize=512)
def runs_of(row: str) -> tuple[Run, ...]:
    """``row`` in runs, from left to right as they stand on the wall."""
    if all(letter < "\u0590" for letter in row):
        return (Run(row),) if row else ()
    levels = _levels(row)
    scripts = _scripts(row)
    pieces = []
    keyed = [(level, script, letter) for level, script, letter in zip(levels, scripts, row, strict=True)]
    for (level, script), piece in groupby(keyed, key=itemgetter(0, 1)):
        text = "".join(letter for _, _, letter in piece if letter in JOINERS or unicodedata.category(letter) != "Cf")
        if text:
            pieces.append((level, Run(text, bool(level % 2), script)))
    return tuple(_as_drawn(pieces))


def from_right(row: str) -> bool:
    """Whether a row runs from right to left: its first letter with a direction says so."""
    kinds = (unicodedata.bidirectional(letter) for letter in row)
    return next((kind != "L" for kind in kinds if kind in ("L", "R", "AL")), False)


def may_end_before(before: str, letter: str) -> bool:
    """Whether a word may be cut between these two letters: not within a syllable that is drawn as one."""
    joined = before in JOINERS or unicodedata.combining(before) == VIRAMA
    return not (joined or letter in JOINERS or unicodedata.category(letter).startswith("M"))


def _scripts(row: str) -> list[str]:
    """The script of each letter; marks, digits and signs belong to the letter before them, the first to the next."""
    found: list[str] = []
    for letter in row:
        script = None
        if unicodedata.category(letter)[0] == "L" or (found and unicodedata.category(letter)[0] == "M"):
            word = unicodedata.name(letter, "").partition(" ")[0]
            script = SHAPED.get(word, "" if unicodedata.category(letter)[0] == "L" else None)
        found.append(script if script is not None else found[-1] if found else "?")
    first = next((script for script in found if script != "?"), "")
    return [first if script == "?" else script for script in found]


def _levels(row: str) -> list[int]:
    """The embedding level of each letter: odd ones run from right to left."""
    base = int(from_right(row))
    side = "R" if base else "L"
    kinds = _neutrals_resolved(_numbers_resolved([unicodedata.bidirectional(letter) for letter in row], side), side)
    rise = {"L": base % 2, "R": 1 - base % 2, "EN": 2 - base % 2, "AN": 2 - base % 2}
    return [base + rise[kind] for kind in kinds]


def _numbers_resolved(kinds: list[str], side: str) -> list[str]:
    """Rules W1 to W7: marks, digits and the signs between and around them."""
    strong, out = side, list[str]()
    for kind in kinds:
        if kind == "NSM":
            kind = out[-1] if out else side
        strong = kind if kind in ("L", "R", "AL") else strong
        out.append("AN" if kind == "EN" and strong == "AL" else kind)
    out = ["R" if kind == "AL" else kind for kind in out]
    for at in range(1, len(out) - 1):
        before, kind, after = out[at - 1 : at + 2]
        if before == after and ((kind == "ES" and before == "EN") or (kind == "CS" and before in NUMBERS)):
            out[at] = before
    at = 0
    for kind, group in groupby(list(out)):
        count = len(list(group))
        beside = (out[at - 1] if at else "", out[at + count] if at + count < len(out) else "")
        if kind == "ET" and "EN" in beside:
            out[at : at + count] = ["EN"] * count
        at += count
    strong = side
    for at, kind in enumerate(out):
        strong = kind if kind in ("L", "R") else strong
        if kind == "EN" and strong == "L":
            out[at] = "L"
    return out


def _neutrals_resolved(kinds: list[str], side: str) -> list[str]:
    """Rules N1 and N2: blanks and signs go with both neighbours where these agree, else with the row."""
    out, at, before = list(kinds), 0, side
    for settled, group in groupby(kinds, key=lambda kind: kind in ("L", "R", *NUMBERS)):
        count = len(list(group))
        if not settled:
            after = _side(kinds[at + count]) if at + count < len(kinds) else side
            out[at : at + count] = [before if before == after else side] * count
        at += count
        before = _side(kinds[at - 1]) if settled else before
    return out


def _side(kind: str) -> str:
    return "R" if kind in NUMBERS else kind


def _as_drawn(pieces: list[tuple[int, Run]]) -> Iterator[Run]:
    """Rule L2: every stretch of a level and above is turned round, from the highest level down."""
    order = list(pieces)
    for level in range(max((level for level, _ in pieces), default=0), 0, -1):
        at = 0
        for above, group in groupby(list(order), key=lambda piece: piece[0] >= level):
            count = len(list(group))
            if above:
                order[at : at + count] = reversed(order[at : at + count])
            at += count
    yield from (run for _, run in order)
