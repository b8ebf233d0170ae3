"""``chiaro check`` of what was put, in a process of its own that yields to the show: nothing is taken up unchecked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

LEAST_IMPORTANT = 19
"""Its nice value: the film is played meanwhile."""
SECONDS_AT_MOST = 7200.0
FAULTS_TOLD = 8
OF_THE_STORY = {"story", "clip", "clips", "loudness", "captions", "flashes", "threads", "drives", "signals", "lamps"}
"""Parts of a check that say something of a story, and not of the room that it is put into."""


class PutCheck:
    """One check that runs. ``parts``: of which problems count; None: of all."""

    def __init__(self, words: list[str], parts: set[str] | None) -> None:
        self._parts, self._until = parts, time.monotonic() + SECONDS_AT_MOST
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it was read
        command = [sys.executable, "-m", "installation", "check", *words, "--headless", "--json"]
        self._process = subprocess.Popen(  # noqa: S603 - our own program
            command, stdin=subprocess.DEVNULL, stdout=self._said, stderr=subprocess.DEVNULL
        )
        with suppress(OSError, AttributeError):
            os.setpriority(os.PRIO_PROCESS, self._process.pid, LEAST_IMPORTANT)

    def faults(self) -> list[str] | None:
        """What is wrong, a line each; None while it is still tried."""
        code = self._process.poll()
        if code is None:
            if time.monotonic() < self._until:
                return None
            self.stop()
            return ["the check did not end"]
        self._said.seek(0)
        lines = [json.loads(line) for line in self._said.read().splitlines()]
        self._said.close()
        if not lines or lines[-1].get("kind") != "verdict":
            return [f"the check ended with code {code} and without a verdict"]
        return [self._in_words(line) for line in lines if self._counts(line)]

    def stop(self) -> None:
        """End it."""
        with suppress(OSError):
            self._process.kill()
            self._process.wait(5.0)

    def _counts(self, line: dict[str, Any]) -> bool:
        wrong = line.get("kind") == "finding" and line.get("state") == "problem"
        return wrong and (self._parts is None or line.get("part") in self._parts)

    def _in_words(self, line: dict[str, Any]) -> str:
        return f"{line['part']}: {line['what']}" if self._parts is None else f"{line['where']}: {line['what']}"


def check_story_put(story: Path, venue: str) -> PutCheck:
    """Of a story, for the room with this venue file ('': none)."""
    return PutCheck([str(story), *(["--venue", venue] if venue else [])], OF_THE_STORY)


def check_venue_put(venue: Path) -> PutCheck:
    """Of a venue, but for its story's clips."""
    return PutCheck(["--venue", str(venue), "--quick"], None)
