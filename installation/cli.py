"""``chiaro``: the command line."""

from __future__ import annotations

import faulthandler
import importlib
import os
import sys
from typing import Annotated

import typer

from calibration.errors import Exit
from installation.host.memory import bound_arenas
from installation.host.plain_group import PlainGroup
from installation.host.terminal import cannot_print, flush_printed, print_traceback, print_what_can_be_printed, say

app = typer.Typer(
    name="chiaro",
    cls=PlainGroup,
    help="chiaroscuro: film that watches its audience.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

COMMANDS = (
    *("new", "run", "play", "check", "rehearse", "convert", "calibrate", "classify", "doctor"),
    *("bench", "osc", "models", "evaluate", "dataset", "train", "train_detector", "train_temporal", "story"),
    *("house", "hours", "report", "privacy", "service", "supervise", "bundle", "rooms", "screen"),
    "eye",
    "compare",
)
"""Each is a module in ``installation/commands`` with ``register(app)``."""

for name in COMMANDS:
    importlib.import_module(f"installation.commands.{name}").register(app)


def show_version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        from importlib.metadata import version

        say(f"chiaroscuro {version('chiaroscuro')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """chiaroscuro: film that watches its audience."""


def main() -> None:
    """Entry point of the console script. A bug shows its traceback and exits 70: the supervisor starts it again."""
    bound_arenas()
    if sys.stderr is not None:  # a program without a console has none
        faulthandler.enable(all_threads=False)  # a show that hangs is ended by SIGABRT, and tells where it stands
    print_what_can_be_printed()
    try:
        try:
            app()
        finally:
            flush_printed()
    except Exception as error:
        if cannot_print(error):
            os._exit(Exit.UNAVAILABLE)  # the interpreter's own end would try to write the rest once more
        print_traceback(type(error), error, error.__traceback__)
        sys.exit(Exit.BUG)
