"""A story of ours as a story of Twine, from which ``from_twine`` makes the same story again.

What a passage can say by tags and links, it says so. The rest stands as TOML where Twine shows it to no reader: the
story's own keys in a passage with the tag ``story``, a scene's in a comment of its passage.
"""

from __future__ import annotations

import re
import uuid
from collections import deque
from collections.abc import Mapping
from typing import Any

from scenes.exchange.from_twine import CHANGES
from scenes.exchange.link_words import words_of
from scenes.exchange.passages import Passage, TwineStory, position_of
from scenes.exchange.toml_text import entries_text, story_text

PLAIN_TITLE = re.compile(r"[^\W_](?:[^\n\r\\\[\]{}:]*[^\s\\\[\]{}:])?")
PLAIN_TAG = re.compile(r"[^\W_][\w./-]*")
SCENE_HEADER = re.compile(r"\s*\[\s*scenes\s*\.\s*[\"']?([a-z][a-z0-9_-]*)[\"']?\s*\]\s*(?:#.*)?")
MEANS_SOMETHING = re.compile(r"\[(?=\[)|<(?=<|!--)|\((?=[A-Za-z][\w-]*:)")
"""What a comment must not hold when it becomes the text of a passage: the beginning of a link, a macro or a block."""
FORMAT = "Harlowe 3.3.9"
COLUMN, ROW = 200, 150


def twine_story(raw: Mapping[str, Any], text: str, twine: Mapping[str, Any]) -> TwineStory:
    """The story as passages.

    ``raw``: its tables. ``text``: its file, for the comments below ``[scenes.NAME]``. ``twine``: what an import kept.
    """
    groups = list(raw.get("groups", {}))
    title = str(raw["title"])
    told = ["scenes", "start", "attract", "safe", *(["title"] if PLAIN_TITLE.fullmatch(title) else [])]
    rest = {key: value for key, value in raw.items() if key not in told}
    kept = twine.get("positions")
    places = {name: position_of(place) for name, place in kept.items()} if isinstance(kept, dict) else {}
    positions = {**_laid_out(raw), **{name: place for name, place in places.items() if place}}
    comments = _comments(text)
    passages = [Passage("the story", story_text(rest, {}, twine=True).strip(), ("story",), (100, 100))] if rest else []
    for name, scene in raw["scenes"].items():
        tags, left = _tags(raw, name, scene)
        links, left = _links(left, groups)
        block = [f"<!-- chiaro\n{entries_text(left)}\n-->"] if left else []
        prose = [MEANS_SOMETHING.sub(r"\g<0> ", line) for line in comments.get(name, [])]
        said = "\n".join([*prose, *links, *block])
        passages.append(Passage(name, said, tuple(tags), positions.get(name)))
    ifid = str(twine.get("ifid") or uuid.uuid5(uuid.NAMESPACE_OID, title)).upper()
    other = twine.get("other")
    made_for = str(twine.get("format") or FORMAT)
    other = other if isinstance(other, dict) else {}
    return TwineStory(title.split("\n")[0], str(raw["start"]), ifid, made_for, other, passages)


def _tags(raw: Mapping[str, Any], name: str, scene: Mapping[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """The tags of a scene's passage, and the keys that they do not tell."""
    tags, rest = [role for role in ("attract", "safe") if raw[role] == name], dict(scene)
    for key in ("end", "loop"):
        if rest.get(key) is True:
            tags.append(key)
            del rest[key]
    if PLAIN_TAG.fullmatch(str(rest.get("clip", ""))):
        tags.append(f"clip:{rest.pop('clip')}")
    change = rest.get("transition")
    if isinstance(change, dict) and change.keys() == {"kind", "seconds"} and change["kind"] in CHANGES:
        tags.append(f"{change['kind']}:{change['seconds']!r}")
        del rest["transition"]
    return tags, rest


def _links(scene: Mapping[str, Any], groups: list[str]) -> tuple[list[str], dict[str, Any]]:
    """The links of a scene's passage, and the keys that they do not tell."""
    rest = dict(scene)
    links = [f"[[{words_of(branch, groups)}->{branch['to']}]]" for branch in rest.pop("branch", ())]
    if "next" in rest:
        links.append(f"[[otherwise->{rest.pop('next')}]]")
    return links, rest


def _comments(text: str) -> dict[str, list[str]]:
    """The comment lines directly below ``[scenes.NAME]``."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if header := SCENE_HEADER.fullmatch(line):
            name = header[1]
        elif name and line.startswith("#"):
            found.setdefault(name, []).append(line[1:].strip())
        else:
            name = ""
    return found


def _laid_out(raw: Mapping[str, Any]) -> dict[str, tuple[float, float]]:
    """A place for each scene on the map: further right, the more scenes come before it."""
    depth = {raw["attract"]: 1, raw["start"]: 2}
    todo = deque([raw["start"], raw["attract"]])
    while todo:
        name = todo.popleft()
        scene = raw["scenes"][name]
        for to in (
            *(branch["to"] for branch in scene.get("branch", ())),
            *([scene["next"]] if "next" in scene else []),
        ):
            if to not in depth:
                depth[to] = depth[name] + 1
                todo.append(to)
    rows: dict[int, int] = {}
    places: dict[str, tuple[float, float]] = {}
    for name in raw["scenes"]:
        column = depth.get(name, 1)
        rows[column] = rows.get(column, 0) + 1
        places[name] = (100 + column * COLUMN, 100 + (rows[column] - 1) * ROW)
    return places
