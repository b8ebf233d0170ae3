"""What the eye reports of itself, as losses and returns: each change told once."""

from __future__ import annotations

from installation.eye.device_choice import CPU
from installation.eye.link import EyeStatus
from installation.host.console import LossReporter, log
from installation.host.health import Sense

AS_WANTED = "the eye as the venue has it"


class Announcer:
    """Tells what an eye's status says: of the eye itself, the GPU, the venue's files and the camera."""

    def __init__(self, losses: LossReporter) -> None:
        self._losses = losses
        self._reported: tuple[str, ...] = ()

    def heard(self, status: EyeStatus) -> None:
        """Compare with what was told before."""
        if status.model is Sense.OK:
            self._losses.back("eye")
            if status.provider != CPU:
                self._losses.back("GPU")
            self._left_out(status)
        elif status.model is Sense.LOST:
            self._losses.lost("eye", status.model_line)
        self._camera(status)

    def _left_out(self, status: EyeStatus) -> None:
        if status.left_out:
            self._losses.lost(AS_WANTED, f"{'; '.join(status.left_out)}; what can be used takes its place")
        else:
            self._losses.back(AS_WANTED)

    def _camera(self, status: EyeStatus) -> None:
        if status.camera is Sense.LOST:
            self._losses.lost("camera", status.camera_reason)
        elif status.camera is Sense.OK:
            self._losses.back("camera")
        facts = (status.camera_name, status.model_line, *status.remarks)
        if status.camera is status.model is Sense.OK and self._reported != facts:
            self._reported = facts
            log.info("the eye uses %s; %s", status.camera_name, status.model_line)
            for remark in status.remarks:
                log.warning("camera: %s", remark)
