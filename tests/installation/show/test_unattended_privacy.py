"""A show that starts by itself with a venue file that cannot be used is never less private than the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.privacy_settings import PrivacySettings
from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.show.unattended_privacy import ELSEWHERE, UNKNOWN, privacy_said, private_as

BUTTON = '[privacy]\nconsent = "button"\n[privacy.button]\nline = 4\n'
ZONE = '[privacy]\nconsent = "zone"\nzone = [\n  [0.1, 0.1],\n  [0.9, 0.1],\n  [0.5, 0.9],\n]\n'
TORN = "[screen\nwidth = "


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hall.toml"


@pytest.mark.parametrize("beside", ["[screen]\nwidht = 3\n", TORN])
@pytest.mark.parametrize("first", [True, False])
def test_a_fault_elsewhere_does_not_hide_what_is_said_of_privacy(file: Path, beside: str, first: bool) -> None:
    file.write_text(BUTTON + beside if first else f"{beside}\n{BUTTON}")
    said = privacy_said(file)
    assert said
    assert (said.consent, said.button.line) == ("button", 4)


def test_lines_of_a_list_are_no_headers(file: Path) -> None:
    file.write_text(f"{ZONE}[screen\n")
    said = privacy_said(file)
    assert said
    assert len(said.zone) == 3


@pytest.mark.parametrize(
    "text",
    [
        '[privacy]\nconsent = "buton"\n',
        "[privacy]\nconsent = \n[screen]\n",
        f"privacy.consent = 'button'\n{TORN}",
        f"privacy = {{ consent = 'button' }}\n{TORN}",
        f"privacy.place = 'school'\n[privacy]\nconsent = 'none'\n{TORN}",
        "[privacy",
    ],
)
def test_what_is_said_of_privacy_and_cannot_be_understood_keeps_the_eye_shut(file: Path, text: str) -> None:
    file.write_text(text)
    assert privacy_said(file) == UNKNOWN


def test_a_file_that_says_nothing_of_privacy_has_the_defaults_and_a_torn_one_may_have_said_something(
    file: Path,
) -> None:
    file.write_text("[screen]\nwidht = 3\n")
    assert privacy_said(file) == PrivacySettings()
    for torn in (TORN, "\0"):
        file.write_text(torn)
        assert privacy_said(file) is None
    file.unlink()
    assert privacy_said(file) is None


def test_where_there_is_no_telling_what_ran_last_counts_and_else_the_eye_stays_shut(file: Path) -> None:
    last = Venue(privacy=PrivacySettings(consent="button"))
    assert private_as(file, last, known=True).privacy == last.privacy
    assert private_as(file, Venue(), known=False).privacy == UNKNOWN
    assert private_as(None, Venue(), known=False).privacy == PrivacySettings()


def test_a_zone_counts_only_with_the_camera_that_it_was_drawn_for(file: Path) -> None:
    file.write_text(f"{ZONE}[camera]\nrotate_degrees = 90\n{TORN}")
    assert private_as(file, Venue(), known=False).privacy.stays_shut == ELSEWHERE
    file.write_text(f"{ZONE}{TORN}")
    said = privacy_said(file)
    assert said
    last = Venue(privacy=said, camera=CameraSettings(rotate_degrees=90))
    assert private_as(file, last, known=True).privacy == said
