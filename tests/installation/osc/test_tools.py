"""Watching, sending, replaying, reading: the tools of whoever builds the visuals."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from calibration.settings import JournalSettings, OscSettings, OscTarget
from calibration.venue import Venue
from installation.bench.osc_show import mood
from installation.cli import app
from installation.host.console import LossReporter, log
from installation.host.journal import Journal
from installation.host.journal_files import compress
from installation.osc import Control
from installation.osc.check import problems
from installation.osc.decoder import Malformed, decode
from installation.osc.docs import page
from installation.osc.encoder import bundle, free_message, message
from installation.osc.monitor import Tally
from installation.osc.replay import GAP_SECONDS, scene_names, steps
from installation.osc.replayer import play_journal
from installation.osc.sender import BadMessage, typed_message
from installation.osc.story_cues import story_cues
from models.mood import Mood
from scenes.machine.command import SetMasterVolume
from scenes.machine.cue import (
    Branched,
    SceneEnded,
    SceneStarted,
    ShowState,
    StateChanged,
    TakeEnded,
    TakeStarted,
    ThreadShown,
)
from tests.installation.osc.real_receivers import free_port, reference

DOCS = Path(__file__).parents[3] / "docs" / "osc.md"
runner = CliRunner()


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    """Commands open the log on a stderr that ends with the test."""
    before = log.handlers[:], log.propagate, log.level
    yield
    log.handlers[:], log.propagate = before[:2]
    log.setLevel(before[2])


def test_the_documentation_is_the_registry_in_words() -> None:
    assert DOCS.read_text(encoding="utf-8") == page(), "run: chiaro osc docs > docs/osc.md"


@pytest.mark.parametrize("file", ["osc.md", "receivers/README.md"])
def test_every_set_up_in_the_documentation_is_a_venue_that_can_be_meant(file: str) -> None:
    written = re.findall(r"```toml\n(.*?)```", (DOCS.parent / file).read_text(encoding="utf-8"), re.DOTALL)
    assert written
    for text in written:
        assert problems(Venue.model_validate(tomllib.loads(text)).osc) == [], text


def journal_file(folder: Path) -> Path:
    """An evening as the show's own journal writes it."""
    journal = Journal(JournalSettings(folder=str(folder), mood_hertz=30), folder, LossReporter())
    journal.cue(StateChanged(ShowState.PLAYING, False, False), mood(0, 1), 10.0)
    journal.cue(SceneStarted(1, "opening", 2), mood(0, 1), 10.0)
    for number in range(10):
        journal.mood(mood(number / 10, 2), 10.0 + number / 10)
    journal.cue(ThreadShown(1, "opening", "he", 2, "dark for 2 s"), mood(0, 1), 10.9)
    journal.note("lost", 10.95, part="camera")
    journal.cue(Branched("opening", "joy", "otherwise", None, 0.0), mood(0, 1), 11.0)
    journal.cue(SceneEnded(1, "opening", 2, 1.0), mood(0, 1), 11.0)
    journal.cue(SceneStarted(2, "joy", 3), mood(0, 1), 11.0)
    journal.close()
    (file,) = folder.glob("*.jsonl")
    return file


def test_a_journal_is_read_back_as_the_evening_it_was(tmp_path: Path) -> None:
    said = [step.said for step in steps(journal_file(tmp_path))]
    moods = [one for one in said if isinstance(one, Mood)]
    assert len(moods) == 10
    assert moods[3].probabilities == pytest.approx(mood(0.3, 2).probabilities, abs=0.001)
    assert not any(one.visitors for one in moods)
    assert [one for one in said if not isinstance(one, Mood)] == [
        StateChanged(ShowState.PLAYING, False, False),
        SceneStarted(1, "opening", 2),
        ThreadShown(1, "opening", "he", 2, "dark for 2 s"),
        Branched("opening", "joy", "otherwise", None, 0.0),
        SceneEnded(1, "opening", 2, 1.0),
        SceneStarted(2, "joy", 3),
    ]
    assert sum(step.wait for step in steps(journal_file(tmp_path / "again"))) == pytest.approx(1.0)


def test_torn_and_unknown_lines_are_passed_over_and_long_silences_cut(tmp_path: Path) -> None:
    file = journal_file(tmp_path)
    with file.open("a") as more:
        more.write('[1]\n{"kind": "mood"}\n{"t": "x", "kind": "mood", "trusted": true}\n{"kind": "dream", "t": 3}\n')
        more.write(json.dumps({"t": 9000.0, "kind": "scene_start", "scene": "dawn", "index": 5, "entry": 3}) + "\n")
        more.write('{"t": 9001.0, "kind": "mo')
    last = list(steps(file))[-1]
    assert last.said == SceneStarted(3, "dawn", 5)
    assert last.wait == GAP_SECONDS
    assert scene_names(file) == ["scene 1", "opening", "joy", "scene 4", "dawn"]


def test_a_day_that_was_compressed_is_replayed_like_any_other(tmp_path: Path) -> None:
    file = journal_file(tmp_path)
    before = list(steps(file))
    compress(file)
    assert list(steps(file.with_name(file.name + ".gz"))) == before


def test_a_long_scene_of_a_take_keeps_its_length_and_only_silence_between_takes_is_cut(tmp_path: Path) -> None:
    journal = Journal(JournalSettings(folder=str(tmp_path)), tmp_path, LossReporter())
    journal.note("show_start", 0.0)
    journal.cue(SceneStarted(1, "attract", 1), mood(0, 1), 1.0)
    journal.cue(TakeStarted(1), mood(0, 1), 4000.0)
    journal.cue(SceneStarted(2, "opening", 2), mood(0, 1), 4000.0)
    journal.cue(SceneEnded(2, "opening", 2, 90.0), mood(0, 1), 4090.0)
    journal.cue(TakeEnded(1, "left"), mood(0, 1), 4090.0)
    journal.cue(SceneStarted(3, "attract", 1), mood(0, 1), 4090.0)
    journal.cue(SceneEnded(3, "attract", 1, 5000.0), mood(0, 1), 9090.0)
    journal.close()
    (file,) = tmp_path.glob("*.jsonl")
    assert [step.wait for step in steps(file)] == [0.0, GAP_SECONDS, 90.0, 0.0, GAP_SECONDS]


def test_ten_times_as_fast_is_a_tenth_of_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=lambda seconds: now.append(now.pop() + seconds))
    monkeypatch.setattr("installation.osc.replayer.time", clock)
    assert play_journal(journal_file(tmp_path), OscSettings(), speed=10.0, loop=False) > 0
    assert now[0] - 100.0 == pytest.approx(0.1)


def test_an_evening_is_replayed_to_a_receiver(tmp_path: Path) -> None:
    file = journal_file(tmp_path)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", 0))
        with ThreadPoolExecutor(1) as pool:  # a slow machine sends more than a socket holds while nobody reads it
            hearing = pool.submit(reference, ear, 3.0)
            told = runner.invoke(
                app, ["osc", "replay", str(file), "--speed", "10", "--osc", f"127.0.0.1:{ear.getsockname()[1]}"]
            )
            assert told.exit_code == 0, told.output
            heard, _ = hearing.result()
    assert {values[1] for address, values in heard if address == "/emo/event/scene/start"} == {2, 3}
    assert any(address == "/emo/event/branch" and values[1:4] == (2, 3, 0) for address, values in heard)
    assert any(address == "/emo/mood/emotions" for address, _ in heard)


@pytest.mark.parametrize("arguments", [["/nowhere.jsonl"], ["EMPTY"], ["EMPTY", "--osc", "here"]])
def test_a_journal_that_cannot_be_replayed_is_told_in_one_line(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    told = runner.invoke(
        app, ["osc", "replay", *[a.replace("EMPTY", str(tmp_path / "empty.jsonl")) for a in arguments]]
    )
    assert told.exit_code == 78
    assert "Traceback" not in told.output


def test_a_replay_offers_the_profiles_of_a_target(tmp_path: Path) -> None:
    told = runner.invoke(app, ["osc", "replay", str(tmp_path / "none.jsonl"), "--profile", "loud"])
    assert told.exit_code == 78
    assert "'loud' is not one of aggregate, visitors, scalar, events" in told.output
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind(("127.0.0.1", port))
        asked = [str(journal_file(tmp_path)), "--speed", "10", "--osc", f"127.0.0.1:{port}", "--profile", "scalar"]
        assert runner.invoke(app, ["osc", "replay", *asked]).exit_code == 0
        heard, tally = reference(ear, 0.3)
    assert any(address == "/emo/mood/happiness" for address, _ in heard)
    assert {one.fault for one in tally.heard.values()} == {""}, "the monitor knows what the profile sends"


def test_nobody_who_answers_is_told_and_gives_an_exit_code_of_its_own() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mute:
        mute.bind(("127.0.0.1", 0))
        asked = ["osc", "send", "/emo/control/ping", "--port", str(mute.getsockname()[1])]
        told = runner.invoke(app, [*asked, "--wait", "0.05"])
        assert told.exit_code == 69
        assert f"127.0.0.1:{mute.getsockname()[1]}: nobody answered within 0.05 s" in told.output
        told = runner.invoke(app, [*asked, "--wait", "0"])
        assert (told.exit_code, told.output) == (0, "")


def test_a_name_that_has_both_kinds_of_numbers_is_reached_by_ipv4(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in for a machine whose localhost is ::1 first, where the show listens on 127.0.0.1."""

    def both(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        assert host == "localhost"
        return [
            (socket.AF_INET6, socket.SOCK_DGRAM, 17, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("127.0.0.1", port)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    control = Control(OscSettings(listen_port=0), (), LossReporter())
    try:
        asked = ["osc", "send", "/emo/control/ping", "--host", "localhost", "--port", str(control.port)]
        assert "/emo/reply/ping 0 pong" in runner.invoke(app, asked).output
    finally:
        control.close()


def test_what_can_be_no_name_of_a_machine_is_told_in_a_line() -> None:
    told = runner.invoke(app, ["osc", "send", "/emo/control/ping", "--host", "lamp..local"])
    assert (told.exit_code, told.output) == (69, "x lamp..local:9001: is not a possible host name\n")


def test_a_button_let_go_is_answered_too() -> None:
    control = Control(OscSettings(listen_port=0), ("attract", "joy"), LossReporter())
    try:
        told = runner.invoke(app, ["osc", "send", "/emo/control/next", "0.0", "--port", str(control.port)])
        assert (told.exit_code, told.output) == (0, "/emo/reply/next 0 released\n")
        assert control.drain() == []
    finally:
        control.close()


def test_a_command_is_sent_by_hand_and_its_answer_printed() -> None:
    control = Control(OscSettings(listen_port=0), ("attract", "joy"), LossReporter())
    try:
        port = str(control.port)
        assert (
            "/emo/reply/ping 0 pong" in runner.invoke(app, ["osc", "send", "/emo/control/ping", "--port", port]).output
        )
        told = runner.invoke(app, ["osc", "send", "/emo/control/goto", "jo", "--port", port]).output
        assert "/emo/reply/goto 1 there is no scene 'jo'; did you mean 'joy'?" in told
        runner.invoke(app, ["osc", "send", "/emo/control/volume", "-0.5", "--port", port, "--wait", "0.1"])
        (command,) = control.drain()
        assert isinstance(command, SetMasterVolume)
        assert command.level == 0.0
    finally:
        control.close()


@pytest.mark.parametrize(
    ("words", "tags", "wanted"),
    [
        (["1", "1.0", "x", "true"], "", ("ifsT", (1, 1.0, "x", True))),
        (["1"], "f", ("f", (1.0,))),
        (["1"], "s", ("s", ("1",))),
    ],
)
def test_words_are_taken_as_a_person_means_them(
    words: list[str], tags: str, wanted: tuple[str, tuple[object, ...]]
) -> None:
    (one,) = decode(typed_message("/x", words, tags))
    assert (one.tags, one.values) == wanted


def test_an_option_that_there_is_not_is_no_word_of_the_message() -> None:
    told = runner.invoke(app, ["osc", "send", "/emo/control/closed", "1", "--prot", "9133"])
    assert (told.exit_code, told.output) == (78, "x --prot is no option of this command; --help lists them\n")


@pytest.mark.parametrize(
    ("address", "words", "tags"), [("x", [], ""), ("/x", ["a"], "i"), ("/x", ["1"], "ii"), ("/x", [str(2**31)], "")]
)
def test_words_that_make_no_message_are_refused_in_words(address: str, words: list[str], tags: str) -> None:
    with pytest.raises(BadMessage):
        typed_message(address, words, tags)


def test_the_monitor_counts_rates_sizes_losses_and_broken_promises() -> None:
    tally = Tally()
    for number in (1, 2, 5):
        frame = message("/frame", number).encode("/emo/frame")
        tally.receive(bundle([frame, message("/mood/valence", 0.5).encode("/emo/mood/valence")]), number / 10)
    tally.receive(message("/count", 1).encode("/emo/mood/dominance"), 0.5)
    tally.receive(message("/count", 50).encode("/emo/mood/dominant"), 0.5)
    tally.receive(b"#bundle\0" + bytes(8) + struct.pack(">i", -4), 0.5)
    assert (tally.packets, tally.messages, tally.gaps, tally.malformed) == (6, 8, 2, 1)
    assert tally.heard["/emo/mood/valence"].rate(0.5) == pytest.approx(1.0)
    assert tally.heard["/emo/mood/valence"].fault == ""
    assert "not in the registry" in tally.heard["/emo/mood/dominance"].fault
    assert "50 is not between 0 and 8" in tally.heard["/emo/mood/dominant"].fault


STORY = """
start = "one"
attract = "wait"
safe = "wait"
[scenes.wait]
clip = "not there.png"
[scenes.one]
clip = "nor there.mp4"
next = "wait"
cue = [
    { at_seconds = 0, osc = { address = "/light/key", arguments = [0.5] } },
    { at_seconds = 1, osc = { address = "/light/key", arguments = ["warm", 1] } },
    { at_seconds = 2, osc = { address = "/strobe" } },
]
"""


def test_the_monitor_knows_the_cues_of_the_story_and_nothing_but_them(tmp_path: Path) -> None:
    file = tmp_path / "story.toml"
    file.write_text(STORY)
    cues = story_cues(file)
    assert cues == {"/light/key": {"f", "si"}, "/strobe": {""}}
    known, unknown = Tally(cues=cues), Tally()
    for address, values in (("/light/key", (0.5,)), ("/light/key", ("warm", 1)), ("/strobe", ())):
        sent = free_message(address, values).encode("/emo" + address)
        known.receive(sent, 0.0)
        unknown.receive(sent, 0.0)
        assert known.heard["/emo" + address].fault == ""
        assert "name it with --story" in unknown.heard["/emo" + address].fault
    for address, values, fault in (
        ("/emo/light/key", (1,), "has type tags i, the story sends f or si"),
        ("/emo/light/kex", (0.5,), "neither in the registry nor a cue of the story; did you mean '/light/key'?"),
        ("/emo/mood/valense", (0.5,), "not in the registry; did you mean '/mood/valence'?"),
        ("/light/key", (0.5,), "not in the registry"),
    ):
        known.receive(free_message(address, values).encode(address), 0.0)
        assert known.heard[address].fault == fault


def test_a_monitor_with_a_story_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    told = runner.invoke(app, ["osc", "monitor", "--story", str(tmp_path / "none.toml"), "--seconds", "0.1"])
    assert told.exit_code == 78
    assert "no such story" in told.output


def test_the_monitor_prints_every_message_as_it_comes() -> None:
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "installation",
        "osc",
        "monitor",
        "--port",
        str(port),
        "--lines",
        "--seconds",
        "30",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as monitor:
        ending = threading.Event()

        def send() -> None:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
                while not ending.wait(0.1):
                    way.sendto(message("/mood/valence", 0.25).encode("/emo/mood/valence"), ("127.0.0.1", port))

        sending = threading.Thread(target=send)
        sending.start()
        assert monitor.stdout is not None
        line = monitor.stdout.readline()
        ending.set()
        sending.join()
        monitor.kill()
    assert line.split()[1:] == ["/emo/mood/valence", "f", "0.250"]


@pytest.mark.parametrize(
    "datagram",
    [b"", b"#bundle\0", b"x", b"/x\0\0,i\0\0", b"#bundle\0" + bytes(8) + struct.pack(">i", 400), b"/x\0\0i\0\0\0"],
)
def test_what_is_no_osc_is_told_as_such(datagram: bytes) -> None:
    if datagram == b"#bundle\0":
        assert list(decode(datagram)) == []
    else:
        with pytest.raises(Malformed):
            list(decode(datagram))


def test_a_letter_that_is_no_type_tag_is_refused_and_not_logged_as_it_came(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(Malformed, match="type tag"):
        list(decode(b"/x\0\0,\x1bi\0" + bytes(4)))
    assert not caplog.records


def test_what_no_show_can_mean_is_found_before_the_doors_open() -> None:
    addresses = {"/scene/idx": "/a", "/event/scene/start": "/cue/{nr}/go", "/scene/index": "bad one", "/lamp/go": "/x"}
    found = problems(OscSettings(listen_host="0.0.0.0", targets=(OscTarget(addresses=addresses),)))  # noqa: S104 - a string in a test
    assert len(found) == 4
    assert "did you mean '/scene/id'" in found[0]
    assert "it has sequence, index" in found[1]
    assert "'bad one' is not a complete address" in found[2]
    assert "accepts commands from this machine only" in found[3]
    assert problems(OscSettings(targets=(OscTarget(addresses={"/scene/index": ""}),))) == []
