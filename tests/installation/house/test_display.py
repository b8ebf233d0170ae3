"""The display's power as the house wants it: a projector that is slow, lost, stubborn; no tick waits for it."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calibration.errors import BadFile
from calibration.house_settings import DisplaySettings
from calibration.venue import load_venue
from installation.host.console import LossReporter
from installation.house.desktop_power import CecDriver, DpmsDriver, WlrDriver, run
from installation.house.display import FADE_SECONDS, Display, open_display
from installation.house.display_driver import DisplayFault, Lamp
from installation.house.pjlink import PjlinkDriver
from installation.house.wake_on_lan import wake
from tests.installation.film.x_server import needs_x_server, x_server
from tests.installation.house.projector import Projector, projector
from tests.installation.waiting import LONG, wait_until

PACE = 0.02
"""Of real time: two seconds of the display's are 40 ms here."""


@contextmanager
def display_of(machine: Projector, losses: LossReporter) -> Iterator[Display]:
    display = Display(PjlinkDriver("127.0.0.1", machine.port, "", 2.0), losses, pace=PACE)
    try:
        yield display
    finally:
        display.close()


def test_a_projector_goes_off_and_on_with_the_house_and_a_display_that_is_off_on_purpose_is_not_lost() -> None:
    losses = LossReporter()
    with projector(Projector(power="1")) as machine, display_of(machine, losses) as display:
        display.set_on(True)
        wait_until(lambda: display.ready, LONG)
        display.set_on(False)
        assert not display.ready
        wait_until(lambda: machine.now() == "0", LONG)
        wait_until(lambda: display.line == "display off", LONG)
        display.set_on(True)
        assert not display.ready
        wait_until(lambda: display.ready, LONG)
        assert machine.now() == "1"
    assert losses.errors == 0


def test_one_that_is_still_warm_is_switched_on_when_it_has_cooled_down() -> None:
    losses = LossReporter()
    with projector(Projector(power="1", cooling_seconds=0.5)) as machine, display_of(machine, losses) as display:
        display.set_on(False)
        wait_until(lambda: machine.now() == "2", LONG)
        display.set_on(True)
        wait_until(lambda: display.ready, LONG)
    assert losses.errors == 0


def test_no_call_waits_for_a_projector_that_says_nothing() -> None:
    losses = LossReporter()
    with projector(Projector(silent=True)) as machine, display_of(machine, losses) as display:
        begun = time.monotonic()
        for on in (True, False) * 50:
            display.set_on(on)
        assert time.monotonic() - begun < LONG  # a hundred answers are waited for in 200 s
        wait_until(lambda: losses.is_lost("display"), LONG)


def test_a_lost_projector_is_told_once_and_switched_on_when_it_is_back() -> None:
    losses = LossReporter()
    machine = Projector(hangs_up_after=0)
    with projector(machine), display_of(machine, losses) as display:
        display.set_on(True)
        wait_until(lambda: losses.is_lost("display"), LONG)
        assert "has hung up" in losses.lost_parts()[0]
        machine.hangs_up_after = 1000
        wait_until(lambda: not losses.is_lost("display") and display.ready, LONG)
    assert losses.errors == 1


def test_one_that_somebody_switches_off_by_day_goes_on_again_and_one_switched_on_at_night_stays_on() -> None:
    losses = LossReporter()
    with projector(Projector(power="1")) as machine, display_of(machine, losses) as display:
        display.set_on(True)
        wait_until(lambda: display.ready, LONG)
        machine.power = "0"
        wait_until(lambda: machine.now() == "1", LONG)
        display.set_on(False)
        wait_until(lambda: display.line == "display off", LONG)
        machine.power = "1"
        wait_until(lambda: display.line == "display on", LONG)
        time.sleep(0.2)
        assert machine.now() == "1"
        assert not display.ready


def test_one_that_does_not_do_what_it_is_told_is_told_of() -> None:
    losses = LossReporter()
    with projector(Projector(refuses="OK")) as machine, display_of(machine, losses) as display:
        display.set_on(True)
        wait_until(lambda: losses.is_lost("display"), LONG)
        assert "it was asked to go on" in losses.lost_parts()[0]


class SlowDriver:
    """Stands for a display that is slow to say how it is; it notes when it was switched."""

    def __init__(self) -> None:
        self.on, self.switched = True, list[tuple[float, bool]]()
        self.asked, self.answers = threading.Event(), threading.Event()
        self.answers.set()

    def lamp(self) -> Lamp:
        self.asked.set()
        self.answers.wait(LONG)
        return Lamp.ON if self.on else Lamp.OFF

    def switch(self, on: bool) -> None:
        self.on = on
        self.switched.append((time.monotonic(), on))

    def remarks(self) -> tuple[str, ...]:
        return ()


def test_a_house_that_closes_while_the_display_is_asked_still_switches_it_off() -> None:
    driver = SlowDriver()
    driver.answers.clear()
    display = Display(driver, LossReporter(), pace=PACE)
    display.set_on(True)
    assert driver.asked.wait(LONG)
    display.set_on(False)  # the answer to the first question is still to come
    driver.answers.set()
    wait_until(lambda: not driver.on, LONG)
    display.close()


def test_the_fade_is_seen_before_the_display_goes_off() -> None:
    driver, pace = SlowDriver(), 0.2
    display = Display(driver, LossReporter(), pace=pace)
    display.set_on(True)
    wait_until(lambda: display.ready, LONG)
    closed = time.monotonic()
    display.set_on(False)
    wait_until(lambda: driver.switched, LONG)
    assert driver.switched[0][0] - closed >= FADE_SECONDS * pace
    display.close()


def test_hours_of_the_lamp_are_told_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="chiaro")
    with projector(Projector(power="1")) as machine, display_of(machine, LossReporter()) as display:
        display.set_on(True)
        wait_until(lambda: display.ready, LONG)
        wait_until(lambda: len(machine.heard) > 8, LONG)
    assert caplog.text.count("lamp 1: 2345 h") == 1


def test_the_magic_packet_of_wake_on_lan() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        ear.settimeout(LONG)
        wake("aa:BB:cc:01:02:03", "127.0.0.1", ear.getsockname()[1])
        assert ear.recv(200) == b"\xff" * 6 + bytes.fromhex("aabbcc010203") * 16


# -- programs of the system: X's own where it is installed, scripts in the place of the others ------------------------


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is first in PATH, for scripts that stand in for a program that needs hardware."""
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    return tmp_path


def write(folder: Path, name: str, lines: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\nhere={folder}\n{lines}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


XSET = """
[ "$1 $2" = "dpms force" ] && echo "$3" > $here/monitor
[ "$1" = q ] && [ "$(cat $here/monitor)" = on ] && echo "  DPMS is Enabled\n  Monitor is On"
[ "$1" = q ] && [ "$(cat $here/monitor)" = off ] && echo "  DPMS is Enabled\n  Monitor is Off"
exit 0
"""
WLOPM = """
case "$1" in --on) echo "$2 on" > $here/output;; --off) echo "$2 off" > $here/output;; *) cat $here/output;; esac
"""
CEC = """
while read words; do
  case "$words" in
    "on 0") echo on > $here/tv;; "standby 0") echo standby > $here/tv;;
    "pow 0") echo "opening a connection to the CEC adapter...\npower status: $(cat $here/tv)";;
  esac
done
"""


@pytest.mark.parametrize(
    ("program", "script", "kept", "begins", "driver"),
    [
        ("xset", XSET, "monitor", "on", DpmsDriver()),
        ("wlopm", WLOPM, "output", "HDMI-A-1 on", WlrDriver("*")),
        ("wlopm", WLOPM, "output", "HDMI-A-1 on", WlrDriver("HDMI-A-1")),
        ("cec-client", CEC, "tv", "on", CecDriver()),
    ],
)
def test_a_display_is_switched_by_a_program_of_the_system(
    programs: Path, program: str, script: str, kept: str, begins: str, driver: DpmsDriver | WlrDriver | CecDriver
) -> None:
    write(programs, program, script)
    (programs / kept).write_text(f"{begins}\n")
    assert driver.lamp() is Lamp.ON
    driver.switch(False)
    assert driver.lamp() is Lamp.OFF
    driver.switch(True)
    assert driver.lamp() is Lamp.ON


def test_outputs_are_read_as_wlr_randr_lists_them(programs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As of wlr-randr 0.2 under sway 1.7."""
    lists = 'DP-1 "Dell Inc. U2415 (DP-1)"\n  Physical size: 520x320 mm\n  Enabled: yes\n  Modes:\n    0x0 px\n'
    (programs / "list").write_text(f'HEADLESS-1 "Headless output 1"\n  Enabled: no\n  Modes:\n    0x0 px\n{lists}')
    write(programs, "wlr-randr", '[ "$1" = --output ] && echo "$@" >> $here/asked || cat $here/list')
    monkeypatch.setattr("installation.house.desktop_power._has_wlopm", lambda: False)
    assert WlrDriver("DP-1").lamp() is Lamp.ON
    assert WlrDriver("HEADLESS-1").lamp() is WlrDriver("*").lamp() is Lamp.OFF
    WlrDriver("*").switch(True)
    asked = (programs / "asked").read_text().splitlines()
    assert asked == ["--output HEADLESS-1 --on", "--output DP-1 --on"]
    with pytest.raises(DisplayFault, match="there is no output 'HDMI-1'; there are HEADLESS-1, DP-1"):
        WlrDriver("HDMI-1").lamp()


def test_what_a_television_says_between_off_and_on(programs: Path) -> None:
    write(programs, "cec-client", CEC)
    for said, lamp in (
        ("in transition from standby to on", Lamp.WARMING),
        ("in transition from on to standby", Lamp.COOLING),
        ("unknown", Lamp.UNKNOWN),
    ):
        (programs / "tv").write_text(said)
        assert CecDriver().lamp() is lamp


def test_a_program_that_fails_or_hangs_or_is_not_there_is_told_with_what_to_do(
    programs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(programs, "cec-client", "echo 'autodetect FAILED'; exit 1")
    with pytest.raises(DisplayFault, match="cec-client: autodetect FAILED"):
        CecDriver().lamp()
    write(programs, "cec-client", "exec sleep 60")
    monkeypatch.setattr("installation.house.desktop_power.DEADLINE_SECONDS", 0.3)
    with pytest.raises(DisplayFault, match=r"does not answer within 0\.3 s"):
        CecDriver().lamp()
    monkeypatch.setenv("PATH", str(programs / "nothing"))
    with pytest.raises(DisplayFault, match=r"xset is not installed \(apt-get install x11-xserver-utils\)"):
        DpmsDriver().lamp()


@needs_x_server
@pytest.mark.skipif(shutil.which("xset") is None, reason="xset is not installed: DPMS of a real X server was not tried")
def test_a_real_x_server_switches_its_display_or_says_that_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with x_server(tmp_path) as server:
        monkeypatch.setenv("DISPLAY", server.name)
        if "does not have the DPMS Extension" in run(["xset", "q"]):  # Xvfb of Debian 12
            with pytest.raises(DisplayFault, match="the X server has no DPMS"):
                DpmsDriver().lamp()
        else:
            assert DpmsDriver().lamp() is Lamp.ON
            DpmsDriver().switch(False)
            assert DpmsDriver().lamp() is Lamp.OFF
    with pytest.raises(DisplayFault, match="unable to open display"):
        DpmsDriver().lamp()


@pytest.mark.parametrize(
    ("section", "fault"),
    [
        ('power = "pjlink"', "display.host: is missing"),
        ('host = "http://192.168.1.40"', "display.host: must be only a name or number, such as 192.168.1.40"),
        ('host = "192.168.1.40:4352"', "display.host: must be only a name or number"),
        ('wake_mac = "AA:BB"', "display.wake_mac: must be six pairs of digits and letters"),
        ('power = "dmps"', "display.power: must be 'none', 'dpms', 'wlr', 'cec' or 'pjlink' (given: 'dmps')"),
    ],
)
def test_a_display_that_is_set_up_wrongly_is_refused(tmp_path: Path, section: str, fault: str) -> None:
    file = tmp_path / "hall.toml"
    file.write_text(f"[display]\n{section}\n")
    with pytest.raises(BadFile) as refused:
        load_venue(file)
    assert refused.value.problems[0].startswith(fault)


def test_without_a_way_to_its_power_there_is_no_thread_for_a_display() -> None:
    assert open_display(DisplaySettings(), LossReporter()) is None
