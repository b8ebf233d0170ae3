"""From the camera delivering a picture to the OSC packet that speaks of it, while the film plays."""

from __future__ import annotations

import os
import socket
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pythonosc.osc_bundle import OscBundle

from calibration.settings import CameraSettings, EyeSettings, OscSettings, OscTarget, ScreenSettings
from calibration.venue import Venue
from installation.bench.console import process_seconds
from installation.bench.report import Figure, Progress
from installation.eye.supervisor import EyeSupervisor
from installation.host.console import LossReporter
from installation.host.options import DEMO
from installation.show.opening import open_show
from installation.show.show import Show
from models.mood import Distribution, Mood
from scenes.story.story import load_story

SECONDS = 30.0
WARM_UP_SECONDS = 5.0
STEPS = 20
REACHED = "moods with a face that reached the receiver"


class _Receiver:
    """A receiver on loopback that notes when each aggregate distribution arrives."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.arrived: dict[bytes, float] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            datagram = self._socket.recv(65536)
            now = time.monotonic()
            if datagram.startswith(b"#bundle"):
                for message in OscBundle(datagram):
                    if message.address.endswith("/mood/emotions"):
                        self.arrived.setdefault(_key(tuple(message.params)), now)


def _key(probabilities: Distribution) -> bytes:
    return np.asarray(probabilities, np.float32).tobytes()


@dataclass(frozen=True, slots=True)
class _Arrival:
    """One mood as the stage got it."""

    heard_at: float
    mood: Mood
    stages_ms: dict[str, float]


def measure(  # noqa: PLR0913 - who looks, at what, beside which film, for how long
    camera: str,
    progress: Progress,
    seconds: float = SECONDS,
    eye: EyeSettings = EyeSettings(),
    story: Path = DEMO,
    screen: ScreenSettings = ScreenSettings(),
    warm_up: float = WARM_UP_SECONDS,
) -> list[Figure]:
    """Run eye, film (no window) and broadcast as in a show, and time each mood to its packet.

    A mood counts when somebody is in it and its distribution is new, because only then can its packet be recognised.
    """
    receiver, arrivals = _Receiver(), list[_Arrival]()
    osc = OscSettings(targets=(OscTarget(port=receiver.port, rate_hertz=60),), listen=False)
    name = f"bench {os.getpid()}"
    venue = Venue(name=name, osc=osc, camera=CameraSettings(source=camera), eye=eye, screen=screen)
    show: Show | None = None

    def heard(mood: Mood) -> None:
        if show is not None:
            show.parts.broadcast.mood(mood)
            arrivals.append(_Arrival(time.monotonic(), mood, supervisor.status.stages_ms))

    supervisor = EyeSupervisor(venue, 1, LossReporter(), on_mood=heard)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHIARO_STATE"] = folder
        with open_show(load_story(story), venue, headless=True, mood_source=supervisor) as show:
            show.run(warm_up)
            begun, used = time.monotonic(), _used(supervisor.pid)
            for step in range(STEPS):
                progress("eye, film and broadcast together", step / STEPS)
                show.run(seconds / STEPS)
            took, film = time.monotonic() - begun, show.parts.film.health
            used = _used(supervisor.pid) - used
    arrivals = [one for one in arrivals if one.heard_at > begun]
    looks = {one.mood.captured_at: one.mood.count for one in arrivals if one.mood.trusted}
    return [
        *_latencies(arrivals, receiver.arrived),
        Figure("frames analysed beside the film", len(looks) / took, "1/s"),
        Figure("frames analysed a core-second of the eye", len(looks) / used if used > 0 else 0.0, "1/s"),
        Figure("visitors, mean", float(np.mean([*looks.values()])) if looks else 0.0, "visitors"),
        Figure("film beside the eye: shown", film.fps, "1/s"),
        Figure("film beside the eye: late", float(film.late), "frames"),
        Figure("film beside the eye: dropped", float(film.dropped), "frames"),
    ]


def _used(process: int | None) -> float:
    """Seconds of processor that the eye has used; 0 where the system does not tell."""
    if process is None or not Path(f"/proc/{process}/stat").is_file():
        return 0.0
    return process_seconds(process)


def _latencies(arrivals: list[_Arrival], arrived: dict[bytes, float]) -> list[Figure]:
    """Capture to packet, and the share of each stage in it (means over the same moods)."""
    pairs = [
        (one, arrived[_key(one.mood.probabilities)]) for one in arrivals if _key(one.mood.probabilities) in arrived
    ]
    pairs = [(one, at) for one, at in pairs if one.mood.count and 0.0 < at - one.mood.captured_at < 1.0]
    counted = Figure(REACHED, float(len(pairs)), "moods")
    if not pairs:
        return [counted]
    total = np.array([at - one.mood.captured_at for one, at in pairs]) * 1000
    wire = np.array([at - one.heard_at for one, at in pairs]) * 1000
    figures = [
        counted,
        Figure("capture to packet, p50", float(np.percentile(total, 50)), "ms"),
        Figure("capture to packet, p95", float(np.percentile(total, 95)), "ms"),
        Figure("capture to packet, p99", float(np.percentile(total, 99)), "ms"),
        Figure("mood in the stage to packet, p95", float(np.percentile(wire, 95)), "ms"),
    ]
    for stage in pairs[0][0].stages_ms:
        mean = float(np.mean([one.stages_ms.get(stage, 0.0) for one, _ in pairs]))
        figures.append(Figure(f"share of {stage}", 100 * mean / float(total.mean()), "%"))
    figures.append(Figure("share of stage and wire", 100 * float(wire.mean() / total.mean()), "%"))
    return figures
