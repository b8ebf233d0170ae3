"""Every picture of a set looked at once: can it be read, is there a face, is it dark or blurred, what is its double."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.files import is_file
from calibration.progress import Progress, no_progress
from models.arrays import Gray
from models.dataset.doubles import find_doubles
from models.dataset.table import FaceRow
from models.evaluation.labelled_files import UNREAD_SUFFIXES, pictures_below
from models.evaluation.landmarks import aligned_faces, find_landmarks, open_landmark_detector
from models.evaluation.pictures import read_gray
from models.frame import PICTURE_SUFFIXES
from models.seeing.quality import luminance, sharpness

CHUNK = 32
"""Pictures held at once."""


@dataclass(frozen=True, slots=True)
class ExaminedFace:
    """One picture that could be read."""

    row: FaceRow
    face_found: bool
    luminance: float
    """Mean of the aligned face, 0 to 255."""
    sharpness: float
    """Fine against middling detail (``models.seeing.quality``)."""


@dataclass(frozen=True, slots=True)
class ExaminedSet:
    """All of them, in the order of the table."""

    faces: tuple[ExaminedFace, ...]
    doubles: tuple[tuple[int, int], ...]
    """Pairs of indices into ``faces``."""
    unreadable: tuple[str, ...]
    missing: tuple[str, ...]
    """Paths that the table names and that are not there."""
    unnamed: tuple[str, ...] = ()
    """Pictures that are there and that neither the table nor a folder's name says anything of; or that are not read."""


def examine(folder: Path, rows: list[FaceRow], progress: Progress = no_progress) -> ExaminedSet:
    """Look at all pictures; about 10 ms each."""
    faces: list[ExaminedFace] = []
    aligned: list[Gray] = []
    unreadable: list[str] = []
    missing: list[str] = []
    detector = open_landmark_detector()
    for start in range(0, len(rows), CHUNK):
        progress("looking at faces", start / len(rows))
        read = []
        for row in rows[start : start + CHUNK]:
            file = folder / row.path
            there = is_file(file)
            picture = read_gray(file) if there else None
            if picture is not None:
                read.append((row, picture))
            else:
                (unreadable if there else missing).append(row.path)
        images = [picture for _, picture in read]
        landmarks, found = find_landmarks(images, detector=detector)
        upright = aligned_faces(images, landmarks)
        faces += [
            ExaminedFace(row, bool(there), luminance(face), sharpness(face))
            for (row, _), face, there in zip(read, upright, found, strict=True)
        ]
        aligned.append(upright)
    pairs = find_doubles(np.concatenate(aligned)) if aligned else []
    named = {folder / row.path for row in rows}
    below = pictures_below(folder, PICTURE_SUFFIXES | UNREAD_SUFFIXES)
    unnamed = tuple(file.relative_to(folder).as_posix() for file in below if file not in named)
    return ExaminedSet(tuple(faces), tuple(pairs), tuple(unreadable), tuple(missing), unnamed)
