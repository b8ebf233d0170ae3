"""``chiaro story import``: a foreign file becomes a story in a folder. Nothing is written over."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calibration.errors import BadFile
from calibration.file_writer import write_together
from calibration.files import TEXT_BYTES, TOO_DEEP, is_file, read_text
from scenes.exchange.draft import Draft, scene_name
from scenes.exchange.forebears import story_from_config
from scenes.exchange.from_twine import story_from
from scenes.exchange.toml_text import story_text
from scenes.exchange.twee import read_twee
from scenes.exchange.twine_html import read_twine_html
from scenes.story.foreign_story import AT_MOST, ENDINGS, Foreign, foreign_story, import_words

STORY, BESIDE = "story.toml", "story.twine.json"
"""The story, and what only Twine wants to know of it: places on the map, its id, the story format."""
FILE_KEYS = ("clip", "sound", "description", "captions", "file")


@dataclass(frozen=True, slots=True)
class Imported:
    """A story that was brought in, and the files that were written for it."""

    draft: Draft
    story: Path
    files: tuple[Path, ...]


def bring_in(file: Path, to: Path | None) -> list[Imported]:
    """Write the story of a foreign file, or the stories of an archive, into ``to`` (default: the file's own folder).

    Raises ``BadFile`` if it is none of the forms, or if a file is there already; then nothing is written.
    """
    drafts = _drafts(file)
    folder = to or file.parent
    taken: set[str] = set()
    places = [folder if len(drafts) == 1 else folder / scene_name(draft.title, taken) for draft in drafts]
    contents: dict[Path, bytes] = {}
    imported = []
    for draft, place in zip(drafts, places, strict=True):
        files = {place / STORY: _text(file, draft, place)}
        if draft.twine:
            files[place / BESIDE] = json.dumps(draft.twine, indent=1, ensure_ascii=False) + "\n"
        contents |= {path: text.encode() for path, text in files.items()}
        imported.append(Imported(draft, place / STORY, tuple(files)))
    there = [path for path in contents if path.exists() or path.is_symlink()]
    if there:
        why = "is there already, and nothing is written over; name another folder with --to"
        raise BadFile(there[0], [why])
    try:
        for place in places:
            place.mkdir(parents=True, exist_ok=True)
        write_together(contents)
    except OSError as error:
        raise BadFile(folder, [f"cannot be written to: {error.strerror or error}"]) from error
    return imported


def _text(file: Path, draft: Draft, place: Path) -> str:
    """The story file that lies in ``place``. Raises ``BadFile`` if nobody could read it again."""
    draft.comments[""] = [f"Brought in from {file.name} by chiaro story import.", *draft.comments.get("", [])]
    try:
        _move_paths(draft.raw, file.parent, place)
        text = story_text(draft.raw, draft.comments)
    except RecursionError:
        raise BadFile(file, [TOO_DEEP]) from None
    if len(text.encode()) > TEXT_BYTES:
        raise BadFile(file, [f"makes a story of {len(text):,} letters; at most {TEXT_BYTES:,} bytes are read"])
    return text


def _drafts(file: Path) -> list[Draft]:
    form = foreign_story(file)
    if form is Foreign.FOREBEAR:
        return [story_from_config(file)]
    if form is None or form is Foreign.TWINE_1:
        if file.suffix.lower() in ENDINGS or not (is_file(file) and os.access(file, os.R_OK)):
            read_text(file, AT_MOST)  # missing, unreadable or spoilt: told as such; a film is not called a spoilt text
        known = "expected Twee 3, HTML or an archive of Twine 2, or a config.json of RIOT or Perception"
        raise BadFile(file, [import_words(file) or f"is no story that can be brought in; {known}"])
    text = read_text(file, AT_MOST)
    stories = [read_twee(text)] if form is Foreign.TWEE else read_twine_html(text)
    drafts = [story_from(story) for story in stories if story.passages]
    if not drafts:
        raise BadFile(file, ["has no passages"])
    return drafts


def _move_paths(raw: Any, old: Path, new: Path) -> None:
    """Name the media that lie beside the foreign file as they are seen from the story's folder."""
    for table in _tables(raw):
        for key in FILE_KEYS:
            name = table.get(key)
            if isinstance(name, str) and name and is_file(old / name):
                seen = os.path.relpath((old / name).resolve(), new.resolve())
                table[key] = name if old.resolve() == new.resolve() else Path(seen).as_posix()


def _tables(raw: Any) -> Iterator[dict[str, Any]]:
    if isinstance(raw, dict):
        yield raw
    for inner in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        yield from _tables(inner)


def kept_for_twine(story: Path) -> dict[str, Any]:
    """What an import kept beside the story; nothing if there is none, or it cannot be read."""
    try:
        read = json.loads(read_text(story.with_name(BESIDE)))
    except (BadFile, ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}
