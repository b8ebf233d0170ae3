"""The next eye, which loads its networks while the one before it still has the camera."""

from __future__ import annotations

import os
from pathlib import Path

from pydantic import ValidationError

from installation.eye.child import EyeChild
from installation.eye.link import JPEG_START, Report
from installation.host.health import Sense

ROOM_FOR_MORE = 1.5
"""Times the memory of one eye must be free, so that a second one does not cost the film its own."""


class Successor:
    """An eye on standby. ``why`` the one before is replaced; '' for a trial of the GPU. Monotonic seconds."""

    def __init__(self, child: EyeChild, why: str, now: float) -> None:
        self.child, self.why, self.since = child, why, now
        self.ready = False
        """Its networks are loaded."""

    def listen(self) -> None:
        """Hear what it says. Never waits."""
        for message in self.child.link.waiting():
            if not message.startswith(JPEG_START):
                try:
                    self.ready |= Report.model_validate_json(message).status.model is Sense.OK
                except ValidationError:  # torn; the next one comes in a moment
                    continue

    def failed(self, now: float, deadline: float) -> bool:
        """It has ended, or is not ready after ``deadline`` seconds."""
        return self.child.ended() is not None or now - self.since > deadline


def has_memory_for_another(pid: int) -> bool:
    """Whether a second eye like process ``pid`` fits into memory; True where the system does not tell (not Linux)."""
    try:
        resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        return int(lines["MemAvailable"].split()[0]) * 1024 > ROOM_FOR_MORE * resident
    except (OSError, ValueError, KeyError, IndexError):
        return True
