"""Faces that methods learn from or are measured on: every one aligned, with what was left out told."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.array_file import ANYTHING, load_arrays, save_arrays
from calibration.errors import BadFile
from calibration.files import shown
from calibration.progress import Progress
from models.arrays import Floats, Gray, Indices
from models.dataset.table import cache_of
from models.evaluation.dark_benchmark import landmarks_aligned
from models.evaluation.dataset import LabelledFaces, one_hot, read_faces
from models.evaluation.labelled_files import LabelledFiles, find_labelled_files
from models.evaluation.landmarks import SEARCH_ABOVE, aligned_faces, find_landmarks
from models.evaluation.pictures import read_gray
from models.labels import LABELS
from models.seeing.align import SIDE, align
from models.seeing.mtcnn import Mtcnn

SEARCHED_SIDE = 640
"""A larger photograph is made so small before a face is looked for in it."""
SMALLEST_FACE = 24
SHOWN_FILES = 3
KEPT_BYTES = 4_000_000_000
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class FaceSet:
    """Aligned faces and what they show."""

    name: str
    faces: LabelledFaces
    """Images are (64, 64), aligned."""
    landmarks: Floats
    """(n, 5, 2) in pixels of the aligned faces."""
    people: tuple[str, ...] = ()
    """Whose face each is; empty where the set does not say."""
    told: tuple[str, ...] = ()
    """What was left out of the set and why, a line each."""

    def __len__(self) -> int:
        return len(self.faces)

    @property
    def images(self) -> Gray:
        """All faces (n, 64, 64)."""
        return np.stack(self.faces.images)

    def subset(self, which: Indices, name: str = "") -> FaceSet:
        """The faces with these indices."""
        people = tuple(self.people[i] for i in which) if self.people else ()
        return FaceSet(name or self.name, self.faces.subset(which), self.landmarks[which], people, self.told)

    def with_label(self) -> FaceSet:
        """The faces that have a label."""
        return self.subset(np.flatnonzero(self.faces.labels >= 0))

    def at_most(self, count: int, seed: int = 1) -> FaceSet:
        """So many of the faces, drawn with a seed, in their order; 0: all."""
        return self if not count or len(self) <= count else self.subset(_drawn(len(self), count, seed))

    def split(self, share: float, seed: int = 1) -> tuple[FaceSet, FaceSet]:
        """Two parts, the second with about ``share`` of the faces; nobody is in both where people are known."""
        rng = np.random.default_rng(seed)
        units = np.array(self.people if len(set(self.people)) > 1 else [str(i) for i in range(len(self))])
        names, sizes = np.unique(units, return_counts=True)
        order = rng.permutation(len(names))
        taken = names[order[np.cumsum(sizes[order]) <= max(1.0, share * len(self))]]
        second = np.isin(units, taken if len(taken) else names[order[:1]])
        return self.subset(np.flatnonzero(~second)), self.subset(np.flatnonzero(second))


def read_face_set(path: Path, cache: Path, progress: Progress, at_most: int = 0) -> FaceSet:
    """Faces of whatever ``chiaro train`` takes, or of a data set that is not ours: its faults are told, not fatal.

    Files that cannot be read, classes of other names and photographs in which no face is found are left out. What was
    aligned is kept in ``cache``, or in the set itself where it is one of ``chiaro dataset``. ``at_most``: so many faces
    or files, drawn with a seed; 0: all. Raises ``BadFile`` where no face is left.
    """
    cache = cache_of(path, cache)
    if path.is_dir() or (path.suffix.lower() == ".csv" and path.is_file()):
        found = find_labelled_files(path)
        files = tuple(found.files[i] for i in _drawn(len(found.files), at_most))
        return _of_files(path, replace(found, files=files), cache, partial(progress, f"faces of {path.name}"))
    faces = read_faces(path)
    faces = faces.subset(_drawn(len(faces), at_most))
    kept = cache / f"aligned-{faces.fingerprint()[:16]}.npz"
    arrays = _kept(kept, "aligned", "landmarks")
    if arrays is None:
        fives, _ = find_landmarks(faces.images, partial(progress, f"landmarks of {path.name}"))
        arrays = {"aligned": aligned_faces(faces.images, fives), "landmarks": landmarks_aligned(fives)}
        _keep(kept, arrays)
    aligned, landmarks = arrays["aligned"], arrays["landmarks"]
    return FaceSet(path.stem, LabelledFaces(tuple(aligned), faces.vote_shares, faces.labels, faces.groups), landmarks)


def _of_files(path: Path, found: LabelledFiles, cache: Path, progress: partial[None]) -> FaceSet:
    digest = hashlib.sha256()
    for one in found.files:
        state = one.path.stat()
        digest.update(f"{one.path} {state.st_size} {state.st_mtime_ns}\n".encode())
    kept = cache / f"aligned-{digest.hexdigest()[:16]}.npz"
    arrays = _kept(kept, "aligned", "landmarks", "which", "faults")
    if arrays is None:
        _keep(kept, arrays := _align_files(found, progress))
    which = arrays["which"]
    told = _told(found, which, arrays["faults"])
    if not len(which):
        raise BadFile(path, [*told, "no face is left"])
    files = [found.files[i] for i in which]
    groups, people = tuple(one.group for one in files), tuple(one.person for one in files)
    labels = np.array([one.label for one in files], np.int64)
    faces = LabelledFaces(tuple(arrays["aligned"]), *one_hot(labels), groups if any(groups) else ())
    return FaceSet(path.stem, faces, arrays["landmarks"], people if all(people) else (), told)


def _drawn(of: int, count: int, seed: int = 1) -> Indices:
    """So many numbers below ``of``, in their order; all where ``count`` is 0."""
    return np.sort(np.random.default_rng(seed).permutation(of)[: count or of])


UNREADABLE, NO_FACE = 1, 2


def _align_files(found: LabelledFiles, progress: partial[None]) -> Arrays:
    """Aligned faces and landmarks of the files that have one, their numbers, and the fault of each file (0: none)."""
    detector = Mtcnn(smallest_face=SMALLEST_FACE)
    faults = np.zeros(len(found.files), np.uint8)
    aligned, fives = [], []
    for i, one in enumerate(found.files):
        if i % 20 == 0:
            progress(i / len(found.files))
        picture = read_gray(one.path)
        if picture is None or min(picture.shape) < 2:
            faults[i] = UNREADABLE
            continue
        five = _largest_face(detector, picture)
        if five is None:
            faults[i] = NO_FACE
            continue
        aligned.append(align(picture, five))
        fives.append(five)
    which = np.flatnonzero(faults == 0)
    faces = np.stack(aligned) if aligned else np.empty((0, SIDE, SIDE), np.uint8)
    landmarks = landmarks_aligned(np.stack(fives)) if fives else np.empty((0, 5, 2), np.float32)
    return {"aligned": faces, "landmarks": landmarks, "which": which, "faults": faults}


def _largest_face(detector: Mtcnn, picture: Gray) -> Floats | None:
    """Landmarks of the largest face of a photograph; of a picture as small as a face those of the face that it is."""
    longest = max(picture.shape)
    if longest <= SEARCH_ABOVE:
        return np.asarray(find_landmarks([picture], detector=detector)[0][0], np.float32)
    reduced = min(1.0, SEARCHED_SIDE / longest)
    small = picture if reduced == 1 else cv2.resize(picture, None, fx=reduced, fy=reduced, interpolation=cv2.INTER_AREA)
    seen = detector.detect(np.asarray(small, np.uint8))
    if not seen:
        return None
    largest = max(seen, key=lambda face: face.box[2] * face.box[3])
    return np.asarray((largest.landmarks + 0.5) / reduced - 0.5, np.float32)


def _told(found: LabelledFiles, which: Indices, faults: Gray) -> tuple[str, ...]:
    lines = [found.unknown_told()] if found.unknown else []
    for fault, what in ((UNREADABLE, "cannot be read as a picture"), (NO_FACE, "show no face that is found")):
        paths = [str(found.files[i].path) for i in np.flatnonzero(faults == fault)]
        lines += [f"{len(paths)} of {len(found.files)} files {what}: {_some(paths)}"] if paths else []
    if found.unread:
        lines.append(f"{len(found.unread)} pictures of a kind that is not read: {_some([*map(str, found.unread)])}")
    if found.missing:
        lines.append(f"{len(found.missing)} files that the table names are not there: {_some(found.missing)}")
    there = {found.files[i].label for i in which}
    if lacking := [name for i, name in enumerate(LABELS) if i not in there]:
        lines.append(f"no face of {', '.join(lacking)}")
    return tuple(lines)


def _some(paths: Sequence[str]) -> str:
    more = len(paths) - SHOWN_FILES
    return ", ".join(shown(path, 120) for path in paths[:SHOWN_FILES]) + (f" and {more} more" if more > 0 else "")


def _kept(path: Path, *names: str) -> Arrays | None:
    if path.is_file():
        with suppress(BadFile):  # a torn one is made anew
            return load_arrays(path, dict.fromkeys(names, ANYTHING), KEPT_BYTES)
    return None


def _keep(path: Path, arrays: Arrays) -> None:
    save_arrays(path, arrays, private=True)


def fingerprint(*of: object) -> str:
    """A short name of values and face sets: it changes when one of them does."""
    parts = [one.faces.fingerprint() if isinstance(one, FaceSet) else json.dumps(one, default=str) for one in of]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
