"""What ``chiaro check`` and ``chiaro doctor`` tell of several screens before the doors open."""

from __future__ import annotations

import socket
from contextlib import closing
from pathlib import Path

from calibration.venue import Venue
from installation.commands.screen_checks import check_screens, screens_row
from tests.clips import make_clip

STORY = """
title = "Three walls"
start = "hall"
attract = "door"
safe = "door"
[scenes.door]
clip = "hall.mp4"
[scenes.hall]
end = true
clip = "hall.mp4"
screens.lefd = { clip = "hall.mp4" }
drive = [{ what = "brightness", follow = { valence = true }, from = 0, to = 1 }]
"""


def test_a_taken_port_a_misspelt_screen_and_what_others_do_not_show_are_told(tmp_path: Path) -> None:
    make_clip(tmp_path / "hall.mp4", 2.0)
    story = tmp_path / "story.toml"
    story.write_text(STORY)
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as other:
        other.bind(("127.0.0.1", 0))
        said = {"leads": True, "listen": "127.0.0.1", "port": other.getsockname()[1], "left": {}}
        venue = Venue.model_validate({"screens": said})
        port, name, drive = check_screens(venue, story, True, lambda _: False)
        assert (port.state, "no screen could follow" in port.what) == ("problem", True)
        assert "did you mean 'left'?" in name.what
        assert drive.where == "scenes.hall.drive"
        own = next(check_screens(venue, story, True, lambda _: True))
        assert own.state == "ok"
    assert next(check_screens(venue, story, True, lambda _: False)).state == "ok"


def test_the_doctor_says_which_screen_is_played_where() -> None:
    screens = {"plays": "middle", "middle": {}, "left": {"display": 1}, "right": {"leader": "10.0.0.1"}}
    (row,) = screens_row(Venue.model_validate({"screens": screens}))
    assert row.what == "plays middle; left is a window on display 1; right: chiaro screen right"
    assert list(screens_row(Venue())) == []
