"""``chiaro screen``: a screen that follows another machine's show."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""

    @app.command()
    def screen(  # noqa: PLR0913 - typer reads each option from the signature
        name: Annotated[
            str,
            typer.Argument(
                help="Which screen this is: NAME of a screens.NAME of the venue. Default: the whole picture."
            ),
        ] = "",
        leader: Annotated[
            str,
            typer.Option(
                help="HOST or HOST:PORT of the machine that leads. Default: the venue's, else found on the network."
            ),
        ] = "",
        story: Annotated[
            str, typer.Option(help="This machine's own copy of the story. Default: the venue's, else the demo film.")
        ] = "",
        venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
        headless: Annotated[bool, typer.Option("--headless", help="Open no window and no sound device.")] = False,
        window: Annotated[str | None, typer.Option(help="Open a window of WIDTHxHEIGHT, such as 1280x720.")] = None,
        fullscreen: Annotated[bool, typer.Option("--fullscreen", help="Fill the whole display.")] = False,
        seconds: Annotated[float | None, typer.Option(min=0.1, help="End after this many seconds.")] = None,
        verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
    ) -> None:
        """Play what another machine's show plays, at the same moment: one of several screens of one work.

        The show that leads has screens.leads = true. Esc twice ends.
        """
        from calibration.venue_folder import find_venue
        from installation.host.console import log_native, open_log
        from installation.host.errors import both, plain_errors
        from installation.host.memory import map_large_blocks
        from installation.host.native_noise import native_noise_aside
        from installation.host.options import story_of, venue_of, with_options
        from installation.host.system_libraries import require_libraries
        from scenes.story.story import load_story

        open_log(verbose)
        map_large_blocks()
        with plain_errors(), native_noise_aside(log_native):
            require_libraries()
            from installation.screens.leader_address import leader_of
            from installation.screens.screen_program import open_screen

            loaded, chosen = both(
                lambda: load_story(story_of(story, venue), forgive_clips=True),
                lambda: with_options(venue_of(venue), window=window, fullscreen=fullscreen),
            )
            place = leader_of(leader, chosen, name)
            file = str(find_venue(venue).file) if venue else ""
            with open_screen(loaded, chosen, name, place, headless=headless, venue_file=file) as program:
                program.run(seconds)
