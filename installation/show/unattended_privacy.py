"""The privacy of a show that stands in for one whose venue file cannot be used: never less than the file asks for."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import ValidationError

from calibration.errors import BadFile
from calibration.files import read_text, read_toml
from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue

UNKNOWN = PrivacySettings(kept_shut="what the venue file says under [privacy] cannot be read")
ELSEWHERE = "its zone was drawn for camera settings that cannot be used"
HEADER = re.compile(r"\s*\[{1,2}\s*[A-Za-z\"']")
OURS = re.compile(r"\s*\[\s*privacy\s*[\].]")


def private_as(file: Path | None, replacement: Venue, known: bool) -> Venue:
    """``replacement`` with the [privacy] of ``file``; with its own where there is no telling.

    ``known``: it is the venue that ran here last; else, where there is no telling, the eye stays shut.
    """
    if file is None:  # no venue was named
        return replacement
    said = privacy_said(file)
    if said is None:
        said = replacement.privacy if known else UNKNOWN
    if said.zone and said.zone != replacement.privacy.zone:
        said = said.model_copy(update={"kept_shut": said.kept_shut or ELSEWHERE})
    return replacement.model_copy(update={"privacy": said})


def privacy_said(file: Path) -> PrivacySettings | None:
    """The [privacy] of a venue file, whatever else is wrong with it; None: it cannot be known whether it has one.

    Where it has one that cannot be understood, the eye stays shut.
    """
    try:
        text = read_text(file)
    except BadFile:
        return None
    try:
        said = read_toml(file, text).get("privacy", {})
    except BadFile:
        part, rest = _cut_out(text)
        if not part:
            return UNKNOWN if "privacy" in rest else None
        try:
            said = {} if "privacy" in rest else read_toml(file, part)["privacy"]
        except BadFile:
            return UNKNOWN
        if not said:
            return UNKNOWN
    try:
        return PrivacySettings.model_validate(said)
    except ValidationError:
        return UNKNOWN


def _cut_out(text: str) -> tuple[str, str]:
    """The lines of [privacy] and its tables, and the others."""
    parts: tuple[list[str], list[str]] = ([], [])
    ours = False
    for line in text.splitlines(keepends=True):
        if HEADER.match(line):
            ours = bool(OURS.match(line))
        parts[0 if ours else 1].append(line)
    return "".join(parts[0]), "".join(parts[1])
