"""The sections of a venue file about the operator's console."""

from __future__ import annotations

from pydantic import Field

from calibration.settings import Section


class ConsoleSettings(Section):
    """The operator's console: pages for a phone or a desk."""

    listen: str = Field(
        "127.0.0.1",
        description="Address on which it is served; '0.0.0.0' = every network of this machine (a token is asked for "
        "there), '' = no console",
    )
    port: int = Field(8470, ge=0, le=65535, description="0, or where it is taken: any free one")
