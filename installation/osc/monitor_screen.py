"""The monitor's terminal: a live table, or one line per message."""

from __future__ import annotations

import contextlib
import socket
import time

from rich.console import Group
from rich.live import Live
from rich.table import Column, Table
from rich.text import Text

from calibration.plain import one_line
from installation.host.plain_console import PlainConsole
from installation.host.terminal import say
from installation.osc.decoder import Cues, Received
from installation.osc.monitor import Tally

REFRESH_SECONDS = 0.25


def watch(host: str, port: int, prefix: str, lines: bool, seconds: float, cues: Cues | None = None) -> Tally:
    """Listen until Ctrl-C, or for so long. Raises ``OSError`` when the port cannot be had."""
    tally, console = Tally(prefix, cues), PlainConsole()
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind((host, port))
        ear.settimeout(REFRESH_SECONDS)
        until = time.monotonic() + seconds if seconds else float("inf")
        with contextlib.ExitStack() as stack, contextlib.suppress(KeyboardInterrupt):
            live = None
            if not lines and console.is_terminal:
                live = stack.enter_context(Live(console=console, auto_refresh=False, screen=True))
            _listen(ear, tally, live, lines, until)
    now = time.monotonic()
    if not lines:
        console.print(picture(tally, now))
    return tally


def _listen(ear: socket.socket, tally: Tally, live: Live | None, lines: bool, until: float) -> None:
    shown = 0.0
    while (now := time.monotonic()) < until:
        with contextlib.suppress(TimeoutError):
            datagram, sender = ear.recvfrom(65536)
            now = time.monotonic()
            messages = tally.receive(datagram, now, sender)
            if lines:
                _print(messages, len(datagram), now, tally)
        if live and now - shown > REFRESH_SECONDS:
            live.update(picture(tally, now), refresh=True)
            shown = now


def _print(messages: list[Received], size: int, now: float, tally: Tally) -> None:
    if not messages:
        say(f"{now:.3f}  {size} bytes that are not OSC")
    for one in messages:
        fault = one.fault(tally.prefix, tally.cues)
        said = f"{one.address} {one.tags} {_words(one)}{'  ! ' + fault if fault else ''}"
        say(f"{now:.3f}  {one_line(said)}")


def picture(tally: Tally, now: float) -> Group:
    """The table as it is at ``now``."""
    summary = Text(
        f"{tally.packets} packets ({tally.packet_rate(now):.1f}/s, {tally.byte_rate(now) / 1000:.1f} kB/s, "
        f"largest {tally.largest} bytes), {tally.messages} messages, {tally.gaps} lost, {tally.malformed} malformed"
    )
    table = Table(Column("address", overflow="fold"), "tags", "count", "per s", "last", "")
    for address, heard in sorted(tally.heard.items()):
        table.add_row(
            one_line(address),
            one_line(heard.last.tags),
            str(heard.count),
            f"{heard.rate(now):.1f}",
            one_line(_words(heard.last)),
            one_line(heard.fault),
        )
    return Group(summary, table)


def _words(one: Received) -> str:
    """Values in little space: a distribution is written in hundredths."""
    digits = 3 if len(one.values) < 5 else 2
    return " ".join(f"{value:.{digits}f}" if isinstance(value, float) else str(value) for value in one.values)
