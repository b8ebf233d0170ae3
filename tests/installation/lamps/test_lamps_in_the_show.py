"""A real show, headless, whose story dims a lamp and whose time a desk hears; with real receivers."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from calibration.venue import Venue
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.show import Show
from models.mood import Mood
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.installation.waiting import LONG

mido = pytest.importorskip("mido", reason="needs the extra 'lamps'")
pytest.importorskip("stupidArtnet", reason="needs the extra 'lamps'")

LIT = """
title = "Lit"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.door]
clip = "lamp.mp4"
end = true
[scenes.lamp]
clip = "lamp.mp4"
minimum_seconds = 2
cue = [{ at_seconds = 0.1, dmx = { channels = { 1 = 200 } } }]
lamp = [{ channels = [2], follow = { mood = "sadness" }, from = 20 }]
"""


class Hall(ManualMood):
    """Nobody is there. What lamp and desk hear is kept; the show ends as soon as it was enough."""

    def __init__(self, lamp: socket.socket, desk: int) -> None:
        super().__init__()
        self._lamp, self._desk, self._parser = lamp, desk, mido.Parser()
        self.values: list[tuple[int, ...]] = []
        self.messages: list[Any] = []
        self.show: Show | None = None

    def hear(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self.values.append(tuple(self._lamp.recv(2048)[18:20]))
        with suppress(BlockingIOError):
            self._parser.feed(os.read(self._desk, 65536))
        self.messages += list(self._parser)

    def mood(self, now: float) -> Mood:
        self.hear()
        if self.show is not None:
            self.show.ending = (200, 20) in self.values and len(self.messages) > 20
        return super().mood(now)


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes in the file system here")
def test_a_show_dims_its_lamps_tells_its_time_and_leaves_the_lamps_at_rest(tmp_path: Path) -> None:
    make_clip(tmp_path / "lamp.mp4", seconds=2.0)
    (tmp_path / "story.toml").write_text(LIT)
    device = tmp_path / "midi"
    os.mkfifo(device)
    desk = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lamp:
        lamp.bind(("127.0.0.1", 0))
        lamp.setblocking(False)
        universe = {"protocol": "artnet", "host": "127.0.0.1", "port": lamp.getsockname()[1], "resting": {"1": 40}}
        venue = Venue.model_validate({"lamps": {"universes": [universe]}, "timecode": {"output": str(device)}})
        hall = Hall(lamp, desk)
        with open_show(load_story(tmp_path / "story.toml"), venue, headless=True, mood_source=hall) as show:
            hall.show = show
            show.run(LONG)
        hall.hear()
    os.close(desk)
    assert hall.values[0] == (40, 0)
    dimmed = hall.values.index((200, 20))
    assert hall.values[-1] == (40, 0)
    assert any(40 < first < 200 for first, _ in hall.values[dimmed:]), "to rest in a fade, not at once"
    assert hall.messages[0].type == "sysex"
    assert hall.messages[0].data[4] & 0x1F == 2, "the second scene of the story"
    assert hall.messages[-1].type == "quarter_frame"
