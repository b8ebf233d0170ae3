"""Stories of other programs, known by what is in the file: what ``chiaro story import`` takes."""

from __future__ import annotations

import json
import re
import shlex
from enum import Enum
from pathlib import Path

from calibration.files import is_file, is_folder

ENDINGS = (".twee", ".tw", ".html", ".htm", ".json")
HEAD_BYTES, AT_MOST = 4096, 64_000_000
"""A page that Twine publishes has its story format in it, and may have pictures."""
TWEE_HEADER = re.compile(rb"^::[ \t]*[^\s:]", re.MULTILINE)


class Foreign(Enum):
    """Whose story a file is, in words that follow "is"."""

    TWEE = "a Twine story (Twee)"
    TWINE = "a Twine story (HTML)"
    TWINE_1 = "a story of Twine 1; open it in Twine 2 and save it there"
    FOREBEAR = "a story of RIOT or Perception"


def foreign_story(file: Path) -> Foreign | None:
    """Whose story the file is; None if it is none that can be brought in, or cannot be read."""
    try:
        if not is_file(file) or file.stat().st_size > AT_MOST:
            return None
        with file.open("rb") as opened:
            head = opened.read(HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
            if head[:1] not in (b":", b"<", b"{") and file.suffix.lower() not in ENDINGS:
                return None
            whole = head + opened.read()
    except OSError:
        return None
    if head[:1] == b"<":
        if b"<tw-storydata" in whole:
            return Foreign.TWINE
        return Foreign.TWINE_1 if b'id="storeArea"' in whole and b"tiddler=" in whole else None
    if head[:1] == b"{":
        return Foreign.FOREBEAR if _is_forebear(whole) else None
    is_text = head[:2] == b"::" or file.suffix.lower() in (".twee", ".tw")
    return Foreign.TWEE if is_text and TWEE_HEADER.search(whole) else None


def _is_forebear(content: bytes) -> bool:
    try:
        read = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(read, dict) and isinstance(read.get("levels"), list) and isinstance(read.get("media"), dict)


def import_words(file: Path) -> str:
    """What a foreign story is and how it is brought in, to follow its name; '' if it is none."""
    form = foreign_story(file)
    if form is None:
        return ""
    if form is Foreign.TWINE_1:
        return f"is {form.value}"
    return f"is {form.value}; bring it in with: chiaro story import {shlex.quote(str(file))}"


def story_to_import(folder: Path) -> str:
    """The same of a file in the folder, with its name, to follow "there is no story"; '' if there is none."""
    if not is_folder(folder):
        return ""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix.lower() in ENDINGS)
    except OSError:
        return ""
    words = ((file, import_words(file)) for file in files[:100])
    return next((f"; {file.name} there {said}" for file, said in words if said), "")
