"""Lamps, heard by real receivers on this machine: the library sacn's own, and Art-Net taken apart byte by byte."""

from __future__ import annotations

import queue
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from calibration.lamp_settings import LampSettings
from calibration.privacy_settings import DmxChannel
from installation.host.console import LossReporter
from installation.lamps.lamps import REPEATS, Lamps
from tests.installation.waiting import LONG, wait_until

sacn = pytest.importorskip("sacn", reason="needs the extra 'lamps'")
StupidArtnetServer = pytest.importorskip("stupidArtnet", reason="needs the extra 'lamps'").StupidArtnetServer

ARTNET = 18
"""Bytes before the values of an ArtDmx packet."""


def settings(protocol: str, port: int, **more: object) -> LampSettings:
    universe = {"number": 3, "protocol": protocol, "host": "127.0.0.1", "port": port, "resting": {"1": 40}, **more}
    return LampSettings.model_validate({"universes": [universe], "rest_seconds": 0.1})


@contextmanager
def lamps_of(told: LampSettings, losses: LossReporter | None = None, sign: DmxChannel | None = None) -> Iterator[Lamps]:
    with closing(Lamps(told, losses or LossReporter(), sign)) as lamps:
        yield lamps


@pytest.fixture
def heard() -> Iterator[tuple[int, queue.SimpleQueue[tuple[float, bytes]]]]:
    """A UDP port, and what arrives there with its time. Closed by its end."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as port:
        port.bind(("127.0.0.1", 0))
        port.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        port.settimeout(0.02)
        got: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        ends = threading.Event()

        def listen() -> None:
            while not ends.is_set():
                try:
                    got.put((time.monotonic(), port.recv(2048)))
                except TimeoutError:
                    continue

        thread = threading.Thread(target=listen, daemon=True)
        thread.start()
        yield port.getsockname()[1], got
        ends.set()
        thread.join()


def taken(got: queue.SimpleQueue[tuple[float, bytes]]) -> list[tuple[float, bytes]]:
    found = []
    while not got.empty():
        found.append(got.get())
    return found


def test_the_receiver_of_sacn_sees_the_resting_value_a_fade_and_the_end() -> None:
    """The receiver is the library's own, joined to the universe's multicast on the loopback."""
    frames, ends = [], []
    receiver = sacn.sACNreceiver(bind_address="127.0.0.1")

    @receiver.listen_on("universe", universe=3)  # type: ignore[untyped-decorator]
    def see(packet: object) -> None:
        frames.append((packet.priority, packet.sourceName, packet.dmxData))  # type: ignore[attr-defined]

    @receiver.listen_on("availability")  # type: ignore[untyped-decorator]
    def change(universe: int, changed: str) -> None:
        ends.append((universe, changed))

    try:
        receiver.start()
    except OSError as error:
        pytest.skip(f"the port of sACN is taken here: {error}")
    try:
        with lamps_of(settings("sacn", 5568, priority=120), sign=DmxChannel(universe=3, channel=9)) as lamps:
            wait_until(lambda: frames, LONG)
            assert (frames[0][0], frames[0][1], frames[0][2][:3]) == (120, "chiaroscuro", (40, 0, 0))
            lamps.fade(3, {1: 240, 2: 10}, 0.4)
            wait_until(lambda: frames[-1][2][:2] == (240, 10), LONG)
            between = {frame[2][0] for frame in frames} - {40, 240}
            assert between, "it came in one step"
            lamps.show_sign(True)
            wait_until(lambda: frames[-1][2][8] == 255, LONG)
        wait_until(lambda: (3, "timeout") in ends, LONG)
        assert frames[-1][2][0] == 40, "at the end the lamp is at rest"
        assert {frame[2][8] for frame in frames} == {0, 255}, "the sign does not fade"
    finally:
        receiver.stop()


def test_an_art_net_node_gets_numbered_packets_and_nothing_but_signs_of_life_while_nothing_changes(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]],
) -> None:
    port, got = heard
    with lamps_of(settings("artnet", port)) as lamps:
        time.sleep(1.5)
        still = taken(got)
        assert REPEATS <= len(still) <= REPEATS + 2
        lamps.fade(3, {2: 200}, 0.5)
        time.sleep(0.8)
        moved = taken(got)
    packets = [packet for _, packet in still + moved]
    assert all(packet[:12] == b"Art-Net\0\x00\x50\x00\x0e" for packet in packets)
    assert all(packet[14:18] == b"\x03\x00\x02\x00" for packet in packets), "universe 3, 512 values"
    numbers = [packet[12] for packet in packets]
    assert numbers == list(range(1, len(numbers) + 1)), "0 would say that they are not numbered"
    values = [packet[ARTNET + 1] for _, packet in moved]
    assert values == sorted(values)
    assert values[-REPEATS:] == [200] * REPEATS
    assert len(set(values)) <= 22, "more than 40 frames a second"


def test_a_lamp_that_is_moved_at_every_tick_is_sent_at_the_pace_of_dmx(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]],
) -> None:
    port, got = heard
    with lamps_of(settings("artnet", port)) as lamps:
        wait_until(lambda: not got.empty(), LONG)
        started = time.monotonic()
        for value in range(100):
            lamps.fade(3, {1: value}, 0.0)
            time.sleep(0.005)
        packets, passed = taken(got), time.monotonic() - started
    assert 3 < len(packets) <= passed * 40 + 3


def test_a_receiver_that_is_gone_is_not_asked_for_again_at_every_tick(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []

    def refuse(_: object) -> None:
        tried.append(time.monotonic())
        raise OSError(113, "No route to host")

    monkeypatch.setattr("installation.lamps.lamps.open_wire", refuse)  # a mock: this machine's routes stay as they are
    with lamps_of(settings("artnet", 6454)) as lamps:
        wait_until(lambda: tried, LONG)
        for value in range(50):
            lamps.fade(3, {1: value}, 0.0)
            time.sleep(0.005)
    assert len(tried) == 1


def test_while_the_house_is_closed_the_lamps_rest_and_then_are_as_the_story_wants_them(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]],
) -> None:
    port, got = heard
    last: list[bytes] = [b""]

    def lamp() -> list[int]:
        for _, packet in taken(got):
            last[0] = packet
        return list(last[0][ARTNET : ARTNET + 3])

    with lamps_of(settings("artnet", port, resting={"1": 40, "3": 7})) as lamps:
        lamps.fade(3, {1: 200, 2: 90}, 0.0)
        wait_until(lambda: lamp() == [200, 90, 7], LONG)
        lamps.set_on(False)
        wait_until(lambda: lamp() == [40, 0, 7], LONG)
        lamps.fade(3, {2: 30}, 0.0)  # attract goes on in the dark
        time.sleep(0.2)
        assert lamp() == [40, 0, 7]
        lamps.set_on(True)
        wait_until(lambda: lamp() == [200, 30, 7], LONG)
    wait_until(lambda: lamp() == [40, 0, 7], LONG)


def test_the_signs_channel_says_what_is_so_whatever_story_and_house_want(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]],
) -> None:
    port, got = heard
    packets: list[bytes] = []

    def lamp() -> list[int]:
        packets.extend(packet for _, packet in taken(got))
        return list(packets[-1][ARTNET : ARTNET + 3]) if packets else []

    told = settings("artnet", port, resting={"1": 40, "3": 7})
    with lamps_of(told, sign=DmxChannel(universe=3, channel=3, open=250)) as lamps:
        wait_until(lambda: lamp() == [40, 0, 0], LONG)
        lamps.fade(3, {2: 90, 3: 99}, 0.0)
        wait_until(lambda: lamp() == [40, 90, 0], LONG)
        lamps.show_sign(True)
        wait_until(lambda: lamp() == [40, 90, 250], LONG)
        lamps.fade(3, {2: 80, 3: 0}, 0.2)
        wait_until(lambda: lamp() == [40, 80, 250], LONG)
        lamps.set_on(False)
        wait_until(lambda: lamp() == [40, 0, 250], LONG)  # the house rests; the eye has not closed yet
        lamps.show_sign(False)
        wait_until(lambda: lamp() == [40, 0, 0], LONG)
        lamps.set_on(True)
        wait_until(lambda: lamp() == [40, 80, 0], LONG)
        lamps.show_sign(True)
        wait_until(lambda: lamp() == [40, 80, 250], LONG)
        lamps.rest(0.0)
        wait_until(lambda: lamp() == [40, 0, 250], LONG)
        lamps.show_sign(False)
    wait_until(lambda: lamp() == [40, 0, 0], LONG)
    assert {packet[ARTNET + 2] for packet in packets} == {0, 250}, "it is open or shut, and never on a way between"


def test_the_art_net_receiver_of_stupid_artnet_sees_the_sign() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("", 0))
        port = free.getsockname()[1]
    receiver = StupidArtnetServer(port)
    seen: list[int] = []
    listener = receiver.register_listener(3, callback_function=lambda values: seen.append(values[1]))
    with lamps_of(settings("artnet", port), sign=DmxChannel(universe=3, channel=2, open=200)) as lamps:
        wait_until(lambda: 0 in seen, LONG)
        lamps.show_sign(True)
        wait_until(lambda: seen[-1] == 200, LONG)
        receiver.listen = False  # it ends with the packet that comes next
    receiver.delete_listener(listener)


def test_the_end_of_an_sacn_stream_is_told_three_times_with_the_lamps_at_rest(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]],
) -> None:
    port, got = heard
    packets: list[bytes] = []

    def arrived() -> list[bytes]:
        packets.extend(packet for _, packet in taken(got))
        return packets

    with lamps_of(settings("sacn", port)) as lamps:
        lamps.fade(3, {1: 200}, 0.0)
        wait_until(lambda: arrived() and packets[-1][126] == 200, LONG)
    ended = 0x40  # Stream_Terminated of E1.31, 6.2.6
    wait_until(lambda: sum(packet[112] & ended > 0 for packet in arrived()) == 3, LONG)
    assert [packet[126] for packet in packets if packet[112] & ended] == [40] * 3


def test_a_receiver_that_cannot_be_reached_is_told_once_and_the_others_go_on(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]], caplog: pytest.LogCaptureFixture
) -> None:
    port, got = heard
    losses = LossReporter()
    known = {"number": 1, "protocol": "artnet", "host": "127.0.0.1", "port": port}
    unknown = {"number": 2, "protocol": "artnet", "host": "no-such-lamp.invalid"}
    with lamps_of(LampSettings.model_validate({"universes": [known, unknown]}), losses) as lamps:
        wait_until(lambda: losses.lost_names() == ("lamps of universe 2",), LONG)
        lamps.fade(2, {1: 5}, 0.0)
        lamps.fade(1, {1: 5}, 0.0)
        lamps.fade(9, {1: 5}, 0.0)
        lamps.fade(9, {1: 6}, 0.0)
        wait_until(lambda: any(packet[ARTNET] == 5 for _, packet in taken(got)), LONG)
    assert caplog.text.count("no-such-lamp.invalid cannot be reached") == 1
    assert caplog.text.count("dims universe 9") == 1


def test_a_lost_network_is_back_by_itself(
    heard: tuple[int, queue.SimpleQueue[tuple[float, bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    port, got = heard
    losses = LossReporter()
    monkeypatch.setattr("installation.lamps.lamps.AGAIN_SECONDS", 0.1)

    def refuse(*_: object) -> None:
        raise OSError(101, "Network is unreachable")

    with lamps_of(settings("artnet", port), losses) as lamps:
        wait_until(lambda: not got.empty(), LONG)
        with monkeypatch.context() as without_network:  # a mock: no test may take this machine's network away
            without_network.setattr("installation.lamps.wire.ArtnetWire.send", refuse)
            lamps.fade(3, {1: 99}, 0.0)
            wait_until(lambda: losses.is_lost("lamps of universe 3"), LONG)
        wait_until(lambda: not losses.is_lost("lamps of universe 3"), LONG)
        wait_until(lambda: any(packet[ARTNET] == 99 for _, packet in taken(got)), LONG)


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sacn", None)
    monkeypatch.setattr("calibration.extras.find_spec", lambda _: None)
    losses = LossReporter()
    with lamps_of(settings("sacn", 5568), losses):
        wait_until(losses.lost_names, LONG)
        assert "chiaroscuro[lamps]" in losses.lost_parts()[0]
