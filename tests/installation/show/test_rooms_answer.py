"""Rooms that answer each other: a real film that waits for another room, and two real shows on a real broker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.rooms.topics import ONLINE
from installation.show.opening import open_show
from scenes.story.story import load_story
from tests.clips import make_clip
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto, needs_strangers
from tests.installation.rooms.test_others import HALL, Hall, state
from tests.installation.show.test_room_in_the_show import Feeling, venue_of
from tests.installation.waiting import LONG

WAITS = """
title = "A room that waits"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "lamp.mp4"
[scenes.door]
clip = "lamp.mp4"
wait_for = { room = "hall", scene = "cellar", limit_seconds = 600 }
end = true
"""


@needs_mosquitto
def test_a_film_on_the_wall_waits_in_attract_until_the_other_room_is_there(tmp_path: Path) -> None:
    make_clip(tmp_path / "lamp.mp4", seconds=6, fps=30, size=(160, 90))
    (tmp_path / "story.toml").write_text(WAITS)
    eye = Feeling()
    eye.feels = "happiness"
    with mosquitto(tmp_path / "broker") as broker:
        hall, venue = Hall(broker), venue_of(broker.url, f"attic {tmp_path.name}")
        story = load_story(tmp_path / "story.toml")
        with open_show(story, venue, headless=True, mood_source=eye, console=True) as show:
            hall.says(HALL.status, ONLINE, retain=True)
            hall.says(HALL.state, state("playing", "lamp"), retain=True)
            assert shows(show.run, lambda: any("waits for hall" in one for one in show._view().remembered))
            assert show.scene == "lamp"
            until = time.monotonic() + LONG
            while show.scene != "door" and time.monotonic() < until:
                hall.says(HALL.state, state("playing", "cellar"), retain=True)
                hall.beats()
                show.run(0.3)
            assert show.scene == "door"
        hall.client.close()
    journal = next((state_folder() / "journal").rglob(f"*{room_stem(venue.name)}*.jsonl"))
    kinds = [line for line in read_lines(journal) if line["kind"] in ("wait", "wait_end")]
    assert [line["kind"] for line in kinds] == ["wait", "wait_end"]
    assert kinds[0]["rooms"] == ["hall"]
    assert (kinds[1]["came"], kinds[1]["reason"]) == (True, "hall is in cellar")


def shows(run: Callable[[float], None], what: Callable[[], bool]) -> bool:
    until = time.monotonic() + LONG
    while not what() and time.monotonic() < until:
        run(0.1)
    return what()


ANSWERS = """
title = "Two rooms"
start = "door"
attract = "lamp"
safe = "lamp"
left = { after_seconds = 600 }
[scenes.lamp]
clip = "lamp.mp4"
[scenes.door]
clip = "lamp.mp4"
branch = [{ to = "answer", when = { signal = "hall/mood/happiness", above = 0.5 } }]
next = "finale"
[scenes.answer]
clip = "lamp.mp4"
next = "finale"
[scenes.finale]
clip = "lamp.mp4"
together = { rooms = ["hall", "attic"], limit_seconds = 60 }
end = true
"""


@contextmanager
def room(name: str, folder: Path, broker: Mosquitto) -> Iterator[subprocess.Popen[str]]:
    folder.mkdir()
    make_clip(folder / "lamp.mp4", seconds=3, fps=30, size=(160, 90))
    (folder / "story.toml").write_text(ANSWERS)
    quiet = "[osc]\nlisten = false\n[screen]\nwidth = 160\nheight = 90\n[console]\nlisten = ''\n"
    eye = "[eye]\nframes_per_second = 2\n"
    (folder / "venue.toml").write_text(f"name = '{name}'\n{quiet}{eye}[rooms]\nbroker = '{broker.url}'\n")
    where = [str(folder), "--venue", str(folder / "venue.toml"), "--headless", "--camera", "visitor"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "installation", "run", *where],
            stdout=log,
            stderr=log,
            text=True,
            env={**os.environ, "CHIARO_STATE": str(folder / "state")},
        )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            process.wait(LONG)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.mark.slow
@needs_mosquitto
@needs_strangers
def test_two_shows_answer_each_other_and_one_that_is_killed_holds_up_nobody(tmp_path: Path) -> None:
    with (
        mosquitto(tmp_path / "broker") as broker,
        room("hall", tmp_path / "hall", broker) as hall,
        room("attic", tmp_path / "attic", broker),
    ):
        told = tmp_path / "attic" / "log"

        def comes(words: str, while_waiting: Callable[[], object] = lambda: None, times: float = 6) -> bool:
            until = time.monotonic() + times * LONG
            while words not in told.read_text() and time.monotonic() < until:
                while_waiting()
                time.sleep(1.0)
            return words in told.read_text()

        def hall_is_happy() -> None:
            to = ["-h", "127.0.0.1", "-p", str(broker.port), "-t", "chiaro/hall/set/mood"]
            subprocess.run(["mosquitto_pub", *to, "-m", '["happiness", 0.95]'], check=True)

        assert comes("scene answer\n", hall_is_happy), told.read_text()
        assert comes("scene finale waits no longer: together with hall"), told.read_text()
        hall.send_signal(signal.SIGKILL)
        assert comes("scene finale waits no longer: hall is lost or closed"), told.read_text()
