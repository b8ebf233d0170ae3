"""A tiny SMTP server (RFC 5321 as far as smtplib speaks it), with AUTH PLAIN, STARTTLS and TLS; it keeps its mail."""

from __future__ import annotations

import base64
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage


class TinySmtp(socketserver.ThreadingTCPServer):
    """Listens on a free port of this machine."""

    daemon_threads, allow_reuse_address = True, True

    def __init__(self, context: ssl.SSLContext | None = None, at_once: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.context, self.at_once = context, at_once
        self.login = ""
        """``user:password`` that is asked for; '' none."""
        self.answer_to_data = "250 taken"
        self.refuses: tuple[str, ...] = ()
        """Recipients that it does not know."""
        self.mails: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.secured: list[bool] = []

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    """One caller."""

    server: TinySmtp

    def handle(self) -> None:
        self.secure, self.known = False, not self.server.login
        if self.server.at_once:
            self._secure()
        self._say("220 tiny")
        recipients: list[str] = []
        while line := self.rfile.readline():
            word, _, rest = line.decode().strip().partition(" ")
            match word.upper():
                case "EHLO":
                    offers = ["tiny", *(["STARTTLS"] if self.server.context and not self.secure else []), "AUTH PLAIN"]
                    self._say("\r\n".join(f"250{'-' if one != offers[-1] else ' '}{one}" for one in offers))
                case "STARTTLS":
                    self._say("220 go on")
                    self._secure()
                case "AUTH":
                    said = base64.b64decode(rest.split()[1]).decode().split("\0")
                    self.known = ":".join(said[1:]) == self.server.login
                    self._say("235 welcome" if self.known else "535 no")
                case "MAIL":
                    recipients = []
                    self._say("250 yes" if self.known else "530 who are you?")
                case "RCPT":
                    who = rest.partition("<")[2].partition(">")[0]
                    known = who not in self.server.refuses
                    recipients += [who] if known else []
                    self._say("250 yes" if known else "550 nobody of that name")
                case "DATA":
                    self._say("354 speak")
                    self._take(recipients)
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 well")

    def _take(self, recipients: list[str]) -> None:
        content = b""
        while (line := self.rfile.readline()) != b".\r\n":
            content += line.removeprefix(b".") if line.startswith(b"..") else line
        if self.server.answer_to_data.startswith("250"):
            self.server.mails.append(message_from_bytes(content, policy=policy.default))
            self.server.recipients.append(recipients)
            self.server.secured.append(self.secure)
        self._say(self.server.answer_to_data)

    def _secure(self) -> None:
        assert self.server.context
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.secure = True

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@contextmanager
def tiny_smtp(context: ssl.SSLContext | None = None, at_once: bool = False) -> Iterator[TinySmtp]:
    """The server, while it runs."""
    with TinySmtp(context, at_once) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()
