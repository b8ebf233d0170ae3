"""Screens in step: four followers with wrong clocks behind a bad network, and what each shows at the same moment.

``chiaro bench screens``. ``CHIARO_BENCH_SCREENS_SECONDS`` sets how long they play in step before the disturbances (60;
3600 for the goal: within one frame, 33 ms, at p99.9, the median under 8 ms).
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calibration.array_file import FLOAT_ROWS, load_arrays
from calibration.errors import Unavailable
from installation.bench.lossy_udp import Badness, LossyUdp
from installation.bench.marked_clip import make_clip
from installation.bench.report import Figure, Progress, Report
from installation.bench.screens_measure import Shown, apart, healed_after, offsets, shown
from installation.bench.screens_process import SIZE

SECONDS = 60.0
CLIP_SECONDS = (6.0, 7.0, 5.5, 8.0)
"""The first one loops."""
CLOCKS = ((3.0, 100.0), (-3.0, -100.0), (3.0, -100.0), (-3.0, 100.0))
"""Seconds that each follower's clock is off, and the millionths by which it runs wrong."""
NETWORK = Badness(delay_seconds=0.0005, jitter_seconds=0.020, loss=0.02)
SETTLING_SECONDS = 15.0
"""After all have begun."""
START_SECONDS = 60.0
STOPPED_SECONDS = LOST_SECONDS = 4.0
WATCHED_SECONDS = 8.0
"""After each disturbance."""
END_SECONDS = 30.0


@dataclass
class Screens:
    """The processes of one run, and where they write what they saw."""

    folder: Path
    story: Path
    port: int
    running: dict[str, subprocess.Popen[bytes]]

    @property
    def until(self) -> Path:
        """The file whose coming ends them."""
        return self.folder / "until"

    def out(self, name: str) -> Path:
        """What a screen has seen."""
        return self.folder / f"{name}.npz"

    def start(self, name: str, role: str, port: int, offset: float = 0.0, ppm: float = 0.0) -> None:
        """Another process."""
        words = [role, str(self.story), str(port), str(self.folder), name, str(offset), str(ppm)]
        command = [sys.executable, "-m", "installation.bench.screens_process", *words]
        self.running[name] = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own module

    def begun(self, name: str) -> float:
        """Wait until a screen has begun, and give the moment. Raises ``Unavailable``."""
        since, file = time.monotonic(), self.out(name).with_suffix(".begun")
        while not file.exists():
            if self.running[name].poll() is not None or time.monotonic() - since > START_SECONDS:
                raise Unavailable(f"the screen {name!r} did not begin")
            time.sleep(0.05)
        return file.stat().st_mtime - time.time() + time.monotonic()

    def end(self) -> dict[str, Shown]:
        """End all, and what each has shown. Raises ``Unavailable`` where one did not last so long."""
        self.until.touch()
        for name, one in self.running.items():
            if one.wait(END_SECONDS) != 0:
                raise Unavailable(f"the screen {name!r} ended before its time (exit code {one.returncode})")
        return {name: shown(load_arrays(self.out(name), {"seen": FLOAT_ROWS})["seen"]) for name in self.running}

    def kill(self) -> None:
        """End what is left."""
        for one in self.running.values():
            one.kill()
            one.wait()


def run(progress: Progress) -> Report:
    """Play in step, then disturb: a late start, a process that stands still, a network that is gone."""
    seconds = float(os.environ.get("CHIARO_BENCH_SCREENS_SECONDS", SECONDS))
    with ExitStack() as closing:
        folder = Path(closing.enter_context(tempfile.TemporaryDirectory()))
        progress("making clips", 0.0)
        screens = Screens(folder, _story(folder), _free_port(), {})
        closing.callback(screens.kill)
        networks = [LossyUdp(screens.port, NETWORK, seed) for seed in range(len(CLOCKS) + 1)]
        for one in networks:
            closing.callback(one.close)
        screens.start("leader", "lead", screens.port)
        names = [f"screen {n + 1}" for n in range(len(CLOCKS))]
        for name, network, (offset, ppm) in zip(names, networks, CLOCKS, strict=False):
            screens.start(name, "follow", network.port, offset, ppm)
        progress("starting", 0.02)
        for name in screens.running:
            screens.begun(name)
        cpu = os.times()
        time.sleep(SETTLING_SECONDS)
        begin = time.monotonic()
        while (passed := time.monotonic() - begin) < seconds:
            progress("in step", passed / (seconds + 40))
            time.sleep(min(1.0, seconds - passed))
        end = time.monotonic()
        progress("disturbed", seconds / (seconds + 40))
        moments = _disturb(screens, names, networks)
        seen = screens.end()
        spent = os.times()
    return Report(
        "screens",
        (*_figures(seen, names, begin, end), *_healing(seen, moments)),
        (
            f"{len(names)} followers through {end - begin:.0f} s, clocks off by 3 s and 100 ppm, {_network_words()}; "
            f"load average {os.getloadavg()[0]:.1f}; all screens together {_cores(cpu, spent):.2f} cores",
        ),
    )


def _disturb(screens: Screens, names: list[str], networks: list[LossyUdp]) -> dict[str, tuple[str, float, float]]:
    """What was done, to which screen, from when on it could be in step again, and until when it was watched."""
    moments = {}
    screens.start("late", "follow", networks[-1].port, *CLOCKS[0])
    begun = screens.begun("late")
    time.sleep(WATCHED_SECONDS)
    moments["began late"] = ("late", begun, time.monotonic())
    screens.running[names[0]].send_signal(signal.SIGSTOP)
    time.sleep(STOPPED_SECONDS)
    screens.running[names[0]].send_signal(signal.SIGCONT)
    woken = time.monotonic()
    time.sleep(WATCHED_SECONDS)
    moments[f"stood still for {STOPPED_SECONDS:g} s"] = (names[0], woken, time.monotonic())
    networks[1].cut_off = True
    time.sleep(LOST_SECONDS)
    networks[1].cut_off = False
    back = time.monotonic()
    time.sleep(WATCHED_SECONDS)
    moments[f"no network for {LOST_SECONDS:g} s"] = (names[1], back, time.monotonic())
    return moments


def _figures(seen: dict[str, Shown], names: list[str], begin: float, end: float) -> Iterator[Figure]:
    """Of all followers together, while nothing was disturbed."""
    leader = seen["leader"]
    late, frames = [], []
    for name in names:
        one = seen[name].between(begin, end)
        late.append(np.abs(offsets(leader, one)[1]) * 1000)
        frames.append(apart(leader, seen[name], begin, end)[1])
    for name, one in [*zip(names, late, strict=True), ("all", np.concatenate(late))]:
        yield Figure(f"same picture here and there, median, {name}", float(np.median(one)), "ms")
        yield Figure(f"same picture here and there, p99.9, {name}", float(np.percentile(one, 99.9)), "ms")
    yield Figure("same picture here and there, worst", float(np.concatenate(late).max()), "ms")
    moments = np.concatenate(frames)
    yield Figure("moments at which all is within one frame", float((moments <= 1).mean() * 100), "%")
    yield Figure("frames apart, worst", float(moments.max()), "frames")


def _healing(seen: dict[str, Shown], moments: dict[str, tuple[str, float, float]]) -> Iterator[Figure]:
    for what, (name, since, until) in moments.items():
        yield Figure(f"in step again: {what}", healed_after(seen["leader"], seen[name], since, until), "s")


def _story(folder: Path) -> Path:
    """Scenes that follow each other for ever."""
    lines = ['title = "Screens in step"', 'start = "s2"', 'attract = "s1"', 'safe = "s1"', ""]
    for n, seconds in enumerate(CLIP_SECONDS, 1):
        make_clip(folder / f"s{n}.mkv", n, seconds, SIZE)
        following = f'next = "s{n % len(CLIP_SECONDS) + 1}"' if n > 1 else ""
        lines += [f"[scenes.s{n}]", f'clip = "s{n}.mkv"', following, ""]
    story = folder / "story.toml"
    story.write_text("\n".join(lines))
    return story


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _network_words() -> str:
    return f"{NETWORK.jitter_seconds * 1000:.0f} ms jitter and {NETWORK.loss:.0%} loss each way"


def _cores(before: os.times_result, after: os.times_result) -> float:
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return spent / (after.elapsed - before.elapsed)
