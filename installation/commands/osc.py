"""``chiaro osc``: monitor, send, replay, layouts and docs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import Unavailable
from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

PROFILES = ("aggregate", "visitors", "scalar", "events")
"""As in ``calibration.settings.OscTarget``."""
Host = Annotated[str, typer.Option(help="Address to listen on or to send to.")]


def register(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    osc = typer.Typer(help="Watch, send and replay OSC.", no_args_is_help=True)
    app.add_typer(osc, name="osc")
    osc.command()(monitor)
    osc.command(context_settings={"ignore_unknown_options": True})(send)
    osc.command()(replay)
    osc.command()(layouts)
    osc.command()(docs)


def monitor(
    port: Annotated[int, typer.Option(help="Port to listen on: the port of one of the venue's OSC targets.")] = 9000,
    host: Host = "127.0.0.1",
    prefix: Annotated[str, typer.Option(help="Messages below this prefix are checked against the registry.")] = "/emo",
    lines: Annotated[bool, typer.Option("--lines", help="Print one line per message instead of a table.")] = False,
    seconds: Annotated[float, typer.Option(help="Stop after this many seconds; 0 = run until Ctrl-C.")] = 0.0,
    story: Annotated[
        str | None, typer.Option(help="Story whose own OSC cues are expected too: a .toml file, or its folder.")
    ] = None,
) -> None:
    """Show what arrives at a port: decoded, with rates, sizes, losses, and faults against the registry."""
    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from installation.osc.monitor_screen import watch
    from installation.osc.story_cues import story_cues

    with plain_errors():
        cues = None if story is None else story_cues(story_file(story))
        try:
            watch(host, port, prefix, lines, seconds, cues)
        except OSError as error:
            raise Unavailable(
                f"cannot listen on {host}:{port}: {error.strerror or error}; choose another --port"
            ) from error


def send(
    address: Annotated[str, typer.Argument(help="Full address, such as /emo/control/next.")],
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="1 is sent as an int, 1.0 as a float, true and false as such, anything else as text."),
    ] = None,
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The show's control port.")] = 9001,
    types: Annotated[str, typer.Option(help="Type tags of the arguments (i f s T F), if the guess is wrong.")] = "",
    wait: Annotated[float, typer.Option(help="Seconds to wait for an answer; 0 = do not wait.")] = 0.5,
) -> None:
    """Send one message, and print the answer. Exits 69 when nobody answered."""
    from installation.host.errors import plain_errors
    from installation.osc.sender import answer_to, typed_message

    with plain_errors():
        try:
            answers = 0
            for answer in answer_to(typed_message(address, arguments or [], types), host, port, wait):
                answers += 1
                say(answer)
        except OSError as error:
            raise Unavailable(f"{host}:{port}: {error.strerror or error}") from error
        if wait > 0 and not answers:
            raise Unavailable(
                f"{host}:{port}: nobody answered within {wait:g} s. Is the show running, and does [osc] in its venue "
                "file listen there, under that prefix, and allow this machine? (--wait 0 does not wait)"
            )


def replay(
    journal: Annotated[Path, typer.Argument(help="Journal of one day (.jsonl or .jsonl.gz).")],
    speed: Annotated[float, typer.Option(min=0.01, max=1000, help="2 = twice as fast.")] = 1.0,
    osc: Annotated[list[str] | None, typer.Option(help="HOST:PORT of a receiver; may be repeated.")] = None,
    profile: Annotated[
        str,
        typer.Option(
            help="Which messages are sent: see docs/osc.md.",
            metavar=shown(PROFILES),
            autocompletion=completion(PROFILES),
        ),
    ] = "aggregate",
    venue: Annotated[str | None, typer.Option(help="Send to the targets of this venue file instead.")] = None,
    loop: Annotated[bool, typer.Option("--loop", help="Start over at the end.")] = False,
) -> None:
    """Send an evening's moods and scenes again, so that visuals can be built without visitors."""
    from calibration.errors import BadFile
    from calibration.settings import OscSettings
    from installation.host.console import open_log
    from installation.host.errors import both, plain_errors
    from installation.host.options import osc_targets, venue_of
    from installation.osc.replayer import play_journal

    def receivers() -> OscSettings:
        targets, named = both(
            lambda: osc_targets(osc or ["127.0.0.1:9000"]), lambda: chosen(profile, PROFILES, "--profile")
        )
        return OscSettings.model_validate({"targets": [target.model_dump() | {"profile": named} for target in targets]})

    open_log()
    with plain_errors():
        try:
            sent = play_journal(journal, venue_of(venue).osc if venue else receivers(), speed, loop)
        except KeyboardInterrupt:
            return
        say(f"{sent} moods and cues sent", err=True)
        if not sent:
            raise BadFile(journal, ["contains no moods and no scenes"])


def layouts(
    to: Annotated[Path, typer.Option(help="Folder to write them to; it is made where it is not there.")],
    venue: Annotated[
        str | None, typer.Option(help="Venue whose control port and prefix they use; without it, the usual ones.")
    ] = None,
    host: Annotated[str, typer.Option(help="Address of the show's machine, for Companion.")] = "127.0.0.1",
    feedback_port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port on which Companion hears the show's state.")
    ] = 12321,
) -> None:
    """Write a TouchOSC layout and a Bitfocus Companion page with every button of the show."""
    from calibration.errors import BadFile
    from calibration.file_writer import write_together
    from installation.host.errors import plain_errors
    from installation.host.options import venue_of
    from installation.osc.companion import page as companion_page
    from installation.osc.touchosc import layout

    with plain_errors():
        osc = venue_of(venue).osc
        made = {
            "chiaroscuro.tosc": layout(osc.listen_prefix),
            "chiaroscuro.companionconfig": companion_page(osc.listen_prefix, host, osc.listen_port, feedback_port),
        }
        try:
            to.mkdir(parents=True, exist_ok=True)
            write_together({to / name: content for name, content in made.items()})
        except OSError as error:
            raise BadFile(to, [f"cannot be written: {error.strerror or error}"]) from error
        for name in made:
            say(str(to / name))


def docs() -> None:
    """Print docs/osc.md, made from the registry."""
    from installation.osc.docs import page

    say(page(), nl=False)
