"""One show per room: a second one names the first one's process and leaves."""

from __future__ import annotations

import errno
import hashlib
import os
import socket
import struct
import sys
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from calibration.errors import Exit, Unavailable
from calibration.file_writer import make_private_folder
from installation.host.state_folder import room_stem


class RoomIsTaken(Unavailable):
    """Another chiaro runs in this room. ``pid`` is its process ID, 0 when it could not be read."""

    exit_code = Exit.BUSY

    def __init__(self, pid: int) -> None:
        self.pid = pid
        super().__init__(f"another chiaro is already running in this room (process {pid or 'unknown'}); end it first")


def running_show(folder: Path, room: str) -> int:
    """Process of the show that runs in this room now; 0 when none does.

    The file is touched only where its last holder's process lives, so that a show which starts now is not kept out.
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
    """Held while the show runs. The system frees it however the process dies, so a kill leaves nothing to clean.

    It is a file, for all systems and for whoever looks; and on Linux a name in memory too, which a full or read-only
    disk cannot take away.
    """

    def __init__(self, folder: Path, room: str) -> None:
        self._folder, stem = folder, room_stem(room)
        self._pid_file = folder / f"{stem}.pid"
        self._lock = FileLock(folder / f"{stem}.lock", timeout=0)
        self._name = NameInMemory(f"{folder.absolute()}/{stem}")
        self.without_disk = ""
        """Why the disk does not take the lock; '' where it does."""

    def acquire(self) -> None:
        """Hold the lock from now on. Raises ``RoomIsTaken`` when another process holds it."""
        if not self._name.acquire():
            raise RoomIsTaken(self.last_holder())
        try:
            make_private_folder(self._folder)
            self._lock.acquire()
            self._pid_file.write_text(str(os.getpid()))
        except Timeout:
            self._name.release()
            raise RoomIsTaken(self.last_holder()) from None
        except OSError as error:
            self.without_disk = f"{error.strerror or error} ({self._folder})"

    def release(self) -> None:
        """Let the next show have the room."""
        with suppress(OSError):
            self._pid_file.unlink(missing_ok=True)
        self._lock.release()
        self._name.release()

    def is_taken(self) -> bool:
        """Whether another process holds it now."""
        if self._name.is_held():
            return True
        try:
            with self._lock:
                return False
        except Timeout:
            return True
        except OSError:  # no disk, no lock on it
            return False

    def last_holder(self) -> int:
        """Process that acquired it last and did not release it; 0 when there is none."""
        try:
            return self._name.holder() or int(self._pid_file.read_text())
        except (OSError, ValueError):
            return 0


class NameInMemory:
    """A name that one process of this machine can hold: an abstract Unix socket, as Linux has them.

    Elsewhere anybody gets it, and the file alone decides.
    """

    def __init__(self, text: str) -> None:
        user = os.getuid() if hasattr(os, "getuid") else 0
        self._address = f"\0chiaroscuro-{user}-{hashlib.sha256(text.encode()).hexdigest()[:32]}"
        self._socket: socket.socket | None = None

    def acquire(self) -> bool:
        """Hold it; False when another does."""
        if not sys.platform.startswith("linux"):
            return True
        opened = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            opened.bind(self._address)
            opened.listen(128)
        except OSError as error:
            opened.close()
            return error.errno != errno.EADDRINUSE
        self._socket = opened
        return True

    def release(self) -> None:
        """Let another have it."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def is_held(self) -> bool:
        """Whether a process holds it."""
        return self._ask() is not None

    def holder(self) -> int:
        """The process that holds it; 0 when none does, or it cannot be told."""
        return self._ask() or 0

    def _ask(self) -> int | None:
        """The holder's process, 0 when too many have asked (nobody answers them); None when nobody holds it."""
        if not sys.platform.startswith("linux"):
            return None
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.setblocking(False)
            try:
                asking.connect(self._address)
            except BlockingIOError:
                return 0
            except OSError:
                return None
            credentials = asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        pid: int = struct.unpack("3i", credentials)[0]
        return pid
