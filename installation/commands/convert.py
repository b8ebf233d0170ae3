"""``chiaro convert``: clips in the form that plays best here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from installation.host.terminal import say


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("convert")(convert)


def convert(
    clips: Annotated[list[Path], typer.Argument(help="Films, in any form that can be read.")],
    to: Annotated[
        Path | None,
        typer.Option(help="Folder for the new clips. Default: beside each original, as NAME-converted.mp4."),
    ] = None,
) -> None:
    """Convert films to what plays best here: H.264 made for fast decoding, a key frame each second, AAC at 48 kHz.

    Interlaced films become progressive. An original, or anything else that exists, is never written over. Exit code 78
    if a clip cannot be converted; the others are converted all the same.
    """
    from calibration.errors import BadFile, Unplayable
    from installation.film.convert import convert as make
    from installation.host.errors import plain_errors
    from installation.host.plain_console import progress_bar

    with plain_errors():
        faults = []
        with progress_bar() as bar:
            for clip in clips:
                target = (to / f"{clip.stem}.mp4") if to else clip.with_name(f"{clip.stem}-converted.mp4")
                task = bar.add_task(clip.name, total=1.0)
                try:
                    if target.exists():
                        raise BadFile(target, ["already exists; move it away, or choose another folder with --to"])
                    target.parent.mkdir(parents=True, exist_ok=True)
                    make(clip, target, lambda share, task=task: bar.update(task, completed=share))  # type: ignore[misc]
                except BadFile as error:
                    faults.append(error)
                except Unplayable as error:
                    faults.append(BadFile(clip, [str(error)]))
                except OSError as error:
                    faults.append(BadFile(target, [f"cannot be written: {error.strerror or error}"]))
                else:
                    sizes = f"{clip.stat().st_size / 1e6:.1f} MB became {target.stat().st_size / 1e6:.1f} MB"
                    say(f"{target}: {sizes}")
        if faults:
            raise ExceptionGroup("clips that cannot be converted", faults)
