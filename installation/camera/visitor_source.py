"""The simulated visitor as a camera."""

from __future__ import annotations

import time

from calibration.settings import CameraSettings
from installation.camera.device import found_devices
from installation.camera.pace import Pace
from installation.camera.source import CameraLost
from models.arrays import Image
from models.rendering.simulated_visitor import SimulatedVisitor

LOOK_FOR_CAMERAS_SECONDS = 2.0


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
        self._pace.wait()

    def retrieve(self) -> Image:
        return self._visitor.read(time.monotonic())

    def close(self) -> None:
        pass


class StandIn(VisitorSource):
    """The simulated visitor because no camera was found; gives way as soon as one is plugged in."""

    remarks: tuple[str, ...] = (
        "no camera was found: a simulated visitor stands in (name one with --camera or camera.source)",
    )

    def __init__(self, settings: CameraSettings, seed: int) -> None:
        super().__init__(settings, seed)
        self._devices = found_devices()
        self._look_at = time.monotonic() + LOOK_FOR_CAMERAS_SECONDS

    def grab(self) -> None:
        super().grab()
        if time.monotonic() >= self._look_at:
            self._look_at += LOOK_FOR_CAMERAS_SECONDS
            if found_devices() != self._devices:
                raise CameraLost("a camera was plugged in, and takes the simulated visitor's place")
