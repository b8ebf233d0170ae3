"""An eye with everything real but its networks: it sees "a visitor" in each frame, and fails as its fault says.

``python -m tests.installation.eye.stub_eye [fault] LINE``; the fault is one of ``FAULTS``.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from pathlib import Path

from calibration.venue import Venue
from installation.eye import main as eye
from installation.eye.perception import CannotBegin
from models.frame import Frame
from models.mood import Mood, unseen

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


class StubPerception:
    """Gives the mean of each frame as a mood's luminance. On the GPU (device not 'cpu') it fails as its fault says."""

    def __init__(self, venue: Venue, fault: str) -> None:
        if fault == "bad weights" and not Path(os.environ["STUB_EYE_MENDED"]).exists():
            raise CannotBegin("weights/emotion.onnx has 7 classes, 8 are needed")
        while fault.endswith("loads when it may") and not Path(os.environ["STUB_EYE_MAY_LOAD"]).exists():
            time.sleep(0.05)
        on_gpu = fault.startswith("gpu ") and venue.eye.device != "cpu"
        if fault == "gpu is away" and on_gpu:
            raise RuntimeError("no CUDA device was found")
        self.provider = CUDA if on_gpu else CPU
        self.line = f"stub on {self.provider}"
        self.left_out: tuple[str, ...] = ()
        self.stages_ms = {"classify": 0.1}
        self.rest_seconds = 0.0
        self.drift = 0.0
        if fault == "is soon unheard":
            eye.UNHEARD_SECONDS = 0.5
        self._fault = fault if on_gpu or not fault.startswith("gpu ") else ""
        self._frames = 0
        self._forgotten = False

    def update(self, frame: Frame) -> Mood:
        self._frames += 1
        if self._frames == 4:
            fail(self._fault)
        mean = float(frame.image.mean())
        if self._forgotten:
            return Mood(captured_at=frame.captured_at, trusted=True, present=False, frame_luminance=mean)
        return Mood(captured_at=frame.captured_at, trusted=True, present=True, count=1, frame_luminance=mean)

    def blind(self, now: float, reason: str) -> Mood:
        return unseen(now, reason)

    def repair(self) -> None:
        if self._fault == "weights go":
            raise CannotBegin("weights/emotion.onnx: no such file")
        self._frames = 0

    def forget(self) -> None:
        self._frames = 0

    def freeze_baseline(self) -> None:
        Path(os.environ["STUB_EYE_FROZEN"]).touch()

    def forget_visitors(self) -> None:
        self._forgotten = True


def fail(fault: str) -> None:
    match fault:
        case "gpu raises" | "raises" | "weights go":
            raise RuntimeError("CUDA error 2: out of memory")
        case "gpu hangs":
            time.sleep(60)
        case "gpu aborts":
            os.abort()
        case "gpu is killed":
            os._exit(137)
        case "capture dies":
            victim = next(thread for thread in threading.enumerate() if thread.name == "capture")
            victim._target = None  # type: ignore[attr-defined]  # the one way to end a thread from outside
            raise_in(victim)


def raise_in(thread: threading.Thread) -> None:
    import ctypes

    assert thread.ident is not None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(ZeroDivisionError))


if __name__ == "__main__":
    fault = sys.argv[1] if len(sys.argv) == 3 else ""
    sys.argv[1:] = sys.argv[-1:]
    eye.BUILD_AGAIN_SECONDS = 0.3
    eye.main(lambda venue: StubPerception(venue, fault))
