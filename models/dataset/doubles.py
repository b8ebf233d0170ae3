"""Pictures of a set that show the same: exact copies, and the same photograph cut, scaled or compressed otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from models.arrays import Floats, Gray

SAME_FROM = 0.95
"""Correlation of two aligned faces from which they are doubles. Of 3,191 photographed faces with doubles among them
(FER+), all pairs looked at above 0.935 were the same photograph; the first two that were not had 0.93. Of 1,596 faces
under one lamp of photographs, 65 degrees high, one pair had more than 0.93: the same photograph."""
SMALL = 32
"""Side of the faces that are compared."""
FLAT = 1.0
"""Deviation in gray values under which a picture shows nothing that could be compared."""
BLOCK = 1024


def find_doubles(aligned: Gray) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of aligned faces (n, 64, 64) that show the same."""
    faces = _unit(aligned)
    return [pair for start in range(0, len(faces), BLOCK) for pair in _in_block(faces, start)]


def together(count: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each of ``count`` the smallest number of those with which it is linked by pairs, over others too."""
    root = list(range(count))

    def top(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for a, b in pairs:
        first, second = sorted((top(a), top(b)))
        root[second] = first
    return [top(i) for i in range(count)]


def _unit(aligned: Gray) -> Floats:
    """Faces as rows of mean 0 and length 1, without their rim; a flat one is 0 throughout."""
    rows = np.zeros((len(aligned), SMALL * SMALL), np.float32)
    for row, face in zip(rows, aligned, strict=True):
        small = cv2.resize(face[4:60, 4:60], (SMALL, SMALL), interpolation=cv2.INTER_AREA).astype(np.float32)
        if small.std() >= FLAT:
            around = small - small.mean()
            row[:] = (around / np.linalg.norm(around)).ravel()
    return rows


def _in_block(faces: Floats, start: int) -> Iterator[tuple[int, int]]:
    alike = faces[start : start + BLOCK] @ faces[start:].T
    for i, j in np.argwhere(np.triu(alike, 1) >= SAME_FROM).tolist():
        yield start + i, start + j
