"""Alarms on their way out: tried again, gathered, and never with the webhook's address in a text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from calibration.errors import BadFile, Unavailable
from calibration.fleet_settings import load_fleet
from installation.fleet import alarm_posts
from installation.fleet.alarm_posts import AlarmPost, NotPosted, by_webhook
from installation.fleet.alarms import AlarmChange, Wrong
from installation.host.console import LossReporter
from tests.installation.waiting import LONG, wait_until


def alarms(count: int) -> list[AlarmChange]:
    return [
        AlarmChange(Wrong("lost", f"room-{number}", f"Room {number}", "the room is lost"), begun=True, seconds=60)
        for number in range(count)
    ]


def test_what_begins_together_is_one_message_and_is_sent_until_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm_posts, "AGAIN_SECONDS", 0.02)
    sent: list[int] = []

    def deliver(changes: Sequence[AlarmChange]) -> None:
        sent.append(len(changes))
        if len(sent) < 3:
            raise Unavailable("the server is away")

    losses = LossReporter()
    post = AlarmPost("alarms by mail", deliver, losses, gap=0.02, gather=0.05)
    try:
        post.put(alarms(20)[:10])
        post.put(alarms(20)[10:])
        wait_until(lambda: len(sent) == 3, LONG)
        wait_until(lambda: not losses.is_lost("alarms by mail"), LONG)
        post.put(alarms(1))
        wait_until(lambda: len(sent) == 4, LONG)
    finally:
        post.close()
    assert sent == [20, 20, 20, 1]
    assert losses.errors == 1, "told once"


def test_a_webhook_that_cannot_be_reached_is_told_without_its_secret() -> None:
    with pytest.raises(NotPosted) as told:
        by_webhook("http://127.0.0.1:1/hook/xyzzy?token=plugh", "The house")(alarms(1))
    assert "xyzzy" not in str(told.value)
    assert "plugh" not in str(told.value)
    assert str(told.value).startswith("127.0.0.1 cannot be reached")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[alarms]\nwebhook = "ftp://x/xyzzy"', "is not a page's address"),
        ('[alarms]\nmail_to = ["a@b.example"]', "mail_to needs mail_host and mail_from too"),
        ('[rooms]\nbroker = "house:1883"', "is not a broker's address"),
        ('[rooms]\nexpected = ["Hall 2"]', "small letters"),
        ('[pages]\nlisten = ""', "must have at least 1 characters"),
        ("[alarm]\n", "alarms"),
    ],
)
def test_a_houses_file_is_checked_before_anything_begins(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "house.toml"
    file.write_text(text)
    with pytest.raises(BadFile) as told:
        load_fleet(file)
    assert words in str(told.value)
    assert "xyzzy" not in str(told.value)
