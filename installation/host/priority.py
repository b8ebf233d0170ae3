"""Who is served first where the processor is short: sound, picture, eye, and last the operator's pages."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from pathlib import Path

SOUND, PICTURES, EYE, PAGES = -10, 2, 5, 10
"""Added to the show's own nice value. Below 0 the system must allow it (LimitNICE of the service); a chunk of sound
that is late is heard."""


def set_thread_priority(nicer: int) -> None:
    """Set the nice value of this thread, and of those that it starts, to the process's and ``nicer`` (Linux)."""
    if sys.platform == "linux":  # elsewhere a thread has no nice value of its own
        with suppress(OSError):
            own = os.getpriority(os.PRIO_PROCESS, os.getpid())
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), own + nicer)


def lower_process_priority(nicer: int) -> None:
    """Let this process yield to others: ``nicer`` is added to the nice value that it was started with."""
    with suppress(OSError, AttributeError):
        os.nice(nicer)
    lower_session_priority(nicer)


def lower_session_priority(nicer: int) -> None:
    """Let this process's session yield to others, where it has one of its own and Linux groups processes by session.

    There a nice value counts only within its session: an eye or a console with one of its own would be served as
    well as the stage, however nice it is.
    """
    own = Path("/proc/self/autogroup")
    with suppress(OSError, ValueError, IndexError, AttributeError):
        if os.getsid(0) == os.getpid():
            own.write_text(str(min(19, int(own.read_text(encoding="ascii").split()[-1]) + nicer)), encoding="ascii")
