"""Alarms out of the house: by mail and by a webhook, each in a thread of its own, so that nobody waits for them.

What begins in the same moments is one message, and the next follows a minute later at the earliest: a power cut of
twenty rooms is one mail. What cannot be delivered is tried again, the newest 200 of it.
"""

from __future__ import annotations

import http.client
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import orjson

from calibration.errors import ChiaroError, Unavailable
from calibration.plain import plain
from calibration.web_settings import MailSettings
from installation.fleet.alarms import AlarmChange
from installation.host.console import LossReporter
from installation.host.worker import Worker
from installation.report.mail import PartlyMailed, mail

GATHER_SECONDS, GAP_SECONDS, AGAIN_SECONDS = 3.0, 60.0, 30.0
KEPT = 200
WEBHOOK_WITHIN = 10.0
ANSWER_AT_MOST = 4096
ANSWER_OK = range(200, 300)
Deliver = Callable[[Sequence[AlarmChange]], None]


class NotPosted(Unavailable):
    """The webhook cannot be reached, or does not take what is sent; another try may succeed."""


class AlarmPost:
    """One way out. ``deliver`` raises ``ChiaroError`` where it cannot, and is then asked again."""

    def __init__(
        self,
        name: str,
        deliver: Deliver,
        losses: LossReporter,
        gap: float = GAP_SECONDS,
        gather: float = GATHER_SECONDS,
    ) -> None:
        self._name, self._deliver, self._losses = name, deliver, losses
        self._gap, self._gather = gap, gather
        self._waiting: deque[AlarmChange] = deque(maxlen=KEPT)
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread = Worker(name, self._run, losses)
        self._thread.start()

    def put(self, changes: Sequence[AlarmChange]) -> None:
        """Send these. Never waits."""
        self._waiting.extend(changes)
        self._wake.set()

    def close(self) -> None:
        """Send no more."""
        self._closing.set()
        self._wake.set()
        self._thread.end(2.0)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._wake.wait()
            self._wake.clear()
            while self._waiting and not self._closing.wait(self._gather):
                self._closing.wait(self._gap if self._send() else AGAIN_SECONDS)

    def _send(self) -> bool:
        changes = tuple(self._waiting)
        try:
            self._deliver(changes)
        except PartlyMailed as error:
            self._losses.lost(self._name, str(error))
        except ChiaroError as error:
            self._losses.lost(self._name, f"{plain(str(error))[:300]}; it is tried again")
            return False
        else:
            self._losses.back(self._name)
        for change in changes:
            if self._waiting and self._waiting[0] is change:  # the oldest are dropped where more came meanwhile
                self._waiting.popleft()
        return True


def by_mail(settings: MailSettings, house: str) -> Deliver:
    """Alarms as one mail to all of ``mail_to``."""

    def deliver(changes: Sequence[AlarmChange]) -> None:
        begun = [change for change in changes if change.begun]
        what = begun[0].sentence if len(begun) == 1 else f"{len(begun)} alarms" if begun else "alarms are over"
        mail(settings, f"{house}: {what}", text_of(changes) + "\n")

    return deliver


def by_webhook(address: str, house: str) -> Deliver:
    """Alarms as a JSON document by POST: ``text`` for chats, ``alarms`` for programs. No redirection is followed."""
    split = urlsplit(address)
    path = f"{split.path or '/'}{f'?{split.query}' if split.query else ''}"

    def deliver(changes: Sequence[AlarmChange]) -> None:
        body = orjson.dumps(
            {"house": house, "text": text_of(changes), "alarms": [change.document() for change in changes]}
        )
        host, port = split.hostname or "", split.port
        connection = (
            http.client.HTTPSConnection(host, port, timeout=WEBHOOK_WITHIN, context=ssl.create_default_context())
            if split.scheme == "https"
            else http.client.HTTPConnection(host, port, timeout=WEBHOOK_WITHIN)
        )
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", "User-Agent": "chiaroscuro"})
            answer = connection.getresponse()
            answer.read(ANSWER_AT_MOST)
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__  # its text may hold the address
            raise NotPosted(f"{split.hostname} cannot be reached: {why} (alarms.webhook)") from None
        finally:
            connection.close()
        if answer.status not in ANSWER_OK:
            raise NotPosted(f"{split.hostname} answers {answer.status} (alarms.webhook)")

    return deliver


def text_of(changes: Sequence[AlarmChange]) -> str:
    """All of them, a line each."""
    return "\n".join(f"{time.strftime('%H:%M:%S', time.localtime(change.at))} {change.sentence}" for change in changes)
