"""From a message of the broker to a checked command: by the same words, checks and limits as OSC.

The broker says who may publish where (its access list); who may is believed, except for what ends the show. A room with
a token of its own believes only those who have that.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count

import orjson

from calibration.settings import OscSettings
from installation.osc.command_parser import SWITCHES, WRONG_PASSPHRASE, Released, command_of
from installation.osc.incoming import Argument, CommandRefused
from installation.osc.rate_limit import PASSPHRASE_SECONDS, WRONG_PASSPHRASES, TokenBuckets
from installation.osc.refusals import RefusalLog
from installation.osc.registry import COMMANDS, Code
from installation.rooms.link import Received
from installation.rooms.tokens import Gate, NotSigned
from installation.rooms.topics import SET, Order, Reply, read_order
from scenes.machine.command import Command, Origin, Ping

KIND = "mqtt"
COMMANDS_AT_MOST = 100
"""That wait for the next tick, as for OSC."""
ASKERS_AT_MOST = 500
SHOWN_CHARACTERS = 60
RETAINED = "a retained command would be obeyed again at each start; publish it without retain"
ON_OFF = {"on": True, "off": False}


class Orders:
    """Takes messages in the client's thread; the stage drains the commands once a tick, and answers.

    ``answer`` sends a reply, and must not wait. ``clock`` gives monotonic seconds. ``gate``: of the room's token.
    """

    def __init__(
        self,
        settings: OscSettings,
        scenes: Sequence[str],
        answer: Callable[[Reply], None],
        clock: Callable[[], float],
        gate: Gate | None = None,
    ) -> None:
        self._gate = gate or Gate("", "")
        self._settings, self._scenes, self._answer = settings, tuple(scenes), answer
        self._commands: deque[Command] = deque()
        self._askers: OrderedDict[int, str] = OrderedDict()
        self._numbers = count(1)
        self._limit = TokenBuckets(settings.messages_per_second, settings.messages_per_second, clock)
        self._guesses = TokenBuckets(WRONG_PASSPHRASES, 1 / PASSPHRASE_SECONDS, clock)
        self._refusals = RefusalLog(clock)

    def story(self, scenes: Sequence[str]) -> None:
        """Another story runs: these are the scenes that goto may name."""
        self._scenes = tuple(scenes)

    def drain(self) -> list[Command]:
        """All commands since the last call, in order."""
        commands: list[Command] = []
        with suppress(IndexError):
            while True:
                commands.append(self._commands.popleft())
        return commands

    def obeyed(self, command: Command, code: int, reason: str) -> None:
        """Answer what came from the broker; others are passed over."""
        if command.origin.kind == KIND:
            asker = self._askers.pop(command.origin.request, "")
            self._answer(Reply(command=command.name, code=int(code), reason=reason, id=asker))

    def receive(self, name: str, received: Received) -> None:
        """The command ``name`` as it came."""
        if received.retained and not received.payload:
            return  # somebody takes a retained command away
        order = Order()
        try:
            if received.retained:
                raise CommandRefused("retained", RETAINED, Code.NOT_ALLOWED)
            if not self._limit.take(KIND):
                most = f"more than {self._settings.messages_per_second:g} commands per second"
                raise CommandRefused("too many", most, Code.TOO_MANY)
            order = read_order(received.payload)
            command = self._command(name, self._admitted(name, order))
        except CommandRefused as refused:
            self._refuse(name, refused, order)
            return
        match command:
            case Released():
                self._answer(Reply(command=name, code=Code.DONE, reason="released", id=order.id))
            case Ping():
                self._answer(Reply(command=name, code=Code.DONE, reason="pong", id=order.id))
            case _:
                self._commands.append(command)

    def _admitted(self, name: str, order: Order) -> Order:
        """What is asked, by somebody who has the room's token where it has one: signed with it, or with it as it is."""
        try:
            if order.signed is not None:
                said = self._gate.admit(f"{SET}/{name}", order.signed)
                return read_order(orjson.dumps({key: said[key] for key in ("arguments", "id") if key in said}))
            if not self._gate.is_open and not self._gate.knows(order.token):
                raise NotSigned("needs this room's token, signed with it or as token")
        except NotSigned as refused:
            code = Code.NOT_ALLOWED if self._gate.tells() else Code.TOO_MANY
            raise CommandRefused("without the token", f"the command {refused}", code) from None
        return order

    def _command(self, name: str, order: Order) -> Command | Released:
        if len(self._commands) >= COMMANDS_AT_MOST:
            raise CommandRefused("queue full", "the show is busy", Code.TOO_MANY)
        arguments = list(order.arguments)
        if name in SWITCHES:
            arguments = [_on_or_off(value) for value in arguments]
        if self._guesses.left(KIND) < 1.0 and name in ("shutdown", "restart"):  # right or wrong: no guesser must know
            raise CommandRefused("too many", "too many wrong passphrases; wait a minute", Code.TOO_MANY)
        origin = Origin(KIND, request=next(self._numbers))
        command = command_of(name, arguments, self._scenes, origin, passphrase=self._settings.passphrase)
        if order.id:
            self._askers[origin.request] = order.id
            while len(self._askers) > ASKERS_AT_MOST:
                self._askers.popitem(last=False)
        return command

    def _refuse(self, name: str, refused: CommandRefused, order: Order) -> None:
        if refused.kind == WRONG_PASSPHRASE:
            self._guesses.take(KIND)
        if refused.code != Code.TOO_MANY:  # else a flood would be answered by a flood
            shown = name if name in COMMANDS else name[:SHOWN_CHARACTERS]
            self._answer(Reply(command=shown, code=refused.code, reason=str(refused), id=order.id))
        self._refusals.warn_once(None, refused.kind, name[:SHOWN_CHARACTERS], str(refused))


def _on_or_off(value: Argument) -> Argument:
    """What technicians type, and many programs send, for a switch."""
    return ON_OFF.get(value.lower(), value) if isinstance(value, str) else value
