"""Lamp and button on pins, over the real library gpiod and a double of the kernel's chip."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing

import pytest

from calibration.privacy_settings import GpioSettings
from installation.host.console import LossReporter
from installation.pins import line
from installation.pins.button import PinButton
from installation.pins.lamp import PinLamp
from tests.installation.waiting import LONG, wait_until

pytest.importorskip("gpiod", reason="needs the extra 'privacy' on Linux: lamp and button on pins were not tried")

from gpiod.line import Bias, Direction, Edge

from tests.installation.pins.simulated_chip import PATH, SimulatedChip

PIN = GpioSettings(chip=PATH, line=3)
ACTIVE_LOW = GpioSettings(chip=PATH, line=3, active_low=True)


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedChip]:
    monkeypatch.setattr(line, "AGAIN_SECONDS", 0.05)
    with closing(SimulatedChip(monkeypatch)) as simulated:
        yield simulated


@pytest.fixture
def losses() -> LossReporter:
    return LossReporter()


def test_the_lamp_is_dark_first_then_as_it_was_told_and_dark_at_the_end(
    chip: SimulatedChip, losses: LossReporter
) -> None:
    with closing(PinLamp(PIN, losses)) as lamp:
        wait_until(lambda: chip.changes, LONG)
        assert not chip.lit
        lamp.show(True)
        wait_until(lambda: chip.lit, LONG)
        lamp.show(False)
        wait_until(lambda: not chip.lit, LONG)
        lamp.show(True)
        wait_until(lambda: chip.lit, LONG)
    assert not chip.lit
    assert chip.settings[0] == Direction.OUTPUT.value
    assert losses.errors == 0


def test_a_lamp_that_is_told_before_its_line_is_had_is_lit_from_the_lines_first_moment(
    chip: SimulatedChip, losses: LossReporter
) -> None:
    chip.busy = True
    with closing(PinLamp(PIN, losses)) as lamp:
        wait_until(lambda: losses.is_lost("sign's lamp"), LONG)
        lamp.show(True)
        chip.busy = False
        wait_until(lambda: chip.changes, LONG)
        assert chip.changes[0]


def test_a_chip_that_is_missing_is_told_once_and_the_lamp_is_right_when_it_comes(
    chip: SimulatedChip, losses: LossReporter, caplog: pytest.LogCaptureFixture
) -> None:
    chip.there = False
    with closing(PinLamp(PIN, losses)) as lamp:
        wait_until(lambda: losses.is_lost("sign's lamp"), LONG)
        assert losses.lost_parts() == (f"sign's lamp: {PATH} line 3: No such file or directory; it is tried again",)
        lamp.show(True)
        chip.there = True
        wait_until(lambda: not losses.is_lost("sign's lamp"), LONG)
        wait_until(lambda: chip.changes and chip.lit, LONG)
    assert caplog.text.count("sign's lamp lost") == 1


def test_a_chip_that_is_unplugged_is_noticed_while_nothing_changes(
    chip: SimulatedChip, losses: LossReporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.pins.lamp.LOOK_SECONDS", 0.05)
    with closing(PinLamp(PIN, losses)) as lamp:
        lamp.show(True)
        wait_until(lambda: chip.changes and chip.lit, LONG)
        chip.there = False
        wait_until(lambda: losses.is_lost("sign's lamp"), LONG)
        chip.changes.clear()
        chip.there = True
        wait_until(lambda: chip.changes, LONG)
        assert chip.lit, "lit as before, without being told again"
        assert not losses.is_lost("sign's lamp")


def test_a_line_that_the_chip_does_not_have_is_a_loss_in_words(chip: SimulatedChip, losses: LossReporter) -> None:
    with closing(PinLamp(GpioSettings(chip=PATH, line=99), losses)):
        wait_until(losses.lost_parts, LONG)
        assert "line 99: the chip has no line 99" in losses.lost_parts()[0]
    assert chip.taken == 0


def test_each_press_is_heard_once_and_none_before_the_button_was_looked_at(
    chip: SimulatedChip, losses: LossReporter
) -> None:
    with closing(PinButton(PIN, losses)) as button:
        wait_until(lambda: chip.taken, LONG)
        assert not button.drain()
        for _ in range(2):
            chip.press()
            wait_until(button.drain, LONG)
            assert not button.drain()


def test_a_button_to_ground_is_pulled_up_and_its_bouncing_is_left_to_the_kernel(
    chip: SimulatedChip, losses: LossReporter
) -> None:
    for settings, bias in ((PIN, Bias.PULL_DOWN), (ACTIVE_LOW, Bias.PULL_UP)):
        chip.taken = 0
        with closing(PinButton(settings, losses)):
            wait_until(lambda: chip.taken, LONG)
        direction, edge, chosen, _, active_low, debounce_microseconds, *_ = chip.settings
        assert (direction, edge, chosen) == (Direction.INPUT.value, Edge.RISING.value, bias.value)
        assert active_low == settings.active_low
        assert debounce_microseconds == 30_000


def test_a_button_that_is_unplugged_presses_nothing_and_is_heard_again_when_it_is_back(
    chip: SimulatedChip, losses: LossReporter
) -> None:
    with closing(PinButton(PIN, losses)) as button:
        wait_until(lambda: chip.taken, LONG)
        chip.unplug()
        wait_until(lambda: losses.is_lost("visitor's button"), LONG)
        assert not button.drain()
        chip.there = True
        wait_until(lambda: not losses.is_lost("visitor's button"), LONG)
        assert not button.drain()
        chip.press()
        wait_until(button.drain, LONG)


def test_without_the_extra_it_is_told_what_to_install(losses: LossReporter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gpiod", None)
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    with closing(PinLamp(PIN, losses)):
        wait_until(losses.lost_parts, LONG)
        assert "chiaroscuro[privacy]" in losses.lost_parts()[0]


def test_the_real_library_says_what_is_wrong_with_a_file_that_is_no_chip() -> None:
    """Without any double."""
    for chip, why in (("/dev/null", "No such (device|file)"), ("/dev/gpiochip-that-is-not-there", "No such file")):
        # without /sys, as in a container, the library finds no device of that number at all
        with pytest.raises(OSError, match=why):
            line.take_lamp(GpioSettings(chip=chip, line=0), lit=False)
