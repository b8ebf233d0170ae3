"""The simulated visitor as a camera."""

from __future__ import annotations

import time

from calibration.settings import CameraSettings
from installation.camera.device import found_devices
from installation.camera.pace import Pace
from installation.camera.source import CameraLost
from models.arrays import Image
from models.rendering.simulated_visitor import SimulatedVisitor

CAMERA_SEARCH_SECONDS = 2.0


class VisitorSource:
    """Draws the simulated visitor at the camera's rate."""

    address = "visitor"
    live = False
    remarks: tuple[str, ...] = ()

    def __init__(self, settings: CameraSettings, seed: int) -> None:
        self._visitor = SimulatedVisitor(settings, seed)
        self._pace = Pace(settings.frames_per_second)
        self.name = f"simulated visitor (seed {seed})"

    def grab(self) -> None:
        """Wait until the next picture is due."""
        self._pace.wait()

    def retrieve(self) -> Image:
        """The picture of this moment."""
        return self._visitor.read(time.monotonic())

    def close(self) -> None:
        """Nothing is open."""


class StandIn(VisitorSource):
    """The simulated visitor because no camera was found; gives way as soon as one is plugged in."""

    remarks: tuple[str, ...] = (
        "no camera was found: a simulated visitor is shown instead (name a camera with --camera or camera.source)",
    )

    def __init__(self, settings: CameraSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self._devices = found_devices()
        self._search_at = time.monotonic() + CAMERA_SEARCH_SECONDS

    def grab(self) -> None:
        """Wait for the next picture. Raises ``CameraLost`` when a camera was plugged in, so that it gets opened."""
        super().grab()
        if time.monotonic() >= self._search_at:
            self._search_at += CAMERA_SEARCH_SECONDS
            if found_devices() != self._devices:
                raise CameraLost("a camera was plugged in and replaces the simulated visitor")
