"""The simulated visitor as a camera."""

from __future__ import annotations

import time

from calibration.settings import CameraSettings
from installation.camera.pace import Pace
from installation.camera.source import Image
from installation.visitor import SimulatedVisitor


class VisitorSource:
    """Draws the simulated visitor at the camera's rate."""

    live = False

    def __init__(self, settings: CameraSettings, seed: int) -> None:
        self._visitor = SimulatedVisitor(settings, seed)
        self._pace = Pace(settings.frames_per_second)
        self.name = f"simulated visitor (seed {seed})"
        self.remarks: tuple[str, ...] = ()

    def grab(self) -> None:
        self._pace.wait()

    def retrieve(self) -> Image:
        return self._visitor.read(time.monotonic())

    def close(self) -> None:
        pass
