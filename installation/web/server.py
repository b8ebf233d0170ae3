"""The web server of our pages: uvicorn, with the bounds of ``connection``."""

from __future__ import annotations

import errno
import logging
import socket

import uvicorn
from starlette.types import ASGIApp

from installation.web.connection import Bounds, guarded_connection

HEADERS_AT_MOST = 16_384
KEEP_ALIVE_SECONDS = 15


def make_server(app: ASGIApp, bounds: Bounds | None = None) -> uvicorn.Server:
    """A server for ``app``; ``serve(sockets=[...])`` runs it until its ``should_exit``."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # faults of ours are told by the guard
    return uvicorn.Server(
        uvicorn.Config(
            app,
            http=guarded_connection(bounds or Bounds()),
            loop="asyncio",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=HEADERS_AT_MOST,
        )
    )


def open_port(host: str, port: int) -> socket.socket:
    """A listening socket; on any free port where this one is taken or not allowed. Raises OSError for the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    both = host == "::" and socket.has_dualstack_ipv6()
    try:
        return socket.create_server((host, port), family=family, backlog=128, dualstack_ipv6=both)
    except OSError as error:
        if port == 0 or error.errno not in (errno.EADDRINUSE, errno.EACCES):
            raise
        return socket.create_server((host, 0), family=family, backlog=128, dualstack_ipv6=both)
