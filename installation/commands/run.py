"""``chiaro run``: the show."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def run(
        story: Annotated[
            str, typer.Argument(help="Story file (.toml) or its folder; without one, the venue's, else the demo film.")
        ] = "",
        venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
        camera: Annotated[
            str | None,
            typer.Option(
                help="Device number or /dev path, video file, folder of images, stream address (http, rtsp, tcp, udp), "
                "or 'visitor' for a simulated one. Without it: as the venue says, else the first camera, else that."
            ),
        ] = None,
        osc: Annotated[list[str] | None, typer.Option(help="HOST:PORT that hears everything; may be repeated.")] = None,
        headless: Annotated[bool, typer.Option("--headless", help="No window and no sound device.")] = False,
        window: Annotated[str | None, typer.Option(help="Window of WxH, such as 1280x720.")] = None,
        fullscreen: Annotated[bool, typer.Option("--fullscreen", help="The whole display.")] = False,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="End by itself after so many seconds.")] = None,
        mute: Annotated[bool, typer.Option("--mute", help="No sound.")] = False,
        seed: Annotated[int, typer.Option(help="Of the simulated visitor's course.")] = 0,
        verbose: Annotated[bool, typer.Option("--verbose", help="Tell more on the console.")] = False,
    ) -> None:
        """Run the show: the film on the wall, the eye on the visitor, OSC to the room.

        Keys: Space pause, N next, R again, A attract, B blackout, M mute, arrows volume, O overlay, Esc twice ends
        """
        from calibration.venue import Venue
        from installation.host.console import log, open_log
        from installation.host.errors import both, plain_errors
        from installation.host.options import story_of, venue_of, with_options
        from installation.host.system_libraries import require_libraries
        from scenes.story.story import load_story

        def place() -> Venue:
            typed = venue_of(venue)
            return with_options(typed, camera=camera, osc=osc, window=window, fullscreen=fullscreen, mute=mute)

        open_log(verbose)
        with plain_errors():
            film, room = both(lambda: load_story(story_of(story, venue), forgive_clips=True), place)
            for remark in film.warnings:
                log.warning("%s: %s", film.path.name, remark)
            require_libraries()
            from installation.show.opening import open_show, start_again

            with open_show(film, room, headless=headless, seed=seed) as show:
                show.run(seconds)
            if show.restarting:
                start_again()
