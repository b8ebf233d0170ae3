"""The room is set up while the show runs: by a real film, without a window; the eye is a stand-in that remembers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from calibration.privacy_settings import PrivacySettings
from calibration.settings import JournalSettings
from calibration.venue import Venue
from installation.film.wall_patterns import draw_test_picture
from installation.host.journal import Journal
from installation.host.journal_files import read_lines
from installation.osc.incoming import CommandRefused
from installation.osc.registry import Code
from installation.show.answer import DONE
from installation.show.consent_desk import ConsentDesk
from installation.show.keys import Controls
from installation.show.manual_mood import ManualMood
from installation.show.venue_desk import LEFT_ALONE_SECONDS, NO_FILE, VISITOR, VenueDesk
from installation.show.venue_requests import VENUE_REQUESTS
from scenes.machine.command import (
    OPERATOR,
    LayPicture,
    PlayChannel,
    RenewEye,
    SetCorners,
    SetTone,
    VenueCommand,
    journal_fields,
)
from tests.installation.film.cinema import SIZE, Cinema, cinema, wait_until

MOVED = ((0.1, 0.05), (0.9, 0.0), (1.0, 1.0), (0.0, 0.9))


class RenewedEye(ManualMood):
    """Stands in for the eye's supervisor: remembers with which settings it was to begin again."""

    renewed: Venue | None = None

    def renew(self, venue: Venue) -> None:
        self.renewed = venue


class RenewedConsent:
    """Stands in for when the eye may look: remembers with which settings it was renewed."""

    renewed: PrivacySettings | None = None

    def renew(self, settings: PrivacySettings) -> None:
        self.renewed = settings


class Room:
    """A desk with what it sets."""

    def __init__(self, cinema: Cinema, folder: Path) -> None:
        self.cinema, self.file, self.eye = cinema, folder / "hall.toml", RenewedEye()
        self.consent = cast(ConsentDesk, RenewedConsent())
        self.file.write_text("[camera]\nsource = 'visitor'\n")
        self.journal = Journal(JournalSettings(), folder, cinema.losses, room="hall")
        running = Venue.model_validate({"name": "hall", "camera": {"source": "/dev/video7"}})
        self.desk = VenueDesk(running, str(self.file), cinema.film, self.eye, self.consent, cinema.losses, self.journal)

    def ask(self, command: VenueCommand, in_take: bool = False) -> tuple[Code, str]:
        return self.desk.obey(command, Controls(), in_take, self.cinema.now)

    def shows(self, canvas: np.ndarray | None) -> bool:
        self.desk.follow(self.cinema.now)
        self.cinema.step()
        shown = self.cinema.screen.last
        return not shown.any() if canvas is None else np.array_equal(shown, canvas)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with cinema() as house:
        room = Room(house, tmp_path)
        yield room
        room.journal.close()


def test_a_grid_lies_on_the_wall_until_it_is_taken_away(room: Room) -> None:
    assert room.ask(LayPicture("grid")) == DONE
    wait_until(lambda: room.shows(draw_test_picture("grid", SIZE)))
    assert room.desk.picture == "grid"
    room.ask(LayPicture("grid", 2))
    wait_until(lambda: room.shows(draw_test_picture("grid", SIZE, 2)))
    assert room.ask(LayPicture("")) == DONE
    assert room.shows(None)
    assert room.desk.picture == ""


def test_a_grid_that_was_forgotten_goes_after_five_minutes_and_one_that_is_renewed_stays(room: Room) -> None:
    room.ask(LayPicture("grid"))
    wait_until(lambda: room.shows(draw_test_picture("grid", SIZE)))
    room.cinema.now += LEFT_ALONE_SECONDS - 1
    room.ask(LayPicture("grid"))
    room.cinema.now += LEFT_ALONE_SECONDS - 1
    assert room.shows(draw_test_picture("grid", SIZE))
    room.cinema.now += 2
    room.desk.follow(room.cinema.now)
    assert room.shows(None)
    assert room.journal.flush()
    lines = [line for file in room.journal.folder.rglob("*.jsonl") for line in read_lines(file)]
    assert "test_picture_ends" in [line["kind"] for line in lines]


def test_while_a_visitor_is_in_the_film_it_takes_a_second_tap(room: Room) -> None:
    for command in (LayPicture("grid"), SetCorners(MOVED), SetTone(1.2, 0.0), PlayChannel(1), RenewEye(False)):
        assert room.ask(command, in_take=True) == (Code.NOT_NOW, VISITOR)
    assert room.desk.picture == ""
    assert room.ask(LayPicture("grid", in_take=True), in_take=True) == DONE
    assert room.ask(SetCorners(MOVED), in_take=True) == DONE, "the grid is up: who drags has been asked"
    assert room.ask(LayPicture(""), in_take=True) == DONE, "to end it is always allowed"


def test_corners_and_light_follow_in_film_and_test_picture(room: Room) -> None:
    room.ask(LayPicture("black"))
    wait_until(lambda: room.shows(draw_test_picture("black", SIZE)))
    room.ask(SetTone(1.0, 0.3))
    room.cinema.step()
    assert room.cinema.screen.last[0, 0, 0] == round(0.3 * 255)
    room.ask(SetCorners(MOVED))
    assert room.cinema.screen.settings.corners == MOVED
    assert room.cinema.screen.settings.black_level == 0.3


def test_a_channel_that_cannot_be_heard_says_why(room: Room) -> None:
    assert room.ask(PlayChannel(1)) == (Code.NOT_NOW, "there is no sound device")
    for controls, word in (
        (Controls(paused=True), "paused"),
        (Controls(blackout=True), "taken away"),
        (Controls(mute=True), "muted"),
    ):
        code, why = room.desk.obey(PlayChannel(1), replace(controls, volume=1.0), False, 0.0)
        assert (code, word in why) == (Code.NOT_NOW, True)


def test_the_eye_begins_again_with_the_masks_of_the_file_and_the_camera_that_runs(room: Room) -> None:
    mask = ((0.1, 0.1), (0.3, 0.1), (0.2, 0.4))
    room.file.write_text("[camera]\nsource = 'visitor'\nmasks = [[[0.1, 0.1], [0.3, 0.1], [0.2, 0.4]]]\n")
    assert room.ask(RenewEye(camera=False)) == DONE
    wait_until(lambda: room.eye.renewed is not None)
    assert room.eye.renewed is not None
    assert (room.eye.renewed.camera.masks, room.eye.renewed.camera.source) == ((mask,), "/dev/video7")
    room.eye.renewed = None
    room.ask(RenewEye(camera=True))
    wait_until(lambda: room.eye.renewed is not None)
    assert room.eye.renewed.camera.source == "visitor"  # type: ignore[attr-defined]  # a thread has set it


def test_a_file_that_cannot_be_read_is_told_and_the_eye_goes_on(room: Room) -> None:
    room.file.write_text("[camera]\nmask = 1\n")
    room.ask(RenewEye(camera=False))
    wait_until(lambda: room.cinema.losses.is_lost("venue file"))
    assert room.eye.renewed is None
    room.file.write_text("")
    room.ask(RenewEye(camera=False))
    wait_until(lambda: not room.cinema.losses.is_lost("venue file"))


def test_a_show_on_defaults_has_no_file_to_begin_again_with(room: Room) -> None:
    desk = VenueDesk(Venue(), "", room.cinema.film, room.eye, room.consent, room.cinema.losses, room.journal)
    assert desk.obey(RenewEye(False), Controls(), False, time.monotonic()) == (Code.NOT_NOW, NO_FILE)


STRAIGHT = (0, 0, 1, 0, 1, 1, 0, 1)


@pytest.mark.parametrize(
    ("name", "arguments", "command"),
    [
        ("test_picture", ("grid", 3, False), LayPicture("grid", 3)),
        ("test_picture", ("", 0, True), LayPicture("", in_take=True)),
        ("corners", (*STRAIGHT, False), SetCorners(((0, 0), (1, 0), (1, 1), (0, 1)))),
        ("tone", (1.2, 0.05, False), SetTone(1.2, 0.05)),
        ("test_channel", (4, False), PlayChannel(4)),
        ("renew_eye", (True, False), RenewEye(True)),
    ],
)
def test_requests_become_commands(name: str, arguments: tuple[str | float, ...], command: VenueCommand) -> None:
    made = VENUE_REQUESTS[name](arguments, OPERATOR)
    assert made == command
    assert made.name == name
    assert "in_take" not in str(journal_fields(made)["value"])


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("test_picture", ("smiley", 0, False)),
        ("test_picture", ("grid", 5, False)),
        ("test_picture", ("grid",)),
        ("corners", STRAIGHT),
        ("corners", (*STRAIGHT, 1)),
        ("corners", (0, 0, 0, 1, 1, 1, 1, 0, False)),
        ("corners", (0, 0, 1.5, 0, 1, 1, 0, 1, False)),
        ("corners", (0, 0, True, 0, 1, 1, 0, 1, False)),
        ("corners", ()),
        ("tone", (9, 0, False)),
        ("tone", (1, "black", False)),
        ("test_channel", (5, False)),
        ("test_channel", (True, False)),
        ("renew_eye", (1, False)),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(name: str, arguments: tuple[str | float, ...]) -> None:
    with pytest.raises(CommandRefused):
        VENUE_REQUESTS[name](arguments, OPERATOR)
