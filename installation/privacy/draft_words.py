"""Words and templates of the drafts in one language (``papers/``), and how a user's text becomes plain Markdown."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

from installation.privacy.words import Words

PaperLanguage = Literal["en", "de"]
"""A language in which the drafts are written."""
FOLDER = Path(__file__).parent / "papers"
PAPERS = ("dpia", "records", "fria", "agreement", "instructions", "technical-file", "logs")
"""The drafts by the names of their files, in the order in which they are read."""
SPECIAL = re.compile(r"([\\`*_\[\]<>|{}#])")


class Phrases:
    """One language. Called with a name it gives the phrase, with what is named filled in."""

    def __init__(self, language: PaperLanguage) -> None:
        self.language = language
        self._emotions = Words(language)
        self._said: dict[str, str] = json.loads((FOLDER / language / "words.json").read_text("utf-8"))

    def __call__(self, phrase: str, **filled: object) -> str:
        """What is called ``phrase``. Raises ``KeyError`` for one that this language lacks."""
        return self._said[phrase].format(**filled)

    def missing(self, key: str) -> str:
        """The mark for a key that the venue file lacks."""
        return f"**[{self('missing', key=key)}]**"

    def emotion(self, label: str) -> str:
        """How an emotion is called."""
        return self._emotions(f"emotion_{label}")

    def percent(self, share: float) -> str:
        """``89.8 %``."""
        return f"{self.number(100 * share, 1)} %"

    def number(self, value: float, digits: int) -> str:
        """With the language's own decimal sign."""
        written = f"{value:.{digits}f}"
        return written.replace(".", ",") if self.language == "de" else written

    def template(self, name: str) -> str:
        """The text of a paper, to be filled in."""
        return (FOLDER / self.language / f"{name}.md").read_text("utf-8")


def literal(text: str) -> str:
    """What a user wrote, on one line and without a meaning for Markdown."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
