"""How much memory the allocator may hold back: a show that runs for weeks must not grow with each clip it opens.

glibc gives each thread that allocates an arena of its own, up to eight for each core, and what is freed in one arena is
of no use to another. Each clip has threads of its own (ours and FFmpeg's), so that the demo film held 17 arenas and
grew by 786 MB an hour. So all threads share two. (To map each picture by itself, with M_MMAP_THRESHOLD, costs 2 ms
for each picture of 720p: the system clears its pages anew.) Two arenas still hold back what is freed between two blocks
that live: ``malloc_trim`` gave back 106 to 299 MB of 420 to 545, in 22 to 170 ms on a busy machine.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

ARENAS_AT_MOST = 2
M_ARENA_MAX = -8
"""The parameter's number in glibc's ``malloc.h``."""


def bound_arenas() -> bool:
    """Let all threads of this process share two arenas; whether the allocator knows of such a thing (glibc's does).

    To be called before the first threads begin: an arena that exists stays, and glibc settles on a limit of its own
    with the ninth.
    """
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):  # musl has no mallopt, and no arenas either
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS_AT_MOST))
    return False
