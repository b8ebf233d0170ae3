"""Temporal networks beside today's filter, on sequences: the exam of the decision's bench, each filter taken once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path

from calibration.errors import ChiaroError
from calibration.progress import Progress
from installation.bench.decision_temporal import EXPONENTIALS, Exam, Exponential, Smoothing, filtered
from installation.bench.temporal_exam import ExamSize, Material, exams
from models.comparison.face_set import fingerprint
from models.comparison.result import KEPT_FILTERS, FilterResult
from models.evaluation.dataset import read_faces
from models.evaluation.temporal_filter import Looks, TemporalFilter, TemporalNetwork
from models.seeing.classifier import open_classifier

Make = Callable[[], Smoothing]
Exams = Callable[[], tuple[Exam, Exam]]


def filters_on_sequences(
    networks: Sequence[Path], material: Material, size: ExamSize, progress: Progress
) -> tuple[list[FilterResult], list[str]]:
    """Figures of the exponential filter and of networks of ``chiaro train temporal``, and what could not be measured.

    What was measured is kept in the material's folder. Raises ``BadFile`` for faces of which no courses can be made.
    """
    classifier = open_classifier(device="cpu")
    looks, told = Looks(classifier), []
    of = (read_faces(material.faces).fingerprint(), classifier.card.sha256, str(size), _files(material))
    both = cache(lambda: exams(material, looks, size, progress))
    found: list[FilterResult] = []
    for name, seconds in EXPONENTIALS.items():
        found += _kept(material.folder, fingerprint(of, name), name, partial(Exponential, seconds), both)
    names = [path.stem for path in networks]
    for k, path in enumerate(networks):
        progress(f"{path.stem} on sequences", 0.8 + 0.2 * k / len(networks))
        try:
            network = TemporalNetwork(path)
        except ChiaroError as error:
            told += list(error.lines())
            continue
        if network.looks_of != classifier.card.sha256:
            told.append(f"{path}: has not learned the looks of this classifier; train it anew (chiaro train temporal)")
            continue
        name = path.stem if names.count(path.stem) == 1 else str(path)
        weights = hashlib.sha256(path.read_bytes()).hexdigest()
        make = partial(TemporalFilter, network, looks)
        rows = _kept(material.folder, fingerprint(of, name, weights), name, make, both)
        found += [replace(row, size_bytes=path.stat().st_size) for row in rows]
    return found, told


def _files(material: Material) -> list[tuple[str, int]]:
    films = sorted(material.films.iterdir()) if material.films else []
    return [(path.name, path.stat().st_size) for path in ([material.mesh] if material.mesh else []) + films]


def _kept(folder: Path, digest: str, name: str, make: Make, both: Exams) -> list[FilterResult]:
    """The rows of one filter: measured once, then read."""
    path = folder / f"filter-{digest}.json"
    if not path.is_file():
        rows = filtered(name, make, *both())
        part = path.with_suffix(".part")
        part.write_bytes(KEPT_FILTERS.dump_json(rows))
        part.replace(path)
    return KEPT_FILTERS.validate_json(path.read_bytes())
