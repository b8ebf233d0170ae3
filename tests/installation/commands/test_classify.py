"""Pictures and videos can be analysed by hand, and each file that cannot is reported plainly."""

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from calibration.errors import BadFile, Exit
from calibration.settings import CameraSettings
from installation.camera.picture_files import frames_of
from installation.cli import app
from models.labels import LABELS
from models.rendering.simulated_visitor import SimulatedVisitor
from tests.models.tiny_classifier import make_classifier


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a picture and a video of the simulated visitor, an empty room, and a venue with a tiny network."""
    folder = tmp_path_factory.mktemp("files")
    visitor = SimulatedVisitor(CameraSettings(width=640, height=360), seed=0)
    empty = visitor.read(0.0)
    cv2.imwrite(str(folder / "empty.png"), empty)
    cv2.imwrite(str(folder / "visitor größe.png"), visitor.read(6.0))
    writer = cv2.VideoWriter(str(folder / "film.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10.0, (640, 360))
    for n in range(10):
        writer.write(visitor.read(6.0 + n / 10))
    writer.release()
    make_classifier(folder / "tiny.onnx")
    (folder / "venue.toml").write_text(f'[eye]\nclassifier_file = "{(folder / "tiny.onnx").as_posix()}"\n')
    return folder


def run(files: Path, *arguments: str) -> Any:
    return CliRunner().invoke(app, ["classify", "--venue", str(files / "venue.toml"), *arguments])


def test_faces_of_a_picture_and_of_every_fifth_frame_of_a_video_come_as_json(files: Path) -> None:
    ran = run(files, "--json", "--every", "5", str(files / "visitor größe.png"), str(files / "film.avi"))
    assert ran.exit_code == Exit.OK, ran.stderr
    picture, film = json.loads(ran.stdout)["files"]
    (face,) = picture["frames"][0]["faces"]
    x, _, width, height = face["box"]
    assert 250 < x + width / 2 < 390
    assert 50 < height < 150
    assert set(face["probabilities"]) == set(LABELS)
    assert face["emotion"] == max(face["probabilities"], key=face["probabilities"].get)
    assert [frame["frame"] for frame in film["frames"]] == [0, 5]
    assert [frame["seconds"] for frame in film["frames"]] == [0.0, 0.5]
    assert all(len(frame["faces"]) == 1 for frame in film["frames"])


def test_for_people_there_is_a_table_and_an_empty_room_is_no_error(files: Path) -> None:
    ran = run(files, str(files / "empty.png"))
    assert ran.exit_code == Exit.OK
    assert "no face" in ran.stdout


def test_each_wrong_file_is_reported_and_the_good_one_is_still_analysed(files: Path) -> None:
    (files / "broken.png").write_bytes(b"\x89PNG nothing")
    (files / "text.mp4").write_text("no film")
    named = [str(files / name) for name in ("broken.png", "text.mp4", "gone.jpg", "visitor größe.png")]
    ran = run(files, "--json", *named, str(files))
    assert ran.exit_code == Exit.BAD_CONFIGURATION
    listed = json.loads(ran.stdout)["files"]
    assert [list(file)[1] for file in listed] == ["error", "error", "error", "frames", "error"]
    for words in ("is not an image that can be decoded", "is not an image or a video", "no such file", "is a folder"):
        assert words in ran.stderr


def test_a_gpu_that_is_demanded_and_not_there_ends_with_the_reason(files: Path) -> None:
    from models.seeing.runtime import why_no_cuda

    if not why_no_cuda():
        pytest.skip("this machine has a GPU")
    venue = files / "cuda.toml"
    venue.write_text((files / "venue.toml").read_text() + 'device = "cuda"\n')
    ran = CliRunner().invoke(app, ["classify", "--venue", str(venue), str(files / "empty.png")])
    assert ran.exit_code == Exit.BAD_CONFIGURATION
    assert why_no_cuda() in ran.stderr


def test_a_still_picture_is_one_frame_in_colour(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "gray.png"), np.full((20, 30), 7, np.uint8))
    (frame,) = frames_of(tmp_path / "gray.png", every=15)
    assert frame.image.shape == (20, 30, 3)
    (tmp_path / "empty.png").touch()
    with pytest.raises(BadFile, match="is not an image that can be decoded"):
        list(frames_of(tmp_path / "empty.png", every=1))
