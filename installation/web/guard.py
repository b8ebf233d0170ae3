"""Stands before all routes: only our own names as ``Host``, no other page's requests, and safe headers on each answer.

A page from elsewhere that a browser of the house has open can have its own name point to this machine (DNS rebinding)
or send forms to it; neither passes here. An address of digits cannot be rebound, so each is a good ``Host``.
"""

from __future__ import annotations

import traceback

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from installation.host.own_name import is_own_name
from installation.host.terminal import say
from installation.web.access import Access

SAFE_HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "cache-control": "no-store",
}
"""An answer that sets one of these itself keeps its own."""
READING = ("GET", "HEAD")


class Guard:
    """ASGI middleware; ``scope["chiaro.caller"]`` is who asks."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SAFE_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        app: ASGIApp = self._app
        if refusal:
            app = JSONResponse({"reason": refusal}, 403, {"connection": "close"})
        else:
            client = scope.get("client")
            scope["chiaro.caller"] = self._access.caller(client[0] if client else "", headers)
        try:
            await app(scope, receive, send_safely)
        except Exception:  # one page's request must not end the others; the connection is closed with a 500
            say(f"the console failed at {scope['path']}\n{traceback.format_exc()}", err=True)

    def _refusal(self, scope: Scope, headers: Headers) -> str:
        """Why the request is not even read; '' where nothing speaks against it."""
        host = headers.get("host", "")
        if not host or not is_own_name(host):
            return "this is not a name of the show's machine; use its address in digits, as the overlay shows it"
        origin = headers.get("origin")
        if origin is not None and origin.lower() not in (f"http://{host}".lower(), f"https://{host}".lower()):
            return "this request comes from another page"
        reads = scope["method"] in READING
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin") and not (
            reads and headers.get("sec-fetch-mode") == "navigate"  # a link that somebody followed
        ):
            return "this request comes from another page"
        return ""
