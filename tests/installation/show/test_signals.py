"""A button, pressed on another machine, leads the film on the wall; who watches over it sees what was heard."""

import socket
from pathlib import Path

from pythonosc.osc_message_builder import OscMessageBuilder

from calibration.settings import OscSettings, ScreenSettings
from calibration.venue import Venue
from installation.host.journal_files import read_lines
from installation.host.state_folder import room_stem, state_folder
from installation.osc.replay import steps
from installation.show.manual_mood import ManualMood
from installation.show.opening import open_show
from installation.show.view import signal_words
from scenes.machine.cue import SignalChanged
from scenes.machine.signals import SignalStanding
from scenes.story.story import load_story
from tests.clips import make_clip

STORY = """
title = "A button"
start = "door"
attract = "lamp"
safe = "lamp"
[signals.button]
osc = "/sense/button"
stale_seconds = 600
[signals.heart]
osc = "/sense/heart"
low = 40
high = 180
[scenes.lamp]
clip = "lamp.mp4"
branch = [{ to = "door", when = { signal = "button", above = 0.5 } }]
[scenes.door]
clip = "lamp.mp4"
end = true
"""


def test_a_button_on_another_machine_begins_the_film_and_is_seen_in_overlay_network_and_journal(tmp_path: Path) -> None:
    make_clip(tmp_path / "lamp.mp4", seconds=6, fps=30, size=(160, 90))
    (tmp_path / "story.toml").write_text(STORY)
    venue = Venue(name=tmp_path.name, osc=OscSettings(listen_port=0), screen=ScreenSettings(width=160, height=90))
    story = load_story(tmp_path / "story.toml")
    with open_show(story, venue, headless=True, mood_source=ManualMood()) as show:
        button = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        show.run(0.3)
        assert show._view().timeline.listens
        assert [signal_words(one) for one in show._view().signals] == ["never heard"] * 2
        assert show.parts.control is not None
        for value in (1.0, 0.0):  # a tap, let go before the next tick
            message = OscMessageBuilder("/sense/button")
            message.add_arg(value)
            button.sendto(message.build().dgram, ("127.0.0.1", show.parts.control.port))
        told = show.parts.broadcast.values
        for _ in range(100):
            if show.scene == "door" and "/scene/signal/1/name" in told():
                break
            show.run(0.1)
        assert show.scene == "door"
        assert [signal_words(one) for one in show._view().signals] == ["0 (0%)", "never heard"]
        assert not show._view().timeline.listens
        assert told()["/scene/signal/1/name"] == ("button",)
        button.close()
    journal = next((state_folder() / "journal").rglob(f"*{room_stem(venue.name)}*.jsonl"))
    lines = [line for line in read_lines(journal) if line["kind"] == "signal"]
    assert [(line["number"], line["signal"], line["known"]) for line in lines][:1] == [(1, "button", True)]
    reasons = [line["reason"] for line in read_lines(journal) if line["kind"] == "branch"]
    assert reasons[0] == "button above 0.5 (1)"
    assert next(step.said for step in steps(journal) if isinstance(step.said, SignalChanged)).signal == "button"


def test_a_signal_is_shown_in_its_senders_unit() -> None:
    assert signal_words(SignalStanding("heart", 71.6666, 0.226, 0.4)) == "71.67 (23%)"
    assert signal_words(SignalStanding("heart", None, 0.0, 12.3)) == "not heard for 12 s"
