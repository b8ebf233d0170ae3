"""Who asks: an operator, a viewer, or somebody who has shown nothing yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody at the other end of a connection."""

    address: str
    role: Literal["operator", "viewer", ""] = ""
    name: str = ""
    local: bool = False
    """Sits at this machine."""

    @property
    def operator(self) -> bool:
        """May change things."""
        return self.role == "operator"

    @property
    def who(self) -> str:
        """For the journal and the other operators: the name, or else the address."""
        return self.name or self.address

    @property
    def key(self) -> str:
        """The same for all pages of one person at one device."""
        return f"{self.address} {self.name}"
