"""The calibration's window: what is to be done stands over the live picture, and keys answer."""

import time
from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.window import CANCEL_AGAIN_WITHIN_SECONDS, WindowGuide
from installation.calibrate.window_drawing import WARM, PreviewGain
from models.arrays import Image, Integers

PICTURE = np.full((90, 160, 3), (20, 40, 200), np.uint8)


@pytest.fixture
def guide() -> Iterator[WindowGuide]:
    made = WindowGuide(TextGuide())
    yield made
    made.close()


def press(key: int) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


def endless() -> Iterator[Image]:
    while True:
        yield PICTURE


def test_a_volunteer_says_yes_or_no_on_the_screen(guide: WindowGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    for key, answer in ((pygame.K_y, True), (pygame.K_n, False)):
        press(pygame.K_n if answer else pygame.K_y)  # before the question stands there: no answer
        monkeypatch.setattr(time, "sleep", lambda _, key=key: press(key))
        assert guide.agreed("AB: may numbers about your face be kept?") is answer


def test_it_begins_after_enter_and_a_countdown(guide: WindowGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(np.arange(0, 100, 0.5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(now)))
    taken = 0

    def pictures() -> Iterator[Image]:
        nonlocal taken
        for picture in endless():
            taken += 1
            if taken == 4:
                press(pygame.K_RETURN)
            yield picture

    guide.ready("AB: show HAPPINESS", pictures())
    assert taken >= 4 + 3


@pytest.mark.parametrize("key", [pygame.K_q, pygame.K_ESCAPE])
def test_q_and_escape_end_it_when_they_come_twice(guide: WindowGuide, key: int) -> None:
    press(key)
    press(key)
    with pytest.raises(Cancelled):
        list(guide.shown([PICTURE], "recording"))


@pytest.mark.parametrize("key", [pygame.K_q, pygame.K_ESCAPE])
def test_a_sleeve_on_the_keyboard_ends_nothing_and_it_is_said_what_would(guide: WindowGuide, key: int) -> None:
    list(guide.shown([PICTURE], "recording"))
    plain = shown()
    press(key)
    assert len(list(guide.shown([PICTURE] * 3, "recording"))) == 3
    assert np.abs(shown() - plain)[:, 505:].max() > 100
    guide._cancel_asked -= CANCEL_AGAIN_WITHIN_SECONDS  # that was a while ago
    press(key)
    list(guide.shown([PICTURE], "recording"))


def test_closing_the_window_ends_it_at_once(guide: WindowGuide) -> None:
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    with pytest.raises(Cancelled):
        list(guide.shown([PICTURE], "recording"))


def test_initials_are_typed_in_the_window_and_enter_ends_them(
    guide: WindowGuide, monkeypatch: pytest.MonkeyPatch
) -> None:
    press(pygame.K_x)  # before the question stands there: no answer
    keys = [(pygame.K_q, "q"), (pygame.K_z, "z"), (pygame.K_BACKSPACE, "\b"), (pygame.K_k, "k"), (pygame.K_LSHIFT, "")]
    coming = iter([*keys, (pygame.K_RETURN, "\r"), (pygame.K_RETURN, "\r")])

    def type_one(_: float) -> None:
        key, letter = next(coming)
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key, unicode=letter))

    monkeypatch.setattr(time, "sleep", type_one)
    assert guide.ask("Volunteer 1: initials (Enter = no more volunteers)") == "qk"
    assert guide.ask("Volunteer 2: initials (Enter = no more volunteers)", "none") == "none"


def test_which_step_it_is_stands_in_the_corner(guide: WindowGuide) -> None:
    list(guide.shown([PICTURE], "measuring"))
    plain = shown()
    guide.step(1, 4, "camera (simulated visitor)")
    list(guide.shown([PICTURE], "measuring"))
    changed = np.flatnonzero(np.abs(shown() - plain).max((1, 2)) > 60)
    assert changed.min() > 480
    assert np.abs(shown() - plain)[:, 60:].max() == 0


def test_the_fit_shows_how_far_it_is_and_can_be_ended(guide: WindowGuide) -> None:
    def filled() -> int:
        return int((shown()[:, 270] == WARM).all(1).sum())

    with guide.progress("fitting") as done:
        done(0.25)
        quarter = filled()
        done(0.75)
        assert filled() == pytest.approx(3 * quarter, abs=2)
        assert quarter > 200
        press(pygame.K_ESCAPE)
        press(pygame.K_ESCAPE)
        with pytest.raises(Cancelled):
            done(0.8)


def test_a_dark_room_is_shown_bright_enough_to_see_who_stands_there_and_it_is_said(guide: WindowGuide) -> None:
    dark = np.full((90, 160, 3), 2, np.uint8)
    dark[30:60, 60:100] = 20
    untouched = dark.copy()
    list(guide.shown([dark] * 2, "measuring"))
    face, room = shown()[480, 250], shown()[100, 100]
    assert face.min() > 150
    assert room.max() < 40
    assert guide._gain.shows
    assert np.array_equal(dark, untouched)


def test_the_preview_does_not_flicker_when_a_light_passes() -> None:
    gain = PreviewGain()
    gain.brightened(np.full((9, 16, 3), 20, np.uint8))
    before = gain.gain
    gain.brightened(np.full((9, 16, 3), 250, np.uint8))
    assert before * 0.8 < gain.gain < before


def test_whatever_is_to_be_said_fits_into_the_window(guide: WindowGuide) -> None:
    for text in ("", "a\0b\x1b[2J", "\ud83d", "光と影", "x" * 10_000, "a word " * 300):
        guide.warn(text)
        guide.step(1, 4, text)
        list(guide.shown([PICTURE], text))


def test_the_picture_is_shown_as_in_a_mirror(guide: WindowGuide) -> None:
    half = PICTURE.copy()
    half[:, :80] = 0
    assert len(list(guide.shown([half, half], "your face at rest"))) == 2
    shown = pixels()
    assert tuple(shown[200, 200]) == (200, 40, 20)
    assert tuple(shown[700, 200]) == (0, 0, 0)


def pixels() -> Image:
    surface = pygame.display.get_surface()
    assert surface is not None
    return pygame.surfarray.array3d(surface)


def shown() -> Integers:
    return pixels().astype(np.int64)


def test_a_warning_stands_on_the_screen_until_the_next_thing_begins(guide: WindowGuide) -> None:
    list(guide.shown([PICTURE], "the light is measured"))
    plain = shown()
    guide.warn("the face is at 6 of 255: open the lens, expose longer, or move the lamp nearer")
    list(guide.shown([PICTURE], "the light is measured"))
    assert np.abs(shown() - plain)[:, :40].max() > 100
    press(pygame.K_RETURN)
    guide.ready("again", iter([PICTURE, PICTURE]))
    list(guide.shown([PICTURE], "the light is measured"))
    assert np.array_equal(shown(), plain)


def test_the_countdown_can_be_read_from_two_metres_away(guide: WindowGuide) -> None:
    list(guide.shown([PICTURE], ""))
    plain = shown()
    press(pygame.K_RETURN)
    guide.ready("AB: show HAPPINESS", iter([PICTURE] * 2))
    rows = np.flatnonzero(np.abs(shown() - plain)[60:220, :400].max((0, 2)) > 60)
    assert rows.max() - rows.min() > 120


def test_the_region_is_drawn_with_the_mouse_over_the_mirrored_picture(guide: WindowGuide) -> None:
    def pictures() -> Iterator[Image]:
        yield PICTURE
        for kind, place in ((pygame.MOUSEBUTTONDOWN, (96, 54)), (pygame.MOUSEBUTTONUP, (480, 540))):
            pygame.event.post(pygame.event.Event(kind, pos=place, button=1))
        yield PICTURE
        press(pygame.K_RETURN)
        yield from endless()

    assert guide.region(Region(), pictures()) == Region(left=0.5, top=0.1, right=0.9, bottom=1.0)


def test_the_lamp_that_was_found_is_drawn_until_enter(guide: WindowGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Integers] = []

    def looked_at(_: float) -> None:
        drawn.append(shown())
        press(pygame.K_RETURN)

    monkeypatch.setattr(time, "sleep", looked_at)
    for elevation in (10, 80):
        guide.drawn(LightProfile(elevation_degrees=elevation, radius_degrees=4), "the lamp")
    assert len(drawn) == 2
    assert np.abs(drawn[0] - drawn[1]).max() > 100


def test_words_that_change_follow_the_picture(guide: WindowGuide) -> None:
    words = iter(["0 taken", "1 taken - too dark", "2 taken", "3 taken"])
    shown_so_far = [shown() for _ in guide.shown([PICTURE] * 3, lambda: next(words))]
    assert np.abs(shown_so_far[1] - shown_so_far[0])[:, 430:505].max() > 100
    assert next(words, "") == "", "once for each picture, and once at the end"
