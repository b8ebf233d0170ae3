"""Who may be looked at, all the way through: real stage, real eye with its networks, a face on film, OSC, a journal.

Watched are the line from the eye, the packets on the network, and the journal on disk.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import pytest

from calibration.settings import CameraSettings
from calibration.venue import Venue
from installation.eye.child import EyeChild
from installation.eye.link import Report
from installation.eye.supervisor import EyeSupervisor
from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.osc.registry import Code
from installation.show.answer import DONE
from installation.show.consent import Why
from installation.show.opening import open_show
from installation.show.show import Show
from models.rendering.simulated_visitor import SimulatedVisitor
from scenes.machine.command import Consent, SetStaff, Stop
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.show.test_show import STORY
from tests.installation.show.test_show_end_to_end import Listener
from tests.installation.waiting import LONG
from tests.models.tiny_classifier import make_classifier

SIZE = {"width": 640, "height": 360}
BESIDE = [[0.0, 0.0], [0.2, 0.0], [0.2, 1.0], [0.0, 1.0]]
"""A zone in which nobody stands."""
SHOWS_A_FACE = ("/event/enter", "/event/emotion", "/visitor/1/id", "/visitor/1/emotions")


class Room:
    """A running show with a face before its camera, and all that is heard of it."""

    def __init__(self, show: Show, network: Listener) -> None:
        self.show, self.network = show, network
        self.line: list[tuple[float, Report]] = []
        """When each of the eye's reports came, and what it was."""

    def run_until(self, true: Any) -> float:
        """Let the show run until it is so; when that was."""
        until = time.monotonic() + LONG
        while not true():
            assert time.monotonic() < until, f"waited {LONG:g} s in vain"
            self.show.run(0.05)
        return time.monotonic()

    @property
    def sees(self) -> bool:
        return bool(self.show._mood.visitors) and bool(self.network.values("/emo/visitor/1/id"))

    def why(self) -> Why:
        return self.show.controls.looking.why

    @property
    def eye_confirms(self) -> bool:
        """The eye's process has closed its camera and said so."""
        return bool(self.line) and self.line[-1][1].status.shut

    def faces_on_the_line(self, since: float, until: float) -> list[Report]:
        return [report for at, report in self.line if since <= at <= until and report.mood.trusted]

    def packets_of_faces(self, since: float, until: float) -> list[tuple[str, list[Any]]]:
        """What the network heard of somebody. (That the dominant emotion is none is nobody's.)"""
        heard = [one for one in self.network.heard if since <= one[0] <= until]
        told = [(address, values) for _, address, values in heard if address.removeprefix("/emo") in SHOWS_A_FACE]
        told += [(address, values) for _, address, values in heard if address == "/emo/count" and values != [0]]
        return [one for one in told if one != ("/emo/event/emotion", [one[1][0], 0, 0, 0.0])]


@contextmanager
def room(folder: Path, monkeypatch: pytest.MonkeyPatch, privacy: dict[str, Any]) -> Iterator[Room]:
    for name in ("lamp", "door"):
        make_clip(folder / f"{name}.mp4", seconds=60.0, fps=4, size=(160, 90))
    (folder / "story.toml").write_text(STORY)
    camera = folder / "camera"
    camera.mkdir()
    visitor = SimulatedVisitor(CameraSettings(**SIZE), seed=0, begins=0.0)
    for number in range(4):
        cv2.imwrite(str(camera / f"{number}.png"), visitor.read(4.0 + number / 30))
    network = Listener()
    venue = Venue.model_validate(
        {
            "name": folder.name,
            "camera": {"source": str(camera), **SIZE},
            "eye": {"classifier_file": str(make_classifier(folder / "tiny.onnx"))},
            "screen": {"width": 160, "height": 90},
            "osc": {
                "listen_port": 0,
                "targets": [{"host": "127.0.0.1", "port": network.port, "profile": "visitors", "prefix": "/emo"}],
            },
            "privacy": privacy,
        }
    )
    receive, line = EyeSupervisor._receive, list[tuple[float, Report]]()

    def watched(supervisor: EyeSupervisor, eye: EyeChild, report: Report) -> None:
        line.append((time.monotonic(), report))
        receive(supervisor, eye, report)

    monkeypatch.setattr(EyeSupervisor, "_receive", watched)
    with open_show(load_story(folder / "story.toml"), venue, headless=True, seed=1) as show:
        place = Room(show, network)
        place.line = line
        yield place


def journal_of(folder: Path) -> list[dict[str, Any]]:
    (file,) = (state_folder() / "journal").glob(f"*.{room_stem(folder.name)}.jsonl")
    return list(read_lines(file))


def somebody(line: dict[str, Any]) -> bool:
    """A line of the journal that says that a face was seen."""
    return line["kind"] in ("enter", "leave", "visit") or (line["kind"] == "mood" and line["present"])


def test_nobody_is_looked_at_before_the_button_nor_after_the_take_nor_while_staff_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, monkeypatch, {"consent": "button"}) as place:
        show = place.show
        place.run_until(lambda: place.eye_confirms and show.scene == "lamp" and show.plays)
        show.run(0.5)
        assert "until a visitor asks" in show._mood.reason
        assert not show.in_take, "nobody's presence begins the film"

        asked = time.monotonic()
        assert place.faces_on_the_line(0, asked) == []
        show._obey(Consent(), asked)
        place.run_until(lambda: place.sees and show.in_take)

        shut = time.monotonic()
        show._obey(SetStaff(True), shut)
        show.run(0.02)
        shut = time.monotonic()
        assert place.why() is Why.STAFF
        assert show._set_stage(Consent(), shut)[0] is Code.NOT_NOW
        confirmed = place.run_until(lambda: place.eye_confirms)
        show.run(0.5)
        assert show.scene == "door", "the film goes on"
        assert show._state.presence.here is None
        show._obey(SetStaff(False), time.monotonic())
        show.run(0.5)
        assert place.why() is Why.NOT_ASKED, "staff takes back what was asked for"

        again = time.monotonic()
        assert show._set_stage(Consent(), again) == DONE
        place.run_until(lambda: place.sees and show._mood.captured_at > again)
        show._obey(Stop(), time.monotonic())
        place.run_until(lambda: not show.in_take)
        show.run(0.05)
        over = time.monotonic()
        closed = place.run_until(lambda: place.eye_confirms)
        show.run(0.5)
        end = time.monotonic()
        for since, until, told in ((0.0, asked, 0.0), (shut, again, confirmed), (over, end, closed)):
            assert place.packets_of_faces(since + 0.05, until) == []
            assert place.faces_on_the_line(told, until) == []
        assert place.packets_of_faces(asked, shut), "the visitor who asked was seen"
    lines = journal_of(tmp_path)
    seen = [line["t"] for line in lines if somebody(line)]
    assert seen
    assert all(asked <= t <= shut or again <= t <= over for t in seen)
    noted = [(line["open"], line["why"]) for line in lines if line["kind"] == "looking"]
    assert noted == [
        (False, "not_asked"),
        (True, "asked"),
        (False, "staff"),
        (False, "not_asked"),
        (True, "asked"),
        (False, "not_asked"),
    ]


@pytest.mark.slow
def test_whoever_stands_outside_of_the_zone_is_in_no_queue_no_packet_and_no_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with room(tmp_path, monkeypatch, {"consent": "zone", "zone": BESIDE}) as place:
        place.run_until(lambda: sum(report.mood.trusted for _, report in place.line) > 30)
        assert place.why() is Why.ZONE
        assert [report for _, report in place.line if report.mood.visitors or report.mood.present] == []
        assert place.packets_of_faces(0, time.monotonic()) == []
    assert not [line for line in journal_of(tmp_path) if somebody(line)]
