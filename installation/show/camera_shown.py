"""The camera's small picture on the consoles: only after somebody asked, for a minute at most, noted in the journal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from installation.host.journal import Journal
from scenes.machine.command import Origin


class SmallPictures(Protocol):
    """Who has them: the eye."""

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """Send small pictures for the operator, or stop; ``large``: large enough to draw on."""

    @property
    def thumbnail(self) -> bytes | None:
        """The newest small picture (JPEG), while one was asked for."""


class CameraShown:
    """Until when the picture is shown, and to whom it was granted. ``eye`` gives it; for the stage's thread."""

    def __init__(self, eye: SmallPictures, journal: Journal) -> None:
        self._eye, self._journal = eye, journal
        self._since, self._sent = 0.0, b""
        self.until: float | None = None
        """Monotonic seconds; None: it is not shown."""

    def show(self, seconds: float, large: bool, now: float, origin: Origin) -> None:
        """Show it for ``seconds`` from ``now`` on; 0 ends it at the next ``follow``."""
        if self.until is None and seconds:
            self._since = now
        if seconds:
            self._eye.set_thumbnail(True, large)
            self._journal.note("camera_shown", now, on=True, seconds=seconds, large=large, source=str(origin))
        if seconds or self.until is not None:
            self.until = now + seconds

    def follow(self, now: float, overlay: Callable[[], bool]) -> bytes | None:
        """A new picture to be sent, if there is one. The overlay keeps the pictures for itself while it is open."""
        if self.until is None:
            return None
        if now >= self.until:
            self.end(now, overlay())
            return None
        picture = self._eye.thumbnail
        if not picture or picture is self._sent:
            return None
        self._sent = picture
        return picture

    def end(self, now: float, overlay: bool) -> None:
        """Show it no longer."""
        if self.until is None:
            return
        self.until, self._sent = None, b""
        self._journal.note("camera_shown", now, on=False, seconds=round(now - self._since, 1))
        if not overlay:
            self._eye.set_thumbnail(False)
