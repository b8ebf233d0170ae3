"""Scripted sight: what the eye of a simulated month sees. No camera and no network is behind it."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from installation.eye.link import EyeStatus, Report
from installation.host.health import Sense
from installation.month import eye_stub
from installation.show.rehearsal import NOBODY, mood_of
from models.mood import unseen

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"


@dataclass(slots=True)
class Life:
    """One process of the eye."""

    device: str
    standby: bool
    """It waits for the one before it to end."""
    camera: bool = True
    stopped: bool = False


class ScriptedSight:
    """Tells the eye's processes what to report. ``folder`` holds the socket."""

    def __init__(self, folder: Path) -> None:
        self._door = folder / "sight"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._door))
        self._socket.setblocking(False)
        self._lives: dict[str, Life] = {}
        self._forgotten = 0
        self.face = NOBODY
        self.camera_fault = ""
        """Why the camera gives no picture; '' while it does."""
        self.gpu_back_at = 0.0
        """Until then each eye that runs on the GPU dies of it."""
        self.garbled = False
        """Whether reports cannot be read."""

    @property
    def command(self) -> tuple[str, ...]:
        """The program of the eye, for its supervisor."""
        return (sys.executable, eye_stub.__file__, str(self._door))

    @property
    def answers(self) -> bool:
        """Whether an eye passes on what it is told."""
        return not self.garbled and any(not life.standby and not life.stopped for life in self._lives.values())

    @property
    def on_gpu(self) -> bool:
        """Whether the eye that looks uses the GPU."""
        return any(life.device != "cpu" and not life.standby for life in self._lives.values())

    def note_stop(self) -> None:
        """Somebody has stopped the process of the eye that looks."""
        for life in self._lives.values():
            life.stopped = not life.standby

    def report(self, now: float) -> None:
        """Let the eyes that live say what is seen at ``now``."""
        self._listen()
        for address, life in list(self._lives.items()):
            if now < self.gpu_back_at and life.device != "cpu":
                self._send(address, eye_stub.DIE + b"137")
            else:
                report = b'{"mood": NaN}' if self.garbled else self._report(life, now)
                self._send(address, eye_stub.REPORT + report)

    def _report(self, life: Life, now: float) -> bytes:
        camera, mood = Sense.OK, mood_of(self.face, 0.85, now)
        if life.standby or not life.camera:
            camera, mood = Sense.OFF, unseen(now, "the camera is off")
        elif self.camera_fault:
            camera, mood = Sense.LOST, unseen(now, self.camera_fault)
        status = EyeStatus(
            fps=15.0,
            camera=camera,
            shut=not life.camera,
            camera_name="scripted sight",
            camera_address="visitor",
            camera_reason=self.camera_fault if camera is Sense.LOST else "",
            model=Sense.OK,
            model_line="no networks: simulated",
            provider=CPU if life.device == "cpu" else CUDA,
            forgotten=self._forgotten,
        )
        return Report(mood=mood, status=status).model_dump_json().encode()

    def _listen(self) -> None:
        with suppress(BlockingIOError):
            while True:
                message, sender = self._socket.recvfrom(1 << 18)
                kind, rest = message[:1], json.loads(message[1:])
                if kind == eye_stub.HELLO:
                    device, standby, shut = rest["venue"]["eye"]["device"], rest.get("standby"), rest.get("shut")
                    self._lives[sender] = Life(device, bool(standby), camera=not shut)
                elif rest["kind"] == "set_camera" and sender in self._lives:
                    self._lives[sender].camera = rest["on"]
                elif rest["kind"] == "forget_visitors":
                    self._forgotten = rest["number"]
                elif rest["kind"] == "look" and sender in self._lives:
                    self._lives[sender].standby = False

    def _send(self, address: str, message: bytes) -> None:
        try:
            self._socket.sendto(message, address)
        except BlockingIOError:
            pass  # it stands still
        except OSError:  # it has died
            del self._lives[address]

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()
