"""Pictures that do not show the room."""

import numpy as np
import pytest

from installation.camera.liveness import BELIEVE_AFTER, Blind, Stale

DARK_ROOM = 4.0
"""Mean of a gallery picture that the detector can still use."""


def room(mean: float, seed: int = 0) -> np.ndarray:
    """A picture with light falling off to one side, and sensor noise."""
    light = np.linspace(0.2, 1.8, 320) * mean
    noise = np.random.default_rng(seed).normal(0, 1.0, (240, 320))
    gray = np.clip(light + noise, 0, 255).astype(np.uint8)
    return np.repeat(gray[..., None], 3, axis=2)


def after_a_while(image: np.ndarray) -> str:
    blind = Blind(below_luminance=1.5)
    assert blind.why(image, 0.0) == ""
    return blind.why(image, BELIEVE_AFTER)


@pytest.mark.parametrize("mean", [DARK_ROOM, 20, 60, 120])
def test_a_dark_or_bright_room_is_a_picture(mean: float) -> None:
    assert after_a_while(room(mean)) == ""


def test_a_covered_lens_is_reported_with_its_mean() -> None:
    assert "covered or the lights are off (mean 0.0" in after_a_while(np.zeros((240, 320, 3), np.uint8))


def test_a_hand_before_the_lens_in_a_lit_room_is_reported() -> None:
    noise = np.random.default_rng(1).normal(70, 2, (240, 320, 3))
    assert "even tone" in after_a_while(noise.astype(np.uint8))


def test_glare_is_reported() -> None:
    image = room(80)
    image[:, 60:] = 255
    assert "glare" in after_a_while(image)


def test_a_cut_to_black_on_the_wall_does_not_blind_the_camera() -> None:
    blind, black = Blind(1.5), np.zeros((240, 320, 3), np.uint8)
    reasons = [blind.why(black if 10 <= tenth < 18 else room(20), tenth / 10) for tenth in range(40)]
    assert not any(reasons)


def test_the_same_picture_for_ever_is_counted_and_any_change_begins_anew() -> None:
    stale = Stale()
    assert [stale.seconds(room(20), second) for second in range(4)] == [0, 1, 2, 3]
    assert stale.seconds(room(20, seed=1), 4) == 0


def test_sensor_noise_alone_keeps_an_empty_room_live() -> None:
    stale = Stale()
    assert max(stale.seconds(room(3, seed=n), float(n)) for n in range(10)) == 0
