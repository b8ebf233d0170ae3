"""What is measured of the empty room, and what should be done about it."""

import numpy as np
import pytest

from installation.calibrate.empty_room import measure_empty_room, remarks_on_face


def test_a_dark_face_is_reported_with_its_remedy() -> None:
    assert remarks_on_face(6, 100, 60) == [
        "the face is too dark (face mean 6 of 255): open the lens, lengthen the exposure or move the lamp nearer"
    ]
    assert remarks_on_face(40, 100, 60) == []


def test_the_noise_of_the_camera_is_measured_and_a_pulse_is_not_mistaken_for_it() -> None:
    rng = np.random.default_rng(1)
    quiet = [np.clip(rng.normal(50 + 5 * (k % 2), 3, (96, 160, 3)), 0, 255).astype(np.uint8) for k in range(12)]
    found = measure_empty_room(quiet)
    assert found.noise == pytest.approx(3, abs=0.4)
    assert found.luminance == pytest.approx(52, abs=1)
    assert found.pulse == pytest.approx(2.5 / 52.5, abs=0.01)
