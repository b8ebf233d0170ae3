"""The broker away, late, hanging, forgetful, or not wanted at all; and a room that hangs or is killed."""

from __future__ import annotations

import logging
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from calibration.rooms_settings import RoomsSettings
from installation.host.console import LossReporter
from installation.rooms.client import BrokerClient
from installation.rooms.link import Received
from installation.rooms.outbox import Message
from installation.rooms.reader import Condition, RoomSign
from installation.rooms.topics import topic_of
from installation.show.room_desk import open_room
from installation.show.show import Show
from scenes.machine.cue import Branched
from tests.helpers.mosquitto import Mosquitto, mosquitto, needs_mosquitto
from tests.installation.show.test_room_in_the_show import HEALED_WITHIN, House, small_show, venue_of
from tests.installation.waiting import LONG


@needs_mosquitto
def test_the_film_notices_nothing_of_a_broker_that_comes_late_hangs_and_forgets(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broker = Mosquitto(tmp_path / "broker")
    try:
        with caplog.at_level(logging.INFO, "chiaro"), small_show(tmp_path, venue_of(broker.url, "late")) as show:
            ticks = Ticks(show)
            ticks.run_until(lambda: show.parts.losses.is_lost("broker"))
            broker.start()
            house = House(show, broker)
            assert house.run_until(house.state) < HEALED_WITHIN
            ticks.slowest = 0.0
            broker.stop()
            ticks.run_until(lambda: False, 1.5)
            broker.kill()
            ticks.run_until(lambda: show.parts.losses.is_lost("broker"))
            broker.start()
            known = len(house.heard)
            healed = house.run_until(lambda: len(house.of(house.topics.state, known)) > 0)
            assert healed < HEALED_WITHIN
            house.run_until(lambda: house.of(house.topics.status, known))
            assert house.of(house.topics.info, known)
            assert house.of("homeassistant/device/chiaro_late/config", known)
            assert ticks.slowest < 2.0, "a tick has waited for the broker"
            house.client.close()
    finally:
        broker.kill()
    assert caplog.text.count("broker lost") == 2
    assert caplog.text.count("broker is back") == 2


class Ticks:
    """Runs a show tick by tick."""

    def __init__(self, show: Show) -> None:
        self._show, self.slowest = show, 0.0

    def run_until(self, true: Callable[[], object], within: float = LONG) -> None:
        until = time.monotonic() + within
        while not true() and time.monotonic() < until:
            begun = time.perf_counter()
            self._show.tick(time.monotonic())
            self.slowest = max(self.slowest, time.perf_counter() - begun)
            time.sleep(0.02)


def test_without_a_broker_nothing_of_it_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("paho", "paho.mqtt.client", "installation.show.room_desk", "installation.rooms.client"):
        monkeypatch.setitem(sys.modules, module, None)  # which none can import
    with small_show(tmp_path, venue_of("", "alone")) as show:
        show.run(0.1)
        assert show.parts.room is None


def test_without_paho_one_line_says_what_installs_it_and_the_film_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "paho", None)
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    venue = venue_of("mqtt://127.0.0.1:9", "bare")
    with caplog.at_level(logging.INFO, "chiaro"), small_show(tmp_path, venue) as show:
        Ticks(show).run_until(lambda: show.plays and show.parts.losses.is_lost("broker"))
        assert show.plays
    assert caplog.text.count("broker lost") == 1
    assert 'pip install "chiaroscuro[rooms]"' in caplog.text


@needs_mosquitto
def test_of_two_rooms_of_one_name_the_later_one_steps_back_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A show with a second room beside it, as a copied venue file makes one."""
    monkeypatch.setattr("installation.rooms.client.RETRY_SECONDS", 0.3)
    with (
        caplog.at_level(logging.INFO, "chiaro"),
        mosquitto(tmp_path / "broker") as broker,
        small_show(tmp_path, venue_of(broker.url, "twin")) as show,
    ):
        house = House(show, broker)
        house.run_until(house.state)
        losses = LossReporter()
        later = open_room(venue_of(broker.url, "Twin"), show.story, losses, show.parts.journal, None)
        try:
            house.run_until(lambda: "another room is called 'twin'" in caplog.text)
            house.run_until(lambda: not show.parts.losses.is_lost("broker"))
            show.run(1.0)  # several times as long as another try took
            assert not show.parts.losses.is_lost("broker"), "the older room is pushed out again"
            assert losses.is_lost("broker")
        finally:
            later.client.close()
            house.client.close()


@pytest.mark.parametrize(("per_second", "told"), [(0.0, False), (5.0, True)])
def test_a_mood_that_stays_in_the_room_is_in_no_event_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, per_second: float, told: bool
) -> None:
    """What would be sent is kept by the test: there is no broker."""
    sent: list[Message] = []
    monkeypatch.setattr(BrokerClient, "send", lambda _, message: sent.append(message))
    with small_show(tmp_path, venue_of("mqtt://127.0.0.1:9", "quiet", moods_per_second=per_second)) as show:
        assert show.parts.room is not None
        show.parts.room.cue(Branched("lamp", "door", "happiness held 1.6 s", "happiness", 0.7))
    (branch,) = [one for one in sent if one.topic == "chiaro/quiet/event/branch"]
    assert (b"happiness" in branch.payload) is told
    assert b'"target":"door"' in branch.payload


@needs_mosquitto
@pytest.mark.slow
def test_a_room_that_hangs_is_known_after_five_seconds_and_one_that_was_killed_at_once(tmp_path: Path) -> None:
    signs: dict[str, RoomSign] = {"hall": RoomSign()}
    changed = threading.Event()

    def hear(received: Received) -> None:
        topic = topic_of("chiaro", received.topic)
        assert topic is not None
        now, sign = time.monotonic(), signs["hall"]
        signs["hall"] = (
            sign.with_status(received.payload, now) if topic.kind == "status" else sign.with_beat(received.payload, now)
        )
        changed.set()

    def wait_for(condition: Condition, within: float) -> float:
        begun = time.monotonic()
        while signs["hall"].condition(time.monotonic()) is not condition:
            assert time.monotonic() - begun < within, f"is {signs['hall']} after {within} s, not {condition}"
            time.sleep(0.02)
        return time.monotonic() - begun

    with mosquitto(tmp_path / "broker") as broker:
        venue = tmp_path / "hall.toml"
        venue.write_text(
            f'name = "hall"\n[rooms]\nbroker = "{broker.url}"\n[osc]\nlisten = false\n[console]\nlisten = ""\n'
            '[camera]\nsource = "visitor"\n'
        )
        reader = BrokerClient(RoomsSettings(broker=broker.url), LossReporter(), "house")
        reader.listen("chiaro/hall/status", hear)
        reader.listen("chiaro/hall/beat", hear)
        reader.start()
        line = [sys.executable, "-m", "installation", "run", "--venue", str(venue), "--headless", "--seconds", "120"]
        show = subprocess.Popen(line, cwd=Path(__file__).parents[3])
        try:
            wait_for(Condition.LIVES, 60.0)
            changed.clear()
            assert changed.wait(LONG)
            show.send_signal(signal.SIGSTOP)
            assert wait_for(Condition.HANGS, 7.0) > 3.0, "the last beat was a second old at most"
            show.send_signal(signal.SIGCONT)
            wait_for(Condition.LIVES, 15.0)
            show.kill()
            assert wait_for(Condition.GONE, 5.0) < 2.0
        finally:
            show.kill()
            show.wait()
            reader.close()
