"""Moods without an eye, for a maker's desk: set by number keys, or by a script of times and words."""

from __future__ import annotations

from calibration.errors import BadInput
from calibration.venue import Venue
from installation.host.health import Sense
from installation.show.rehearsal import NOBODY, WORDS, mood_of
from models.mood import Mood

AWAY, SPEAKING = "away", "speaking"
"""After a word of a script and a slash: the visitor has turned away from the film; or speaks."""


class ManualMood:
    """Replaces the eye at a maker's desk: nobody is there until a key rehearses a mood."""

    camera = model = Sense.OFF
    fps = 0.0
    line = "moods by number keys: 1 to 8 emotions, 9 undecided, 0 nobody"
    thumbnail = None
    drift = 0.0
    ready = True
    may_look = False
    each = ()

    def start(self) -> None:
        """Nothing to start."""

    def mood(self, now: float) -> Mood:
        """Nobody there: a desk without a script."""
        return mood_of(NOBODY, 0.0, now)

    def set_on(self, on: bool) -> None:
        """Nothing runs."""

    def set_camera(self, on: bool, why: str = "") -> None:
        """No camera is open."""

    def set_thumbnail(self, on: bool, large: bool = False) -> None:
        """No camera is open."""

    def renew(self, venue: Venue) -> None:
        """There is no eye to begin again."""

    def freeze_baseline(self) -> None:
        """No visitor's face is learned."""

    def forget_visitors(self) -> None:
        """Nobody is known."""

    def close(self) -> None:
        """Nothing to close."""


class ScriptedMood(ManualMood):
    """Moods by a list of (seconds, word), counted from the first call of ``mood``; keys still override it."""

    def __init__(self, script: tuple[tuple[float, str], ...]) -> None:
        self._script = script
        self._begun: float | None = None

    def mood(self, now: float) -> Mood:
        """The mood of the script at ``now``, or the one that a key has set."""
        begun = self._begun = now if self._begun is None else self._begun
        past = [(at, word) for at, word in self._script if begun + at <= now]
        if not past:
            return super().mood(now)
        at, word = past[-1]
        word, _, doing = word.partition("/")
        facing, speaking = 0.0 if doing == AWAY else 1.0, doing == SPEAKING
        return mood_of(word, 0.9, now, held_seconds=now - begun - at, facing=facing, speaking=speaking)


def parse_script(typed: str) -> tuple[tuple[float, str], ...]:
    """``happiness@3,nobody@12`` as ((3.0, "happiness"), (12.0, "nobody")). Raises ``BadInput`` with all faults."""
    script, problems = [], []
    for part in filter(None, (part.strip() for part in typed.split(","))):
        word, _, at = part.partition("@")
        try:
            seconds = float(at or 0.0)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < float("inf"):
            problems.append(f"{part!r}: expected a number of seconds after the @, as in happiness@3")
        script.append((seconds, word))
        shown, slash, doing = word.partition("/")
        if shown not in WORDS or (slash and doing not in (AWAY, SPEAKING)):
            problems.append(f"{part!r}: no mood is called {word!r}; known: {', '.join(WORDS)}")
    if problems:
        raise BadInput(*problems, where="--mood")
    return tuple(sorted(script))
