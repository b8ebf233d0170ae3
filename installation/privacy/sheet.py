"""The sheets of paper, drawn by WeasyPrint: the sign at the door, and the version in easy language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from installation.privacy.facts import Facts
from installation.privacy.html import escaped
from installation.privacy.lettering import FAMILY, font_faces
from installation.privacy.pictogram import pictogram
from installation.privacy.statements import basis, easy_lines, people, sign_lines
from installation.privacy.words import Words
from installation.report.pdf import pdf_of_one_sheet

Size = Literal["a3", "a4"]
POINTS: dict[Size, float] = {"a3": 1.0, "a4": 0.7071}
"""Sizes below are in points of an A3 sheet; on A4 all of them are smaller by this."""
LEAD_POINTS = 36.0
"""Of the two sentences that must be read at two metres."""
LEGIBLE_POINTS = 21.0
"""The x-height of this size (3.7 mm) is seen at two metres under 6.4 minutes of arc: by an acuity of 0.8."""
SCALES = tuple(scale / 100 for scale in range(104, 34, -2))
"""Long names and several languages make the letters smaller, until all stands on one sheet."""

STYLE = """
* { box-sizing: border-box; margin: 0 }
html { font-family: %(family)s, sans-serif; line-height: 1.25; color: #000; overflow-wrap: anywhere }
header { background: #000; color: #fff; padding: 0.8em 1em; display: flex; align-items: center; gap: 1em }
header svg { width: 11em; flex: none }
header p { font-weight: 700; font-size: 1em }
section { padding-top: 1em }
section + section { border-top: 2pt solid #000; margin-top: 1em }
h1 { font-size: 1.5em; line-height: 1.08; margin-bottom: 0.35em }
.lead { font-weight: 700; margin-bottom: 0.25em }
ul { list-style: none; padding: 0; margin-top: 0.6em; font-size: 0.72em }
li { padding: 0.28em 0 0.28em 0.8em; border-left: 0.22em solid #000; margin-bottom: 0.5em }
footer { border-top: 2pt solid #000; margin-top: 0.7em; padding-top: 0.5em; display: flex; gap: 0.8em }
footer svg.qr { width: 6em; height: 6em; flex: none }
footer div { font-size: 0.47em; flex: 1; min-width: 0 }
footer p { margin-bottom: 0.3em }
.scan { font-size: 1.5em; font-weight: 700 }
mark { background: #000; color: #fff; font-weight: 700; padding: 0 0.3em }
.easy p { margin-bottom: 0.9em; font-size: 0.6em; line-height: 1.5 }
"""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet, drawn."""

    pdf: bytes
    lead_points: float
    """Size of its most important letters, as it came out."""


def sign(facts: Facts, languages: Sequence[Words], size: Size) -> Sheet:
    """The sign in one language, or in several on one sheet. Raises as ``report_pdf``."""
    body = (
        _head([words("sign_kicker") for words in languages])
        + "".join(_sign_in(facts, words) for words in languages)
        + _foot(facts, languages)
    )
    return _fitted(body, languages, size)


def easy_sheet(facts: Facts, words: Words, size: Size) -> Sheet:
    """The easy-language version. Raises as ``report_pdf``."""
    groups = "".join(f"<p>{'<br/>'.join(map(escaped, group))}</p>" for group in easy_lines(facts, words))
    text = f'<section class="easy"><h1>{escaped(words("sign_headline"))}</h1>{groups}</section>'
    return _fitted(_head([words("h_easy")]) + text, [words], size)


def _head(lines: Sequence[str]) -> str:
    return f"<header>{pictogram(colour='#fff')}<p>{'<br/>'.join(map(escaped, lines))}</p></header>"


def _sign_in(facts: Facts, words: Words) -> str:
    lines = "".join(f"<li>{escaped(line)}</li>" for line in sign_lines(facts, words))
    return (
        f'<section lang="{words.language}"><h1>{escaped(words("sign_headline"))}</h1>'
        f'<p class="lead">{escaped(words("in_operation"))}</p>'
        f'<p class="lead">{escaped(words("what"))}</p><ul>{lines}</ul></section>'
    )


def _foot(facts: Facts, languages: Sequence[Words]) -> str:
    page = facts.privacy.page
    more = " ".join(words("scan" if page else "ask") for words in languages)
    named: dict[str, list[str]] = {}
    for words in languages:
        for role, name in (*people(facts, words), (words("basis"), basis(facts, words))):
            named.setdefault(name, []).append(role)
    rows = "".join(f"<p><b>{escaped(' / '.join(roles))}:</b> {escaped(name)}</p>" for name, roles in named.items())
    address = f"<p>{escaped(page)}</p>" if page else ""
    return (
        f'<footer>{qr_code(page) if page else ""}<div><p class="scan">{escaped(more)}</p>{address}{rows}</div></footer>'
    )


def qr_code(address: str) -> str:
    """The QR code of an address as SVG, with its quiet zone, with a quarter of it allowed to be dirty."""
    import segno

    code = segno.make(address, micro=False, error="m")
    return str(code.svg_inline(border=4, omitsize=True, svgclass="qr", lineclass=None))


def _fitted(body: str, languages: Sequence[Words], size: Size) -> Sheet:
    """The largest that stands on one sheet."""
    full = LEAD_POINTS * POINTS[size]
    pdf, scale = pdf_of_one_sheet(lambda scale: _document(body, languages, size, full * scale), SCALES, extra="privacy")
    return Sheet(pdf, full * scale)


def _document(body: str, languages: Sequence[Words], size: Size, points: float) -> str:
    style = font_faces() + STYLE % {"family": FAMILY}
    page = f"@page {{ size: {size.upper()}; margin: {POINTS[size] * 14:.0f}mm }} html {{ font-size: {points:.1f}pt }}"
    title = escaped(" · ".join(words("sign_headline") for words in languages))
    return (
        f'<!DOCTYPE html>\n<html lang="{languages[0].language}"><head><meta charset="utf-8"/><title>{title}</title>'
        f"<style>{style}{page}</style></head><body>{body}</body></html>\n"
    )
