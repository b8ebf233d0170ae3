"""A draft as a page and as a PDF, from its Markdown."""

from __future__ import annotations

from html import escape

from installation.privacy.draft_words import PaperLanguage
from installation.privacy.drafts import Draft
from installation.privacy.lettering import FAMILY, font_faces
from installation.report.pdf import report_pdf

STYLE = """
@page { size: A4; margin: 16mm 14mm 18mm;
  @bottom-right { content: counter(page) " / " counter(pages); font-size: 8pt } }
body { font: 9.5pt/1.4 FAMILY, sans-serif; color: #1d2126 }
h1 { font-size: 20pt; line-height: 1.15; margin: 0 0 8pt }
h2 { font-size: 13pt; margin: 16pt 0 5pt } h3 { font-size: 10.5pt; margin: 12pt 0 4pt } h2, h3 { break-after: avoid }
blockquote { margin: 0 0 10pt; padding: 6pt 10pt; border-left: 3pt solid #1d2126; background: #eceff2 }
blockquote p { margin: 0 }
table { border-collapse: collapse; width: 100%; margin: 6pt 0; font-size: 8.5pt; line-height: 1.3 }
th, td { border: 0.5pt solid #9aa2aa; padding: 3pt 5pt;
  text-align: left; vertical-align: top; overflow-wrap: break-word }
thead th:empty { padding: 0; border: 0 } thead { background: #eceff2 } tr { break-inside: avoid }
code { font: 90% FAMILY, sans-serif; color: #36506a; overflow-wrap: anywhere }
.mark { background: #fff1a8 }
"""


def draft_html(draft: Draft, language: PaperLanguage) -> str:
    """One page without a script; what a person must still write is marked in yellow."""
    from markdown_it import MarkdownIt

    body = MarkdownIt("commonmark", {"html": False}).enable("table").render(draft.markdown)
    body = body.replace("<strong>[", '<strong class="mark">[')
    style = font_faces() + STYLE.replace("FAMILY", FAMILY)
    head = f'<meta charset="utf-8"><title>{escape(draft.title)}</title><style>{style}</style>'
    return f'<!DOCTYPE html><html lang="{language}"><head>{head}</head><body>{body}</body></html>'


def draft_pdf(draft: Draft, language: PaperLanguage) -> bytes:
    """On A4. Raises ``MissingExtra`` or ``Unavailable`` with what is to be installed."""
    return report_pdf(draft_html(draft, language), "privacy")
