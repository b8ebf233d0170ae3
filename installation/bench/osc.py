"""What the broadcast costs, how soon a mood is on the wire, and what a flood on the control port does."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import MOODS_A_SECOND, SCENES, mood, perform
from installation.bench.report import Figure, Progress, Report
from installation.host.console import LossReporter
from installation.osc import Broadcast, Control
from installation.osc.control import FULL
from installation.osc.encoder import header
from installation.osc.state import About

TARGETS, VISITORS = 10, 4
COST_SECONDS = 20.0
LATENCY_MOODS = 300
FLOOD_SECONDS, FLOOD_A_SECOND = 3.0, 50_000

FLOOD = """
import socket, sys, time
port, seconds, rate = int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3])
way = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
way.connect(("127.0.0.1", port))
garbage = [b"#bundle\\0" + bytes(8) + b"\\xff\\xff\\xff\\xfc", b"/emo/control/next\\0\\0\\0,f\\0\\0", b"x" * 600]
sent, started = 0, time.monotonic()
while (passed := time.monotonic() - started) < seconds:
    while sent < passed * rate:
        way.send(garbage[sent % 3])
        sent += 1
    time.sleep(0.001)
print(sent)
"""


def run(progress: Progress) -> Report:
    """Everything on loopback: 10 receivers, 4 visitors, 10 Hz; then single moods; then a flood."""
    progress("cost of ten targets", 0.0)
    cost = [_cost(profile) for profile in ("visitors", "aggregate")]
    progress("mood to wire", 0.6)
    latency = _latency(one_by_one=True), _latency(one_by_one=False)
    progress("a flood on the control port", 0.9)
    return Report("osc", (*cost[0], *cost[1], *latency[0], *latency[1], *_flood()), NOTES)


NOTES = (
    f"cost: processor time of the sender's thread alone, {TARGETS} targets, {VISITORS} visitors, moods at "
    f"{MOODS_A_SECOND} Hz; aim under 3 % of a core.",
    "latency: from the call of mood() to the packet in a receiver's hands in another thread; aim p95 under 5 ms.",
    f"flood: {FLOOD_A_SECOND} packets/s for {FLOOD_SECONDS:.0f} s from another process; aim: a command answered "
    "within 100 ms after it.",
)


def _receivers(stack: ExitStack, count: int) -> list[socket.socket]:
    ears = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(count)]
    for ear in ears:
        ear.bind(("127.0.0.1", 0))
    return ears


def _on_air(ears: list[socket.socket], profile: str, rate: float = 10.0) -> Broadcast:
    targets = [
        OscTarget.model_validate({"port": ear.getsockname()[1], "profile": profile, "rate_hertz": rate}) for ear in ears
    ]
    return Broadcast(OscSettings(targets=tuple(targets)), SCENES, About("bench", "bench", "bench"), LossReporter())


def _cost(profile: str) -> list[Figure]:
    """Processor time of the broadcast, with the show's own (making the script's moods) left out."""
    with ExitStack() as stack:
        broadcast = _on_air(_receivers(stack, TARGETS), profile)
        started, spent = time.monotonic(), _thread_seconds(broadcast.thread_id)
        perform(broadcast, COST_SECONDS, VISITORS)
        spent, passed = _thread_seconds(broadcast.thread_id) - spent, time.monotonic() - started
        sent = sum(count for count, _ in broadcast.counts().values())
        lost = sum(count for _, count in broadcast.counts().values())
        broadcast.close()
    return [
        Figure(f"{TARGETS} targets, {profile}: share of a core", 100 * spent / passed, "%"),
        Figure(f"{TARGETS} targets, {profile}: packets", sent / passed, "/s"),
        Figure(f"{TARGETS} targets, {profile}: packets not sent", lost, ""),
    ]


def _thread_seconds(thread_id: int) -> float:
    """Processor time of one thread of this process, in seconds; of the whole process where Linux is not."""
    try:
        return int(Path(f"/proc/self/task/{thread_id}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return time.process_time()


def _latency(one_by_one: bool) -> list[Figure]:
    """Moods as an eye gives them: alone, to one receiver; or at 15 Hz to ten, the last of which listens."""
    with ExitStack() as stack:
        ears = _receivers(stack, 1 if one_by_one else TARGETS)
        broadcast = _on_air(ears, "visitors", rate=60.0 if one_by_one else 10.0)
        sent_at: dict[int, float] = {}
        took: list[float] = []
        hearing = threading.Thread(target=_hear, args=(ears[-1], sent_at, took))
        hearing.start()
        pause = 1 / 40 if one_by_one else 1 / MOODS_A_SECOND
        for number in range(1, LATENCY_MOODS + 1):
            seen = mood(number / MOODS_A_SECOND, VISITORS).model_copy(update={"valence": number / 1000})
            sent_at[number] = time.perf_counter()
            broadcast.mood(seen)
            time.sleep(pause)
        broadcast.close()
        hearing.join()
    took.sort()
    name = "one target" if one_by_one else f"the last of {TARGETS} targets"
    return [
        Figure(f"mood to wire, {name}: p50", 1000 * took[len(took) // 2], "ms"),
        Figure(f"mood to wire, {name}: p95", 1000 * took[int(len(took) * 0.95)], "ms"),
        Figure(f"mood to wire, {name}: moods heard", len(took), ""),
    ]


def _hear(ear: socket.socket, sent_at: dict[int, float], took: list[float]) -> None:
    """Note for each mood when it was first in our hands. The number of a mood travels in its valence."""
    mark = header("/emo/mood/valence", "f")
    heard: set[int] = set()
    ear.settimeout(1.0)
    try:
        while True:
            packet = ear.recv(4096)
            now = time.perf_counter()
            at = packet.find(mark)
            if at >= 0:
                number = round(1000 * struct.unpack_from(">f", packet, at + len(mark))[0])
                if number not in heard:
                    heard.add(number)
                    took.append(now - sent_at[number])
    except TimeoutError:
        return


def _flood() -> list[Figure]:
    """A tick of 60 Hz beside the control port, without and with a flood; then a valid command."""
    control = Control(OscSettings(listen_port=0), SCENES, LossReporter())
    try:
        quiet, _ = _ticks(lambda: time.sleep(FLOOD_SECONDS))
        flood = [sys.executable, "-c", FLOOD, str(control.port), str(FLOOD_SECONDS), str(FLOOD_A_SECOND)]
        before = time.process_time()
        flooded, sent = _ticks(lambda: int(subprocess.run(flood, capture_output=True, check=True).stdout))  # noqa: S603 - ours
        spent = time.process_time() - before
        answer = _answer(control.port)
        time.sleep(0.5)  # what the machine's buffer could not hold is counted a moment later
        unread = control.counts[FULL]
        counted = control.counts.total() - control.counts["done"] - unread
    finally:
        control.close()
    return [
        Figure("flood: packets sent", (sent or 0) / FLOOD_SECONDS, "/s"),
        Figure("flood: read, refused and counted", 100 * counted / max(sent or 0, 1), "% of sent"),
        Figure("flood: counted as pushed out of the machine's buffer", 100 * unread / max(sent or 0, 1), "% of sent"),
        Figure("flood: share of a core", 100 * spent / FLOOD_SECONDS, "%"),
        Figure("flood: tick late, p99", 1000 * flooded, "ms", 1000 * quiet, "no flood"),
        Figure("flood: valid command after it answered in", 1000 * answer, "ms"),
    ]


def _ticks(meanwhile: Callable[[], int | None]) -> tuple[float, int | None]:
    """How late a 60 Hz tick is (p99, seconds) while something else goes on, and what that returned."""
    result: list[int | None] = []
    other = threading.Thread(target=lambda: result.append(meanwhile()))
    other.start()
    late, due = [], time.monotonic()
    while other.is_alive():
        due += 1 / 60
        time.sleep(max(0.0, due - time.monotonic()))
        late.append(max(0.0, time.monotonic() - due))
        due = max(due, time.monotonic() - 1 / 60)
    return sorted(late)[int(len(late) * 0.99)], result[0] if result else None


def _answer(port: int) -> float:
    """Seconds till a ping is answered."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.settimeout(5.0)
        phone.connect(("127.0.0.1", port))
        asked = time.perf_counter()
        phone.send(header("/emo/control/ping", ""))
        phone.recv(512)
        return time.perf_counter() - asked
