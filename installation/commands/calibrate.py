"""``chiaro calibrate``: fit the eye to this room."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import Exit
from installation.commands.choices import completion, shown
from installation.host.terminal import say

STEPS = ("screen", "camera", "light", "faces", "fit")
"""As in ``installation.calibrate.steps``, which is not imported for the help: it needs OpenCV."""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def calibrate(  # noqa: PLR0913 - each parameter is an option of the command line
        venue: Annotated[str, typer.Argument(help="Name or file of the venue; created if it does not exist.")],
        camera: Annotated[
            str | None,
            typer.Option(help="As for run; or a folder of recordings, PERSON/EMOTION/...", envvar="CHIARO_CAMERA"),
        ] = None,
        step: Annotated[
            list[str] | None,
            typer.Option(
                help="Only this step; may be repeated.", metavar=shown(STEPS), autocompletion=completion(STEPS)
            ),
        ] = None,
        story: Annotated[
            str, typer.Option(help="Ask for the emotions of this story (file or folder); default: the venue's story.")
        ] = "",
        emotions: Annotated[
            str,
            typer.Option(help="Emotions to ask for, separated by commas; default: the story's, or the usual seven."),
        ] = "",
        seconds: Annotated[float, typer.Option(min=1.0, max=20.0, help="Length of a recording.")] = 3.0,
        misfires: Annotated[
            float, typer.Option(min=0.0, max=0.5, help="Share of resting faces that may be mistaken for an emotion.")
        ] = 0.05,
        region: Annotated[
            str, typer.Option(help="Where visitors stand: LEFT,TOP,RIGHT,BOTTOM, each from 0 to 1.")
        ] = "",
        keep_frames: Annotated[
            Path | None,
            typer.Option(help="Keep the pictures too, in this folder (volunteers are asked for their consent)."),
        ] = None,
        check: Annotated[
            bool, typer.Option("--check", help="Only compare: is the room as calibrated? Exit code 0 or 1.")
        ] = False,
        window: Annotated[bool, typer.Option(help="Show the live picture (needs a display).")] = True,
        yes: Annotated[
            bool, typer.Option("--yes", help="Ask nothing (simulated visitors or recordings only).")
        ] = False,
        seed: Annotated[int, typer.Option(min=0, help="Seed of the simulated visitors.")] = 0,
    ) -> None:
        """Lead technician and volunteers through screen, camera, light, faces and fit; it takes ten minutes.

        The last calibration stays until the new one is complete. Exit code 69 without a camera, 78 for invalid input.
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
                    say(f"{'NOT as calibrated: ' if verdict.faults else ''}{verdict.line}")
                    raise typer.Exit(1 if verdict.faults else Exit.OK)
                written = calibrate_venue(options)
            except CameraLost as error:
                raise Unavailable(f"{error}; the last calibration is unchanged") from error
            except (Cancelled, KeyboardInterrupt):
                say("cancelled; the last calibration is unchanged", err=True)
                raise typer.Exit(1) from None
            except OSError as error:
                raise Unavailable(
                    f"the files cannot be written ({error}); the last calibration is unchanged"
                ) from error
        if written.with_suffix(".html").exists():
            say(f"did it help? {written.with_suffix('.html')}", err=True)
        say(str(written))
