"""What the emotion network's card says of it: figures from NAME.json, sections word for word from NAME.md."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from calibration.errors import BadFile
from calibration.files import TEXT_BYTES, read_bytes, read_text
from models.seeing.card import card_beside

MADE, WORTH, FAILS = "What it was made from", "What it is worth", "Where it fails"
USE = "For what, and not for what"
SECTIONS = (MADE, WORTH, FAILS, USE)
"""Headings of a card in words."""


class Validation(BaseModel):
    """Measured on labelled faces that it was not trained on."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    n: int
    accuracy: float
    macro_f1: float
    ece: float
    recall: dict[str, float]


class _Card(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    validation: Validation | None = None


@dataclass(frozen=True, slots=True)
class CardInWords:
    """Of one network."""

    file: str
    validation: Validation | None
    """None: its card has no figures."""
    sections: Mapping[str, str]
    """By heading; those that its card has."""

    @property
    def groups(self) -> str:
        """What is known of how well it reads people of different groups; '' = its card says nothing of it."""
        found = re.search(r"^- \*\*People\.\*\* (.+?)(?=^- |\Z)", self.sections.get(FAILS, ""), re.S | re.M)
        return " ".join(found[1].split()) if found else ""


def card_in_words(network: Path) -> CardInWords:
    """The card of ``network``; what it lacks is left out."""
    try:
        validation = _Card.model_validate_json(read_bytes(card_beside(network), TEXT_BYTES)).validation
    except (BadFile, ValidationError):
        validation = None
    try:
        text = read_text(network.with_suffix(".md"))
    except BadFile:
        text = ""
    return CardInWords(network.name, validation, _sections(text))


def _sections(text: str) -> dict[str, str]:
    """Headings of the second order and what stands below them, without pictures and with links as their words."""
    text = re.sub(r"!\[[^]]*\]\([^)]*\)", "", text)
    text = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", text)
    parts = re.split(r"^## (.+)$", text, flags=re.M)[1:]
    return {head.strip(): body.strip() for head, body in zip(parts[::2], parts[1::2], strict=True)}
