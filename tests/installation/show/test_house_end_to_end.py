"""The house closes and opens around real processes: the stage, the eye with its networks, a projector by TCP."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pythonosc.udp_client import SimpleUDPClient

from installation.host.health import Sense
from tests.installation.house.projector import Projector, projector
from tests.installation.show.test_show_end_to_end import RunningShow

PROJECTOR = '[display]\npower = "pjlink"\nhost = "127.0.0.1"\nport = {port}\n'


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="finds the eye by /proc")
def test_a_night_the_eyes_process_is_gone_the_projector_is_off_and_in_the_morning_all_is_back(tmp_path: Path) -> None:
    with projector(Projector()) as machine:

        def connect() -> None:
            with (tmp_path / "venue.toml").open("a") as venue:
                venue.write(PROJECTOR.format(port=machine.port))

        show = RunningShow(tmp_path, "--camera", "visitor", spoil=connect)
        try:
            show.wait(lambda: any(line["trusted"] for line in show.journal("mood")), "the eye's first look")
            show.wait(lambda: machine.now() == "1", "a projector that is switched on with the show")
            eye, room = show.another_eye(), SimpleUDPClient("127.0.0.1", show.control_port)
            room.send_message("/emo/control/closed", 1.0)  # no visitor is waited for, simulated ones come without end
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
            assert show.listener.values("/emo/info/house")[-1] == ["open"]
            assert show.journal("lost") == []
            assert "without:" not in show.told()
            assert show.end() == 0
        finally:
            show.process.kill()
            show.process.wait()
            show.log.close()
