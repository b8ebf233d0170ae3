"""Stage and eyes over real sockets, each in a thread; what the networks see is a stand-in's."""

import random
import socket
import time
from pathlib import Path

import pytest

from installation.eyes import door
from installation.eyes.door import STRANGERS
from installation.eyes.wire import SILENT_SECONDS
from installation.host.health import Sense
from tests.installation.eyes.far_machine import FarMachine, Stage, Way, ending, free_port
from tests.installation.waiting import LONG, wait_until


def test_the_moods_of_two_machines_are_one_and_each_may_be_lost_alone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left", "right")
    left, right = (FarMachine(stage.port, name, stage.key) for name in ("left", "right"))
    with ending(stage, left, right):
        wait_until(lambda: all(one.state is Sense.OK for one in stage.eyes.each), LONG)
        assert (stage.eyes.camera, stage.eyes.model, stage.eyes.ready) == (Sense.OK, Sense.OK, True)
        assert stage.moods[-1].present
        left.end()
        wait_until(lambda: stage.lost() == ("the eye left",), LONG)
        left.sender.send_mood(left.eye.mood(time.monotonic()))  # its eye speaks until it is closed
        time.sleep(0.2)
        assert stage.lost() == ("the eye left",)
        wait_until(lambda: stage.mood().trusted, LONG)
        assert "secret" not in str(stage.eyes.remote["right"].status)
        right.end()
        wait_until(lambda: not stage.mood().trusted, LONG)
        assert set(stage.lost()) == {"the eye left", "the eye right"}


def test_what_the_stage_wants_reaches_the_eye_over_a_way_that_loses_a_third(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left")
    way = Way(stage.port, loss=0.33, jitter=0.02)
    far = FarMachine(way.port, "left", stage.key)
    with ending(stage, far, way):
        wait_until(lambda: far.eye.open, LONG)
        wait_until(lambda: stage.mood().trusted, LONG)
        stage.eyes.freeze_baseline()
        stage.eyes.forget_visitors()
        assert not stage.mood().trusted
        wait_until(lambda: (far.eye.frozen, far.eye.forgotten) == (1, 1), LONG)
        wait_until(lambda: stage.mood().trusted, LONG)
        stage.eyes.set_camera(False, "only staff is in the room")
        assert stage.mood().reason == "only staff is in the room"
        wait_until(lambda: not far.eye.open, LONG)
        assert far.eye.why == "only staff is in the room"
        wait_until(lambda: not stage.eyes.may_look, LONG)
        stage.eyes.set_on(False)
        wait_until(lambda: not far.eye.on, LONG)
        assert (far.eye.frozen, far.eye.forgotten) == (1, 1)


def test_an_eye_that_hears_nothing_closes_its_camera_and_opens_it_when_the_network_is_back(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left")
    way = Way(stage.port)
    far = FarMachine(way.port, "left", stage.key)
    with ending(stage, far, way):
        wait_until(lambda: far.eye.open, LONG)
        way.cut = True
        assert wait_until(lambda: not far.eye.open, LONG) > SILENT_SECONDS - 0.3
        wait_until(lambda: stage.lost() == ("the eye left",), LONG)
        way.cut = False
        wait_until(lambda: far.eye.open and stage.mood().trusted, LONG)
        assert stage.lost() == ()


def test_another_stage_takes_up_the_eyes_of_the_one_that_has_gone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left")
    far = FarMachine(stage.port, "left", stage.key)
    with ending(far, stage):
        wait_until(lambda: far.eye.open, LONG)
        stage.eyes.freeze_baseline()
        wait_until(lambda: far.eye.frozen, LONG)
        stage.close()
        wait_until(lambda: not far.eye.open, LONG)
        assert far.eye.why == "the show has ended"
        another = Stage(tmp_path, "left", port=stage.port)
        with ending(another):
            wait_until(lambda: far.eye.open and another.mood().trusted, LONG)
            assert (far.eye.frozen, far.eye.forgotten) == (1, 0)  # its numbers count anew


def test_strangers_are_told_once_and_change_nothing(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left")
    far, wrong = FarMachine(stage.port, "left", stage.key), FarMachine(stage.port, "left", b"another key" * 4)
    way = Way(stage.port)
    with ending(stage, far, wrong, way), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise:
        wait_until(lambda: stage.mood().trusted, LONG)
        wait_until(lambda: STRANGERS in stage.lost(), LONG)
        assert stage.losses.errors == 1
        assert not wrong.eye.open
        rng = random.Random(3)
        for _ in range(500):
            noise.sendto(rng.randbytes(rng.randrange(1, 1400)), ("127.0.0.1", stage.port))
        time.sleep(0.1)
        before = len(stage.moods)
        wait_until(lambda: len(stage.moods) > before, LONG)
        assert (stage.losses.errors, stage.mood().trusted) == (1, True)


def test_what_was_recorded_of_an_eye_lets_nobody_in_once_it_has_gone(tmp_path: Path) -> None:
    stage = Stage(tmp_path, "left")
    way = Way(stage.port)
    far = FarMachine(way.port, "left", stage.key)
    with ending(stage, far, way), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thief:
        wait_until(lambda: stage.mood().trusted, LONG)
        recorded = list(way.recorded)
        far.end()
        wait_until(lambda: not stage.mood().trusted, LONG)
        heard = len(stage.moods)
        for datagram in recorded * 2:
            thief.sendto(datagram, ("127.0.0.1", stage.port))
        time.sleep(0.3)
        assert (len(stage.moods), stage.mood().trusted) == (heard, False)


def test_an_eye_without_a_zone_stays_shut_where_the_stage_looks_only_into_one(tmp_path: Path) -> None:
    privacy = {"consent": "zone", "zone": [(0, 0), (1, 0), (1, 1)]}
    stage = Stage(tmp_path, "left", "right", privacy=privacy)
    left, right = FarMachine(stage.port, "left", stage.key, zone=True), FarMachine(stage.port, "right", stage.key)
    with ending(stage, left, right):
        wait_until(lambda: left.eye.open and "the eye right" in stage.lost(), LONG)
        assert not right.eye.open
        assert "privacy.zone" in right.eye.why


def test_a_stage_goes_on_without_a_port_and_has_it_when_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "AGAIN_SECONDS", 0.1)
    port = free_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        stage = Stage(tmp_path, "left", port=port)
        with ending(stage):
            wait_until(lambda: stage.lost() == (door.PART,), LONG)
            assert not stage.mood().trusted
            taken.close()
            wait_until(lambda: stage.lost() == (), LONG)


def test_eight_eyes_at_once(tmp_path: Path) -> None:
    names = tuple(f"eye{number}" for number in range(8))
    stage = Stage(tmp_path, *names)
    machines = [FarMachine(stage.port, name, stage.key) for name in names]
    with ending(stage, *machines):
        wait_until(lambda: all(one.state is Sense.OK for one in stage.eyes.each), LONG)
        assert [one.name for one in stage.eyes.each] == list(names)
        wait_until(lambda: stage.mood().present, LONG)
