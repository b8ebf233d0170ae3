"""``privacy.retention_days``: what is older goes, of this room only."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path

import pytest

from installation.host.console import LossReporter
from installation.show import retention
from installation.show.retention import Retention, older_than
from tests.installation.waiting import LONG, wait_until


def made(folder: Path, *names: str) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return folder


def test_older_journals_and_reports_of_the_room_go_and_others_stay(tmp_path: Path) -> None:
    kept = ["2026-11-20.hall.jsonl", "2026-11-01.cellar.jsonl.gz", "notes.txt"]
    journals = made(tmp_path / "journal", "2026-11-19.hall.jsonl.gz", "2026-11-18.jsonl", *kept)
    fresh = ["hall-2026-11-20.html", "cellar-2026-11-01.pdf"]
    reports = made(tmp_path / "reports", "hall-2026-11-19.html", ".hall-2026-11-19.done", *fresh)
    gone = {file.name for file in older_than(date(2026, 11, 20), "hall", journals, reports)}
    assert gone == {"2026-11-19.hall.jsonl.gz", "2026-11-18.jsonl", "hall-2026-11-19.html", ".hall-2026-11-19.done"}
    assert not list(older_than(date(2026, 11, 20), "hall", tmp_path / "none", tmp_path / "none"))


def test_they_are_deleted_soon_after_the_start_and_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(retention, "LOOK_SECONDS", 0.02)
    today = time.strftime("%Y-%m-%d")
    journals = made(tmp_path / "journal", "2020-01-01.hall.jsonl.gz", f"{today}.hall.jsonl")
    keeping = Retention(30, "hall", (journals, tmp_path / "reports"), LossReporter(), time.time)
    for _ in range(2):
        wait_until(lambda: [file.name for file in journals.iterdir()] == [f"{today}.hall.jsonl"], LONG)
        (journals / "2020-01-02.hall.jsonl.gz").touch()
    keeping.close()
