"""How much memory the allocator may hold back: a show that runs for weeks must not grow with each clip it opens.

glibc gives each thread that allocates an arena of its own, up to eight for each core, and what is freed in one arena is
of no use to another. Each clip has threads of its own (ours and FFmpeg's), so that the demo film held 17 arenas and
grew by 786 MB an hour. So all threads share two. Two arenas still hold back what is freed between two blocks that live:
100 to 250 MB in a show. So a film's large blocks are mapped, each by itself, and go back to the system when they are
freed; those of 64 to 256 kB too, of which a decoder keeps some beside each picture (50 MB were held back by them). The
system clears the pages of each, which costs 2 ms for a picture of 1280x720: pictures come from pools
(film/pooled_scaler.py, FFmpeg's own in its decoders). (``malloc_trim`` takes 22 to 170 ms on a busy machine.)
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

ARENAS_AT_MOST = 2
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8
"""The parameters' numbers in glibc's ``malloc.h``."""
LARGE_BYTES = 1 << 16
"""Less than each plane of a picture of 1920x1080, and than its motion vectors in a decoder. What is smaller than a
heap's free end is taken from there all the same, so that this end must be smaller still: it is given back too."""


def bound_arenas() -> bool:
    """Let all threads of this process share two arenas; whether the allocator knows of such a thing (glibc's does).

    To be called before the first threads begin: an arena that exists stays, and glibc settles on a limit of its own
    with the ninth.
    """
    return _tell_allocator((M_ARENA_MAX, ARENAS_AT_MOST))


def map_large_blocks() -> bool:
    """Let the system have large blocks back as soon as they are freed; whether the allocator knows of such a thing."""
    return _tell_allocator((M_MMAP_THRESHOLD, LARGE_BYTES), (M_TRIM_THRESHOLD, LARGE_BYTES))


def _tell_allocator(*settings: tuple[int, int]) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    with suppress(OSError, AttributeError):  # musl has no mallopt, and no arenas either
        mallopt = ctypes.CDLL(None).mallopt
        return all(mallopt(parameter, value) for parameter, value in settings)
    return False
