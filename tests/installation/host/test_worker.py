"""Threads that are begun again: real threads that really die."""

import threading
from collections.abc import Iterator
from time import monotonic

import pytest

from installation.host.console import LossReporter
from installation.host.worker import Worker, deaths_reported
from tests.installation.killing import kill
from tests.installation.waiting import LONG, wait_until


class Pump:
    """Work that counts its turns and its lives."""

    def __init__(self) -> None:
        self.lives = self.turns = 0
        self.lethal = 0
        """So many of the first lives die at once."""
        self.closing = threading.Event()
        self.begun: list[float] = []

    def work(self) -> None:
        self.lives += 1
        self.begun.append(monotonic())
        if self.lives <= self.lethal:
            raise SystemExit(3)  # a thread that ends so says nothing by itself
        while not self.closing.wait(0.005):
            self.turns += 1


@pytest.fixture
def pump(monkeypatch: pytest.MonkeyPatch) -> Iterator[Pump]:
    monkeypatch.setattr("installation.host.worker.WAITS", (0.02, 0.08, 0.32))
    one = Pump()
    yield one
    one.closing.set()


def test_a_thread_that_is_killed_is_told_and_begun_again_with_what_it_had(
    pump: Pump, capfd: pytest.CaptureFixture[str]
) -> None:
    losses = LossReporter()
    worker = Worker("pump", pump.work, losses)
    worker.start()
    wait_until(lambda: pump.turns > 2, LONG)
    kill(worker)
    wait_until(lambda: pump.lives == 2, LONG)
    before = pump.turns
    wait_until(lambda: pump.turns > before, LONG)
    assert losses.lost_parts() == ("pump thread: it died of Killed: ; it is begun again",)
    assert "in work" in capfd.readouterr().err
    pump.closing.set()
    worker.end(LONG)
    assert not worker.is_alive()


def test_one_that_dies_again_and_again_is_told_once_and_begun_ever_later(pump: Pump) -> None:
    pump.lethal, losses = 5, LossReporter()
    worker = Worker("pump", pump.work, losses)
    worker.start()
    wait_until(lambda: pump.turns, LONG)
    assert pump.lives == 6
    assert losses.errors == 1
    waits = [after - before for before, after in zip(pump.begun, pump.begun[1:], strict=False)]
    for waited, least in zip(waits, (0.02, 0.08, 0.32, 0.32, 0.32), strict=True):
        assert waited >= least


def test_it_is_back_when_it_has_lived_for_a_while_or_done_its_work(pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    pump.lethal, losses = 1, LossReporter()
    done = Worker("short", lambda: pump.work() if pump.lives == 0 else None, losses)
    done.start()
    done.join(LONG)
    assert losses.errors == 1
    assert not losses.lost_parts()
    monkeypatch.setattr("installation.host.worker.PROOF_SECONDS", 0.1)
    pump.lives = 0
    Worker("long", pump.work, losses).start()
    wait_until(lambda: losses.errors == 2, LONG)
    wait_until(lambda: not losses.lost_parts(), LONG)
    assert not pump.closing.is_set()


def test_whoever_ends_it_does_not_wait_for_the_next_life(pump: Pump, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.host.worker.WAITS", (1000.0,))
    pump.lethal = 1
    worker = Worker("pump", pump.work, LossReporter())
    worker.start()
    wait_until(lambda: pump.lives == 1, LONG)
    worker.end(LONG)
    assert not worker.is_alive()
    assert pump.lives == 1


def test_any_other_thread_that_dies_is_told_once_for_each_kind_of_death(capfd: pytest.CaptureFixture[str]) -> None:
    def die() -> None:
        raise ZeroDivisionError("a look at a clip")

    with deaths_reported():
        for _ in range(3):
            thread = threading.Thread(target=die, name="look at b.mp4")
            thread.start()
            thread.join()
    assert capfd.readouterr().err.count("ZeroDivisionError: a look at a clip") == 1
