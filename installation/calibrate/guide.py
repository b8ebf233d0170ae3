"""Leads technician and volunteers through the steps in the terminal; ``window`` adds a live picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from calibration.errors import BadInput, Refused
from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.lamp_drawing import lamp_in_letters
from installation.calibrate.region import read_region
from installation.host.plain_console import PlainConsole, progress_bar
from models.arrays import Image


class Cancelled(Refused):
    """The technician ended the calibration; the last one is unchanged."""


Words = str | Callable[[], str]
"""What stands over a picture; a function, where it changes from picture to picture."""


def words_now(text: Words) -> str:
    """As they are at this moment."""
    return text if isinstance(text, str) else text()


class Guide(Protocol):
    """Says what to do, and asks."""

    def say(self, text: str) -> None:
        """One line for whoever stands there."""

    def step(self, number: int, of: int, name: str) -> None:
        """A step begins: "step 1 of 4: camera"."""

    def warn(self, text: str) -> None:
        """A line that has to be noticed."""

    def ask(self, question: str, default: str = "") -> str:
        """An answer in words. Raises ``Cancelled``."""

    def agreed(self, question: str) -> bool:
        """A yes or a no. Raises ``Cancelled``."""

    def ready(self, text: Words, pictures: Iterable[Image]) -> None:
        """Wait, showing ``pictures``, until somebody starts it; then count down. Raises ``Cancelled``."""

    def shown(self, pictures: Iterable[Image], text: Words) -> Iterator[Image]:
        """The same pictures, each shown with ``text`` as it passes."""

    def region(self, now: Region, pictures: Iterable[Image]) -> Region:
        """Where visitors can stand; ``now`` is the region so far. Raises ``Cancelled``."""

    def drawn(self, light: LightProfile, words: str) -> None:
        """Draw the lamp that was found. Raises ``Cancelled``."""

    def progress(self, text: str) -> AbstractContextManager[Callable[[float], None]]:
        """Something takes a while: what is called with the share done (0 to 1). May raise ``Cancelled``."""

    def take_the_keyboard(self) -> None:
        """Another window had it."""

    def close(self) -> None:
        """Close what was opened."""


class TextGuide:
    """In the terminal; works over ssh. ``yes`` answers every question so, and waits for nobody."""

    def __init__(self, yes: bool = False) -> None:
        self._yes = yes
        self.console = PlainConsole(stderr=True, soft_wrap=True)

    def say(self, text: str) -> None:
        """On stderr, so that stdout holds the result alone."""
        self.console.print(text)

    def step(self, number: int, of: int, name: str) -> None:
        """On a line of its own."""
        self.say(f"step {number} of {of}: {name}")

    @contextmanager
    def progress(self, text: str) -> Iterator[Callable[[float], None]]:
        """A bar that is gone afterwards."""
        with progress_bar(self.console) as bar:  # our console, or words and bar run together
            task = bar.add_task(text, total=1.0)
            yield lambda share: bar.update(task, completed=share)

    def warn(self, text: str) -> None:
        """With a mark and a colour."""
        self.console.print(f"! {text}", style="yellow")

    def ask(self, question: str, default: str = "") -> str:
        """Enter alone gives ``default``."""
        if self._yes:
            return default
        return self._typed(f"{question}{f' [{default}]' if default else ''}: ").strip() or default

    def agreed(self, question: str) -> bool:
        """Anything but a yes is a no."""
        return self._yes or self._typed(f"{question} (y/n): ").strip().lower() in ("y", "yes")

    def ready(self, text: Words, pictures: Iterable[Image]) -> None:  # noqa: ARG002 - a terminal shows none
        """Enter starts the countdown."""
        if self._yes:
            self.say(words_now(text))
            return
        if self._typed(f"{words_now(text)}  [Enter = start, q = quit] ").strip().lower() in ("q", "quit"):
            raise Cancelled
        for n in (3, 2, 1):
            self.say(f"  {n}")
            time.sleep(0.7)

    def shown(self, pictures: Iterable[Image], text: Words) -> Iterator[Image]:  # noqa: ARG002 - ``ready`` has said it
        """The same pictures, with a line before and after."""
        if not self._yes:
            self.say("  recording")
        yield from pictures
        if not self._yes:
            self.say("  done")

    def region(self, now: Region, pictures: Iterable[Image]) -> Region:  # noqa: ARG002 - a terminal shows none
        """Typed as four numbers."""
        sides = ",".join(f"{getattr(now, side):g}" for side in type(now).model_fields)
        while True:
            typed = self.ask("Where can visitors stand? LEFT,TOP,RIGHT,BOTTOM as shares of the picture, 0 to 1", sides)
            try:
                return now if typed == sides else read_region(typed)
            except BadInput as error:
                self.warn("; ".join(error.problems))

    def drawn(self, light: LightProfile, words: str) -> None:
        """As letters."""
        self.say(lamp_in_letters(light))
        self.say(f"  {words}")

    def take_the_keyboard(self) -> None:
        """A terminal has its own."""

    def close(self) -> None:
        """A terminal stays open."""

    def _typed(self, question: str) -> str:
        try:
            return self.console.input(question)
        except (EOFError, KeyboardInterrupt):
            raise Cancelled from None
