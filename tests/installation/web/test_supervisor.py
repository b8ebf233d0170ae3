"""The stage keeps a console's process: real processes over the real line, what they do is a stub's."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from installation.host.console import LossReporter
from installation.web import child
from installation.web import supervisor as module
from installation.web.document import Answer, LossLine, Request, StoryPlan
from installation.web.supervisor import WebSupervisor
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.stage_double import made_hello, made_state, made_story

STUB = Path(__file__).with_name("stub_console.py")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="no socket can be inherited here: no process was started")


linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux only: a stopped process was not tried")


class Stage:
    """What the supervisor belongs to: counts requests, answers each."""

    def __init__(self, folder: Path, what: str, begins_after: float = 0.0) -> None:
        self.losses, self.heard, self._note = LossReporter(), list[Request](), folder / "told"
        self.supervisor = WebSupervisor(
            made_hello(folder),
            self.losses,
            self.hear,
            [sys.executable, "-S", str(STUB), what, str(self._note)],
            begins_after,
        )

    def hear(self, request: Request) -> Answer:
        self.heard.append(request)
        return Answer(number=request.number, code=0, reason="ok")

    def told(self, kind: str = "", pid: int | None = None) -> list[dict[str, Any]]:
        """What the stub was told, all of it or of one kind, by all its lives or one."""
        lines = self._note.read_text().splitlines() if self._note.exists() else []
        split = [line.partition(" ") for line in lines]
        found = [json.loads(text) for of, _, text in split if pid is None or int(of) == pid]
        return [one for one in found if not kind or one["kind"] == kind]

    def why(self) -> str:
        return "; ".join(loss.why for loss in self.losses.losses() if loss.part == "console")


@contextmanager
def stage(folder: Path, what: str, begins_after: float = 0.0) -> Iterator[Stage]:
    here = Stage(folder, what, begins_after)
    here.supervisor.start()
    try:
        yield here
    finally:
        here.supervisor.close()


def loss(part: str) -> LossLine:
    return LossLine(at=1.0, part=part, why="gone", seconds=None)


def test_documents_arrive_in_order_and_of_states_the_newest(tmp_path: Path) -> None:
    with stage(tmp_path, "hears") as here:
        wait_until(lambda: here.supervisor.place, LONG)
        assert here.supervisor.place == ("127.0.0.1", 8470)
        here.supervisor.put_story(made_story)
        for number in range(20):
            here.supervisor.put_line(loss(f"part {number}"))
        here.supervisor.put_state(lambda: made_state(1))
        wait_until(lambda: here.told("state"), LONG)
        assert [one["kind"] for one in here.told()] == ["hello", "story", *["loss"] * 20, "state"]
        assert [one["part"] for one in here.told("loss")] == [f"part {number}" for number in range(20)]


def test_requests_are_heard_and_answered(tmp_path: Path) -> None:
    with stage(tmp_path, "floods") as here:
        wait_until(lambda: len(here.heard) == 2000, LONG)
        assert [request.number for request in here.heard] == list(range(1, 2001))
        wait_until(lambda: here.told("answer"), LONG)
        assert here.supervisor.pid


def test_what_is_no_request_is_told_once_and_the_next_one_is_heard(tmp_path: Path) -> None:
    with stage(tmp_path, "says nonsense") as here:
        wait_until(lambda: here.heard, LONG)
        assert here.heard[0].name == "ping"
        assert here.losses.is_lost("console's request")


def test_a_killed_process_is_replaced_at_once_and_the_next_one_knows_story_and_losses(tmp_path: Path) -> None:
    with stage(tmp_path, "hears") as here:
        here.supervisor.put_story(made_story)
        here.supervisor.put_line(loss("camera"))
        wait_until(lambda: here.supervisor.place, LONG)
        first = here.supervisor.pid or 0
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: here.supervisor.pid not in (first, None) and here.supervisor.place, LONG)
        second = here.supervisor.pid
        wait_until(lambda: here.told("loss", second), LONG)
        assert [one["kind"] for one in here.told(pid=second)][:3] == ["hello", "story", "loss"]
        assert "signal 9" in here.why()
        assert here.losses.errors == 1


@pytest.mark.parametrize(("what", "words"), [("dies", "exit code 7"), ("fails", "cannot assign requested address")])
def test_one_that_dies_again_and_again_is_told_once_in_words_and_waits_longer(
    tmp_path: Path, what: str, words: str
) -> None:
    with stage(tmp_path, what) as here:
        restarts = here.supervisor._restarts
        wait_until(lambda: restarts.quick_deaths >= 2, LONG)
        assert restarts.next_at - here.losses.clock() > 0.1
        assert words in here.why()
        assert here.losses.errors == 1


def test_a_process_that_reads_nothing_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "PATIENCE_SECONDS", 0.3)
    with stage(tmp_path, "reads nothing") as here:
        wait_until(lambda: here.supervisor.pid, LONG)
        first = here.supervisor.pid
        here.supervisor.put_story(large_story)
        wait_until(lambda: here.supervisor.pid not in (first, None), LONG)
        assert "reads nothing" in here.why()


def large_story() -> StoryPlan:
    """More than the line holds."""
    return made_story().model_copy(update={"title": "x" * 2_000_000})


def test_a_show_that_is_over_before_starts_no_process(tmp_path: Path) -> None:
    with stage(tmp_path, "hears", begins_after=0.1) as here:
        assert here.supervisor.pid is None
    time.sleep(0.2)
    assert here.told() == []


@pytest.mark.parametrize("what", ["hears", "stays", "reads nothing"])
def test_it_ends_with_the_show_even_where_it_does_not_leave_or_read(
    tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "END_WITHIN", 0.2)
    with stage(tmp_path, what) as here:
        wait_until(lambda: here.supervisor.pid, LONG)
        pid = here.supervisor.pid or 0
        if what == "reads nothing":
            here.supervisor.put_story(large_story)
        else:
            wait_until(lambda: here.supervisor.place, LONG)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert here.losses.errors == 0
    assert not [thread for thread in threading.enumerate() if thread.name == "console"]


def test_without_its_packages_there_is_no_console_and_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "NEEDED", ("starlette", "no_such_package"))
    with stage(tmp_path, "hears") as here:
        wait_until(here.why, LONG)
        assert "no_such_package cannot be found" in here.why()
        assert here.supervisor.pid is None


def test_where_no_process_can_be_started_it_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = subprocess.Popen
    monkeypatch.setattr("subprocess.Popen", lambda *_, **__: (_ for _ in ()).throw(OSError(11, "no more processes")))
    with stage(tmp_path, "hears") as here:
        wait_until(here.why, LONG)
        assert "no more processes" in here.why()
        monkeypatch.setattr("subprocess.Popen", real)
        wait_until(lambda: here.supervisor.place, LONG)


STAGE = """
import sys, time
from pathlib import Path
from installation.host.console import LossReporter
from installation.web.supervisor import WebSupervisor
from tests.installation.web.stage_double import made_hello

supervisor = WebSupervisor(made_hello(Path(sys.argv[1])), LossReporter(), lambda request: None, begins_after=0.0)
supervisor.start()
while not supervisor.place:
    time.sleep(0.02)
print(supervisor.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("stopped", [False, pytest.param(True, marks=linux)])
def test_a_stage_that_is_killed_leaves_no_console_behind(tmp_path: Path, stopped: bool) -> None:
    pytest.importorskip("uvicorn", reason="no uvicorn: the console's process was not started")
    stage = subprocess.Popen([sys.executable, "-c", STAGE, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert stage.stdout
    console = int(stage.stdout.readline())
    if stopped:
        os.kill(console, signal.SIGSTOP)
    stage.kill()
    stage.wait()
    wait_until(lambda: not runs(console), LONG)


def runs(pid: int) -> bool:
    """Whether the process does something; one that has ended and whose parent is gone may wait to be reaped."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
