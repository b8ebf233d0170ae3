"""The real program ``chiaro eye`` with its real networks, against a real stage: killed, stopped, and left alone."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from installation.eyes.sender import NOT_HEARD
from installation.eyes.wire import SILENT_SECONDS
from installation.host.health import Sense
from tests.installation.eyes.far_machine import Stage, ending
from tests.installation.waiting import wait_until

STARTS_WITHIN = 90.0
"""Of a failing test only: networks load while a busy machine does other things."""
STAGE = """
import sys, time
from pathlib import Path
from tests.installation.eyes.far_machine import Stage
Stage(Path(sys.argv[1]), "left", port=int(sys.argv[2]))
time.sleep(600)
"""


class Program:
    """One life of ``chiaro eye``; what it says is kept."""

    def __init__(self, folder: Path, port: int) -> None:
        self.log = folder / "eye.log"
        arguments = ["--to", f"127.0.0.1:{port}", "--name", "left", "--key", str(folder / "eyes.key")]
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "installation", "eye", *arguments, "--camera", "visitor"],
                env=os.environ | {"CHIARO_STATE": str(folder / "state")},
                stderr=out,
            )

    def said(self, words: str) -> int:
        return self.log.read_text().count(words)

    def child(self) -> int:
        """The process that has the camera."""
        threads = Path(f"/proc/{self.process.pid}/task").iterdir()
        found = [pid for thread in threads for pid in (thread / "children").read_text().split()]
        return int(found[0]) if found else 0


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[[int], Program]]:
    programs: list[Program] = []

    def start(port: int) -> Program:
        programs.append(Program(tmp_path, port))
        return programs[-1]

    yield start
    for one in programs:
        one.process.kill()
        one.process.wait()


pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="children of a process are read from /proc: not tried here"),
]


def test_an_eye_that_is_killed_is_lost_alone_leaves_no_camera_open_and_comes_back(
    tmp_path: Path, program: Callable[[int], Program]
) -> None:
    stage = Stage(tmp_path, "left")
    with ending(stage):
        eye = program(stage.port)
        wait_until(lambda: stage.mood().trusted and stage.eyes.each[0].state is Sense.OK, STARTS_WITHIN)
        child = eye.child()
        assert child
        eye.process.send_signal(signal.SIGKILL)
        wait_until(lambda: not stage.mood().trusted, STARTS_WITHIN)
        wait_until(lambda: stage.lost() == ("the eye left",), STARTS_WITHIN)
        wait_until(lambda: not Path(f"/proc/{child}").exists(), STARTS_WITHIN)
        eye.process.wait()
        again = program(stage.port)
        wait_until(lambda: stage.mood().trusted and stage.lost() == (), STARTS_WITHIN)
        again.process.terminate()
        assert again.process.wait(STARTS_WITHIN) == 0


def test_a_stage_that_is_killed_shuts_the_eye_and_the_next_one_opens_it(
    tmp_path: Path, program: Callable[[int], Program]
) -> None:
    first = Stage(tmp_path, "left")  # makes the key and finds a port
    first.close()
    words = [sys.executable, "-c", STAGE, str(tmp_path), str(first.port)]
    stage = subprocess.Popen(words)
    try:
        eye = program(first.port)
        wait_until(lambda: eye.said("the camera is opened"), STARTS_WITHIN)
        stage.kill()
        killed = time.monotonic()
        wait_until(lambda: eye.said(NOT_HEARD), STARTS_WITHIN)
        assert time.monotonic() - killed > SILENT_SECONDS - 0.5
        stage.wait()
        stage = subprocess.Popen(words)
        wait_until(lambda: eye.said("the camera is opened") == 2, STARTS_WITHIN)
    finally:
        stage.kill()
        stage.wait()
