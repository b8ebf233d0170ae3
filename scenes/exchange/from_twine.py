"""A story of Twine as a story of ours: a passage is a scene, its tags what the scene is, its links the ways out.

What has no meaning here is told with its place and kept as a comment; docs/imports.md says what has one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from scenes.exchange.draft import Draft, scene_name
from scenes.exchange.link_words import USUAL_GROUPS, branch_of
from scenes.exchange.links import LINK, Link, links_in, without_links
from scenes.exchange.macros import counted, macros_in
from scenes.exchange.passages import Passage, TwineStory
from scenes.story.story_file import SceneEntry

BLOCK = re.compile(r"<!--[ \t]*chiaro\b[ \t]*\n((?:(?!-->|<!--).)*)-->", re.DOTALL)
"""Keys of the scene, as in a story file, where Twine shows nothing of them."""
CODE_LINES, CODE_LETTERS = 100, 500
SHAPES = {"title": str, "start": str, "attract": str, "safe": str, "groups": dict}
ROLES = ("attract", "safe", "end", "loop", "start")
CHANGES = ("crossfade", "dip", "hold")
SCRIPTED = ("Harlowe", "SugarCube", "chiaroscuro", "")
"""Story formats whose macros are looked for."""


def story_from(twine: TwineStory) -> Draft:
    """The story, with everything told that could not be taken over."""
    draft = Draft()
    for place, fault in twine.faults:
        draft.note(place, fault)
    story_tables: dict[str, Any] = {}
    passages: list[Passage] = []
    for passage in twine.passages:
        if "story" in passage.tags:
            story_tables |= _usable(draft, passage, _tables(draft, passage, passage.text))
        elif passage.is_code:
            draft.note(passage.place(), "is code or a note, no passage that a reader comes to")
            draft.comments.setdefault("", []).extend([f"passage {passage.name!r}:", *_beginning(passage.text)])
        else:
            passages.append(passage)
    maker = twine.format.split(" ")[0]
    if maker not in SCRIPTED:
        draft.note("", f"the story format is {maker}; what its own code does in a passage is kept as text only")
    draft.raw = {"title": twine.title.strip()[:100] or "Untitled", **story_tables}
    draft.twine = {"ifid": twine.ifid, "format": twine.format, "other": twine.other}
    _Reading(draft, passages).read(twine.start or "Start")
    return draft


def _beginning(text: str) -> list[str]:
    """What is kept of code, which may be a library of a thousand pages."""
    lines = text.split("\n")
    return [line[:CODE_LETTERS] for line in lines[:CODE_LINES]] + (["..."] if len(lines) > CODE_LINES else [])


def _tables(draft: Draft, passage: Passage, text: str, line: int = 0) -> dict[str, Any]:
    """The TOML in a passage; nothing, and a note, if it is none."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        draft.note(passage.place(line), f"is not valid TOML, and is left out: {error}")
        return {}


def _usable(draft: Draft, passage: Passage, tables: dict[str, Any]) -> dict[str, Any]:
    """What the story's own keys may be; of the others ``check`` tells what is wrong."""
    wrong = [key for key, kind in SHAPES.items() if not isinstance(tables.get(key, kind()), kind)]
    for key in (*wrong, *(["scenes"] if "scenes" in tables else [])):
        why = "belongs in the passages of the scenes" if key == "scenes" else "is not what a story has there"
        draft.note(passage.place(), f"{key} {why}, and is left out")
        del tables[key]
    return tables


class _Reading:
    """Brings in passage by passage."""

    def __init__(self, draft: Draft, passages: list[Passage]) -> None:
        self.draft = draft
        self.passages: dict[str, Passage] = {}
        self.names: dict[str, str] = {}
        """The scene's name of each passage."""
        self.scenes: dict[str, dict[str, Any]] = {}
        self.roles: dict[str, str] = {}
        self.groups: list[str] = list(draft.raw.get("groups", {}))
        self._without_clip: list[str] = []
        taken: set[str] = set()
        fitting_first = sorted(passages, key=lambda one: one.name != scene_name(one.name, set()))
        for passage in fitting_first:
            if passage.name not in self.names:
                self.names[passage.name] = scene_name(passage.name, taken)
        for passage in passages:
            if passage.name in self.passages:
                draft.note(passage.place(), "is the second passage of that name, and is left out")
            else:
                self.passages[passage.name] = passage

    def read(self, start: str) -> None:
        for passage in self.passages.values():
            name = self.names[passage.name]
            self.scenes[name] = self._scene(name, passage)
        self._name_roles(start)
        for passage in self.passages.values():
            self._close(self.names[passage.name], passage)
        for name, scene in self.scenes.items():
            for branch in _branches(scene):
                when = branch.get("when")
                self._need_group(when.get("mood") if isinstance(when, dict) else None)
            self.scenes[name] = {**({"clip": scene.pop("clip")} if "clip" in scene else {}), **scene}
        if self._without_clip:
            told = ", ".join(self._without_clip[:5]) + (", ..." if len(self._without_clip) > 5 else "")
            self.draft.note("", f"no tag names the clip of {told}; NAME.mp4 is assumed, with the scene's name")
        self.draft.raw["scenes"] = self.scenes
        positions = {self.names[name]: one.position for name, one in self.passages.items() if one.position}
        self.draft.twine["positions"] = positions

    def _need_group(self, mood: object) -> None:
        if isinstance(mood, str) and mood in USUAL_GROUPS and mood not in self.groups:
            self.groups.append(mood)
            self.draft.raw.setdefault("groups", {})[mood] = USUAL_GROUPS[mood]
            self.draft.note("", f"the mood {mood!r} is not defined; taken as {' or '.join(USUAL_GROUPS[mood])}")

    def _scene(self, name: str, passage: Passage) -> dict[str, Any]:
        text, block = passage.text, dict[str, Any]()
        for found in BLOCK.finditer(passage.text):
            block |= _tables(self.draft, passage, found[1], passage.text.count("\n", 0, found.start(1)))
        text = BLOCK.sub(lambda found: "\n" * found[0].count("\n"), text)  # so that lines keep their numbers
        said = self._tags(name, passage)
        said |= self._links(name, passage, text)
        counters, text = self._counters(passage, text)
        scene = {**said, **counters, **block}
        if not ({"clip", "thread"} & scene.keys() or scene.get("kind") == "course"):
            scene["clip"] = f"{name}.mp4"
            self._without_clip.append(passage.name)
        prose = re.sub(r"\n{3,}", "\n\n", without_links(text)).strip()
        named = [f"passage {passage.name!r}"] if passage.name != name else []
        self.draft.comments.setdefault(name, [])[:0] = [*named, *(prose.split("\n") if prose else [])]
        return scene

    def _tags(self, name: str, passage: Passage) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for tag in passage.tags:
            key, colon, value = tag.partition(":")
            if tag in ("attract", "safe", "start"):
                self.roles.setdefault(tag, name)
            elif tag in ROLES:
                said[tag] = True
            elif key in CHANGES and colon and (seconds := _plain_value(value)) and not isinstance(seconds, str):
                said["transition"] = {"kind": key, "seconds": seconds}
            elif colon and value and key in SceneEntry.model_fields:
                said[key] = value if key in ("clip", "sound", "description", "captions", "bed") else _plain_value(value)
            else:
                self.draft.note(passage.place(), f"the tag {tag!r} has no meaning here")
                self.draft.comments.setdefault(name, []).append(f"tag: {tag}")
        return said

    def _links(self, name: str, passage: Passage, text: str) -> dict[str, Any]:
        """``branch`` and ``next``."""
        branches: list[dict[str, Any]] = []
        following, guessed = "", ""
        links = list(links_in(text))
        for link in links:
            place = passage.place(text.count("\n", 0, link.begin))
            if link.setter:
                self._keep(name, place, f"what a link sets has no meaning here: {link.setter}")
            to = self.names.get(link.name)
            if to is None:
                self._keep(name, place, f"leads to {link.name!r}, which is no passage here: [{_as_seen(link)}]")
                continue
            branch = branch_of(link.words, self.groups) if link.words else {"otherwise": True}
            if branch is not None and not self._knows_scenes(branch):
                branch = None
            if branch == {"otherwise": True} and not link.words.startswith("{"):
                if following and to != following:
                    self._keep(name, place, f"is a second way without a condition: [{_as_seen(link)}]")
                following = following or to
            elif branch is not None:
                branches.append({"to": to, **branch})
            elif len(links) == 1:
                guessed = to
                self.draft.note(place, f"{link.words!r} is no condition; the film goes on there at the scene's end")
            else:
                guessed = guessed or to
                self._keep(name, place, f'{link.words!r} is no condition; write one in: {{ to = "{to}", when = ... }}')
        following = following or guessed
        return {**({"branch": branches} if branches else {}), **({"next": following} if following else {})}

    def _keep(self, name: str, place: str, what: str) -> None:
        self.draft.note(place, what)
        self.draft.comments.setdefault(name, []).append(what)

    def _knows_scenes(self, branch: dict[str, Any]) -> bool:
        """Whether the scene that ``been`` asks for is one; it is named as the story names it from then on."""
        when = branch.get("when", {})
        been = when.get("been") if isinstance(when, dict) else None
        if not isinstance(been, str):
            return been is None
        if been in self.names:
            when["been"] = self.names[been]
        return when["been"] in self.names.values()

    def _counters(self, passage: Passage, text: str) -> tuple[dict[str, Any], str]:
        """``set`` and ``add``, from the macros that mean the same, and the text without these."""
        changes: dict[str, dict[str, int]] = {"set": {}, "add": {}}
        rest, at = "", 0
        for macro in macros_in(LINK.sub(lambda link: " " * len(link[0]), text)):
            shown = " ".join(text[macro.begin : macro.end].split())[:80]
            place = passage.place(text.count("\n", 0, macro.begin))
            counts = counted(macro)
            if counts is None:
                self.draft.note(place, f"{shown} has no meaning here")
                continue
            rest, at = rest + text[at : macro.begin], macro.end
            for kind, variable, number in counts:
                counter = variable.lower() if variable[:1].isalpha() else f"counter{variable.lower()}"
                if kind == "set":
                    changes["set"][counter] = number
                    changes["add"].pop(counter, None)
                else:
                    there = "set" if counter in changes["set"] else "add"
                    changes[there][counter] = changes[there].get(counter, 0) + number
        return {kind: counters for kind, counters in changes.items() if counters}, rest + text[at:]

    def _name_roles(self, start: str) -> None:
        """``start``, ``attract`` and ``safe``, where the story's own tables do not name them."""
        raw, draft = self.draft.raw, self.draft
        attract = raw.get("attract") or self.roles.get("attract")
        first = self.names.get(start, "")
        if not attract:
            attract = scene_name("attract", set(self.scenes))
            self.scenes[attract] = {"clip": f"{attract}.mp4", "minimum_seconds": 5}
            draft.note(
                "", f"no passage has the tag attract: a scene {attract!r} was added, with the clip {attract}.mp4"
            )
        begins = raw.get("start") or self.roles.get("start") or (first if first != attract else "")
        if not begins:
            scene = self.scenes.get(attract, {})
            ways = [branch.get("to") for branch in _branches(scene)] + [scene.get("next")]
            others = [name for name in self.scenes if name not in (attract, self.roles.get("safe"))]
            begins = next((to for to in ways if to), "") or next(iter(others), attract)
        roles = {"start": begins, "attract": attract, "safe": raw.get("safe") or self.roles.get("safe") or attract}
        rest = {key: raw[key] for key in raw if key not in roles and key != "title"}
        draft.raw = {"title": raw["title"], **roles, **rest}

    def _close(self, name: str, passage: Passage) -> None:
        """Give the scene a way on where Twine's had none that holds always; a passage without links is an end."""
        scene, raw = self.scenes[name], self.draft.raw
        if name == raw["attract"] and scene.get("next") and "maximum_seconds" not in scene:
            present = {"to": scene.pop("next"), "when": {"visitors": "present"}}
            scene["branch"] = [*_branches(scene), present]
        endless = scene.get("loop") or name in (raw["attract"], raw["safe"])
        branches = _branches(scene)
        if endless or scene.get("next") or "end" in scene or any(one.get("otherwise") for one in branches):
            return
        if not branches:
            scene["end"] = True
        else:
            scene["next"] = branches[-1].get("to", name)
            self.draft.note(passage.place(), f"no link says otherwise; {scene['next']!r} follows when no other holds")


def _branches(scene: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The ways out, where an author's own keys do not make something else of them."""
    ways = scene.get("branch")
    return [way for way in ways if isinstance(way, dict)] if isinstance(ways, list) else []


def _plain_value(text: str) -> Any:
    """A value of a tag: a number, true or false, or else text."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _as_seen(link: Link) -> str:
    return f"{link.words}->{link.name}" if link.words else link.name
