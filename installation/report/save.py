"""A report as a file: its ending says as what."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import orjson

from calibration.errors import BadFile, BadInput
from calibration.file_writer import make_private_folder
from installation.report.figures import Report
from installation.report.table import as_csv

ENDINGS = (".csv", ".json")


def check_ending(path: str, *endings: str) -> None:
    """Raise ``BadInput`` before anything is read, where a file's ending says nothing. '' is no file."""
    known = endings or ENDINGS
    if path and Path(path).suffix.lower() not in known:
        raise BadInput(
            f"{path!r} is not a file that ends with {' or '.join(known)}", where="--csv" if endings else "--out"
        )


def save(report: Report, path: Path) -> None:
    """Write it whole, or not at all. Raises ``BadFile``."""
    content = as_bytes(report, path.suffix.lower())
    new = path.with_name(f".{path.name}.new")
    try:
        make_private_folder(path.parent)
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def as_bytes(report: Report, ending: str) -> bytes:
    """The file's content, by one of ``ENDINGS``."""
    return as_json(report) if ending == ".json" else as_csv(report).encode()


def as_json(report: Report) -> bytes:
    """All figures by the names of ``installation.report.figures``; null is what is not told."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n"
