"""Faces are recorded of those who agreed, cut out, under a code; others are not in the folder at all."""

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from calibration.errors import Exit
from calibration.settings import EyeSettings, Region
from installation.cli import app
from installation.dataset.take import BESIDE_REMARK, NO_FACE, REMARKS, Taker
from models.arrays import Image
from models.dataset.crop import CROP_SIDE
from tests.import_graph import ROOT, source_files
from tests.models.dataset.faces import photograph, write_picture

SHORT = ("--emotions", "neutral,happiness", "--takes", "1", "--seconds", "1")


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real video file of one person who does not exist."""
    path = tmp_path_factory.mktemp("camera") / "camera.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 10, (640, 360))
    for _ in range(10):
        writer.write(photograph(0, "neutral"))
    writer.release()
    return path


def recorded(folder: Path, typed: str, *options: str) -> Result:
    return CliRunner().invoke(app, ["dataset", "record", str(folder), "--no-window", *options], input=typed)


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open() as file:
        return list(csv.DictReader(file))


def files_with(folder: Path, suffix: str) -> list[Path]:
    return sorted(folder.rglob(f"*{suffix}"))


@pytest.fixture
def no_countdown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.calibrate.guide.time.sleep", lambda _: None)


@pytest.mark.usefixtures("no_countdown")
def test_of_who_says_no_nothing_is_written(film: Path, tmp_path: Path) -> None:
    done = recorded(tmp_path / "set", "new\nn\n\n", "--camera", str(film), *SHORT)
    assert done.exit_code == 0, done.output
    assert "RECORDS" in done.output
    assert "nothing is recorded" in done.output
    assert sorted(file.name for file in (tmp_path / "set").iterdir()) == [".gitignore", ".lock", "labels.csv"]
    assert rows(tmp_path / "set") == []


@pytest.mark.usefixtures("no_countdown")
def test_who_agrees_is_recorded_under_a_code_stopped_gone_on_with_and_forgotten(film: Path, tmp_path: Path) -> None:
    folder = tmp_path / "set"
    camera = ("--camera", str(film), "--light", "dim", *SHORT)
    stopped = recorded(folder, "new\ny\ny\n\nq\n", *camera)
    assert stopped.exit_code == Exit.NOT_AS_WANTED
    assert "what was recorded stays" in stopped.output
    (consent,) = csv.DictReader((folder / "consent.csv").open())
    code = consent["person"]
    assert f"Your code is {code}" in stopped.output
    assert "PICTURES of your face" in consent["agreed_to"]
    assert {(row["label"], row["person"], row["light"]) for row in rows(folder)} == {("neutral", code, "dim")}
    done = recorded(folder, f"nobody\n{code.lower()}\ny\n\n\n", *camera)
    assert done.exit_code == 0, done.output
    assert "nobody has the code NOBODY" in done.output
    assert {row["label"] for row in rows(folder)} == {"neutral", "happiness"}, "only what was missing is asked for"
    assert len({row["session"] for row in rows(folder)}) == 2
    faces = [cv2.imread(str(file), cv2.IMREAD_UNCHANGED) for file in files_with(folder, ".png")]
    assert len(faces) == len(rows(folder)) >= 6
    assert {face.shape for face in faces if face is not None} == {(CROP_SIDE, CROP_SIDE)}, "gray, and no whole picture"
    kept = {file.suffix or file.name for file in folder.rglob("*") if file.is_file()}
    assert kept == {".png", ".csv", ".gitignore", ".lock"}
    gone = CliRunner().invoke(app, ["dataset", "forget", str(folder), code])
    assert gone.exit_code == 0, gone.output
    assert files_with(folder, ".png") == []
    assert not [file for file in folder.rglob("*") if file.is_file() and code.encode() in file.read_bytes()]
    again = CliRunner().invoke(app, ["dataset", "forget", str(folder), code])
    assert again.exit_code == Exit.NOT_AS_WANTED


def test_recordings_on_disk_ask_whether_each_person_agreed_and_wait_for_nobody(tmp_path: Path) -> None:
    for who in ("anna", "ben"):
        for k in range(4):
            write_picture(tmp_path / "recordings" / who / "neutral" / f"{k}.png", photograph(0, "neutral"))
    done = recorded(tmp_path / "set", "n\ny\n", "--camera", str(tmp_path / "recordings"), *SHORT)
    assert done.exit_code == 0, done.output
    assert "happiness: no pictures arrived; left out" in done.output
    (consent,) = csv.DictReader((tmp_path / "set" / "consent.csv").open())
    assert {(row["person"], row["label"]) for row in rows(tmp_path / "set")} == {(consent["person"], "neutral")}


def test_nobody_answers_for_real_people_and_wrong_words_are_told_before_the_camera_opens(
    film: Path, tmp_path: Path
) -> None:
    done = recorded(tmp_path / "set", "", "--camera", str(film), "--yes")
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "cannot answer for real people" in " ".join(done.output.split())
    done = recorded(tmp_path / "set", "", "--camera", str(film), "--emotions", "joy,hapiness")
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert "did you mean 'happiness'" in done.output
    assert not (tmp_path / "set").exists()


def test_without_a_camera_the_command_comes_back_later(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text("[camera]\nopen_timeout_seconds = 0\n")
    venue = ("--venue", str(tmp_path / "hall.toml"))
    done = recorded(tmp_path / "set", "", "--camera", str(tmp_path / "gone.mp4"), *venue, *SHORT)
    assert done.exit_code == Exit.UNAVAILABLE, done.output
    assert not (tmp_path / "set").exists()


def test_where_nobody_may_be_looked_at_nobody_is_recorded(film: Path, tmp_path: Path) -> None:
    (tmp_path / "school.toml").write_text('[privacy]\nplace = "school"\n')
    done = recorded(tmp_path / "set", "", "--camera", str(film), "--venue", str(tmp_path / "school.toml"), *SHORT)
    assert done.exit_code == Exit.BAD_CONFIGURATION
    assert not (tmp_path / "set").exists()


def test_what_is_wrong_with_a_picture_is_said_and_it_is_not_taken() -> None:
    taker = Taker(EyeSettings(), Region())
    whole = photograph(0, "neutral")
    face = whole[40:320, 180:460]
    two = np.hstack([face, face])
    seen: list[tuple[Image, str]] = [
        (whole, ""),
        (np.zeros_like(whole), NO_FACE),
        (np.asarray(whole // 60, np.uint8), REMARKS["dark"]),
        (np.asarray(cv2.GaussianBlur(whole, (0, 0), 6), np.uint8), REMARKS["blurred"]),
        (two, BESIDE_REMARK),
    ]
    for picture, remark in seen:
        shot = taker.see(picture)
        assert shot.remark == remark
        assert (shot.face is None) is bool(remark)
    said: list[str] = []
    assert taker.take([whole, *[np.zeros_like(whole)] * 4], said.append) == ([], NO_FACE)
    assert said == [NO_FACE]
    faces, problem = taker.take([whole] * 4, said.append)
    assert (len(faces), problem) == (4, "")


def test_the_show_never_records() -> None:
    words = ("installation.dataset", "models.dataset.consent")
    users = [
        file.relative_to(ROOT).as_posix()
        for file in source_files()
        if any(word in file.read_text(encoding="utf-8") for word in words)
    ]
    allowed = ("installation/dataset/", "installation/commands/dataset", "models/dataset/")
    assert [name for name in users if not name.startswith(allowed)] == []


@pytest.mark.slow
def test_a_kill_in_its_middle_leaves_a_set_that_is_gone_on_with(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    command = [sys.executable, "-m", "installation", "dataset", "record", str(folder), "--camera", "visitor", "--yes"]
    process = subprocess.Popen([*command, "--takes", "1"], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
    for _ in until(120):
        if len(files_with(folder, ".png")) > 8:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    there = {row["path"] for row in rows(folder)}
    assert there
    assert all((folder / path).is_file() for path in there)
    done = recorded(folder, "", "--camera", "visitor", "--yes", *SHORT)
    assert done.exit_code == 0, done.output


def until(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.2)
