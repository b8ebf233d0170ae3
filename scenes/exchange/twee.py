"""Twee 3, the form of Twine's stories as text. The specification is the Interactive Fiction Technology Foundation's."""

from __future__ import annotations

import json
import re
from typing import Any

from scenes.exchange.passages import Passage, TwineStory, position_of

PART = r"(?:\\.|[^\\\[\]{}])"
HEADER = re.compile(rf"::[ \t]*({PART}*)(?:\[((?:\\.|[^\\\]])*)\][ \t]*)?(\{{.*\}})?[ \t]*")
"""A name, tags in [ ], JSON in { }."""
DATA = ("ifid", "format", "format-version", "start")
SPECIAL = re.compile(r"([\\\[\]{}])")


def read_twee(text: str) -> TwineStory:
    """The passages of a Twee file. Never fails: what cannot be read is among the faults."""
    story = TwineStory()
    header, first, lines = "", 0, list[str]()
    for number, line in enumerate([*text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n"), "::"], 1):
        if not line.startswith("::"):
            lines.append(line[1:] if line.startswith("\\::") else line)
            continue
        if header:
            _add(story, header, "\n".join(lines).rstrip(" \t\n"), first)
        elif any(one.strip() for one in lines):
            story.faults.append(("line 1", "what stands before the first passage belongs to none, and is left out"))
        header, first, lines = line, number, []
    return story


def _add(story: TwineStory, header: str, text: str, line: int) -> None:
    found = HEADER.fullmatch(header)
    if found is None:
        name, tags, said = header[2:].strip(), "", ""
        story.faults.append((f"line {line}", "its [ ] or { } are not whole; all of the line is taken for the name"))
    else:
        name, tags, said = _plain(found[1].strip()), found[2] or "", found[3] or ""
    if name == "StoryTitle":
        story.title = text.strip()
    elif name == "StoryData":
        _take(story, text, line)
    elif not name:
        story.faults.append((f"line {line}", "a passage without a name is left out"))
    else:
        tag_list = tuple(_plain(tag) for tag in tags.split())
        story.passages.append(Passage(name, text, tag_list, _position(story, said, line), line))


def _take(story: TwineStory, text: str, line: int) -> None:
    about = _json(text)
    if about is None:
        story.faults.append((f"line {line}", "StoryData is not JSON, and is left out"))
        return
    story.start, story.ifid = str(about.get("start", "")), str(about.get("ifid", ""))
    story.format = f"{about.get('format', '')} {about.get('format-version', '')}".strip()
    story.other = {key: value for key, value in about.items() if key not in DATA}


def _position(story: TwineStory, said: str, line: int) -> tuple[float, float] | None:
    about = _json(said) if said else {}
    if about is None:
        story.faults.append((f"line {line}", "what stands in { } is not JSON, and is left out"))
    return position_of(about.get("position")) if about else None


def _json(text: str) -> dict[str, Any] | None:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _plain(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def write_twee(story: TwineStory) -> str:
    """The story as Twee 3."""
    format_name, _, version = story.format.rpartition(" ")
    about = dict(zip(DATA, (story.ifid, format_name, version, story.start), strict=True)) | story.other
    parts = [f":: StoryTitle\n{_text(story.title)}", f":: StoryData\n{json.dumps(about, indent=2, ensure_ascii=False)}"]
    for passage in story.passages:
        tags = f" [{' '.join(_escaped(tag) for tag in passage.tags)}]" if passage.tags else ""
        x, y = passage.position or (0, 0)
        place = f' {{"position":"{x:g},{y:g}","size":"100,100"}}' if passage.position else ""
        parts.append(f":: {_escaped(passage.name)}{tags}{place}\n{_text(passage.text)}".rstrip())
    return "\n\n\n".join(parts) + "\n"


def _text(text: str) -> str:
    """Text in which no line begins as a header does."""
    return re.sub(r"^::", r"\\::", text, flags=re.MULTILINE)


def _escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", text)
