"""From an operator's request to a checked command: by the same rules as OSC, and some of the console's own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from calibration.settings import OscSettings
from installation.osc.command_parser import Released, command_of
from installation.osc.incoming import Argument, CommandRefused, argument_of
from installation.osc.rate_limit import TokenBuckets
from installation.osc.registry import Code
from installation.show.venue_requests import VENUE_REQUESTS
from installation.web.document import Answer, Request
from scenes.machine.command import Command, Origin, Ping, ShowCamera

CONSOLE = "console"
COMMANDS_AT_MOST = 100
"""That wait for the next tick, as for OSC."""
SHOWN_AT_MOST_SECONDS = 60.0


def _show_camera(arguments: Sequence[Argument], origin: Origin) -> Command:
    match [*arguments, False][:2] if len(arguments) < 3 else []:
        case [int() | float() as seconds, bool() as large] if 0 <= seconds <= SHOWN_AT_MOST_SECONDS:
            if not isinstance(seconds, bool):
                return ShowCamera(float(seconds), large, origin=origin)
    most = f"{SHOWN_AT_MOST_SECONDS:g}"
    raise CommandRefused(
        "wrong arguments", f"show_camera takes a number from 0 to {most}, and true for a large picture"
    )


OWN: dict[str, Callable[[Sequence[Argument], Origin], Command]] = {"show_camera": _show_camera, **VENUE_REQUESTS}
"""Commands of the console alone, with what makes them of their arguments or raises ``CommandRefused``."""


class ConsoleRequests:
    """Takes requests in the thread that hears them; the stage drains the commands once a tick."""

    def __init__(self, settings: OscSettings, scenes: Sequence[str], clock: Callable[[], float]) -> None:
        self._settings, self._scenes = settings, tuple(scenes)
        self._commands: deque[Command] = deque()
        self._limit = TokenBuckets(settings.messages_per_second, settings.messages_per_second, clock)

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

    def receive(self, request: Request) -> Answer | None:
        """Keep the command for the next tick, and None: the stage answers then; or an answer at once."""
        origin = Origin(CONSOLE, who=request.who, request=request.number)
        try:
            command = self._command(request, origin)
        except CommandRefused as refused:
            return Answer(number=request.number, code=refused.code, reason=str(refused))
        if isinstance(command, Released):
            return Answer(number=request.number, code=Code.DONE, reason="released")
        if isinstance(command, Ping):
            return Answer(number=request.number, code=Code.DONE, reason="pong")
        self._commands.append(command)
        return None

    def _command(self, request: Request, origin: Origin) -> Command | Released:
        if not self._limit.take(request.who):
            most = f"more than {self._settings.messages_per_second:g} requests per second"
            raise CommandRefused("too many", most, Code.TOO_MANY)
        if len(self._commands) >= COMMANDS_AT_MOST:
            raise CommandRefused("queue full", "the show is busy", Code.TOO_MANY)
        arguments = [argument_of(value) for value in request.arguments]
        if own := OWN.get(request.name):
            return own(arguments, origin)
        return command_of(request.name, arguments, self._scenes, origin, others=tuple(OWN))
