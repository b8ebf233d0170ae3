"""The stage and its console: a real film and the console's real process, asked over HTTP as a page does; no browser."""

from __future__ import annotations

import json
import os
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from calibration.web_settings import ConsoleSettings
from installation.host.journal_files import read_lines
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.rehearsal import NOBODY, mood_of
from installation.show.show import Show
from models.mood import Mood
from scenes.machine.command import SetMute
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.show.test_show import STORY
from tests.installation.waiting import LONG

pytest.importorskip("uvicorn", reason="no uvicorn: the console's process was not started")
pytestmark = pytest.mark.skipif(os.name != "posix", reason="no socket can be inherited here: no process was started")


class PicturedMood(ManualMood):
    """Stands in for an eye that has a small picture while one is asked for."""

    asked: bool = False
    number = 0
    feels = NOBODY

    def mood(self, now: float) -> Mood:
        return mood_of(self.feels, 0.9, now)

    def forget_visitors(self) -> None:
        self.feels = NOBODY

    def set_thumbnail(self, on: bool, large: bool = False) -> None:  # noqa: ARG002 - it has one size
        self.asked = on

    @property
    def thumbnail(self) -> bytes | None:  # type: ignore[override]
        self.number += 1
        return b"jpeg %d" % self.number if self.asked else None


class Operator:
    """One show with its console, and a page that is open."""

    def __init__(self, show: Show, eye: PicturedMood) -> None:
        self.show, self.eye = show, eye
        self._events: queue.Queue[tuple[str, dict[str, Any]]] = queue.Queue()
        self.heard: list[tuple[str, dict[str, Any]]] = []
        assert show.parts.console is not None
        self._supervisor = show.parts.console._supervisor
        self.run_until(lambda: self._supervisor.place)
        self.place = self._supervisor.place or ("", 0)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with suppress(OSError, ValueError):
            page = HTTPConnection(*self.place)
            page.request("GET", "/api/events")
            kind = ""
            for line in page.getresponse():
                name, _, rest = line.decode().strip().partition(": ")
                if name == "event":
                    kind = rest
                elif name == "data":
                    self._events.put((kind, json.loads(rest)))

    def run_until(self, true: Callable[[], Any]) -> None:
        for _ in range(round(LONG / 0.02)):
            if true():
                return
            self.show.run(0.02)
        pytest.fail("not within a long time")

    def events(self, kind: str) -> list[dict[str, Any]]:
        with suppress(queue.Empty):
            while True:
                self.heard.append(self._events.get_nowait())
        return [document for of, document in self.heard if of == kind]

    def state(self) -> dict[str, Any]:
        states = self.events("state")
        return states[-1] if states else {}

    def ask(self, name: str, *arguments: Any) -> tuple[int, str]:
        """As a page asks: the answer comes after a tick."""
        found: list[dict[str, Any]] = []

        def post() -> None:
            page = HTTPConnection(*self.place)
            body = json.dumps({"name": name, "arguments": arguments})
            page.request("POST", "/api/command", body, {"Content-Type": "application/json"})
            found.append(json.loads(page.getresponse().read()))

        threading.Thread(target=post, daemon=True).start()
        self.run_until(lambda: found)
        return found[0]["code"], found[0]["reason"]

    def journal(self, kind: str) -> list[dict[str, Any]]:
        assert self.show.parts.journal.flush()
        folder = self.show.parts.journal.folder
        files = sorted(folder.rglob("*.jsonl"))
        return [line for file in files for line in read_lines(file) if line["kind"] == kind]


@contextmanager
def small_show(folder: Path, eye: ManualMood) -> Iterator[Show]:
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=6.0, fps=30, size=(160, 90))
    (folder / "story.toml").write_text(STORY)
    venue = Venue(
        name=folder.name,
        osc=OscSettings(listen_port=0),
        screen=ScreenSettings(width=160, height=90),
        console=ConsoleSettings(port=0),
    )
    with open_show(load_story(folder / "story.toml"), venue, headless=True, mood_source=eye, console=True) as show:
        yield show


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    eye = PicturedMood()
    with small_show(tmp_path_factory.mktemp("console"), eye) as show:
        yield Operator(show, eye)


def test_a_page_sees_the_story_and_how_it_stands(operator: Operator) -> None:
    operator.run_until(operator.state)
    (plan,) = operator.events("story")
    assert {scene["name"]: scene["kind"] for scene in plan["scenes"]} == {"lamp": "attract", "door": "ending"}
    state = operator.state()
    assert (state["word"], state["scene"]["name"], state["scene"]["loops"]) == ("attract", "lamp", True)
    assert {sense["name"]: sense["state"] for sense in state["senses"]}["camera"] == "off"


def test_an_operator_leads_the_film_and_the_journal_says_who(operator: Operator) -> None:
    assert operator.ask("goto", "door") == (0, "ok")
    operator.run_until(lambda: operator.state().get("scene", {}).get("name") == "door")
    assert operator.state()["way"] == ["door"]
    code, reason = operator.ask("goto", "dor")
    assert (code, "did you mean 'door'" in reason) == (1, True)
    assert [line["source"] for line in operator.journal("command") if line["name"] == "goto"] == ["console 127.0.0.1"]
    operator.run_until(lambda: [one for one in operator.events("command") if one["name"] == "goto"])


def test_a_visitor_who_is_forgotten_is_on_no_page_and_in_no_line(operator: Operator) -> None:
    journal = operator.show.parts.journal
    assert operator.ask("attract")[0] == 0
    operator.run_until(lambda: operator.show.scene == "lamp")
    before = len(operator.journal("take_start"))
    assert operator.ask("goto", "door")[0] == 0
    operator.run_until(lambda: operator.state()["way"] == ["door"])
    operator.eye.feels = "sadness"
    operator.run_until(lambda: operator.state()["mood"]["dominant"] == "sadness")
    came = operator.state()["at"]
    operator.run_until(lambda: operator.state()["at"] > came + 1.2)
    assert len(operator.journal("take_start")) == before + 1
    assert any("sadness" in json.dumps(line) for line in operator.journal("mood"))

    heard = len(operator.events("drawings"))
    assert operator.ask("forget") == (0, "ok")
    operator.run_until(lambda: operator.show.scene == "lamp" and operator.state()["scene"]["name"] == "lamp")
    operator.run_until(lambda: len(operator.events("drawings")) > heard)
    state = operator.state()
    assert (state["way"], state["in_take"], state["mood"]["present"], state["visitors"]) == ([], False, False, [])
    assert operator.events("drawings")[-1]["seen"] == 0
    assert len(operator.journal("take_start")) == before
    whole = b"".join(path.read_bytes() for path in journal.folder.rglob("*.jsonl*"))
    assert b"sadness" not in whole
    assert b'"name":"forget"' not in whole
    assert [line["takes"] for line in operator.journal("forgotten")] == [1]


def test_what_a_guard_does_by_a_key_is_told_to_the_pages_too(operator: Operator) -> None:
    operator.show._obey(SetMute(True), operator.show._clock())
    operator.run_until(lambda: operator.state().get("controls", {}).get("mute"))
    operator.run_until(lambda: [one for one in operator.events("command") if one["source"] == "operator"])


def test_a_loss_is_told_with_its_sense_and_its_return_too(operator: Operator) -> None:
    losses = operator.show.parts.losses

    def of_the_sound() -> list[dict[str, Any]]:
        return [one for one in operator.events("loss") if one["part"] == "sound"]  # a machine may have no fonts

    losses.lost("sound", "no device")
    operator.run_until(lambda: [s for s in operator.state()["senses"] if s["name"] == "sound" and s["state"] == "lost"])
    losses.back("sound")
    operator.run_until(lambda: [s for s in operator.state()["senses"] if s["name"] == "sound" and s["state"] == "ok"])
    operator.run_until(lambda: len(of_the_sound()) == 2)
    gone, back = of_the_sound()
    assert (gone["part"], gone["why"], gone["seconds"]) == ("sound", "no device", None)
    assert back["seconds"] >= 0
    (sound,) = [sense for sense in operator.state()["senses"] if sense["name"] == "sound"]
    assert gone["at"] <= sound["since"] <= operator.state()["at"]


def test_the_camera_is_shown_for_as_long_as_was_asked_and_that_is_noted(operator: Operator) -> None:
    assert operator.ask("show_camera", 0.6) == (0, "ok")
    assert operator.eye.asked
    assert operator.show.parts.console is not None
    assert operator.show.parts.console.shows_camera
    operator.run_until(lambda: operator.events("picture"))
    operator.run_until(lambda: not operator.eye.asked)
    on, off = operator.journal("camera_shown")
    assert (on["on"], on["source"], off["on"]) == (True, "console 127.0.0.1", False)
    assert 0.6 <= off["seconds"] < LONG


def test_the_overlay_keeps_its_picture_when_the_console_no_longer_shows_it(operator: Operator) -> None:
    assert operator.ask("show_camera", 0.3) == (0, "ok")
    console = operator.show.parts.console
    assert console is not None
    operator.show.controls = replace(operator.show.controls, overlay=True)
    operator.run_until(lambda: not console.shows_camera)
    assert operator.eye.asked


def test_a_grid_is_laid_over_the_film_by_a_page_and_all_pages_see_so(operator: Operator) -> None:
    assert operator.ask("attract") == (0, "ok")
    operator.run_until(lambda: not operator.show.in_take)
    assert operator.ask("test_picture", "grid", 0, False) == (0, "ok")
    operator.run_until(lambda: operator.state()["controls"]["test_picture"] == "grid")
    assert operator.ask("corners", 0.1, 0, 1, 0, 1, 1, 0, 1, False) == (0, "ok")
    assert operator.show.parts.film.screen.settings.corners[0] == (0.1, 0)
    assert operator.ask("renew_eye", False, False)[0] == 5, "this show has no venue file"
    assert operator.ask("test_picture", "", 0, False) == (0, "ok")
    operator.run_until(lambda: operator.state()["controls"]["test_picture"] == "")
    assert [line["value"] for line in operator.journal("command") if line["name"] == "test_picture"] == [
        ["grid", 0],
        ["", 0],
    ]


def test_when_the_process_is_killed_the_film_goes_on_and_a_page_finds_the_next_one(operator: Operator) -> None:
    supervisor, first = operator._supervisor, operator._supervisor.pid or 0
    late = operator.show.parts.film.health.shown
    os.kill(first, 9)
    operator.run_until(lambda: supervisor.pid not in (first, None) and supervisor.place)
    assert operator.show.parts.film.health.shown > late
    page = HTTPConnection(*(supervisor.place or ("", 0)), timeout=LONG)
    page.request("GET", "/api/events")
    assert page.getresponse().status == 200
    operator.place = supervisor.place or ("", 0)
    assert operator.ask("mute", False) == (0, "ok")


def test_of_a_show_that_has_ended_no_process_is_left(operator: Operator) -> None:
    console, pid = operator.show.parts.console, operator._supervisor.pid or 0
    assert console is not None
    console.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
