"""What the check finds of eyes on other machines: their key, their port, and who of them asks to be let in."""

from __future__ import annotations

import select
import time
from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadFile
from calibration.eyes_settings import OneEyeSettings
from calibration.settings import NO_CAMERA
from calibration.venue import Venue
from installation.commands.camera_checks import is_read_by_others
from installation.commands.finding import Finding, ok, problem, warning

HEARD_WITHIN = 1.5
"""Seconds: an eye that is not let in asks four times a second."""


def check_eyes(venue: Venue, show: int = 0) -> Iterator[Finding]:
    """The key can be read by its owner alone, the port is free, and each eye of the venue is heard.

    ``show``: process of the running show, or 0; it has the port then.
    """
    settings = venue.eyes
    if not settings.others:
        if venue.camera.source == NO_CAMERA:
            yield problem("eyes", "camera.source = none", "the venue names no eye on another machine ([eyes.NAME])")
        return
    from installation.eyes.key import read_key

    where = f"eyes.key_file = {settings.key_file}"
    try:
        key = read_key(settings.key_file)
    except BadFile as error:
        yield problem("eyes", where, "; ".join(error.problems))
        return
    if is_read_by_others(Path(settings.key_file)):
        yield warning("eyes", where, "others on this machine can read it; run: chmod 600 and its name")
    yield from _heard(venue, key, show)


def _heard(venue: Venue, key: bytes, show: int) -> Iterator[Finding]:
    """Who asks at the port. Nobody is answered."""
    from installation.eyes.door import open_port
    from installation.eyes.wire import MAX_BYTES, Hello, Kind, unseal
    from installation.host.open_files import holds_udp_port

    settings = venue.eyes
    where = f"eyes.port = {settings.port}"
    try:
        port = open_port(settings)
    except OSError as error:
        if show and holds_udp_port(show, settings.port):
            yield ok("eyes", where, f"the running show has it (process {show}); its console says how they are")
        else:
            yield problem("eyes", where, f"{settings.listen}: {error.strerror or error}; another program may use it")
        return
    found, others, until = dict[str, str](), set[str](), time.monotonic() + HEARD_WITHIN
    with port:
        while (left := until - time.monotonic()) > 0 and set(settings.others) - found.keys():
            if not select.select([port], [], [], left)[0]:
                break
            datagram, sender = port.recvfrom(MAX_BYTES + 1)
            packet = unseal(datagram)
            hello = packet.body(Hello) if packet and packet.kind is Kind.HELLO and packet.is_signed_with(key) else None
            if hello:
                found[hello.name] = sender[0]
            else:
                others.add(sender[0])
    for name in settings.others:
        if name in found:
            yield ok("eyes", f"eyes.{name}", f"asks from {found[name]}; {_counts(settings.named[name])}")
        else:
            what = f"is not heard: 'chiaro eye --to THIS-MACHINE:{settings.port} --name {name}' belongs on its machine"
            yield warning("eyes", f"eyes.{name}", what)
    for name in sorted(found.keys() - set(settings.others)):
        yield warning("eyes", where, f"{found[name]} has the key, but the venue has no [eyes.{name}]")
    for address in sorted(others - set(found.values())):
        yield warning("eyes", where, f"{address} has another key, or another version of this program")


def _counts(eye: OneEyeSettings) -> str:
    """How its visitors count beside those of the others."""
    if eye.matches:
        return "who is seen by others too counts once, by place"
    if eye.sees_the_same:
        return "who is who is not known (no matches): of the eyes that see the same, the one that sees most counts"
    return "its visitors count beside those of the others"
