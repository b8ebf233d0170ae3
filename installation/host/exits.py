"""Exit codes that mean something (sysexits.h where it has a word for it)."""

OK = 0
BUG = 70  # an unknown fault: the supervisor restarts
UNAVAILABLE = 69  # no display, or another thing that comes back by itself: restart later
BUSY = 75  # another chiaro runs in this room already
BAD_CONFIGURATION = 78  # story, venue, model or option cannot be used: a person must mend it; do not restart
