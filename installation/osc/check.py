"""Faults in a venue's OSC section, found before the doors open."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from calibration.files import did_you_mean
from calibration.settings import OscSettings, OscTarget
from installation.osc.registry import BY_PATH, SCALARS

_WHOLE = re.compile(r"^(/[A-Za-z0-9_.{}+-]+)+$")


def problems(settings: OscSettings) -> list[str]:
    """Every fault, one line each, beginning with its key."""
    found = [
        f"osc.targets.{number}.{line}"
        for number, target in enumerate(settings.targets)
        for line in _own_addresses(target)
    ]
    reachable = settings.listen and not _is_loopback(settings.listen_host)
    if reachable and all(network.is_loopback for network in settings.allow):
        found.append(
            f"osc.allow: the control port listens on {settings.listen_host}, but accepts commands from this machine "
            "only; add your network, such as '192.168.1.0/24'"
        )
    return found


def _own_addresses(target: OscTarget) -> Iterator[str]:
    """Faults of a target's own addresses. An unknown one may be the story's, unless it nearly is one of ours."""
    known = {path: [a.name for a in line.arguments] for path, line in BY_PATH.items() if line.profiles}
    if target.profile == "scalar":
        known |= {path: [argument.name] for path, argument in SCALARS.items()}
    for ours, own in target.addresses.items():
        key = f"addresses.{ours!r}"
        if ours not in known and (near := did_you_mean(ours, tuple(known))):
            yield f"{key}: there is no such address{near} (addresses that the story sends itself are fine)"
        if own and not _WHOLE.match(own):
            yield f"{key}: {own!r} is not a complete address; write it as '/layer/1/opacity'"
        for name in re.findall(r"\{([^}]*)\}", own):
            if name not in known.get(ours, [name]):
                yield f"{key}: it has no argument called {{{name}}}; it has {', '.join(known[ours])}"


def _is_loopback(host: str) -> bool:
    """Whether only this machine can reach ``host``."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
