"""The calibration's window: what is to be done stands over the live picture, and keys answer."""

from collections.abc import Iterator

import numpy as np
import pygame
import pytest

from installation.calibrate import window
from installation.calibrate.guide import Cancelled, TextGuide
from installation.calibrate.window import WindowGuide

PICTURE = np.full((90, 160, 3), (20, 40, 200), np.uint8)


@pytest.fixture
def guide() -> Iterator[WindowGuide]:
    made = WindowGuide(TextGuide())
    yield made
    made.close()


def press(key: int) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


def endless() -> Iterator[np.ndarray]:
    while True:
        yield PICTURE


def test_a_volunteer_says_yes_or_no_on_the_screen(guide: WindowGuide) -> None:
    for key, answer in ((pygame.K_y, True), (pygame.K_n, False)):
        press(key)
        assert guide.agreed("AB: may numbers about your face be kept?") is answer


def test_it_begins_after_enter_and_a_countdown(guide: WindowGuide, monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter(np.arange(0, 100, 0.5))
    monkeypatch.setattr(window.time, "monotonic", lambda: float(next(now)))
    taken = 0

    def pictures() -> Iterator[np.ndarray]:
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
    shown = pygame.surfarray.array3d(pygame.display.get_surface())
    assert tuple(shown[200, 200]) == (200, 40, 20)
    assert tuple(shown[700, 200]) == (0, 0, 0)
