"""What the check and the doctor find of the sign; the pins over the real library gpiod and a double of its chip."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from calibration.venue import Venue
from installation.commands.sign_checks import check_sign, sign_row
from installation.host.options import DEMO
from tests.clips import make_clip

STORY = """
title = "Lit"
start = "door"
attract = "lamp"
safe = "lamp"
[scenes.lamp]
clip = "lamp.mp4"
minimum_seconds = 2
lamp = [{ universe = 2, channels = [1, 9], follow = { mood = "sadness" } }]
[scenes.door]
clip = "lamp.mp4"
end = true
cue = [{ at_seconds = 0, dmx = { universe = 2, channels = { 1 = 255 } } }]
"""
UNIVERSE = {"number": 2, "protocol": "artnet", "host": "127.0.0.1"}
CHIP = "/dev/gpiochip7"


def venue_of(dmx: dict[str, int] | None = None, gpio: object = None, **privacy: object) -> dict[str, object]:
    sign = {"dmx": dmx or {}, "gpio": gpio or {}}
    return {"lamps": {"universes": [UNIVERSE]}, "privacy": {"sign": sign, **privacy}}


def found(venue: dict[str, object], story: Path = DEMO, show: int = 0) -> list[tuple[str, str]]:
    return [(one.state, one.what) for one in check_sign(Venue.model_validate(venue), story, show)]


@pytest.fixture
def lamp_story(tmp_path: Path) -> Path:
    make_clip(tmp_path / "lamp.mp4", seconds=3.0, fps=10, size=(160, 90))
    (tmp_path / "story.toml").write_text(STORY)
    return tmp_path / "story.toml"


@pytest.fixture
def chip(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    pytest.importorskip("gpiod", reason="needs the extra 'privacy' on Linux: pins were not tried")
    from tests.installation.pins.simulated_chip import SimulatedChip

    with closing(SimulatedChip(monkeypatch)) as simulated:
        yield simulated


def test_a_venue_without_a_sign_says_nothing() -> None:
    assert found({}) == []


def test_a_channel_that_is_the_signs_alone_is_as_it_should_be(lamp_story: Path) -> None:
    ((state, _),) = found(venue_of({"universe": 2, "channel": 40}), lamp_story)
    assert state == "ok"


def test_a_universe_that_the_venue_does_not_have_and_a_value_that_lights_nothing_are_problems() -> None:
    ((state, what),) = found(venue_of({"universe": 3}))
    assert (state, "[[lamps.universes]]" in what) == ("problem", True)
    ((state, what),) = found(venue_of({"universe": 2, "open": 0}))
    assert (state, "1 to 255" in what) == ("problem", True)


@pytest.mark.parametrize(("channel", "scene"), [(1, "'door'"), (9, "'lamp'")])
def test_a_story_that_moves_the_signs_channel_is_told_that_it_cannot(
    channel: int, scene: str, lamp_story: Path
) -> None:
    rows = found(venue_of({"universe": 2, "channel": channel}), lamp_story)
    assert any(state == "warning" and scene in what for state, what in rows)


def test_a_resting_value_for_the_signs_channel_has_no_effect() -> None:
    venue = venue_of({"universe": 2, "channel": 5})
    venue["lamps"] = {"universes": [{**UNIVERSE, "resting": {"5": 9}}]}
    assert found(venue)[0][0] == "warning"


def test_a_chip_that_is_missing_is_a_problem_for_the_check_and_a_warning_for_the_doctor() -> None:
    pytest.importorskip("gpiod", reason="needs the extra 'privacy' on Linux: a missing chip was not looked for")
    venue = venue_of(gpio={"chip": "/dev/gpiochip-of-nobody"})
    ((state, what),) = found(venue)
    assert (state, "No such file" in what) == ("problem", True)
    row = sign_row(Venue.model_validate(venue))
    assert row.state == "warning"
    assert "lamp on /dev/gpiochip-of-nobody line 0" in row.what
    assert "No such file" in row.what


def test_without_the_extra_the_check_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    ((state, what),) = found(venue_of(gpio={"chip": CHIP}))
    assert (state, "chiaroscuro[privacy]" in what) == ("problem", True)


@pytest.mark.usefixtures("chip")
def test_a_line_that_is_free_or_does_not_exist() -> None:
    assert found(venue_of(gpio={"chip": CHIP, "line": 3})) == [("ok", "is free")]
    assert found(venue_of(gpio={"chip": CHIP, "line": 99})) == [("problem", "cannot be used: the chip has no line 99")]


def test_a_line_that_another_program_has_is_a_problem_and_that_of_the_running_show_is_not(chip: object) -> None:
    venue = venue_of(gpio={"chip": CHIP, "line": 3})
    chip.user = "fan"  # type: ignore[attr-defined]
    assert found(venue, show=7)[0] == ("problem", "is used by fan")
    chip.user = "chiaroscuro"  # type: ignore[attr-defined]
    assert found(venue)[0] == ("problem", "is used by chiaroscuro")
    ((state, what),) = found(venue, show=7)
    assert (state, "process 7" in what) == ("ok", True)


@pytest.mark.usefixtures("chip")
def test_lamp_and_button_need_lines_of_their_own_and_a_button_needs_its_consent_mode() -> None:
    line = {"chip": CHIP, "line": 3}
    rows = found(venue_of(gpio=line, button=line))
    assert [what for state, what in rows if state == "problem"] == [
        "is on the same line as the sign's lamp; choose another"
    ]
    assert [what for state, what in rows if state == "warning"] == ["has no effect with consent = 'none'"]
    assert found(venue_of(button={"chip": CHIP, "line": 4}, consent="button")) == [("ok", "is free")]


def test_the_doctor_says_when_the_eye_may_look_and_what_says_so() -> None:
    row = sign_row(Venue.model_validate(venue_of({"universe": 2, "channel": 40}, consent="button")))
    assert row.what == "consent = 'button'; the sign is channel 40 of universe 2"
    assert "no sign in the room" in sign_row(Venue()).what
