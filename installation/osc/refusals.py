"""The operator's view of what the control port refuses: each kind of fault of each sender once, never a flood."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

from installation.host.console import log
from installation.osc.rate_limit import TokenBuckets

KINDS_AT_MOST = 256
"""So many are remembered as told."""
LINES_AN_HOUR = 30
"""A machine that tries every address must not fill the log; everything is still counted."""


class RefusalLog:
    """Writes a warning for each new kind of refusal. For one thread. ``clock`` gives monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._told: OrderedDict[tuple[str, str, str], None] = OrderedDict()
        self._lines = TokenBuckets(LINES_AN_HOUR, LINES_AN_HOUR / 3600, clock)

    def warn_once(self, sender: tuple[str, int] | None, kind: str, address: str, reason: str) -> None:
        """``reason`` is why a message from ``sender`` was refused; ``address`` is what it was for, '' = unknown.

        ``sender`` None: it came through the MQTT broker, which does not say from whom.
        """
        key = (sender[0] if sender else "", kind, address)
        if key in self._told or not self._lines.take(None):
            return
        if len(self._told) >= KINDS_AT_MOST:
            self._told.popitem(last=False)
        self._told[key] = None
        what = f" {address!a}" if address else ""
        come = f"OSC{what} from {sender[0]}:{sender[1]}" if sender else f"MQTT{what}"
        log.warning("%s refused: %s (told once, then only counted)", come, reason)
