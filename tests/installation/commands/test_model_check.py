"""The networks in ``chiaro check``: opened as in the show, and not again while nothing has changed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from calibration.venue import Venue
from installation.commands.model_check import check_model
from models.seeing.card import card_beside
from models.seeing.sight import open_sight
from tests.models.tiny_classifier import make_classifier


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The classifiers that were really opened; no NVIDIA driver is taken for installed."""
    files: list[str] = []

    def open_and_note(settings: Any, *others: Any) -> object:
        files.append(settings.classifier_file)
        return open_sight(settings, *others)

    monkeypatch.setenv("CHIARO_STATE", str(tmp_path / "state"))
    monkeypatch.setattr("installation.commands.model_check.nvidia_driver", lambda: None)
    monkeypatch.setattr("models.seeing.sight.open_sight", open_and_note)
    return files


def venue(file: Path, **eye: object) -> Venue:
    return Venue.model_validate({"eye": {"device": "cpu", "classifier_file": str(file), **eye}})


def test_networks_that_opened_are_remembered_until_one_of_their_files_or_settings_changes(
    opened: list[str], tmp_path: Path
) -> None:
    own = make_classifier(tmp_path / "own.onnx")
    first, again = list(check_model(venue(own))), list(check_model(venue(own)))
    assert first == again
    assert first[0].state == "ok"
    assert "classifier own" in first[0].what
    assert len(opened) == 1
    os.utime(card_beside(own), (1, 1))
    list(check_model(venue(own)))
    assert len(opened) == 2
    list(check_model(venue(own, threads=2)))
    assert len(opened) == 3
    list(check_model(venue(own)))
    assert len(opened) == 3


def test_networks_that_cannot_be_used_are_tried_anew_each_time(opened: list[str], tmp_path: Path) -> None:
    own = make_classifier(tmp_path / "own.onnx")
    own.write_bytes(own.read_bytes()[:-100])
    for _ in range(2):
        (finding,) = check_model(venue(own))
        assert finding.state == "problem"
    assert len(opened) == 2


def test_with_an_nvidia_driver_the_networks_are_opened_each_time(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.commands.model_check.nvidia_driver", object)
    own = make_classifier(tmp_path / "own.onnx")
    for _ in range(2):
        list(check_model(venue(own)))
    assert len(opened) == 2
