"""One show per room: a second one names the first one's process and leaves."""

from __future__ import annotations

import os
from pathlib import Path

from filelock import FileLock, Timeout

from calibration.errors import Exit, Unavailable
from installation.host.state_folder import room_stem


class RoomIsTaken(Unavailable):
    """Another chiaro runs in this room. ``pid`` is its process ID, 0 when it could not be read."""

    exit_code = Exit.BUSY

    def __init__(self, pid: int) -> None:
        self.pid = pid
        super().__init__(f"another chiaro is already running in this room (process {pid or 'unknown'}); end it first")


def running_show(folder: Path, room: str) -> int:
    """Process of the show that runs in this room now; 0 when none does.

    The lock is touched only where its last holder's process lives, so that a show which starts now is not kept out.
    """
    lock = RoomLock(folder, room)
    pid = lock.last_holder()
    if not is_alive(pid):
        return 0
    return pid if lock.is_taken() else 0


def is_alive(pid: int) -> bool:
    """Whether there is a process of this number."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


class RoomLock:
    """Held while the show runs. The system frees it however the process dies, so a kill leaves nothing to clean."""

    def __init__(self, folder: Path, room: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        stem = room_stem(room)
        self._pid_file = folder / f"{stem}.pid"
        self._lock = FileLock(folder / f"{stem}.lock", timeout=0)

    def acquire(self) -> None:
        """Hold the lock from now on. Raises ``RoomIsTaken`` when another process holds it."""
        try:
            self._lock.acquire()
        except Timeout:
            raise RoomIsTaken(self.last_holder()) from None
        self._pid_file.write_text(str(os.getpid()))

    def release(self) -> None:
        """Let the next show have the room."""
        self._pid_file.unlink(missing_ok=True)
        self._lock.release()

    def is_taken(self) -> bool:
        """Whether another process holds it now."""
        try:
            with self._lock:
                return False
        except Timeout:
            return True

    def last_holder(self) -> int:
        """Process that acquired it last and did not release it; 0 when there is none."""
        try:
            return int(self._pid_file.read_text())
        except (OSError, ValueError):
            return 0
