"""What was written and sent, held against what the settings promise, and searched for the camera's picture."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from calibration.errors import BadInput
from installation.eye.link import Report
from installation.eyes.wire import Kind, Order, Packet, Welcome, unseal
from installation.osc.decoder import decode
from installation.privacy.proof_channels import (
    ANSWERING,
    FILE,
    INSIDE,
    LISTENING,
    OUR_PROCESSES,
    WRITES_UNSEEN,
    Channel,
    Traffic,
)
from installation.privacy.proof_promises import EYE, FEW_BYTES, Promise
from installation.privacy.proof_search import Searcher

LETTERS_IN_A_ROW = 240
"""From which a word in a text may be bytes written as letters; a SHA-256 has 64."""
ON_DISK_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: who wrote or sent to what, and by which setting."""

    process: str
    place: str
    how: str
    times: int
    size: int
    setting: str
    """The venue's key that makes it so; '' = what any program does, or nothing allows it."""
    words: str
    """What it is for; for what nothing allows, so."""
    allowed: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What came of one run."""

    rows: tuple[Row, ...]
    findings: tuple[str, ...]
    """What must not be, in words, with process and place."""
    searched: int
    """Bytes that were looked through, those between our own processes too."""
    unsearched: int
    """Bytes that strace did not show."""
    reports: int
    """Messages of the eye to the stage, each of which is a mood and the eye's state and nothing else."""
    reports_with_a_visitor: int
    programs: tuple[tuple[str, str, str], ...]
    """(process, command line, why) of what was run."""


def judge(traffic: Traffic, promises: list[Promise], programs: Mapping[str, str], searcher: Searcher) -> Judgement:
    """Hold each channel against ``promises``, each program against ``programs``, and search everything."""
    rows, findings = [], list[str]()
    reports: list[Report] = []
    for channel in traffic.channels.values():
        promise = _promise_of(channel, promises)
        if channel.kind == INSIDE:
            findings += _of_inside(channel, reports)
        elif promise is None:
            findings.append(_unpromised(channel))
        else:
            findings += [f"{_said(channel)} {fault}" for fault in _faults_of_form(channel, promise.form)]
        pictures_of_film = promise is not None and promise.form == "pictures of the film"
        findings += _pictures(channel, searcher, pictures_of_film)
        rows.append(_row(channel, promise))
    run = []
    for process, command in traffic.programs:
        why = _why(command, programs)
        run.append((process, " ".join(command), why))
        if not why:
            findings.append(f"{process} ran {' '.join(command)[:200]!r}, which is no part of the show")
    return Judgement(
        rows=tuple(sorted(rows, key=lambda row: (row.allowed, row.process, row.place))),
        findings=tuple(dict.fromkeys(findings)),
        searched=sum(channel.size - channel.unseen for channel in traffic.channels.values()),
        unsearched=sum(channel.unseen for channel in traffic.channels.values()),
        reports=len(reports),
        reports_with_a_visitor=sum(report.mood.present for report in reports),
        programs=tuple(run),
    )


def _promise_of(channel: Channel, promises: list[Promise]) -> Promise | None:
    """The first whose form it has too; where it has the form of none, the first."""
    possible = [one for one in promises if one.covers(channel.process, channel.kind, channel.name)]
    if len(possible) < 2:
        return next(iter(possible), None)
    return next((one for one in possible if not _faults_of_form(channel, one.form)), possible[0])


def _row(channel: Channel, promise: Promise | None) -> Row:
    inside = channel.kind == INSIDE
    return Row(
        process=channel.process,
        place=_place(channel),
        how=", ".join(sorted(channel.how)),
        times=channel.times,
        size=channel.size,
        setting=promise.setting if promise else "",
        words="inside the show" if inside else promise.words if promise else "no setting promises this",
        allowed=inside or promise is not None,
    )


def _of_inside(channel: Channel, reports: list[Report]) -> list[str]:
    """What the eye tells other processes has to be a report, which is kept in ``reports``, or what it prints."""
    if channel.process != EYE:
        return []
    faults = []
    for message in channel.messages:
        faults += _faults_of_text(message) if len(message) > FEW_BYTES else []
        with suppress(ValidationError):
            reports.append(Report.model_validate_json(message))
    return [f"what the eye tells other processes {fault}" for fault in dict.fromkeys(faults)]


def _unpromised(channel: Channel) -> str:
    if channel.kind == WRITES_UNSEEN:
        return f"{channel.process} used {channel.name}, by which bytes are written that this proof cannot see"
    return f"{_said(channel)} ({_kind_of(channel)}): no setting of the venue promises this"


def _said(channel: Channel) -> str:
    what = f"{channel.process} {' and '.join(sorted(channel.how))}"
    return f"{what}: {_place(channel)}, {channel.size} bytes"


def _place(channel: Channel) -> str:
    return channel.name if channel.kind in (FILE, INSIDE, LISTENING, ANSWERING) else f"{channel.kind} {channel.name}"


def _kind_of(channel: Channel) -> str:
    """What the first bytes look like."""
    first = channel.stream[:16]
    if not first:
        return "nothing was seen to be written"
    named = {b"\xff\xd8\xff": "JPEG", b"\x89PNG": "PNG", b"\x93NUMPY": "NumPy", b"RIFF": "RIFF", b"PK\3\4": "zip"}
    for beginning, name in named.items():
        if first.startswith(beginning):
            return f"begins as {name}"
    if _faults_of_text(channel.stream):
        return f"binary, begins with {first[:8].hex(' ')}"
    return f"text, begins with {first.decode(errors='replace')!r}"


def _faults_of_form(channel: Channel, form: str) -> list[str]:
    if form in ("text", "osc", "orders to eyes") and channel.unseen:
        return [f"has {channel.unseen} bytes that could not be seen"]
    match form:
        case "text":
            return _faults_of_text(channel.stream)
        case "osc":
            return _faults_of_osc(channel)
        case "orders to eyes":
            return _faults_of_orders(channel)
        case "nothing" if channel.size > FEW_BYTES:
            return [f"has more than {FEW_BYTES} bytes, for which it has no use"]
    return []


def _faults_of_text(content: bytes) -> list[str]:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return ["is not readable text"]
    if re.search(r"[\x00-\x07\x0e-\x1a\x7f]", text):
        return ["is not readable text"]
    return _faults_of_words(text)


def _faults_of_words(text: str) -> list[str]:
    longest = max((len(word) for word in re.findall(rf"[A-Za-z0-9+/=_-]{{{LETTERS_IN_A_ROW},}}", text)), default=0)
    return [f"has {longest} letters in a row, which may be bytes written as text"] if longest else []


def _faults_of_osc(channel: Channel) -> list[str]:
    for datagram in channel.messages:
        try:
            for message in decode(datagram):
                if "b" in message.tags:
                    return [f"{message.address} has a binary argument"]
                if faults := _faults_of_words(" ".join(str(value) for value in message.values)):
                    return [f"{message.address} {faults[0]}"]
        except BadInput as error:
            return [f"has a datagram that is not OSC ({error})"]
    return []


def _faults_of_orders(channel: Channel) -> list[str]:
    """Each is one that an eye on another machine takes, and says nothing but what that is to do."""
    if all(_is_order(unseal(datagram)) for datagram in channel.messages):
        return []
    return ["has a datagram that is no order to an eye"]


def _is_order(packet: Packet | None) -> bool:
    if packet is None or packet.kind not in (Kind.ORDER, Kind.WELCOME):
        return False
    return packet.body(Order if packet.kind is Kind.ORDER else Welcome) is not None


def _pictures(channel: Channel, searcher: Searcher, of_film: bool) -> list[str]:
    """What was seen of a picture in what went through the channel, or lies in its file now."""
    return [
        f"{_said(channel)}: {sight.words}"
        for content in (channel.stream, _on_disk(channel))
        for sight in searcher.search(content)
        if sight.marked or not of_film
    ]


def _on_disk(channel: Channel) -> bytes:
    """The file itself: memory that is a file is written to without a call."""
    if channel.kind != FILE or channel.name.startswith("/proc/"):
        return b""
    path = Path(channel.name)
    try:
        if path.is_file() and path.stat().st_size <= ON_DISK_BYTES:
            return path.read_bytes()
    except OSError:
        return b""
    return b""


def _why(command: tuple[str, ...], programs: Mapping[str, str]) -> str:
    """Why this program was run; '' for one that is no part of the show."""
    if "-m" in command[:-1] and command[command.index("-m") + 1] in OUR_PROCESSES:
        return "a process of the show"
    return programs.get(Path(command[0]).name, "") if command else ""
