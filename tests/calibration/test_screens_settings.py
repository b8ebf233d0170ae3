"""``[screens]`` of a venue: who leads, and what each screen shows, beside keys of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.files import load_toml
from calibration.screens_settings import Crop
from calibration.settings import ScreenSettings
from calibration.venue import Venue

TRIPTYCH = """
[screens]
leads = true
plays = "middle"
[screens.left]
leader = "192.168.1.10"
crop = { width = 0.333 }
[screens.middle]
crop = { x = 0.333, width = 0.334 }
[screens.right]
display = 1
brightness = 0.5
crop = { x = 0.667, width = 0.334 }
"""


def venue(folder: Path, text: str) -> Venue:
    file = folder / "venue.toml"
    file.write_text(text)
    return load_toml(file, Venue)


def test_one_file_tells_every_machine_of_a_triptych_what_it_shows(tmp_path: Path) -> None:
    screens = venue(tmp_path, TRIPTYCH).screens
    assert list(screens.windows) == ["right"], "a display and no leader: a further window of this machine"
    assert screens.own.crop == Crop(x=0.333, width=0.334)
    here = ScreenSettings(fullscreen=True, corners=((0.1, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    right = screens.named["right"].over(here)
    assert (right.display, right.brightness, right.fullscreen) == (1, 0.5, True)
    assert right.corners == ScreenSettings().corners, "another projector stands elsewhere"
    assert Venue().screens.named == {}
    whole = venue(tmp_path, TRIPTYCH)
    assert Venue.model_validate_json(whole.model_dump_json()) == whole, "the eye's process gets it so"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[screens]\nlaeds = true", "screens.laeds: unknown key; did you mean 'leads'?"),
        ("[screens.left]\ndisplai = 1", "screens.left.displai: unknown key; did you mean 'display'?"),
        ("[screens.left]\ncrop = { x = 0.9 }", "screens.left.crop: x and width must not be more than 1 together"),
        ('[screens]\nplays = "mid"', "screens: plays = 'mid', and there is no [screens.mid]"),
        ('[screens]\nplays = "left"\n[screens.left]\nfit = "fill"', "write its `fit` in [screen]"),
        ("[screens.left]\ndisplay = 1\nsound = true", "screens.left: a further window of this machine is silent"),
        ("[screens.left]\ncorners = [[1, 0], [0, 0], [1, 1], [0, 1]]", "screens.left.corners: must run clockwise"),
        ("[screens.Left]", "'Left': a screen's name starts with a letter a-z"),
    ],
)
def test_what_is_wrong_is_told_by_its_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BadFile) as refused:
        venue(tmp_path, text)
    assert told in "\n".join(refused.value.problems)
