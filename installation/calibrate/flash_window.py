"""The film's display shows ``flash_pattern``, in a process of its own: the calibration has a window already.

``python -m installation.calibrate.flash_window``; its standard input is the venue's ``[screen]`` as JSON. It writes one
line for each step when it is on the display: the second of the monotonic clock. It shows the pattern until it is ended.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

from calibration.errors import Exit, Unavailable
from calibration.settings import ScreenSettings
from installation.calibrate.flash_pattern import STEP_SECONDS, draw_fields
from installation.calibrate.guide import Cancelled
from installation.film.screen import NoScreen, Screen
from installation.host.ending import die_with_the_stage
from installation.host.terminal import say

OPENS_WITHIN_SECONDS = 20.0
ROOT = Path(__file__).parents[2]


class FlashWindow:
    """The process, as the calibration holds it. Raises ``NoScreen`` when it shows nothing."""

    def __init__(self, settings: ScreenSettings) -> None:
        self.shown: list[float] = []
        """When each step was on the display, as far as it has got."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "installation.calibrate.flash_window"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))},
        )
        self._first = threading.Event()
        self._said: list[str] = []
        self._threads = [threading.Thread(target=part, daemon=True) for part in (self._hear, self._hear_errors)]
        for thread in self._threads:
            thread.start()
        with suppress(BrokenPipeError):  # dead already: what it said follows
            if self._process.stdin:
                with self._process.stdin as line:
                    line.write(settings.model_dump_json())
        if not self._first.wait(OPENS_WITHIN_SECONDS) or not self.shown:
            self.close()
            raise NoScreen(" ".join(self._said) or "the display shows nothing: its window did not open in time")

    def check(self) -> None:
        """Raises ``Cancelled`` when somebody closed it, ``NoScreen`` when it died."""
        code = self._process.poll()
        if code == Exit.NOT_AS_WANTED:
            raise Cancelled("the pattern was closed")
        if code is not None:
            raise NoScreen(" ".join(self._said) or f"the pattern's window died (exit code {code})")

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(2.0)
        self._process.kill()
        self._process.wait()
        for thread in self._threads:
            thread.join(1.0)

    def _hear(self) -> None:
        for line in self._process.stdout or ():
            self.shown.append(float(line))
            self._first.set()
        self._first.set()

    def _hear_errors(self) -> None:
        for line in self._process.stderr or ():
            self._said.append(line.strip())


def main() -> int:
    """Show the pattern until the process is ended, or somebody presses Esc."""
    die_with_the_stage()
    settings = ScreenSettings.model_validate_json(sys.stdin.read())
    import pygame

    try:
        # The whole display: the wall is what the camera may see, however large the film's window is.
        screen = Screen(
            settings.model_copy(update={"fullscreen": True}), headless=os.environ.get("SDL_VIDEODRIVER") == "dummy"
        )
    except Unavailable as error:
        say(str(error), err=True)
        return Exit.UNAVAILABLE
    begun = time.monotonic()
    for step in count():
        screen.show(draw_fields(screen.size, step))
        say(repr(time.monotonic()))
        sys.stdout.flush()
        while (left := begun + (step + 1) * STEP_SECONDS - time.monotonic()) > 0:
            if any(event.type == pygame.QUIT or _is_escape(event) for event in pygame.event.get()):
                screen.close()
                return Exit.NOT_AS_WANTED
            time.sleep(min(left, 0.05))
    return Exit.OK


def _is_escape(event: object) -> bool:
    import pygame

    return getattr(event, "type", 0) == pygame.KEYDOWN and getattr(event, "key", 0) == pygame.K_ESCAPE


if __name__ == "__main__":
    sys.exit(main())
