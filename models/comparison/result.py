"""What a comparison found, as values that are kept as JSON and drawn as table and page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

from models.comparison.emotion_sets import SetScores

Kind = Literal["clean", "real lamps", "rendered lamps", "other set"]


@dataclass(frozen=True, slots=True)
class Figures:
    """One method on one set of faces."""

    n: int
    accuracy: float
    macro_f1: float
    ece: float
    recall: dict[str, float]
    among: SetScores | None
    """Where only emotions that the set has may be answered."""
    emotion_sets: dict[str, SetScores] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """One set of faces that every method was measured on."""

    name: str
    kind: Kind
    n: int
    digest: str
    classes: dict[str, int]
    told: tuple[str, ...] = ()
    """What was left out of it."""


@dataclass(frozen=True, slots=True)
class RowResult:
    """One method of the table."""

    key: str
    title: str
    part: str
    """Of the table."""
    learned_from: int
    """Faces; 0: it was not trained here."""
    epochs: int
    """0: it knows none."""
    training_seconds: float
    """Of processor time; 0: it was not trained here."""
    size_bytes: int
    milliseconds: float
    """Of processor time: a face, one at a time."""
    figures: dict[str, Figures]
    """By the name of the set."""


@dataclass(frozen=True, slots=True)
class TransferResult:
    """Few faces of a new set: our network fine-tuned on them beside one that sees nothing else."""

    set_name: str
    faces: int
    measured: int
    """Faces of the set on which no network learned."""
    as_it_is: float
    """Accuracy, where only emotions that the set has may be answered; of ours without any training."""
    fine_tuned: float
    alone: float


@dataclass(frozen=True, slots=True)
class FilterResult:
    """One filter of a visitor's looks, measured on sequences."""

    name: str
    believed_after: float
    """Seconds for which an emotion leads before it is believed."""
    figures: dict[str, float]
    """By what they say, with their unit."""
    milliseconds: float
    """A look."""
    size_bytes: int = 0
    """Of its weights; 0: it has learned nothing."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole table."""

    network: str
    """The shipped network: name, version, start of its sha256."""
    faces: str
    learning: int
    choosing: int
    scale: str
    sets: tuple[MeasuredOn, ...]
    rows: tuple[RowResult, ...]
    transfer: tuple[TransferResult, ...]
    told: tuple[str, ...]
    """Rows that could not be made and why, and what was left out of the training faces."""
    filters: tuple[FilterResult, ...] = ()
    """On sequences."""

    def names(self, kind: Kind) -> list[str]:
        """The sets of this kind."""
        return [one.name for one in self.sets if one.kind == kind]

    def mean(self, row: RowResult, kind: Kind) -> float | None:
        """A method's mean accuracy on the sets of this kind; None where there is none."""
        found = [row.figures[name].accuracy for name in self.names(kind) if name in row.figures]
        return sum(found) / len(found) if found else None


def fall(row: RowResult, clean: Figures | None, name: str) -> float | None:
    """Points of accuracy that a method loses on another set, both read among that set's emotions."""
    there = row.figures.get(name)
    if there is None or there.among is None or clean is None or clean.emotion_sets.get(name) is None:
        return None
    return 100 * (clean.emotion_sets[name].accuracy - there.among.accuracy)


KEPT_ROW = TypeAdapter(RowResult)
KEPT_TRANSFER = TypeAdapter(list[TransferResult])
KEPT_FILTERS = TypeAdapter(list[FilterResult])
WHOLE = TypeAdapter(Comparison)
