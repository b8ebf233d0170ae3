"""What a bundle does on the machine that it was carried to: checks itself, and puts itself into the spare slot.

Needs nothing but Python; no network is touched. It may be killed at any instant: what runs goes on running.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from calibration.errors import BadInput, Exit
from calibration.file_writer import write_whole
from installation.bundle.slots import MANIFEST, Slots
from installation.host.terminal import say

CONTENT, WHEELS, PROGRAM = "content/", "wheels/", "program/"
BLOCK = 1 << 20
ROOM_TO_SPARE = 200_000_000
"""Bytes that stay free beside what is installed: the journal of the show that runs goes on."""
LAUNCHER = """\
#!/bin/sh
# Starts the show that is installed here. What is where: {root}/chiaro slots
exec {python} {root}/program.pyz {root} "$@"
"""


class CannotInstall(BadInput):
    """A bundle that cannot be installed here: why not, and what to do."""


def main(bundle: Path, typed: list[str]) -> int:
    """The command line of a bundle. The exit code, with one line that says why."""
    words = argparse.ArgumentParser(prog=f"sh {bundle.name}", description="A show for a machine without internet.")
    commands = words.add_subparsers(dest="command", required=True)
    install = commands.add_parser("install", help="install beside what runs; it takes over when the house closes")
    install.add_argument("--to", type=Path, default=Path.home() / "chiaro", help="folder (default: %(default)s)")
    install.add_argument("--now", action="store_true", help="take over at once")
    commands.add_parser("verify", help="check every byte and change nothing")
    asked = words.parse_args(typed)
    try:
        with opened(bundle) as archive:
            manifest = read_manifest(archive)
            if asked.command == "install":
                Installation(archive, manifest, Slots(asked.to.absolute())).run(at_once=asked.now)
            else:
                for name in manifest["files"]:
                    copy_checked(archive, name, manifest, None)
                say(f"whole: {manifest['name']}, made {manifest['made']}, {len(manifest['files'])} files")
    except CannotInstall as error:
        say(f"x {error}", err=True)
        return error.exit_code
    except OSError as error:
        say(f"x {error.strerror or error}: {error.filename or asked.to}; what runs was not changed", err=True)
        return Exit.UNAVAILABLE
    return Exit.OK


@contextlib.contextmanager
def opened(bundle: Path) -> Iterator[zipfile.ZipFile]:
    """The bundle's archive. Raises ``CannotInstall`` for a torn one."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            yield archive
    except zipfile.BadZipFile as error:
        raise CannotInstall(f"{bundle} is torn ({error}); copy it again") from error


def read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    """What is in the bundle, made for which machine. Raises ``CannotInstall`` on another one."""
    manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
    here = machine()
    if manifest["machine"] != here:
        raise CannotInstall(f"this bundle was made for {manifest['machine']}; this is {here}")
    return manifest


def machine() -> str:
    """What wheels depend on."""
    version = ".".join(map(str, sys.version_info[:2]))
    return f"Python {version} on {platform.system()} {platform.machine()}"


def copy_checked(archive: zipfile.ZipFile, name: str, manifest: dict[str, Any], to: IO[bytes] | None) -> None:
    """Unpack one file, or only read it. Raises ``CannotInstall`` when a byte of it is not as it was made."""
    digest = hashlib.sha256()
    try:
        with archive.open(name) as packed:
            while block := packed.read(BLOCK):
                digest.update(block)
                if to is not None:
                    to.write(block)
    except (KeyError, zipfile.BadZipFile, EOFError) as error:
        raise CannotInstall(f"the bundle is damaged: {name} ({error}); copy it again") from error
    if digest.hexdigest() != manifest["files"][name]["sha256"]:
        raise CannotInstall(f"the bundle is damaged: {name}; copy it again")


class Installation:
    """One bundle on its way into the spare slot."""

    def __init__(self, archive: zipfile.ZipFile, manifest: dict[str, Any], slots: Slots) -> None:
        self._archive, self._manifest, self._slots = archive, manifest, slots
        self._slot = slots.folder(slots.spare())

    def run(self, *, at_once: bool) -> None:
        """Install it. Raises ``CannotInstall`` and ``OSError``; what runs stays as it is then."""
        root = self._slots.root
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with only_one(root / "installing.lock"):
            state = self._slots.state()
            if state.trial:
                raise CannotInstall("the last version is on trial for its first minute; try again when it has lasted")
            if state.pending:
                self._slots.note(type(state)())  # its slot is about to be emptied
            shutil.rmtree(self._slot, ignore_errors=True)
            self._require_room()
            try:
                self._unpack()
                self._make_environment()
                self._try_out()
            except BaseException:
                shutil.rmtree(self._slot, ignore_errors=True)
                raise
            shutil.rmtree(self._slot / WHEELS)
            os.sync()
            write_whole(self._slot / MANIFEST, json.dumps(self._manifest).encode())
            self._write_launcher()
            self._slots.take(self._slot.name, at_once=at_once)
        self._say_what_follows(at_once)

    def _require_room(self) -> None:
        needed = self._manifest["bytes"] + ROOM_TO_SPARE
        free = shutil.disk_usage(self._slots.root).free
        if free < needed:
            has = f"{self._slots.root} has {free / 1e6:.0f} MB free, and {needed / 1e6:.0f} are needed"
            raise CannotInstall(f"{has}; what runs was not changed")

    def _unpack(self) -> None:
        for name in self._manifest["files"]:
            if not name.startswith((CONTENT, WHEELS)):
                continue
            if ".." in PurePosixPath(name).parts:
                raise CannotInstall(f"the bundle is damaged: {name}")
            path = self._slot / name
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                copy_checked(self._archive, name, self._manifest, file)

    def _make_environment(self) -> None:
        environment, wheels = self._slot / "venv", sorted((self._slot / WHEELS).glob("*.whl"))
        (pip,) = [wheel for wheel in wheels if wheel.name.startswith("pip-")]
        self._do("make an environment", sys.executable, "-m", "venv", "--without-pip", str(environment))
        self._do(
            *("install the packages", str(environment / "bin" / "python"), f"{pip}/pip", "install", "--no-index"),
            *("--no-deps", "--no-cache-dir", "--quiet", "--disable-pip-version-check"),
            *(str(wheel) for wheel in wheels if wheel != pip),
        )

    def _try_out(self) -> None:
        """The program starts and reads the film: what is missing on this machine is found before it takes over."""
        program = str(self._slot / "venv" / "bin" / "chiaro")
        self._do("start", program, "--version")
        story = next((str(self._slot / word) for word in self._manifest["run"] if word.endswith(".toml")), None)
        if story:
            self._do("read the film", program, "story", "graph", story)

    def _do(self, what: str, *command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, env=plain_environment(), check=False)  # noqa: S603 - our own programs
        if done.returncode:
            why = "\n".join((done.stderr or done.stdout).strip().splitlines()[-3:])
            raise CannotInstall(f"it could not {what} (code {done.returncode}): {why}\nwhat runs was not changed")

    def _write_launcher(self) -> None:
        root = self._slots.root
        with tempfile.NamedTemporaryFile(dir=root, delete=False) as new:
            with zipfile.ZipFile(new, "w") as program:
                for name in self._manifest["files"]:
                    if name.startswith(PROGRAM):
                        program.writestr(name.removeprefix(PROGRAM), self._archive.read(name))
                program.writestr("__main__.py", START_FROM_SLOT)
            os.fsync(new.fileno())
        Path(new.name).replace(root / "program.pyz")
        launcher = LAUNCHER.format(root=shell_word(root), python=shell_word(base_python()))
        write_whole(root / "chiaro", launcher.encode())
        (root / "chiaro").chmod(0o755)

    def _say_what_follows(self, at_once: bool) -> None:
        program = shell_word(self._slots.root / "chiaro")
        say(f"installed: {self._manifest['name']} in {self._slot}")
        if not self._slots.state().pending:
            say(f"see it: {program} run\nas a service: sudo {program} service install --fullscreen")
        elif at_once:
            say("it takes over within seconds; the version before it comes back if the first minute fails")
        else:
            say("it takes over when the house closes, or at the next start (at once: --now)")


START_FROM_SLOT = """\
import sys
from pathlib import Path
from installation.bundle.slots import main
sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
"""


def plain_environment() -> dict[str, str]:
    """This one's without what would lead another Python elsewhere."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PIP_", "CHIARO_"))}


def base_python() -> Path:
    """The machine's own Python: one of an environment may be gone tomorrow."""
    name = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    base = Path(sys.base_prefix) / "bin" / name
    return base if base.exists() else Path(sys.executable)


def shell_word(path: Path) -> str:
    """In quotes, whatever is in it."""
    return "'" + str(path).replace("'", "'\\''") + "'"


@contextlib.contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """One installation at a time. The system frees it, however the process dies."""
    import fcntl

    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CannotInstall(f"another installation runs in {lock.parent}; wait for it") from error
        yield
