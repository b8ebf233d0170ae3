"""A report as one HTML file that opens in ten years: drawings and style in it, no script, nothing from elsewhere."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from calibration.settings import Language
from installation.drawings.svg import words as escaped
from installation.report.charts import bars_svg, choice_svg, difference_svg, evening_svg, scene_svg, trend_svg
from installation.report.figures import (
    FEWEST,
    FEWEST_TO_COMPARE,
    PASSED_SECONDS,
    Edit,
    Figures,
    MoodBin,
    Report,
    SceneFigures,
)
from installation.report.flows import flows_svg
from installation.report.style import STYLE
from installation.report.usual_way import usual_way_svg
from installation.report.words import Words
from models.labels import LABELS

Cells = Sequence[object]


def report_html(report: Report, language: Language = "en") -> str:
    """The whole page. It is a well-formed document, whatever a story or a venue is called."""
    words = Words(language)
    days = words.days(report.first, report.last)
    title = words("title", room=report.room, days=days)
    body = "\n".join(_body(report, words, days))
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8"/>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        f"<title>{escaped(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _body(report: Report, words: Words, days: str) -> Iterator[str]:
    told = words("subtitle", title=report.title or "–", evenings=len(report.days))
    yield f"<header><p>{escaped(words('heading'))}</p><h1>{escaped(report.room)}</h1>"
    yield f"<p>{escaped(days)}</p><p>{escaped(told)}</p></header><main>"
    total = report.total
    if report.empty:
        yield _note(words("empty", days=days))
    elif total.visits == 0 and total.takes == 0:
        yield _note(words("no_visits", open=words.span(total.open_seconds), seeing=words.span(total.seeing_seconds)))
        yield from _machine(report, words)
    else:
        yield from _key_figures(total, words)
        yield from _times(report, words)
        yield from _ways(report, words)
        yield from _moods(report, words)
        yield from _choices(report, words)
        if report.edit:
            yield from _edit(report.edit, words)
        yield from _trends(report, words)
        yield from _machine(report, words)
    yield "</main>"
    yield from _how_to_read(report, words)


def _key_figures(total: Figures, words: Words) -> Iterator[str]:
    on_time = None
    if total.pictures and total.pictures_late is not None:  # rounded down: 100 % is for none late
        on_time = math.floor(10_000 * (1 - total.pictures_late / total.pictures)) / 10_000
    shares = {
        name: words(f"{name}_note", part=words.count(one.part), whole=words.count(one.whole))
        + (
            ". " + words("interval", low=words.percent(one.low), high=words.percent(one.high))
            if one.low is not None
            else ""
        )
        for name, one in (("stopped", total.stopped), ("completed", total.completed))
    }
    dwell = words("dwell_note", lower=words.span(total.dwell.lower), upper=words.span(total.dwell.upper))
    pictures = words(
        "pictures_note", late=words.number(total.pictures_late, 0), pictures=words.number(total.pictures, 0)
    )
    cards = (
        ("visits", words.count(total.visits), words("visits_note")),
        ("stopped", words.share(total.stopped), shares["stopped"]),
        ("dwell", words.span(total.dwell.median), dwell),
        ("takes", words.count(total.takes), words("takes_note", median=words.span(total.take_seconds.median))),
        ("completed", words.share(total.completed), shares["completed"]),
        ("holding", words.percent(total.holding), words("holding_note", needed=words.span(total.needed_seconds))),
        ("rate", words.number(total.visits_per_hour), words("rate_note", seeing=words.span(total.seeing_seconds))),
        ("pictures", words.percent(on_time, 2), pictures),
    )
    yield '<dl class="figures">'
    for key, value, note in cards:
        yield f"<div><dt>{escaped(words(key))}</dt><dd><b>{escaped(value)}</b><span>{escaped(note)}</span></dd></div>"
    yield "</dl>"


def _times(report: Report, words: Words) -> Iterator[str]:
    heads = [words(key) for key in ("visits", "stopped", "dwell", "takes", "completed", "rate")]
    if report.hours:
        over = words("over_days", days=len(report.days)) if len(report.days) > 1 else ""
        rows = [(f"{one.hour:02d}:00", one.figures) for one in report.hours]
        table = _table([words("hour"), *heads], [(name, *_row(one, words)) for name, one in rows], words)
        note = words("by_hour_note", over=over)
        yield _section(words("by_hour"), note, bars_svg(rows, words, words("bars_title")) + table)
    if len(report.days) > 1:
        rows = [(words.short_day(one.day), one.figures) for one in report.days]
        cells = [(words.day(one.day), *_row(one.figures, words)) for one in report.days]
        drawing = bars_svg(rows, words, words("bars_title"))
        yield _section(words("by_day"), "", drawing + _table([words("date"), *heads], cells, words))


def _ways(report: Report, words: Words) -> Iterator[str]:
    drawing = flows_svg(report.flows, words)
    if not drawing:
        return
    rows = [
        (
            one.source or words("began"),
            one.target or words(f"end_{one.end or 'cut'}"),
            words.count(one.takes, one.about),
        )
        for one in report.flows
    ]
    table = _table([words("from"), words("to"), words("takes")], rows, words)
    yield _section(words("ways"), words("ways_note"), f'<div class="wide">{drawing}</div>{table}')
    if usual := usual_way_svg(report, words):
        yield _section(words("usual"), words("usual_note"), f'<div class="wide">{usual}</div>{table}')


def _moods(report: Report, words: Words) -> Iterator[str]:
    drawing = evening_svg(report.evening, words)
    if drawing:
        rows = [
            (f"{_clock(one.begin)} – {_clock(one.end)}", *map(words.percent, one.probabilities or ()))
            for one in report.evening
            if one.probabilities
        ]
        table = _table([words("time"), *_emotions(words)], rows, words)
        yield _section(words("evening"), words("evening_note"), f'<div class="wide">{drawing}</div>{table}')
    scenes = [scene for scene in report.scenes if any(one.probabilities for one in scene.moods)]
    if scenes:
        cells = [_scene(scene, words) for scene in scenes]
        rows = [
            (
                scene.name,
                words.count(scene.seen, scene.seen_about),
                words.share(scene.left),
                *map(words.percent, _mean(scene.moods)),
            )
            for scene in scenes
        ]
        table = _table([words("scene"), words("seen"), words("left_in"), *_emotions(words)], rows, words)
        yield _section(words("scenes"), words("scenes_note"), f'<div class="scenes">{"".join(cells)}</div>{table}')


def _scene(scene: SceneFigures, words: Words) -> str:
    told = words("scene_told", seen=words.count(scene.seen, scene.seen_about), left=words.share(scene.left))
    caption = f"<figcaption><b>{escaped(scene.name)}</b> {escaped(told)}</figcaption>"
    return f"<figure>{scene_svg(scene, words)}{caption}</figure>"


def _choices(report: Report, words: Words) -> Iterator[str]:
    choices = [choice for choice in report.choices if len(choice.ways) > 1]
    if not choices:
        return
    drawn, rows = "", []
    for choice in choices:
        head = words("choice_fell", scene=choice.scene, fell=words.count(choice.fell))
        drawn += f'<h3>{escaped(head)}</h3><div class="wide">{choice_svg(choice, words)}</div>'
        for way in choice.ways:
            stood, needed = words.percent(way.stood_at), words.percent(way.needed)
            taken = words.count(way.taken, way.about), words.percent(way.share)
            rows.append((choice.scene, way.target, way.asks, *taken, stood, needed))
    heads = [words(key) for key in ("from", "to", "asks", "takes", "share", "stood_at", "needed")]
    yield _section(words("choices"), words("choices_note"), drawn + _table(heads, rows, words))


def _edit(edit: Edit, words: Words) -> Iterator[str]:
    counts = {"before": words.count(edit.takes_before), "after": words.count(edit.takes_after)}
    scenes = ""
    if edit.scenes_added or edit.scenes_removed:
        added, removed = (", ".join(names) or "–" for names in (edit.scenes_added, edit.scenes_removed))
        scenes = f"<p>{escaped(words('edit_scenes', added=added, removed=removed))}</p>"
    if edit.completed.told == "too few":
        note = words("edit_too_few", **counts, needed=FEWEST_TO_COMPARE)
        yield _section(words("edit"), note, scenes)
        return
    rows = [(words("edit_completed"), edit.completed)]
    rows += [(words("edit_way", source=one.source, target=one.target), one.difference) for one in edit.ways]
    long = edit.take_seconds
    told = words(f"told_{long.told.replace(' ', '_')}")
    lasts = words("edit_seconds", before=words.span(long.before), after=words.span(long.after), told=told)
    cells = [
        (name, words.percent(one.before, 1), words.percent(one.after, 1), words(f"told_{one.told.replace(' ', '_')}"))
        for name, one in rows
    ]
    table = _table([words("way"), words("before"), words("after"), words("difference")], cells, words)
    note = words("edit_note", at=words.moment(edit.at), old=edit.before, new=edit.after, **counts)
    drawing = f'<div class="wide">{difference_svg(rows, words)}</div>'
    yield _section(words("edit"), note, f"{drawing}<p>{escaped(lasts)}</p>{scenes}{table}")


def _trends(report: Report, words: Words) -> Iterator[str]:
    weeks = report.weeks
    if len(weeks) < 2:
        return
    names = [one.name.partition("-")[2] or one.name for one in weeks]
    found = [one.figures for one in weeks]
    drawings = ""
    for key, values, written in (
        ("visits", [one.visits for one in found], partial(words.number, digits=0)),
        ("completed", [one.completed.share for one in found], words.percent),
        ("rate", [one.visits_per_hour for one in found], words.number),
        ("dwell", [one.dwell.median for one in found], words.span),
    ):
        said = [written(value) for value in values]
        drawing = trend_svg(list(zip(names, values, strict=True)), words(f"trend_{key}"), said)
        if drawing:
            drawings += f"<figure>{drawing}<figcaption>{escaped(words(f'trend_{key}'))}</figcaption></figure>"
    heads = [words(key) for key in ("evenings", "visits", "stopped", "dwell", "takes", "completed", "rate")]
    tables = "".join(
        _table([words(head), *heads], [(one.name, one.days, *_row(one.figures, words)) for one in spans], words)
        for head, spans in (("week", weeks), ("month", report.months))
        if spans
    )
    yield _section(words("trends"), "", f'<div class="trends">{drawings}</div>{tables}')


def _machine(report: Report, words: Words) -> Iterator[str]:
    total = report.total
    note = ""
    if total.open_seconds is not None and total.seeing_seconds is not None:
        blind = max(0.0, total.open_seconds - total.seeing_seconds)
        spans = {"open": total.open_seconds, "seeing": total.seeing_seconds, "blind": blind}
        note = words("machine_note", **{name: words.span(value) for name, value in spans.items()})
    if not report.losses:
        yield _section(words("machine"), note, f"<p>{escaped(words('no_losses'))}</p>")
        return
    heads = [words(key) for key in ("loss_part", "loss_times", "loss_minutes")]
    losses = _plain_table(heads, [(one.part, one.times, words.number(one.minutes)) for one in report.losses])
    heads = [words(key) for key in ("loss_at", "loss_part", "loss_for", "loss_why")]
    log = [
        (words.moment(one.at), one.part, words("not_back") if one.seconds is None else words.span(one.seconds), one.why)
        for one in report.loss_log
    ]
    details = _details(words("loss_log"), _plain_table(heads, log)) if log else ""
    yield _section(words("machine"), note, f"<h3>{escaped(words('losses'))}</h3>{losses}{details}")


def _how_to_read(report: Report, words: Words) -> Iterator[str]:
    yield f"<footer><h2>{escaped(words('read'))}</h2>"
    rest = {"rehearsed": report.rehearsed, "unreadable": report.unreadable}
    for said in (
        words("read_visit"),
        words("read_stopped", seconds=f"{PASSED_SECONDS:g}"),
        words("read_few", fewest=FEWEST),
        words("read_rehearsed", **rest),
        words("read_privacy"),
    ):
        yield f"<p>{escaped(said)}</p>"
    made = {"at": words.moment(report.made_at), "zone": report.timezone or words("zone_local")}
    yield f"<p>{escaped(words('foot', version=report.version, **made))}</p></footer>"


def _row(one: Figures, words: Words) -> Cells:
    """Visits, stopped, dwell, takes, completed, visits an hour: the columns of all tables over time."""
    shares = words.share(one.stopped), words.share(one.completed)
    dwell, rate = words.span(one.dwell.median), words.number(one.visits_per_hour)
    return words.count(one.visits), shares[0], dwell, words.count(one.takes), shares[1], rate


def _mean(bins: Iterable[MoodBin]) -> list[float]:
    rows = [one.probabilities for one in bins if one.probabilities]
    return [sum(column) / len(rows) for column in zip(*rows, strict=True)]


def _emotions(words: Words) -> list[str]:
    return [words.emotion(label) for label in LABELS]


def _clock(hours: float) -> str:
    minutes = round(hours * 60)
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _section(title: str, note: str, inside: str) -> str:
    said = f"<p>{escaped(note)}</p>" if note else ""
    return f"<section><h2>{escaped(title)}</h2>{said}{inside}</section>"


def _note(said: str) -> str:
    return f'<p class="note">{escaped(said)}</p>'


def _table(heads: Sequence[str], rows: Iterable[Cells], words: Words) -> str:
    return _details(words("as_table"), _plain_table(heads, rows))


def _details(said: str, inside: str) -> str:
    return f"<details><summary>{escaped(said)}</summary>{inside}</details>"


def _plain_table(heads: Sequence[str], rows: Iterable[Cells]) -> str:
    head = "".join(f'<th scope="col">{escaped(one)}</th>' for one in heads)
    body = ""
    for first, *rest in rows:
        cells = "".join(f"<td>{escaped(cell)}</td>" for cell in rest)
        body += f'<tr><th scope="row">{escaped(first)}</th>{cells}</tr>'
    return f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
