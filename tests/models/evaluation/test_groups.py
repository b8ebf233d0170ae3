"""Figures by group of people: what is counted, and how far a small group can be trusted."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from installation.cli import app
from models.evaluation.groups import UNNAMED, Share, by_group
from models.labels import LABELS
from tests.models.tiny_classifier import make_classifier


def test_the_interval_is_that_of_wilson_also_for_none_and_for_nothing() -> None:
    assert Share(0, 10).between == pytest.approx((0, 0.278), abs=0.001)
    assert Share(5, 100).between == pytest.approx((0.0215, 0.1118), abs=0.001)
    assert Share(9, 10).between == pytest.approx((0.596, 0.982), abs=0.001)
    assert Share(10, 10).between == pytest.approx((0.722, 1.0), abs=0.001)
    assert Share(0, 0).between == (0, 1)


def test_a_group_whose_neutral_faces_are_read_as_surprise_is_told_apart_from_one_that_is_read_right() -> None:
    read = np.eye(len(LABELS), dtype=np.float32)[[0, 0, 1, 2, 2, 0, 1]]
    labels = np.array([0, 0, 1, 0, 0, 0, 1])
    ours, theirs, nobody = by_group(read, labels, ("a", "a", "a", "b", "b", "b", ""))
    assert (ours.name, ours.right, ours.neutral_misread, ours.read_as) == ("a", Share(3, 3), Share(0, 2), "")
    assert (theirs.name, theirs.right, theirs.neutral_misread) == ("b", Share(1, 3), Share(2, 3))
    assert theirs.read_as == "surprise"
    assert (nobody.name, nobody.neutral_misread) == (UNNAMED, Share(0, 0))


def test_evaluate_tells_of_each_group_of_a_table_what_it_is_worth(tmp_path: Path) -> None:
    model, rows = make_classifier(tmp_path / "tiny.onnx"), ["path,label,group"]
    for k in range(4):
        face = cv2.GaussianBlur(np.random.default_rng(k).integers(0, 256, (48, 48), np.uint8), (0, 0), 3)
        cv2.imwrite(str(tmp_path / f"{k}.png"), face)
        rows.append(f"{k}.png,neutral,{'young' if k else 'old'}")
    (tmp_path / "own.csv").write_text("\n".join(rows))
    asked = ["evaluate", str(tmp_path / "own.csv"), "--model", str(model), "--pictures", str(tmp_path / "seen")]
    told = json.loads(CliRunner().invoke(app, [*asked, "--json"]).stdout)
    assert [(group["group"], group["n"], group["neutral"]) for group in told["groups"]] == [
        ("young", 3, 3),
        ("old", 1, 1),
    ]
    right = sum(group["n"] * group["accuracy"] for group in told["groups"])
    assert right == pytest.approx(told["n"] * told["accuracy"])
    assert all(group["neutral_misread"] == pytest.approx(1 - group["accuracy"]) for group in told["groups"])
    printed = CliRunner().invoke(app, asked).output
    assert "misread" in printed
    assert "young" in printed
