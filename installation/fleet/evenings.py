"""The last evening of each room, side by side: for the page, and as a table that spreadsheets read. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from installation.fleet.documents import Document
from installation.fleet.room import Room
from installation.rooms.topics import RoomReport

FIGURES = (*("visits", "stopped", "dwell_seconds", "takes", "completed", "holding", "open_seconds", "seeing_seconds"),)
COLUMNS = ("day", "room", "name", "story", *FIGURES, "losses")


def evenings_of(rooms: Iterable[Room]) -> list[Document]:
    """A row for each room that has told of an evening, by name."""
    return [row_of(room, room.report) for room in sorted(rooms, key=lambda one: one.name) if room.report]


def row_of(room: Room, report: RoomReport) -> Document:
    """One evening of one room."""
    row: Document = {"day": str(report.day), "room": room.name, "name": room.label, "story": report.story}
    losses = "; ".join(f"{one.part} x{one.times}" for one in report.losses)
    return row | {name: getattr(report, name) for name in FIGURES} | {"losses": losses}


def as_csv(rows: Sequence[Document]) -> str:
    """The rows as a table. A text that a spreadsheet would take for a formula is none."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    table.writerows([_cell(row[name]) for name in COLUMNS] for row in rows)
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t")) else value
