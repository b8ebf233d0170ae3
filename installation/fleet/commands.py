"""Commands to rooms, and what became of each: sent as ``set/COMMAND`` with an id, answered as ``reply``."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from installation.fleet.health import Health, Need
from installation.fleet.room import Room
from installation.osc.incoming import argument_of
from installation.osc.registry import Code
from installation.rooms.outbox import Message
from installation.rooms.tokens import ANY_ROOM, signed
from installation.rooms.topics import SET, Order, Reply, RoomTopics, read

ANSWER_WITHIN = 5.0
AT_ONCE = 50
"""Rooms that are asked at the same time; the rest of a large house follows as they answer."""


class RoomAnswer(NamedTuple):
    """What a room said to a command; ``code`` as in OSC's replies."""

    room: str
    code: int
    reason: str


class _Asked(NamedTuple):
    """A command that waits for its reply."""

    room: str
    command: str
    id: str


class RoomCommands:
    """Asks rooms. Used in the server's event loop alone.

    ``send`` hands a message to the broker's client; ``tokens``: what each room asks for, by room.
    """

    def __init__(
        self,
        root: str,
        send: Callable[[Message], None],
        tokens: Mapping[str, str],
        answer_within: float = ANSWER_WITHIN,
    ) -> None:
        self._root, self._send, self._tokens, self._within = root, send, tokens, answer_within
        self._begin, self._number = secrets.token_hex(4), 0
        self._waiting: dict[_Asked, asyncio.Future[Reply]] = {}
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def ask(
        self, rooms: Sequence[tuple[Room, Health]], name: str, arguments: Sequence[Any]
    ) -> tuple[RoomAnswer, ...]:
        """Each room's answer, or why there is none; in the order of ``rooms``."""
        return tuple(await asyncio.gather(*(self._ask(room, health, name, arguments) for room, health in rooms)))

    def hear(self, room: str, payload: bytes) -> None:
        """A room's reply; those to others are passed over. One who is not believed is answered without an id."""
        reply = read(Reply, payload)
        if reply is None:
            return
        for asked, answer in self._waiting.items():
            refused = not reply.id and reply.code == Code.NOT_ALLOWED and asked.command == reply.command
            if asked.room == room and (asked.id == reply.id or refused) and not answer.done():
                answer.set_result(reply)
                return

    async def _ask(self, room: Room, health: Health, name: str, arguments: Sequence[Any]) -> RoomAnswer:
        if health.need is Need.LOST:
            return RoomAnswer(room.name, Code.NOT_NOW, "the room is lost")
        if room.card and not room.card.commands:
            return RoomAnswer(room.name, Code.NOT_NOW, "it may not be controlled through the broker (rooms.listen)")
        async with self._turns:
            self._number += 1
            asked = _Asked(room.name, name, f"{self._begin}-{self._number}")
            answer = self._waiting[asked] = asyncio.get_running_loop().create_future()
            try:
                payload = self._payload(room.name, name, arguments, asked.id)
                self._send(Message(RoomTopics(self._root, room.name).set(name), payload))
                async with asyncio.timeout(self._within):
                    reply = await answer
            except TimeoutError:
                return RoomAnswer(room.name, Code.NOT_NOW, f"the room did not answer within {self._within:.0f} s")
            finally:
                del self._waiting[asked]
            return RoomAnswer(room.name, reply.code, reply.reason)

    def _payload(self, room: str, name: str, arguments: Sequence[Any], number: str) -> bytes:
        token = self._tokens.get(room, self._tokens.get(ANY_ROOM, ""))
        if token:
            return signed(token, room, f"{SET}/{name}", {"arguments": list(arguments), "id": number}, time.time())
        return Order(tuple(argument_of(one) for one in arguments), number).payload()
