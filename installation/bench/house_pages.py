"""Pages of a house that look on: ``python -m installation.bench.house_pages PORT ALL ROOMS SECONDS``.

So many of all rooms, and so many of one room each. Prints as JSON how old states and moods were, in milliseconds, when
pages had them.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time

from installation.bench.house_rooms import MADE, NICER
from installation.host.priority import lower_process_priority
from installation.host.terminal import say


async def follow(port: int, room: str, ages: list[float], moods: list[float]) -> None:
    """One page."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 22)
    writer.write(f"GET /api/events?room={room} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    kind, made = b"", dict[str, str]()
    try:
        while line := await reader.readline():
            now = time.time()
            if line.startswith(b"event: "):
                kind = line[7:].strip()
            elif kind in (b"room", b"mood") and line.startswith(b"data: "):
                document = json.loads(line[6:])
                if kind == b"room" and (words := document["house"]).startswith(MADE):
                    before = made.get(document["room"], words)  # the first is as old as it happens to be
                    made[document["room"]] = words
                    if words != before:
                        ages.append(1000 * (now - float(words[len(MADE) :])))
                elif kind == b"mood":
                    moods.append(1000 * (now - document["mood"]["at"]))
    finally:
        writer.close()


async def open_pages(port: int, of_all: int, of_rooms: int, seconds: float) -> dict[str, list[float]]:
    """Look for so long."""
    ages, moods = list[float](), list[float]()
    tasks = [asyncio.create_task(follow(port, "", ages, moods)) for _ in range(of_all)]
    tasks += [asyncio.create_task(follow(port, f"room-{number:04}", [], moods)) for number in range(of_rooms)]
    done, waiting = await asyncio.wait(tasks, timeout=seconds)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for task in done:
        task.result()
    return {"ages": ages, "moods": moods}


def main() -> None:
    """Print what was seen."""
    port, of_all, of_rooms, seconds = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    lower_process_priority(NICER)
    say(json.dumps(asyncio.run(open_pages(port, of_all, of_rooms, seconds))))


if __name__ == "__main__":
    main()
