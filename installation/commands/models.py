"""``chiaro models``: the networks of this machine, and fetching one that is not shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import BadFile, BadInput
from installation.commands.choices import completion, shown
from installation.host.terminal import say

NAMES = ("yunet",)
"""As in ``installation.host.fetch.DOWNLOADS``, which is not imported for the help."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    models = typer.Typer(no_args_is_help=True, help="List the networks on this machine, or download another one.")
    app.add_typer(models, name="models")
    models.command("list")(show)
    models.command("get")(get)


def show() -> None:
    """List the networks that are installed, and those that can be downloaded."""
    from rich.table import Table

    from installation.host.fetch import DOWNLOADS, is_here, models_folder
    from installation.host.plain_console import PlainConsole
    from models import WEIGHTS

    table = Table("network", "what", "where")
    table.add_row("mtcnn", "face detector, built in", "from the package mtcnn")
    table.add_row("chiaro", "face detector of one pass, shipped", str(WEIGHTS / "chiaro-faces.onnx"))
    table.add_row("emotion", *_classifier())
    for name, download in DOWNLOADS.items():
        path = models_folder() / download.file_name
        here = str(path) if is_here(download, path) else f"not installed; chiaro models get {name}"
        table.add_row(name, download.what, here)
    PlainConsole().print(table)


def _classifier() -> tuple[str, str]:
    from models.seeing.card import read_card
    from models.seeing.classifier import SHIPPED

    try:
        return f"emotion classifier {read_card(SHIPPED).version}, shipped", str(SHIPPED)
    except BadFile as error:
        return "emotion classifier, unusable", "; ".join(error.problems)


def get(
    name: Annotated[
        str, typer.Argument(help="Name of the network.", metavar=shown(NAMES), autocompletion=completion(NAMES))
    ],
    address: Annotated[
        str, typer.Option("--from", help="Download from this address instead; the content must be the same.")
    ] = "",
    to: Annotated[Path | None, typer.Option(help="File to write. Default: the user's data folder.")] = None,
) -> None:
    """Download a network and check its sha256. Exit code 69: not available now; 78: the content is wrong."""
    from calibration.files import did_you_mean
    from installation.host.errors import plain_errors
    from installation.host.fetch import DOWNLOADS, fetch, is_here, models_folder
    from installation.host.plain_console import progress_bar

    with plain_errors():
        if name not in DOWNLOADS:
            known = list(DOWNLOADS)
            raise BadInput(
                f"there is no network of this name to download{did_you_mean(name, known)}; known: {', '.join(known)}",
                where=name,
            )
        download = DOWNLOADS[name]
        path = (to or models_folder() / download.file_name).expanduser()
        if is_here(download, path):
            say(f"{path} is already there")
        else:
            with progress_bar() as bar:
                task = bar.add_task(download.file_name, total=1.0)
                fetch(download, path, address, lambda share: bar.update(task, completed=share))
            say(f"{path} downloaded ({download.size / 1e3:.0f} kB, sha256 verified)")
        say(f'\nAdd to the venue file:\n[eye]\ndetector = "{name}"\ndetector_file = "{path.as_posix()}"')
