"""A stage and machines with eyes, in one process and over real sockets; the eyes themselves are stand-ins."""

from __future__ import annotations

import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from calibration.venue import Venue
from installation.eye.link import EyeStatus
from installation.eye.supervisor import EyeSupervisor
from installation.eyes.eyes import Eyes
from installation.eyes.key import make_key, read_key
from installation.eyes.sender import Sender
from installation.host.console import LossReporter
from installation.host.health import Sense
from models.mood import Mood, unseen


def free_port() -> int:
    """A UDP port of loopback that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


class StandInEye:
    """Takes the place of ``EyeSupervisor`` on the far machine; sees one visitor while its camera is open."""

    def __init__(self) -> None:
        self.on, self.open, self.why = True, True, ""
        self.frozen = self.forgotten = 0

    def mood(self, now: float) -> Mood:
        return Mood(captured_at=now, trusted=True, present=True, count=1) if self.open else unseen(now, self.why)

    def set_on(self, on: bool) -> None:
        self.on = on

    def set_camera(self, on: bool, why: str = "") -> None:
        self.open, self.why = on, why

    def freeze_baseline(self) -> None:
        self.frozen += 1

    def forget_visitors(self) -> None:
        self.forgotten += 1

    @property
    def may_look(self) -> bool:
        return self.open

    @property
    def status(self) -> EyeStatus:
        sense = Sense.OK if self.open else Sense.OFF
        return EyeStatus(camera=sense, model=Sense.OK, camera_name="a camera", camera_address="rtsp://u:secret@h/")


class FarMachine:
    """``chiaro eye`` but for its process: a sender in a thread, and a stand-in for the eye."""

    def __init__(self, port: int, name: str, key: bytes, zone: bool = False) -> None:
        self.losses, self.eye = LossReporter(), StandInEye()
        self.sender = Sender("127.0.0.1", port, name, key, zone, self.losses)
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._live, name=f"far {name}", daemon=True)
        self._thread.start()

    def _live(self) -> None:
        self.sender.live(self.eye, self._ending.is_set, lambda _now: None)

    def end(self) -> None:
        self._ending.set()
        self._thread.join(5.0)


class Way:
    """A lossy way to a stage: a relay of UDP on loopback that loses, holds up and cuts."""

    def __init__(self, to: int, loss: float = 0.0, jitter: float = 0.0, seed: int = 1) -> None:
        self.loss, self.jitter, self.cut = loss, jitter, False
        self._rng = random.Random(seed)
        self._front, self._back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        self._front.bind(("127.0.0.1", 0))
        self._back.bind(("127.0.0.1", 0))
        self._to, self._from = ("127.0.0.1", to), ("127.0.0.1", 0)
        self.port = int(self._front.getsockname()[1])
        self.recorded: list[bytes] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self._thread.start()

    def _relay(self) -> None:
        held: list[tuple[float, socket.socket, bytes]] = []
        while not self._ending.is_set():
            for end in select.select([self._front, self._back], [], [], 0.002 if held else 0.05)[0]:
                datagram, sender = end.recvfrom(65536)
                if end is self._front:
                    self._from = sender
                    self.recorded.append(datagram)
                if not self.cut and self._rng.random() >= self.loss:
                    out = self._back if end is self._front else self._front
                    held.append((time.monotonic() + self._rng.random() * self.jitter, out, datagram))
            now = time.monotonic()
            for _, out, datagram in [one for one in held if one[0] <= now]:
                out.sendto(datagram, self._to if out is self._back else self._from)
            held = [one for one in held if one[0] > now]

    def close(self) -> None:
        self._ending.set()
        self._thread.join(5.0)
        self._front.close()
        self._back.close()


class Stage:
    """The stage's eyes, without a camera of its own."""

    def __init__(self, folder: Path, *names: str, port: int = 0, **more: object) -> None:
        self.port, self.key_file = port or free_port(), folder / "eyes.key"
        if not self.key_file.exists():
            make_key(self.key_file)
        self.key = read_key(str(self.key_file))
        eyes = {"listen": "127.0.0.1", "port": self.port, "key_file": str(self.key_file)}
        named: dict[str, dict[str, object]] = {name: {"sees_the_same": False} for name in names}
        self.venue = Venue.model_validate({"camera": {"source": "none"}, "eyes": eyes | named, **more})
        self.losses, self.moods = LossReporter(), list[Mood]()
        self.eyes = Eyes(self.venue, self.losses, self.moods.append, _no_own_eye)
        self.eyes.start()

    def mood(self) -> Mood:
        return self.eyes.mood(time.monotonic())

    def lost(self) -> tuple[str, ...]:
        return self.losses.lost_names()

    def close(self) -> None:
        self.eyes.close()


def _no_own_eye(_on_mood: Callable[[Mood], None]) -> EyeSupervisor:
    raise AssertionError("the stage has no camera")


@contextmanager
def ending(*parts: Stage | Way | FarMachine) -> Iterator[None]:
    """Whatever happens, nothing of them is left."""
    try:
        yield
    finally:
        for part in parts:
            part.end() if isinstance(part, FarMachine) else part.close()
