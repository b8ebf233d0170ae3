"""A whole show of one scene with threads and a drive: what the visitor feels is seen, sent and written."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from calibration.settings import JournalSettings, OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.bench.marked_clip import Coding, make_clip
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from scenes.story.story import load_story
from tests.installation.waiting import LONG

STORY = """
title = "A table"
start = "table"
attract = "lamp"
safe = "lamp"
[groups]
dark = ["sadness", "fear", "anger"]
[scenes.lamp]
clip = "lamp.mkv"
[scenes.table]
loop = true
maximum_seconds = 600
next = "lamp"
thread_sound = "own"
thread = [{ name = "she", clip = "she.mkv" }, { name = "he", clip = "he.mkv" }]
cut = [{ to = "he", when = { mood = "dark" }, hold_seconds = 0.2 }]
drive = [
    { what = "brightness", follow = { valence = [-0.5, 0.5] }, from = 0.4, to = 1, release_seconds = 0.2 },
    { what = "grain", follow = { mood = "dark" }, from = 0, to = 0.5 },
]
"""


def test_a_dark_face_cuts_to_the_other_thread_and_dims_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SDL_AUDIODRIVER", "dummy")
    for mark, name in enumerate(("lamp", "she", "he"), 1):
        sound = "" if name == "lamp" else "pcm_s16le"
        make_clip(tmp_path / f"{name}.mkv", mark, 1.0, (160, 90), coding=Coding(sound=sound))
    (tmp_path / "story.toml").write_text(STORY)
    venue = Venue(
        name="room",
        osc=OscSettings(listen_port=0),
        screen=ScreenSettings(width=160, height=90),
        journal=JournalSettings(folder=str(tmp_path / "journal")),
    )
    story = load_story(tmp_path / "story.toml")
    with open_show(story, venue, headless=True, mood_source=ManualMood()) as show:
        film, limit = show.parts.film, time.monotonic() + LONG

        def run_until_thread(name: str) -> None:
            while film.playhead.thread != name or show._state.response.thread != name:
                assert time.monotonic() < limit, f"the film was never cut to {name}"
                show.run(0.1)

        show.parts.rehearsal.set("happiness", 0.9, time.monotonic())
        run_until_thread("she")
        on = film.on_screen
        assert on is not None
        assert on.picture.brightness == 1.0
        show.parts.rehearsal.set("sadness", 0.9, time.monotonic())
        run_until_thread("he")
        show.run(0.5)
        assert on.picture.brightness < 0.5
        assert on.picture.grain > 0.2
        assert show._view().answers[0] == "thread he"
        assert show.parts.broadcast.values()["/scene/thread"] == (2,)
    (file,) = (tmp_path / "journal").glob("*.jsonl")
    threads = [line for line in map(json.loads, file.read_text().splitlines()) if line["kind"] == "thread"]
    assert [(line["thread"], line["reason"]) for line in threads] == [
        ("she", "the scene begins"),
        ("he", "dark for 0.2 s"),
    ]
