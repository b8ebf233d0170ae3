"""What routes answer where there is nothing, or where they refuse."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response


def found(response: Response | None) -> Response:
    """The response. Raises 404 where there is none."""
    if response is None:
        raise HTTPException(404)
    return response


async def refused(_request: Request, error: Exception) -> Response:
    """A plain sentence as JSON; nothing of the request is repeated in it."""
    if not isinstance(error, HTTPException):
        raise error
    words = {404: "there is nothing under this address", 405: "this address takes another method"}
    reason = words.get(error.status_code, error.detail)
    return JSONResponse({"reason": reason}, error.status_code, headers=dict(error.headers or {}))
