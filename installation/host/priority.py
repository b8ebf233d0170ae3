"""Who is served first where the processor is short: the sound, then the picture, then the eye."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress

SOUND, PICTURES, EYE = -10, 2, 5
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
