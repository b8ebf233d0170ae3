"""How the installed service is: running, beating, started at boot, with a display that answers."""

from __future__ import annotations

import getpass
import os
import shlex
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from calibration.errors import Unavailable
from installation.host.row import Row
from installation.service.machine import X11_SOCKETS
from installation.service.systemd import Systemd

LINGERING = Path("/var/lib/systemd/linger")
ASKED = (
    *("ActiveState", "SubState", "Result", "NRestarts", "UnitFileState", "StatusText", "MainPID", "Environment"),
    *("WatchdogUSec", "WatchdogTimestampMonotonic", "ExecMainStatus", "User"),
)


def service_rows(systemd: Systemd) -> list[Row]:
    """A line for each thing that a service needs in order to be there tomorrow."""
    try:
        told = systemd.properties(*ASKED)
    except Unavailable as error:
        return [Row("service", f"{systemd.unit} is there, but {error}", "missing")]
    rows = [*rows_of(told, time.clock_gettime(time.CLOCK_MONOTONIC) * 1e6), *display_rows(told)]
    return rows + (list(lingering_rows(getpass.getuser())) if systemd.for_user else [])


def rows_of(told: Mapping[str, str], now_microseconds: float) -> Iterator[Row]:
    """What systemd's properties say; ``now_microseconds`` by the monotonic clock."""
    state, restarts = told.get("ActiveState", ""), told.get("NRestarts", "0")
    if state == "active":
        yield Row("service", f"active, process {told.get('MainPID')}, started again {restarts} times")
        yield from _heartbeat(told, now_microseconds)
    elif state in ("activating", "deactivating", "reloading"):
        yield Row("service", f"{state} ({told.get('SubState')}), started again {restarts} times", "warning")
    else:
        ended = f"last ending: {told.get('Result')}, exit code {told.get('ExecMainStatus')}"
        yield Row("service", f"{state or 'unknown'} ({ended}); chiaro service logs tells why", "missing")
    if told.get("StatusText"):
        yield Row("show", told["StatusText"])
    boots = told.get("UnitFileState") == "enabled"
    yield Row(
        "boot", "started when the machine boots" if boots else "not started at boot", "ok" if boots else "warning"
    )


def _heartbeat(told: Mapping[str, str], now_microseconds: float) -> Iterator[Row]:
    period = seconds_of(told.get("WatchdogUSec", "")) * 1e6
    last = float(told.get("WatchdogTimestampMonotonic") or 0)
    if not period or told.get("WatchdogUSec") == "infinity":
        yield Row("heartbeat", "not watched: the unit has no WatchdogSec", "warning")
    elif not last:
        yield Row("heartbeat", "none came yet", "warning")
    else:
        age = (now_microseconds - last) / 1e6
        late = age > period / 1e6
        yield Row("heartbeat", f"{age:.1f} s ago, expected every {period / 1e6:g} s", "warning" if late else "ok")


def seconds_of(span: str) -> float:
    """A time span as systemd prints it: ``10s``, ``1min 30s``, ``500ms``; 0 for one that is none."""
    units = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0}
    total = 0.0
    for part in span.split():
        number = part.rstrip("abcdefghijklmnopqrstuvwxyz")
        with suppress(ValueError):
            total += float(number) * units.get(part[len(number) :], 0.0)
    return total


def display_rows(told: Mapping[str, str], sockets: Path = X11_SOCKETS) -> Iterator[Row]:
    """Whether somebody answers where the unit says that the display is."""
    environment = dict(pair.split("=", 1) for pair in shlex.split(told.get("Environment", "")) if "=" in pair)
    display, wayland = environment.get("DISPLAY", ""), environment.get("WAYLAND_DISPLAY", "")
    if wayland:
        runtime = environment.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_RUNTIME_DIR", "")
        path, name = Path(runtime) / wayland, wayland
    elif display.startswith(":"):
        path, name = sockets / f"X{display[1:].partition('.')[0]}", display
    else:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
        asking.settimeout(1.0)
        try:
            asking.connect(str(path))
        except OSError as error:
            yield Row("display", f"{name} does not answer: {error.strerror or error} ({path})", "missing")
        else:
            yield Row("display", f"{name} answers")


def lingering_rows(user: str, folder: Path = LINGERING) -> Iterator[Row]:
    """Whether the user's services go on when nobody is logged in."""
    if (folder / user).exists():
        yield Row("lingering", f"services of {user} run without a login")
    else:
        remedy = f"for a show without a desktop: sudo loginctl enable-linger {user}"
        yield Row("lingering", f"services of {user} run only while {user} is logged in; {remedy}", "warning")
