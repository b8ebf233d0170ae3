"""The forebears' config.json: one film file, one sound file, and scenes that are times in both.

RIOT: at a level's end the emotion picks one of the level's clips, whose ``outcome`` leads to a level (counted from 1)
or, if it is 0, to the credits. Perception has two actors, whose stories (levels 0 to 5 and 6 to 11) follow one another:
the first in the list ``actors`` there, drawn by lot for each visitor here. After both comes the reveal, the visitor's
own course.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from calibration.errors import BadFile
from calibration.files import is_file, read_text
from models.labels import LABELS
from scenes.exchange.draft import Draft
from scenes.exchange.link_words import USUAL_GROUPS

TIME = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{1,3}(?:\.\d{1,9})?)")
LEVELS_OF_A_STORY = 6
KNOWN_KEYS = {"mode", "media", "actors", "intros", "credits", "levels"}
CREDITS, REVEAL = "credits-1", "reveal"
Span = tuple[float, float]
Scene = dict[str, Any]


def story_from_config(path: Path) -> Draft:
    """The story of a config.json, with everything told that could not be taken over.

    Raises ``BadFile`` with every fault that leaves a scene without its times.
    """
    try:
        config = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise BadFile(path, [f"is not valid JSON: {error}"]) from error
    reading = _Reading(path, config if isinstance(config, dict) else {})
    reading.read()
    if reading.problems:
        raise BadFile(path, reading.problems)
    return reading.draft


class _Reading:
    def __init__(self, path: Path, config: dict[str, Any]) -> None:
        self.config = config
        self.draft = Draft()
        self.problems: list[str] = []
        self.scenes: dict[str, Scene] = {}
        media = config.get("media")
        self.film = self._found(path.parent, media, "video")
        self.sound = self._found(path.parent, media, "audio")

    def read(self) -> None:
        levels, actors = self._tables("levels"), self.config.get("actors")
        intros, closing = self._tables("intros"), self._tables("credits")
        if not levels:
            self.problems.append("levels: has none, so there is no film")
        two = isinstance(actors, list) and len(actors) == 2 and len(levels) == 2 * LEVELS_OF_A_STORY
        if actors and not two:
            self._left_out(
                "actors", actors, "two of them and 12 levels would be a story of Perception; read as one of RIOT"
            )
        for key in sorted(self.config.keys() - KNOWN_KEYS):
            self._left_out(key, self.config[key], "has no meaning here")
        first, second = [str(one).strip()[:63] for one in actors or ()][:2] if two else ("", "")
        if two and (not first or not second or first == second):
            self._left_out("actors", actors, "these are no two names; they are called first and second")
            first, second = "first", "second"
        self._attract(intros)
        beginning: Scene = {"next": "level-1"}
        if two:
            drawn = {"to": f"level-{LEVELS_OF_A_STORY}", "when": {"draw": {"actor": second}}}
            beginning = {"branch": [drawn], "next": "level-0"}
        start = self._row("intro", intros[1:] or (intros[:1] if two else []), beginning, 2) or "level-1"
        if two:
            self._perception(levels, first, second)
            self._reveal(CREDITS if closing else None)
        else:
            self._riot(levels, CREDITS if closing else None)
        self._row("credits", closing, {"end": True})
        stem = PurePosixPath(self.film).stem.replace("-", " ").replace("_", " ").strip()
        self.draft.raw = {
            **{"title": stem.capitalize()[:100] or "Untitled", "start": start, "attract": "intro-1", "safe": "intro-1"},
            "groups": {"calm": USUAL_GROUPS["calm"]},
            **({"draws": {"actor": {"of": [first, second]}}} if two else {}),
            "scenes": self.scenes,
        }

    def _attract(self, intros: Sequence[Scene]) -> None:
        if intros:
            self._add("intro-1", self._span("intros[0]", intros[0]), {"minimum_seconds": 3})
        else:
            self.draft.note("intros", "there are none: a scene 'intro-1' was added, with the clip attract.mp4")
            self.scenes["intro-1"] = {"clip": "attract.mp4", "minimum_seconds": 3}

    def _row(self, kind: str, entries: Sequence[Scene], last: Scene, begin: int = 1) -> str:
        """Scenes one after another; the last has the way on. The name of the first, '' if there is none."""
        for number, entry in enumerate(entries, begin):
            place = f"{kind if kind == 'credits' else 'intros'}[{number - 1}]"
            on = {"next": f"{kind}-{number + 1}"} if number < begin + len(entries) - 1 else last
            self._add(f"{kind}-{number}", self._span(place, entry), on)
        return f"{kind}-{begin}" if entries else ""

    def _riot(self, levels: Sequence[Scene], after: str | None) -> None:
        for number, level in enumerate(levels, 1):
            name, place = f"level-{number}", f"levels[{number - 1}]"
            ways = self._choice(name, place, level)
            on: Scene = ways or ({"next": f"level-{number + 1}"} if number < len(levels) else _ending(after))
            self._add(name, self._span(place, level), on)
            for emotion, clip in self._clips(place, level).items():
                outcome = clip.get("outcome", 0)
                there = isinstance(outcome, int) and 0 < outcome <= len(levels)
                if outcome and not there:
                    where, why = f"{place}.branch.{emotion}.outcome", f"there is no level {outcome}; the credits follow"
                    self._left_out(where, outcome, why)
                onward = {"next": f"level-{outcome}"} if there else _ending(after)
                self._add(f"{name}-{emotion}", self._span(f"{place}.branch.{emotion}", clip), onward)

    def _perception(self, levels: Sequence[Scene], first: str, second: str) -> None:
        for begin, own, other in ((0, first, LEVELS_OF_A_STORY), (LEVELS_OF_A_STORY, second, 0)):
            last = begin + LEVELS_OF_A_STORY - 1
            to_other = {"to": f"level-{other}", "when": {"draw": {"actor": own}}}
            for number in range(begin, last + 1):
                name, place, level = f"level-{number}", f"levels[{number}]", levels[number]
                onward: Scene = {"branch": [to_other], "next": REVEAL}
                if number == begin:
                    onward = {"next": f"level-{number + 1}"}
                elif number < last:
                    onward = self._choice(f"level-{number + 1}", f"levels[{number + 1}]", levels[number + 1])
                    if not onward:
                        self.problems.append(f"levels[{number + 1}].branch: has no emotion that is known here")
                if number < begin + 2:
                    self._add(name, self._span(place, level), onward)
                    continue
                for emotion, clip in self._clips(place, level).items():
                    self._add(f"{name}-{emotion}", self._span(f"{place}.branch.{emotion}", clip), onward)

    def _reveal(self, after: str | None) -> None:
        self.scenes[REVEAL] = {"kind": "course", **_ending(after)}

    def _choice(self, name: str, place: str, level: Scene) -> Scene:
        """The ways to the clips of a level, by emotion; calm, or the first, where none was shown."""
        emotions = list(self._clips(place, level))
        if not emotions:
            return {}
        return {
            "branch": [{"to": f"{name}-{emotion}", "when": {"mood": emotion}} for emotion in emotions],
            "next": f"{name}-{'calm' if 'calm' in emotions else emotions[0]}",
        }

    def _clips(self, place: str, level: Scene) -> dict[str, Scene]:
        """The clips of a level by emotion."""
        branch = level.get("branch")
        clips: dict[str, Scene] = {}
        for word, clip in branch.items() if isinstance(branch, dict) else ():
            emotion = word.lower()
            if emotion in (*LABELS, "calm") and isinstance(clip, dict):
                clips[emotion] = clip
            else:
                self._left_out(f"{place}.branch.{word}", clip, "is no emotion that is known here")
        return clips

    def _add(self, name: str, span: Span, onward: Scene) -> None:
        begin, end = span
        sound = {"sound": self.sound, "sound_in_seconds": begin} if self.sound else {}
        self.scenes[name] = {"clip": self.film, "in_seconds": begin, "out_seconds": end, **sound, **onward}

    def _span(self, place: str, entry: Scene) -> Span:
        times = []
        for key in ("start", "end"):
            found = TIME.fullmatch(str(entry.get(key, "")))
            if found is None:
                self.problems.append(f"{place}.{key}: expected a time such as 01:30.500 (given: {entry.get(key)!r})")
                return (0.0, 1.0)
            times.append(round(int(found[1] or 0) * 3600 + int(found[2]) * 60 + float(found[3]), 3))
        if times[1] <= times[0]:
            self.problems.append(f"{place}.end: must be after its start, {entry['start']} (given: {entry['end']})")
        return times[0], times[1]

    def _tables(self, key: str) -> list[Scene]:
        entries = self.config.get(key) or []
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            self.problems.append(f"{key}: must be a list of tables in [ {{ }} ]")
            return []
        return entries

    def _found(self, folder: Path, media: object, key: str) -> str:
        """The media file by its name, beside the file or in a folder below; '' if none is named."""
        named = str(media.get(key) or "") if isinstance(media, dict) else ""
        parts = [part for part in re.split(r"[/\\]", named) if part not in ("", ".", "..")]
        if not parts:
            if key == "video":
                self.problems.append("media.video: is missing; it names the film file")
            return ""
        places = ["/".join(parts[first:]) for first in range(len(parts))]
        there = next((place for place in places if is_file(folder / place)), "")
        if not there:
            self.draft.note(f"media.{key}", f"{parts[-1]} is not beside the file; put it beside the story")
        return there or parts[-1]

    def _left_out(self, key: str, value: object, why: str) -> None:
        """Tell, and keep the value as a comment."""
        key = " ".join(key.split()) or '""'
        self.draft.note(key, why)
        line = f"{key} = {json.dumps(value, ensure_ascii=False)[:300]}"
        comments = self.draft.comments.setdefault("", [])
        comments += [] if line in comments else [line]


def _ending(after: str | None) -> Scene:
    return {"next": after} if after else {"end": True}
