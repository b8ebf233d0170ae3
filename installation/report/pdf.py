"""A page as a PDF, drawn by WeasyPrint (the extras ``report`` and ``privacy``) with the system's Pango."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any

from calibration.errors import Unavailable
from calibration.extras import needs_extra

PANGO = "a PDF needs Pango, a library of the system; on Debian: apt install libpangoft2-1.0-0"


def report_pdf(html: str, extra: str = "report") -> bytes:
    """The page's PDF on A4, or as its style says. Raises ``MissingExtra`` or ``Unavailable`` with what to install."""
    written: bytes = _drawn(html, extra).write_pdf(pdf_tags=True)  # a screen reader knows headings and lists
    return written


def pdf_of_one_sheet(html_at: Callable[[float], str], sizes: Sequence[float], extra: str) -> tuple[bytes, float]:
    """The PDF of the page at the largest of ``sizes`` (largest first) at which it is on one sheet, and that size.

    Where none is small enough it is the last, on more than one. Raises as ``report_pdf``.
    """
    fits = bisect_left(sizes, True, hi=len(sizes) - 1, key=lambda size: len(_drawn(html_at(size), extra).pages) == 1)
    return report_pdf(html_at(sizes[fits]), extra), sizes[fits]


def _drawn(html: str, extra: str) -> Any:
    """WeasyPrint's document. A page names no file and no address; should one do so, it is not fetched.

    What it holds itself (``data:``) is drawn.
    """
    needs_extra(extra, "a PDF", "weasyprint")
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher
    except OSError as error:  # the package is there, and the library that it loads is not
        raise Unavailable(PANGO) from error
    return weasyprint.HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=("data",))).render()
