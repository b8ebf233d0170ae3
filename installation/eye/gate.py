"""What of an eye may be used: nothing while it is shut, and nothing of before once it is open again."""

from __future__ import annotations

import threading
from collections.abc import Callable

from models.mood import Mood, unseen

RESTING = "the eye is off while the house is closed"
OUTDATED = "the eye is shut until it has begun again with the venue's new settings"
SWITCHED_OFF = "the camera is switched off"
JUST_OPENED = "the eye has just been opened"


class Gate:
    """Between an eye's process and the show. Any thread may call; ``barred``: why no eye may run at all, or ''."""

    def __init__(self, barred: str, clock: Callable[[], float]) -> None:
        self.barred, self._clock = barred, clock
        self.on = True
        """The house is not closed."""
        self._asked, self._why, self._outdated = True, "", False
        self._open_from = self.shut_at = float("-inf")
        self._lock = threading.Lock()

    @property
    def runs(self) -> bool:
        """An eye's process is to run."""
        return self.on and not self.barred

    @property
    def camera(self) -> bool:
        """The eye that runs is to have its camera open."""
        return self._asked and not self._outdated

    @property
    def outdated(self) -> bool:
        """What the eye that runs would look at is not what the venue allows any more."""
        return self._outdated

    @property
    def why(self) -> str:
        """Why it is shut; '' where it is open."""
        return self.barred or ("" if self.on else RESTING) or (OUTDATED if self._outdated else "") or self._why

    def set_camera(self, on: bool, why: str) -> None:
        """Open it or shut it, for all eyes to come."""
        with self._lock:
            self._note(self._asked, on)
            self._asked, self._why = on, "" if on else why or SWITCHED_OFF

    def set_outdated(self, outdated: bool) -> None:
        """Shut it until another eye has come, or open it for that one."""
        with self._lock:
            self._note(not self._outdated, not outdated)
            self._outdated = outdated

    def passed(self, mood: Mood) -> Mood:
        """``mood``, or one that says why nothing may be known of it."""
        why = self.why
        if not why and not (mood.trusted and mood.captured_at < self._open_from):
            return mood
        return unseen(mood.captured_at, why or JUST_OPENED)

    def use(self, mood: Mood, use: Callable[[Mood], None]) -> None:
        """Let ``use`` have what may be used of ``mood``; the gate is shut before or after that, not in between."""
        with self._lock:
            use(self.passed(mood))

    def is_of_now(self, mood: Mood) -> bool:
        """It was seen, or could not be, since the gate was opened."""
        return not self.why and mood.captured_at >= self._open_from

    def _note(self, was: bool, now: bool) -> None:
        if was and not now:
            self.shut_at = self._clock()
        elif now and not was:
            self._open_from = self._clock()
