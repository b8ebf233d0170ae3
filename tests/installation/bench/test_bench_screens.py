"""``chiaro bench screens``: its bad network, its figures of made-up screens; and the real thing, for a minute."""

from __future__ import annotations

import os
import socket
import sys

import numpy as np
import pytest

from installation.bench import screens
from installation.bench.lossy_udp import Badness, LossyUdp
from installation.bench.screens_measure import FRAME, Shown, apart, healed_after, offsets, shown


def film(begin: float, late: float, seconds: float = 20.0) -> Shown:
    """Scenes 1 and 2 by turns, four seconds each, on a screen that is ``late``."""
    numbers = np.arange(int(seconds / FRAME))
    at = begin + late + numbers * FRAME
    visit, number = np.divmod(numbers, 120)
    return shown(np.stack([at, visit % 2 + 1, number], axis=1))


@pytest.mark.parametrize("late", [-0.012, 0.0, 0.020, 0.250])
def test_a_screen_that_is_late_is_measured_so(late: float) -> None:
    _, found = offsets(film(100.0, 0.0), film(100.0, late))
    assert len(found) == 600
    assert found == pytest.approx(late)
    _, frames = apart(film(100.0, 0.0), film(100.0, late), 101.0, 119.0)
    assert frames.max() == np.ceil(abs(late) / FRAME)


def test_pictures_that_are_drawn_again_or_black_count_once_or_not() -> None:
    rows = np.array([[1.0, 1, 0], [1.1, 1, 0], [1.2, -1, -1], [1.3, 1, 1]])
    assert shown(rows).at.tolist() == [1.0, 1.3]


def test_a_screen_that_was_lost_is_healed_when_it_stays_in_step() -> None:
    leader, late, well = film(100.0, 0.0), film(100.0, 0.5), film(100.0, 0.005)
    at = np.concatenate((late.at[late.at < 106.0], well.at[well.at >= 106.0]))
    picture = np.concatenate((late.picture[late.at < 106.0], well.picture[well.at >= 106.0]))
    assert healed_after(leader, Shown(at, picture), 104.0, 112.0) == pytest.approx(2.0, abs=2 * FRAME)
    assert healed_after(leader, late, 104.0, 112.0) == float("inf")


def test_the_bad_network_loses_and_reorders_by_its_seed() -> None:
    def through(seed: int) -> list[int]:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far,
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as near,
        ):
            far.bind(("127.0.0.1", 0))
            far.settimeout(1.0)
            network = LossyUdp(far.getsockname()[1], Badness(jitter_seconds=0.2, loss=0.2), seed)
            try:
                for number in range(50):
                    near.sendto(bytes((number,)), ("127.0.0.1", network.port))
                came = []
                try:
                    while True:
                        came.append(far.recv(10)[0])
                except TimeoutError:
                    return came
            finally:
                network.close()

    first = through(1)
    assert sorted(first) == sorted(through(1)), "the same are lost"
    assert 25 < len(first) < 50
    assert first != sorted(first)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="processes are stopped and continued: tried on Linux only")
def test_four_screens_are_in_step_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """No figure of a machine that is busy: only that all are there, and in step again after each disturbance."""
    monkeypatch.setenv("CHIARO_BENCH_SCREENS_SECONDS", os.environ.get("CHIARO_BENCH_SCREENS_SECONDS", "20"))
    report = screens.run(lambda *_: None)
    figures = {one.name: one.value for one in report.figures}
    assert figures["same picture here and there, median, all"] < 33
    assert all(np.isfinite(value) for name, value in figures.items() if name.startswith("in step again"))
