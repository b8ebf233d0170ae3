"""A lamp that fails slowly."""

from calibration.profile import Calibration, LightProfile, RoomProfile
from installation.eye.drift import Drift


def test_a_lamp_that_fails_slowly_shows_as_drift() -> None:
    drift = Drift(Calibration(made="today", room=RoomProfile(luminance=4, face_luminance=80), light=LightProfile()))
    for second in range(30):
        drift.update(True, 10, 80, float(second))
    assert drift.stops < 0.05
    for second in range(30, 400):
        drift.update(True, 10, 40, float(second))
    assert 1.5 < drift.stops < 2.5
    assert Drift(Calibration()).stops == 0
