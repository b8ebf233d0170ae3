"""The systemd unit: systemd itself reads it, and says how well it confines."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from installation.service.machine import DEVICE_GROUPS, find_display
from installation.service.unit import X11, Display, Headless, Kiosk, Machine, Wayland, again_text, quoted, unit_text

ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="no systemd-analyze here: units were not read by systemd")
DISPLAYS = (X11(":0", "/run/user/1000/gdm/Xauthority", "/bin/true"), Wayland(), Kiosk("/bin/true"), Headless())
CASES = [(display, False) for display in DISPLAYS] + [(display, True) for display in DISPLAYS if display != DISPLAYS[2]]


def unit(display: Display, for_user: bool = False, arguments: tuple[str, ...] = ()) -> str:
    machine = Machine("daemon", 1, Path("/usr/sbin"), ("/bin/true",), display, ("daemon",))
    return unit_text(machine, arguments, for_user=for_user)


def analyze(folder: Path, text: str, *words: str) -> str:
    (folder / "chiaro.service").write_text(text)
    (folder / "chiaro-again.timer").write_text(again_text())
    assert ANALYZE
    environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder), "SYSTEMD_PAGER": ""}
    done = subprocess.run(
        [ANALYZE, *words, str(folder / "chiaro.service")], capture_output=True, text=True, env=environment, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_systemd
@pytest.mark.parametrize(("display", "for_user"), CASES)
def test_systemd_finds_no_fault_in_any_unit(display: Display, for_user: bool, tmp_path: Path) -> None:
    told = analyze(tmp_path, unit(display, for_user), *(["--user"] if for_user else []), "verify", "--man=no")
    assert not [line for line in told.splitlines() if "chiaro" in line], told


@needs_systemd
@pytest.mark.parametrize("display", DISPLAYS)
def test_systemd_calls_every_unit_of_the_machine_well_confined(display: Display, tmp_path: Path) -> None:
    found = re.search(
        r"exposure level for \S+: ([\d.]+)", analyze(tmp_path, unit(display), "security", "--offline=yes")
    )
    assert found
    assert float(found[1]) < 4.0


def test_the_service_may_use_the_pins_of_the_machine() -> None:
    assert "DeviceAllow=char-gpiochip rw" in unit(Headless()).splitlines()
    assert "gpio" in DEVICE_GROUPS


@needs_systemd
def test_systemd_finds_a_fault_where_there_is_one(tmp_path: Path) -> None:
    """Or the two tests above would hold for anything."""
    told = analyze(tmp_path, unit(Headless()).replace("WatchdogSec=10", "WatchdogSec=soon"), "verify", "--man=no")
    assert "chiaro.service" in told


@pytest.mark.parametrize("display", DISPLAYS)
def test_nothing_gives_up_and_a_hung_show_is_noticed(display: Display) -> None:
    lines = unit(display).splitlines()
    for line in (
        *("StartLimitIntervalSec=0", "WatchdogSec=10", "Type=notify"),
        *("OOMPolicy=continue", "LimitCORE=0", "UMask=0077", "MemoryMax=80%", "Nice=-5", "NoNewPrivileges=yes"),
        *("ProtectSystem=strict", "StateDirectory=chiaroscuro", "TimeoutStopSec=8", "StandardOutput=journal"),
    ):
        assert line in lines
    assert f"Restart={'always' if isinstance(display, Kiosk) else 'on-failure'}" in lines  # cage ends with 0 always


@pytest.mark.skipif(not Path("/bin/sh").exists(), reason="no shell here: what follows 75 and 78 was not tried")
@pytest.mark.parametrize(("code", "again"), [("75", True), ("78", True), ("0", False), ("KILL", False), ("70", False)])
def test_after_75_and_78_a_timer_begins_it_again_and_after_a_stop_by_hand_nothing_does(
    code: str, again: bool, tmp_path: Path
) -> None:
    assert "RestartPreventExitStatus=75 78" in unit(Headless()).splitlines()
    (after,) = [line for line in unit(Headless()).splitlines() if line.startswith("ExecStopPost=")]
    script = after.partition(" -c ")[2].strip("'").replace("$$", "$")
    (tmp_path / "systemctl").write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\n')
    (tmp_path / "systemctl").chmod(0o755)
    subprocess.run(["/bin/sh", "-c", script], env={"PATH": str(tmp_path), "EXIT_STATUS": code}, check=True)
    asked = (tmp_path / "asked").read_text().split() if again else []
    assert asked == (["--no-block", "start", "chiaro-again.timer"] if again else [])
    assert (tmp_path / "asked").exists() == again
    assert "Unit=chiaro.service" in again_text().splitlines()
    assert "RemainAfterElapse=no" in again_text().splitlines()  # or it would begin once only


@needs_systemd
def test_a_show_in_slots_may_write_there_or_no_update_would_be_taken(tmp_path: Path) -> None:
    machine = Machine("daemon", 1, Path("/usr/sbin"), ("/bin/true",), Headless(), (), Path("/srv/my show"))
    unit = unit_text(machine, [])
    assert 'ReadWritePaths="-/srv/my show"' in unit.splitlines()
    assert "chiaro" not in analyze(tmp_path, unit, "verify", "--man=no")


def test_the_kiosk_begins_without_an_input_device_and_hears_the_beat_of_the_program_below_cage() -> None:
    lines = unit(Kiosk()).splitlines()
    assert "ExecStart=/usr/bin/cage -- /bin/true run --unattended" in lines
    assert any("WLR_LIBINPUT_NO_DEVICES=1" in line for line in lines)
    assert "NotifyAccess=all" in lines
    assert "KillMode=control-group" in lines  # the signal of the watchdog must reach the show, not only cage


def test_a_desktop_does_not_blank_the_wall() -> None:
    assert "ExecStartPre=-/bin/true s off -dpms" in unit(DISPLAYS[0]).splitlines()


@pytest.mark.parametrize("argument", ["/srv/my film", "100%", "$HOME", 'a"b', "a\\b", "", "it's", "a;b"])
def test_what_was_typed_reaches_the_show_letter_by_letter(argument: str) -> None:
    """As systemd.service(5) reads a command line: quotes, C escapes, %% and $$."""
    line = quoted(argument)
    if line.startswith('"'):
        line = line[1:-1].replace('\\"', '"')
    assert not set("%$") & set(line.replace("%%", "").replace("$$", ""))
    assert line.replace("\\\\", "\\").replace("%%", "%").replace("$$", "$") == argument
    if not argument or set(argument) & set(" ';"):
        assert quoted(argument)[0] == quoted(argument)[-1] == '"'


@pytest.mark.parametrize(
    ("environment", "files", "named", "expected"),
    [
        ({"DISPLAY": ":1"}, [], "", X11(":1")),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-1"}, [], "", Wayland("wayland-1")),
        ({}, ["run/wayland-0", "x/X0"], "", Wayland("wayland-0")),
        ({}, ["x/X3"], "", X11(":3")),
        ({"DISPLAY": ":0"}, ["run/wayland-0", "x/X0"], "", Wayland("wayland-0")),  # under sudo, beside Xwayland
        ({"DISPLAY": ":1"}, [], ":7", X11(":7")),
    ],
)
def test_the_display_is_the_one_that_was_named_or_is_found(
    environment: dict[str, str], files: list[str], named: str, expected: Display, tmp_path: Path
) -> None:
    for file in files:
        (tmp_path / file).parent.mkdir(exist_ok=True)
        (tmp_path / file).touch()
    found = find_display(environment, tmp_path, tmp_path / "run", named, tmp_path / "x")
    assert type(found) is type(expected)
    if isinstance(found, X11):
        assert isinstance(expected, X11)
        assert found.display == expected.display
    else:
        assert found == expected


def test_the_key_of_the_display_is_found_where_display_managers_keep_it(tmp_path: Path) -> None:
    (tmp_path / "run" / "gdm").mkdir(parents=True)
    (tmp_path / "run" / "gdm" / "Xauthority").touch()
    found = find_display({"DISPLAY": ":0"}, tmp_path, tmp_path / "run")
    assert isinstance(found, X11)
    assert found.authority == str(tmp_path / "run" / "gdm" / "Xauthority")
