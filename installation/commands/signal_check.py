"""Whether the venue hears the signals that the story asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadFile
from calibration.settings import OscSettings
from installation.commands.finding import Finding, ok, problem
from scenes.story.salvage import read_story_file


def check_signals(story: Path, osc: OscSettings) -> Iterator[Finding]:
    """Where each signal of the story is heard. What is wrong with the story itself is told elsewhere."""
    try:
        file = read_story_file(story)[0]
    except BadFile:
        return
    for name, entry in file.signals.items() if file else ():
        where = f"signals.{name}"
        if entry.osc is None:
            continue  # another room's: see other_rooms_check.py
        if osc.listen:
            at = f"{osc.listen_host}:{osc.listen_port}"
            yield ok("osc in", where, f"is heard on {at} at {entry.osc} and at {osc.listen_prefix}{entry.osc}")
        else:
            yield problem("osc in", where, "is never heard: set `listen = true` in [osc] of the venue file")
