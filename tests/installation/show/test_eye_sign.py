"""What the room is told of the eye: before it opens, and once it has closed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import pytest

from calibration.privacy_settings import GpioSettings, PrivacySettings, SignSettings
from calibration.settings import CameraSettings, OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.eye.supervisor import EyeSupervisor
from installation.host.console import LossReporter
from installation.host.health import Sense
from installation.host.journal import Journal
from installation.osc import Broadcast
from installation.osc.registry import BY_PATH
from installation.osc.state import About
from installation.privacy.words import LANGUAGES, attract_line, notice_lines
from installation.show.consent import OPEN, Looking, Why
from installation.show.consent_desk import ConsentDesk
from installation.show.eye import Eye
from installation.show.eye_sign import EyeSign
from installation.show.keys import Controls
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.show import Show
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.camera.mjpeg_server import picture
from tests.installation.waiting import LONG, wait_until

if TYPE_CHECKING:
    from tests.installation.pins.simulated_chip import SimulatedChip

STORY = """
title = "One room"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "clip.mp4"
loop = true
[scenes.door]
clip = "clip.mp4"
end = true
"""
NOTICE = PrivacySettings()
PIN = GpioSettings(chip="/dev/gpiochip7", line=3)
WITNESS = (sys.executable, "-m", "tests.installation.show.witness_eye")


class Told(Broadcast):
    """Keeps what it is told of the eye, with everything else that happens."""

    def __init__(self, happened: list[object]) -> None:
        super().__init__(OscSettings(), (), About("0", "a story", "a room"), LossReporter())
        self.happened = happened

    def eye(self, is_open: bool, why: str) -> None:
        self.happened.append((is_open, why))
        super().eye(is_open, why)


class Lens(ManualMood):
    """An eye by hand, whose camera closes when the test says so."""

    def __init__(self, happened: list[object]) -> None:
        self.happened, self.may_look = happened, False
        self.camera = self.model = Sense.OK

    def set_camera(self, on: bool, why: str = "") -> None:  # noqa: ARG002 - as of an eye
        self.happened.append("opens" if on else "is told to close")
        self.may_look |= on


@contextmanager
def told(happened: list[object]) -> Iterator[EyeSign]:
    with closing(Told(happened)) as broadcast, closing(EyeSign(SignSettings(), broadcast, None, LossReporter())) as one:
        yield one


@pytest.fixture
def simulated(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedChip]:
    pytest.importorskip("gpiod", reason="needs the extra 'privacy' on Linux: the sign's lamp was not tried")
    from tests.installation.pins.simulated_chip import SimulatedChip

    with closing(SimulatedChip(monkeypatch)) as chip:
        yield chip


@dataclass
class Desk:
    """When the eye may look, with staff who come and go."""

    consent: ConsentDesk
    controls: Controls

    def keep(self) -> bool:
        self.controls = self.consent.keep(time.monotonic(), 0, self.controls)
        return True


@contextmanager
def desk_of(eye: Eye, sign: EyeSign, folder: Path, privacy: PrivacySettings = NOTICE) -> Iterator[Desk]:
    losses = LossReporter()
    with closing(Journal(Venue().journal, folder, losses, room="a room")) as journal:
        broadcast = sign._broadcast
        yield Desk(ConsentDesk(Venue(privacy=privacy), eye, broadcast, journal, sign=sign), Controls())


def after_a_tick(show: Show, true: Callable[[], object]) -> Callable[[], object]:
    """What is so once the show has ticked."""

    def tick() -> object:
        show.run(0.02)
        return true()

    return tick


@pytest.mark.parametrize("why", Why)
def test_each_reason_has_its_word_in_the_registry(why: Why) -> None:
    happened: list[object] = []
    eye = Lens(happened)
    with told(happened) as sign:
        sign.follow(Looking(why), eye)
        is_open, word = sign.shown
        assert happened == [(is_open, word)]
        assert is_open == (why in OPEN) == (word == "open")
        assert word in BY_PATH["/eye/why"].meaning


def test_an_eye_that_has_not_closed_yet_is_told_as_open_and_one_that_is_lost_as_one_that_may_look() -> None:
    happened: list[object] = []
    eye = Lens(happened)
    with told(happened) as sign:
        eye.may_look = True
        sign.follow(Looking(Why.STAFF), eye)
        assert happened == [(True, "open")]
        eye.may_look = False
        sign.follow(Looking(Why.STAFF), eye)
        sign.follow(Looking(Why.STAFF), eye)
        assert happened[1:] == [(False, "staff")]
        eye.camera = Sense.LOST
        sign.follow(Looking(Why.NOTICE), eye)
        assert happened[2:] == [(True, "lost")]
    assert happened[3:] == [(False, "closed")], "at the end"


def test_the_room_is_told_before_the_eye_opens_and_after_it_has_closed(tmp_path: Path) -> None:
    happened: list[object] = []
    eye = Lens(happened)
    with told(happened) as sign, desk_of(eye, sign, tmp_path) as desk:
        assert happened == [(True, "open"), "opens"]
        desk.consent.set_staff(True)
        desk.keep()
        desk.keep()
        assert happened[2:] == ["is told to close"]
        eye.may_look = False
        desk.keep()
        assert happened[3:] == [(False, "staff")]
        desk.consent.set_staff(False)
        desk.keep()
        assert happened[4:] == [(True, "open"), "opens"]


def test_the_lamp_is_lit_whenever_a_real_eye_of_the_show_has_its_camera_open(
    tmp_path: Path, simulated: SimulatedChip, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The eye's process says when it opens and closes; the lamp is a double below the real library gpiod."""
    make_clip(tmp_path / "clip.mp4", seconds=1.0, fps=30, size=(160, 90))
    (tmp_path / "story.toml").write_text(STORY)
    (tmp_path / "pictures").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "one.png"), picture(0))
    witness = tmp_path / "witness"
    witness.touch()
    eye = partial(EyeSupervisor, command=(*WITNESS, str(witness)))
    monkeypatch.setattr("installation.show.opening.EyeSupervisor", eye)
    venue = Venue(
        osc=OscSettings(listen_port=0),
        screen=ScreenSettings(width=160, height=90),
        camera=CameraSettings(source=str(tmp_path / "pictures")),
        privacy=PrivacySettings(sign=SignSettings(gpio=PIN)),
    )

    def noted(word: str) -> list[float]:
        lines = [line.split() for line in witness.read_text().splitlines()]
        return [float(at) for said, at in lines if said == word]

    with open_show(load_story(tmp_path / "story.toml"), venue, headless=True) as show:

        def dark_after(times: int) -> Callable[[], bool]:
            return lambda: len(noted("closed")) == times and not simulated.lit

        wait_until(after_a_tick(show, lambda: noted("open")), LONG)
        show.parts.consent.set_staff(True)
        wait_until(after_a_tick(show, dark_after(1)), LONG)
        assert show.parts.sign is not None
        assert show.parts.sign.shown == (False, "staff")
        show.parts.consent.set_staff(False)
        wait_until(after_a_tick(show, lambda: len(noted("open")) == 2), LONG)
        show.parts.house.ask(False, time.monotonic(), at_once=True)
        wait_until(after_a_tick(show, dark_after(2)), LONG)
    changes = list(zip(simulated.times, simulated.changes, strict=True))
    assert len(noted("closed")) == 2
    for opened, closed in zip(noted("open"), noted("closed"), strict=True):
        since = max(at for at, lit in changes if lit and at < opened)
        assert all(lit for at, lit in changes if since <= at <= closed), "dark while the camera was open"
    assert not simulated.lit


def test_an_eye_that_begins_shut_is_never_told_as_open(tmp_path: Path) -> None:
    happened: list[object] = []
    eye = Lens(happened)
    eye.may_look = True  # an eye that nobody has told anything yet

    def set_camera(on: bool, why: str = "") -> None:  # noqa: ARG001 - as of an eye
        eye.may_look = on

    vars(eye)["set_camera"] = set_camera
    with told(happened) as sign, desk_of(eye, sign, tmp_path, PrivacySettings(consent="button")) as desk:
        desk.keep()
        assert happened == [(False, "button")]


def test_a_sign_in_a_universe_that_the_venue_does_not_have_is_told() -> None:
    losses = LossReporter()
    settings = SignSettings.model_validate({"dmx": {"universe": 4}})
    with closing(Told([])) as broadcast, closing(EyeSign(settings, broadcast, None, losses)) as sign:
        assert losses.lost_names() == ("sign's channel",)
        assert sign.line == "the room is told: shut (OSC)"


def test_the_attract_scene_shows_the_notice_and_a_button_on_a_pin_begins_a_take(
    tmp_path: Path, simulated: SimulatedChip
) -> None:
    from installation.pins.button import PinButton

    make_clip(tmp_path / "clip.mp4", seconds=3.0, fps=30, size=(160, 90))
    (tmp_path / "story.toml").write_text(STORY)
    privacy = PrivacySettings(consent="button")
    venue = Venue(osc=OscSettings(listen_port=0), screen=ScreenSettings(width=160, height=90), privacy=privacy)
    with (
        open_show(load_story(tmp_path / "story.toml"), venue, headless=True, mood_source=ManualMood()) as show,
        closing(PinButton(PIN, LossReporter())) as button,
    ):
        show.parts = replace(show.parts, button=button, notice=("Look up.",))
        wait_until(after_a_tick(show, lambda: simulated.taken), LONG)

        def noticed() -> tuple[str, ...]:
            return show.parts.film._notice

        wait_until(after_a_tick(show, lambda: noticed() == ("Look up.",)), LONG)
        simulated.press()
        wait_until(after_a_tick(show, lambda: show.scene == "door"), LONG)
        wait_until(after_a_tick(show, lambda: noticed() == ()), LONG)


def test_the_notice_is_shown_in_the_venues_languages_and_not_where_no_eye_is_ever_opened() -> None:
    wanted = PrivacySettings(notice_in_attract=True, languages=("de", "en"))
    assert [line.split("\n") for line in notice_lines(wanted)] == [
        [f"{sentence.rstrip('.')}." for sentence in attract_line(one).split(". ")] for one in ("de", "en")
    ]
    for language in LANGUAGES:
        assert notice_lines(wanted.model_copy(update={"languages": (language,)}))[0].count("\n") == 1
    assert notice_lines(PrivacySettings()) == ()
    assert notice_lines(wanted.model_copy(update={"place": "school"})) == ()
