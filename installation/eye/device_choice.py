"""What the eye runs on when a GPU may be lost: rebuild, restart, then the CPU, and the GPU again later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Device = Literal["auto", "cpu", "cuda"]
CPU = "CPUExecutionProvider"
TRY_GPU_AGAIN_AFTER = 600.0
"""Seconds on the CPU; each attempt loads the networks beside the eye that looks."""
TOGETHER = 60.0
"""Seconds within which two failures on the GPU count as one fault that a restart has not cured."""


@dataclass
class DeviceChoice:
    """Chooses the device of the next eye. Time is given, monotonic seconds.

    (To rebuild the networks is up to the eye itself.)
    """

    wanted: Device
    on_cpu_until: float | None = None
    failed_at: float | None = None

    def next_device(self, now: float) -> Device:
        """The device for an eye that starts now."""
        if self.on_cpu_until is not None and now >= self.on_cpu_until:
            self.on_cpu_until = self.failed_at = None
        return self.wanted if self.on_cpu_until is None else "cpu"

    def failed(self, provider: str, now: float) -> None:
        """Note that an eye that ran on ``provider`` ('': it never said) died or hung.

        The CPU takes its place also where the venue demands a GPU: an eye that looks slowly is better than none.
        """
        if self.wanted == "cpu" or provider == CPU:
            return
        if self.failed_at is not None and now - self.failed_at <= TOGETHER:
            self.on_cpu_until = now + TRY_GPU_AGAIN_AFTER
        self.failed_at = now

    def trial_failed(self, now: float) -> None:
        """The eye that was to try the GPU again never saw: the CPU goes on."""
        self.on_cpu_until = now + TRY_GPU_AGAIN_AFTER

    def trial_due(self, now: float) -> bool:
        """It is time to start an eye on the GPU, to see whether it is back."""
        return self.on_cpu_until is not None and now >= self.on_cpu_until
