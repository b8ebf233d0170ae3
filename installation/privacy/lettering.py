"""The letters of the sheets (``fonts/``, SIL Open Font License), held by the page itself: no machine needs them."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FAMILY = "'Notice', 'Notice more'"
"""Atkinson Hyperlegible: its Latin letters, and those of languages further east that stand in a file of their own."""


@cache
def font_faces() -> str:
    """The rules of a style sheet that bring ``FAMILY``, in regular and bold."""
    return "\n".join(
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; src: url(data:font/woff;base64,"
        f"{b64encode((FONTS / f'atkinson-hyperlegible-{letters}-{weight}-normal.woff').read_bytes()).decode()}) "
        "format('woff') }"
        for family, letters in (("Notice", "latin"), ("Notice more", "latin-ext"))
        for weight in (400, 700)
    )
