"""A double of the stage for the console's tests: it starts the real console's process and speaks over the real wire.

The documents are made here, no film runs. By hand, to look at the page:
``python -m tests.installation.web.stage_double [PORT]``.
"""

from __future__ import annotations

import math
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from installation.web.document import (
    Answer,
    BranchNow,
    ControlsNow,
    Counters,
    Document,
    Hello,
    MoodNow,
    Request,
    SceneNode,
    SceneNow,
    SenseNow,
    State,
    StoryPlan,
    VisitorNow,
    Way,
)
from installation.web.wire import Wire
from tests.installation.waiting import LONG, wait_until

ROOT = Path(__file__).parents[3]
LABELS = ("neutral", "happiness", "sadness", "surprise", "fear", "anger", "disgust", "contempt")
SCENES = ("attract", "arrival", "calm", "storm", "safe", "ending")


def made_hello(folder: Path, **changes: Any) -> Hello:
    fields = {
        "version": "0.0-double",
        "room": "Hall 2",
        "state_folder": str(folder),
        "journal_folder": str(folder / "journal"),
        "listen": "127.0.0.1",
        "port": 0,
        "started_at": time.time() - 3600,
    }
    return Hello(**(fields | changes))


def made_story(number: int = 1, file: str = "") -> StoryPlan:
    """Six scenes: attract, then a choice of two ways."""
    ways = {
        "attract": (Way(to="arrival", asks="somebody is there"),),
        "arrival": (Way(to="calm", asks="happiness > 0.4"), Way(to="storm", asks="")),
        "calm": (Way(to="ending", asks=""),),
        "storm": (Way(to="ending", asks=""),),
    }
    kinds = {"attract": "attract", "safe": "safe", "ending": "ending"}
    nodes = [
        SceneNode(
            name=name,
            kind=kinds.get(name, "scene"),
            seconds=20.0,
            loops=name in ("attract", "safe"),
            ways=ways.get(name, ()),
            file=file,
            thumbnail_at=index * 0.2,
        )
        for index, name in enumerate(SCENES)
    ]
    return StoryPlan(
        number=number,
        title="The double's story",
        path="/stories/double/story.toml",
        first="arrival",
        attract="attract",
        safe="safe",
        scenes=tuple(nodes),
        moods={"warm": ("happiness", "surprise"), "cold": ("anger", "sadness", "fear")},
    )


def made_state(number: int, **changes: Any) -> State:
    """A visitor stands before the scene "arrival", whose mood goes up and down."""
    warm = 0.5 + 0.4 * math.sin(number / 20)
    shares = {label: round((1 - warm) / 7, 3) for label in LABELS} | {"happiness": round(warm, 3)}
    fields = {
        "number": number,
        "at": time.time(),
        "word": "playing",
        "title": "The double's story",
        "scene": SceneNow(
            name="arrival",
            seconds=number / 4 % 20,
            duration=20.0,
            loops=False,
            closes=18.0,
            listens=number / 4 % 20 > 10,
            window=(10.0, 18.0),
        ),
        "branches": (
            BranchNow(to="calm", asks="happiness > 0.4", share=warm, needed=0.4, taken=warm > 0.4, stands="happiness"),
            BranchNow(to="storm", asks="", share=1 - warm, needed=None, taken=warm <= 0.4, stands="otherwise"),
        ),
        "answers": (),
        "remembered": (),
        "signals": {},
        "take": 3,
        "in_take": True,
        "way": ("arrival",),
        "mood": MoodNow(
            trusted=True,
            reason="",
            present=True,
            count=1,
            dominant="happiness",
            confidence=warm,
            probabilities=shares,
            valence=0.4,
            arousal=0.2,
        ),
        "visitors": (VisitorNow(slot=1, x=0.5, y=0.4, size=0.2, dominant="happiness", facing=0.9),),
        "controls": ControlsNow(
            paused=False,
            blackout=False,
            mute=False,
            closed=False,
            camera=True,
            volume=0.8,
            brightness=1.0,
            captions=None,
            caption_languages=("de", "en"),
        ),
        "senses": (
            SenseNow(name="camera", state="ok", words="camera 0", since=None),
            SenseNow(name="eye", state="ok", words="30 pictures a second", since=None),
            SenseNow(name="sound", state="lost", words="no sound device opens", since=time.time() - 90),
        ),
        "house": "open until 18:00",
        "counters": Counters(
            pictures=number * 6,
            late=1,
            dropped=0,
            repeated=0,
            sound_gaps=0,
            film_fps=24.0,
            eye_fps=30.0,
            drift=0.1,
            takes=3,
            visits=5,
            losses=1,
            beat=number // 4,
        ),
    }
    return State(**(fields | changes))


class StageDouble:
    """Starts the console and speaks with it until closed. ``answers`` decides what becomes of a request."""

    def __init__(
        self,
        folder: Path,
        answers: Callable[[Request], tuple[int, str]] = lambda _: (0, "ok"),
        rate: float = 4.0,
        **hello: Any,
    ) -> None:
        self.folder, self.answers = folder, answers
        self.requests: list[Request] = []
        self.made: dict[str, Any] = {}
        """Fields of the states that are sent, in place of made ones."""
        self.quiet = False
        """No states are sent."""
        self.address: tuple[str, int] | None = None
        ours, theirs = socket.socketpair()
        self.log = folder / "console.log"
        with theirs, self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "installation.web.main", f"fd:{theirs.fileno()}"],
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": str(ROOT)},
            )
        self.wire, self._rate, self._closing = Wire(ours), rate, threading.Event()
        self.send(made_hello(folder, **hello))
        self.send(made_story())
        self._threads = [threading.Thread(target=one, daemon=True) for one in (self._hear, self._send_states)]
        for thread in self._threads:
            thread.start()

    @property
    def url(self) -> str:
        """Where the page is served, once it is."""
        wait_until(lambda: self.address is not None or self.process.poll() is not None, LONG)
        assert self.address, self.log.read_text()
        return f"http://127.0.0.1:{self.address[1]}"

    @property
    def port(self) -> int:
        """The port that was opened."""
        return int(self.url.rpartition(":")[2])

    def send(self, document: Document) -> None:
        """Say something to the console."""
        self.wire.send(document.model_dump_json().encode())

    def asked(self, name: str) -> list[Request]:
        """All requests of this name so far."""
        return [request for request in self.requests if request.name == name]

    def signal(self, number: int) -> None:
        """Send the console's process a signal."""
        self.process.send_signal(number)

    def close(self) -> int:
        """End the line, and with it the console; its exit code."""
        self._closing.set()
        self.wire.close()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()
            for thread in self._threads:
                thread.join(5)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _hear(self) -> None:
        for message in self.wire.messages():
            request = Request.model_validate_json(message)
            self.requests.append(request)
            if request.name == "listening":
                self.address = (str(request.arguments[0]), int(request.arguments[1]))
                continue
            code, reason = self.answers(request)
            with suppress(ConnectionError):  # the console has ended
                self.send(Answer(number=request.number, code=code, reason=reason))

    def _send_states(self) -> None:
        number = 0
        while not self._closing.wait(1 / self._rate):
            if not self.quiet:
                number += 1
                with suppress(ConnectionError):
                    self.send(made_state(number, **self.made))


def main() -> None:
    """Serve until Ctrl-C."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        port = int(sys.argv[1]) if len(sys.argv) > 1 else 8470
        with StageDouble(Path(folder), port=port) as stage:
            print(stage.url, flush=True)
            signal.sigwait({signal.SIGINT, signal.SIGTERM})


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    main()
