"""Tables, colours and bars on a terminal, in which texts from outside are neither markup nor obeyed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from calibration.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress


class PlainConsole(Console):
    """rich's console for texts from outside. Square brackets are no markup unless a call says ``markup=True``."""

    def __init__(self, *, stderr: bool = False, soft_wrap: bool = False) -> None:
        super().__init__(stderr=stderr, soft_wrap=soft_wrap, markup=False, highlight=False, emoji=False)

    def render_str(self, text: str, *args: object, **kwargs: object) -> Text:
        """A text in a table or a line; here, before it is divided into rows, a password is still in one piece."""
        return super().render_str(plain(text), *args, **kwargs)  # type: ignore[arg-type]

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Everything else that gets to the terminal, but for rich's own sequences."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(plain(segment.text), segment.style)


def progress_bar(console: PlainConsole | None = None, transient: bool = True) -> Progress:
    """A bar, on stderr unless ``console`` says otherwise, that goes when it is done; its description is no markup."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console or PlainConsole(stderr=True), transient=transient)
