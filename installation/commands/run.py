"""``chiaro run``: the show."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from installation.commands.choices import SEED_AT_MOST

if TYPE_CHECKING:
    from calibration.venue import Venue
    from installation.show.show import Show


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
        seed: Annotated[
            int | None,
            typer.Option(
                min=0,
                max=SEED_AT_MOST,
                help="Seed of what the first take draws by lot, and of the simulated visitor's behaviour.",
            ),
        ] = None,
        console: Annotated[
            str | None,
            typer.Option(
                help="HOST[:PORT] on which the operator's console is served, 0.0.0.0 for phones in the network; 'off': "
                "none. Default: the venue's, else 127.0.0.1:8470.",
                envvar="CHIARO_CONSOLE",
            ),
        ] = None,
        no_console: Annotated[bool, typer.Option("--no-console", help="Serve no operator's console.")] = False,
        unattended: Annotated[
            bool,
            typer.Option(
                "--unattended",
                help="For a show that starts by itself: what cannot be used is told, and what ran last stands in for "
                "it; without a display it waits for one.",
            ),
        ] = False,
        verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
    ) -> None:
        """Run the show: the film on the wall, the eye on the visitor, OSC to the room.

        Keys: Space pauses, N next scene, R restarts the take, A attract, B blackout, M mute, Up and Down
        volume, E a visitor agrees, S only staff is there, O overlay, Esc twice ends the show
        """
        from installation.host.console import LossReporter, log_native, open_log
        from installation.host.errors import both, plain_errors
        from installation.host.memory import map_large_blocks
        from installation.host.native_noise import native_noise_aside
        from installation.host.options import (
            NO_CONSOLE,
            RunOptions,
            story_of,
            usable_options,
            venue_file_of,
            venue_of,
            with_options,
        )
        from installation.host.state_folder import state_folder
        from installation.host.system_libraries import require_libraries
        from installation.rooms.put_start import BeganWith, begin_with_put
        from scenes.story.story import Story, load_story

        served = NO_CONSOLE if no_console else console
        typed = RunOptions(camera=camera, osc=osc, window=window, fullscreen=fullscreen, mute=mute, console=served)
        losses = LossReporter()

        began = BeganWith(story)

        def play(loaded: Story, chosen: Venue, watched: Callable[[Show], AbstractContextManager[None]]) -> bool:
            require_libraries()
            from installation.show.opening import open_show
            from installation.show.slot_watch import slots_watched

            opened = open_show(
                loaded,
                chosen,
                headless=headless,
                seed=seed,
                losses=losses,
                waits=unattended,
                console=True,
                venue_file=venue_file_of(venue),
            )
            with (
                native_noise_aside(log_native),
                opened as show,
                watched(show),
                slots_watched(show, losses),
                ExitStack() as more,
            ):
                if chosen.rooms.broker:
                    from installation.show.put_watch import puts_taken

                    more.enter_context(puts_taken(show, chosen, venue_file_of(venue), losses, began))
                show.run(seconds)
            return show.restarting

        open_log(verbose)
        map_large_blocks()
        with plain_errors():
            began = begin_with_put(story, venue, state_folder(), losses)
            if unattended:
                from installation.show.unattended import UnattendedStart

                start = UnattendedStart(
                    state_folder(), began.story, venue, lambda room: usable_options(room, **typed), losses
                )
                with start.counted():
                    again = play(*start.choose(), start.watched)
            else:
                loaded, chosen = both(
                    lambda: load_story(story_of(began.story, venue), forgive_clips=True),
                    lambda: with_options(venue_of(venue), **typed),
                )
                again = play(loaded, chosen, lambda _: nullcontext())
            if again:
                from installation.show.opening import start_again

                start_again()
