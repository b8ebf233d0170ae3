"""Many pages at once: ``python -m installation.bench.console_pages PORT PAGES SECONDS FLOODERS``.

A process of its own, so that it can yield to the show. It prints one line of JSON. A state's age when a page has it is
by the clock that stage and pages share here. Flooders send commands and ask for the page as fast as they are answered.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, field

from installation.host.priority import lower_process_priority
from installation.host.terminal import say

NICER = 10
"""Phones have processors of their own: what is measured yields to the show."""
OPEN = b"GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"
LOAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
BODY = b'{"name": "mute", "arguments": [1]}'
COMMAND = (
    b"POST /api/command HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
)


@dataclass
class Pages:
    """What they saw."""

    ages_ms: list[float] = field(default_factory=list)
    """Of each state at each page."""
    first: dict[str, float] = field(default_factory=dict)
    """The show's counters in the first state."""
    last: dict[str, float] = field(default_factory=dict)
    answered: int = 0
    """Requests of the flood."""


async def _follow(port: int, seen: Pages) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    try:
        writer.write(OPEN)
        fresh = False
        while line := await reader.readline():
            now = time.time()
            if line.startswith(b"event: "):
                fresh = line == b"event: state\n"
            elif fresh and line.startswith(b"data: "):
                state = json.loads(line[6:])
                if seen.first:  # the first one is as old as it happens to be
                    seen.ages_ms.append(1000 * (now - state["at"]))
                seen.first = seen.first or state["counters"]
                seen.last = state["counters"]
    finally:
        writer.close()


async def _flood(port: int, seen: Pages) -> None:
    while True:
        with suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                while True:
                    for request in (COMMAND % (len(BODY), BODY), LOAD):
                        writer.write(request)
                        head = await reader.readuntil(b"\r\n\r\n")
                        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
                        await reader.readexactly(int(length or 0))
                        seen.answered += 1
            finally:
                writer.close()


async def open_pages(port: int, pages: int, seconds: float, flooders: int) -> Pages:
    """Look, and flood, for so long."""
    seen = Pages()
    tasks = [asyncio.create_task(_follow(port, seen)) for _ in range(pages)]
    tasks += [asyncio.create_task(_flood(port, seen)) for _ in range(flooders)]
    done, waiting = await asyncio.wait(tasks, timeout=seconds)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for task in done:
        task.result()  # a page that was closed too early, say
    return seen


def main() -> None:
    """Print what was seen."""
    port, pages, seconds, flooders = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
    lower_process_priority(NICER)
    say(json.dumps(asdict(asyncio.run(open_pages(port, pages, seconds, flooders)))))


if __name__ == "__main__":
    main()
