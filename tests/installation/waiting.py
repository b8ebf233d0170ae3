"""Waiting for another process, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG = 15.0
"""Seconds that only a failing test waits, however busy the machine is."""


def wait_until(true: Callable[[], object], seconds: float) -> float:
    """Return after how many seconds ``true`` was; fail the test if that took longer than ``seconds``."""
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < seconds, f"waited {seconds} s in vain"
        time.sleep(0.005)
    return time.monotonic() - begun
