"""A projector by PJLink, against an emulator that speaks real TCP and has the habits of real ones."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from installation.house.display_driver import DisplayFault, Lamp
from installation.house.pjlink import PjlinkDriver
from tests.installation.house.projector import Projector, projector
from tests.installation.waiting import LONG, wait_until

SECRET = "JBMIAProjectorLink"  # noqa: S105 - published
"""The specification's own example."""


def driver(machine: Projector, password: str = "", answer_seconds: float = LONG) -> PjlinkDriver:
    return PjlinkDriver("127.0.0.1", machine.port, password, answer_seconds)


@pytest.mark.parametrize("password", ["", SECRET])
@pytest.mark.parametrize("pjlink_class", [1, 2])
def test_a_projector_warms_up_and_cools_down(password: str, pjlink_class: int) -> None:
    with projector(Projector(password=password, pjlink_class=pjlink_class)) as machine:
        ours = driver(machine, password)
        assert ours.lamp() is Lamp.OFF
        ours.switch(True)
        assert ours.lamp() in (Lamp.WARMING, Lamp.ON)
        wait_until(lambda: ours.lamp() is Lamp.ON, LONG)
        ours.switch(False)
        assert ours.lamp() in (Lamp.COOLING, Lamp.OFF)
        wait_until(lambda: ours.lamp() is Lamp.OFF, LONG)


def test_the_password_is_said_as_the_specification_has_it() -> None:
    """Its own example: the random number 498e4a67 and the password JBMIAProjectorLink."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = PjlinkDriver("127.0.0.1", server.getsockname()[1], SECRET, LONG)
        heard: list[bytes] = []

        def answer() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"PJLINK 1 498e4a67\r")
                heard.append(line.recv(200))
                line.sendall(b"%1POWR=1\r")

        thread = threading.Thread(target=answer)
        thread.start()
        assert ours.lamp() is Lamp.ON
        thread.join()
    assert heard == [b"5d8409bc1c3fa39749434aa3a5c38682%1POWR ?\r"]


def test_hours_of_lamps_and_filter_and_warnings_are_told() -> None:
    with projector(Projector(pjlink_class=2, power="1", lamp="2345 1 17 0", faults="010020")) as machine:
        hours = ("lamp 1: 2345 h", "lamp 2: 17 h", "filter: 876 h")
        assert driver(machine).remarks() == (*hours, "warning: lamp", "error: filter")
    with projector(Projector(power="1", lamp="ERR1")) as laser:
        assert driver(laser).remarks() == ()


def test_a_projector_that_cools_down_refuses_to_go_on_and_that_is_no_fault() -> None:
    with projector(Projector(power="1", cooling_seconds=1000.0)) as machine:
        ours = driver(machine)
        ours.switch(False)
        ours.switch(True)
        assert ours.lamp() is Lamp.COOLING


@pytest.mark.parametrize(
    ("machine", "password", "fault"),
    [
        (Projector(password=SECRET), "wrong", "refuses the password; correct display.password"),
        (Projector(password=SECRET), "", "asks for a password; set display.password"),
        (Projector(refuses="ERR4"), "", "reports that it has failed"),
        (Projector(refuses="ERR2"), "", "refuses the value of POWR 1"),
        (Projector(hangs_up_after=0), "", "has hung up"),
        (Projector(greeting=b"220 mail.example.org ESMTP\r\n"), "", "does not speak PJLink (it says '220 mail"),
        (Projector(greeting=b"x" * 1000), "", "does not speak PJLink (an answer without an end)"),
    ],
)
def test_what_is_wrong_is_said_in_words(machine: Projector, password: str, fault: str) -> None:
    with projector(machine), pytest.raises(DisplayFault, match=r"the projector 127\.0\.0\.1:\d+ ") as told:
        driver(machine, password).switch(True)
    assert fault in str(told.value)


def test_one_that_says_nothing_is_not_waited_for_longer_than_its_time() -> None:
    with projector(Projector(silent=True)) as machine:
        begun = time.monotonic()
        with pytest.raises(DisplayFault, match=r"does not answer within 0\.3 s"):
            driver(machine, answer_seconds=0.3).lamp()
        assert time.monotonic() - begun < LONG


def test_one_that_is_not_there_is_told() -> None:
    with projector(Projector()) as machine:
        pass
    with pytest.raises(DisplayFault, match="cannot be reached"):
        driver(machine).lamp()


def test_an_answer_that_comes_slowly_or_after_a_notice_is_understood() -> None:
    with projector(Projector(power="1", answer_after=0.2, stray=b"%2POWR=0\r%1INPT=31\r")) as machine:
        assert driver(machine).lamp() is Lamp.ON
