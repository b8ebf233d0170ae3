"""The guide of a recording: in a window where there is a display, else in the terminal."""

from __future__ import annotations

from installation.calibrate.guide import Guide, TextGuide
from installation.film.screen import no_display


def open_guide(window: bool, yes: bool, **words: str) -> Guide:
    """The guide; ``yes``: it asks nobody. ``words``: what stands in the window (``WindowGuide``)."""
    text = TextGuide(yes)
    if not window or yes or no_display():
        return text
    from installation.calibrate.window import NoWindow, WindowGuide

    try:
        return WindowGuide(text, **words)
    except NoWindow as error:
        text.warn(f"no window: {error}")
        return text
