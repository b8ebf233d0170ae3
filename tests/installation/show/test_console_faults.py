"""What a console must not cost the show: real processes, one show for each test, as SDL has one window."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from installation.osc.registry import Code
from installation.show import console_desk
from installation.show.manual_mood import ManualMood
from installation.web.supervisor import WebSupervisor
from scenes.machine.command import Command
from tests.installation.show.test_console_in_the_show import Operator, PicturedMood, small_show
from tests.installation.waiting import LONG
from tests.installation.web.test_supervisor import STUB

pytest.importorskip("uvicorn", reason="no uvicorn: the console's process was not started")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="no socket can be inherited here: no process was started")


def test_a_flood_of_two_thousand_requests_costs_a_tick_a_hundred_commands_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console's process is a stub here: the real one would let fewer through."""
    told = tmp_path / "told"
    command = [sys.executable, "-S", str(STUB), "floods", str(told)]
    monkeypatch.setattr(console_desk, "WebSupervisor", partial(WebSupervisor, command=command, begins_after=0.0))
    with small_show(tmp_path, ManualMood()) as show:
        assert show.parts.console is not None
        drain, drained = show.parts.console.drain, list[int]()

        def counted() -> list[Command]:
            commands = drain()
            drained.append(len(commands))
            return commands

        monkeypatch.setattr(show.parts.console, "drain", counted)
        begun = time.monotonic()

        def answers() -> list[dict[str, Any]]:
            lines = told.read_text().splitlines() if told.exists() else []
            found = [json.loads(line.partition(" ")[2]) for line in lines]
            return [one for one in found if one["kind"] == "answer"]

        while len(answers()) < 2000 and time.monotonic() - begun < 2 * LONG:
            show.run(0.1)
        codes = Counter(answer["code"] for answer in answers())
        allowed = 100 + 100 * (time.monotonic() - begun)
        assert sum(codes.values()) == 2000, "each is answered"
        assert max(drained) <= 100
        assert sum(drained) == codes[Code.DONE] + codes[Code.NOT_NOW] <= allowed
        assert codes[Code.TOO_MANY] == 2000 - sum(drained)
        shows = time.monotonic() + LONG
        while not show.parts.film.health.shown and time.monotonic() < shows:
            show.run(0.1)
        assert show.parts.film.health.shown, "the film goes on"


@pytest.mark.slow
def test_a_process_that_stands_still_costs_the_film_nothing_and_is_replaced(tmp_path: Path) -> None:
    with small_show(tmp_path, ManualMood()) as show:
        operator = Operator(show, PicturedMood())
        supervisor, film = operator._supervisor, show.parts.film
        show.run(2.0)

        def pictures(seconds: float) -> float:
            before = film.health.shown
            show.run(seconds)
            return (film.health.shown - before) / seconds

        quiet = pictures(5.0)
        stopped = supervisor.pid or 0
        os.kill(stopped, signal.SIGSTOP)
        beside_a_stopped_one = pictures(5.0)
        for _ in range(120):
            if supervisor.pid not in (stopped, None):
                break
            show.run(0.5)
        assert supervisor.pid not in (stopped, None), "it is replaced"
        with pytest.raises(ProcessLookupError):
            os.kill(stopped, 0)
        operator.run_until(lambda: supervisor.place)
        assert beside_a_stopped_one > 0.7 * quiet
