"""This machine's systemd, as far as a service needs it: units written and removed, started and asked for."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from calibration.errors import BadInput, Unavailable
from calibration.file_writer import write_whole
from installation.service.unit import NAME

SERVICE, AGAIN = f"{NAME}.service", f"{NAME}-again.timer"
DEADLINE_SECONDS = 90
"""To stop and start a show takes a few seconds; a machine that boots may take longer."""


@dataclass(frozen=True, slots=True)
class Systemd:
    """The systemd of the machine, or the user's own (``for_user``)."""

    for_user: bool = False

    @property
    def folder(self) -> Path:
        """Where an administrator's, or a user's, units are."""
        if not self.for_user:
            return Path("/etc/systemd/system")
        return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"

    @property
    def unit(self) -> Path:
        """The file of the service."""
        return self.folder / SERVICE

    def is_installed(self) -> bool:
        """Whether the service's unit is there."""
        return self.unit.exists()

    def install(self, unit: str, again: str, *, start: bool) -> None:
        """Write both units and let the machine start the service when it boots; ``start``: now, too.

        A service that runs goes on as it is until it is started again. Raises ``BadInput`` and ``Unavailable``.
        """
        self._require_rights()
        try:
            for file, text in ((self.unit, unit), (self.folder / AGAIN, again)):
                file.parent.mkdir(parents=True, exist_ok=True)
                write_whole(file, text.encode())
                file.chmod(0o644)
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror or error}", where=self.folder) from error
        self.ask("daemon-reload")
        self.ask("enable", SERVICE)
        if start:
            try:
                self.ask("restart", SERVICE)
            except Unavailable as error:
                raise Unavailable(
                    f"it is installed, but did not begin; chiaro service logs tells why ({error})"
                ) from None

    def remove(self) -> None:
        """End the service and take both units away. Raises ``BadInput`` and ``Unavailable``."""
        self._require_rights()
        self.ask("disable", "--now", SERVICE, AGAIN)
        for file in (self.unit, self.folder / AGAIN):
            for one in (file, file.with_name(f"{file.name}.previous")):
                one.unlink(missing_ok=True)
        self.ask("daemon-reload")

    def properties(self, *names: str) -> dict[str, str]:
        """What systemd knows of the service. Raises ``Unavailable``."""
        told = self.ask("show", SERVICE, "--property", ",".join(names))
        return {key: value for key, _, value in (line.partition("=") for line in told.splitlines())}

    def ask(self, *words: str) -> str:
        """What ``systemctl`` answers. Raises ``Unavailable`` with its own words when it cannot."""
        program = shutil.which("systemctl")
        if program is None:
            raise Unavailable("this machine has no systemd; chiaro supervise does the same without it")
        command = [program, *(["--user"] if self.for_user else []), "--no-pager", *words]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False)  # noqa: S603 - fixed words
        except subprocess.TimeoutExpired:
            raise Unavailable(f"systemctl {words[0]} did not answer within {DEADLINE_SECONDS} s") from None
        if done.returncode:
            why = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise Unavailable(f"systemctl {words[0]}: {why}")
        return done.stdout

    def _require_rights(self) -> None:
        if not self.for_user and os.geteuid() != 0:
            raise BadInput("a service of the machine needs root: type sudo before it, or add --user")


def installed() -> Systemd | None:
    """The systemd in which the service is installed: the machine's, or else the user's; None without a service."""
    return next((one for one in (Systemd(), Systemd(for_user=True)) if one.is_installed()), None)
