"""The proof that no picture leaves the eye: the show is watched from outside, and what was seen becomes a record.

It is made for a person who has to sign: each line names the process, the file or peer, and the setting that makes it
so; what was not looked at is said too.
"""

from __future__ import annotations

import hashlib
import platform
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from calibration.venue import Venue
from installation.host.lock import RoomLock
from installation.host.state_folder import state_folder
from installation.privacy.facts import Facts, facts_of
from installation.privacy.proof_channels import traffic_of
from installation.privacy.proof_judge import Judgement, judge
from installation.privacy.proof_promises import programs_of, promises_of
from installation.privacy.proof_run import ROOT, Run, Strace, find_strace, prepare, trace_show
from installation.privacy.proof_search import FILES, FILMS, LAYOUTS, Searcher
from installation.privacy.proof_trace import LONGEST, read_trace

PACKAGES = ("calibration", "models", "scenes", "installation")
FORMAT = 1

SEARCHED = (
    f"{len(LAYOUTS)} layouts of raw pixels ({', '.join(LAYOUTS)}), whole or in parts of 80 bytes and more, as the "
    "camera gives them and as the venue turns them",
    f"picture files by their beginning, decoded and compared with the camera's: {', '.join(FILES)}",
    f"films and other pictures by their beginning: {', '.join(FILMS)}",
    "all of these in base64, in hexadecimal digits, in zlib, gzip and zip, and these in each other",
    "texts for long rows of letters, OSC for binary arguments, the eye's messages for anything but moods and states",
    "files that were opened to write once more on the disk at the end: a map into memory writes without a call",
)
NOT_SEEN = (
    "what is hidden on purpose: encrypted, or in single bits, lengths and times of messages",
    "raw pixels that were scaled or filtered first and carry no file's beginning, in a channel whose protocol allows "
    "any bytes (each such channel is on the list)",
    "what a driver does with bytes that a device is given without a call that strace names (graphics, sound)",
    "the reader of the room's own camera, in whose place the marked pictures were read",
    "what happens at other times than in this run: an operator who asks for the small picture, the report of the "
    "evening, a story's scenes that were not reached",
    "other programs of this computer, and other computers",
)
"""Said on each page: a proof that claims more than it tried is none."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was watched, in which state of the program, and what came of it."""

    facts: Facts
    made: datetime
    seconds: float
    strace: Strace
    headless: bool
    deviations: tuple[str, ...]
    files: dict[str, str]
    """SHA-256 of each file of the installed program, by its path."""
    judgement: Judgement

    @property
    def verdict(self) -> Literal["PASS", "FAIL", "NOTHING SHOWN"]:
        """PASS only if a visitor was seen: a proof with a blind eye proves nothing."""
        if self.judgement.findings:
            return "FAIL"
        return "PASS" if self.judgement.reports_with_a_visitor else "NOTHING SHOWN"

    @property
    def verdict_words(self) -> str:
        """The verdict in a sentence."""
        found, seen = len(self.judgement.findings), self.judgement.reports_with_a_visitor
        match self.verdict:
            case "FAIL":
                return (
                    f"{found} finding{'s' if found > 1 else ''}: something was written, sent or run that must not be."
                )
            case "PASS":
                return (
                    f"The eye saw a visitor in {seen} of {self.judgement.reports} reports. No picture of the camera "
                    "was found outside its memory; all that was written, sent or run is promised by a setting or is "
                    "what any program does."
                )
        return "Nothing was found, but the eye saw no visitor either, so the run shows nothing. Look at masks and zone."

    @property
    def code_sha256(self) -> str:
        """One hash over the installed program: of the lines that ``sha256sum`` prints for its files, in order."""
        lines = "".join(f"{digest}  {path}\n" for path, digest in self.files.items())
        return hashlib.sha256(lines.encode()).hexdigest()

    def record(self) -> dict[str, Any]:
        """All of it, for JSON."""
        facts = self.facts
        return {
            "format": FORMAT,
            "verdict": self.verdict,
            "verdict_words": self.verdict_words,
            "room": facts.room,
            "made": self.made.isoformat(timespec="seconds"),
            "seconds": self.seconds,
            "version": facts.version,
            "code_sha256": self.code_sha256,
            "weights": {"file": facts.weights_file, "sha256": facts.weights_sha256},
            "venue": {"file": facts.venue_file, "sha256": facts.venue_sha256},
            "system": platform.platform(),
            "python": platform.python_version(),
            "strace": self.strace.version,
            "window_and_sound": not self.headless,
            "deviations": list(self.deviations),
            **asdict(self.judgement),
            "looked_for": list(SEARCHED),
            "not_seen": list(NOT_SEEN),
            "longest_call_bytes": LONGEST,
            "code": self.files,
        }


def prove(
    story: Path,
    venue: Venue,
    venue_file: Path | None,
    seconds: float,
    headless: bool,
    tell: Callable[[str], None],
) -> Proof:
    """Run the show for so many seconds and judge what it did. ``tell`` hears what is being done.

    Raises ``RoomIsTaken`` while a show runs in this room (its receivers would hear two), and ``Unavailable`` where
    strace is missing or may not watch.
    """
    strace = find_strace()
    facts = facts_of(venue, venue_file)
    lock = RoomLock(state_folder(), venue.name)
    lock.acquire()
    try:
        with TemporaryDirectory(prefix="chiaro-proof-") as folder:
            run = prepare(Path(folder).resolve(), venue, venue_file, secrets.randbits(32), headless)
            tell(f"the show runs for {seconds:g} s under strace {strace.version}, before a marked camera")
            trace_show(run, strace, story, seconds)
            tell("what it wrote and sent is being searched")
            judgement = judge_run(run)
    finally:
        lock.release()
    made = datetime.now(UTC)
    return Proof(facts, made, seconds, strace, headless, run.deviations, dict(_hashed()), judgement)


def judge_run(run: Run) -> Judgement:
    """What the trace of ``run`` shows. Paths in the run's own folder are written from there."""
    traffic = traffic_of(read_trace(run.trace))
    judged = judge(traffic, promises_of(run.venue, run.places), programs_of(run.venue), Searcher(run.marked))
    own = f"{run.trace.parent}/"
    return replace(
        judged,
        rows=tuple(replace(row, place=row.place.replace(own, "")) for row in judged.rows),
        findings=tuple(finding.replace(own, "") for finding in judged.findings),
        programs=tuple((by, command.replace(own, ""), why) for by, command, why in judged.programs),
    )


def _hashed() -> Iterator[tuple[str, str]]:
    """Each file of the installed program with its SHA-256, in the order of ``sort`` in the C locale."""
    files = [file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.is_file()]
    for file in sorted(files, key=lambda file: file.relative_to(ROOT).as_posix().encode()):
        if "__pycache__" not in file.parts:
            yield file.relative_to(ROOT).as_posix(), hashlib.sha256(file.read_bytes()).hexdigest()
