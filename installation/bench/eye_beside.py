"""The eye beside a film: what a benchmark of the film runs against on a full machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.eye.supervisor import EyeSupervisor
from installation.host.console import LossReporter


@contextmanager
def eye_beside(film: Path) -> Iterator[Callable[[], int]]:
    """The real eye, in its own process, watching a film."""
    analysed: list[float] = []
    venue = Venue(camera=CameraSettings(source=str(film)))
    supervisor = EyeSupervisor(venue, 0, LossReporter(), on_mood=lambda mood: analysed.append(mood.captured_at))
    supervisor.start()
    limit = time.monotonic() + 30
    while not analysed and time.monotonic() < limit:
        time.sleep(0.05)
    try:
        yield lambda: len(set(analysed))
    finally:
        supervisor.close()
