"""A comparison as one HTML file: drawings and style in it, no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

from installation.comparison.charts import dots_svg
from installation.comparison.tables import (
    LAMPS,
    MISSED,
    OPEN,
    SAME,
    SUBTLE_MISSED,
    Table,
    clean,
    headline,
    tables,
    told_lines,
)
from installation.drawings.svg import words as escaped
from installation.report.style import STYLE
from models.comparison.result import Comparison

METHODS_DRAWN = 4


def comparison_html(found: Comparison) -> str:
    """The whole page, a well-formed document whatever a folder is called."""
    title = f"Methods compared on {found.faces}"
    body = "\n".join(_body(found, title))
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(found: Comparison, title: str) -> Iterator[str]:
    yield f"<header><p>chiaro compare</p><h1>{escaped(title)}</h1><p>{escaped(headline(found))}</p></header><main>"
    drawings = {
        "Methods": _lights(found),
        "Sets of emotions": _emotions(found),
        "Other sets": _falls(found),
        "A new small set": _transfer(found),
        "On sequences": _sequences(found),
    }
    for table in tables(found):
        drawing, inside = drawings.get(table.title, ""), _table(table)
        if table.title not in OPEN:
            inside = f"<details><summary>as a table</summary>{inside}</details>"
        wide = f'<div class="wide">{drawing}</div>' if drawing else ""
        yield f"<section><h2>{escaped(table.title)}</h2><p>{escaped(table.note)}</p>{wide}{inside}</section>"
    yield "</main><footer><h2>What was left out</h2>"
    lines = told_lines(found) or ["Nothing."]
    yield f"<ul>{''.join(f'<li>{escaped(one)}</li>' for one in lines)}</ul></footer>"


def _lights(found: Comparison) -> str:
    kinds = [kind for kind in LAMPS if found.names(kind)]
    rows = [
        (row.title, [light.accuracy, *(found.mean(row, kind) for kind in kinds)])
        for row in found.rows
        if (light := clean(found, row))
    ]
    return dots_svg("Accuracy of each method in the light and under lamps", ["clean", *kinds], rows)


def _emotions(found: Comparison) -> str:
    """Each set of emotions, for the methods that differ most: the first of each part and ours."""
    firsts = {row.part: row for row in reversed(found.rows)}
    drawn = [row for row in found.rows if row is firsts[row.part]][-METHODS_DRAWN:]
    others = set(found.names("other set"))
    names = [name for row in drawn[:1] if (light := clean(found, row)) for name in light.emotion_sets]
    rows = []
    for name in names:
        found_in = [light.emotion_sets.get(name) for row in drawn if (light := clean(found, row))]
        if name not in others:
            rows.append((name, [one.balanced if one else None for one in found_in]))
    return dots_svg("Mean recall within each set of emotions", [row.title for row in drawn], rows)


def _falls(found: Comparison) -> str:
    rows = []
    names = found.names("other set")
    for name in names:
        for row in found.rows:
            light, there = clean(found, row), row.figures.get(name)
            same = light.emotion_sets.get(name) if light else None
            if same and there and there.among:
                title = f"{name}: {row.title}" if len(names) > 1 else row.title
                rows.append((title, [same.accuracy, there.among.accuracy]))
    abroad = f"on {names[0]}" if len(names) == 1 else "there"
    return dots_svg("Accuracy of each method at home and on other sets", ["at home", abroad], rows)


def _transfer(found: Comparison) -> str:
    rows = [(f"{one.set_name}, {one.faces} faces", [one.fine_tuned, one.alone, one.as_it_is]) for one in found.transfer]
    series = ("ours, fine-tuned on them", "learned from them alone", "ours as it is")
    return dots_svg("Accuracy on the rest of a new set", series, rows)


def _sequences(found: Comparison) -> str:
    rows = []
    for one in found.filters:
        missed = [one.figures.get(name) for name in (MISSED, SUBTLE_MISSED)]
        same = one.figures.get(SAME)
        shares = [None if part is None else 1 - part / 100 for part in missed]
        rows.append((f"{one.name}, after {one.believed_after:g} s", [*shares, same and same / 100]))
    series = ("onsets told", "subtle onsets told", "the same answer bright and dark")
    return dots_svg("What each filter tells on sequences", series, rows)


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{escaped(one)}</th>' for one in table.heads)
    body = ""
    for first, *rest in table.rows:
        cells = "".join(f"<td>{escaped(cell)}</td>" for cell in rest)
        body += f'<tr><th scope="row">{escaped(first)}</th>{cells}</tr>'
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
