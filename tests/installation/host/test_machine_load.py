"""The machine is too slow: told once with what keeps it busy, and its return after half a calm minute."""

from __future__ import annotations

import pytest

from installation.host.console import LossReporter
from installation.host.machine_load import CALM_SECONDS, MachineLoad, busy_line, processor_ticks


def test_late_pictures_are_told_once_and_calm_is_told_once() -> None:
    losses = LossReporter()
    machine, shown, late = MachineLoad(losses), 0, 0
    told = []
    for second in range(200):
        shown += 30
        late += 5 if 20 <= second < 100 else 1
        machine.pictures(float(second), shown, late)
        told.append(losses.is_lost("machine"))
    changes = [second for second in range(1, 200) if told[second] != told[second - 1]]
    assert len(changes) == 2
    assert 20 < changes[0] <= 40
    assert 100 + CALM_SECONDS < changes[1] < 160
    assert losses.errors == 1


def test_the_line_names_what_was_late_and_the_load() -> None:
    losses = LossReporter()
    MachineLoad(losses).slow(1.0, "the eye waited 3 s for a processor")
    (line,) = losses.lost_parts()
    assert "too slow for the show: the eye waited 3 s for a processor; " in line
    assert "cores" in line


def test_time_that_other_virtual_machines_took_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stolen, total = processor_ticks()
    monkeypatch.setattr("installation.host.machine_load.processor_ticks", lambda: (stolen + 30, total + 100))
    assert "30% taken by other virtual machines (steal)" in busy_line((stolen, total))
    assert "steal" not in busy_line((stolen + 30, total + 100))


def test_a_film_that_shows_nothing_new_is_not_a_slow_machine() -> None:
    losses = LossReporter()
    machine = MachineLoad(losses)
    for second in range(100):
        machine.pictures(float(second), 1, 0)
    assert losses.lost_parts() == ()
