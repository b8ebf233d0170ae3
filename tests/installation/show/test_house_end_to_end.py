"""The house closes and opens around real processes: the stage, the eye with its networks, a projector by TCP."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pythonosc.udp_client import SimpleUDPClient

from installation.host.health import Sense
from tests.installation.house.projector import Projector, projector
from tests.installation.show.test_show_end_to_end import RunningShow

PROJECTOR = '[display]\npower = "pjlink"\nhost = "127.0.0.1"\nport = {port}\n'


HOURS = '[hours]\nopen = "Jan 01 03:00-03:01"\n'
"""As good as never."""
linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the eye by /proc")


@contextmanager
def show_with(folder: Path, sections: str) -> Iterator[RunningShow]:
    def add() -> None:
        with (folder / "venue.toml").open("a") as venue:
            venue.write(sections)

    show = RunningShow(folder, "--camera", "visitor", spoil=add)
    try:
        yield show
    finally:
        show.process.kill()
        show.process.wait()
        show.log.close()


@linux
def test_a_night_the_eyes_process_is_gone_the_projector_is_off_and_in_the_morning_all_is_back(tmp_path: Path) -> None:
    with projector(Projector()) as machine, show_with(tmp_path, PROJECTOR.format(port=machine.port)) as show:
        show.wait(lambda: any(line["trusted"] for line in show.journal("mood")), "the eye's first look")
        show.wait(lambda: machine.now() == "1", "a projector that is switched on with the show")
        eye, room = show.another_eye(), SimpleUDPClient("127.0.0.1", show.control_port)
        room.send_message("/emo/control/closed", 1.0)  # no visitor is waited for: simulated ones come without end
        show.wait(lambda: not Path(f"/proc/{eye}").exists(), "the end of the eye's process")
        show.wait(lambda: machine.now() == "0", "a projector that is off")
        show.wait(lambda: ["closed"] in show.listener.values("/emo/info/house"), "the network's news")
        show.wait(lambda: [Sense.OFF] in show.listener.values("/emo/health/camera"), "a camera that is off")
        assert show.eyes() == []
        room.send_message("/emo/control/open", [])
        show.another_eye(eye)
        show.wait(lambda: machine.now() == "1", "a projector that is on")
        show.wait(lambda: show.journal("house")[-1]["state"] == "open", "an open house")
        assert [line["state"] for line in show.journal("house")] == ["open", "closed", "opening", "open"]
        show.wait(lambda: show.listener.values("/emo/info/house")[-1] == ["open"], "the network's news")
        assert not [line for line in show.journal("lost") if line["part"] in ("eye", "camera", "display")]
        assert "without:" not in show.told()
        assert show.end() == 0


@linux
def test_a_show_that_begins_at_night_opens_no_camera_and_killed_while_open_by_hand_it_is_open_again(
    tmp_path: Path,
) -> None:
    with show_with(tmp_path, HOURS) as show:
        show.wait(lambda: ["closed"] in show.listener.values("/emo/info/house"), "a closed house")
        show.wait(lambda: len(show.listener.values("/emo/health/beat")) > 1, "a show that runs")
        assert show.eyes() == []
        SimpleUDPClient("127.0.0.1", show.control_port).send_message("/emo/control/open", [])
        show.another_eye()
        show.wait(lambda: any((tmp_path / "state" / "house").glob("*.json")), "what was asked, on the disk")
    with show_with(tmp_path, HOURS) as show:
        show.another_eye()
        show.wait(lambda: ["open"] in show.listener.values("/emo/info/house"), "an open house")
        assert show.end() == 0
    assert list((tmp_path / "state" / "house").glob("*")) == []  # ended on purpose, it is forgotten
