"""``chiaro dataset``: one's own set of faces, recorded or brought in, checked, split by person, and forgotten."""

from __future__ import annotations

import typer

from installation.commands.dataset_check import check
from installation.commands.dataset_forget import forget
from installation.commands.dataset_import import import_set
from installation.commands.dataset_record import record
from installation.commands.dataset_split import split


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    dataset = typer.Typer(
        no_args_is_help=True,
        help="One's own set of labelled faces, from nothing to the show: docs/dataset.md.",
    )
    dataset.command("record")(record)
    dataset.command("import")(import_set)
    dataset.command("check")(check)
    dataset.command("split")(split)
    dataset.command("forget")(forget)
    app.add_typer(dataset, name="dataset")
