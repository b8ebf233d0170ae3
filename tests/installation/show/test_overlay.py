"""The operator's overlay: it grows with the screen, fits on it whatever the story is called, and says what is wrong."""

from dataclasses import replace

import cv2
import numpy as np
import pygame
import pytest
from numpy.typing import NDArray

from installation.host.health import Health, Sense
from installation.show.keys import Controls
from installation.show.overlay import (
    ACCENT,
    ALARM,
    RECENT_SECONDS,
    WARNING,
    Overlay,
    RecentGrowth,
    nearest_face,
    shown_ways,
)
from installation.show.rehearsal import mood_of
from installation.show.view import Timeline, View, set_by_hand
from installation.web.address import qr_rows
from models.arrays import Image
from models.mood import Mood
from scenes.machine.branching import BranchStanding
from scenes.machine.signals import SignalStanding
from scenes.story.signals import SIGNALS_AT_MOST

LONG = "the lanterns over the lake on the night of the first snow "
HEALTH = Health(1, Sense.OK, Sense.OK, 30.0, 15.0, 60.0, 0)
CAMERA = cv2.imencode(".jpg", np.full((180, 320, 3), 90, np.uint8))[1].tobytes()
SIZES = [(1280, 720), (1920, 1080), (3840, 2160), (1024, 768), (1080, 1920), (2560, 1080)]
VIEW = View(
    clock="19:30:00",
    title="One light",
    scene="opening",
    state="deciding",
    seconds=8.0,
    duration=16.0,
    window=(4.0, 15.0),
    branches=(
        BranchStanding("lanterns", "joy", "", 0.6, 0.4, taken=True),
        BranchStanding("rain", None, "otherwise", 0.0, None, taken=False),
    ),
    mood=mood_of("happiness", 0.8, 0.0),
    health=HEALTH,
    eye_line="/dev/video0; detector on CPU, classifier on CPU",
    sign="the room is told: open (OSC, DMX, lamp on a pin)",
    lost=(),
    thumbnail=CAMERA,
    question="",
    controls=Controls(),
    timeline=Timeline(8.0, 16.0, loops=False, closes=15.25, minimum=4.0, cues=(0.0, 6.0)),
    console_url="http://192.168.178.123:8470/",
    console_code=qr_rows("http://192.168.178.123:8470/#token=GRAYPQBVW8jvyq2Bb7kHMd5ujxyPBLEx"),
)
FULL = replace(
    VIEW,
    title=LONG * 2,
    scene=LONG,
    state="transition",
    branches=tuple(
        replace(VIEW.branches[0], to=LONG, mood=LONG, asks=LONG, stands=LONG, taken=False) for _ in range(7)
    ),
    answers=(LONG,) * 6,
    eye_line=LONG * 5,
    signals=tuple(SignalStanding(LONG, None, 0.0, 1e6) for _ in range(SIGNALS_AT_MOST)),
    lost=(f"sound: {LONG}", f"display: {LONG}"),
    console_code=(),  # gives way where all this is shown; the address stays
    question="Press Esc again to end the show",
    controls=Controls(paused=True, mute=True, camera=False, brightness=0.5),
)


def drawn(view: View, size: tuple[int, int] = (1280, 720), now: float = 0.0) -> tuple[Overlay, pygame.Surface]:
    overlay = Overlay(size)
    return overlay, overlay.draw(lambda: view, view.question, now)


def ink(surface: pygame.Surface) -> NDArray[np.bool_]:
    """True where something is drawn on the panel."""
    pixels: Image = pygame.surfarray.array3d(surface)
    marked: NDArray[np.bool_] = pixels.max(2) > 70
    return marked


def has(surface: pygame.Surface, colour: tuple[int, int, int]) -> bool:
    return bool((pygame.surfarray.array3d(surface) == colour).all(2).any())


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("view", [VIEW, FULL], ids=["an evening", "everything long and lost"])
def test_every_row_is_on_the_screen_with_a_margin_around(size: tuple[int, int], view: View) -> None:
    overlay, surface = drawn(view, size)
    assert overlay.left_out == ()
    assert surface.get_width() <= size[0]
    assert surface.get_height() <= size[1]
    marks = ink(surface)
    edge = round(10 * min(size[0] / 702, size[1] / 720))
    assert marks.any()
    assert not marks[:edge].any()
    assert not marks[-edge:].any()
    assert not marks[:, :edge].any()
    assert not marks[:, -edge // 2 :].any()


@pytest.mark.parametrize("size", SIZES)
def test_the_consoles_code_is_read_off_the_wall(size: tuple[int, int]) -> None:
    _, surface = drawn(VIEW, size)
    seen = cv2.cvtColor(pygame.surfarray.array3d(surface).swapaxes(0, 1), cv2.COLOR_RGB2GRAY)
    said, _, _ = cv2.QRCodeDetector().detectAndDecode(seen)
    assert said == "http://192.168.178.123:8470/#token=GRAYPQBVW8jvyq2Bb7kHMd5ujxyPBLEx"


def test_it_grows_with_the_screen() -> None:
    small, large = (drawn(VIEW, size)[1] for size in ((1280, 720), (3840, 2160)))
    assert large.get_width() == pytest.approx(3 * small.get_width(), rel=0.01)
    assert large.get_height() == pytest.approx(3 * small.get_height(), rel=0.05)


@pytest.mark.parametrize("size", [(160, 90), (320, 200), (16, 16)])
def test_on_a_screen_too_small_for_it_rows_are_left_out_and_nothing_raises(size: tuple[int, int]) -> None:
    overlay, surface = drawn(FULL, size)
    assert overlay.left_out
    assert surface.get_width() <= size[0]
    assert surface.get_height() <= size[1]
    assert overlay.question("Press Esc again to end the show").get_width() <= size[0]
    assert overlay.pause_sign().get_height() <= size[1]


@pytest.mark.parametrize("text", ["", "a\0b\x1b[2J", "\ud83d", "光と影", "\u200b", "x" * 10_000])
def test_no_text_makes_it_raise(text: str) -> None:
    branch = BranchStanding(text, text, text, float("nan"), 2.0, taken=True)
    drawn(replace(VIEW, title=text, scene=text, eye_line=text, lost=(text,), question=text, branches=(branch,)))
    drawn(replace(VIEW, mood=Mood(captured_at=0.0, trusted=False, reason=text), thumbnail=b"torn", duration=None))


def test_what_would_be_taken_now_is_coloured() -> None:
    nobody = replace(VIEW, mood=mood_of("nobody", 1.0, 0.0), scene="")
    assert has(drawn(nobody)[1], ACCENT)
    assert not has(drawn(replace(nobody, branches=()))[1], ACCENT)


@pytest.mark.parametrize(
    ("view", "colour"),
    [
        (VIEW, None),
        (replace(VIEW, lost=("sound: the device is gone",)), ALARM),
        (replace(VIEW, mood=Mood(captured_at=0.0, trusted=False, reason="the lens is covered")), ALARM),
        (replace(VIEW, health=replace(HEALTH, camera=Sense.LOST)), ALARM),
        (replace(VIEW, health=replace(HEALTH, drift=2.4)), ALARM),
        (replace(VIEW, state="fault"), ALARM),
        (replace(VIEW, health=replace(HEALTH, drift=1.2)), WARNING),
        (replace(VIEW, controls=Controls(mute=True)), WARNING),
        (replace(VIEW, state="blackout"), WARNING),
        (replace(VIEW, signals=(SignalStanding("heart", 72.0, 0.23, 0.4),)), None),
        (replace(VIEW, signals=(SignalStanding("heart", None, 0.0, 12.0),)), WARNING),
    ],
)
def test_the_colour_says_how_bad_it_is(view: View, colour: tuple[int, int, int] | None) -> None:
    surface = drawn(view)[1]
    assert has(surface, ALARM) is (colour == ALARM)
    assert has(surface, WARNING) is (colour == WARNING)


def test_a_camera_that_was_switched_off_by_hand_is_no_alarm() -> None:
    blind = replace(VIEW, mood=Mood(captured_at=0.0, trusted=False, reason="the camera is off"))
    surface = drawn(replace(blind, controls=Controls(camera=False)))[1]
    assert has(surface, WARNING)
    assert not has(surface, ALARM)


def test_lost_pictures_are_coloured_while_they_are_news() -> None:
    growth = RecentGrowth()
    assert not growth.of(replace(HEALTH, late_frames=4000), 0.0)  # since weeks
    assert growth.of(replace(HEALTH, late_frames=4001), 1.0)
    assert growth.of(replace(HEALTH, late_frames=4001), RECENT_SECONDS)
    assert not growth.of(replace(HEALTH, late_frames=4001), 1.0 + RECENT_SECONDS)


def test_it_is_drawn_five_times_a_second_and_at_once_for_a_question() -> None:
    overlay, asked = Overlay((1280, 720)), []

    def view() -> View:
        asked.append(1)
        return VIEW

    for tick in range(60):
        overlay.draw(view, "", tick / 60)
    assert 5 <= len(asked) <= 6
    overlay.draw(view, "Press Esc again to end the show", 0.99)
    assert len(asked) in (6, 7)


def test_what_an_operator_has_set_is_named() -> None:
    assert set_by_hand(Controls()) == ()
    assert set_by_hand(Controls(mute=True, volume=0.4, camera=False)) == ("muted", "camera off")
    assert set_by_hand(Controls(volume=0.4, brightness=0.5)) == ("volume 40%", "brightness 50%")
    assert set_by_hand(Controls(closed=True, blackout=True)) == ("closed",)


def test_what_the_room_is_told_of_the_eye_is_a_row_of_its_own() -> None:
    whole, without = (ink(drawn(view)[1]).sum() for view in (VIEW, replace(VIEW, sign="")))
    assert whole > without


def test_the_sign_of_a_pause_is_small_and_grey() -> None:
    sign = Overlay((1920, 1080)).pause_sign()
    assert sign.get_width() * sign.get_height() < 0.005 * 1920 * 1080
    alpha = pygame.surfarray.array_alpha(sign)
    assert 0 < alpha.max() < 160


def test_a_scene_that_answers_says_how_it_stands() -> None:
    silent = drawn(VIEW)[1]
    answering = drawn(replace(VIEW, answers=("thread he", "she: calm, 0.6 of 1 s")))[1]
    assert ink(answering).sum() > ink(silent).sum() + 100


def test_beside_what_a_branch_asks_for_it_says_how_that_stands() -> None:
    asks = BranchStanding("attic", None, "doors 3 or more", 0.0, None, taken=False)
    plain, said = (drawn(replace(VIEW, branches=(replace(asks, stands=now),)))[1] for now in ("", "doors is 2"))
    assert ink(said).sum() > ink(plain).sum() + 50


def test_the_way_that_would_be_taken_is_told_however_many_there_are() -> None:
    ways = tuple(BranchStanding(f"room {n}", None, "", 0.0, None, taken=n == 9) for n in range(12))
    assert [way.to for way in shown_ways(ways, 3)] == ["room 0", "room 1", "room 9"]
    assert shown_ways(ways[9:], 3) == ways[9:]
    assert shown_ways(ways[:9], 3) == ways[:3]


def test_how_the_visitors_look_at_the_film_is_told_where_it_is_known() -> None:
    known = mood_of("happiness", 0.9, 1.0, facing=0.74)
    visitor = known.visitors[0].model_copy(update={"yaw": -23.4, "pitch": -18.2, "distance": 2.14})
    known = known.model_copy(update={"visitors": (visitor,), "face_luminance": 34.2})
    assert nearest_face(known) == "34, yaw -23, pitch -18, 2.1 m"
    assert nearest_face(known.model_copy(update={"visitors": ()})) == "34"
    assert nearest_face(mood_of("nobody", 0.9, 1.0)) == "-"
