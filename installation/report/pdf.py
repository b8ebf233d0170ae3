"""The report as a PDF, drawn from the same page by WeasyPrint (the extra ``report``) with the system's Pango."""

from __future__ import annotations

from calibration.errors import Unavailable
from calibration.extras import needs_extra

PANGO = "a PDF needs Pango, a library of the system; on Debian: apt install libpangoft2-1.0-0"


def report_pdf(html: str) -> bytes:
    """The page's PDF on A4. Raises ``MissingExtra`` or ``Unavailable`` with what is to be installed."""
    needs_extra("report", "a PDF")
    try:
        import weasyprint
    except OSError as error:  # the package is there, and the library that it loads is not
        raise Unavailable(PANGO) from error
    written: bytes = weasyprint.HTML(string=html, url_fetcher=_nothing_from_elsewhere).write_pdf()
    return written


def _nothing_from_elsewhere(url: str) -> dict[str, object]:
    """A report names no file and no address; should one do so, it is not fetched."""
    raise ValueError(f"{url[:60]} is not fetched")
