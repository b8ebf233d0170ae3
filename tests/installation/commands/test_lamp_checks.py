from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from calibration.venue import Venue
from installation.cli import app
from installation.commands.lamp_checks import check_lamps
from installation.host.options import DEMO
from tests.clips import make_clip

LIT = """
title = "Lit"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "lamp.mp4"
minimum_seconds = 2
lamp = [{ universe = 7, channels = [1], follow = { mood = "sadness" } }]
[scenes.door]
clip = "lamp.mp4"
end = true
cue = [{ at_seconds = 0, dmx = { universe = 2, channels = { 1 = 255 } } }]
"""


def found(lamps: dict[str, object], story: Path = DEMO) -> list[tuple[str, str, str]]:
    venue = Venue.model_validate(lamps)
    return [(finding.state, finding.where, finding.what) for finding in check_lamps(venue, story)]


def test_a_venue_and_a_story_without_lamps_say_nothing() -> None:
    assert found({}) == []


def test_each_universe_is_told_and_those_that_only_the_story_has(tmp_path: Path) -> None:
    pytest.importorskip("stupidArtnet", reason="needs the extra 'lamps'")
    make_clip(tmp_path / "lamp.mp4", seconds=3.0, fps=10, size=(160, 90))
    (tmp_path / "story.toml").write_text(LIT)
    universes = [
        {"number": 2, "protocol": "artnet", "host": "127.0.0.1"},
        {"number": 3, "protocol": "artnet", "host": "no-such-lamp.invalid"},
    ]
    rows = found({"lamps": {"universes": universes}}, tmp_path / "story.toml")
    assert [(state, where) for state, where, _ in rows] == [
        ("ok", "universe 2, artnet"),
        ("warning", "universe 3, artnet"),
        ("warning", "universe 7"),
    ]
    assert "no-such-lamp.invalid" in rows[1][2]
    assert "[[lamps.universes]]" in rows[2][2]


def test_without_the_extra_the_check_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    rows = found({"lamps": {"universes": [{}]}, "timecode": {"output": "virtual"}})
    assert [state for state, *_ in rows] == ["problem", "problem"]
    assert all("chiaroscuro[lamps]" in what for *_, what in rows)


def test_a_device_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    ((state, _, what),) = found({"timecode": {"output": str(tmp_path / "midiC1D0")}})
    assert (state, "No such file" in what) == ("problem", True)


def test_a_file_in_the_place_of_a_device_is_a_problem_and_is_not_written_to(tmp_path: Path) -> None:
    file = tmp_path / "score.mid"
    file.write_bytes(b"MThd")
    ((state, _, what),) = found({"timecode": {"output": str(file)}})
    assert (state, "is a file, not a MIDI device" in what) == ("problem", True)
    assert file.read_bytes() == b"MThd"


@pytest.mark.parametrize("output", ["virtual", "desk"])
def test_a_machine_without_midi_is_a_problem(output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> list[str]:
        raise OSError(0, "MIDI cannot be used: no sequencer")

    monkeypatch.setattr("installation.lamps.midi.port_names", fail)  # a mock: this machine may have MIDI
    ((state, _, what),) = found({"timecode": {"output": output}})
    assert (state, "no sequencer" in what) == ("problem", True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('protocol = "artnet"', "host is missing"),
        ('protocol = "artnet"\nhost = "10.0.0.9"\nnumber = 40000', "at most 32767"),
        ("number = 0", "at least 1 with sACN"),
        ("[[lamps.universes]]", "is there twice"),
        ("resting = { 513 = 1 }", "513"),
    ],
)
def test_what_no_lamp_can_be_is_refused_in_words(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "venue.toml"
    file.write_text(f"[[lamps.universes]]\n{text}\n")
    result = CliRunner().invoke(app, ["check", "--headless", "--quick", "--venue", str(file)])
    assert result.exit_code == 78
    assert told in result.output
