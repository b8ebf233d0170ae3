"""The eye's process as its supervisor holds it: started, spoken to, ended."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from installation.eye.command import EyeCommand, SetCamera, Stop, encode_command
from installation.eye.link import Link, Start, make_line

EYE: tuple[str, ...] = (sys.executable, "-m", "installation.eye.main")
ROOT = Path(__file__).parents[2]


class EyeChild:
    """One life of the eye. ``started`` is its start in monotonic seconds; ``link`` is the stage's end of the line."""

    def __init__(self, start: Start, now: float, command: Sequence[str] = EYE) -> None:
        self.started = now
        self.may_film = not start.shut
        """Its camera may be open: it was told so, and has not said since that it is closed."""
        self.link, address, inherited = make_line()
        self._process = subprocess.Popen(  # noqa: S603 - our own program; a test names a stub
            [*command, address],
            stdin=subprocess.PIPE,
            pass_fds=(inherited.fileno(),) if inherited else (),
            start_new_session=True,  # Ctrl-C is for the stage, which then ends the eye
            env=_environment(start),
        )
        self._death = _opened_death(self._process.pid)
        if inherited:
            inherited.close()
        if self._process.stdin:
            with suppress(BrokenPipeError), self._process.stdin as line:  # dead already; ``ended`` says how
                line.write(start.model_dump_json().encode())  # well below a pipe's 64 KiB: cannot block

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    def wait(self, seconds: float) -> None:
        """Return when it has said something or has died (where the system tells that), or after ``seconds``."""
        heard: list[Link | int] = [self.link, *self._death]
        select.select(heard, [], [], seconds)

    def ended(self) -> int | None:
        """The exit code (negative: a signal), or None while it lives."""
        return self._process.poll()

    def send(self, command: EyeCommand) -> None:
        """Pass on a command without waiting. An eye that is dead or does not listen yet never hears of it."""
        self.may_film |= isinstance(command, SetCamera) and command.on
        with suppress(ConnectionError):  # the supervisor repeats what still holds once the next eye reports
            self.link.send(encode_command(command))

    def kill(self) -> None:
        """End it at once, even if it is stopped, and free all that it held."""
        self._process.kill()
        self._process.wait()
        self.link.close()
        while self._death:
            os.close(self._death.pop())

    def end(self, within_seconds: float) -> None:
        """Ask it to leave, then make it."""
        self.send(Stop())
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within_seconds)
        self.kill()


def _opened_death(pid: int) -> list[int]:
    """A descriptor that can be read once the process has ended; Linux only, elsewhere none."""
    try:
        return [os.pidfd_open(pid)] if sys.platform == "linux" else []
    except OSError:  # a kernel before 5.3, or no descriptor left
        return []


def _environment(start: Start) -> dict[str, str]:
    """What the libraries read before the first line of Python could set it."""
    wait = max(1, round(start.venue.camera.read_timeout_seconds))
    return os.environ | {
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
        "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT": str(wait),
        "OPENCV_LOG_LEVEL": "ERROR",
        "OPENCV_FFMPEG_LOGLEVEL": "-8",
        "OMP_NUM_THREADS": str(start.venue.eye.threads),
        "OPENBLAS_NUM_THREADS": "1",
        "PYDANTIC_DISABLE_PLUGINS": "__all__",  # to look for them costs the eye's start, and none may see what it sees
    }
