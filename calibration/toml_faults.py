"""What is wrong with a file that is no TOML, for somebody who writes stories and knows no parser."""

from __future__ import annotations

import re
import tomllib

FOREIGN = {"{": "JSON", "::": "a Twine story (Twee)", "<": "a web page or XML"}
"""By what no TOML begins with."""
CURLY = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u00ab\u00bb"
WIDE_BLANKS = "\u00a0\u2007\u202f\u3000"
PLACE = re.compile(r" ?\(at line (\d+), column (\d+)\)$")
"""Where the standard library's parser says the fault is; from Python 3.14 on it has attributes for it."""
LINE_LETTERS = 1000
"""Of a line that are looked at: some forms below take time by the square of its length."""
HINTS: tuple[tuple[str, str, str], ...] = (
    # what the parser says begins with; what the line looks like; what to tell
    ("", r"\s*(//|/\*|--)", "a remark begins with #"),
    ("Invalid value", r"[^=]*=\s*(true|false|yes|no|on|off)\b", "write true or false, in small letters"),
    ("Invalid value", r"[^=]*=\s*[^\W\d]", 'text stands in quotes, as in clip = "door.mp4"'),
    ("Invalid value", r"[^=]*=\s*(#|$)", "the value behind = is missing"),
    ("Illegal character", r"", "a quotation mark is missing at the end of a text"),
    ("Unterminated", r"", "a quotation mark is missing at the end of a text"),
    ("Expected '='", r"\s*[\w-]+\s*:", "write = between key and value, not :"),
    ("Cannot declare", r"\s*\[", "this table stands there twice; give one of them another name"),
    ("Cannot overwrite", r"", "this key stands there twice; remove one of them"),
    ("Expected ']'", r"\s*\[+[^\]]*\]", 'a name with blanks or accents stands in quotes, as in [scenes."my room"]'),
    ("Expected ']'", r"", "] is missing"),
    (
        "Invalid initial character",
        r".*\{[^}]*$",
        "what stands in { } has one line (a list in [ ] may have several)",
    ),
    ("Unclosed inline table", r"", "a comma or } is missing"),
    ("Unclosed array", r"", "a comma or ] is missing"),
    ("Expected newline", r"[^=]*=\s*[+-]?\d+,\d", "write the number with a point, as in 1.5"),
    ("Expected newline", r"[^=]*=\s*[+-]?\d[\d.]*\s*[^\W\d]", "a number stands alone; its unit is in the key's name"),
    ("Expected newline", r"[^=]*=\s*[+-]?\d[\d.]*\s*%", "write a share as a number from 0 to 1, as in 0.8"),
    ("Expected newline", r".*[;,]\s*(#.*)?$", "nothing stands behind a value, no comma either"),
)


def cause(text: str, error: tomllib.TOMLDecodeError) -> str:
    """What people usually did where the parser gave up; else what the parser says.

    The line itself is not repeated: it may hold a password.
    """
    foreign = next((name for begin, name in FOREIGN.items() if text.lstrip().startswith(begin)), "")
    if foreign:
        return f"it is {foreign}; docs/stories.md tells how a story is written, docs/imports.md how one is brought in"
    if "\r" in text and "\n" not in text:
        return "its lines end as on an old Macintosh; save it again with line ends of Unix or Windows"
    said = str(error)
    place = PLACE.search(said)
    if place is None:
        return said
    number, column = int(place[1]), int(place[2])
    lines = text.split("\n")
    line = lines[number - 1][:LINE_LETTERS] if number <= len(lines) else ""
    curly = next((letter for letter in line if letter in CURLY), "")
    if "\\" in line and said.startswith(("Unescaped", "Invalid hex", "Escaped")):
        return f"line {number} has a backslash, which begins an escape; write folders with /, as in film/opening.mp4"
    if curly:
        return f'line {number} has a typographic quotation mark ({curly}); TOML takes straight ones: "'
    if any(letter in WIDE_BLANKS for letter in line):
        return f"line {number} has a blank of a text processor (no-break space); write a plain one"
    hint = next((hint for begins, form, hint in HINTS if said.startswith(begins) and re.match(form, line, re.I)), "")
    if hint:
        return f"line {number}: {hint}"
    return f"line {number}, column {column}: {PLACE.sub('', said)}"
