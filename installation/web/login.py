"""The route by which a token is exchanged for a cookie."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from installation.web.access import COOKIE_SECONDS, Access
from installation.web.caller import Caller
from installation.web.incoming import body_of


def login_route(access: Access, where: str = "scan the code on the overlay again") -> Route:
    """The route. ``where``: how somebody finds a token that holds."""

    async def login(request: Request) -> Response:
        caller: Caller = request.scope["chiaro.caller"]
        if not access.may_try(caller.address):
            raise HTTPException(429, "too many tries; wait a minute", {"retry-after": "60", "connection": "close"})
        body = await body_of(request)
        token, name = body.get("token", ""), body.get("name", "")
        if not isinstance(token, str) or not isinstance(name, str):
            raise HTTPException(400, "token and name are texts")
        value = access.log_in(caller, token, name)
        if value is None:
            raise HTTPException(401, f"this is not a token of this show; {where}")
        response = JSONResponse({"role": "viewer" if value.startswith("v") else "operator"})
        response.set_cookie(
            access.cookie_name, value, max_age=COOKIE_SECONDS, httponly=True, samesite="strict", path="/"
        )
        return response

    return Route("/api/login", login, methods=["POST"])
