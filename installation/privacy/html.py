"""Text of a venue or of a language for the inside of an element."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from calibration.plain import plain

_MISSING = re.compile(r"\[\[(.*?)\]\]")


def escaped(text: str) -> str:
    """Nothing in it can be markup, and what is still missing is marked."""
    return _MISSING.sub(r"<mark>\1</mark>", escape(plain(text).replace("\n", " ")))
