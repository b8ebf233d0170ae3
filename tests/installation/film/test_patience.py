"""A decoder that is slow because others have the processor is not given up; one that does nothing is."""

from __future__ import annotations

import pytest

from installation.film import patience
from installation.film.patience import FORGIVEN_AT_MOST, FROZEN_SECONDS, Patience
from installation.host.thread_times import ThreadTimes


def waited(monkeypatch: pytest.MonkeyPatch, share: float, seconds: float) -> float:
    """What is counted after ``seconds`` in which a thread waited for that share of the time."""
    count, now = Patience(), 0.0

    def times(_pid: int) -> dict[str, ThreadTimes]:
        return {"1": ThreadTimes(0.0, share * now, runnable=False)}

    monkeypatch.setattr(patience, "thread_times", times)
    while now < seconds:
        now += 0.05
        count.wait(0.05)
    return count.seconds


def test_seconds_without_a_processor_do_not_count_but_for_the_first_half(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, 0.9, 5.0) == pytest.approx(0.5, abs=0.6)


def test_on_an_idle_machine_every_second_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, 0.1, 5.0) == pytest.approx(5.0, abs=0.1)


def test_no_film_stands_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    assert waited(monkeypatch, 1.0, 60.0) == pytest.approx(60.0 - FORGIVEN_AT_MOST, abs=0.6)


def test_what_comes_begins_the_count_anew_and_a_stop_of_this_process_counts_for_little() -> None:
    count = Patience()
    count.wait(1000.0)
    assert count.seconds == FROZEN_SECONDS
    count.reset()
    assert count.seconds == 0.0
