"""How other machines find the show: live values over HTTP, and never a loopback address told to the network."""

from __future__ import annotations

import json
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from typing import Any

import pytest
from zeroconf import ServiceBrowser, ServiceInfo, ServiceListener, Zeroconf

from calibration.settings import OscSettings, OscTarget
from installation.bench.osc_show import mood
from installation.host.addresses import reachable
from installation.host.console import LossReporter
from installation.osc import Broadcast, Control
from installation.osc.discovery import Discovery, services
from installation.osc.oscquery import _page, find, tree
from installation.osc.registry import BY_PATH
from installation.osc.state import About
from tests.installation.waiting import LONG, wait_until

SETTINGS = OscSettings(listen_port=0, oscquery=True, oscquery_port=0)
SCENES = ("attract", "joy")


@pytest.fixture
def air() -> Iterator[tuple[Broadcast, Discovery, Control]]:
    losses = LossReporter()
    broadcast = Broadcast(SETTINGS, SCENES, About("0.1", "demo", "hall"), losses)
    control = Control(SETTINGS, SCENES, losses)
    discovery = Discovery(SETTINGS, broadcast, control, "hall", losses)
    yield broadcast, discovery, control
    discovery.close()
    control.close()
    broadcast.close()


def ask(discovery: Discovery, path: str) -> tuple[int, dict[str, Any] | None]:
    assert discovery.oscquery is not None
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{discovery.oscquery.port}{path}", timeout=5) as page:
            content = page.read()
            return page.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        return error.code, None


def test_oscquery_serves_the_values_of_this_moment(air: tuple[Broadcast, Discovery, Control]) -> None:
    broadcast, discovery, _ = air
    for at, seen in ((0.0, 1), (5.0, 2)):
        told = mood(at, seen)
        broadcast.mood(told)
        until = time.monotonic() + 2.0
        while ask(discovery, "/emo/count?VALUE") != (200, {"VALUE": [told.count]}) and time.monotonic() < until:
            time.sleep(0.01)
        status, node = ask(discovery, "/emo/mood/valence")
        assert status == 200
        assert node is not None
        assert node["VALUE"] == [pytest.approx(told.valence)]
        assert node["RANGE"] == [{"MIN": -1.0, "MAX": 1.0}]
        assert node["TYPE"] == "f"


def test_oscquery_tells_where_the_control_port_is(air: tuple[Broadcast, Discovery, Control]) -> None:
    _, discovery, control = air
    status, info = ask(discovery, "/?HOST_INFO")
    assert status == 200
    assert info is not None
    assert (info["NAME"], info["OSC_PORT"], info["OSC_IP"]) == ("hall", control.port, "127.0.0.1")


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/emo/mood?COLOUR", 400), ("/emo/control/next?VALUE", 204), ("/", 200)]
)
def test_oscquery_answers_wrong_questions_as_its_proposal_says(
    air: tuple[Broadcast, Discovery, Control], path: str, status: int
) -> None:
    assert ask(air[1], path)[0] == status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("rebound.example:8000", 421),
        ("127.0.0.1.example", 421),
        ("[::1]:80", 200),
        ("localhost", 200),
        ("10.0.0.7", 200),
    ],
)
def test_a_name_that_is_not_this_machines_is_not_answered(
    air: tuple[Broadcast, Discovery, Control], host: str, status: int
) -> None:
    """A web page whose name was made to lead here must not read the room."""
    assert air[1].oscquery is not None
    question = HTTPConnection("127.0.0.1", air[1].oscquery.port, timeout=5)
    question.request("GET", "/?HOST_INFO", headers={"Host": host})
    assert question.getresponse().status == status
    question.close()


def test_the_tree_holds_every_address_of_the_room_and_no_visitor() -> None:
    root = tree("/emo", {}, visitors=False)
    assert find(root, "/emo/control/start")["ACCESS"] == 2  # type: ignore[index]
    assert find(root, "/emo/visitor") is None
    assert find(root, "/emo/event/enter") is None
    everything = tree("/emo", {}, visitors=True)
    missing = [p for p, line in BY_PATH.items() if find(everything, f"/emo{p}") is None and line.profiles]
    assert missing == []


def test_a_client_that_says_nothing_holds_nobody_up(air: tuple[Broadcast, Discovery, Control]) -> None:
    _, discovery, _ = air
    assert discovery.oscquery is not None
    silent = [socket.create_connection(("127.0.0.1", discovery.oscquery.port)) for _ in range(5)]
    assert ask(discovery, "/?HOST_INFO")[0] == 200
    for one in silent:
        one.close()


def test_a_client_that_sends_a_byte_now_and_then_loses_its_seat(
    air: tuple[Broadcast, Discovery, Control], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installation.osc.oscquery.REQUEST_SECONDS", 0.5)
    _, discovery, _ = air
    assert discovery.oscquery is not None
    with socket.create_connection(("127.0.0.1", discovery.oscquery.port), timeout=10) as slow:
        slow.settimeout(0.1)
        until, answer = time.monotonic() + 10.0, b"nothing yet"
        while answer and time.monotonic() < until:
            try:
                slow.sendall(b"G")
                answer = slow.recv(100)
            except TimeoutError:
                continue
            except ConnectionError:
                answer = b""
    assert answer == b""


def test_a_taken_port_is_told_and_taken_over_when_it_is_free_while_the_show_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("installation.osc.oscquery.RETRY_SECONDS", 0.05)
    losses = LossReporter()
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = SETTINGS.model_copy(update={"oscquery_port": other.getsockname()[1], "listen": False})
        broadcast, control = Broadcast(settings, (), About("", "", ""), losses), Control(settings, (), losses)
        discovery = Discovery(settings, broadcast, control, "hall", losses)
        assert losses.errors == 1
    wait_until(lambda: discovery.oscquery and discovery.oscquery.port, LONG)
    assert ask(discovery, "/?HOST_INFO")[0] == 200
    assert not losses.lost_parts()
    discovery.close()
    broadcast.close()


def test_by_default_nothing_is_served_and_nothing_advertised() -> None:
    settings = OscSettings(targets=(OscTarget(),))
    assert not settings.oscquery
    assert not settings.advertise
    assert settings.listen_host == settings.oscquery_host == "127.0.0.1"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost", "169.254.3.4"])
def test_a_loopback_address_is_never_told_to_the_network(host: str) -> None:
    settings = OscSettings(listen_host=host, oscquery_host=host)
    assert list(services(settings, "hall", 9001, 9002, (host, 8470))) == []


def test_a_console_in_the_network_is_told_of_as_the_web_page_that_it_is() -> None:
    found = list(services(OscSettings(), "hall", 9001, 9002, ("192.0.2.7", 8470)))
    assert [(one.type, one.port, one.parsed_addresses()) for one in found] == [
        ("_http._tcp.local.", 8470, ["192.0.2.7"])
    ]
    assert list(services(OscSettings(), "hall", 9001, 9002, None)) == []


def test_listening_everywhere_tells_of_every_address_but_loopback() -> None:
    assert not any(address.startswith(("127.", "169.254.")) for address in reachable("0.0.0.0"))  # noqa: S104 - a string in a test
    assert reachable("192.0.2.7") == ["192.0.2.7"]


def test_only_what_listens_to_the_network_is_told_of() -> None:
    settings = OscSettings(listen_host="192.0.2.7", oscquery_host="127.0.0.1")
    (told,) = services(settings, "Münchner. Saal", 9001, 9002)
    assert told.type == "_osc._udp.local."
    assert told.name == "Munchner  Saal._osc._udp.local."
    assert told.parsed_addresses() == ["192.0.2.7"]


def multicast_on_loopback() -> bool:
    """Whether this machine carries a multicast datagram over its loopback; not all containers do."""
    group = "239.255.77.77"
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way,
    ):
        ear.bind(("", 0))
        ear.settimeout(0.5)
        loopback = socket.inet_aton("127.0.0.1")
        try:
            ear.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(group) + loopback)
            way.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, loopback)
            way.sendto(b"x", (group, ear.getsockname()[1]))
            return ear.recv(8) == b"x"
        except OSError:
            return False


def test_another_machine_finds_the_show_by_zeroconf() -> None:
    """Both ends really speak mDNS, but on this machine's loopback only."""
    found: list[tuple[str, int]] = []

    class Listener(ServiceListener):
        def add_service(self, zc: Zeroconf, type_: str, name: str) -> None:
            told = zc.get_service_info(type_, name, timeout=2000)
            if told:
                found.append((name, told.port or 0))

        def update_service(self, zc: Zeroconf, type_: str, name: str) -> None: ...

        def remove_service(self, zc: Zeroconf, type_: str, name: str) -> None: ...

    settings = OscSettings(listen_host="192.0.2.7", oscquery_host="192.0.2.7")
    if not multicast_on_loopback():
        pytest.skip("this machine's loopback carries no multicast; nothing was shown for zeroconf")
    show, other = Zeroconf(interfaces=["127.0.0.1"]), Zeroconf(interfaces=["127.0.0.1"])
    try:
        for service in services(settings, "hall", 9001, 9002):
            show.register_service(service)
        ServiceBrowser(other, ["_osc._udp.local.", "_oscjson._tcp.local."], Listener())
        until = time.monotonic() + 5.0
        while len(found) < 2 and time.monotonic() < until:
            time.sleep(0.02)
        assert sorted(found) == [("hall._osc._udp.local.", 9001), ("hall._oscjson._tcp.local.", 9002)]
    finally:
        other.close()
        show.close()


class LateNetwork:
    """In the place of Zeroconf: the first time there is no network."""

    tries = 0

    def __init__(self) -> None:
        LateNetwork.tries += 1
        if LateNetwork.tries == 1:
            raise OSError(101, "Network is unreachable")
        self.told: list[str] = []

    def register_service(self, service: ServiceInfo, allow_name_change: bool) -> None:
        assert allow_name_change
        self.told.append(service.name)

    def close(self) -> None: ...


def test_a_network_that_comes_late_hears_of_the_show_when_it_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("installation.osc.discovery.Zeroconf", LateNetwork)
    monkeypatch.setattr("installation.osc.discovery.RETRY_SECONDS", 0.05)
    monkeypatch.setattr("installation.osc.discovery.reachable", lambda _: ["192.0.2.7"])
    losses, settings = LossReporter(), SETTINGS.model_copy(update={"oscquery": False, "advertise": True})
    broadcast, control = Broadcast(settings, (), About("", "", ""), losses), Control(settings, (), losses)
    served: list[tuple[str, int]] = []
    discovery = Discovery(settings, broadcast, control, "hall", losses, lambda: served[-1] if served else None)
    wait_until(lambda: losses.errors and not losses.lost_parts(), LONG)
    network = discovery._zeroconf
    assert isinstance(network, LateNetwork)
    assert network.told == ["hall._osc._udp.local."]
    served.append(("192.0.2.7", 8470))
    wait_until(lambda: len(network.told) == 2, LONG)
    assert network.told[1] == "hall._http._tcp.local."
    discovery.close()
    control.close()
    broadcast.close()


def test_no_answer_waits_for_the_reader_to_confirm_its_first_part() -> None:
    assert _page(lambda *_: (HTTPStatus.OK, None)).disable_nagle_algorithm  # without: 40 ms for each answer
