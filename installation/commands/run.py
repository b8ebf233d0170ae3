"""``chiaro run``: the show."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def run(  # noqa: PLR0913 - typer reads each option from the signature
        story: Annotated[
            str,
            typer.Argument(
                help="Story file (.toml) or the folder of a story.toml. Default: the venue's story, else the demo film."
            ),
        ] = "",
        venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
        camera: Annotated[
            str | None,
            typer.Option(
                help="Device number or /dev path, video file, folder of images, stream address (http, rtsp, tcp, udp), "
                "or 'visitor' for a simulated visitor. Default: the venue's camera, else the first one found, else the "
                "simulated visitor.",
                envvar="CHIARO_CAMERA",
            ),
        ] = None,
        osc: Annotated[
            list[str] | None, typer.Option(help="HOST:PORT that receives all OSC messages; may be repeated.")
        ] = None,
        headless: Annotated[bool, typer.Option("--headless", help="Open no window and no sound device.")] = False,
        window: Annotated[str | None, typer.Option(help="Open a window of WIDTHxHEIGHT, such as 1280x720.")] = None,
        fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Fill the whole display.")] = False,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="End after this many seconds.")] = None,
        mute: Annotated[bool, typer.Option("--mute", help="Start with the sound muted.")] = False,
        seed: Annotated[int, typer.Option(help="Seed of the simulated visitor's behaviour.")] = 0,
        verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
    ) -> None:
        """Run the show: the film on the wall, the eye on the visitor, OSC to the room.

        Keys: Space pauses, N next scene, R restarts the take, A attract, B blackout, M mute, Up and Down
        volume, O overlay, Esc twice ends the show
        """
        from calibration.venue import Venue
        from installation.host.console import log, open_log
        from installation.host.errors import both, plain_errors
        from installation.host.options import story_of, venue_of, with_options
        from installation.host.system_libraries import require_libraries
        from scenes.story.story import load_story

        def chosen_venue() -> Venue:
            return with_options(
                venue_of(venue), camera=camera, osc=osc, window=window, fullscreen=fullscreen, mute=mute
            )

        open_log(verbose)
        with plain_errors():
            loaded, chosen = both(lambda: load_story(story_of(story, venue), forgive_clips=True), chosen_venue)
            for remark in loaded.warnings:
                log.warning("%s: %s", loaded.path.name, remark)
            require_libraries()
            from installation.show.opening import open_show, start_again

            with open_show(loaded, chosen, headless=headless, seed=seed) as show:
                show.run(seconds)
            if show.restarting:
                start_again()
