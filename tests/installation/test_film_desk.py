"""``chiaro play``: clips and stories at a maker's desk, and what stays behind after a long evening."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from calibration.toml import BadFile
from installation.bench.film_watch import rss_megabytes
from installation.bench.marked_clip import make_clip
from installation.exits import BAD_CONFIGURATION, UNAVAILABLE
from installation.playing import ScriptedHand, parse_script
from scenes.clip import Clip
from tests.installation.cinema import SIZE, cinema


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
    assert done.returncode == BAD_CONFIGURATION
    assert done.stderr.count("bad.mkv lost") == 1


def test_without_a_display_it_ends_with_69(tmp_path: Path) -> None:
    file = make_clip(tmp_path / "a.mkv", 1, 0.5, (160, 90))
    done = play(str(file), SDL_VIDEODRIVER="x11", DISPLAY=":987")
    assert done.returncode == UNAVAILABLE
    assert "DISPLAY" in done.stderr


def test_moods_come_at_their_times() -> None:
    script = parse_script("nobody@6, happiness@2,sadness@4")
    assert script == ((2.0, "happiness"), (4.0, "sadness"), (6.0, "nobody"))
    hand = ScriptedHand(script)
    seen = [(mood.present, mood.dominant) for mood in (hand.mood(100.0 + at) for at in (0, 2, 3.9, 4, 6))]
    assert seen == [(False, None), (True, "happiness"), (True, "happiness"), (True, "sadness"), (False, None)]


def test_all_faults_of_a_script_are_told_at_once() -> None:
    with pytest.raises(BadFile) as told:
        parse_script("joy@1,anger@soon")
    assert len(told.value.problems) == 2


def test_the_sound_comes_back_between_scenes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clip = Clip(make_clip(tmp_path / "a.mkv", 1, 0.5, SIZE))
    with cinema() as house:
        house.film.play(1, "a", clip)
        house.run_until(lambda: house.film.playhead.entry == 1)
        assert house.teller.is_lost("sound")
        monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
        house.film.play(2, "b", clip)
        house.run_until(lambda: house.film.playhead.entry == 2)
        house.run_until(lambda: house.sound.ok)
        assert not house.teller.is_lost("sound")


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
