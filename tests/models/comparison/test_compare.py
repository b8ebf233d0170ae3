"""A comparison from end to end on stripes for faces: rows are learned once, measured on each set once, and kept."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

pytest.importorskip("torch", reason="rows that are networks import torch: no comparison was tried")
pytest.importorskip("sklearn", reason="rows with support vector machines need scikit-learn: no comparison was tried")

from calibration.errors import BadFile, BadInput
from models.comparison import rows
from models.comparison.bench import Bench
from models.comparison.compare import CompareOptions, compare
from models.comparison.face_set import read_face_set
from models.comparison.measure import read_lamps
from models.comparison.result import fall
from models.comparison.rows import KEYS, chosen_rows, learned_by
from models.comparison.scale import FULL, QUICK, with_epochs
from models.seeing.classifier import Classifier
from models.training.landmark_network import MIRRORED

TINY = replace(QUICK, narrow_epochs=1, small_epochs=1, lamps=2)


def _npz(path: Path, n: int, seed: int) -> Path:
    """Faces of two kinds: stripes that lie, and stripes that stand."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, n)
    stripe = np.where(np.arange(48) // 6 % 2, 160, 90)
    faces = [np.broadcast_to(stripe if label else stripe[:, None], (48, 48)) for label in labels]
    np.savez(path, images=(np.stack(faces) + rng.integers(0, 20, (n, 48, 48))).astype(np.uint8), labels=labels)
    return path


def _options(folder: Path, *keys: str) -> CompareOptions:
    faces, valid = _npz(folder / "faces.npz", 60, 1), _npz(folder / "valid.npz", 24, 2)
    return CompareOptions(faces=faces, valid=valid, folder=folder / "out", rows=keys, scale=TINY)


def _said(lines: list[str]) -> object:
    return lambda what, _share: lines.append(what)


def test_a_finished_row_is_neither_learned_nor_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    options = _options(tmp_path, "hog-svm")
    (first,) = compare(options, _said([])).rows  # type: ignore[arg-type]
    assert first.figures["clean"].accuracy == 1.0
    assert (first.learned_from, first.epochs) == (54, 0), "a tenth chooses temperature, and no row learns from it"
    lines: list[str] = []
    assert compare(options, _said(lines)).rows == (first,)  # type: ignore[arg-type]
    assert not [line for line in lines if "learning" in line or "measured" in line]

    def never(*_: object) -> object:
        raise AssertionError("learned again")

    monkeypatch.setattr(rows, "fit_svm", never)
    other = _npz(tmp_path / "other.npz", 20, 3)
    (more,) = compare(replace(options, others=(other,)), _said([])).rows  # type: ignore[arg-type]
    assert set(more.figures) == {*first.figures, "other"}
    assert fall(more, more.figures["clean"], "other") == pytest.approx(0.0)
    (kept_row,) = (tmp_path / "out" / "rows").glob("hog-svm-*/row.json")
    before = kept_row.stat().st_mtime_ns
    compare(replace(options, others=(other,)), _said([]))  # type: ignore[arg-type]
    assert kept_row.stat().st_mtime_ns == before, "read, not made"


def test_a_row_that_cannot_be_made_is_told_and_the_others_are(tmp_path: Path) -> None:
    found = compare(_options(tmp_path, "landmarks-svm", "ours"), _said([]))  # type: ignore[arg-type]
    assert [row.key for row in found.rows] == ["ours"]
    assert "--face3d" in found.told[0]


def test_paths_that_are_not_there_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as told:
        replace(_options(tmp_path), others=(tmp_path / "gone",), lamps=(tmp_path / "away",))
    assert len(told.value.problems) == 2


def test_the_landmarks_of_a_mirrored_face_mirrored_again_are_the_face_s_own() -> None:
    assert sorted(MIRRORED) == list(range(68))
    assert MIRRORED[MIRRORED].tolist() == list(range(68))
    assert (MIRRORED[36], MIRRORED[48], MIRRORED[30]) == (45, 54, 30)


@pytest.mark.slow
def test_every_kind_of_network_is_trained_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    keys = ("small", "ensemble-3", "ensemble-5", "plain-relit", "plain-plane", "transfer")
    other = _npz(tmp_path / "other.npz", 60, 3)
    scale = replace(TINY, transfer_faces=(8,), transfer_steps=2)
    found = compare(replace(_options(tmp_path, *keys), others=(other,), scale=scale), _said([]))  # type: ignore[arg-type]
    assert found.told == ()
    assert [row.key for row in found.rows] == [key for key in KEYS if key in keys]
    assert [(one.faces, one.set_name) for one in found.transfer] == [(8, "other")]
    one, three, five = found.rows[:3]
    assert five.size_bytes == pytest.approx(5 * one.size_bytes)
    assert three.training_seconds == pytest.approx(3 * one.training_seconds, rel=0.01)


def _bench(folder: Path) -> Bench:
    first, second = read_face_set(_npz(folder / "faces.npz", 20, 1), folder, lambda *_: None).split(0.3)
    return Bench(first, second, TINY, folder, lambda *_: None)


def test_an_ensemble_is_as_large_as_its_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="1 networks are named with --member; 3 are needed"):
        chosen_rows(["ensemble-3"])[0].fit(replace(_bench(tmp_path), members=(tmp_path / "one.onnx",)), tmp_path)


def _changed(before: Bench, after: Bench, *more: str) -> set[str]:
    keys = {"hog-svm", "plain", "ensemble-3", "embedding-svm", "ours", *more}
    return {row.key for row in chosen_rows(keys) if learned_by(row, before) != learned_by(row, after)}


def test_a_row_is_learned_anew_for_what_it_learns_from_and_for_nothing_else(tmp_path: Path) -> None:
    """Another shipped network once cost the whole night of the others again."""
    bench, ours = _bench(tmp_path), {"embedding-svm", "ours"}
    assert _changed(bench, replace(bench, learn=bench.choose)) == ours | {"hog-svm", "plain", "ensemble-3"}
    assert _changed(bench, replace(bench, scale=replace(TINY, narrow_epochs=9))) == {"plain"}
    assert _changed(bench, replace(bench, scale=replace(TINY, measure_on=9, name="other"))) == set()
    (given := tmp_path / "given.onnx").write_bytes(b"weights")
    assert _changed(bench, replace(bench, members=(given,))) == {"ensemble-3"}
    other = replace(bench)
    other.classifier = cast(Classifier, SimpleNamespace(card=SimpleNamespace(sha256="another")))
    assert _changed(bench, other) == ours


def test_epochs_are_asked_for_of_all_networks_or_of_one_kind() -> None:
    scale = with_epochs(FULL, ["15", "six-layers=5"])
    assert (scale.six_layer_epochs, scale.narrow_epochs, scale.small_epochs) == (5, 15, 15)
    with pytest.raises(BadInput) as told:
        with_epochs(FULL, ["six-layer=5", "0", "plain=many"])
    assert len(told.value.problems) == 3
    assert "did you mean 'six-layers'" in told.value.problems[0]


def test_sets_of_one_name_are_told_apart_from_the_clean_faces_too(tmp_path: Path) -> None:
    options = _options(tmp_path, "ours")
    (tmp_path / "theirs").mkdir()
    others = (_npz(tmp_path / "clean.npz", 20, 3), _npz(tmp_path / "theirs" / "clean.npz", 20, 4))
    found = compare(replace(options, others=others), _said([]))  # type: ignore[arg-type]
    assert found.names("other set") == ["clean (2)", "clean (3)"]
    assert found.names("clean") == ["clean"]


def test_a_lamp_without_one_label_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "lamp.npz", images=np.zeros((3, 48, 48), np.uint8), labels=np.full(3, -1))
    with pytest.raises(BadFile, match="no face has a label"):
        read_lamps(tmp_path, tmp_path / "cache", 0, lambda *_: None)
