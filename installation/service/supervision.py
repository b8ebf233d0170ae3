"""The show watched without systemd: begun again when it ends or hangs, never more than once at a time.

The same promises as the unit's (``installation.service.unit``). Time and the show's process are arguments, so that a
night of crashes is tried in a moment.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from calibration.errors import Exit
from installation.host.console import log
from installation.host.restarts import Restarts
from installation.service.unit import AGAIN_SECONDS

START_SECONDS = 90.0
"""Until the first beat; a show that waits for its display asks for more."""
WATCHDOG_SECONDS = 10.0
ABORT_SECONDS = 5.0
"""For a hung show to write its stacks."""
STOP_SECONDS = 8.0
LATE_SECONDS = 2.0
"""A watcher that was itself held up so long (a suspended or starved machine) blames nobody for it."""
USAGE = 2
"""Exit code of an unknown option."""
FOR_A_PERSON = (USAGE, Exit.BUSY, Exit.BAD_CONFIGURATION)


class ShowProcess(Protocol):
    """One life of the show."""

    def ended(self) -> int | None:
        """The exit code (negative: a signal), or None while it lives."""

    def messages(self) -> Sequence[str]:
        """What it has notified since the last call, one ``KEY=VALUE`` each."""

    def stop(self) -> None:
        """Ask it to end; a second time: at once."""

    def abort(self) -> None:
        """Let it write where each of its threads stands, and end."""

    def kill(self) -> None:
        """End it, and all that it has started."""


@dataclass
class Supervision:
    """Begins the show, and begins it again. ``unattended``: also after an ending that a person would have to mend."""

    begin: Callable[[], ShowProcess]
    unattended: bool
    clock: Callable[[], float]
    wait: Callable[[float], None]
    """Sleep, or until the show says something."""
    asked: int = 0
    """How often the supervisor was asked to end."""
    restarts: Restarts = field(
        default_factory=lambda: Restarts("show", first_seconds=1.0, longest_seconds=10.0, settled_seconds=60.0)
    )
    bad_starts: deque[float] = field(default_factory=lambda: deque(maxlen=3))

    def run(self) -> int:
        """Until the show ends on purpose, or the supervisor is asked to. The exit code is the show's last one."""
        while True:
            started = self.clock()
            code = self._live()
            again = self.again_at(code, started, self.clock())
            if again is None or self.asked:
                return code
            while self.clock() < again:
                if self.asked:
                    return code
                self.wait(min(again - self.clock(), 1.0))

    def again_at(self, code: int, started: float, now: float) -> float | None:
        """When the show that ended with ``code`` begins again; None when it does not."""
        if code == Exit.OK or (code in FOR_A_PERSON and not self.unattended):
            return None
        self.restarts.died(started, now)
        again = now + AGAIN_SECONDS if code in FOR_A_PERSON else self.restarts.next_at
        log.warning("the show ended %s; it begins again in %.0f s", _how(code), again - now)
        self.bad_starts.append(started)
        if len(self.bad_starts) == 3 and now - self.bad_starts[0] < 60.0:
            log.warning("3 bad starts within a minute: with --unattended it begins with what was last good")
        return again

    def _live(self) -> int:
        """One life of the show, to its end; the exit code."""
        show = self.begin()
        previous = self.clock()
        period, told, hung = START_SECONDS, 0, False
        deadline = previous + period
        try:
            while (code := show.ended()) is None:
                now = self.clock()
                if now - previous > LATE_SECONDS:
                    deadline = max(deadline, now + period)
                previous = now
                for key, _, value in (line.partition("=") for line in show.messages()):
                    match key:
                        case "READY":
                            period = WATCHDOG_SECONDS
                        case "WATCHDOG_USEC" if (
                            value.isdecimal()
                        ):  # it is about to replace itself, and asks for patience
                            period = float(value) / 1e6
                        case "EXTEND_TIMEOUT_USEC" if value.isdecimal():
                            deadline = max(deadline, now + float(value) / 1e6)
                        case "WATCHDOG" if not (hung or self.asked):
                            deadline = now + period
                if self.asked > told:
                    told = self.asked
                    deadline = now + STOP_SECONDS
                    show.stop()
                elif now > deadline:
                    if hung or self.asked:
                        show.kill()
                    else:
                        hung, deadline = True, now + ABORT_SECONDS
                        log.warning("the show hangs: no picture for %.0f s; it is ended", period)
                        show.abort()
                self.wait(0.5)
            return code
        finally:
            show.kill()
            show.messages()  # its last words


def _how(code: int) -> str:
    return f"by signal {-code}" if code < 0 else f"with code {code}"
