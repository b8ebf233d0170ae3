"""What a request says: who asks, and its body."""

from __future__ import annotations

import asyncio

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from installation.web.caller import Caller
from installation.web.stage_line import Document

BODY_AT_MOST = 65_536
BODY_WITHIN = 10.0


def caller_of(request: Request, role: str = "viewer") -> Caller:
    """Who asks; to be the first line of each route that is not public. Raises 401 or 403 for anybody else."""
    caller: Caller = request.scope["chiaro.caller"]
    if not caller.role:
        raise HTTPException(
            401, "a token is asked for: scan the code on the show's overlay (key O), or chiaro doctor's"
        )
    if role == "operator" and not caller.operator:
        raise HTTPException(403, "this link is for looking only; an operator's may change things")
    return caller


async def body_of(request: Request) -> Document:
    """The JSON object of a request. Raises 4xx for anything else, or anything too large or too slow."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _wrong(415, "expected application/json")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN):
            async for part in request.stream():
                body += part
                if len(body) > BODY_AT_MOST:
                    raise _wrong(413, f"is larger than {BODY_AT_MOST} bytes")
        document = orjson.loads(body)
    except TimeoutError as error:
        raise _wrong(408, f"did not arrive within {BODY_WITHIN:.0f} s") from error
    except ClientDisconnect as error:
        raise _wrong(400, "ended too early") from error
    except orjson.JSONDecodeError as error:
        raise _wrong(400, "is not JSON") from error
    if not isinstance(document, dict):
        raise _wrong(400, "expected a JSON object")
    return document


def _wrong(status: int, what: str) -> HTTPException:
    """What is left of the body would be read as the next request: the connection is closed."""
    return HTTPException(status, f"the request's body {what}", {"connection": "close"})
