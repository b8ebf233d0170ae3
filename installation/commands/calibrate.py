"""``chiaro calibrate``: fit the eye to this room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import Exit


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def calibrate(
        venue: Annotated[str, typer.Argument(help="Name of the venue, or its file; made when it is not there.")],
        camera: Annotated[str | None, typer.Option(help="As for run; or a folder of takes, PERSON/EMOTION/...")] = None,
        step: Annotated[
            list[str] | None, typer.Option(help="Only this step: camera, light, faces or fit; may be repeated.")
        ] = None,
        story: Annotated[
            str, typer.Option(help="Ask for the emotions of this story (file or folder); without it, of the venue's.")
        ] = "",
        emotions: Annotated[str, typer.Option(help="Asked for, with commas; '' = the usual seven.")] = "",
        seconds: Annotated[float, typer.Option(min=1.0, max=20.0, help="Length of a take.")] = 3.0,
        misfires: Annotated[
            float, typer.Option(min=0.0, max=0.5, help="Share of resting faces that may be taken for an emotion.")
        ] = 0.05,
        region: Annotated[str, typer.Option(help="LEFT,TOP,RIGHT,BOTTOM of where visitors stand, 0 to 1.")] = "",
        keep_frames: Annotated[
            Path | None, typer.Option(help="Keep the pictures too, in this folder (consent is asked for that).")
        ] = None,
        check: Annotated[bool, typer.Option("--check", help="Only look: is the room as it was? Exit 0 or 1.")] = False,
        window: Annotated[bool, typer.Option(help="Show the live picture (needs a screen).")] = True,
        yes: Annotated[bool, typer.Option("--yes", help="Ask nothing (simulated visitor or recorded takes).")] = False,
        seed: Annotated[int, typer.Option(help="Of the simulated visitors.")] = 0,
    ) -> None:
        """Lead technician and volunteers through camera, light, faces and fit; ten minutes; all stored with the venue.

        The last good calibration stays until the new one is whole. Exit 69 without a camera, 78 for wrong files.
        """
        from calibration.errors import Unavailable
        from installation.calibrate.guide import Cancelled
        from installation.calibrate.procedure import CalibrateOptions, calibrate_venue, check_venue
        from installation.camera.source import CameraLost
        from installation.host.errors import plain_errors

        with plain_errors():
            options = CalibrateOptions(
                venue=venue,
                camera=camera,
                steps=tuple(step or ()),
                emotions=tuple(word.strip() for word in emotions.split(",") if word.strip()),
                story=story,
                recording_seconds=seconds,
                misfires=misfires,
                region=region,
                keep_frames=keep_frames,
                window=window,
                yes=yes,
                seed=seed,
            )
            try:
                if check:
                    verdict = check_venue(options)
                    typer.echo(f"{'NOT as calibrated: ' if verdict.faults else ''}{verdict.line}")
                    raise typer.Exit(1 if verdict.faults else Exit.OK)
                written = calibrate_venue(options)
            except CameraLost as error:
                raise Unavailable(f"{error}; the last calibration stays") from error
            except (Cancelled, KeyboardInterrupt):
                typer.echo("cancelled; the last calibration stays", err=True)
                raise typer.Exit(1) from None
            except OSError as error:
                raise Unavailable(f"cannot be written ({error}); the last calibration stays") from error
        if written.with_suffix(".html").exists():
            typer.echo(f"did it help? {written.with_suffix('.html')}", err=True)
        typer.echo(str(written))
