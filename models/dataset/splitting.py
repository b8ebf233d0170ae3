"""Dividing a set for training by person: nobody is in two parts, and neither are two pictures of the same face."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.arrays import Doubles
from models.dataset.doubles import together
from models.dataset.table import PARTS, FaceRow
from models.labels import LABELS


@dataclass(frozen=True, slots=True)
class Split:
    """The rows with their parts, and what has to be known of it."""

    rows: tuple[FaceRow, ...]
    remarks: tuple[str, ...]
    usable: bool
    """There is something to learn from and something to choose on."""


def split_by_person(
    rows: Sequence[FaceRow], doubles: Sequence[tuple[int, int]], shares: tuple[float, float, float], seed: int
) -> Split:
    """Give each row a part; ``shares`` of train, valid and test sum to 1, ``doubles`` are pairs of indices.

    The largest groups first, each to the part that lacks most of what the group shows: so every class comes near to
    its shares as far as there are people enough.
    """
    groups = _groups(rows, doubles)
    counts = np.array([_per_class([rows[i] for i in group]) for group in groups])
    order = np.random.default_rng(seed).permutation(len(groups))
    order = order[np.argsort(-counts[order].sum(1), kind="stable")]
    wanted = np.outer(shares, counts.sum(0)).astype(np.float64)
    given = np.zeros_like(wanted)
    part_of: dict[int, str] = {}
    for number in order.tolist():
        part = _most_lacking(wanted, given, counts[number])
        given[part] += counts[number]
        part_of |= dict.fromkeys(groups[number], PARTS[part])
    divided = tuple(replace(row, part=part_of[i]) for i, row in enumerate(rows))
    return Split(divided, tuple(_remarks(divided, shares, groups)), bool(given[0].any() and given[1].any()))


def _groups(rows: Sequence[FaceRow], doubles: Sequence[tuple[int, int]]) -> list[list[int]]:
    first: dict[str, int] = {}
    # Two people may be taken for one (Ben, ben), never one for two.
    same = [(first.setdefault(row.person.casefold(), i), i) for i, row in enumerate(rows) if row.person]
    groups: dict[int, list[int]] = {}
    for i, root in enumerate(together(len(rows), [*same, *doubles])):
        groups.setdefault(root, []).append(i)
    return list(groups.values())


def _per_class(rows: Sequence[FaceRow]) -> list[int]:
    there = Counter(row.label for row in rows)
    return [there[label] for label in LABELS]


def _most_lacking(wanted: Doubles, given: Doubles, group: Doubles) -> int:
    lacks = (wanted - given) / np.maximum(wanted, 1e-9)
    worth = group / np.maximum(wanted.sum(0), 1)  # a rare class has as much of a say as a common one
    open_parts = wanted.sum(1) > 0
    return int(np.where(open_parts, (lacks * worth).sum(1), -np.inf).argmax())


def _remarks(rows: Sequence[FaceRow], shares: Sequence[float], groups: Sequence[Sequence[int]]) -> list[str]:
    asked = [part for part, share in zip(PARTS, shares, strict=True) if share > 0]
    told = []
    for label in LABELS:
        there = [row for row in rows if row.label == label]
        parts, people = {row.part for row in there}, {row.person for row in there if row.person}
        lacking = [part for part in asked if part not in parts]
        if there and lacking:
            who = f"{len(people)} {'person shows' if len(people) == 1 else 'people show'} it"
            apart = sum(any(rows[i].label == label for i in group) for group in groups)
            if apart < len(people):
                who += f" (doubles bind them into {apart})"
            told.append(
                f"{label}: none in {' and '.join(lacking)}: {who if people else 'too few faces'},"
                " and nobody is in two parts"
            )
    nobody = sum(not row.person for row in rows)
    if nobody:
        told.append(f"{nobody} faces have no person: the same person may be in two parts (only doubles stay together)")
    return told
