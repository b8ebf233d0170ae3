"""The show's process as its supervisor holds it, and the socket on which it beats."""

from __future__ import annotations

import ctypes
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

PARENT_DEATH_SIGNAL = 1
"""``PR_SET_PDEATHSIG`` of ``prctl``."""


class NotifySocket:
    """What systemd would give the show as ``NOTIFY_SOCKET``: needs no disk, and can be heard by this process alone."""

    def __init__(self) -> None:
        if sys.platform.startswith("linux"):
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = f"chiaro-supervise-{secrets.token_hex(8)}"
            self._socket.bind(f"\0{name}")
            self.address = f"@{name}"
        else:
            self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self._socket.bind(("127.0.0.1", 0))
            self.address = f"udp:127.0.0.1:{self._socket.getsockname()[1]}"
        self._socket.setblocking(False)

    def messages(self) -> list[str]:
        """Every line that came since the last call."""
        lines: list[str] = []
        with suppress(OSError):  # no more of them
            while True:
                lines += self._socket.recv(4096).decode(errors="replace").split("\n")
        return lines

    def wait(self, seconds: float) -> None:
        """Until something comes, at most ``seconds``."""
        select.select([self._socket], [], [], max(0.0, seconds))

    def close(self) -> None:
        """Nobody is heard any more."""
        self._socket.close()


class RealShow:
    """One life of ``chiaro run``, in a group of its own: Ctrl-C is for the supervisor, which passes it on once."""

    def __init__(self, command: Sequence[str], notify: NotifySocket, watchdog_seconds: float) -> None:
        self._notify = notify
        environment = {
            **os.environ,
            "NOTIFY_SOCKET": notify.address,
            "WATCHDOG_USEC": str(round(watchdog_seconds * 1e6)),
        }
        posix = os.name == "posix"
        self._process = subprocess.Popen(  # noqa: S603 - our own program; a test names a stub
            list(command),
            env=environment,
            process_group=0 if posix else None,
            preexec_fn=_bind_to(os.getpid()) if posix else None,
        )

    def ended(self) -> int | None:
        """The exit code (negative: a signal), or None while it lives."""
        return self._process.poll()

    def messages(self) -> Sequence[str]:
        """What it has notified since the last call."""
        return self._notify.messages()

    def stop(self) -> None:
        """Ask it to end; the show itself ends at once when it is asked a second time."""
        self._process.terminate()

    def abort(self) -> None:
        """Its stacks go to stderr (``faulthandler``). A stopped one must go on in order to write them."""
        if os.name != "posix":
            self._process.kill()
            return
        self._process.send_signal(signal.SIGABRT)
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it and what is left of its group, however it ended."""
        if os.name == "posix":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        else:
            self._process.kill()
        self._process.wait()


def _bind_to(parent: int) -> Callable[[], None]:
    """What the show's process does first: it ends with a supervisor that is killed, and no core holds faces."""
    libc = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

    def bind() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if libc is not None:
            libc.prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)
            if os.getppid() != parent:  # it died before it could be said
                os._exit(1)

    return bind
