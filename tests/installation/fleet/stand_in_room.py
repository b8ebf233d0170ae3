"""A stand-in for a room, as a process of its own that tests may kill or stop: the real client, and no film.

``python -m tests.installation.fleet.stand_in_room BROKER ROOM GROUP TOKEN``. It beats ten times a second, obeys each
command but ``next``, and says ``paused`` in its state as it was told. On SIGUSR1 its film hangs, or goes on.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import orjson

from calibration.rooms_settings import RoomsSettings
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient, Received
from installation.rooms.outbox import Message
from installation.rooms.tokens import Gate
from installation.rooms.topics import OFFLINE, ONLINE, Reply, RoomTopics, read_order, topic_of
from tests.import_graph import ROOT
from tests.installation.fleet import rooms


@contextmanager
def stand_in_room(broker: str, room: str, group: str = "", token: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """Such a room as long as it is needed."""
    command = [sys.executable, "-m", "tests.installation.fleet.stand_in_room", broker, room, group, token]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Be a room until killed."""
    broker, room, group, token = sys.argv[1:5]
    gate = Gate(token, room)
    topics, paused = RoomTopics("chiaro", room), False

    def greet() -> list[Message]:
        info = rooms.info(room=room, venue=f"The {room}", groups=[group] if group else [])
        state = rooms.state(at=time.time(), controls={"paused": paused})
        return [
            Message(topics.status, ONLINE, retain=True),
            Message(topics.info, info, retain=True),
            Message(topics.state, state, retain=True),
        ]

    def obey(received: Received) -> None:
        nonlocal paused
        topic = topic_of("chiaro", received.topic)
        assert topic
        said = gate.admit(f"set/{topic.rest}", orjson.loads(received.payload))
        order = read_order(orjson.dumps({key: said[key] for key in ("arguments", "id") if key in said}))
        code, reason = (5, "not in the attract scene") if topic.rest == "next" else (0, "ok")
        paused = {"pause": True, "resume": False}.get(topic.rest, paused)
        reply = Reply(command=topic.rest, code=code, reason=reason, id=order.id)
        client.send(Message(topics.reply, reply.payload()))
        client.send(greet()[2])

    will = Message(topics.status, OFFLINE, retain=True)
    client = BrokerClient(RoomsSettings(broker=broker), LossReporter(), f"chiaro-{room}", will=will, greet=greet)
    client.listen(topics.set("+"), obey)
    client.start()
    hangs = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: hangs.clear() if hangs.is_set() else hangs.set())
    number = 0
    while True:
        number += not hangs.is_set()
        payload = rooms.beat(number)
        client.put(topics.beat, lambda payload=payload: payload, qos=0)  # type: ignore[misc]
        time.sleep(0.1)


if __name__ == "__main__":
    main()
