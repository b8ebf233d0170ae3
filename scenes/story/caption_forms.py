"""Captions in forms that are not read here, named by how they begin."""

from __future__ import annotations

import re

FORMS = {
    r"\s*\[Script Info\]": "ASS or SSA",
    r"\s*\{\d+\}\{\d+\}": "MicroDVD",
    r"\s*\[\d+\]\[\d+\]": "MPL2",
    r"\s*\[\d+:\d\d": "a song's lyrics (LRC)",
    r"\s*<sami": "SAMI",
    r"\s*(?:<\?xml|<tt)": "XML, such as TTML",
    r"\s*<(?:!doctype|html)": "a web page",
    r"\s*\{\\rtf": "a text processor's file (RTF)",
    r"\s*[{\[]\s*[\"{\[]": "JSON",
    r"PK\x03\x04": "a ZIP file or a text processor's",
    r"\x1f.\x08": "a compressed file",
}


def other_form(head: str) -> str:
    """Which other form of captions, or of text, begins so; '' if nobody knows."""
    name = next((name for form, name in FORMS.items() if re.match(form, head, re.IGNORECASE)), "")
    return f"is {name}; export it as SubRip (.srt) or WebVTT (.vtt)" if name else ""
