"""The words of notices in each language: ``strings/``, one file each; a sentence, or a list of short lines."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import get_args

from calibration.privacy_settings import NoticeLanguage, PrivacySettings

FOLDER = Path(__file__).parent / "strings"
_ARTICLE = re.compile(r"(?<=[Aa]rt\.) (?=\d)")
"""Between "Art." and its number, where no line should end."""
LANGUAGES: tuple[NoticeLanguage, ...] = get_args(NoticeLanguage)


class Words:
    """One language. Called with a key it gives the sentence, with what is named filled in."""

    def __init__(self, language: NoticeLanguage) -> None:
        self.language = language
        self._said = _read(language)

    def __call__(self, key: str, **filled: object) -> str:
        """The sentence of ``key``. Raises ``KeyError`` for one that this language lacks."""
        return "\n".join(self.lines(key, **filled))

    def lines(self, key: str, **filled: object) -> tuple[str, ...]:
        """The short lines of ``key``."""
        said = self._said[key]
        return tuple(
            _ARTICLE.sub("\u00a0", line).format(**filled) for line in ([said] if isinstance(said, str) else said)
        )


@cache
def _read(language: NoticeLanguage) -> dict[str, str | list[str]]:
    said: dict[str, str | list[str]] = json.loads((FOLDER / f"{language}.json").read_text("utf-8"))
    return said


def attract_line(language: NoticeLanguage) -> str:
    """The sentence that the film itself shows while it waits for visitors."""
    return Words(language)("attract_line")


def notice_lines(settings: PrivacySettings) -> tuple[str, ...]:
    """What the attract scene shows of the notice, in each language two rows; nothing where no eye is ever opened."""
    wanted = settings.notice_in_attract and not settings.stays_shut
    return tuple(attract_line(one).replace(". ", ".\n") for one in settings.languages) if wanted else ()
