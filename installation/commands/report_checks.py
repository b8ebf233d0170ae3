"""What the check finds of the evenings' reports: whether they can be mailed and copied. Nothing is sent."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

from calibration.venue import Venue
from installation.commands.finding import Finding, ok, warning

SHARE_SECONDS = 5.0
"""A mounted share that does not answer for so long hangs."""


def check_reports(venue: Venue) -> Iterator[Finding]:
    """Each of the two is tried where the venue has it. Without them the show plays all the same."""
    settings = venue.report
    if settings.mail_to:
        from installation.report.mail import NotMailed, try_server, where

        try:
            try_server(settings)
        except NotMailed as error:
            yield warning("report", "mail_to", f"{error}; the reports stay in the state folder, and it is tried again")
        else:
            yield ok("report", "mail_to", f"{where(settings)} would take mail for {', '.join(settings.mail_to)}")
    if settings.folder:
        why = _fault_of(Path(settings.folder))
        find = warning if why else ok
        yield find("report", settings.folder, why or "the reports are copied there")


def _fault_of(folder: Path) -> str:
    """Why nothing can be copied there; '': it can."""
    found: list[str] = []
    looking = threading.Thread(target=lambda: found.append(_looked_at(folder)), daemon=True)
    looking.start()
    looking.join(SHARE_SECONDS)
    return found[0] if found else f"does not answer within {SHARE_SECONDS:g} s; is the share mounted?"


def _looked_at(folder: Path) -> str:
    if not folder.is_dir():
        return "is no folder; make it, or mount the share (report.folder)"
    return "" if os.access(folder, os.W_OK) else "cannot be written to (report.folder)"
