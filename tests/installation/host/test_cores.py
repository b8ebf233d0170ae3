"""Work on all cores: the same results in the same order, from copies of this process and from new ones."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import dataclass

import pytest

from installation.host.cores import Cores


@dataclass(frozen=True)
class Square:
    number: int

    def run(self) -> tuple[int, int]:
        time.sleep(0.005)  # longer than it takes to ask for it, or the others are through before this process looks
        return self.number**2, os.getpid()


@pytest.mark.parametrize("threads", [0, 1])
def test_every_part_is_done_once_and_in_order(threads: int) -> None:
    over = threading.Event()
    others = [threading.Thread(target=over.wait) for _ in range(threads)]
    for one in others:
        one.start()
    try:
        with Cores(__name__, 3) as cores:
            results = list(cores.run([Square(number) for number in range(60)]))
    finally:
        over.set()
    assert [square for square, _ in results] == [number**2 for number in range(60)]
    assert os.getpid() in {process for _, process in results}, "this process works, too"


def test_on_one_core_no_process_is_begun() -> None:
    with Cores("no.such.module", 1) as cores:
        assert list(cores.run([Square(3)])) == [(9, os.getpid())]
