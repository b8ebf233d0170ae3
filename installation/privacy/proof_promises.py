"""What the venue's settings promise: each file and each peer that a process of the show may write or send to, and why.

What stands on no line here is a finding. A line names the setting that makes it so; those without one are what any
program on this system does.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from calibration.lamp_settings import UniverseSettings
from calibration.venue import Venue
from installation.host.state_folder import room_stem

Form = Literal["text", "osc", "orders to eyes", "pictures of the film", "nothing", "any"]
"""What may be in it: readable text; OSC messages without binary arguments; orders to eyes on other machines, in which
is nothing of visitors; pictures, of which none is the camera's; at most the few bytes of a trial or a lock; bytes of
another protocol, which are searched for pictures only."""

STAGE, EYE, CONSOLE = "stage", "eye", "console"
ANY: frozenset[str] = frozenset()
FEW_BYTES = 64
SYSTEM = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """One line of what may be."""

    setting: str
    words: str
    kind: str
    pattern: str
    """Of the channel's name, as a regular expression."""
    form: Form = "text"
    processes: frozenset[str] = ANY
    """Whose it is; none = any process of the show."""
    networks: tuple[str, ...] = ()
    """In which the peer has to be; none = the pattern says all."""

    def covers(self, process: str, kind: str, name: str) -> bool:
        """Whether it says that this process may do so."""
        mine = not self.processes or process in self.processes
        return (
            mine
            and kind == self.kind
            and re.fullmatch(self.pattern, name) is not None
            and (not self.networks or _is_in(name, self.networks))
        )


def _files(setting: str, words: str, pattern: str, form: Form = "text", *processes: str) -> Promise:
    return Promise(setting, words, "file", pattern, form, frozenset(processes))


def _peers(kind: str, setting: str, words: str, pattern: str, form: Form = "any", *processes: str) -> Promise:
    return Promise(setting, words, kind, pattern, form, frozenset(processes))


@dataclass(frozen=True, slots=True)
class Places:
    """Where the run that is judged kept its things."""

    state: Path
    temporary: Path
    printed: Path
    headless: bool


def promises_of(venue: Venue, places: Places) -> list[Promise]:
    """All that may be written or sent, by the settings of ``venue``."""
    return [
        *_of_state(venue, places),
        *_of_system(places),
        *_of_network(venue),
        *_of_house(venue),
        *([] if places.headless else _of_display()),
        *([_replies(venue)] if venue.osc.listen else []),
        *([_followers(venue)] if venue.screens.leads else []),
    ]


def _of_state(venue: Venue, places: Places) -> Iterator[Promise]:
    state, stem = re.escape(str(places.state)), re.escape(room_stem(venue.name))
    yield _files(SYSTEM, "one show in each room", rf"{state}/{stem}\.(lock|pid)", "text", STAGE)
    yield _files(
        "journal", "the journal of the evening", rf"{state}/journal/[\d-]+\.{stem}\.jsonl(\.part)?", "text", STAGE
    )
    yield _files("journal", "how many takes there were", rf"{state}/takes/{stem}\.json(\.new)?", "text", STAGE)
    yield _files("hours", "what operators asked of the house", rf"{state}/house/{stem}\.json(\.\w+)?", "text", STAGE)
    if venue.console.listen:
        words = "the console's address and its tokens"
        tokens = rf"{state}/({stem}\.console|console-tokens|\.console-[\w-]+)(\.\w+)?"
        yield _files("console.listen", words, tokens, "text", STAGE, CONSOLE)
        thumbnails = rf"{state}/thumbnails/\w+(\.\d+)?\.(part|jpg)"
        who = "thumbnails of the film"
        yield _files("console.listen", "one small picture of each scene", thumbnails, "pictures of the film", who)
    if venue.report.at_closing:
        yield _files("report.at_closing", "the report of an evening", rf"{state}/reports/.*", "any", "report")


def _of_system(places: Places) -> Iterator[Promise]:
    temporary = re.escape(str(places.temporary))
    yield _files(SYSTEM, "what the show prints", re.escape(str(places.printed)))
    yield _files(SYSTEM, "nothing is kept there", "/dev/(null|tty|full)", "any")
    yield _files(SYSTEM, "its priority, and which process ends first", r"/proc/\d+/(oom_score_adj|autogroup)")
    yield _files(SYSTEM, "names of its threads", r"/proc/\d+/(task/\d+/)?comm")
    yield _files(SYSTEM, "a lock of a library in memory", r"/dev/shm/sem\.[\w-]+", "nothing")  # noqa: S108 - compared
    yield _files(
        SYSTEM, "whether the temporary folder can be written to", rf"{temporary}/\w+(/probe-\w+)?", "nothing", STAGE
    )
    yield _peers("netlink", SYSTEM, "questions to the kernel", ".*")
    yield _peers("listening", SYSTEM, "questions to the kernel", "netlink .*")
    yield _peers("listening", SYSTEM, "one show in each room", "unix @chiaroscuro-.*", "nothing", STAGE)
    graphics = "/dev/(nvidia.*|dri/.*|kfd)"
    yield _files("eye.device", "the graphics card", graphics, "any")
    home = re.escape(str(Path.home()))
    yield _files("eye.device", "programs of the graphics card", rf"{home}/(\.nv|\.cache/(mesa|nvidia)\w*)/.*", "any")


def _of_network(venue: Venue) -> Iterator[Promise]:
    osc = venue.osc
    for target in osc.targets:
        yield _peers(
            "udp", "osc.targets", f"OSC, profile {target.profile}", _at(target.host, target.port), "osc", STAGE
        )
    if osc.listen:
        here = rf"udp {_host(osc.listen_host)}:{osc.listen_port or '[0-9]+'}"
        yield _peers("listening", "osc.listen", "commands by OSC are heard here", here, "osc", STAGE)
    if venue.eyes.others:
        here, names = rf"udp {_host(venue.eyes.listen)}:{venue.eyes.port}", ", ".join(venue.eyes.others)
        words = f"eyes on other computers ({names}) are heard here"
        yield _peers("listening", "eyes.listen", words, here, "any", STAGE)
        words = f"eyes on other computers ({names}) are told when to look"
        yield _peers("udp", "eyes.listen", words, r".*:\d+", "orders to eyes", STAGE)
    if osc.oscquery:
        yield from _server("osc.oscquery", "OSCQuery", osc.oscquery_host, osc.oscquery_port, STAGE)
    if osc.advertise or osc.oscquery:
        words = "ports announced by zeroconf"
        yield _peers("udp", "osc.advertise", words, r".*:5353", "any", STAGE)
        yield _peers("listening", "osc.advertise", words, r"udp .*:5353", "any", STAGE)
    if venue.screens.leads:
        yield from _of_leader(venue)
    if venue.console.listen:
        # Where its port is taken it has another one.
        yield from _server("console.listen", "the operator's console", venue.console.listen, 0, CONSOLE)
    if venue.constellation.server:
        host, _, port = venue.constellation.server.partition(":")
        yield _client("constellation.server", "Constellation", host, int(port or 80), CONSOLE)
    if venue.rooms.broker:
        broker = venue.rooms.address
        words = "the MQTT broker of the rooms"
        yield _client("rooms.broker", words, broker.host, broker.port, STAGE)
        # paho binds its end before it connects. Whoever listened there would be seen to answer.
        yield _peers("listening", "rooms.broker", words, r"tcp (0\.0\.0\.0|\[::\]):0", "nothing", STAGE)
    if venue.report.mail_to:
        mail_port = venue.report.mail_port or {"starttls": 587, "tls": 465, "none": 25}[venue.report.mail_security]
        yield _client("report.mail_to", "the report by mail", venue.report.mail_host, mail_port, "report")
    if any(_is_name(host) for host in _hosts(venue)):
        yield _peers("udp", SYSTEM, "names of hosts are looked up", r".*:53")
        yield _peers("unix", SYSTEM, "names of hosts are looked up", r".*(nscd|resolve|nss)[\w./-]*")


def _of_leader(venue: Venue) -> Iterator[Promise]:
    screens, words = venue.screens, "screens that follow ask for the time here"
    yield _peers("listening", "screens.leads", words, rf"udp {_host(screens.listen)}:{screens.port}", "any", STAGE)
    if screens.announce:
        yield _peers("udp", "screens.announce", "the leader announced by zeroconf", r".*:5353", "any", STAGE)
        yield _peers("listening", "screens.announce", "the leader announced by zeroconf", r"udp .*:5353", "any", STAGE)


def _of_house(venue: Venue) -> Iterator[Promise]:
    for universe in venue.lamps.universes:
        port = universe.port or {"sacn": 5568, "artnet": 6454}[universe.protocol]
        words = f"lamps, universe {universe.number}"
        yield _peers("udp", "lamps.universes", words, _at(universe.host or _multicast(universe), port), "any", STAGE)
    if venue.timecode.output:
        device = re.escape(venue.timecode.output) if venue.timecode.output.startswith("/") else "/dev/snd/seq"
        yield _files("timecode.output", "MIDI timecode", device, "any", STAGE)
    if venue.display.power == "pjlink":
        yield _client("display.host", "the projector", venue.display.host, venue.display.port, STAGE)
    if venue.display.wake_mac:
        yield _peers("udp", "display.wake_mac", "Wake-on-LAN", r".*:(7|9)", "any", STAGE)
    for chip in {venue.privacy.sign.gpio.chip, venue.privacy.button.chip} - {""}:
        yield _files("privacy.sign", "the sign's lamp or the button", re.escape(chip), "any", STAGE)


def _of_display() -> Iterator[Promise]:
    yield _peers("unix", "screen", "the window", r"@?/tmp/\.X11-unix/X\d+|.*/wayland-\d+", "any", STAGE)
    bus = r"(.*/(dbus/system_bus_socket|bus)|@/tmp/dbus-\w+)"
    yield _peers("unix", "screen", "the desktop is told not to sleep", bus, "any", STAGE)
    yield _peers("unix", "sound", "the sound server", r".*/(pulse/native|pipewire-\d+)", "any", STAGE)
    yield _files("sound", "the sound device", r"/dev/(snd|shm/pulse-shm)[\w/-]*|.*/pulse/cookie", "any", STAGE)
    yield _peers("memory", "screen", "pictures and sound for the desktop", ".*", "any", STAGE)


def programs_of(venue: Venue) -> dict[str, str]:
    """Programs of the system that the show may run, each with the setting or the reason."""
    programs = {"fc-list": "screen.captions_font: which fonts there are", "ldconfig": "Python looks for a library"}
    match venue.display.power:
        case "dpms":
            programs["xset"] = "display.power"
        case "wlr":
            programs |= dict.fromkeys(("wlopm", "wlr-randr"), "display.power")
        case "cec":
            programs["cec-client"] = "display.power"
    if venue.ups.name:
        programs["upsc"] = "ups.name"
    if venue.ups.shutdown_command:
        programs[Path(venue.ups.shutdown_command[0]).name] = "ups.shutdown_command"
    return programs


def _server(setting: str, words: str, host: str, port: int, process: str) -> Iterator[Promise]:
    """A port on which it listens, and what it answers to who asks there. ``port`` 0: any free one."""
    here = rf"tcp {_host(host)}:{port or '[0-9]+'}"
    yield _peers("listening", setting, words, here, "any", process)
    yield _peers("answering", setting, f"{words}: somebody asked", rf"{here}<-.*", "any", process)


def _replies(venue: Venue) -> Promise:
    """To who may command: wherever a command came from, so that this stands behind all that names its peer."""
    networks = tuple(str(network) for network in venue.osc.allow)
    return Promise("osc.allow", "replies to who sent a command", "udp", r".*:\d+", "osc", frozenset({STAGE}), networks)


def _followers(venue: Venue) -> Promise:
    """The same of screens that follow, from whichever port they ask."""
    networks = tuple(str(network) for network in venue.screens.allow)
    words = "scene and film time for screens that follow"
    return Promise("screens.leads", words, "udp", r".*:\d+", "any", frozenset({STAGE}), networks)


def _client(setting: str, words: str, host: str, port: int, process: str) -> Promise:
    return _peers("tcp", setting, words, rf"(.*->)?{_at(host, port)}", "any", process)


def _at(host: str, port: int) -> str:
    return rf"({'|'.join(_numbers(host))}):{port}"


def _host(listen: str) -> str:
    """What a server's own side is called: where it listens everywhere, any address of this machine."""
    return r"(\[.*\]|[\d.]+)" if listen in ("0.0.0.0", "::") else rf"({'|'.join(_numbers(listen))})"  # noqa: S104 - compared


def _numbers(host: str) -> list[str]:
    """The numbers that a name has now, as patterns; none can be looked up: only itself."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        found = {host}
    return [re.escape(f"[{one}]" if ":" in one else one) for one in sorted(found)]


def _multicast(universe: UniverseSettings) -> str:
    return f"239.255.{universe.number >> 8}.{universe.number & 255}"


def _hosts(venue: Venue) -> Iterator[str]:
    yield from (target.host for target in venue.osc.targets)
    yield from (universe.host for universe in venue.lamps.universes if universe.host)
    yield from (host for host in (venue.display.host, venue.constellation.server.partition(":")[0]) if host)
    if venue.rooms.broker:
        yield venue.rooms.address.host
    yield from (host for host in (venue.report.mail_host, venue.console.listen, venue.osc.oscquery_host) if host)


def _is_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host != "localhost"
    return False


def _is_in(name: str, networks: tuple[str, ...]) -> bool:
    """Whether the host of HOST:PORT is in one of them."""
    try:
        number = ipaddress.ip_address(name.rpartition(":")[0].strip("[]"))
    except ValueError:
        return False
    return any(number in ipaddress.ip_network(network) for network in networks)
