"""Every thread of the stage is killed once: the show goes on, says so once, and has the part again."""

import json
import socket
import time
import urllib.request
from pathlib import Path

import pytest

from calibration.settings import OscSettings
from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.show import reloading
from scenes.story.clip import Clip
from scenes.story.story import Story, load_story
from tests.installation.film.cinema import cinema
from tests.installation.film.test_film_failures import media
from tests.installation.killing import Killed, kill, thread_named
from tests.installation.show.test_show import ATTIC, STORY, Room, open_room
from tests.installation.waiting import LONG, wait_until

__all__ = ["media"]


def beats(room: Room) -> bool:
    """Whether health is broadcast."""
    before = room.show.parts.broadcast.values().get("/health/beat")
    room.show.run(1.1)
    return room.show.parts.broadcast.values().get("/health/beat") != before


def writes(room: Room) -> bool:
    """Whether the journal takes a line."""
    line = f"test at {time.monotonic()}"
    room.show.parts.journal.note("command", 0.0, line=line)
    if not room.show.parts.journal.flush(0.2):
        return False
    days = (state_folder() / "journal").glob(f"*.{room_stem(room.story.parent.name)}.jsonl")
    return any(one.get("line") == line for day in days for one in read_lines(day))


def sounds(room: Room) -> bool:
    """Whether the sound device is fed."""
    sound, before = room.show.parts.film.sound, room.show.parts.film.sound.mixer.head
    room.show.run(0.2)
    return sound.ok and sound.mixer.head > before


def hears(room: Room) -> bool:
    """Whether a guard's phone is heard."""
    try:
        return room.ask("ping")[0] == 0
    except TimeoutError:
        return False


def serves(room: Room) -> bool:
    """Whether OSCQuery answers."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{room.show.parts.control.port}/emo", timeout=1) as page:  # type: ignore[union-attr]
            return bool(json.loads(page.read()))
    except OSError:
        return False


def test_each_thread_of_the_stage_that_dies_is_told_once_and_its_part_is_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.host.worker.WAITS", (0.05,))
    with socket.socket() as taken:  # OSCQuery's port (TCP) and the control port (UDP) may have the same number
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    osc = OscSettings(listen_port=port, oscquery=True, oscquery_port=port)
    parts = {"journal": writes, "OSC broadcast": beats, "OSC control": hears, "OSCQuery": serves, "sound": sounds}
    with open_room(tmp_path, osc=osc) as room:
        losses = room.show.parts.losses
        for name, works in parts.items():
            wait_until(lambda works=works: works(room), LONG)  # type: ignore[misc]
            before, thread = losses.errors, thread_named(name)
            kill(thread)
            room.show.parts.journal.note("command", 0.0)  # the journal sleeps until a line comes
            room.run_until(lambda name=name: losses.is_lost(f"{name} thread"))  # type: ignore[misc]
            wait_until(lambda works=works: works(room), LONG)  # type: ignore[misc]
            assert losses.errors == before + 1, losses.lost_parts()
            assert room.show._announcing.measure_health(time.monotonic()).errors == losses.errors
        assert room.scene == "lamp"


def test_a_reading_of_the_story_that_dies_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deaths: list[Killed] = []

    def load(path: Path, *, forgive_clips: bool) -> Story:  # in the place of load_story: its first call dies
        if not deaths:
            deaths.append(Killed())
            raise deaths[0]
        return load_story(path, forgive_clips=forgive_clips)

    monkeypatch.setattr(reloading, "load_story", load)
    monkeypatch.setattr("installation.host.worker.WAITS", (0.05,))
    with open_room(tmp_path) as room:
        room.story.write_text(STORY + ATTIC)
        room.ask("reload")
        room.run_until(lambda: bool(deaths) and not room.show.parts.losses.is_lost("story reload thread"))
        room.ask("goto", "door")
        room.run_until(lambda: room.scene == "door")
        assert room.ask("goto", "attic") == (0, "ok")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_decoder_that_dies_costs_its_scene_at_once_and_only_for_a_while(media: Path) -> None:
    with cinema() as house:
        house.film.play(1, "a", Clip(media / "a.mkv", loop=True))
        house.run_until(lambda: house.film.playhead.entry == 1)
        house.patient = False
        kill(thread_named("pictures a.mkv"))
        for _ in range(60):
            house.now += 1 / 60
            house.film.advance(house.now)
            house.film.draw(house.now)
            time.sleep(0.005)
            if "a" in house.film.playhead.failed:
                break
        assert house.film.playhead.failed == {"a"}  # a clip that only stalls is given 2 s
        assert "Killed" in " ".join(house.losses.lost_parts())
