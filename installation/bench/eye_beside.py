"""The eye beside a film: what a benchmark of the film runs against on a full machine."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.bench.eye_crowd import LIGHT, write_camera
from installation.eye.supervisor import EyeSupervisor
from installation.host.console import LossReporter
from models.rendering.crowd import Crowd

RATE = 30
"""Of the camera, in frames a second."""


@contextmanager
def eye_beside() -> Iterator[Callable[[], int]]:
    """The real eye, in its own process, before a visitor (in an empty room it would rest): pictures it has analysed."""
    crowd, analysed = Crowd(1), list[float]()
    with tempfile.TemporaryDirectory() as folder:
        pictures = [crowd.read(number / RATE, LIGHT, number) for number in range(RATE)]
        camera = CameraSettings(source=str(write_camera(Path(folder) / "camera.avi", pictures, RATE)))
        supervisor = EyeSupervisor(
            Venue(camera=camera), 0, LossReporter(), on_mood=lambda mood: analysed.append(mood.captured_at)
        )
        supervisor.start()
        limit = time.monotonic() + 30
        while not analysed and time.monotonic() < limit:
            time.sleep(0.05)
        try:
            yield lambda: len(set(analysed))
        finally:
            supervisor.close()
