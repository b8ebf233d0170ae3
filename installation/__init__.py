"""Everything physical: camera, processes, window, sound, OSC, clock, command line."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # its greeting on stdout would spoil --json
