"""Leader and follower over real sockets on loopback, also through a bad network; their clocks are made wrong."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from ipaddress import ip_network

import pytest

from installation.bench.lossy_udp import Badness, LossyUdp
from installation.host.console import LossReporter
from installation.screens.follow import target
from installation.screens.leader import FOLLOWERS_AT_MOST, FORGET_SECONDS, TELL_SECONDS, Leader, changed
from installation.screens.link import FollowerLink
from installation.screens.wire import Cut, Message, Telling, TimeReply, TimeRequest, Told, decode, encode
from tests.installation.waiting import LONG, wait_until

TOLD = Told(0.0, "9f86", 1, "hall", 5.0)
BAD = Badness(delay_seconds=0.001, jitter_seconds=0.020, loss=0.02)


def wrong_clock() -> float:
    """Of another machine: three seconds ahead, and 100 millionths too fast."""
    return time.monotonic() * (1.0 + 100e-6) + 3.0


@contextmanager
def leading(port: int = 0, **settings: object) -> Iterator[Leader]:
    leader = Leader(LossReporter(), host="127.0.0.1", port=port, **settings)  # type: ignore[arg-type]
    try:
        yield leader
    finally:
        leader.close()


@contextmanager
def following(port: int, losses: LossReporter | None = None, name: str = "left") -> Iterator[FollowerLink]:
    link = FollowerLink("127.0.0.1", losses or LossReporter(), port=port, name=name, clock=wrong_clock)
    try:
        yield link
    finally:
        link.close()


@contextmanager
def stranger() -> Iterator[socket.socket]:
    """Somebody with a socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.bind(("127.0.0.1", 0))
        one.settimeout(LONG)
        yield one


def answer_to(one: socket.socket, port: int, request: TimeRequest) -> Message | None:
    one.sendto(encode(request), ("127.0.0.1", port))
    return decode(one.recv(2048))


def silent(one: socket.socket, seconds: float) -> bool:
    one.settimeout(seconds)
    with suppress(TimeoutError):
        return not one.recv(2048)
    return True


def entry_of(link: FollowerLink) -> int:
    return link.heard.told.entry if link.heard else 0


def play(
    leader: Leader, true: Callable[[], object], entry: int = 1, clock: Callable[[], float] = time.monotonic
) -> None:
    """A film plays, and has since time began, until something is ``true``."""

    def told() -> object:
        leader.publish(replace(TOLD, at=clock(), seconds=clock(), entry=entry))
        return true()

    wait_until(told, LONG)


def test_a_follower_knows_where_the_film_is_though_its_clock_is_wrong() -> None:
    with leading() as leader, following(leader.port) as link:
        play(leader, lambda: link.heard)
        assert link.heard is not None
        now = wrong_clock()
        there = target(link.heard, now)
        bound = link.heard.clock.unsure_seconds + 0.002
        assert there.seconds == pytest.approx(time.monotonic(), abs=bound + wrong_clock() - now)
        wait_until(lambda: leader.followers, LONG)
        link.report(1, 0.004, 0.001)
        wait_until(lambda: leader.followers[0].entry == 1, LONG)
        seen = leader.followers[0]
        assert (seen.name, seen.host) == ("left", "127.0.0.1")
        assert seen.behind_seconds == pytest.approx(0.004)


def test_through_a_bad_network_it_knows_it_too_and_how_far_it_may_be_wrong() -> None:
    with leading() as leader:
        network = LossyUdp(leader.port, BAD, seed=3)
        try:
            with following(network.port) as link:
                play(leader, lambda: link.heard)
                time.sleep(1.0)
                assert link.heard is not None
                known, before = link.heard.clock, time.monotonic()
                leader_now, after = known.leader(wrong_clock()), time.monotonic()
                sure = known.unsure_seconds + 0.001
                assert before - sure <= leader_now <= after + sure
                assert known.unsure_seconds < 0.030
        finally:
            network.close()


def test_a_change_is_told_at_once_and_not_with_the_next_turn() -> None:
    with leading() as leader, following(leader.port) as link:
        play(leader, lambda: link.heard)
        waited = []
        for entry in range(2, 22):
            leader.publish(replace(TOLD, at=time.monotonic(), entry=entry))
            waited.append(wait_until(lambda wanted=entry: entry_of(link) == wanted, LONG))  # type: ignore[misc]
        assert sorted(waited)[5] < TELL_SECONDS / 4, "a quarter of them at least came sooner than turns could bring"


def test_who_has_not_said_the_session_is_answered_but_told_nothing() -> None:
    """Else a datagram with a forged sender would let the leader send to a third machine."""
    with leading() as leader, stranger() as one:
        leader.publish(replace(TOLD, at=time.monotonic()))
        reply = answer_to(one, leader.port, TimeRequest(5))
        assert isinstance(reply, TimeReply)
        assert (reply.nonce, reply.session) == (5, leader.session)
        assert silent(one, 2.5 * TELL_SECONDS)
        one.settimeout(LONG)
        answer_to(one, leader.port, TimeRequest(6, reply.session + 1))
        assert silent(one, 2.5 * TELL_SECONDS)
        one.settimeout(LONG)
        heard = [answer_to(one, leader.port, TimeRequest(7, reply.session)), decode(one.recv(2048))]
        assert any(isinstance(message, Telling) for message in heard)


def test_who_is_not_allowed_gets_no_answer() -> None:
    with leading(allow=(ip_network("192.0.2.0/24"),)) as leader, stranger() as one:
        one.sendto(encode(TimeRequest(5)), ("127.0.0.1", leader.port))
        assert silent(one, 0.3)
    with leading(allow=(ip_network("127.0.0.0/8"), ip_network("::1"))) as leader, stranger() as one:
        assert isinstance(answer_to(one, leader.port, TimeRequest(5)), TimeReply)


def test_noise_is_survived_and_answered_with_nothing() -> None:
    chance = random.Random(1)
    with leading() as leader, stranger() as one, stranger() as loud:
        for _ in range(200):
            loud.sendto(chance.randbytes(chance.randrange(60)), ("127.0.0.1", leader.port))
        assert isinstance(answer_to(one, leader.port, TimeRequest(5)), TimeReply)
        assert silent(loud, 0.1)


def test_more_than_so_many_cannot_follow_and_that_is_said_once() -> None:
    losses = LossReporter()
    leader = Leader(losses, host="127.0.0.1", port=0)
    strangers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(FOLLOWERS_AT_MOST + 2)]
    try:
        for one in strangers:
            one.settimeout(LONG)
            one.bind(("127.0.0.1", 0))
            answer_to(one, leader.port, TimeRequest(1, leader.session, "one of many"))
        assert len(leader.followers) == FOLLOWERS_AT_MOST
        assert losses.is_lost("another screen")
    finally:
        leader.close()
        for one in strangers:
            one.close()


def test_a_leader_that_begins_again_is_followed_again_by_its_new_clock_and_entries() -> None:
    with leading() as leader, following(leader.port) as link:
        port = leader.port
        play(leader, lambda: entry_of(link) == 40, entry=40)
        leader.close()

        def later() -> float:
            return time.monotonic() + 5000.0  # of a machine that was started anew

        with leading(port, clock=later) as again:
            play(again, lambda: entry_of(link) == 1, clock=later)
            assert link.heard is not None
            assert link.heard.session == again.session
            assert link.heard.clock.leader(wrong_clock()) == pytest.approx(later(), abs=0.5)


def test_a_leader_that_is_not_there_is_a_loss_and_back_when_it_is() -> None:
    losses = LossReporter()
    with leading() as leader, following(leader.port, losses) as link:
        name, port = f"leader 127.0.0.1:{leader.port}", leader.port
        leader.publish(replace(TOLD, at=time.monotonic()))
        wait_until(lambda: link.heard, LONG)
        leader.close()
        wait_until(lambda: losses.is_lost(name), LONG)
        with leading(port) as again:
            play(again, lambda: not losses.is_lost(name))


def test_a_follower_that_asks_no_more_is_told_no_more_and_leaves_its_place() -> None:
    passed = [0.0]
    with leading(clock=lambda: time.monotonic() + passed[0]) as leader, following(leader.port) as link:
        play(leader, lambda: leader.followers)
        link.close()
        passed[0] = FORGET_SECONDS + 1.0
        wait_until(lambda: not leader.followers, LONG)


def test_words_that_come_too_late_and_answers_to_nobody_are_not_believed() -> None:
    """By a leader of the test's own: it says 7, then 6 (overtaken on the way), then what another session said."""
    with stranger() as leader, following(leader.getsockname()[1]) as link:

        def asked() -> tuple[TimeRequest, tuple[str, int]]:
            data, sender = leader.recvfrom(2048)
            request = decode(data)
            assert isinstance(request, TimeRequest)
            return request, sender

        request, follower = asked()
        say = leader.sendto
        say(encode(TimeReply(request.nonce, 8, time.monotonic(), time.monotonic())), follower)
        while asked()[0].session != 8:
            pass
        for session, number, entry in ((8, 7, 70), (8, 6, 60), (9, 9, 90)):
            say(encode(Telling(session, number, replace(TOLD, entry=entry))), follower)
        say(encode(TimeReply(asked()[0].nonce, 8, time.monotonic(), time.monotonic())), follower)
        wait_until(lambda: entry_of(link), LONG)
        say(encode(TimeReply(request.nonce ^ 1, 9, 1.0, 1.0)), follower)
        time.sleep(0.2)
        assert entry_of(link) == 70


def test_a_port_that_is_taken_is_a_loss_and_told_with_its_name() -> None:
    losses = LossReporter()
    with stranger() as one:
        port = one.getsockname()[1]
        leader = Leader(losses, host="127.0.0.1", port=port)
        try:
            wait_until(lambda: losses.is_lost(f"screens: port {port} of 127.0.0.1"), LONG)
        finally:
            leader.close()


@pytest.mark.parametrize(
    ("change", "is_one"),
    [
        (lambda told: replace(told, at=told.at + 9, seconds=told.seconds + 9), False),
        (lambda told: replace(told, at=told.at + 9, seconds=told.seconds + 9.2), True),
        (lambda told: replace(told, entry=2), True),
        (lambda told: replace(told, thread="window"), True),
        (lambda told: replace(told, paused=True), True),
        (lambda told: replace(told, cut=None), True),
        (lambda told: replace(told, cut=Cut(2, "cellar", 9.001)), False),
        (lambda told: replace(told, cut=Cut(2, "cellar", 9.1)), True),
    ],
)
def test_only_what_cannot_be_reckoned_is_told_at_once(change: Callable[[Told], Told], is_one: bool) -> None:
    told = replace(TOLD, cut=Cut(2, "cellar", 9.0))
    assert changed(told, change(told)) == is_one
