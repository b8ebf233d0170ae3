"""What a room does with its visitors' faces, as one frozen value: read from the venue, never written by hand.

Notices, drafts and proofs are made of it, so that they change when a setting does.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections import Counter
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from calibration.errors import BadFile, BadInput
from calibration.files import TEXT_BYTES, load_toml, read_bytes
from calibration.privacy_settings import PrivacySettings
from calibration.settings import OscTarget
from calibration.venue import Venue
from calibration.venue_folder import find_venue
from calibration.web_settings import LOOPBACK
from installation.host.options import story_of, venue_of
from models.labels import LABELS
from models.seeing.card import NETWORK_BYTES
from models.seeing.venue_head import model_file
from scenes.story.asked_signals import every_signal
from scenes.story.story_file import StoryFile

SHOWN_SECONDS = 60
"""How long an operator who asked sees the camera's small picture at most."""

Content = Literal[
    "osc_aggregate",
    "osc_visitors",
    "osc_scalar",
    "osc_events",
    "oscquery_mood",
    "oscquery_visitors",
    "console",
    "metrics",
    "constellation",
    "broker",
    "broker_state",
    "broker_report",
    "lamps",
    "screens",
    "mail",
    "folder",
]
"""What a recipient hears: an OSC profile, or what another part of the installation tells."""
SINGLE: frozenset[Content] = frozenset({"osc_visitors", "osc_events", "oscquery_visitors", "console"})
"""In these are data of single visitors."""

Reach = Literal["computer", "device", "network"]
"""Where a recipient is: on this machine, another one, or whoever is on the network."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who hears something of the visitors while the work runs."""

    content: Content
    reach: Reach
    where: str
    """Address or folder, for the papers; the visitor's notice names none."""
    setting: str
    """The key of the venue that makes it so."""
    narrowed: bool = False
    """An OSC target that is sent only what its ``addresses`` name."""

    @property
    def single(self) -> bool:
        """Whether data of single visitors are in it, and not of all of them together."""
        return self.content in SINGLE


@dataclass(frozen=True, slots=True)
class Facts:
    """One room, as it is set now."""

    version: str
    room: str
    venue_file: str
    """Name of the venue's file; '' = none, all settings are the defaults."""
    venue_sha256: str
    weights_file: str
    weights_sha256: str
    """Of the classifier's network; '' where it cannot be read."""
    privacy: PrivacySettings
    emotions: tuple[str, ...]
    camera_by_network: bool
    """The camera's picture reaches this machine over the network."""
    other_eyes: int
    """Computers that look with cameras of their own and send this one what they estimate."""
    masked: bool
    """Parts of the camera's picture are black before anything looks at it."""
    mood_hertz: float
    """How often the journal notes the mood while somebody is there."""
    journal_days: int
    journal_days_are_calendar: bool
    """True: deleted that many days later; False: so many days on which the work ran are kept."""
    report_days: int | None
    """How long the reports of each evening are kept; None: none is written."""
    course_shown: bool
    """The film shows a visitor's own course on the wall at its end, or, where no story was given, may do so."""
    sensors: tuple[str, ...]
    """Signals of other devices and rooms that the story follows, by its names for them: a heart rate is one."""
    console: bool
    """Operators may ask for the camera's small picture."""
    recipients: tuple[Recipient, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys that whoever answers for the room must fill in, in the order of the file."""
        return missing_keys(self.privacy)

    @property
    def heard_outside(self) -> tuple[Recipient, ...]:
        """Recipients that are not on this machine."""
        return tuple(one for one in self.recipients if one.reach != "computer")


REQUIRED = ("shown_by", "contact", "legal_basis", "place")


def missing_keys(privacy: PrivacySettings) -> tuple[str, ...]:
    """Those of ``REQUIRED`` that are not said."""
    return tuple(key for key in REQUIRED if not getattr(privacy, key))


def refuse_forbidden(privacy: PrivacySettings) -> None:
    """Raises ``BadInput`` where no emotion may be read from faces at all."""
    if privacy.forbidden:
        law = "Regulation (EU) 2024/1689, Art. 5(1)(f)"
        what = f"{privacy.place}: {privacy.forbidden} ({law}); nothing is written for it"
        raise BadInput(what, where="privacy.place")


def facts_of(venue: Venue, file: Path | None = None, story: StoryFile | None = None) -> Facts:
    """The facts of ``venue``, which was read from ``file``, with the film that is shown there.

    Raises ``BadFile`` where the file cannot be read again.
    """
    privacy, journal, report = venue.privacy, venue.journal, venue.report
    kept, capped = privacy.retention_days, report.days_kept
    network = model_file(venue.eye)
    return Facts(
        version=version("chiaroscuro"),
        room=venue.name,
        venue_file=file.name if file else "",
        venue_sha256=hashlib.sha256(read_bytes(file, TEXT_BYTES)).hexdigest() if file else "",
        weights_file=network.name,
        weights_sha256=_weights_sha256(network),
        privacy=privacy,
        emotions=LABELS,
        camera_by_network=bool(venue.camera.source_file) or "://" in venue.camera.source,
        other_eyes=len(venue.eyes.others),
        masked=bool(venue.camera.masks),
        mood_hertz=journal.mood_hertz,
        journal_days=min(journal.days_at_most, kept or journal.days_at_most),
        journal_days_are_calendar=kept is not None,
        report_days=min(capped, kept or capped) if report.at_closing else None,
        course_shown=venue.course.shown and (story is None or any(scene.is_course for scene in story.scenes.values())),
        sensors=tuple(every_signal(story)) if story else (),
        console=bool(venue.console.listen),
        recipients=tuple(_recipients(venue)),
    )


def read_facts(story: str, venue: str) -> Facts:
    """The facts of a room and its film as they are typed on a command line. Raises ``BadFile``."""
    film = load_toml(story_of(story, venue), StoryFile)
    return facts_of(venue_of(venue), find_venue(venue).file if venue else None, film)


def _weights_sha256(network: Path) -> str:
    try:
        return hashlib.sha256(read_bytes(network, NETWORK_BYTES)).hexdigest()
    except BadFile:
        return ""


def _recipients(venue: Venue) -> list[Recipient]:
    osc, console, report = venue.osc, venue.console, venue.report
    found = [_osc_recipient(target) for target in osc.targets]
    if osc.oscquery:
        content: Content = "oscquery_visitors" if any(t.profile == "visitors" for t in osc.targets) else "oscquery_mood"
        where = f"{osc.oscquery_host}:{osc.oscquery_port}"
        found.append(Recipient(content, served_to(osc.oscquery_host), where, "osc.oscquery"))
    if console.listen:
        reach: Reach = "computer" if reach_of(console.listen) == "computer" else "device"  # those that have a token
        where = f"{console.listen}:{console.port}"
        found.append(Recipient("console", reach, where, "console.listen"))
        found.append(Recipient("metrics", reach, where, "console.listen"))
    if venue.constellation.server:
        server = venue.constellation.server
        found.append(Recipient("constellation", reach_of(server.partition(":")[0]), server, "constellation.server"))
    if venue.rooms.broker:
        content = "broker" if venue.rooms.moods_per_second else "broker_state"
        address = venue.rooms.address
        found.append(Recipient(content, reach_of(address.host), str(address), "rooms.broker"))
    for universe in venue.lamps.universes:
        reach = reach_of(universe.host) if universe.host else "network"
        where = f"{universe.protocol} {universe.number} {universe.host or 'multicast'}"
        found.append(Recipient("lamps", reach, where, "lamps.universes"))
    if venue.screens.leads:
        reach = served_to(venue.screens.listen)
        found.append(Recipient("screens", reach, f"udp {venue.screens.listen}:{venue.screens.port}", "screens.leads"))
    if report.at_closing:
        if venue.rooms.broker:
            address = venue.rooms.address
            found.append(Recipient("broker_report", reach_of(address.host), str(address), "report.at_closing"))
        found += [Recipient("mail", "device", address, "report.mail_to") for address in report.mail_to]
        if report.folder:
            found.append(Recipient("folder", "device", report.folder, "report.folder"))
    return found


_CONTENT: dict[str, Content] = {
    "aggregate": "osc_aggregate",
    "visitors": "osc_visitors",
    "scalar": "osc_scalar",
    "events": "osc_events",
}


def _osc_recipient(target: OscTarget) -> Recipient:
    content = _CONTENT[target.profile]
    where = f"{target.host}:{target.port}"
    return Recipient(content, reach_of(target.host), where, "osc.targets", target.only_named)


def reach_of(host: str) -> Reach:
    """Who gets what is sent to ``host``."""
    if host in LOOPBACK:
        return "computer"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return "device"
    if number.is_loopback:
        return "computer"
    last = number.version == 4 and number.packed[-1] == 255
    return "network" if number.is_multicast or last else "device"


def served_to(host: str) -> Reach:
    """Who can ask a server that listens on ``host``."""
    return "computer" if reach_of(host) == "computer" else "network"


def counted(recipients: tuple[Recipient, ...]) -> tuple[tuple[Recipient, int], ...]:
    """Those that differ for a visitor, each with how many there are of its kind, in the order of the settings."""
    kinds = Counter((one.content, one.reach, one.narrowed) for one in recipients)
    first = {(one.content, one.reach, one.narrowed): one for one in reversed(recipients)}
    return tuple((first[kind], count) for kind, count in kinds.items())
