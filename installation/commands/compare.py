"""``chiaro compare``: the methods of the field beside ours on the same faces, as one table and one page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from installation.host.terminal import say

SHORT = {
    **{"real lamps": "real", "rendered lamps": "rendered", "macro-F1": "F1", "size, MB": "MB", "ms a face": "ms"},
    **{"learned from": "faces", "trained, s": "s", "faces to learn from": "faces", "ours as it is": "as it is"},
    **{"believed after, s": "after", "changes a minute": "changes", "false events a minute": "false"},
    **{"onset, s": "onset", "missed, %": "missed", "subtle missed, %": "subtle", "same in the dark, %": "same"},
    **{"ms a look": "ms", "size, kB": "kB"},
}
"""Heads that fit a terminal of 80 columns."""

if TYPE_CHECKING:
    from calibration.progress import Progress
    from models.comparison.compare import CompareOptions
    from models.comparison.result import Comparison


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("compare")(compare)


def compare(  # noqa: PLR0913 - each argument is one of the command's options
    faces: list[Path] = typer.Argument(
        None,
        help="Training faces, and validation faces (a fifth of the first where there are none): contact sheet with its "
        ".csv, .npz, class-named folders, or a table of labels",
        show_default=False,
    ),
    others: list[Path] = typer.Option(
        [], "--on", help="Measure on this set too: class-named folders, or a .csv with path,label[,group]; repeatable"
    ),
    lamps: list[Path] = typer.Option(
        [], "--lamps", help="Measure on each contact sheet (or .npz) of this folder, as a lamp; repeatable"
    ),
    rows: str = typer.Option("", "--rows", help="Only these rows, by their keys with commas between (see --list)"),
    quick: bool = typer.Option(False, "--quick", help="Few faces and epochs: shows that everything works"),
    at_most: int = typer.Option(0, "--at-most", min=0, help="Learn from at most so many training faces (0: all)"),
    measure_at_most: int = typer.Option(
        0, "--measure-at-most", min=0, help="Measure on at most so many faces of each set (0: all)"
    ),
    epochs: list[str] = typer.Option(
        [], "--epochs", help="Train networks for so many epochs, or KIND=N (six-layers, plain, small); repeatable"
    ),
    face3d: Path | None = typer.Option(
        None, "--face3d", help="The 3-D face of ICT FaceKit (.npz), for the rows with 68 landmarks"
    ),
    members: list[Path] = typer.Option(
        [], "--member", help="Trained network (.onnx or best.pt) for the ensembles, instead of small ones; repeatable"
    ),
    temporal: list[Path] = typer.Option(
        [], "--temporal", help="Measure this network of `chiaro train temporal` on sequences; repeatable"
    ),
    films: Path | None = typer.Option(None, "--films", help="Footage for the sequences: films bright and dark"),
    folder: Path = typer.Option(
        Path("runs/compare"), help="Page, tables and finished rows; a stopped comparison goes on from there"
    ),
    device: str = typer.Option("cpu", help="cpu or cuda: where networks are trained"),
    workers: int = typer.Option(0, min=0, help="Processes that augment (0: the training process itself)"),
    as_list: bool = typer.Option(False, "--list", help="Name the rows and end"),
    as_json: bool = typer.Option(False, "--json", help="Print the figures as JSON"),
) -> None:
    """Compare methods of reading a face on the same faces (needs the extra "train": see docs/comparison.md)."""
    from installation.host.errors import both, plain_errors

    with plain_errors():
        from calibration.errors import BadInput
        from calibration.extras import needs_extra

        needs_extra("train", "this comparison", "torch", "sklearn")
        if as_list:
            from models.comparison.rows import ROWS, TRANSFER

            for row in ROWS:
                say(f"{row.key:<17} {row.title}{' (needs --face3d)' if row.needs == 'face3d' else ''}")
            say(f"{TRANSFER:<17} our network fine-tuned on few faces of each --on set, beside one that sees no others")
            return
        if not faces or len(faces) > 2:
            raise BadInput("name one or two sets of faces: FACES [VALID]")
        from models.comparison.compare import CompareOptions
        from models.comparison.scale import FULL, QUICK, with_epochs

        scale = with_epochs(QUICK if quick else FULL, epochs)
        if at_most:
            scale = replace(scale, name=f"{scale.name}, at most {at_most} to learn from", learn_from=at_most)
        if measure_at_most:
            scale = replace(scale, name=f"{scale.name}, at most {measure_at_most} of a set", measure_on=measure_at_most)
        options, sequences = both(
            lambda: CompareOptions(
                faces=faces[0],
                valid=faces[1] if len(faces) == 2 else None,
                folder=folder,
                others=tuple(others),
                lamps=tuple(lamps),
                rows=_rows(rows),
                scale=scale,
                face3d=face3d,
                members=tuple(members),
                device=device,
                workers=workers,
            ),
            lambda: Sequences(tuple(temporal), films, quick),
        )
        _print(_compare(options, sequences), folder, as_json)


def _rows(named: str) -> tuple[str, ...]:
    from installation.commands.choices import chosen
    from models.comparison.rows import KEYS, TRANSFER

    every = (*KEYS, TRANSFER)
    return tuple(chosen(key.strip(), every, "--rows") for key in named.split(",") if key.strip()) or every


@dataclass(frozen=True, slots=True)
class Sequences:
    """What is measured on sequences. Raises ``BadInput`` with every path that is not there."""

    networks: tuple[Path, ...]
    films: Path | None
    quick: bool

    def __post_init__(self) -> None:
        from calibration.errors import BadInput

        named = [("--films", self.films), *(("--temporal", path) for path in self.networks)]
        if missing := [f"{what}: {path}: no such file or folder" for what, path in named if path and not path.exists()]:
            raise BadInput(*missing)


def _compare(options: CompareOptions, sequences: Sequences) -> Comparison:
    from installation.comparison.page import comparison_html
    from installation.comparison.tables import as_markdown
    from installation.host.plain_console import progress_bar
    from models.comparison.compare import compare as run
    from models.comparison.result import WHOLE

    with progress_bar() as bar:
        task = bar.add_task("reading faces", total=1.0)

        def progress(what: str, share: float) -> None:
            bar.update(task, description=what or None, completed=share)

        found = run(options, progress)
        if sequences.networks:
            found = _with_sequences(found, options, sequences, progress)
    (options.folder / "comparison.json").write_bytes(WHOLE.dump_json(found, indent=1))
    (options.folder / "comparison.html").write_text(comparison_html(found), encoding="utf-8")
    (options.folder / "comparison.md").write_text(as_markdown(found), encoding="utf-8")
    return found


def _with_sequences(found: Comparison, options: CompareOptions, sequences: Sequences, progress: Progress) -> Comparison:
    from installation.bench.temporal_exam import FULL, QUICK, Material
    from installation.comparison.sequences import filters_on_sequences

    folder = options.folder / "sequences"
    material = Material(options.valid or options.faces, folder, options.face3d, sequences.films)
    size = QUICK if sequences.quick else FULL
    filters, told = filters_on_sequences(sequences.networks, material, size, progress)
    return replace(found, filters=tuple(filters), told=(*found.told, *told))


def _print(found: Comparison, folder: Path, as_json: bool) -> None:
    from installation.comparison.tables import OPEN, headline, tables, told_lines
    from models.comparison.result import WHOLE

    if as_json:
        say(WHOLE.dump_json(found, indent=2).decode())
        return
    from rich.table import Table

    from installation.host.plain_console import PlainConsole

    console = PlainConsole()
    console.print(headline(found))
    keys = {row.title: row.key for row in found.rows}
    for one in tables(found):
        if one.title in OPEN:
            drawn = Table(
                *(SHORT.get(head, head) for head in one.heads), title=one.title, box=None, padding=(0, 1, 0, 0)
            )
            for first, *cells in one.rows:
                drawn.add_row(keys.get(first, first), *cells)
            console.print(drawn)
    for line in told_lines(found):
        say(f"left out: {line}")
    say(f"{folder / 'comparison.html'}: page; beside it comparison.json and comparison.md")
