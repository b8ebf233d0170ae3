"""The report's words, numbers and dates in each language; the sentences stand in ``strings/``, one file each."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

from calibration.settings import Language
from installation.report.figures import Share

FOLDER = Path(__file__).parent / "strings"
NARROW = "\u202f"
"""A narrow space that does not break."""
NOTHING = "–"


class Words:
    """One language. Called with a key it gives the sentence, with what is named filled in."""

    def __init__(self, language: Language = "en") -> None:
        self.language = language
        self._said: dict[str, str] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))

    def __call__(self, key: str, **filled: object) -> str:
        """The sentence of ``key``. Raises ``KeyError`` for one that this language lacks."""
        return self._said[key].format(**filled)

    def count(self, value: int | None, about: int | None = None) -> str:
        """A count; one that is not told stands as its tens or, of fewer, as a dash."""
        if value is None:
            return NOTHING if about is None else f"≈{NARROW}{self._grouped(f'{about:,}')}"
        return self._grouped(f"{value:,}")

    def number(self, value: float | None, digits: int = 1) -> str:
        """A number with its decimals, or a dash."""
        return NOTHING if value is None else self._grouped(f"{value:,.{digits}f}")

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share of 0 to 1."""
        return NOTHING if share is None else f"{self._grouped(f'{100 * share:.{digits}f}')}{NARROW}%"

    def share(self, one: Share) -> str:
        """A part of a whole; as a bound where the rest or the part itself is of too few."""
        if one.share is None and one.at_least is not None:
            return f"≥{NARROW}{self.percent(one.at_least)}"
        if one.share is None and one.at_most is not None:
            return f"≤{NARROW}{self.percent(one.at_most)}"
        return self.percent(one.share)

    def span(self, seconds: float | None) -> str:
        """A length of time: ``48 s``, ``3 min 05 s``, ``5 h 20 min``."""
        if seconds is None:
            return NOTHING
        whole = round(seconds)
        if whole < 60:
            return f"{whole}{NARROW}s"
        if whole < 3600:
            return f"{whole // 60}{NARROW}min {whole % 60:02d}{NARROW}s"
        return f"{self._grouped(f'{whole // 3600:,}')}{NARROW}h {whole % 3600 // 60:02d}{NARROW}min"

    def day(self, day: date) -> str:
        """``Thu 26 Nov 2026``, as this language writes it."""
        return self("day", weekday=self.weekday(day), day=day.day, month=self.month(day.month), year=day.year)

    def short_day(self, day: date) -> str:
        """``26 Nov``."""
        return self("short_day", day=day.day, month=self.month(day.month))

    def days(self, first: date, last: date) -> str:
        """One day, or from the first to the last."""
        return self.day(first) if first == last else f"{self.day(first)} – {self.day(last)}"

    def moment(self, moment: datetime) -> str:
        """Day and time."""
        return f"{self.day(moment.date())}, {moment:%H:%M}"

    def weekday(self, day: date) -> str:
        """Its short name."""
        return self("weekdays").split()[day.weekday()]

    def month(self, number: int) -> str:
        """Its short name."""
        return self("months").split()[number - 1]

    def emotion(self, label: str) -> str:
        """How an emotion is called."""
        return self(f"emotion_{label}")

    def _grouped(self, written: str) -> str:
        if self.language == "de":
            return written.replace(",", NARROW).replace(".", ",")
        return written.replace(",", NARROW)
