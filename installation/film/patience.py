"""How long nothing has come of a decoder, on a machine that may be too busy to let it run."""

from __future__ import annotations

import os

from installation.host.thread_times import ThreadTimes, thread_times

FROZEN_SECONDS = 0.1
"""Longer between two calls, and this process itself was stopped: the decoder is not to blame."""
LOOK_SECONDS = 0.5
FORGIVEN_AT_MOST = 6.0
"""Seconds that a film may stand because the machine is busy; then another scene may be easier for it."""


class Patience:
    """Counts seconds without progress, without those in which a thread of this process had no processor."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Something has come."""
        self.seconds = self._unlooked = self._forgiven = 0.0
        self._threads: dict[str, ThreadTimes] = {}

    def wait(self, since: float) -> None:
        """Nothing has come for ``since`` seconds more."""
        since = min(since, FROZEN_SECONDS)
        self.seconds += since
        self._unlooked += since
        if self._unlooked < LOOK_SECONDS:
            return
        before, self._threads = self._threads, thread_times(os.getpid())
        waits = (times.waited - before[key].waited for key, times in self._threads.items() if key in before)
        if self._forgiven < FORGIVEN_AT_MOST and max(waits, default=0.0) > LOOK_SECONDS / 2:
            self.seconds -= self._unlooked
            self._forgiven += self._unlooked
        self._unlooked = 0.0
