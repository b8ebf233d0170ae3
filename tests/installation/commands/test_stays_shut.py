"""In a school or at a workplace no command opens a camera or reads a face, and says why."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.errors import BadInput
from calibration.privacy_settings import PrivacySettings
from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.calibrate.picture_source import SimulatedPictures, open_picture_source
from installation.camera import open_source
from installation.cli import app
from installation.commands.camera_checks import check_camera

SCHOOL = PrivacySettings(place="school")


@pytest.fixture
def no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens a source fails the test."""
    monkeypatch.setattr(open_source, "open_source", lambda *_: pytest.fail("a camera was opened"))


@pytest.mark.usefixtures("no_camera")
@pytest.mark.parametrize(
    ("privacy", "why"),
    [(SCHOOL, "place = 'school'"), (PrivacySettings(kept_shut="until it is signed"), "until it is signed")],
)
def test_calibrate_and_check_open_none(privacy: PrivacySettings, why: str) -> None:
    venue = Venue(name="hall", privacy=privacy, camera=CameraSettings(source="0"))
    with pytest.raises(BadInput, match="no camera is opened here") as refused:
        open_picture_source(venue, 0)
    assert why in str(refused.value)
    (told,) = check_camera(venue)
    assert told.what.startswith("not opened")


def test_simulated_visitors_are_nobody() -> None:
    venue = Venue(privacy=SCHOOL, camera=CameraSettings(source="visitor"))
    assert isinstance(open_picture_source(venue, 0), SimulatedPictures)


def test_classify_refuses_in_words(tmp_path: Path) -> None:
    file = tmp_path / "class.toml"
    file.write_text('name = "class 4b"\n[privacy]\nplace = "school"\n')
    result = CliRunner().invoke(app, ["classify", "face.jpg", "--venue", str(file)])
    assert result.exit_code == 78
    assert "class 4b: no camera is opened here: in a school or academy no emotion may be read" in result.output
