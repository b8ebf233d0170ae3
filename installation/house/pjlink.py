"""A projector by PJLink, class 1 and 2 (JBMIA, PJLink Specifications 2.00): TCP, one line for a command and its answer.

A connection is opened for each conversation, since many projectors end an idle one after 30 s.
"""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from calibration.files import shown
from installation.house.display_driver import DisplayFault, Lamp

ANSWER_SECONDS = 5.0
"""Projectors are slow; the specification allows 2 s, and 5 s after a command."""
LONGEST_ANSWER = 200
POWER = {"0": Lamp.OFF, "1": Lamp.ON, "2": Lamp.COOLING, "3": Lamp.WARMING}
ERRORS = {
    "ERR1": "does not know the command {command}",
    "ERR2": "refuses the value of {command}",
    "ERR3": "is not available now (it warms up, cools down or is in standby)",
    "ERR4": "reports that it has failed; look at its own display",
    "ERRA": "refuses the password; correct display.password in the venue",
}
SUBJECTS = ("fan", "lamp", "temperature", "cover", "filter", "other")
"""What the six digits of ``ERST`` speak of."""
GRADES = {"1": "warning", "2": "error"}


class PjlinkDriver:
    """Power, lamp hours and warnings of one projector."""

    def __init__(self, host: str, port: int, password: str = "", answer_seconds: float = ANSWER_SECONDS) -> None:
        self._host, self._port, self._password, self._answer_seconds = host, port, password, answer_seconds

    def lamp(self) -> Lamp:
        """How it is now."""
        with self._conversation() as projector:
            return POWER.get(projector.ask("%1POWR ?"), Lamp.UNKNOWN)

    def switch(self, on: bool) -> None:
        """On or off; a projector that cools down cannot be switched on yet, which is no fault."""
        with self._conversation() as projector:
            projector.ask(f"%1POWR {int(on)}", unless="ERR3")

    def remarks(self) -> tuple[str, ...]:
        """Hours of each lamp; warnings and errors; hours of the filter, where it is of class 2."""
        with self._conversation() as projector:
            lamps = projector.ask("%1LAMP ?", unless="ERR1").split()[::2]
            states = projector.ask("%1ERST ?", unless="ERR1")
            filter_hours = projector.ask("%2FILT ?", unless="ERR1") if projector.ask("%1CLSS ?") == "2" else ""
        return (
            *(f"lamp {number}: {hours} h" for number, hours in enumerate(lamps, start=1) if hours.isdecimal()),
            *([f"filter: {filter_hours} h"] if filter_hours.isdecimal() else []),
            *(
                f"{grade}: {what}"
                for what, digit in zip(SUBJECTS, states, strict=False)
                if (grade := GRADES.get(digit))
            ),
        )

    @contextmanager
    def _conversation(self) -> Iterator[_Conversation]:
        try:
            with socket.create_connection((self._host, self._port), self._answer_seconds) as line:
                yield _Conversation(line, self._password, self._where)
        except TimeoutError:
            raise DisplayFault(f"{self._where} does not answer within {self._answer_seconds:g} s") from None
        except OSError as error:
            raise DisplayFault(f"{self._where} cannot be reached: {error.strerror or error}") from error

    @property
    def _where(self) -> str:
        return f"the projector {self._host}:{self._port}"


class _Conversation:
    """One connection, after its greeting."""

    def __init__(self, line: socket.socket, password: str, where: str) -> None:
        self._line, self._where, self._read = line, where, b""
        greeting = self._answer().split(" ")
        self._key = ""
        if greeting[:2] == ["PJLINK", "1"] and len(greeting) == 3:
            if not password:
                raise DisplayFault(f"{where} asks for a password; set display.password in the venue")
            self._key = hashlib.md5((greeting[2] + password).encode(), usedforsecurity=False).hexdigest()
        elif greeting != ["PJLINK", "0"]:
            raise DisplayFault(f"{where} does not speak PJLink (it says {shown(' '.join(greeting))!r})")

    def ask(self, command: str, unless: str = "") -> str:
        """The value of its answer; '' for the error ``unless``, which is none here."""
        self._line.sendall(f"{self._key}{command}\r".encode())
        self._key = ""  # said once in each connection
        name = command[:6]
        while True:
            answer = self._answer()
            if answer == "PJLINK ERRA":
                raise DisplayFault(f"{self._where} {ERRORS['ERRA']}")
            if answer.upper().startswith(f"{name}="):
                break  # anything else is an answer that came late, or a notice
        value = answer.partition("=")[2].strip()
        if value == unless:
            return ""
        if value in ERRORS:
            raise DisplayFault(f"{self._where} {ERRORS[value].format(command=command[2:])}")
        return value

    def _answer(self) -> str:
        while b"\r" not in self._read:
            if len(self._read) > LONGEST_ANSWER:
                raise DisplayFault(f"{self._where} does not speak PJLink (an answer without an end)")
            more = self._line.recv(LONGEST_ANSWER)
            if not more:
                raise DisplayFault(f"{self._where} has hung up")
            self._read += more
        line, self._read = self._read.split(b"\r", 1)
        return line.strip().decode("utf-8", errors="replace")
