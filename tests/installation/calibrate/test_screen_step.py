"""The step that looks for the film's display: what is proposed, and what the venue file gets of it."""

import tomllib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import cast

import pytest

from calibration.errors import Unavailable
from calibration.profile import Calibration
from calibration.settings import CameraSettings, Polygon, Region, ScreenSettings
from calibration.venue import Venue
from calibration.venue_writer import venue_text
from installation.calibrate.draft import Draft
from installation.calibrate.flash_pattern import STEP_SECONDS
from installation.calibrate.flash_window import FlashWindow
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.picture_source import RecordingRequest, SimulatedPictures
from installation.calibrate.recording import Observer
from installation.calibrate.screen_step import region_beside, screen
from installation.calibrate.session import Session
from installation.camera.masks import Masks
from models.arrays import Image
from tests.installation.calibrate.flashing_room import Room


class Filmed(SimulatedPictures):
    """A camera in a drawn room, and the clock by which its pictures come."""

    live = True

    def __init__(self, room: Room) -> None:
        super().__init__(CameraSettings(width=160, height=120), 0)
        self._filmed, self._taken, self.shown = room.filmed()
        self.now = 0.0
        self.masks = Masks()

    def pictures(self, request: RecordingRequest, seconds: float) -> Iterator[Image]:  # noqa: ARG002 - as filmed
        for picture, taken in zip(self._filmed, self._taken, strict=True):
            self.now = taken
            yield picture

    def cover(self, masks: Masks) -> None:
        self.masks = masks


def stepped(room: Room, venue: Venue, monkeypatch: pytest.MonkeyPatch) -> tuple[Draft, Filmed]:
    source, draft = Filmed(room), Draft(venue, Calibration())
    done: list[str] = []
    window = cast(
        FlashWindow, SimpleNamespace(shown=source.shown, check=lambda: None, close=lambda: done.append("closed"))
    )
    monkeypatch.setattr("installation.calibrate.screen_step.time.monotonic", lambda: source.now)
    guide = TextGuide(yes=True)
    monkeypatch.setattr(guide, "agreed", lambda question: "again" not in question)
    monkeypatch.setattr(guide, "take_the_keyboard", lambda: done.append("keyboard"))
    screen(Session(source, guide, cast(Observer, SimpleNamespace(region=Region()))), draft, lambda: window)
    assert done == ["closed", "keyboard"]  # without it, whoever has no window manager could not answer
    return draft, source


def test_the_screen_becomes_a_mask_beside_those_that_are_there_and_covers_the_camera_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine: Polygon = ((0.0, 0.0), (0.1, 0.0), (0.1, 0.1))
    quad = ((0.4, 0.3), (0.7, 0.3), (0.7, 0.6), (0.4, 0.6))
    draft, source = stepped(Room(quad=quad), Venue(camera=CameraSettings(masks=(mine,))), monkeypatch)
    text = venue_text("# mine\nname = 'hall'\n", draft.changes, draft.calibration)
    masks = Venue.model_validate(tomllib.loads(text)).camera.masks
    assert masks[0] == mine
    assert len(masks) == 2
    assert 0.09 < 1 - source.masks.open_share < 0.13
    assert text.startswith("# mine\n")
    assert "of the picture, in the middle" in capsys.readouterr().err


def test_a_screen_that_the_camera_does_not_see_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draft, _ = stepped(Room(quad=None), Venue(), monkeypatch)
    assert draft.changes == {}
    assert "the camera does not see the screen: nothing needs to be masked" in capsys.readouterr().err


def test_pictures_of_no_room_are_not_searched(capsys: pytest.CaptureFixture[str]) -> None:
    source = SimulatedPictures(CameraSettings(width=160, height=120), 0)
    screen(Session(source, TextGuide(yes=True), cast(Observer, None)), Draft(Venue(), Calibration()))
    assert "is not looked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("corners", "region", "expected"),
    [
        (((0.8, 0.0), (1.0, 0.0), (1.0, 1.0), (0.8, 1.0)), Region(), Region(right=0.8)),
        (((0.0, 0.0), (1.0, 0.0), (1.0, 0.2), (0.0, 0.25)), Region(), Region(top=0.25)),
        (((0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)), Region(), None),
        (((0.8, 0.0), (1.0, 0.0), (1.0, 0.3), (0.8, 0.3)), Region(), None),
        (((0.8, 0.0), (1.0, 0.0), (1.0, 0.3), (0.8, 0.3)), Region(right=0.7), Region(right=0.7)),
    ],
)
def test_a_region_is_enough_where_it_leaves_out_little_else(
    corners: Polygon, region: Region, expected: Region | None
) -> None:
    assert region_beside(corners, region) == expected


def test_the_window_says_when_each_step_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")  # a display that nobody sees; a real one was tried by hand
    window = FlashWindow(ScreenSettings())
    try:
        window.check()
        assert len(window.shown) >= 1
    finally:
        window.close()
    assert all(b - a > 0.5 * STEP_SECONDS for a, b in zip(window.shown[:-1], window.shown[1:], strict=True))
    with pytest.raises(Cancelled):  # it was told to close; whoever presses Esc is heard in the same way
        window.check()


def test_without_a_display_it_is_said_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "no-such-driver")
    with pytest.raises(Unavailable, match="display"):
        FlashWindow(ScreenSettings())
