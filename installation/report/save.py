"""A report as a file: its ending says as what."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import orjson

from calibration.errors import BadFile, BadInput
from calibration.file_writer import make_private_folder
from calibration.settings import Language
from installation.report.figures import Report
from installation.report.page import report_html
from installation.report.pdf import report_pdf
from installation.report.table import as_csv

ENDINGS = (".html", ".pdf", ".csv", ".json")


def check_ending(path: str, *endings: str) -> None:
    """Raise ``BadInput`` before anything is read, where a file's ending says nothing. '' is no file."""
    known = endings or ENDINGS
    if path and Path(path).suffix.lower() not in known:
        raise BadInput(
            f"{path!r} is not a file that ends with {' or '.join(known)}", where="--csv" if endings else "--out"
        )


def save(report: Report, path: Path, language: Language = "en") -> None:
    """Write it whole, or not at all; pages in ``language``. Raises ``BadFile``, and what ``report_pdf`` does."""
    content = as_bytes(report, path.suffix.lower(), language)
    new = path.with_name(f".{path.name}.new")
    try:
        make_private_folder(path.parent)
        new.write_bytes(content)
        new.replace(path)
    except OSError as error:
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise BadFile(path, [f"cannot be written: {error.strerror or error}"]) from error


def as_bytes(report: Report, ending: str, language: Language = "en") -> bytes:
    """The file's content, by one of ``ENDINGS``."""
    match ending:
        case ".json":
            return as_json(report)
        case ".csv":
            return as_csv(report).encode()
    html = report_html(report, language)
    return report_pdf(html) if ending == ".pdf" else html.encode()


def as_json(report: Report) -> bytes:
    """All figures by the names of ``installation.report.figures``; null is what is not told."""
    return orjson.dumps(report, option=orjson.OPT_INDENT_2) + b"\n"
