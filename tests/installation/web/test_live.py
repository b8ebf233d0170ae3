"""What a page is sent, and what it is not."""

import asyncio
import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count
from typing import Any

import pytest

from installation.osc.registry import Code
from installation.web import stage_line
from installation.web.caller import Caller
from installation.web.document import CameraPicture, CommandLine, Document, Forget, LossLine, Request
from installation.web.live import KEPT_LINES, MOST_PAGES, Live, Page
from installation.web.stage_line import StageLine
from installation.web.wire import Wire
from tests.installation.waiting import LONG, wait_until
from tests.installation.web.stage_double import made_state, made_story

ANN, BO = Caller("10.0.0.7", "operator", "Ann"), Caller("10.0.0.8", "operator", "Bo")
VIEWER = Caller("10.0.0.9", "viewer", "Vi")


def hear(live: Live, document: Document) -> None:
    message = document.model_dump_json().encode()
    live.heard(json.loads(message), message)


def events(taken: bytes) -> list[tuple[str, Any]]:
    found = []
    for block in taken.decode().strip().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines())
        found.append((fields["event"], json.loads(fields["data"])))
    return found


def taken(page: Page) -> list[tuple[str, Any]]:
    got = asyncio.run(page.take(0.0))
    return events(got) if got else []


def kinds(page: Page) -> list[str]:
    return [kind for kind, _ in taken(page)]


def test_a_new_page_is_given_all_that_holds_now() -> None:
    live = Live()
    for document in (made_story(), made_state(1), LossLine(at=1, part="sound", why="gone", seconds=None)):
        hear(live, document)
    with live.page(ANN, {"room": "Hall 2"}) as page:
        assert kinds(page) == ["hello", "story", "state", "drawings", "operators", "loss"]


def test_a_slow_page_is_given_the_newest_state_and_none_before() -> None:
    live = Live()
    with live.page(ANN, {}) as page:
        taken(page)
        for number in range(1, 50):
            hear(live, made_state(number))
        states = [document for kind, document in taken(page) if kind == "state"]
        assert [state["number"] for state in states] == [49]
        assert taken(page) == []


def test_lines_are_kept_in_order_and_only_the_newest_hundred() -> None:
    live = Live()
    for number in range(KEPT_LINES + 50):
        hear(live, CommandLine(at=number, name="next", value=None, source="key"))
    with live.page(VIEWER, {}) as page:
        times = [document["at"] for kind, document in taken(page) if kind == "command"]
        assert times == list(range(50, KEPT_LINES + 50))


def test_the_camera_is_seen_by_the_operator_who_asked_and_by_nobody_else() -> None:
    now = [100.0]
    live = Live(lambda: now[0])
    picture = CameraPicture(at=1.0, jpeg="AAAA")
    with live.page(ANN, {}) as ann, live.page(BO, {}) as bo, live.page(VIEWER, {}) as viewer:
        live.watch_camera(ANN, 60.0)
        live.watch_camera(VIEWER, 60.0)  # a viewer is refused before; and has no right here either
        for page in (ann, bo, viewer):
            taken(page)
        hear(live, picture)
        assert [kinds(page) for page in (ann, bo, viewer)] == [["picture"], [], []]
        now[0] += 61.0
        hear(live, picture)
        assert kinds(ann) == []
    with live.page(ANN, {}) as later:
        assert "picture" not in kinds(later)  # kept for nobody


def test_everybody_sees_how_many_look_and_who_operates() -> None:
    live = Live()
    with live.page(ANN, {}) as page:
        with live.page(VIEWER, {}), live.page(BO, {}):
            assert dict(taken(page))["operators"] == {"pages": 3, "names": ["Ann", "Bo"]}
        assert dict(taken(page))["operators"] == {"pages": 1, "names": ["Ann"]}


def test_no_more_pages_are_let_in_than_there_is_room_for() -> None:
    live = Live()
    with ExitStack() as pages:
        for _ in range(MOST_PAGES):
            assert not live.full
            pages.enter_context(live.page(ANN, {}))
        assert live.full
    assert not live.full


def test_pages_are_sent_the_drawings_every_five_seconds_and_a_new_page_at_once() -> None:
    now = [50.0]
    live = Live(lambda: now[0])
    hear(live, made_story())
    with live.page(ANN, {}) as page:
        for quarter in range(4 * 30):
            now[0] = 50.0 + quarter / 4
            hear(live, made_state(quarter, at=1000.0 + quarter / 4))
            if quarter % 20 == 0:
                assert "drawings" in kinds(page)
            elif quarter % 20 == 19:
                assert "drawings" not in kinds(page)
        now[0] += 5.0
        with live.page(BO, {}) as other:
            drawn = dict(taken(other))["drawings"]
    assert drawn["seen"] == 30
    assert "<polygon" in drawn["minutes"]
    assert "arrival" in drawn["take"]
    graph = live_story(live)["graph"]
    assert set(graph["places"]) == {scene["name"] for scene in live_story(live)["scenes"]}
    assert ["arrival", "calm"] in [way[:2] for way in graph["ways"]]
    assert graph["places"]["attract"][0] < graph["places"]["arrival"][0], "a take begins at the attract scene"


def test_a_crowd_of_new_pages_has_nothing_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    live = Live(lambda: 50.0)
    made = count(1)
    monkeypatch.setattr(live.history, "minutes_svg", lambda: str(next(made)))
    hear(live, made_state(1))
    for _ in range(50):
        with live.page(ANN, {}):
            pass
    assert next(made) == 2


def live_story(live: Live) -> dict[str, Any]:
    with live.page(ANN, {}) as page:
        story: dict[str, Any] = dict(taken(page))["story"]
        return story


def test_a_request_without_an_answer_says_so_and_is_forgotten() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        line = StageLine(Wire(ours), answer_within=0.05)

        async def ask() -> stage_line.Reply:
            line.start(iter(()), lambda *_: None, lambda: None)
            return await line.ask(ANN, "next", ())

        reply = asyncio.run(ask())
        request = Request.model_validate_json(next(Wire(theirs).messages()))
    assert (request.who, request.name) == ("Ann", "next")
    assert reply.code == stage_line.NOT_NOW
    assert "did not answer" in reply.reason
    assert line._waiting == {}


def test_a_console_that_hangs_reads_no_more_so_that_the_stage_notices() -> None:
    taken = 0

    def messages() -> Iterator[bytes]:
        nonlocal taken
        for taken in range(1000):  # noqa: B007 - counted outside
            yield b'{"kind":"none"}'

    ours, theirs = socket.socketpair()
    with ours, theirs:

        async def hang() -> None:
            StageLine(Wire(ours)).start(messages(), lambda *_: None, lambda: None)
            wait_until(lambda: taken == stage_line.MOST_UNHEARD, LONG)
            time.sleep(0.05)  # the loop hangs here
            assert taken == stage_line.MOST_UNHEARD

        asyncio.run(hang())


def test_codes_are_those_of_osc() -> None:
    assert (stage_line.NOT_NOW, stage_line.TOO_MANY) == (Code.NOT_NOW, Code.TOO_MANY)


def test_a_visitor_who_is_forgotten_is_on_no_curve_neither_here_nor_on_open_pages() -> None:
    live = Live()
    with live.page(ANN, {}) as page:
        for second in range(6):
            hear(live, made_state(second, at=100.0 + second))
        taken(page)
        hear(live, Forget(since=102.0))
        (kind, drawn), *others = taken(page)
        assert (kind, drawn["seen"], others) == ("drawings", 2, [])
    assert live.history.seconds_seen() == 2
    assert "forget" not in live.newest
