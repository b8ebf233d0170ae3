"""Venue files that the program writes: what the technician wrote stays."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calibration.errors import BadInput
from calibration.head import VenueHead, read_head, unchanged_head
from calibration.profile import Calibration, LightProfile, RoomProfile, drift
from calibration.toml_editing import toml_value
from calibration.venue import Venue, load_venue
from calibration.venue_writer import changed_text, venue_text

MADE = Calibration(made="2026-11-21 10:00", people=("AB",), head="x.npz", controls={"gain": 51.0})
BY_HAND = """# the room upstairs
name = "attic"

[camera]
source = "0"      # the one over the door
gain = 40
# gain was 60 last year

[[osc.targets]]
port = 7000

# Written by 'chiaro calibrate'; do it again rather than change it by hand.
[calibration]
made = "long ago"

[calibration.room]
noise = 9.0

[sound]
volume = 0.5
"""


def test_what_a_technician_wrote_stays() -> None:
    text = venue_text(BY_HAND, {"camera": {"gain": (51.0, "as read back")}}, MADE)
    assert "# the room upstairs" in text
    assert 'source = "0"      # the one over the door' in text
    assert "# gain was 60 last year" in text
    venue = Venue.model_validate(tomllib.loads(text))
    assert venue.camera.gain == 51
    assert venue.sound.volume == 0.5
    assert venue.osc.targets[0].port == 7000


def test_the_old_calibration_is_gone() -> None:
    text = venue_text(BY_HAND, {}, MADE)
    assert "long ago" not in text
    assert text.count("[calibration]") == 1
    assert text.count("Written by") == 1
    assert Venue.model_validate(tomllib.loads(text)).calibration == MADE


def test_writing_again_changes_nothing() -> None:
    once = venue_text(BY_HAND, {"eye": {"smallest_face_pixels": (50, "")}}, MADE)
    assert venue_text(once, {"eye": {"smallest_face_pixels": (50, "")}}, MADE) == once


def test_a_file_that_would_not_load_is_not_made() -> None:
    with pytest.raises(BadInput, match="gain"):
        venue_text('name = "x"\n', {"camera": {"gain": ("much", "")}}, MADE)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text_comes_back_from_toml(text: str) -> None:
    if any(0xD800 <= ord(letter) < 0xE000 for letter in text):
        return  # halves of letters; no file holds them
    assert tomllib.loads(f"x = {toml_value(text)}")["x"] == text


def test_a_calibration_is_renewed_by_its_file_whatever_its_name(tmp_path: Path) -> None:
    file = tmp_path / "our room.toml"
    file.write_text(venue_text('name = "attic"\n', {}, MADE), encoding="utf-8")
    assert "renewed_by" not in file.read_text(encoding="utf-8")
    assert load_venue(file).calibration.renewed_by == f"chiaro calibrate '{file}'"


def test_a_head_is_found_beside_its_venue(tmp_path: Path) -> None:
    (tmp_path / "room.toml").write_text(venue_text("", {}, MADE), encoding="utf-8")
    assert load_venue(tmp_path / "room.toml").calibration.head == str(tmp_path / "x.npz")


@pytest.mark.parametrize("content", [b"", b"not an npz", None])
def test_a_broken_head_is_refused_with_the_remedy(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "x.npz").write_bytes(content)
    with pytest.raises(BadInput, match="chiaro calibrate"):
        read_head(tmp_path / "x.npz")


def test_a_head_with_a_number_that_is_none_is_refused(tmp_path: Path) -> None:
    import numpy as np

    head = VenueHead(np.full((3, 2), np.nan), np.zeros(2))
    (tmp_path / "x.npz").write_bytes(head.packed())
    with pytest.raises(BadInput, match="NaN"):
        read_head(tmp_path / "x.npz")


def test_a_head_comes_back_as_it_was_written(tmp_path: Path) -> None:
    import numpy as np

    rng = np.random.default_rng(1)
    head = VenueHead(rng.normal(size=(5, 3)), rng.normal(size=3), 1.3)
    (tmp_path / "x.npz").write_bytes(head.packed())
    p, e = rng.dirichlet(np.ones(3), 4).astype(np.float32), rng.normal(size=(4, 5)).astype(np.float32)
    assert np.array_equal(read_head(tmp_path / "x.npz")(p, e), head(p, e))
    assert np.allclose(unchanged_head(5, 3)(p, e), p, atol=1e-6)


def test_half_the_light_on_the_faces_is_a_stop() -> None:
    room = RoomProfile(luminance=4, face_luminance=40)
    assert drift(room, 4, 40) == 0
    assert drift(room, None, 40 * 0.5 ** (1 / 2.2)) == pytest.approx(1)
    assert drift(room, 60, None) > 1
    assert drift(RoomProfile(), 60, 60) == 0


def test_two_lamps_are_as_far_apart_as_seen_from_the_face() -> None:
    above, side = LightProfile(elevation_degrees=90), LightProfile(azimuth_degrees=90)
    assert above.degrees_from(side) == pytest.approx(90)
    assert above.degrees_from(LightProfile(azimuth_degrees=77, elevation_degrees=90)) == pytest.approx(0, abs=1e-4)


CORNERS = ((0.1, 0.0), (1.0, 0.0), (0.95, 1.0), (0.0, 0.9))
SCREENS = [
    "",
    "[screen]\nfullscreen = true  # the beamer\n[sound]\nvolume = 0.5\n",
    "[screen]\ncorners = [[0, 0], [1, 0], [1, 1], [0, 1]]  # straight\nfullscreen = true\n",
    "[screen]\ncorners = [\n  [0.0, 0.0],\n  # measured\n  [1.0, 0.0],\n  [1.0, 1.0],\n  [0.0, 1.0]\n]\n",
    "screen.corners = [[0, 0], [1, 0], [1, 1], [0, 1]]\n[sound]\nvolume = 0.5\n",
    'screen.fullscreen = true\nname = "x"\n',
    "screen = { fullscreen = true, corners = [[0, 0], [1, 0], [1, 1], [0, 1]] }  # all of it\n",
    "[ screen ] # the wall\r\n'corners' = [[0, 0], [1, 0], [1, 1], [0, 1]]\r\n",
    '[[osc.targets]]\nport = 7000\n[screen]\nfit = "fill"\n[[osc.targets]]\nport = 7001\n',
]


@pytest.mark.parametrize("before", SCREENS)
def test_a_key_is_set_however_the_file_says_it_now_and_all_else_stays(before: str) -> None:
    after = changed_text(before, {"screen": {"corners": (CORNERS, "")}})
    old, new = Venue.model_validate(tomllib.loads(before)), Venue.model_validate(tomllib.loads(after))
    assert new.screen.corners == CORNERS
    assert new == old.model_copy(update={"screen": old.screen.model_copy(update={"corners": CORNERS})})
    for comment in ("# the beamer", "# straight", "# all of it", "# the wall"):
        assert (comment in before) == (comment in after)
    assert changed_text(after, {"screen": {"corners": (CORNERS, "")}}) == after


@pytest.mark.parametrize(
    "before",
    [
        "[camera]\nregion = { left = 0.1, top = 0.2 }\n",
        "[camera]\nregion.left = 0.1\nregion.top = 0.2\n",
        "[camera.region]\nleft = 0.1  # the door\ntop = 0.2\n",
        "[camera]\nregion = {}\n",
    ],
)
def test_a_region_is_set_however_it_is_written(before: str) -> None:
    region = {"left": 0.25, "top": 0.0, "right": 0.75, "bottom": 1.0}
    text = changed_text(before, {"camera.region": {side: (value, "") for side, value in region.items()}})
    assert Venue.model_validate(tomllib.loads(text)).camera.region.model_dump() == region
    assert ("# the door" in text) == ("# the door" in before)
    assert [text.index(side) for side in region] == sorted(text.index(side) for side in region)


def test_what_is_written_by_hand_behind_a_calibration_stays() -> None:
    text = venue_text('[calibration]\nmade = "old"\n\n# the loudspeakers\n[sound]\nvolume = 0.5\n', {}, MADE)
    assert "# the loudspeakers\n[sound]" in text
    assert "old" not in text


def test_a_change_that_would_not_load_is_not_made() -> None:
    with pytest.raises(BadInput, match="clockwise"):
        changed_text("", {"screen": {"corners": (CORNERS[::-1], "")}})
