"""Lines that libraries print by themselves while devices are looked for, and that tell a technician nothing."""

from __future__ import annotations

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

NOISE = re.compile(
    rb"XDG_RUNTIME_DIR (is invalid or )?(is )?not set|^ALSA lib |^Fontconfig (warning|error)|^libEGL warning|^MESA"
    rb"|^\[ ?(WARN|ERROR):\d|^\[[a-z0-9]+ @ 0x"
)
"""Of libwayland, ALSA, fontconfig, Mesa, OpenCV and FFmpeg. What went wrong is told in our own words."""


@contextmanager
def without_native_noise() -> Iterator[None]:
    """Hold back what is written to stderr within, also by libraries in C; afterwards all but the noise is written.

    For a command of one thread: lines of other threads come late.
    """
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        kept = os.dup(2)
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            for line in held:
                if not NOISE.search(line):
                    os.write(2, line)
