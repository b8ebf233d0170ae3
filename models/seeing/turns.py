"""Whose turn it is to be classified: the nearest faces in each look, the others one after the other.

A look costs no more with a crowd than with a few: whoever is not classified keeps what was read last, with its age.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import itemgetter

import numpy as np

from models.arrays import Doubles
from models.estimate import EmotionEstimate
from models.frame import Detection

REACH = 0.5
"""Heights of a face within which it is the face of the look before. (Heads that touch are one height apart.)"""
SIZE_RATIO = 1.5

_Reading = tuple[float, EmotionEstimate]
"""When a face was classified, and as what."""


class Turns:
    """Knows when each face was classified last. Call ``due`` and then ``complete`` for each look that has faces.

    ``at_most``: faces to classify in one look. As long as no more are there, nothing is remembered that counts.
    """

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self.forget()

    def forget(self) -> None:
        """Keep nothing of the faces of before."""
        self._places: Doubles = np.empty((0, 3))
        self._readings: list[_Reading | None] = []

    def due(self, found: Sequence[Detection], now: float) -> list[int]:
        """Which of ``found`` (indices, in their order) are to be classified in this look, at ``now`` (seconds).

        Half of ``at_most`` are the nearest. The others are those that have waited longest; who was never read is first.
        """
        places = np.array([_place(face) for face in found])
        everybody = len(found) <= self._at_most
        self._readings = [None] * len(found) if everybody else list(self._carried(places, now))
        self._places = places
        if everybody:
            return list(range(len(found)))
        nearest = sorted(range(len(found)), key=lambda i: -places[i, 2])
        half = self._at_most // 2
        waiting = sorted(nearest[half:], key=self._read_at)
        return sorted(nearest[:half] + waiting[: self._at_most - half])

    def complete(
        self, found: Sequence[Detection], due: Sequence[int], read: Sequence[EmotionEstimate], now: float
    ) -> list[EmotionEstimate]:
        """The estimates of this look, in the order of ``found``: ``read`` are those of ``due``.

        A face that has not had its first turn yet is left out.
        """
        for i, estimate in zip(due, read, strict=True):
            self._readings[i] = now, estimate
        return [
            reading[1] if reading[0] == now else replace(reading[1], detection=face, age_seconds=now - reading[0])
            for face, reading in zip(found, self._readings, strict=True)
            if reading is not None
        ]

    def _read_at(self, i: int) -> float:
        reading = self._readings[i]
        return reading[0] if reading else -np.inf

    def _carried(self, places: Doubles, now: float) -> Iterator[_Reading | None]:
        """What is known of the face at each place: of that which was there a look before, the surest pair first."""
        before = self._places
        sizes, known_sizes = places[:, None, 2], before[None, :, 2]
        larger = np.maximum(sizes, known_sizes)
        apart = np.hypot(places[:, None, 0] - before[None, :, 0], places[:, None, 1] - before[None, :, 1]) / larger
        apart[larger > SIZE_RATIO * np.minimum(sizes, known_sizes)] = np.inf
        pairs = ((float(apart[i, k]), int(i), int(k)) for i, k in np.argwhere(apart < REACH))
        same: dict[int, int] = {}
        for _, i, k in sorted(pairs, key=itemgetter(0)):
            if i not in same and k not in same.values():
                same[i] = k
        for i in range(len(places)):
            reading = self._readings[same[i]] if i in same else None
            yield reading if reading and reading[0] < now else None  # a clock may be set back


def _place(face: Detection) -> tuple[float, float, float]:
    """Centre and height in pixels."""
    x, y, width, height = face.box
    return x + width / 2, y + height / 2, height
