"""The battery behind the mains: a short loss is nothing, a long one closes the house, and then the machine goes off."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.house_settings import HoursSettings, UpsSettings
from calibration.venue import load_venue
from installation.host.console import LossReporter
from installation.house.doors import Doors
from installation.house.housekeeper import DARK_SECONDS, Housekeeper
from installation.house.ups import SHUT_DOWN_AGAIN_SECONDS, Ups, UpsFault, ask_upsc
from tests.installation.waiting import LONG, wait_until


class Cellar:
    """A UPS whose answers the test gives, by a clock that the test turns."""

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        self.said, self.now, self.losses = "OL CHRG", 0.0, LossReporter()
        settings = UpsSettings(name="ups@localhost", after_seconds=60.0, shutdown_command=command)
        self.ups = Ups(settings, self.losses, self.ask, lambda: self.now, ask_seconds=1000.0)
        wait_until(lambda: self.asked, LONG)

    asked = False

    def ask(self, name: str) -> str:
        assert name == "ups@localhost"
        self.asked = True
        if self.said.startswith("Error"):
            raise UpsFault(self.said)
        return self.said

    def pass_seconds(self, seconds: int, said: str) -> bool:
        self.said = said
        for _ in range(seconds):
            self.now += 1.0
            self.ups.update()
        return self.ups.mains


def test_a_short_loss_of_the_mains_is_told_and_changes_nothing() -> None:
    cellar = Cellar()
    assert cellar.pass_seconds(59, "OB DISCHRG")
    assert cellar.losses.is_lost("mains")
    assert cellar.pass_seconds(1, "OL CHRG")
    assert not cellar.losses.is_lost("mains")
    assert cellar.pass_seconds(59, "OB DISCHRG")
    cellar.ups.close()


def test_a_long_loss_counts_and_an_empty_battery_counts_at_once() -> None:
    cellar = Cellar()
    assert not cellar.pass_seconds(62, "OB DISCHRG")
    assert cellar.pass_seconds(1, "OL CHRG LB")
    assert not cellar.pass_seconds(1, "OB DISCHRG LB")
    cellar.ups.close()


def test_a_battery_that_no_longer_answers_is_told_and_counts_as_empty_only_without_mains() -> None:
    cellar = Cellar()
    assert cellar.pass_seconds(600, "Error: Data stale")
    assert cellar.losses.is_lost("ups")
    assert cellar.pass_seconds(2, "OB DISCHRG")
    assert not cellar.losses.is_lost("ups")
    assert not cellar.pass_seconds(1, "Error: Data stale")
    cellar.ups.close()


def test_on_battery_the_house_ends_the_take_goes_dark_and_shuts_the_machine_down_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    done = tmp_path / "done"
    cellar = Cellar(("sh", "-c", f"echo off >> {done}"))
    house = Housekeeper(HoursSettings(), cellar.losses, power=cellar.ups)
    assert not house.keep(0.0, in_take=True)
    cellar.pass_seconds(62, "OB DISCHRG")
    for tick in range(40):
        house.keep(1.0 + tick / 10, in_take=True)
    assert "running sh" not in caplog.text
    for tick in range(20):
        house.keep(2.0 + DARK_SECONDS + tick / 10, in_take=True)
    assert caplog.text.count("running sh") == 1
    assert told(house) == Doors.CLOSED
    assert "on battery" in house.line
    wait_until(lambda: done.exists() and done.read_text() == "off\n", LONG)
    cellar.now += SHUT_DOWN_AGAIN_SECONDS
    house.keep(70.0, in_take=False)
    wait_until(lambda: done.read_text() == "off\noff\n", LONG)
    cellar.pass_seconds(1, "OL CHRG")
    house.keep(80.0, in_take=False)
    house.keep(81.0, in_take=False)
    assert told(house) == Doors.OPEN
    cellar.ups.close()


def told(house: Housekeeper) -> str:
    return str(house.doors)


@pytest.mark.parametrize(
    ("command", "why"),
    [(("sh", "-c", "echo not root >&2; exit 1"), "not root"), (("no-such-program",), "No such file")],
)
def test_a_command_that_cannot_shut_the_machine_down_is_told(
    caplog: pytest.LogCaptureFixture, command: tuple[str, ...], why: str
) -> None:
    cellar = Cellar(command)
    cellar.ups.shut_down()
    wait_until(lambda: why in caplog.text, LONG)
    cellar.ups.close()


def test_upsc_is_asked_as_it_is_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script stands in the place of upsc: the real one needs a battery."""
    program = tmp_path / "upsc"
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    for script, answer in (
        ('[ "$1 $2" = "ups@hall ups.status" ] && echo "OL CHRG"', "OL CHRG"),
        (
            'echo "Init SSL without certificate database" >&2; echo "Error: Unknown UPS" >&2; exit 1',
            "Error: Unknown UPS",
        ),
    ):
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        if answer.startswith("Error"):
            with pytest.raises(UpsFault, match=answer):
                ask_upsc("ups@hall")
        else:
            assert ask_upsc("ups@hall") == answer
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(UpsFault, match="upsc is not installed"):
        ask_upsc("ups@hall")


def test_a_name_that_could_be_taken_for_an_option_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('[ups]\nname = "-l; rm"\n')
    with pytest.raises(BadFile, match=r"ups\.name: "):
        load_venue(file)
