"""The signals of a story at the control port: which message is one, and what it says. Pure, like the command parser."""

from __future__ import annotations

import math
from collections.abc import Mapping

from installation.osc.command_parser import addressed, in_words
from installation.osc.incoming import Argument, CommandRefused, parse
from installation.osc.registry import SIGNAL
from scenes.machine.signal_state import SignalMessage
from scenes.story.signals import SignalEntry


class SignalParser:
    """Knows the story's signals by their addresses, each with and without the show's prefix in front."""

    def __init__(self, prefix: str, signals: Mapping[str, SignalEntry]) -> None:
        self._prefix = prefix
        sent = {name: entry for name, entry in signals.items() if entry.osc is not None}  # the others: another room's
        self._named = {f"{start}{entry.osc}": (name, entry) for name, entry in sent.items() for start in ("", prefix)}
        self._by_bytes = {address.encode(): address for address in self._named}

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address at which a signal is heard."""
        return tuple(self._named)

    def read(self, message: bytes) -> SignalMessage | None:
        """What a message says; None: it is for no signal. Raises ``CommandRefused``; nothing else."""
        address = self._by_bytes.get(message.partition(b"\0")[0])
        if address is None:
            return None
        name, entry = self._named[address]
        try:
            return SignalMessage(name, _number(name, entry, parse(message)[1]))
        except CommandRefused as refused:
            raise addressed(refused, address, self._prefix, SIGNAL) from None


def _number(name: str, entry: SignalEntry, arguments: list[Argument]) -> float:
    """The one number of a message; a bare one, as a button sends, is the highest."""
    if not arguments or arguments == [None]:
        return entry.high
    if len(arguments) > 1:
        raise CommandRefused("wrong arguments", f"the signal {name} takes one number; got {len(arguments)} arguments")
    value = arguments[0]
    if not isinstance(value, int | float) or not math.isfinite(value):
        raise CommandRefused("wrong arguments", f"the signal {name} takes a number; got {in_words(value)}")
    return float(value)
