"""``chiaro models``: the networks of this machine, and fetching one that is not shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import BadFile, BadInput


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    models = typer.Typer(no_args_is_help=True, help="The networks of this machine: list them, get another one.")
    app.add_typer(models, name="models")
    models.command("list")(show)
    models.command("get")(get)


def show() -> None:
    """The networks that are here, and those that can be fetched."""
    from rich.console import Console
    from rich.table import Table

    from installation.host.fetch import DOWNLOADS, is_here, models_folder

    table = Table("network", "what", "where")
    table.add_row("mtcnn", "face detector, embedded", "from the package mtcnn")
    table.add_row("emotion", *_classifier())
    for name, download in DOWNLOADS.items():
        path = models_folder() / download.file_name
        here = str(path) if is_here(download, path) else f"not here; chiaro models get {name}"
        table.add_row(name, download.what, here)
    Console().print(table)


def _classifier() -> tuple[str, str]:
    from models.seeing.card import read_card
    from models.seeing.classifier import SHIPPED

    try:
        return f"emotion classifier {read_card(SHIPPED).version}, shipped", str(SHIPPED)
    except BadFile as error:
        return "emotion classifier, cannot be used", "; ".join(error.problems)


def get(
    name: Annotated[str, typer.Argument(help="Which network: yunet.")],
    address: Annotated[str, typer.Option("--from", help="Another address; the content must be the same.")] = "",
    to: Annotated[Path | None, typer.Option(help="File to write; without it, the user's data folder.")] = None,
) -> None:
    """Fetch a network and check its sha256. Exit 69: not to be had now; 78: something else came."""
    from rich.console import Console
    from rich.progress import Progress

    from calibration.files import did_you_mean
    from installation.host.errors import plain_errors
    from installation.host.fetch import DOWNLOADS, fetch, is_here, models_folder

    with plain_errors():
        if name not in DOWNLOADS:
            known = list(DOWNLOADS)
            raise BadInput(
                f"no such network to fetch{did_you_mean(name, known)}; known: {', '.join(known)}", where=name
            )
        download = DOWNLOADS[name]
        path = (to or models_folder() / download.file_name).expanduser()
        if is_here(download, path):
            typer.echo(f"{path} is here already")
        else:
            with Progress(console=Console(stderr=True), transient=True) as bar:
                task = bar.add_task(download.file_name, total=1.0)
                fetch(download, path, address, lambda share: bar.update(task, completed=share))
            typer.echo(f"{path} fetched ({download.size / 1e3:.0f} kB, sha256 right)")
        typer.echo(f'\nin the venue file:\n[eye]\ndetector = "{name}"\ndetector_file = "{path.as_posix()}"')
