"""Why a network camera gives no picture: it is asked once more, in its own protocol, what it has to say."""

from __future__ import annotations

import base64
import http.client
import socket
import ssl
from urllib.parse import SplitResult, unquote, urlsplit

NO_ANSWER = "does not respond: check its power, the network and the address"
PAGES = ("text/", "application/json", "application/xhtml")
REDIRECTS = 3
ASK_SECONDS = 1.5
PASSWORD_WANTED, FORBIDDEN, NOT_FOUND = 401, 403, 404


def why_no_picture(address: str, seconds: float = ASK_SECONDS) -> str:
    """The camera's own answer in a technician's words; no part of a password is in it. Waits up to ``seconds``."""
    parts = urlsplit(address)
    try:
        if parts.scheme.lower() in ("http", "https"):
            return _http(parts, seconds)
        if parts.scheme.lower() == "rtsp":
            return _rtsp(parts, seconds)
    except (OSError, http.client.HTTPException, ValueError):
        pass
    return NO_ANSWER


def _http(parts: SplitResult, seconds: float) -> str:
    for _ in range(REDIRECTS):
        port, host = parts.port, parts.hostname or ""
        if parts.scheme.lower() == "https":  # the picture is not read here, so a camera's own certificate will do
            trusting = ssl.create_default_context()
            trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
            link: http.client.HTTPConnection = http.client.HTTPSConnection(
                host, port, timeout=seconds, context=trusting
            )
        else:
            link = http.client.HTTPConnection(host, port, timeout=seconds)
        try:
            link.request("GET", f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}", headers=_login(parts))
            answer = link.getresponse()
            status, kind, moved = answer.status, answer.getheader("Content-Type", ""), answer.getheader("Location")
        finally:
            link.close()
        if not (moved and 300 <= status < 400):
            return _meaning(status, kind, bool(parts.username))
        new = urlsplit(moved)
        parts = new if new.hostname else parts._replace(path=new.path, query=new.query)
    return "redirects without end: correct the address"


def _rtsp(parts: SplitResult, seconds: float) -> str:
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    words = "".join(f"{name}: {value}\r\n" for name, value in _login(parts).items())
    with socket.create_connection((parts.hostname or "", parts.port or 554), seconds) as link:
        link.settimeout(seconds)
        link.sendall(f"DESCRIBE {bare} RTSP/1.0\r\nCSeq: 1\r\n{words}\r\n".encode())
        first = link.recv(200).decode("latin-1").split()
    return _meaning(int(first[1]), "application/sdp", bool(parts.username)) if len(first) > 1 else NO_ANSWER


def _login(parts: SplitResult) -> dict[str, str]:
    if not parts.username:
        return {}
    words = f"{unquote(parts.username)}:{unquote(parts.password or '')}".encode()
    return {"Authorization": f"Basic {base64.b64encode(words).decode()}"}


def _meaning(status: int, kind: str, named: bool) -> str:
    if status == PASSWORD_WANTED:
        if named:
            return "rejects this user or password: correct them in the address"
        return "asks for a password: write it into the address, as in http://USER:PASSWORD@HOST/..."
    if status == FORBIDDEN:
        return "answered that this is forbidden: allow it in the camera's own settings, or use another user"
    if status == NOT_FOUND:
        return "answered that it has nothing at this address: correct the path (see the camera's manual)"
    if status >= 300:
        return f"answered with an error ({status}): restart it, and check the address"
    if kind.lower().startswith(PAGES):
        return "answered, but with no picture: this address is a page (a login, perhaps); use the one of its stream"
    return "answered, but with no picture that can be decoded: choose MJPEG or H.264 in the camera's own settings"
