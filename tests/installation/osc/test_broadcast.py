"""The broadcast never waits, never raises, and heals."""

from __future__ import annotations

import logging
import math
import socket
import threading
import time
from collections.abc import Iterator
from typing import Literal

import pytest

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import SCENES, mood, perform
from installation.host.console import LossReporter
from installation.host.health import Health, Sense
from installation.osc import Broadcast
from installation.osc.decoder import Received, decode
from installation.osc.registry import BY_PATH, Pace
from installation.osc.state import About
from installation.osc.udp_socket import UdpSocket
from models.mood import Mood
from scenes.machine.cue import (
    Branched,
    SceneEnded,
    SceneStarted,
    SendOsc,
    ShowState,
    SignalChanged,
    StateChanged,
    TakeStarted,
    ThreadShown,
)
from scenes.story.signals import SIGNALS_AT_MOST
from tests.installation.waiting import LONG, wait_until


class Ear:
    """A receiver that can be switched off and on again on the same port."""

    def __init__(self) -> None:
        self.socket = self._open(0)
        self.port: int = self.socket.getsockname()[1]

    def _open(self, port: int) -> socket.socket:
        ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ear.bind(("127.0.0.1", port))
        return ear

    def off(self) -> None:
        self.socket.close()

    def on(self) -> None:
        self.socket = self._open(self.port)

    def listen(self, seconds: float) -> list[Received]:
        heard: list[Received] = []
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                heard += decode(self.socket.recv(4096))
            except TimeoutError:
                break
        return heard

    def wait_for(self, address: str, seconds: float = 2.0) -> Received:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for one in self.listen(0.02):
                if one.address == address:
                    return one
        raise AssertionError(f"{address} did not come within {seconds} s")


@pytest.fixture
def ear() -> Iterator[Ear]:
    ear = Ear()
    yield ear
    ear.off()


@pytest.fixture
def losses() -> LossReporter:
    return LossReporter()


def on_air(losses: LossReporter, *targets: OscTarget) -> Broadcast:
    return Broadcast(OscSettings(targets=targets), SCENES, About("0.1", "demo", "hall"), losses)


def test_a_mood_is_on_the_wire_at_once(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.mood(mood(0.0, 1))
    assert ear.wait_for("/emo/count").values == (1,)
    broadcast.close()


def test_what_the_eye_s_link_has_told_the_tick_does_not_tell_again_after_a_newer_one(
    ear: Ear, losses: LossReporter
) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port, rate_hertz=60))

    def counts() -> set[object]:
        return {one.values[0] for one in ear.listen(0.15) if one.address == "/emo/count"}

    first, second, manual = mood(0.0, 1), mood(0.1, 2), mood(0.2, 3)
    broadcast.mood(first)
    assert ear.wait_for("/emo/count").values == (1,)
    broadcast.mood(second)
    assert ear.wait_for("/emo/count").values in {(1,), (2,)}
    counts()
    broadcast.mood_at_tick(first)
    assert counts() == {2}, "repeated at the rate, and nothing else"
    broadcast.mood_at_tick(manual)
    assert 3 in counts()
    broadcast.mood_at_tick(second)
    counts()
    assert counts() == {2}, "what comes back after another one is told"
    broadcast.close()


@pytest.mark.parametrize("profile", ["aggregate", "scalar"])
def test_whether_the_eye_is_open_is_told_at_once_and_again_each_second(
    profile: Literal["aggregate", "scalar"], ear: Ear, losses: LossReporter
) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port, profile=profile))
    broadcast.eye(False, "staff")
    heard = [(one.address.removeprefix("/emo/eye/"), one.values) for one in ear.listen(0.2)]
    assert ("open", (0,)) in heard
    assert (("why", ("staff",)) in heard) == (profile != "scalar")
    broadcast.eye(True, "open")
    assert ear.wait_for("/emo/eye/open").values == (1,)
    ear.listen(0.1)
    assert ear.wait_for("/emo/eye/open").values == (1,), "repeated, for who has missed it"
    broadcast.close()


def test_when_nobody_may_be_looked_at_whoever_was_followed_leaves_and_no_mood_is_repeated(
    ear: Ear, losses: LossReporter
) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port, profile="visitors"))
    broadcast.mood(mood(0.0, 1))
    ear.wait_for("/emo/visitor/1/id")
    broadcast.forget(1.0, "only staff is in the room")
    assert not broadcast._told, "nor is one kept"
    ear.wait_for("/emo/event/leave")
    heard = {one.address.removeprefix("/emo"): one.values for one in ear.listen(0.3)}
    broadcast.close()
    assert heard["/count"] == (0,)
    assert not heard.keys() & {"/visitor/1/id", "/visitor/1/emotions", "/event/enter"}
    assert broadcast.values()["/visitor/1/present"] == (0,)


def test_a_branch_is_told_in_numbers_and_in_words(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.cue(Branched("opening", "joy", "happiness held 1.6 s at 0.71", "happiness", 0.71))
    broadcast.cue(SceneEnded(2, "opening", 2, 7.0))
    broadcast.cue(SceneStarted(3, "joy", 3))
    broadcast.cue(StateChanged(ShowState.PLAYING, False, False))
    broadcast.cue(TakeStarted(1))
    heard = {one.address.removeprefix("/emo"): one.values for one in ear.listen(0.3)}
    broadcast.close()
    assert heard["/event/branch"][1:] == (2, 3, 2, pytest.approx(0.71))
    assert heard["/event/branch/names"] == ("opening", "joy", "happiness held 1.6 s at 0.71")
    assert heard["/event/scene/end"][1:] == (2,)
    assert heard["/event/scene/start"][1:] == (3,)
    assert (heard["/scene/id"], heard["/scene/index"], heard["/scene/state"]) == (("joy",), (3,), (2,))


def test_a_cut_to_another_thread_is_told_and_a_scene_without_threads_has_none(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.cue(SceneStarted(3, "joy", 3))
    broadcast.cue(ThreadShown(3, "joy", "she", 1, "the scene begins"))
    heard = {one.address.removeprefix("/emo"): one.values for one in ear.listen(0.3)}
    assert heard["/scene/thread"] == (1,)
    assert "/event/scene/cut" not in heard
    broadcast.cue(ThreadShown(3, "joy", "he", 2, "dark for 2 s"))
    heard = {one.address.removeprefix("/emo"): one.values for one in ear.listen(0.3)}
    assert (heard["/scene/thread"], heard["/event/scene/cut"][1:]) == ((2,), (2,))
    broadcast.cue(SceneStarted(4, "opening", 2))
    assert {one.address.removeprefix("/emo"): one.values for one in ear.listen(0.3)}["/scene/thread"] == (0,)
    broadcast.close()


def test_a_branch_by_default_names_no_emotion(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.cue(Branched("opening", "joy", "otherwise", None, 0.0))
    assert ear.wait_for("/emo/event/branch").values[1:] == (2, 3, 0, 0.0)
    broadcast.close()


def hear_signals(broadcast: Broadcast) -> None:
    for number in range(1, SIGNALS_AT_MOST + 1):
        broadcast.cue(SignalChanged(number, "heart", 90.0, 0.5, known=True))


def test_a_snapshot_is_the_whole_state_now(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port, profile="visitors"))
    broadcast.cue(SceneStarted(1, "attract", 1))
    broadcast.scene_time(1.0, 7.0)
    broadcast.house("open")
    broadcast.eye(True, "open")
    hear_signals(broadcast)
    broadcast.mood(mood(0.0, 4))
    broadcast.health(Health(1, Sense.OK, Sense.LOST, 30.0, 0.0, 1.0, 1))
    ear.listen(0.3)
    broadcast.snapshot()
    heard = {one.address.removeprefix("/emo") for one in ear.listen(0.05)}
    broadcast.close()
    events = {path for path, line in BY_PATH.items() if line.pace is Pace.EVENT}
    whole = {path for path, line in BY_PATH.items() if "aggregate" in line.profiles} - events
    whole = {path for path in whole if not path.startswith("/health/eye/")}  # there is one eye
    assert whole <= heard


def test_a_receiver_switched_off_and_on_has_the_whole_state_again(ear: Ear, losses: LossReporter) -> None:
    """When it is due is the schedule's (test_schedule, on a clock of its own); here it is heard at all."""
    events = {path for path, line in BY_PATH.items() if line.pace is Pace.EVENT}
    whole = {path for path, line in BY_PATH.items() if "aggregate" in line.profiles} - events
    whole = {path for path in whole if not path.startswith("/health/eye/")}  # there is one eye
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.house("open")
    hear_signals(broadcast)
    over = threading.Event()

    def perform_on() -> None:
        while not over.is_set():
            perform(broadcast, 0.5)

    show = threading.Thread(target=perform_on)
    show.start()
    ear.wait_for("/emo/mood/valence")
    ear.off()
    wait_until(lambda: losses.errors == 1, LONG)
    ear.on()
    heard: set[str] = set()
    limit = time.monotonic() + 20.0
    while not whole <= heard and time.monotonic() < limit:
        heard |= {one.address.removeprefix("/emo") for one in ear.listen(0.2)}
    over.set()
    show.join()
    broadcast.close()
    assert whole <= heard, whole - heard
    assert losses.errors == 1


def test_a_dead_target_and_a_name_that_nobody_answers_for_cost_the_others_nothing(
    ear: Ear, losses: LossReporter, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead, no_network = Ear(), threading.Event()
    dead.off()
    monkeypatch.setattr(logging.getLogger("chiaro"), "propagate", True)

    def unanswered(*_: object, **__: object) -> list[object]:
        no_network.wait()
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", unanswered)
    targets = (OscTarget(port=dead.port), OscTarget(host="lamp.local", port=9000), OscTarget(port=ear.port))
    moods = [mood(number / 15, 4) for number in range(100)]
    with caplog.at_level(logging.WARNING, "chiaro"):
        broadcast = on_air(losses, *targets)
        for one in moods:  # a call that waited for the network would never come back: there is none until further down
            broadcast.mood(one)
            time.sleep(0.01)
        heard = [one for one in ear.listen(0.2) if one.address == "/emo/count"]
        no_network.set()
        broadcast.close()
    assert len(heard) >= 5
    told = {
        record.message for record in caplog.records if str(dead.port) in record.message and "lost" in record.message
    }
    assert told == {f"OSC target 127.0.0.1:{dead.port} lost: nothing is listening there"}


def test_a_dead_receiver_is_reported_once_however_often_it_is_sent_to(losses: LossReporter) -> None:
    dead = Ear()
    dead.off()
    sender = UdpSocket("127.0.0.1", dead.port, losses)
    for step in range(300):
        sender.send(b"/x\0\0,\0\0\0", step / 10)
    assert losses.errors == 1
    sender.close()


def test_a_bad_value_is_told_once_and_costs_the_receivers_nothing_else(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    for _ in range(3):
        broadcast.cue(SendOsc("/lamp", (math.nan,)))
        broadcast.scene_time(math.nan, 3.0)
        broadcast.mood(Mood(captured_at=0.0, trusted=True, probabilities=(1.5,) * 8))
        time.sleep(0.02)
    broadcast.scene_time(1.0, 3.0)
    broadcast.cue(SceneStarted(1, "joy", 3))
    assert ear.wait_for("/emo/event/scene/start").values[1:] == (3,)
    broadcast.close()
    assert losses.errors == 1


def test_what_was_told_just_before_the_end_still_leaves(ear: Ear, losses: LossReporter) -> None:
    broadcast = on_air(losses, OscTarget(port=ear.port))
    broadcast.cue(StateChanged(ShowState.CLOSED, False, False))
    broadcast.close()
    assert ear.wait_for("/emo/scene/state").values == (0,)
    broadcast.mood(mood(0.0, 1))  # after the end: nothing happens
    broadcast.close()


def test_without_targets_the_show_goes_on(losses: LossReporter) -> None:
    broadcast = on_air(losses)
    broadcast.mood(mood(0.0, 1))
    broadcast.cue(SceneStarted(1, "joy", 3))
    broadcast.close()  # what waits is taken in first
    assert broadcast.values()["/scene/index"] == (3,)


def test_a_name_is_resolved_aside_and_tried_again_with_growing_pauses(
    losses: LossReporter, monkeypatch: pytest.MonkeyPatch, ear: Ear
) -> None:
    asked: list[float] = []
    now = 0.0

    def no_network(*_: object, **__: object) -> list[object]:
        asked.append(now)
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    sender = UdpSocket("lamp.local", ear.port, losses)
    for step in range(3000):
        now = step / 10
        sender.send(b"/x\0\0,\0\0\0", now)
        resolver = sender._resolver
        if resolver:
            resolver.join()
    assert 6 <= len(asked) <= 12
    assert sender.down
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_DGRAM, 17, "", ("127.0.0.1", ear.port))]
    )
    for step in range(3000, 4500):
        sender.send(b"/x\0\0,\0\0\0", step / 10)
        if sender._resolver:
            sender._resolver.join()
    assert ear.wait_for("/x")
    assert not sender.down
    sender.close()


def test_in_a_cinema_a_high_slot_is_told_free_when_its_visitor_has_gone(ear: Ear, losses: LossReporter) -> None:
    target = OscTarget(port=ear.port, profile="visitors")
    broadcast = Broadcast(OscSettings(targets=(target,), visitors=32), SCENES, About("0.1", "demo", "hall"), losses)
    there = mood(0.0, 1)
    far = there.visitors[0].model_copy(update={"slot": 20})
    broadcast.mood(there.model_copy(update={"visitors": (far,)}))
    assert ear.wait_for("/emo/visitor/20/present").values == (1,)
    broadcast.mood(mood(1.0, 0))
    assert ear.wait_for("/emo/visitor/20/present").values == (0,)
    broadcast.close()
