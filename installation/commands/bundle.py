"""``chiaro bundle``: one file that installs this program, a film and a venue on a machine without internet."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from installation.host.terminal import say


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("bundle")(bundle)


def bundle(
    story: Annotated[str, typer.Argument(help="As for run.")] = "",
    venue: Annotated[str, typer.Option(help="As for run. Default: none; the machine's own is named there.")] = "",
    to: Annotated[Path, typer.Option(help="The file to write.")] = Path("chiaro-bundle.sh"),
) -> None:
    """Make one file that installs on a machine without internet: `sh chiaro-bundle.sh install`.

    Needs the checkout and, for packages that are not in pip's cache, the internet. The other machine needs nothing but
    Python, of the same version and on the same system as here.
    """
    from calibration.errors import BadFile
    from calibration.venue_folder import find_venue
    from installation.bundle.make import make_bundle
    from installation.host.errors import both, plain_errors
    from installation.host.options import story_of
    from installation.host.plain_console import progress_bar
    from scenes.story.story import load_story

    with plain_errors():
        loaded, room = both(
            lambda: load_story(story_of(story, venue)), lambda: find_venue(venue).file if venue else None
        )
        try:
            with progress_bar() as bar:
                task = bar.add_task("", total=None)
                size = make_bundle(to, loaded, room, lambda what: bar.update(task, description=what))
        except OSError as error:
            raise BadFile(error.filename or to, [f"cannot be written: {error.strerror or error}"]) from error
        say(f"{to} is ready ({size / 1e6:.0f} MB). On the other machine: sh {to.name} install")
