"""Stories and venues put into a room that runs: real processes, a real Mosquitto, the commands as they are typed."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from calibration.rooms_settings import BrokerSettings
from installation.rooms.client import BrokerClient, Received
from installation.rooms.room_list import SilentLosses
from installation.rooms.tokens import keep_token, new_token, write_token
from tests.clips import make_clip
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.installation.show.test_show_end_to_end import STORY, RunningShow
from tests.installation.waiting import LONG, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    needs_mosquitto,
    pytest.mark.skipif(os.name != "posix", reason="slots need symbolic links, as Linux and macOS have them"),
]
PATIENCE = 10 * LONG


class Room:
    """The hall on a broker, the house's tokens, and all that was said under ``put``."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.folder, self.broker, self.said = folder / "hall", broker, list[dict[str, Any]]()
        self.folder.mkdir()
        self.tokens, token = folder / "tokens", new_token()
        keep_token(self.tokens, "hall", token)
        write_token(self.folder / "token", token)
        self.online = False
        self.client = BrokerClient(BrokerSettings(broker=broker.url), SilentLosses(), "listener")
        self.client.listen("chiaro/hall/put/reply/+", self._hear)
        self.client.listen("chiaro/hall/status", self._hear_status)
        self.client.start()
        self.show = self.open()

    def _hear(self, received: Received) -> None:
        self.said.append(json.loads(received.payload))

    def _hear_status(self, received: Received) -> None:
        self.online = received.payload == b"online"

    def open(self) -> RunningShow:
        """The room's show, from now on."""

        def on_the_broker() -> None:
            venue = self.folder / "venue.toml"
            lines = [f'[rooms]\nbroker = "{self.broker.url}"', 'token_file = "token"', "accept_stories = true", ""]
            venue.write_text(venue.read_text() + "\n".join([*lines[:3], 'accept_venues = "settings"', ""]))

        self.show = RunningShow(self.folder, "--camera", "visitor", "--no-console", spoil=on_the_broker)
        return self.show

    def kill(self) -> None:
        """The power goes, as far as this program is concerned."""
        self.show.process.send_signal(signal.SIGKILL)
        self.show.process.wait()
        wait_until(lambda: not self.online, PATIENCE)

    def close(self) -> None:
        self.client.close()
        self.show.process.kill()
        self.show.process.wait()
        self.show.log.close()

    def wait_for(self, state: str) -> str:
        """What is said with a reply of this state, once there is one."""
        wait_until(lambda: [one for one in self.said if one["state"] == state], PATIENCE)
        return str([one for one in self.said if one["state"] == state][-1]["words"])

    def command(self, *words: str) -> list[str]:
        """As it is typed, for this room."""
        options = ("--room", "hall", "--broker", self.broker.url, "--tokens", str(self.tokens))
        return [sys.executable, "-m", "installation", "rooms", *words, *options]

    def type(self, *words: str) -> tuple[int, str]:
        """Exit code, and what was printed."""
        wait_until(lambda: self.online, PATIENCE)
        done = subprocess.run(self.command(*words), capture_output=True, text=True, check=False, timeout=PATIENCE)
        return done.returncode, done.stdout or done.stderr

    def shown(self) -> list[str]:
        """The titles of the stories that ran."""
        return [str(line["title"]) for line in self.show.journal("story")]


def a_film(folder: Path, title: str, noise: int = 0) -> Path:
    """The same scenes under another title; ``noise``: bytes of a sound under its first scene."""
    folder.mkdir()
    for name in ("lamp", "door", "garden", "cellar"):
        make_clip(folder / f"{name}.mp4", seconds=3.0, fps=30, size=(320, 180), sound=True)
    story = STORY.replace("Two rooms", title)
    if noise:
        head = b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0data"
        (folder / "noise.wav").write_bytes(head + noise.to_bytes(4, "little") + random.Random(1).randbytes(noise))
        story = story.replace('clip = "door.mp4"', 'clip = "door.mp4"\nsound = "noise.wav"')
    (folder / "story.toml").write_text(story)
    return folder


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with mosquitto(tmp_path / "broker") as broker:
        room = Room(tmp_path, broker)
        try:
            yield room
        finally:
            room.close()


def test_a_story_is_put_kept_and_goes_on_after_a_restart(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "Another film")
    would = room.type("put", str(film), "--dry-run")
    assert would[0] == 0
    assert re.fullmatch(r"hall: would, 0\.\d MB would be sent\n", would[1])
    done = room.type("put", str(film), "--when", "next_scene", "--follow")
    assert done == (0, "hall: kept, it has played for a minute, and is kept\n")
    assert room.shown()[-1] == "Another film"
    room.kill()
    room.open()
    wait_until(lambda: len(room.shown()) >= 3, PATIENCE)
    assert room.shown()[-1] == "Another film", "and not the one on the command line"
    assert room.type("put", str(film)) == (0, "hall: same, it is in use already\n")
    code, said = room.type("back")
    assert (code, said[:30]) == (0, "hall: waits, the room's own, m")
    wait_until(lambda: room.shown()[-1] == "Two rooms", PATIENCE)
    assert room.show.process.poll() is None, "it has begun anew by itself"


def test_a_story_with_a_fault_is_refused_in_words_and_nothing_changes(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A broken film")
    clip = (film / "garden.mp4").read_bytes()
    at = clip.index(b"mdat")
    end = at - 4 + int.from_bytes(clip[at - 4 : at], "big")
    (film / "garden.mp4").write_bytes(clip[: at + 4] + bytes(end - at - 4) + clip[end:])  # a whole header, no picture
    code, said = room.type("put", str(film), "--when", "now")
    assert code == 1
    assert said.startswith("hall: refused, the check found: scene garden: ")
    assert "garden.mp4: " in said
    assert room.shown() == ["Two rooms"]


def test_killed_in_the_midst_of_a_transfer_the_room_begins_as_it_was(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A long film", noise=60_000_000)
    staging = room.folder / "state" / "rooms" / "hall" / "story" / "staging"
    wait_until(lambda: room.online, PATIENCE)
    with subprocess.Popen(room.command("put", str(film)), stdout=subprocess.PIPE, text=True) as put:
        noise = staging / "content" / "noise.wav"
        wait_until(lambda: noise.exists() and noise.stat().st_size > 5_000_000, PATIENCE)
        room.kill()
        assert staging.exists()
        room.open()
        wait_until(lambda: room.online, PATIENCE)
        assert room.shown() == ["Two rooms", "Two rooms"]
        said, _ = put.communicate(timeout=PATIENCE)  # it offers again by itself, and all of it is sent
    assert (put.returncode, said[:12]) == (0, "hall: waits,")
    assert not staging.exists()


def test_a_broker_that_is_killed_costs_a_put_nothing_but_time(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A long film", noise=60_000_000)
    noise = room.folder / "state" / "rooms" / "hall" / "story" / "staging" / "content" / "noise.wav"
    wait_until(lambda: room.online, PATIENCE)
    with subprocess.Popen(room.command("put", str(film)), stdout=subprocess.PIPE, text=True) as put:
        wait_until(lambda: noise.exists() and noise.stat().st_size > 5_000_000, PATIENCE)
        room.broker.kill()
        room.broker.start()
        said, _ = put.communicate(timeout=PATIENCE)
    assert (put.returncode, said[:12]) == (0, "hall: waits,")


def test_killed_within_its_first_minute_the_story_before_comes_back(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A deadly film")
    assert room.type("put", str(film), "--when", "now")[0] == 0
    wait_until(lambda: room.shown()[-1] == "A deadly film", PATIENCE)
    room.kill()
    room.open()
    assert "did not last its first minute" in room.wait_for("back")
    assert room.shown()[-1] == "Two rooms"


def test_a_story_whose_clips_fail_within_its_minute_goes_by_itself(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A fading film")
    wait_until(lambda: room.online, PATIENCE)
    with subprocess.Popen(
        room.command("put", str(film), "--when", "next_scene", "--follow"), stdout=subprocess.PIPE, text=True
    ) as put:
        room.wait_for("waits")
        for clip in (room.folder / "state" / "rooms" / "hall" / "story" / "b" / "content").glob("door.mp4"):
            clip.write_bytes(b"no film")  # a disk that goes, after the check
        said, _ = put.communicate(timeout=PATIENCE)
    assert put.returncode == 1
    assert "did not last its first minute" in said
    wait_until(lambda: room.shown()[-1] == "Two rooms", PATIENCE)
    assert room.show.process.poll() is None


def test_a_story_that_is_lost_before_it_begins_is_given_up(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A lost film")
    wait_until(lambda: room.online, PATIENCE)
    with subprocess.Popen(
        room.command("put", str(film), "--when", "next_scene", "--follow"), stdout=subprocess.PIPE, text=True
    ) as put:
        room.wait_for("waits")
        (room.folder / "state" / "rooms" / "hall" / "story" / "b" / "content" / "story.toml").write_text("no story")
        said, _ = put.communicate(timeout=PATIENCE)
    assert (put.returncode, said) == (
        1,
        "hall: refused, it can no longer be read on this room's disk; put it again\n",
    )
    assert set(room.shown()) == {"Two rooms"}


def test_a_wrong_token_opens_nothing(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A foreign film")
    keep_token(room.tokens, "hall", new_token())
    assert room.type("put", str(film)) == (
        1,
        "hall: refused, the request is signed with another token than this room's\n",
    )
    assert not (room.folder / "state" / "rooms").exists()


def test_a_venue_changes_the_rooms_file_when_it_begins_anew(room: Room, tmp_path: Path) -> None:
    summer = tmp_path / "summer.toml"
    summer.write_text('[sound]\nvolume = 0.5\n\n[privacy]\nkept_shut = "never mind"\n')
    before = (room.folder / "venue.toml").read_text()
    done = room.type("put", "--venue", str(summer), "--when", "now", "--follow")
    assert done[0] == 0, done
    assert (room.folder / "venue.toml").read_text() == f"{before}\n[sound]\nvolume = 0.5\n"
    assert (room.folder / "venue.toml.previous").read_text() == before


def test_nobody_there_is_told_as_such(room: Room, tmp_path: Path) -> None:
    film = a_film(tmp_path / "film", "A film")
    wait_until(lambda: room.online, PATIENCE)
    room.kill()
    done = subprocess.run(room.command("put", str(film)), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "hall: refused, it is not there; its show or its network is off\n")
    room.broker.kill()
    time.sleep(0.1)
    done = subprocess.run(room.command("put", str(film)), capture_output=True, text=True, check=False)
    assert done.returncode == 69
    assert "the broker cannot be reached" in done.stderr
