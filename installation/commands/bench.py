"""``chiaro bench``: one entry for all benchmarks."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import BadInput
from installation.commands.choices import chosen, completion
from installation.host.terminal import say

PARTS = (
    "calibrate",
    "console",
    "decision",
    "eye",
    "eyes",
    "film",
    "house",
    "model",
    "osc",
    "screens",
    "soak",
    "story",
    "training",
)
"""Each is a module of ``installation.bench`` with ``run(progress) -> Report``."""
AGAINST = {"film": ("mpv",), "eye": ("all", "mediapipe", "fer", "yunet", "haar")}
"""Others with which a part can be compared: ``installation.bench.film_against`` and ``eye_against``."""
DRAWN = ("decision",)
"""These also draw: ``run(progress, out)`` with a folder for the pictures."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def bench(
        part: Annotated[
            str,
            typer.Argument(help=f"What to measure: {', '.join(PARTS)}.", autocompletion=completion(PARTS)),
        ],
        json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
        threads: Annotated[
            bool, typer.Option("--threads", help="With film: scenes with threads, alone and beside the eye, instead.")
        ] = False,
        out: Annotated[
            Path | None, typer.Option(help=f"Folder for pictures ({', '.join(DRAWN)}).", file_okay=False)
        ] = None,
        against: Annotated[
            str | None,
            typer.Option(
                help="With film: play what is too heavy for this machine here and by mpv, instead. With eye: the same "
                f"pictures seen by {', '.join(AGAINST['eye'])} (those that are installed), instead.",
                autocompletion=completion(tuple(name for names in AGAINST.values() for name in names)),
            ),
        ] = None,
    ) -> None:
        """Measure one part: figures, and ratios to a baseline from the same run."""
        from installation.host.errors import plain_errors
        from installation.host.plain_console import progress_bar

        with plain_errors():
            chosen(part, PARTS, "PART")
            if out and part not in DRAWN:
                raise BadInput(f"is only for {', '.join(DRAWN)}; {part!r} draws no pictures", where="--out")
            if threads and part != "film":
                raise BadInput(f"is only for film; {part!r} has no threads", where="--threads")
            if against is not None:
                if part not in AGAINST or threads:
                    raise BadInput("is only for film, without --threads, and for eye", where="--against")
                chosen(against, AGAINST[part], "--against")
            variant = "film_threads" if threads else f"{part}_against" if against else part
            module = importlib.import_module(f"installation.bench.{variant}")
            with progress_bar() as bar:
                task = bar.add_task(part, total=1.0)
                more = tuple(one for one in (out, against) if one)
                report = module.run(lambda what, share: bar.update(task, description=what, completed=share), *more)
        if json:
            say(report.to_json())
        else:
            report.show()
