"""A branch as the words of a link in Twine, and back: ``[[dark 30%->cellar]]``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.labels import LABELS
from scenes.exchange.toml_text import inline_text

OTHERWISE = ("otherwise", "else")
AT_ONCE = "at once: "
USUAL_GROUPS = {"calm": ["neutral", "happiness"], "dark": ["sadness", "fear", "anger"]}
"""Groups that may be named without being defined; the forebears had the first, docs/stories.md has both."""
SAID = {
    **{"happy": "happiness", "glad": "happiness", "sad": "sadness", "angry": "anger", "afraid": "fear"},
    **{"fearful": "fear", "surprised": "surprise", "disgusted": "disgust", "contemptuous": "contempt"},
}
FIGURE = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"
NAME = r"([a-z][a-z0-9_-]*)"
Words = dict[str, Any]


def _number(text: str) -> float | int:
    return int(text) if text.isdecimal() else float(text)


FORMS: tuple[tuple[str, str, Callable[..., Words]], ...] = (
    # how it is written; how it is read; what it means
    ("present for {for_seconds} s", rf"(?:present|somebody) for {FIGURE} s", lambda s: _visitors("present", s)),
    ("present", r"present|somebody", lambda: _visitors("present")),
    ("absent for {for_seconds} s", rf"(?:absent|nobody) for {FIGURE} s", lambda s: _visitors("absent", s)),
    ("absent", r"absent|nobody", lambda: _visitors("absent")),
    ("untrusted", r"untrusted", lambda: {"untrusted": True}),
    ("first today", r"first today", lambda: {"first_today": True}),
    ("every {every}", r"every (\d+)", lambda n: {"every": int(n)}),
    ("after {elapsed_seconds} s", rf"after {FIGURE} s", lambda s: {"elapsed_seconds": _number(s)}),
    ("after {after}", r"after (\d\d:\d\d)", lambda time: {"after": time}),
    ("before {before}", r"before (\d\d:\d\d)", lambda time: {"before": time}),
    ("{visitors_at_least} visitors", r"(\d+) visitors?", lambda n: {"visitors_at_least": int(n)}),
    (
        "been {been} {times_at_least} times",
        r"been (.+?) (\d+) times",
        lambda scene, times: {"been": scene, "times_at_least": int(times)},
    ),
    ("been {been}", r"been (.+?)", lambda scene: {"been": scene}),
    ("took {took}", rf"took {NAME}", lambda mood: {"took": mood}),
    ("draw {draw}", rf"draw {NAME} (\S+)", lambda name, word: {"draw": {name: word}}),
    (
        "{counter} at least {at_least}",
        rf"{NAME} at least (-?\d+)",
        lambda name, least: {"counter": name, "at_least": int(least)},
    ),
    (
        "{counter} at most {at_most}",
        rf"{NAME} at most (-?\d+)",
        lambda name, most: {"counter": name, "at_most": int(most)},
    ),
    ("{mood} {share}%", rf"{NAME} {FIGURE} ?%", lambda mood, share: {"mood": mood, "share": float(share) / 100}),
    ("{mood} peak {peak}", rf"{NAME} peak {FIGURE}", lambda mood, peak: {"mood": mood, "peak": _number(peak)}),
    (
        "{mood} held {held_seconds} s",
        rf"{NAME} (?:held|for) {FIGURE} s",
        lambda mood, s: {"mood": mood, "held_seconds": _number(s)},
    ),
    (
        "{mood} mean {confidence}",
        rf"{NAME} mean {FIGURE}",
        lambda mood, mean: {"mood": mood, "confidence": _number(mean)},
    ),
    ("{mood}", NAME, lambda mood: {"mood": mood}),
)


def _visitors(there: str, seconds: str = "") -> Words:
    return {"visitors": there, **({"for_seconds": _number(seconds)} if seconds else {})}


def branch_of(words: str, groups: Sequence[str]) -> Words | None:
    """What the words of a link ask for, without ``to``; None if they mean nothing here.

    ``groups``: the moods of the story beside the emotions.
    """
    words = words.strip()
    if words.startswith("{"):
        try:
            return dict(tomllib.loads(f"branch = {words}")["branch"])
        except (ValueError, RecursionError):
            return None
    if words.lower() in OTHERWISE:
        return {"otherwise": True}
    at_once = words.lower().startswith(AT_ONCE)
    when: Words = {}
    for part in words[len(AT_ONCE) if at_once else 0 :].split(" and "):
        found = _condition(part.strip(), groups)
        if found is None or found.keys() & when.keys():
            return None
        when |= found
    return {"when": when, **({"immediately": True} if at_once else {})}


def _condition(words: str, groups: Sequence[str]) -> Words | None:
    for _, form, meaning in FORMS:
        if found := re.fullmatch(form, words, re.IGNORECASE):
            as_written = words.lower().startswith(("been ", "draw "))
            read = meaning(*(group if as_written else group.lower() for group in found.groups()))
            mood = read.get("mood")
            if mood is not None and mood not in groups:
                read["mood"] = SAID.get(mood, mood)
                if read["mood"] not in (*LABELS, *USUAL_GROUPS):
                    continue
            return read
    return None


def words_of(branch: Mapping[str, Any], groups: Sequence[str]) -> str:
    """The words of a link that stand for a branch; what they cannot say is written as in the story file."""
    rest = {key: value for key, value in branch.items() if key != "to"}
    words = _said(rest)
    return words if words and branch_of(words, groups) == rest else inline_text(rest, twine=True)


def _said(rest: Mapping[str, Any]) -> str:
    when = dict(rest.get("when", {}))
    parts = []
    for written, _, meaning in FORMS:
        keys = re.findall(r"{(\w+)}", written)
        fixed = {} if keys[:1] == ["draw"] else meaning(*["1"] * len(keys))
        same = all(key in when and (key in keys or when[key] == value) for key, value in fixed.items())
        if not (fixed or keys == ["draw"]) or not same or not all(key in when for key in keys):
            continue
        values = {key: when.pop(key) for key in {*fixed, *keys}}
        if "share" in keys:
            values["share"] = f"{values['share'] * 100:.10g}"
        if "draw" in keys:
            values["draw"] = " ".join(f"{name} {word}" for name, word in values["draw"].items())
        parts.append(written.format(**values))
    return "" if when else (AT_ONCE if rest.get("immediately") else "") + " and ".join(parts)
