"""The calibration's window: what is to be done stands over the live picture, and keys answer."""

import time
from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from calibration.profile import LightProfile
from calibration.settings import Region
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.window import WindowGuide
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
def test_q_and_escape_end_it(guide: WindowGuide, key: int) -> None:
    press(key)
    with pytest.raises(Cancelled):
        list(guide.shown([PICTURE], "recording"))


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
