"""Two folders, A and B: the show runs from one, the next version is put into the other, and takes over when it may.

Needs nothing but Python: a bundle carries this file, and the few that it imports, to machines that have nothing else.

``current`` is a link to the slot in use. A new version is *pending* until a start takes it; then it is on *trial* until
it has played for a minute. A start that finds a trial that was begun and did not last goes back to the other slot.
Whatever is killed at whatever instant leaves one whole slot and a link to it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from calibration.errors import Exit
from calibration.file_writer import write_whole
from installation.host.terminal import say

NAMES = ("a", "b")
MANIFEST = "manifest.json"
"""Written into a slot last: a slot without it is not whole."""
ROOT_VARIABLE, TYPED_VARIABLE, LAUNCHER_VARIABLE = "CHIARO_SLOTS", "CHIARO_TYPED", "CHIARO_LAUNCHER"
"""What a show started from a slot finds in its environment: the root, what was typed, and what starts it again."""


@dataclass(frozen=True, slots=True)
class State:
    """What is kept in ``state.json`` beside the slots."""

    pending: str = ""
    """Slot that takes over at the next start."""
    at_once: bool = False
    """The running show makes way for it at once, not only when the house closes."""
    trial: str = ""
    """Slot that has taken over and has not yet lasted."""
    begun: bool = False
    """The trial's show was started, and has neither lasted nor ended on purpose: the next start goes back."""
    failed: str = ""
    """Which version did not last, for people."""


@dataclass(frozen=True, slots=True)
class Slots:
    """The folder that holds both."""

    root: Path

    def folder(self, name: str) -> Path:
        """Of one slot."""
        return self.root / name

    def current(self) -> str:
        """The slot in use; '' before the first installation."""
        try:
            name = os.readlink(self.root / "current")  # noqa: PTH115 - the name itself, not a path
        except OSError:
            return ""
        return name if name in NAMES else ""

    def spare(self) -> str:
        """The slot for the next version."""
        return other(self.current() or "b")

    def is_whole(self, name: str) -> bool:
        """Whether something was installed there to its end."""
        return name in NAMES and (self.folder(name) / MANIFEST).is_file()

    def manifest(self, name: str) -> dict[str, object]:
        """What was installed there; empty when it is not whole."""
        try:
            read = json.loads((self.folder(name) / MANIFEST).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return read if isinstance(read, dict) else {}

    def film(self, name: str) -> list[str]:
        """The arguments of ``chiaro run`` that name this slot's story and venue."""
        said = self.manifest(name).get("run")
        words = [str(word) for word in said] if isinstance(said, list) else []
        return [str(self.folder(name) / word) if word.startswith("content/") else word for word in words]

    def state(self) -> State:
        """What was noted last. A file that is missing or torn notes nothing: what is current stays."""
        try:
            read = json.loads((self.root / "state.json").read_text(encoding="utf-8"))
            return State(**read)
        except (OSError, ValueError, TypeError):
            return State()

    def note(self, state: State) -> None:
        """Write it down, whole or not at all. Raises ``OSError``."""
        write_whole(self.root / "state.json", json.dumps(asdict(state)).encode())

    def point(self, name: str) -> None:
        """Make this slot the current one, in one step. Raises ``OSError``."""
        link = self.root / "current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(name)
        link.replace(self.root / "current")

    def take(self, name: str, *, at_once: bool) -> None:
        """The slot that was just installed takes over: the first one now, a later one when the show makes way."""
        if self.is_whole(self.current()):
            self.note(State(pending=name, at_once=at_once))
        else:
            self.point(name)
            self.note(State())

    def choose(self) -> str:
        """The slot of the show that starts now. Raises ``OSError`` only where nothing can be written *and* tried."""
        state = self.state()
        if state.pending and self.is_whole(state.pending):
            state = State(trial=state.pending)
            self.note(state)
        if not state.trial:
            return self.current()
        if state.begun or not self.is_whole(state.trial):
            back = other(state.trial) if self.is_whole(other(state.trial)) else state.trial
            self.point(back)
            self.note(State(failed=self.describe(state.trial)))
            return back
        self.point(state.trial)
        self.note(replace(state, begun=True))
        return state.trial

    def lasted(self) -> None:
        """The show has played for a minute: what it was started from is good."""
        if self.state().trial:
            self.note(State())

    def set_trial(self, *, begun: bool) -> None:
        """Whether the next start is to see a failure in a trial that is still running. Raises ``OSError``."""
        state = self.state()
        if state.trial and state.begun is not begun:
            self.note(replace(state, begun=begun))

    def go_back(self) -> bool:
        """The other slot takes over at the next start; False when nothing is in it."""
        back = self.spare()
        if not self.is_whole(back):
            return False
        self.note(State(pending=back, at_once=True))
        return True

    def describe(self, name: str) -> str:
        """One slot's version in words."""
        manifest = self.manifest(name)
        return f"{manifest.get('name', '?')}, made {manifest.get('made', '?')}" if manifest else "nothing"


def other(name: str) -> str:
    """The other slot."""
    return "b" if name == "a" else "a"


def launch(slots: Slots, typed: list[str]) -> None:
    """Become the ``chiaro`` of a slot: for ``run`` with the bundle's film, and the next version if one is pending."""
    starts_show = typed[:1] == ["run"]
    name = slots.current()
    if starts_show:
        try:
            name = slots.choose()
        except OSError as error:  # a full or read-only disk: what is current plays
            say(f"chiaro: {error}; no update is taken", err=True)
    os.environ[ROOT_VARIABLE] = str(slots.root)
    os.environ[LAUNCHER_VARIABLE] = str(slots.root / "chiaro")
    os.environ[TYPED_VARIABLE] = json.dumps(typed)
    program = str(slots.folder(name) / "venv" / "bin" / "chiaro")
    arguments = ["run", *slots.film(name), *typed[1:]] if starts_show else typed
    os.execv(program, [program, *arguments])  # noqa: S606 - our own program


def show_slots(slots: Slots) -> None:
    """What is where, and what happens next."""
    state, current = slots.state(), slots.current()
    when = "at once" if state.at_once else "when the house closes, or at the next start"
    roles = {
        current: "in use",
        state.trial: "in use, on trial for its first minute",
        state.pending: f"takes over {when}",
    }
    for name in NAMES:
        say("  ".join(filter(None, (name, slots.describe(name), roles.get(name, "")))))
    if state.failed:
        say(f"{state.failed} did not last for a minute; the one before it is in use again")


def main(root: Path, typed: list[str]) -> int:
    """``slots`` and ``back`` are about the slots; everything else is said to the chiaro in use."""
    slots = Slots(root)
    if not slots.is_whole(slots.current()):
        say(f"chiaro: nothing whole is installed in {root}; install a bundle again", err=True)
        return Exit.BAD_CONFIGURATION
    if typed[:1] == ["slots"]:
        show_slots(slots)
        return Exit.OK
    if typed[:1] == ["back"]:
        if not slots.go_back():
            say("there is no other version to go back to", err=True)
            return Exit.NOT_AS_WANTED
        say(f"{slots.describe(slots.spare())} takes over at once")
        return Exit.OK
    launch(slots, typed)
    return Exit.OK
