"""A comparison from end to end: rows are learned, measured and kept, each once. ``chiaro compare`` calls it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pydantic import ValidationError

from calibration.errors import BadFile, BadInput, ChiaroError
from calibration.progress import Progress
from models.comparison.bench import Bench
from models.comparison.emotion_sets import EMOTION_SETS
from models.comparison.face_set import FaceSet, read_face_set
from models.comparison.measure import Measured, figures, labelled_set, measured_sets, milliseconds, read_lamps
from models.comparison.method import Method
from models.comparison.result import KEPT_ROW, Comparison, RowResult, TransferResult
from models.comparison.rows import FEATURES, KEYS, TRANSFER, Row, chosen_rows, learned_by, members_folder
from models.comparison.scale import FULL, Scale
from models.comparison.transfer import transfer
from models.training.precision import on_one_thread

HELD_OUT = 0.1
"""Share of the training faces that epochs and temperatures are chosen on."""
VALIDATION = 0.2
"""Share of the faces that is measured on where no validation faces are given."""
FEWEST = 40
"""Training faces below which nothing can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompareOptions:
    """What one ``chiaro compare`` does."""

    faces: Path
    valid: Path | None
    folder: Path
    others: tuple[Path, ...] = ()
    lamps: tuple[Path, ...] = ()
    rows: tuple[str, ...] = (*KEYS, TRANSFER)
    scale: Scale = FULL
    face3d: Path | None = None
    members: tuple[Path, ...] = ()
    device: str = "cpu"
    workers: int = 0

    def __post_init__(self) -> None:
        """Raises ``BadInput`` with every path that is not there."""
        named = [("FACES", self.faces), ("--face3d", self.face3d), *(("--on", path) for path in self.others)]
        named += [("FACES", self.valid), *(("--lamps", path) for path in self.lamps)]
        named += [("--member", path) for path in self.members]
        if missing := [f"{what}: {path}: no such file or folder" for what, path in named if path and not path.exists()]:
            raise BadInput(*missing)


def compare(options: CompareOptions, progress: Progress) -> Comparison:
    """Every row that can be made, on every set. Finished rows are read from the folder.

    Raises ``BadFile`` and ``BadInput`` for faces that cannot be used; a row that fails is told, and the others go on.
    """
    options.folder.mkdir(parents=True, exist_ok=True)
    on_one_thread()
    bench, sets, others = _read(options, progress)
    told = [f"training faces: {line}" for line in bench.learn.told]
    rows = chosen_rows(options.rows)
    results: list[RowResult] = []
    for i, row in enumerate(rows):
        at = partial(_within, progress, row.title, i / (len(rows) + 1), 1 / (len(rows) + 1))
        bench.progress = at
        if row.needs == "face3d" and bench.face3d is None:
            told.append(f"{row.title}: needs the 3-D face of ICT FaceKit; name its file with --face3d")
            continue
        try:
            results.append(_row(row, bench, sets, at))
        except ChiaroError as error:
            told += [f"{row.title}: {line}" for line in error.lines()]
    bench.progress = partial(_within, progress, "transfer", len(rows) / (len(rows) + 1), 1 / (len(rows) + 1))
    transfers: list[TransferResult] = []
    for other in others if TRANSFER in options.rows else ():
        try:
            transfers += transfer(bench, other)
        except ChiaroError as error:
            told += [f"transfer to {other.name}: {line}" for line in error.lines()]
    card = bench.classifier.card
    return Comparison(
        f"{bench.network.stem} {card.version} ({card.sha256[:12]})",
        options.faces.name,
        len(bench.learn),
        len(bench.choose),
        bench.scale.name,
        tuple(one.on for one in sets),
        tuple(results),
        tuple(transfers),
        tuple(told),
    )


def _within(progress: Progress, title: str, first: float, share: float, what: str, done: float) -> None:
    progress(f"{title}: {what}" if what and not what.startswith("seed") else title, first + share * done)


def _read(options: CompareOptions, progress: Progress) -> tuple[Bench, list[Measured], list[FaceSet]]:
    cache, scale = options.folder / "cache", options.scale
    # the training faces come last: they take longest, and what is wrong with the others is told before
    lamps = [one for folder in options.lamps for one in read_lamps(folder, cache, scale.measure_on, progress)]
    others = [labelled_set(path, cache, progress, scale.measure_on * 3) for path in options.others]
    if options.valid:
        clean = read_face_set(options.valid, cache, progress, scale.measure_on)
        whole = read_face_set(options.faces, cache, progress, scale.learn_from)
    else:
        enough = round(scale.learn_from / (1 - VALIDATION))
        whole, clean = read_face_set(options.faces, cache, progress, enough).split(VALIDATION)
        clean = clean.at_most(scale.measure_on)
    clean = replace(clean.with_label(), name="clean", told=clean.told if options.valid else ())
    learn, choose = whole.split(HELD_OUT)
    if len(learn.with_label()) < FEWEST:
        raise BadFile(options.faces, [f"{len(learn.with_label())} labelled faces to learn from; {FEWEST} are needed"])
    for what, faces in (("to choose epochs by", choose), ("to measure on", clean)):
        if not len(faces.with_label()):
            raise BadFile(options.valid or options.faces, [f"no face has a label (a majority of votes) {what}"])
    _, *named = _named_apart([clean, *lamps, *others])
    lamps, others = named[: len(lamps)], named[len(lamps) :]
    progress("the benchmark's lamps", 0.0)
    sets = measured_sets(clean, lamps, [other.at_most(scale.measure_on) for other in others])
    bench = Bench(
        learn,
        choose,
        scale,
        options.folder,
        progress,
        options.face3d,
        options.members,
        options.device,
        options.workers,
    )
    return bench, sets, others


def _named_apart(sets: Sequence[FaceSet]) -> list[FaceSet]:
    """Sets of one name are told apart by a number, and none is called as a set of emotions is."""
    seen = dict.fromkeys(EMOTION_SETS, 1)
    named = []
    for one in sets:
        seen[one.name] = seen.get(one.name, 0) + 1
        named.append(replace(one, name=one.name if seen[one.name] == 1 else f"{one.name} ({seen[one.name]})"))
    return named


def _row(row: Row, bench: Bench, sets: Sequence[Measured], progress: Progress) -> RowResult:
    folder = bench.folder / "rows" / f"{row.key}-{learned_by(row, bench)}"
    kept, digests = _kept(folder)
    wanted = {one.on.name: one.on.digest for one in sets}
    if kept and wanted.items() <= digests.items():
        progress("kept", 1.0)
        return replace(kept, figures={name: kept.figures[name] for name in wanted})
    if row.needs == "face3d":
        _ = bench.landmark_network  # trained once for all rows that need it, and not counted to any
    if row.needs == "torch":
        _ = bench.lamps  # the same
    progress("learning", 0.0)
    method, seconds = _learn(row, bench, folder)
    found = {}
    for i, one in enumerate(sets):
        progress(f"measured on {one.on.name}", 0.9 + 0.1 * i / len(sets))
        name = one.on.name
        same = kept and digests.get(name) == one.on.digest
        found[name] = kept.figures[name] if kept and same else figures(method, one)
    given = bool(row.members and bench.members)
    trained = row.trained_here and not given
    learned_from = bench.learn.with_label() if row.part == FEATURES else bench.learn  # networks learn from votes
    result = RowResult(
        row.key,
        f"{row.members} given network{'s together' if row.members > 1 else ''}" if given else row.title,
        row.part,
        len(learned_from) if trained else 0,
        row.epochs(bench),
        (kept.training_seconds if kept else seconds) if trained else 0.0,
        method.size_bytes,
        milliseconds(method, sets[0].images),
        found,
    )
    folder.mkdir(parents=True, exist_ok=True)
    whole = replace(result, figures=(kept.figures if kept else {}) | found)  # sets that are not asked for this time too
    state = {"row": KEPT_ROW.dump_python(whole, mode="json"), "digests": digests | wanted}
    part = folder / "row.part"
    part.write_text(json.dumps(state), encoding="utf-8")
    part.replace(folder / "row.json")
    return result


def _kept(folder: Path) -> tuple[RowResult | None, dict[str, str]]:
    path = folder / "row.json"
    if path.is_file():
        with suppress(ValueError, KeyError, TypeError, ValidationError):  # a torn one is made anew
            state = json.loads(path.read_text(encoding="utf-8"))
            return KEPT_ROW.validate_python(state["row"]), dict(state["digests"])
    return None, {}


def _learn(row: Row, bench: Bench, folder: Path) -> tuple[Method, float]:
    """The method, and the processor time that it took, also before a stop in between and in processes that augment."""
    shared = members_folder(bench) if row.members and not bench.members else folder
    shared.mkdir(parents=True, exist_ok=True)
    clock = shared / "seconds.txt"
    before = float(clock.read_text()) if clock.is_file() else 0.0
    done = shared / "learned"
    started = _processor_seconds()
    try:
        method = row.fit(bench, folder)
    finally:
        spent = before if done.is_file() else before + _processor_seconds() - started
        clock.write_text(f"{spent:.3f}")
    done.touch()
    return method, spent * (row.members / 5 if row.members else 1.0)


def _processor_seconds() -> float:
    """Of this process, and of its children that have ended."""
    return sum(os.times()[:4])
