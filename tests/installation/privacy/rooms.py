"""Rooms for the tests: one that says all, and one whose every text is as long as it may be."""

from __future__ import annotations

from typing import Any

from calibration.venue import Venue
from installation.privacy.facts import Facts, facts_of

ALL_SAID: dict[str, Any] = {
    "shown_by": "Museum of the Lake, Quay 1, 9999 Lakeside",
    "contact": "privacy@museum.example",
    "legal_basis": "consent",
    "place": "museum",
    "page": "https://museum.example/faces",
}


def room(**sections: Any) -> Facts:
    """The facts of a room that says all that it must; ``privacy`` adds to it."""
    return facts_of(Venue.model_validate(sections | {"privacy": ALL_SAID | sections.get("privacy", {})}))


def longest_room() -> Facts:
    """Names, addresses and sentences of 300 letters, and a page whose address has 500."""
    keys = ("shown_by", "contact", "data_protection_officer", "artist", "purpose")
    long = {key: (f"{key}: " + "Foundation for the Preservation of Moving Pictures " * 6)[:300] for key in keys}
    return room(privacy=long | {"page": f"https://museum.example/{'x' * 477}", "consent": "button"})
