"""The address space served over HTTP, with live values (OSCQuery, github.com/Vidvox/OSCQueryProposal)."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from calibration.settings import OscSettings
from installation.host.console import LossReporter
from installation.host.own_name import is_own_name
from installation.host.worker import Worker
from installation.osc.encoder import Value
from installation.osc.registry import BY_PATH, Address, Pace

ATTRIBUTES = ("FULL_PATH", "CONTENTS", "ACCESS", "TYPE", "VALUE", "RANGE", "DESCRIPTION")
READ, WRITE = 1, 2
CLIENT_SECONDS = 2.0
REQUEST_SECONDS = 5.0
"""For one request, first byte to last: a client that sends a byte a second must not hold a seat for ever."""
CLIENTS_AT_MOST = 16
RETRY_SECONDS = 2.0
POLL_SECONDS = 0.25
"""How soon close() is noticed."""
Values = Callable[[], Mapping[str, tuple[Value, ...]]]
Node = dict[str, Any]


def tree(prefix: str, values: Mapping[str, tuple[Value, ...]], visitors: bool) -> Node:
    """The whole namespace as OSCQuery's JSON. Without ``visitors`` no address of a single visitor is in it."""
    root: Node = {"FULL_PATH": "/", "CONTENTS": {}, "ACCESS": 0}
    for path, line in BY_PATH.items():
        if visitors or path.startswith("/control/") or set(line.profiles) - {"visitors", "events"}:
            leaf = _leaf(line, values.get(path))
            place = _place(root, prefix + path)
            place.update(leaf, FULL_PATH=prefix + path)
    return root


def _place(root: Node, path: str) -> Node:
    """The node of ``path``, made with all its parents where it is not there yet."""
    node, walked = root, ""
    for part in path.strip("/").split("/"):
        walked += f"/{part}"
        node = node.setdefault("CONTENTS", {}).setdefault(part, {"FULL_PATH": walked, "ACCESS": 0})
    return node


def _leaf(line: Address, value: tuple[Value, ...] | None) -> Node:
    leaf: Node = {
        "ACCESS": WRITE if line.pace is Pace.COMMAND else READ,
        "DESCRIPTION": line.meaning,
        "TYPE": line.tags,
    }
    if line.arguments:
        leaf["RANGE"] = [{} if a.tag == "s" else {"MIN": a.low, "MAX": a.high} for a in line.arguments]
    if value is not None:
        leaf["VALUE"] = list(value)
    return leaf


def host_info(name: str, osc_host: str, osc_port: int) -> Node:
    """What a client asks first: where the control port is, and which attributes are served."""
    extensions = {attribute: True for attribute in ATTRIBUTES if attribute not in ("FULL_PATH", "CONTENTS")}
    info: Node = {"NAME": name, "OSC_TRANSPORT": "UDP", "EXTENSIONS": extensions}
    if osc_port:
        info |= {"OSC_PORT": osc_port}
        if osc_host not in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not bound to; then it is the address at which the client found us
            info |= {"OSC_IP": osc_host}
    return info


def find(root: Node, path: str) -> Node | None:
    """The node at ``path``, or None."""
    node: Node | None = root
    for part in filter(None, path.split("/")):
        node = (node or {}).get("CONTENTS", {}).get(part)
    return node


class OscQuery:
    """The HTTP server, on threads of its own. A port that is taken is reported, and tried again every 2 s."""

    def __init__(self, settings: OscSettings, values: Values, osc_port: int, name: str, losses: LossReporter) -> None:
        visitors = any(target.profile == "visitors" for target in settings.targets)

        def answer(path: str, attribute: str) -> tuple[HTTPStatus, Node | None]:
            if attribute == "HOST_INFO":
                return HTTPStatus.OK, host_info(name, settings.listen_host, osc_port)
            node = find(tree(settings.listen_prefix, values(), visitors), path)
            if node is None:
                return HTTPStatus.NOT_FOUND, None
            if not attribute:
                return HTTPStatus.OK, node
            if attribute not in ATTRIBUTES:
                return HTTPStatus.BAD_REQUEST, None
            if attribute not in node:
                return HTTPStatus.NO_CONTENT, None
            return HTTPStatus.OK, {attribute: node[attribute]}

        self._place, self._page, self._losses = (settings.oscquery_host, settings.oscquery_port), _page(answer), losses
        self.port = 0
        self._server: _Server | None = None
        self._closing = threading.Event()
        self._open()
        self._thread = Worker("OSCQuery", self._serve, losses)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._closing.set()
        self._thread.end(1.0)
        if self._server is not None:
            self._server.server_close()

    def _open(self) -> None:
        name = f"OSCQuery on {self._place[0]}:{self._place[1]}"
        try:
            self._server = _Server(self._place, self._page)
        except OSError as error:
            self._losses.lost(name, error.strerror or str(error))
        else:
            self.port = self._server.server_address[1]
            self._losses.back(name)

    def _serve(self) -> None:
        while not self._closing.is_set():
            if self._server is not None:
                self._server.handle_request()
            elif not self._closing.wait(RETRY_SECONDS):
                self._open()


class _Server(ThreadingHTTPServer):
    """One thread per client, up to a limit: a browser gone wild must not eat the show's machine."""

    daemon_threads = True
    timeout = POLL_SECONDS

    def __init__(self, address: tuple[str, int], page: type[BaseHTTPRequestHandler]) -> None:
        self._seats = threading.BoundedSemaphore(CLIENTS_AT_MOST)
        super().__init__(address, page)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._seats.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._seats.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that disconnects halfway is not worth a message."""


def cut(connection: socket.socket) -> None:
    """End a connection from another thread."""
    with suppress(OSError):  # it has ended by itself
        connection.shutdown(socket.SHUT_RDWR)


def _page(answer: Callable[[str, str], tuple[HTTPStatus, Node | None]]) -> type[BaseHTTPRequestHandler]:
    class Page(BaseHTTPRequestHandler):
        timeout = CLIENT_SECONDS
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else the second part of an answer waits 40 ms for the first to be confirmed

        def handle_one_request(self) -> None:
            deadline = threading.Timer(REQUEST_SECONDS, cut, (self.connection,))
            deadline.daemon = True
            deadline.start()
            try:
                super().handle_one_request()
            finally:
                deadline.cancel()

        def do_GET(self) -> None:
            if not is_own_name(self.headers.get("Host", "")):
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "Host is not this machine; use its IP address")
                return
            asked = urlsplit(self.path)
            status, node = answer(unquote(asked.path), asked.query.split("=")[0])
            content = b"" if node is None else json.dumps(node).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status is not HTTPStatus.NO_CONTENT:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            """The show's console is for the show."""

    return Page
