"""The real show under strace, before the marked camera, in a state folder of its own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import Unavailable
from calibration.files import TEXT_BYTES, read_text
from calibration.venue import PATHS, Venue, load_venue
from calibration.venue_writer import Changes, changed_text
from installation.privacy.proof_mark import PICTURES, Marked, make_marked_camera
from installation.privacy.proof_promises import Places
from installation.privacy.proof_trace import CALLS, LONGEST

ROOT = Path(__file__).parents[2]
GRACE_SECONDS = 180.0
"""How much longer than it was asked to a show under strace may take to begin and to end."""
END_SECONDS = 15.0
MISSING = (
    "strace is not installed, so nothing was watched and nothing is proven; on Debian: apt-get install strace "
    "(it watches processes of Linux only)"
)
NOT_OURS = frozenset({"NOTIFY_SOCKET", "CHIARO_CAMERA", "CHIARO_CONSOLE", "PYTHONPYCACHEPREFIX"})
"""Variables of the environment that are left out: the venue alone says what the show does."""


@dataclass(frozen=True, slots=True)
class Strace:
    """The program that watches."""

    path: str
    version: str
    filters: bool
    """It can let the kernel pass over all other calls, which costs the show far less."""

    def words(self, trace: Path) -> list[str]:
        """The command line before that of the program to be watched; see ``proof_trace`` for how it writes."""
        calls = ",".join(f"?{call}" for call in CALLS)
        how = ["-f", "-ff", "-ttt", "-yy", "-xx", "-s", str(LONGEST), "-e", "signal=none", "-e", f"trace={calls}"]
        return [self.path, *(["--seccomp-bpf"] if self.filters else []), *how, "-o", str(trace)]


@dataclass(frozen=True, slots=True)
class Run:
    """One run, and where it left what."""

    trace: Path
    marked: Marked
    places: Places
    venue: Venue
    """As it ran."""
    deviations: tuple[str, ...]
    """In what it differed from the room's own."""


def find_strace() -> Strace:
    """The installed one. Raises ``Unavailable`` where there is none."""
    path = shutil.which("strace")
    if path is None or not sys.platform.startswith("linux"):
        raise Unavailable(MISSING)
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed
    helped = subprocess.run([path, "--help"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - fixed
    found = re.search(r"version (\S+)", said)
    return Strace(path, found[1] if found else "unknown", "--seccomp-bpf" in helped)


def prepare(
    folder: Path, venue: Venue, venue_file: Path | None, seed: int, headless: bool, pictures: int = PICTURES
) -> Run:
    """Make all that a run needs in ``folder``, which is empty and private: camera, venue, state folder."""
    text = read_text(venue_file, TEXT_BYTES) if venue_file else ""
    changes, deviations = _changes(venue)
    file = folder / "venue.toml"
    file.write_text(changed_text(text, changes), encoding="utf-8")
    for name in ("camera", "state", "tmp"):
        (folder / name).mkdir()
    ran = load_venue(file)
    marked = make_marked_camera(folder / "camera", seed, ran, pictures)
    places = Places(folder / "state", folder / "tmp", folder / "printed.txt", headless)
    return Run(folder / "trace", marked, places, ran, deviations)


def _changes(venue: Venue) -> tuple[Changes, tuple[str, ...]]:
    """What is set otherwise, and in words why. A path is written in full, for the file lies elsewhere."""
    changes: Changes = {}
    words = [
        "the camera was a folder of pictures with a known pattern in every pixel; the room's own camera was not opened",
        "journal and state were kept in a temporary folder, so that no visitor is counted who was not there",
    ]
    if venue.journal.folder:
        changes["journal"] = {"folder": ("", "")}
    if venue.hours.open:
        changes["hours"] = {"open": ("", "")}
        words.append("the house was held open (hours.open)")
    privacy = {}
    if venue.privacy.staff_hours:
        privacy["staff_hours"] = ""
        words.append("the eye was held open while only staff is there (privacy.staff_hours)")
    if venue.privacy.consent == "button":
        privacy["consent"] = "none"
        words.append("the eye was open from the beginning, as after a press of the button (privacy.consent)")
    if venue.privacy.kept_shut:
        privacy["kept_shut"] = ""
        words.append("the eye, which the room keeps shut for now, was open (privacy.kept_shut)")
    if privacy:
        changes["privacy"] = {key: (value, "") for key, value in privacy.items()}
    for section, keys in PATHS.items():
        paths = {key: getattr(getattr(venue, section), key) for key in keys}
        if any(paths.values()):
            changes[section] = {key: (path, "") for key, path in paths.items() if path}
    if venue.calibration.head:
        changes["calibration"] = {"head": (str(venue.calibration.head), "")}
    return changes, tuple(words)


def trace_show(run: Run, strace: Strace, story: Path, seconds: float) -> None:
    """Run the show for so long. Raises ``Unavailable`` when it did not run, or may not be watched."""
    folder = run.trace.parent
    watch = strace.words(run.trace)
    show = [sys.executable, "-m", "installation", "run", str(story), "--venue", str(folder / "venue.toml")]
    show += ["--camera", str(folder / "camera"), "--seconds", f"{seconds:g}"]
    show += ["--headless"] if run.places.headless else []
    with run.places.printed.open("wb") as printed:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*watch, *show], stdout=printed, stderr=subprocess.STDOUT, env=_environment(run), start_new_session=True
        )
        try:
            code = process.wait(seconds + GRACE_SECONDS)
        except BaseException as error:
            _end(process)
            if isinstance(error, subprocess.TimeoutExpired):
                raise Unavailable(
                    f"the show did not end within {seconds + GRACE_SECONDS:.0f} s: {_last(run)}"
                ) from None
            raise
    if not any(b" execve(" in file.read_bytes()[:400] for file in folder.glob("trace.*")):
        raise Unavailable(
            f"strace may not watch processes here, so nothing was watched and nothing is proven: {_last(run)} "
            "(in a container it needs the right to trace: --cap-add SYS_PTRACE)"
        )
    if code:
        raise Unavailable(f"the show ended with code {code}, so nothing is proven: {_last(run)}")


def _environment(run: Run) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
    return kept | {
        "CHIARO_STATE": str(run.places.state),
        "TMPDIR": str(run.places.temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH")))),
    }


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the show, which ends its own processes, and strace with it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)
            return


def _last(run: Run) -> str:
    """The last line that was printed."""
    lines = run.places.printed.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it printed nothing"
