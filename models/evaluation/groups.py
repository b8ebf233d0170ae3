"""A classifier's figures by group of people, each with how far it can be trusted: a small group says little."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from models.arrays import Floats, Integers
from models.labels import LABELS

Z = 1.959963984540054
"""Of a 95 % interval."""
NEUTRAL = LABELS.index("neutral")
UNNAMED = "(no group)"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927), which also holds for few and for none; ``whole`` at least 1."""
    share, squared = part / whole, Z * Z
    middle = share + squared / (2 * whole)
    half = Z * math.sqrt(share * (1 - share) / whole + squared / (4 * whole * whole))
    scale = 1 + squared / whole
    return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with its 95 % interval (``wilson``)."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """From 0 to 1; 0 of nothing is 0."""
        return self.count / self.of if self.of else 0.0

    @property
    def between(self) -> tuple[float, float]:
        """Lower and upper end."""
        return wilson(self.count, self.of) if self.of else (0.0, 1.0)

    def percent(self) -> str:
        """As text, with its interval."""
        if not self.of:
            return "-"
        low, high = self.between
        return f"{100 * self.value:.1f} ({100 * low:.1f} to {100 * high:.1f})"


@dataclass(frozen=True, slots=True)
class GroupScores:
    """How well the faces of one group are read."""

    name: str
    right: Share
    """Of its faces, those read as labelled."""
    neutral_misread: Share
    """Of its neutral faces, those read as something else: what a film would answer to though nothing was shown."""
    read_as: str
    """As what they are mostly misread; '' = none is."""


def by_group(probabilities: Floats, labels: Integers, groups: Sequence[str]) -> tuple[GroupScores, ...]:
    """Figures of each group, the largest first; empty where nothing is known of groups."""
    read = probabilities.argmax(1)
    members: dict[str, list[int]] = {}
    for k, name in enumerate(groups):
        members.setdefault(name or UNNAMED, []).append(k)
    made = []
    for name, which in sorted(members.items(), key=lambda item: -len(item[1])):
        resting = [k for k in which if labels[k] == NEUTRAL]
        wrong = Counter(LABELS[read[k]] for k in resting if read[k] != NEUTRAL)
        made.append(
            GroupScores(
                name,
                Share(int(sum(read[k] == labels[k] for k in which)), len(which)),
                Share(wrong.total(), len(resting)),
                wrong.most_common(1)[0][0] if wrong else "",
            )
        )
    return tuple(made)
