"""The camera's address in a file of its own: found beside the venue, read at each opening, told to nobody."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from calibration.errors import BadFile
from calibration.settings import CameraSettings
from calibration.venue import load_venue
from installation.camera.open_source import open_source, with_source_file
from installation.camera.source import CameraLost
from installation.commands.camera_checks import check_camera
from installation.host.options import with_source

HIDDEN_WORD = "hunter2"
ADDRESS = f"rtsp://admin:{HIDDEN_WORD}@192.0.2.7:554/stream"


def written(folder: Path, content: str) -> CameraSettings:
    """The settings of a venue that names a file with this content, beside it."""
    (folder / "camera.address").write_text(content, encoding="utf-8")
    (folder / "camera.address").chmod(0o600)
    (folder / "hall.toml").write_text('[camera]\nsource_file = "camera.address"\n')
    return load_venue(folder / "hall.toml").camera


@pytest.mark.parametrize("content", [ADDRESS, f"{ADDRESS}\n", f"\ufeff  {ADDRESS}  \r\nan older one\n"])
def test_the_first_line_of_the_file_is_the_address(content: str, tmp_path: Path) -> None:
    settings = written(tmp_path, content)
    assert settings.source == ""
    assert with_source_file(settings).source == ADDRESS


def test_without_such_a_file_the_source_itself_counts() -> None:
    settings = CameraSettings(source="visitor")
    assert with_source_file(settings) is settings


def test_a_file_that_is_changed_counts_from_the_next_opening_on(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((120, 160, 3), 90, np.uint8))
    settings = written(tmp_path, "/nowhere/at/all")
    with pytest.raises(CameraLost):
        open_source(settings, 0)
    (tmp_path / "camera.address").write_text(str(tmp_path))
    source = open_source(settings, 0)
    source.close()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("", "its first line is empty"),
        (f"rtsp://admin:{HIDDEN_WORD}#@192.0.2.7/", "its first line has a #"),
        (f"rtsp://admin:{HIDDEN_WORD}/x@192.0.2.7/", "its first line is not an address"),
        (f"rtsp://[admin:{HIDDEN_WORD}", "its first line is not an address"),
        (None, "no such file"),
    ],
)
def test_a_file_of_no_use_is_a_lost_camera_and_tells_no_piece_of_a_password(
    content: str | None, why: str, tmp_path: Path
) -> None:
    settings = written(tmp_path, content or "")
    if content is None:
        (tmp_path / "camera.address").unlink()
    with pytest.raises(CameraLost) as lost:
        open_source(settings, 0)
    assert why in str(lost.value)
    assert str(tmp_path / "camera.address") in str(lost.value)
    assert HIDDEN_WORD not in str(lost.value)
    (finding,) = check_camera(load_venue(tmp_path / "hall.toml"))
    assert finding.state == "problem"
    assert why in finding.what
    assert HIDDEN_WORD not in repr(finding)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other rules of who may read")
def test_the_check_warns_of_a_file_that_others_can_read(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.full((120, 160, 3), 90, np.uint8))
    written(tmp_path, str(tmp_path))
    venue = load_venue(tmp_path / "hall.toml")
    assert not [finding for finding in check_camera(venue) if "chmod 600" in finding.what]
    (tmp_path / "camera.address").chmod(0o644)
    assert [finding for finding in check_camera(venue) if "chmod 600" in finding.what]


def test_a_camera_that_is_typed_takes_the_place_of_the_file(tmp_path: Path) -> None:
    settings = with_source(written(tmp_path, ADDRESS), "visitor")
    assert with_source_file(settings).source == "visitor"


def test_source_and_source_file_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "hall.toml").write_text('[camera]\nsource = "0"\nsource_file = "camera.address"\n')
    with pytest.raises(BadFile, match="either `source` or `source_file`"):
        load_venue(tmp_path / "hall.toml")
