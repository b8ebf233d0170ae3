"""Where this machine keeps what outlasts a run: the journal and the lock."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def state_folder() -> Path:
    """The user's state folder for chiaro; the environment variable CHIARO_STATE names another one."""
    named = os.environ.get("CHIARO_STATE")
    return Path(named) if named else platformdirs.user_state_path("chiaroscuro", appauthor=False)
