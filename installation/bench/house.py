"""A house of two hundred rooms on this machine: ``chiaro bench house``.

A real Mosquitto, a real ``chiaro house``, and rooms that are simulated in two processes: their connections, wills,
story machines, moods and documents are real. Processor and memory of broker and house, and how old a state is when a
page has it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from calibration.errors import BadInput, Unavailable
from calibration.extras import needs_extra
from calibration.progress import Progress
from installation.bench.console import process_seconds, resident_megabytes
from installation.bench.report import Figure, Report

ROOMS, PROCESSES = 200, 2
PHASE_SECONDS, SETTLE_SECONDS, BEGINS_WITHIN = 40.0, 15.0, 90.0
PHASES = (("no page", 0, 0), ("1 page", 1, 0), ("20 pages and 10 of a room", 20, 10))
"""Name, pages of all rooms, pages of one room."""
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin"))


def run(progress: Progress, rooms: int = ROOMS, phase_seconds: float = PHASE_SECONDS) -> Report:
    """Measure everything: three minutes."""
    needs_extra("rooms", "bench house")
    program = shutil.which("mosquitto", path=PATH)
    if program is None or not Path("/proc/self/stat").is_file():
        raise BadInput("needs Mosquitto (apt install mosquitto) and /proc", where="bench house")
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder, port = Path(name), _free_port()
        config = folder / "mosquitto.conf"
        config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n")
        broker = stack.enter_context(_running([program, "-c", str(config)], folder))
        options = ("--broker", f"mqtt://127.0.0.1:{port}", "--console", "127.0.0.1:0")
        house = stack.enter_context(_running([sys.executable, "-m", "installation", "house", *options], folder))
        progress("the house opens", 0.0)
        pages = _pages_of(house, folder)
        seconds = SETTLE_SECONDS + len(PHASES) * (phase_seconds + 5)
        share = rooms // PROCESSES
        simulated = [
            stack.enter_context(_running(_module("house_rooms", port, share * number, share, seconds), folder))
            for number in range(PROCESSES)
        ]
        progress(f"{rooms} rooms come", 0.1)
        time.sleep(SETTLE_SECONDS)
        figures, loads = list[Figure](), list[float]()
        for number, (words, of_all, of_rooms) in enumerate(PHASES):
            progress(words, 0.2 + 0.8 * number / len(PHASES))
            looking = _module("house_pages", pages, of_all, of_rooms, phase_seconds) if of_all else None
            figures += _phase(words, (broker.pid, house.pid), looking, phase_seconds)
            loads.append(os.getloadavg()[0])
        told = [json.loads(one.communicate(timeout=BEGINS_WITHIN)[0]) for one in simulated]
    figures.append(Figure("messages to the broker", sum(one["sent"] for one in told), "/s"))
    skipped = max(one["skipped"] for one in told)
    figures.append(Figure("left out by rooms, as this machine was too slow", 100 * skipped, "% of ticks"))
    notes = (
        f"{rooms} rooms, 4 visitors each, moods 10 times a second; each phase lasts {phase_seconds:.0f} s",
        f"the rooms run on this machine too, on {os.cpu_count()} cores with a load of "
        + ", ".join(f"{load:.1f}" for load in loads),
    )
    return Report("house", tuple(figures), notes)


def _phase(words: str, processes: tuple[int, int], pages: list[str] | None, seconds: float) -> Iterator[Figure]:
    before, begun = [process_seconds(one) for one in processes], time.monotonic()
    seen: dict[str, Any] = {"ages": [], "moods": []}
    if pages:
        answer = subprocess.run(pages, capture_output=True, text=True, timeout=seconds + 60, check=False)  # noqa: S603
        if answer.returncode:
            raise Unavailable(f"the pages saw nothing: {answer.stderr[-300:]}")
        seen = json.loads(answer.stdout)
    else:
        time.sleep(seconds)
    spent = time.monotonic() - begun
    for name, process, used in zip(("broker", "house"), processes, before, strict=True):
        yield Figure(
            f"processor of the {name}, {words}", 100 * (process_seconds(process) - used) / spent, "% of a core"
        )
        yield Figure(f"memory of the {name}, {words}", resident_megabytes(process), "MB")
    for name, ages in (("state", seen["ages"]), ("mood", seen["moods"])):
        if ages:
            yield Figure(f"{name} to page, median, {words}", float(np.median(ages)), "ms")
            yield Figure(f"{name} to page, 95 %, {words}", float(np.percentile(ages, 95)), "ms")


def _module(name: str, *arguments: float) -> list[str]:
    return [sys.executable, "-m", f"installation.bench.{name}", *map(str, arguments)]


class _running:  # noqa: N801 - reads as a sentence
    """A process within; ended at the end."""

    def __init__(self, command: list[str], folder: Path) -> None:
        self._log = (folder / "house.log").open("ab")
        environment = os.environ | {"CHIARO_STATE": str(folder)}
        out = subprocess.PIPE if "installation.bench.house_rooms" in command else self._log
        self._process = subprocess.Popen(  # noqa: S603 - our own programs, and the broker
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=self._log, env=environment
        )

    def __enter__(self) -> subprocess.Popen[bytes]:
        return self._process

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
        self._log.close()


def _pages_of(house: subprocess.Popen[bytes], folder: Path) -> int:
    """The port of its pages. Raises ``Unavailable``."""
    until = time.monotonic() + BEGINS_WITHIN
    while time.monotonic() < until and house.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)/", (folder / "house.log").read_text(errors="replace")):
            return int(found[1])
        time.sleep(0.1)
    raise Unavailable("chiaro house did not open its pages")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
