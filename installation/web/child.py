"""The console's process as its supervisor holds it: started below the stage, spoken to, ended."""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from installation.host.priority import PAGES
from installation.web.wire import Wire

CONSOLE: tuple[str, ...] = (sys.executable, "-m", "installation.web.main")
ROOT = Path(__file__).parents[2]
OOM_SCORE = 700
"""Below the eye's: where processor or memory is short, pages wait first, and are ended first."""
BUFFER_BYTES = 64 * 1024
"""Small: a process that reads nothing shows after some seconds, and what it holds stays new."""
PATIENCE_SECONDS = 15.0
"""That a message may wait for room before the process counts as hung."""


class ConsoleChild:
    """One life of the console's process. ``started`` is its start in monotonic seconds."""

    def __init__(self, now: float, command: Sequence[str] = CONSOLE) -> None:
        self.started = now
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER_BYTES)
        seconds, rest = divmod(PATIENCE_SECONDS, 1)
        timeval = struct.pack("ll", int(seconds), int(rest * 1e6))
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, timeval)  # for sending alone: hearing may wait for ever
        self.wire = Wire(ours)
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program; a test names a stub
                [*command, f"fd:{theirs.fileno()}"],
                stdin=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the stage, which then ends the console
                env=os.environ
                | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))},
            )
        except BaseException:
            self.wire.close()
            raise
        finally:
            theirs.close()
        self._let_others_go_first()

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    def ended(self) -> int | None:
        """The exit code (negative: a signal), or None while it lives."""
        return self._process.poll()

    def end(self, within_seconds: float) -> int | None:
        """Close the line, upon which it leaves; then make it. The exit code, if it left by itself."""
        self.wire.close()
        try:
            return self._process.wait(within_seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            return None

    def _let_others_go_first(self) -> None:
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, os.getpriority(os.PRIO_PROCESS, self.pid) + PAGES)
        with suppress(OSError):
            Path(f"/proc/{self.pid}/oom_score_adj").write_text(str(OOM_SCORE))
