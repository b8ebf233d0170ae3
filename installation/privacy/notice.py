"""The notice as files: what is written for which language, and what a person must still look after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from calibration.errors import BadFile, BadInput
from calibration.privacy_settings import FORBIDDEN_PLACES, PrivacySettings
from installation.privacy.facts import Facts, missing_keys, refuse_forbidden
from installation.privacy.page import page_html
from installation.privacy.sheet import LEGIBLE_POINTS, Sheet, Size, easy_sheet, sign
from installation.privacy.statements import spoken
from installation.privacy.words import LANGUAGES, Words

TOGETHER = "+"
"""Between the languages of one sign: ``de+en``."""


@dataclass(frozen=True, slots=True)
class Written:
    """One file of the notice."""

    path: Path
    remark: str = ""
    """What its maker should know of it."""


def signs_of(named: Sequence[str], privacy: PrivacySettings) -> tuple[tuple[Words, ...], ...]:
    """The languages of each sign, as typed, or else a sign for each of the venue's. Raises ``BadInput``."""
    typed = [tuple(one.split(TOGETHER)) for one in named] or [(one,) for one in privacy.languages]
    known = {str(language): language for language in LANGUAGES}
    if wrong := sorted({code for sheet in typed for code in sheet} - known.keys()):
        which = f"{', '.join(map(repr, wrong))}: no such language; expected {', '.join(LANGUAGES)}"
        raise BadInput(f"{which}, or two on one sheet such as de+en", where="--language")
    return tuple(tuple(Words(known[code]) for code in dict.fromkeys(sheet)) for sheet in dict.fromkeys(typed))


def unsaid(privacy: PrivacySettings) -> Iterator[str]:
    """Each key that is missing, with what to write there."""
    for key in missing_keys(privacy):
        field = PrivacySettings.model_fields[key]
        choices = [one for one in get_args(field.annotation) if one and one not in FORBIDDEN_PLACES]
        told = (field.description or "").partition(";")[0]
        words = f" ({', '.join(choices)})" if choices else ""
        yield f"privacy.{key} is missing: {told}{words}"
    if privacy.kept_shut:
        yield f"privacy.kept_shut keeps the eye shut ({privacy.kept_shut}): the notice tells how it is once it may look"
    if not privacy.page:
        yield "privacy.page is missing, so the sign has no QR code: the web address at which index.html will be read"
    elif not privacy.page.startswith(("https://", "http://")):
        yield "privacy.page begins with no https://, so a telephone may not open it"


def write_notice(
    facts: Facts, signs: Sequence[Sequence[Words]], size: Size, folder: Path, today: date
) -> Iterator[Written]:
    """Write the page and the texts, then the sheets. Raises ``BadInput`` where nothing may be shown, ``BadFile``, and
    as ``report_pdf``: the texts are there then.
    """
    refuse_forbidden(facts.privacy)
    languages = {words.language: words for sheet in signs for words in sheet}
    yield _write(folder / "index.html", page_html(facts, [*languages.values()], today).encode())
    for code, words in languages.items():
        yield _write(folder / f"spoken-{code}.txt", spoken(facts, words).encode())
    for sheet in signs:
        name = TOGETHER.join(words.language for words in sheet)
        yield _write_sheet(folder / f"sign-{name}.pdf", sign(facts, sheet, size))
    for code, words in languages.items():
        yield _write_sheet(folder / f"easy-{code}.pdf", easy_sheet(facts, words, size))


def _write_sheet(path: Path, sheet: Sheet) -> Written:
    written = _write(path, sheet.pdf)
    if sheet.lead_points >= LEGIBLE_POINTS:
        return written
    remark = f"its main sentences have {sheet.lead_points:.1f} points; {LEGIBLE_POINTS:.0f} are read at 2 m"
    return Written(path, f"{remark}: print it larger, or shorten what [privacy] says")


def _write(path: Path, content: bytes) -> Written:
    """The file whole, or not at all; a folder that is missing is made."""
    new = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error
    return Written(path)
