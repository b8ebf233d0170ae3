"""Where this machine keeps what outlasts a run: the journal and the lock."""

from __future__ import annotations

import os
import re
import unicodedata
from contextlib import suppress
from pathlib import Path

import platformdirs

SERVICE_STATE = Path("/var/lib/chiaroscuro")
"""What systemd makes for the service, for the user that it runs as."""


def state_folder() -> Path:
    """The user's state folder for chiaro; the environment variable CHIARO_STATE names another one.

    Where a service of the machine runs as this user it is the service's, so that what is typed by hand finds its lock
    and its journal.
    """
    named = os.environ.get("CHIARO_STATE")
    if named:
        return Path(named)
    with suppress(OSError, AttributeError):  # no such folder, or a system without user numbers
        if SERVICE_STATE.stat().st_uid == os.getuid():
            return SERVICE_STATE
    return platformdirs.user_state_path("chiaroscuro", appauthor=False)


def room_stem(room: str) -> str:
    """A venue's name as a part of file names: 'Hall 2 (east)' is 'hall-2-east'. Letters of every script stay."""
    plain = unicodedata.normalize("NFC", room).lower()
    return re.sub(r"[\W_]+", "-", plain)[:50].strip("-") or "room"
