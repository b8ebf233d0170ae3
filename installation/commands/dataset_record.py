"""``chiaro dataset record``: faces of people who agreed, for a network of one's own."""

from __future__ import annotations

from pathlib import Path

import typer

from installation.host.terminal import say


def record(  # noqa: PLR0913 - each argument is one of the command's options
    folder: Path = typer.Argument(..., help="Your set; made if it does not exist, gone on with if it does"),
    camera: str | None = typer.Option(
        None, help="As for run; or a folder of recordings, PERSON/EMOTION/...", envvar="CHIARO_CAMERA"
    ),
    venue: str = typer.Option("", help="Venue whose camera settings to use: a file or a name"),
    emotions: str = typer.Option("", help="Emotions to ask for, separated by commas; default: all but contempt"),
    takes: int = typer.Option(2, min=1, max=50, help="Takes of each emotion, of each person"),
    seconds: float = typer.Option(3.0, min=1.0, max=20.0, help="Length of a take"),
    light: str = typer.Option("", help="In what light, in a word, for the table"),
    group: str = typer.Option("", help="Of whom, in a word, for the table; only where it is needed and agreed to"),
    window: bool = typer.Option(True, help="Show the live picture (needs a display)"),
    yes: bool = typer.Option(False, "--yes", help="Ask nothing (simulated visitors only)"),
    seed: int = typer.Option(0, min=0, help="Seed of the simulated visitors"),
) -> None:
    """Lead people through emotions before a camera and keep their faces, cut out, once they have agreed.

    It can be stopped at any time and gone on with. Exit code 1 if it was cancelled, 69 without a camera.
    """
    from installation.host.errors import plain_errors

    with plain_errors():
        from calibration.errors import Exit, Unavailable
        from installation.calibrate.guide import Cancelled
        from installation.camera.source import CameraLost
        from installation.dataset.recording import RecordOptions, record_set

        options = RecordOptions(
            folder=folder,
            venue=venue,
            camera=camera,
            emotions=tuple(word.strip() for word in emotions.split(",") if word.strip()),
            takes=takes,
            seconds=seconds,
            light=light,
            group=group,
            window=window,
            yes=yes,
            seed=seed,
        )
        try:
            taken = record_set(options)
        except CameraLost as error:
            raise Unavailable(f"{error}; what was recorded stays in {folder}") from error
        except (Cancelled, KeyboardInterrupt):
            say(
                f"stopped; what was recorded stays in {folder}: the same command goes on, by each person's code",
                err=True,
            )
            raise typer.Exit(Exit.NOT_AS_WANTED) from None
        say(f"{taken} faces were added to {folder}; next: chiaro dataset check {folder}")
