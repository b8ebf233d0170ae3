"""A page as a PDF, drawn by WeasyPrint (the extras ``report`` and ``privacy``) with the system's Pango."""

from __future__ import annotations

from calibration.errors import Unavailable
from calibration.extras import needs_extra

PANGO = "a PDF needs Pango, a library of the system; on Debian: apt install libpangoft2-1.0-0"


def report_pdf(html: str, extra: str = "report") -> bytes:
    """The page's PDF on A4, or as its style says. Raises ``MissingExtra`` or ``Unavailable`` with what to install.

    A page names no file and no address; should one do so, it is not fetched. What it holds itself (``data:``) is drawn.
    """
    needs_extra(extra, "a PDF", "weasyprint")
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:  # the package is there, and the library that it loads is not
        raise Unavailable(PANGO) from error
    only_its_own = URLFetcher(allowed_protocols=("data",))
    written: bytes = weasyprint.HTML(string=html, url_fetcher=only_its_own).write_pdf()
    return written
