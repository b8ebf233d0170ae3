"""The tables of a comparison, each once: terminal, page and Markdown show the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from models.comparison.result import Comparison, Figures, Kind, RowResult, fall
from models.labels import LABELS

LAMPS: tuple[Kind, ...] = ("real lamps", "rendered lamps")
NOTHING = "–"
OPEN = ("Methods", "Other sets", "A new small set", "On sequences")
"""Tables that are read at once; the others unfold."""
MISSED, SUBTLE_MISSED, SAME = "onset, missed %", "subtle, missed %", "same bright and dark, %"
SEQUENCES = {
    "label changes a minute, held face": "changes a minute",
    "false events a minute, neutral face": "false events a minute",
    "onset, median s": "onset, s",
    MISSED: "missed, %",
    SUBTLE_MISSED: "subtle missed, %",
    SAME: "same in the dark, %",
}
"""Of the figures on sequences those that are shown, and their heads; the file has all."""


@dataclass(frozen=True, slots=True)
class Table:
    """Heads and cells as they are read."""

    title: str
    note: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(found: Comparison) -> list[Table]:
    """All that there is something to say in."""
    made = [_methods(found), *_lamps(found), *_others(found), _emotion_sets(found), _recall(found)]
    made += [*_transfer(found), _sequences(found)]
    return [table for table in made if table.rows]


def clean(found: Comparison, row: RowResult) -> Figures | None:
    """A method's figures in the light."""
    names = found.names("clean")
    return row.figures.get(names[0]) if names else None


def _methods(found: Comparison) -> Table:
    """The first table."""
    kinds = [kind for kind in LAMPS if found.names(kind)]
    heads = (
        "method",
        "clean",
        *kinds,
        "macro-F1",
        "ECE",
        "size, MB",
        "ms a face",
        "learned from",
        "epochs",
        "trained, s",
    )
    rows = []
    for row in found.rows:
        light = clean(found, row)
        if light is None:
            continue
        lamps = [_percent(found.mean(row, kind)) for kind in kinds]
        figures = [_percent(light.accuracy), *lamps, f"{light.macro_f1:.3f}", f"{light.ece:.3f}"]
        costs = [f"{row.size_bytes / 1e6:.2f}", f"{row.milliseconds:.2f}"]
        learned = (str(row.learned_from), str(row.epochs or NOTHING), f"{row.training_seconds:.0f}")
        learned = learned if row.learned_from else (NOTHING, NOTHING, NOTHING)
        rows.append((row.title, *figures, *costs, *learned))
    note = (
        "Accuracy in percent of the same faces, aligned alike; macro-F1 and the calibration error (ECE) in the light. "
        "Lamps: the mean over their conditions. Milliseconds of a face alone and seconds of training: processor time. "
        "Of its epochs a network takes the best."
    )
    return Table("Methods", note, heads, tuple(rows))


def _lamps(found: Comparison) -> Iterator[Table]:
    for kind in LAMPS:
        names = found.names(kind)
        rows = tuple(
            (row.title, *(_percent(row.figures[name].accuracy if name in row.figures else None) for name in names))
            for row in found.rows
        )
        if names:
            short = tuple(name.removeprefix("rendered lamp at ") for name in names)
            yield Table(kind.capitalize(), "Accuracy in percent under each of them.", ("method", *short), rows)


def _others(found: Comparison) -> Iterator[Table]:
    names = found.names("other set")
    if not names:
        return
    heads = tuple(part for name in names for part in (name, "falls by", "macro-F1", "ECE"))
    rows = []
    for row in found.rows:
        cells: list[str] = []
        for name in names:
            there, lost = row.figures.get(name), fall(row, clean(found, row), name)
            among = there.among if there else None
            cells += [_percent(among.accuracy if among else None), NOTHING if lost is None else f"{lost:.1f}"]
            cells += [f"{among.macro_f1:.3f}" if among else NOTHING, f"{there.ece:.3f}" if there else NOTHING]
        rows.append((row.title, *cells))
    note = (
        "Accuracy in percent on faces of other sets, where only emotions that the set has may be answered, and how "
        "many points that is below the clean faces read in the same way."
    )
    yield Table("Other sets", note, ("method", *heads), tuple(rows))


def _emotion_sets(found: Comparison) -> Table:
    rows = []
    asked = {
        name: one for row in found.rows if (light := clean(found, row)) for name, one in light.emotion_sets.items()
    }
    others = set(found.names("other set"))
    for name, any_row in asked.items():
        if name in others:
            continue
        cells = []
        for row in found.rows:
            light = clean(found, row)
            one = light.emotion_sets.get(name) if light else None
            cells.append(f"{100 * one.balanced:.1f} ({100 * one.accuracy:.1f})" if one else NOTHING)
        rows.append((name, str(any_row.n), _percent(any_row.commonest), *cells))
    note = (
        "Mean recall in percent, every emotion counting the same, and accuracy in brackets, where only these answers "
        "may be given. Fewer and more distant emotions are read better; sets of one size show what distance does."
    )
    heads = ("emotions", "faces", "commonest", *(row.title for row in found.rows))
    return Table("Sets of emotions", note, heads, tuple(rows))


def _recall(found: Comparison) -> Table:
    rows = tuple(
        (row.title, *(_percent(light.recall.get(label)) for label in LABELS))
        for row in found.rows
        if (light := clean(found, row))
    )
    return Table("Each emotion", "Recall in percent in the light.", ("method", *LABELS), rows)


def _transfer(found: Comparison) -> Iterator[Table]:
    rows = tuple(
        (one.set_name, str(one.faces), str(one.measured), *map(_percent, (one.as_it_is, one.fine_tuned, one.alone)))
        for one in found.transfer
    )
    note = (
        "Accuracy in percent on the rest of a set, among its emotions: our network as it is, fine-tuned on so many of "
        "the set's faces, and a network of the same kind that learned from these alone."
    )
    heads = ("set", "faces to learn from", "measured on", "ours as it is", "fine-tuned", "alone")
    yield Table("A new small set", note, heads, rows)


def _sequences(found: Comparison) -> Table:
    rows = []
    for one in found.filters:
        figures = (one.figures.get(name) for name in SEQUENCES)
        shown = (NOTHING if figure is None else f"{figure:.3g}" for figure in figures)
        size = f"{one.size_bytes / 1000:.0f}" if one.size_bytes else NOTHING
        rows.append((one.name, f"{one.believed_after:g}", *shown, f"{one.milliseconds:.2f}", size))
    note = (
        "Filters of a visitor's looks with the same network, tracker, resting face and belief: label changes on held "
        "faces, false events on neutral ones, time from a sudden expression to its event, how many are missed, of "
        "subtle ones too (at 30 to 60 % of their strength), and the share of the same film's answers that are alike "
        "in the light and in the dark. Each filter with today's patience, and with the least that is as calm."
    )
    heads = ("filter", "believed after, s", *SEQUENCES.values(), "ms a look", "size, kB")
    return Table("On sequences", note, heads, tuple(rows))


def _percent(share: float | None) -> str:
    return NOTHING if share is None else f"{100 * share:.1f}"


def told_lines(found: Comparison) -> list[str]:
    """What was left out, of which set, and which rows could not be made."""
    return [
        *found.told,
        *(f"{one.name}: {line}" for one in found.sets if one.kind != "rendered lamps" for line in one.told),
    ]


def headline(found: Comparison) -> str:
    """What was compared, in a sentence."""
    names = found.names("clean")
    n = next((one.n for one in found.sets if one.name in names), 0)
    return (
        f"{found.learning} faces of {found.faces} to learn from, {found.choosing} to choose epochs and temperatures "
        f"by, {n} to measure on ({found.scale}); ours is {found.network}."
    )


def as_markdown(found: Comparison) -> str:
    """All tables for a page of documentation."""
    lines = [headline(found), ""]
    for table in tables(found):
        lines += [f"### {table.title}", "", table.note, ""]
        lines += [f"| {' | '.join(table.heads)} |", f"|{'---|' * len(table.heads)}"]
        lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in table.rows] + [""]
    lines += [f"- {line}" for line in told_lines(found)]
    return "\n".join(lines).rstrip() + "\n"
