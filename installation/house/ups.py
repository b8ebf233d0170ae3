"""The battery behind the mains, asked by upsc of Network UPS Tools in a thread of its own."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable

from calibration.errors import Unavailable
from calibration.files import shown
from calibration.house_settings import UpsSettings
from installation.host.console import LossReporter, log
from installation.host.worker import Worker

ASK_SECONDS = 5.0
SHUT_DOWN_AGAIN_SECONDS = 60.0
"""When a command that was to shut the machine down has left it running."""


class UpsFault(Unavailable):
    """The battery cannot be asked; the message says why."""


def ask_upsc(name: str) -> str:
    """Its status, such as ``OL CHRG`` or ``OB LB``. Raises ``UpsFault``."""
    try:
        done = subprocess.run(  # noqa: S603 - the name is checked by the venue's model and is one word
            ["upsc", name, "ups.status"],  # noqa: S607 - where the system has it
            capture_output=True,
            timeout=ASK_SECONDS,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise UpsFault("upsc is not installed (apt-get install nut-client)") from None
    except subprocess.TimeoutExpired:
        raise UpsFault(f"{name} does not answer within {ASK_SECONDS:g} s") from None
    except OSError as error:
        raise UpsFault(f"upsc cannot be run: {error.strerror or error}") from error
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("Error")] or [f"code {done.returncode}"]
        raise UpsFault(f"{name}: {shown(said[0], 200)}")
    return done.stdout.strip()


class Ups:
    """Says whether there is mains; runs the venue's command when the house is dark on battery."""

    def __init__(
        self,
        settings: UpsSettings,
        losses: LossReporter,
        ask: Callable[[str], str] = ask_upsc,
        clock: Callable[[], float] = time.monotonic,
        ask_seconds: float = ASK_SECONDS,
    ) -> None:
        self._settings, self._losses, self._ask, self._clock = settings, losses, ask, clock
        self._ask_seconds = ask_seconds
        self.mains = True
        """False once the machine has run from the battery for longer than the venue allows, or it is nearly empty."""
        self._battery_since: float | None = None
        self._shut_down_at = float("-inf")
        self._closing = threading.Event()
        self._worker = Worker("ups", self._work, losses)
        self._worker.start()

    def shut_down(self) -> None:
        """Run the venue's command, if it has one. Does not wait."""
        command, now = self._settings.shutdown_command, self._clock()
        if not command or now - self._shut_down_at < SHUT_DOWN_AGAIN_SECONDS:
            return
        self._shut_down_at = now
        log.warning("on battery, and the house is dark: running %s", " ".join(command))
        threading.Thread(target=self._run, args=(command,), name="shut down", daemon=True).start()

    def close(self) -> None:
        """Ask no more."""
        self._closing.set()
        self._worker.end(1.0)

    def update(self) -> None:
        """Ask once. A battery that no longer answers while the mains are lost is taken for an empty one."""
        try:
            words = self._ask(self._settings.name).split()
        except UpsFault as fault:
            self._losses.lost("ups", str(fault))
            words = ["OB", "LB"] if self._battery_since is not None else ["OL"]
        else:
            self._losses.back("ups")
        if "OB" not in words:
            self._battery_since, self.mains = None, True
            self._losses.back("mains")
            return
        if self._battery_since is None:
            self._battery_since = self._clock()
            self._losses.lost("mains", f"the machine runs from the battery {self._settings.name}")
        if "LB" in words or self._clock() - self._battery_since >= self._settings.after_seconds:
            self.mains = False

    def _work(self) -> None:
        while not self._closing.is_set():
            self.update()
            self._closing.wait(self._ask_seconds)

    def _run(self, command: tuple[str, ...]) -> None:
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=60.0)  # noqa: S603 - the venue's own command
            why = done.stderr.strip() or f"it ended with code {done.returncode}"
            if done.returncode == 0:
                return
        except (OSError, subprocess.TimeoutExpired) as error:
            why = str(error)
        log.error("%s did not shut the machine down: %s", command[0], shown(why, 200))
