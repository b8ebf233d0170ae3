"""Where this machine keeps what outlasts a run: the journal and the lock."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """The user's state folder for chiaro; the environment variable CHIARO_STATE names another one."""
    named = os.environ.get("CHIARO_STATE")
    return Path(named) if named else platformdirs.user_state_path("chiaroscuro", appauthor=False)


def room_stem(room: str) -> str:
    """A venue's name as a part of file names: 'Hall 2 (east)' is 'hall-2-east'. Letters of every script stay."""
    plain = unicodedata.normalize("NFC", room).lower()
    return re.sub(r"[\W_]+", "-", plain)[:50].strip("-") or "room"
