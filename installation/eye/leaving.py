"""Whoever asked to be forgotten is not looked at again on the way out."""

from __future__ import annotations

LONGEST_SECONDS = 60.0
"""A poster of a face never leaves, and the next visitors may come meanwhile."""


class Leaving:
    """Waits until the picture has been without a face for ``empty_seconds``, a minute at most."""

    def __init__(self, empty_seconds: float) -> None:
        self._empty_seconds = empty_seconds
        self._since: float | None = None
        self._face_at = 0.0

    def gone(self, face: bool, now: float) -> bool:
        """Whether they have gone by ``now`` (seconds); ``face``: there is one in the picture."""
        if self._since is None:
            self._since = self._face_at = now
        if face:
            self._face_at = now
        return now - self._face_at >= self._empty_seconds or now - self._since >= LONGEST_SECONDS
