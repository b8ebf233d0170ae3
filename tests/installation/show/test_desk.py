"""``chiaro play``: clips and stories at a maker's desk, and what stays behind after a long evening."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import get_args, get_type_hints

import pygame
import pytest
from typer.testing import CliRunner

from calibration.errors import Exit
from installation.bench.film_watch import rss_megabytes
from installation.bench.marked_clip import Coding, make_clip
from installation.cli import app
from installation.commands.play import TRANSITIONS
from installation.show.desk import Desk
from installation.show.keys import Controls
from scenes.story.clip import Clip, Transition
from tests.installation.film.cinema import SIZE, cinema
from tests.installation.film.x_server import needs_x_server, x_server


def play(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    quiet = {"SDL_AUDIODRIVER": "dummy", "SDL_VIDEODRIVER": "dummy"}
    return subprocess.run(
        [sys.executable, "-m", "installation", "play", *arguments],
        env=os.environ | quiet | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_clips_play_one_after_another_and_a_broken_one_is_passed_over(tmp_path: Path) -> None:
    files = [str(make_clip(tmp_path / f"{mark}.mkv", mark, 0.5, (160, 90))) for mark in (1, 2)]
    done = play("--headless", files[0], files[1])
    assert done.returncode == 0, done.stderr
    (tmp_path / "bad.mkv").write_bytes(b"no film")
    done = play("--headless", files[0], str(tmp_path / "bad.mkv"), files[1], "--transition", "crossfade")
    assert done.returncode == Exit.BAD_CONFIGURATION
    assert done.stderr.count("bad.mkv lost") == 1


def test_clips_that_are_not_there_are_all_told_before_a_window_opens(tmp_path: Path) -> None:
    done = play(str(tmp_path / "one.mp4"), str(tmp_path / "two.png"), SDL_VIDEODRIVER="x11", DISPLAY=":987")
    assert done.returncode == Exit.BAD_CONFIGURATION
    told = [line.rpartition("/")[2] for line in done.stderr.splitlines()]
    assert told == ["one.mp4: no such file", "two.png: no such file"]


def test_a_story_without_one_of_its_clips_is_played_and_that_is_told(tmp_path: Path) -> None:
    make_clip(tmp_path / "lamp.mkv", 1, 1.0, (160, 90))
    head = 'title = "T"\nstart = "door"\nattract = "lamp"\nsafe = "lamp"\n'
    scenes = '[scenes.lamp]\nclip = "lamp.mkv"\nloop = true\n[scenes.door]\nclip = "door.mkv"\nend = true\n'
    (tmp_path / "story.toml").write_text(head + scenes)
    done = play("--headless", str(tmp_path), "--seconds", "0.2")
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("door.mkv") == 1


def press(key: int) -> None:
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=key))


def test_at_the_desk_the_keys_do_what_the_help_says(tmp_path: Path) -> None:
    files = [make_clip(tmp_path / f"{mark}.mkv", mark, 5.0, SIZE, coding=Coding(sound="")) for mark in (1, 2)]
    with cinema() as house:
        desk = Desk(house.film, files, Transition(), Controls(volume=0.5))

        def run(seconds: float, *keys: int) -> None:
            for key in keys:
                press(key)
            for _ in range(round(seconds * 60)):
                house.ready()
                house.decoded()
                house.now += 1 / 60
                desk.tick(house.now)

        run(0.5)
        assert house.film.playhead.entry == 1
        run(0.1, pygame.K_n)
        assert house.film.playhead.entry == 2
        run(1.0, pygame.K_b)
        assert house.screen.level == 0.0
        run(1.0, pygame.K_b)
        assert house.screen.level == 1.0
        run(0.1, pygame.K_UP)
        assert house.sound.mixer._volume == pytest.approx(0.55)
        at = house.film.playhead.seconds
        run(1.0, pygame.K_SPACE)
        assert house.film.playhead.seconds == pytest.approx(at, abs=0.02)
        run(0.1, pygame.K_SPACE, pygame.K_ESCAPE)
        assert house.screen.asked, "the question whether to end is not shown"
        assert not desk.ending
        run(0.1, pygame.K_n)  # after the last one
        assert desk.ending


def test_without_a_display_it_ends_with_69(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 1, 0.5, (160, 90))
    done = play(str(file), SDL_VIDEODRIVER="x11", DISPLAY=":987")
    assert done.returncode == Exit.UNAVAILABLE
    assert "DISPLAY" in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_memory_and_threads_are_flat_over_two_thousand_scenes(tmp_path: Path) -> None:
    clips = {name: Clip(make_clip(tmp_path / f"{name}.mkv", mark, 0.2, SIZE)) for mark, name in enumerate("abcd", 1)}
    names, sizes = list(clips), []
    with cinema() as house:
        for entry in range(1, 2001):
            name = names[entry % 4]
            house.film.play(entry, name, clips[name])
            house.run_until(lambda entry=entry: house.film.playhead.entry == entry)  # type: ignore[misc]
            house.film.prepare({other: clips[other] for other in names if other != name})
            if entry % 200 == 0:
                sizes.append(rss_megabytes())
        assert len(threading.enumerate()) < 40
    assert sizes[-1] - sizes[1] < 25, f"memory in MB each 200 scenes: {sizes}"


@needs_x_server
def test_a_display_server_that_dies_ends_the_film_with_69_and_one_line(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 1, 20.0, (160, 90))
    with x_server(tmp_path) as server:
        film = subprocess.Popen(
            [sys.executable, "-m", "installation", "play", "--window", "320x180", str(file)],
            env=os.environ | {"DISPLAY": server.name, "SDL_VIDEODRIVER": "x11", "SDL_AUDIODRIVER": "dummy"},
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            limit = time.monotonic() + 30
            while _windows(server.name) == 0:
                assert time.monotonic() < limit, "no window was opened"
                time.sleep(0.1)
            time.sleep(0.5)
            server.process.kill()
            _, told = film.communicate(timeout=20)
        finally:
            film.kill()
    assert film.returncode == Exit.UNAVAILABLE
    assert told.count("the display is lost") == 1


def _windows(display: str) -> int:
    """Windows on an X display, as ``xwininfo`` counts them (1 where it is not installed, after a while)."""
    tool = shutil.which("xwininfo")
    if tool is None:
        time.sleep(5)
        return 1
    found = subprocess.run(
        [tool, "-root", "-children", "-display", display], capture_output=True, text=True, check=False
    )
    return found.stdout.count("chiaroscuro")


def test_a_transition_that_is_none_is_refused_with_the_nearest_and_all_of_them_stand_in_the_help() -> None:
    done = play("--headless", "x.mp4", "--transition", "crosfade")
    assert done.returncode == Exit.BAD_CONFIGURATION
    told = "x --transition: 'crosfade' is not one of cut, crossfade, dip, hold; did you mean 'crossfade'?"
    assert " ".join(done.stderr.split()) == told
    assert "cut|crossfade|dip|hold" in CliRunner().invoke(app, ["play", "-h"], env={"COLUMNS": "200"}).output


def test_the_transitions_of_the_command_are_those_of_the_player() -> None:
    assert get_args(get_type_hints(Transition)["kind"]) == TRANSITIONS
