"""The operator's console beside the demo film: ``chiaro bench console``.

Memory, processor, first load, how old a state is when a page has it, and pictures that were late. One show runs for all
of it: without a page, with one, with fifty, and under a flood of requests.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from calibration.errors import BadInput, Unavailable
from calibration.progress import Progress
from installation.bench.report import Figure, Report

PHASE_SECONDS = 30.0
SETTLE_SECONDS = 15.0
"""In which the show opens its clips and the console makes thumbnails."""
START_WITHIN = 60.0
PHASES = (("no page", 0, 0), ("1 page", 1, 0), ("50 pages", 50, 0), ("50 pages and a flood", 50, 8))
"""Name, pages, flooders."""
LINKED = re.compile(r"""(?:src=|href=|from |import )["']([./][^"']*)["']""")


@dataclass(frozen=True, slots=True)
class Phase:
    """What was measured in one of them."""

    name: str
    resident_megabytes: float
    processor_share: float
    """Of one core, by the console's process."""
    stage_share: float
    seen: dict[str, Any]
    """``console_pages.Pages``."""

    def count(self, what: str) -> float:
        """By how much a counter of the show went up."""
        return float(self.seen["last"][what] - self.seen["first"][what])

    @property
    def bad_share(self) -> float:
        """Pictures late, dropped or shown again, in percent of all."""
        return 100 * sum(map(self.count, ("late", "dropped", "repeated"))) / max(1.0, self.count("pictures"))


@dataclass(frozen=True, slots=True)
class Running:
    """The show's and the console's process, and the console's port."""

    stage: int
    console: int
    port: int

    def measure(self, name: str, pages: int, flooders: int, seconds: float) -> Phase:
        """One phase. Without a page, one looks for a moment before and after, for the counters."""
        first = {} if pages else _look(self.port, 1, 1.0, 0)["last"]
        console, stage, begun = process_seconds(self.console), process_seconds(self.stage), time.monotonic()
        if pages:
            seen = _look(self.port, pages, seconds, flooders)
        else:
            time.sleep(seconds)
        spent = time.monotonic() - begun
        console_share, stage_share = (
            (process_seconds(self.console) - console) / spent,
            (process_seconds(self.stage) - stage) / spent,
        )
        resident = resident_megabytes(self.console)
        if not pages:
            seen = _look(self.port, 1, 1.0, 0) | {"first": first}
        return Phase(name, resident, console_share, stage_share, seen)


def run(progress: Progress, phase_seconds: float = PHASE_SECONDS) -> Report:
    """Measure everything: three minutes."""
    if not Path("/proc/self/stat").is_file():
        raise BadInput("memory and processor are read from /proc, which this system does not have", where="bench")
    with TemporaryDirectory() as folder:
        port = _free_port()
        show = _begin_show(Path(folder), port)
        try:
            progress("the show opens", 0.0)
            console = _console_of(show)
            _wait_for(port)
            time.sleep(SETTLE_SECONDS)
            load = first_load(port)
            running, phases = Running(show.pid, console, port), []
            for number, (name, pages, flooders) in enumerate(PHASES):
                progress(name, 0.1 + 0.9 * number / len(PHASES))
                phases.append(running.measure(name, pages, flooders, phase_seconds))
        finally:
            show.terminate()
            show.wait()
    figures = [*_load_figures(*load), *(figure for phase in phases for figure in _figures(phase, phases[0]))]
    notes = (
        f"each phase lasts {phase_seconds:.0f} s; the show is headless, with a simulated visitor",
        "late: pictures late, dropped or shown again; a baseline without a page is from the same run",
        "the pages run on this machine too, below the show's priority; phones would not",
    )
    return Report("console", tuple(figures), notes)


def _begin_show(folder: Path, port: int) -> subprocess.Popen[bytes]:
    venue = folder / "bench.toml"
    venue.write_text(f'name = "bench"\n[osc]\nlisten_port = 0\n[console]\nport = {port}\n', encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "installation",
        "run",
        "--headless",
        "--mute",
        "--camera",
        "visitor",
        "--seed",
        "1",
    ]
    return subprocess.Popen(  # noqa: S603 - our own program
        [*command, "--venue", str(venue)], env=os.environ | {"CHIARO_STATE": str(folder)}, stdin=subprocess.DEVNULL
    )


def _console_of(show: subprocess.Popen[bytes]) -> int:
    """The process of the show's console. Raises ``Unavailable``."""
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until and show.poll() is None:
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (process / "cmdline").read_bytes().split(b"\0")
                if b"installation.web.main" in words and _parent(process) == show.pid:
                    return int(process.name)
        time.sleep(0.1)
    raise Unavailable("the show started no console")


def _wait_for(port: int) -> None:
    until = time.monotonic() + START_WITHIN
    while time.monotonic() < until:
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise Unavailable("the console did not open its port")


def _parent(process: Path) -> int:
    return int((process / "stat").read_text().rpartition(")")[2].split()[1])


def _look(port: int, pages: int, seconds: float, flooders: int) -> dict[str, Any]:
    words = (str(port), str(pages), str(seconds), str(flooders))
    answer = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", "installation.bench.console_pages", *words],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=False,
    )
    if answer.returncode:
        raise Unavailable(f"the pages saw nothing: {answer.stderr[-300:]}")
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def process_seconds(process: int) -> float:
    """Seconds of processor that it has used."""
    words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def resident_megabytes(process: int) -> float:
    """Memory that a process holds."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def first_load(port: int) -> tuple[int, float, int]:
    """Bytes, milliseconds and files of the page with all that it names, asked for one after another, packed."""
    import gzip

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=START_WITHIN)
    begun, size = time.perf_counter(), 0
    waiting, seen = ["/"], {"/"}
    try:
        while waiting:
            path = waiting.pop()
            connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
            answer = connection.getresponse()
            content = answer.read()
            size += len(content) + len(str(answer.headers))
            if answer.headers.get("content-encoding") == "gzip":
                content = gzip.decompress(content)
            if path == "/" or path.endswith((".js", ".css")):
                for name in LINKED.findall(content.decode(errors="replace")):
                    found = os.path.normpath(os.path.join(os.path.dirname(path), name))  # noqa: PTH118, PTH120 - a URL
                    if found.startswith(("/static/", "/strings/")) and found not in seen:
                        seen.add(found)
                        waiting.append(found)
    finally:
        connection.close()
    return size, 1000 * (time.perf_counter() - begun), len(seen)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _load_figures(size: int, milliseconds: float, files: int) -> Iterator[Figure]:
    yield Figure(f"first load, {files} files", size / 1000, "kB")
    yield Figure("first load, served one after another", milliseconds, "ms")


def _figures(phase: Phase, quiet: Phase) -> Iterator[Figure]:
    name, beside = phase.name, phase is not quiet
    yield Figure(
        f"memory, {name}", phase.resident_megabytes, "MB", quiet.resident_megabytes if beside else None, "no page"
    )
    yield Figure(f"processor, {name}", 100 * phase.processor_share, "% of a core")
    yield Figure(f"processor of the stage, {name}", 100 * phase.stage_share, "% of a core")
    if ages := phase.seen["ages_ms"]:
        for word, share in (("median", 50), ("95 %", 95)):
            if beside:
                yield Figure(f"state to page, {word}, {name}", float(np.percentile(ages, share)), "ms")
    if phase.seen["answered"]:
        yield Figure(f"requests answered, {name}", phase.seen["answered"], "")
    yield Figure(f"pictures, {name}", phase.count("pictures"), "")
    yield Figure(f"late pictures, {name}", phase.bad_share, "%", quiet.bad_share if beside else None, "no page")
