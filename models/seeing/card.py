"""What a classifier's file says about itself, and the card beside it: a wrong file is refused before the doors open."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from calibration.errors import BadFile
from calibration.files import TEXT_BYTES, describe, read_bytes, shown
from models.labels import LABELS
from models.seeing.align import PREPROCESSING


class ModelCard(BaseModel):
    """The facts that file and card must agree on. The card (NAME.json) may hold more, such as figures."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    sha256: str
    """Of the onnx file, in hexadecimal."""
    labels: tuple[str, ...]
    preprocessing: str
    version: str
    temperature: float
    """Already applied inside the graph; kept here for the record."""
    trained_with: str
    """Fingerprint of faces and recipe."""
    made_from: str = ""
    """Of a variant: sha256 of the float32 file that it was made from; '' if unknown."""


NETWORK_BYTES = 1_000_000_000
"""The shipped one has a hundredth of this."""
FACTS = ("labels", "preprocessing", "version", "temperature", "trained_with")
"""Keys of the onnx file's metadata_props, each a JSON value, the same as in the card."""


def card_beside(model: Path) -> Path:
    """Where the card of ``model`` lies: NAME.json beside NAME.onnx."""
    return model.with_suffix(".json")


def write_card(model: Path, facts: dict[str, object], more: dict[str, object] | None = None) -> Path:
    """Write the card of an exported ``model``. ``facts`` has the keys of ``FACTS``; ``more`` is kept as it is."""
    digest = hashlib.sha256(model.read_bytes()).hexdigest()
    card = ModelCard.model_validate({**(more or {}), "sha256": digest, **facts})
    path = card_beside(model)
    content = {**(more or {}), **card.model_dump(mode="json", exclude_defaults=True)}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return path


def read_card(model: Path) -> ModelCard:
    """The card of ``model``, after the file's sha256, labels and preprocessing have been checked.

    Raises ``BadFile`` with every fault found.
    """
    path = card_beside(model)
    try:
        content = read_bytes(model, NETWORK_BYTES)
    except BadFile as error:
        raise BadFile(model, [f"the classifier cannot be read: {error.problems[0]}"]) from error
    try:
        card = ModelCard.model_validate_json(read_bytes(path, TEXT_BYTES))
    except BadFile as error:
        problem = f"the card {path.name} that describes it cannot be read: {error.problems[0]}"
        raise BadFile(model, [problem]) from error
    except ValidationError as error:
        raise BadFile(path, describe(error, ModelCard)) from error
    faults = []
    digest = hashlib.sha256(content).hexdigest()
    if digest != card.sha256.lower():
        given = shown(card.sha256, 15)
        faults.append(f"is not the file of its card {path.name}: sha256 {digest[:12]}..., card {given}")
    faults += unfit(card.labels, card.preprocessing)
    if faults:
        raise BadFile(model, faults)
    return card


def unfit(labels: tuple[str, ...], preprocessing: str) -> list[str]:
    """Why a network with these labels and this preprocessing cannot be used here."""
    faults = []
    if labels != LABELS:
        faults.append(f"labels are {shown(', '.join(labels), 200)}; expected, in this order: {', '.join(LABELS)}")
    if preprocessing != PREPROCESSING:
        faults.append(f"preprocessing is {shown(repr(preprocessing))}; this version uses {PREPROCESSING!r}")
    return faults
