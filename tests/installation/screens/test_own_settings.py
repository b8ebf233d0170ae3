"""Whoever stands before a follower's wall saves its venue file, and sees the corners move."""

from __future__ import annotations

from pathlib import Path

from installation.host.console import LossReporter
from installation.screens.own_settings import OwnSettings
from tests.installation.film.cinema import wait_until


def test_corners_are_taken_when_the_file_is_saved_and_a_slip_in_it_is_told(tmp_path: Path) -> None:
    file, losses = tmp_path / "venue.toml", LossReporter()
    file.write_text("[screens.left]\n")
    saved = OwnSettings(str(file), "left", losses)
    try:
        assert saved.take() is None
        file.write_text("[screens.left]\ncorners = 7\n")
        wait_until(lambda: losses.is_lost("venue file"))
        file.write_text("[screens.left]\ncorners = [[0.1, 0], [1, 0], [1, 1], [0, 1]]\n")
        wait_until(lambda: not losses.is_lost("venue file"))
        settings = saved.take()
        assert settings is not None
        assert settings.corners[0] == (0.1, 0.0)
    finally:
        saved.close()
