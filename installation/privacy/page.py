"""The plain page behind the sign's QR code: one HTML file with every language, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from installation.privacy.facts import Facts
from installation.privacy.html import escaped
from installation.privacy.pictogram import pictogram
from installation.privacy.statements import Section, easy_lines, sections
from installation.privacy.words import Words

STYLE = """
:root { color-scheme: light dark; --ink: #16191d; --ground: #fff; --rule: #767676; --link: #0b4f6c; --mark: #fff3c4 }
@media (prefers-color-scheme: dark) { :root { --ink: #f1efec; --ground: #14161a; --rule: #8d949c; --link: #8fd0ea;
  --mark: #4a3b00 } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 44em; padding: 1.2em 1.2em 3em; background: var(--ground); color: var(--ink);
  font: 112.5%/1.55 system-ui, 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', Helvetica, Arial, sans-serif;
  overflow-wrap: anywhere }
svg { width: 15em; max-width: 100%; height: auto; display: block }
h1 { font-size: 1.9em; line-height: 1.2; margin: .6em 0 .3em }
h2 { font-size: 1.25em; line-height: 1.3; margin: 1.6em 0 .3em }
p, ul { margin: .5em 0 }
ul { padding-left: 1.2em }
li { margin: .35em 0 }
nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .3em 1.2em }
a { color: var(--link); padding: .3em 0; display: inline-block; text-underline-offset: .2em }
a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
.lead { font-weight: 700; font-size: 1.1em }
.easy { border: 2px solid var(--rule); border-radius: 8px; padding: 0 1.1em .6em; margin-top: 2em }
.easy p { line-height: 1.8 }
main > section + section { border-top: 3px solid var(--ink); margin-top: 3em; padding-top: .5em }
mark { background: var(--mark); color: var(--ink); border: 2px dashed var(--rule); padding: 0 .25em }
small { font-size: .85em }
"""
"""Widths of phones, contrast of at least 4.5 to 1 in both schemes (tested)."""


def page_html(facts: Facts, languages: Sequence[Words], today: date) -> str:
    """The whole page, a well-formed document whatever the room is called."""
    first = languages[0]
    title = f"{first('page_title')} · {facts.room}"
    body = "".join(_language(facts, words, today) for words in languages)
    return (
        f'<!DOCTYPE html>\n<html lang="{first.language}">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        f"{pictogram()}\n{_choice(languages)}<main>\n{body}</main>\n</body>\n</html>\n"
    )


def _choice(languages: Sequence[Words]) -> str:
    if len(languages) < 2:
        return ""
    links = "".join(
        f'<li><a href="#{words.language}" lang="{words.language}" hreflang="{words.language}">'
        f"{escaped(words('language'))}</a></li>"
        for words in languages
    )
    names = escaped(" / ".join(words("language") for words in languages))
    return f'<nav aria-label="{names}"><ul>{links}</ul></nav>\n'


def _language(facts: Facts, words: Words, today: date) -> str:
    parts = "".join(part for section in sections(facts, words) for part in _section(section))
    easy = "".join(f"<p>{'<br/>'.join(map(escaped, group))}</p>" for group in easy_lines(facts, words))
    made = words("made", date=today.isoformat(), version=facts.version)
    return (
        f'<section id="{words.language}" lang="{words.language}">\n<h1>{escaped(words("page_title"))}</h1>\n'
        f'<p>{escaped(facts.room)}</p>\n<p class="lead">{escaped(words("sign_headline"))}</p>\n'
        f"{parts}"
        f'<div class="easy"><h2>{escaped(words("h_easy"))}</h2>{easy}</div>\n'
        f"<p><small>{escaped(words('law'))} {escaped(made)}</small></p>\n</section>\n"
    )


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{escaped(section.heading)}</h2>\n"
    yield from (f"<p>{escaped(sentence)}</p>\n" for sentence in section.sentences)
    if section.items:
        yield f"<ul>{''.join(f'<li>{escaped(item)}</li>' for item in section.items)}</ul>\n"
