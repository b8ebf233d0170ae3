"""``chiaro house``: all rooms of a broker on one page, with their alarms and their evenings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.web.address import ConsoleAddress

FILE = "house.toml"
DRAFT = """\
# A house of several rooms: chiaro house. All keys are explained in docs/rooms.md.
name = "{name}"

[rooms]
broker = "{broker}"       # the same as in the rooms' venue files
# user = "house"                       # where the broker asks for one
# password_file = "broker-password"    # its first line is the password (mode 600)
# expected = ["hall", "cellar"]        # rooms that must be there; one that never speaks is lost

[pages]
listen = "127.0.0.1"                   # "0.0.0.0": for phones too; they are asked for a token
port = 8480

[alarms]
after_seconds = 60                     # how long it must be so before it is told
# webhook = "https://chat.example/hooks/abc"
# mail_to = ["technician@museum.example"]
# mail_from = "house@museum.example"
# mail_host = "mail.museum.example"

# [hours]                              # when alarms may begin; without: always
# open = "Tu-Su 09:30-18:30"
"""


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("house")(house)


def house(  # noqa: PLR0913 - an option each, read from the signature
    file: Annotated[
        str, typer.Argument(help=f"File of the house. Default: {FILE} in this folder, if it is there.", metavar="HOUSE")
    ] = "",
    broker: Annotated[str, typer.Option(help="Address of the broker, such as mqtt://house:1883.")] = "",
    console: Annotated[
        str, typer.Option(help="HOST[:PORT] on which the pages are served; 0.0.0.0 for phones in the network.")
    ] = "",
    init: Annotated[bool, typer.Option("--init", help="Write a file to begin with, and end.")] = False,
    link: Annotated[
        bool, typer.Option("--link", help="Show the link and the code that let a phone in, and end.")
    ] = False,
    forget: Annotated[
        str, typer.Option(metavar="ROOM", help="Have the broker forget a room that is gone for good, and end.")
    ] = "",
    verbose: Annotated[bool, typer.Option("--verbose", help="Log more on the console.")] = False,
) -> None:
    """Serve one page for all rooms of a broker: health, controls, alarms, evenings."""
    from installation.fleet.main import run
    from installation.fleet.opening import forget_room, house_of, place_of, write_draft
    from installation.host.console import LossReporter, open_log
    from installation.host.errors import plain_errors
    from installation.host.state_folder import state_folder

    open_log(verbose)
    folder = state_folder() / "house"
    with plain_errors():
        if init:
            path = Path(file or FILE)
            write_draft(path, DRAFT.format(name="The house", broker=broker or "mqtt://127.0.0.1:1883"))
            say(f"{path} is written; next: chiaro house {'' if path == Path(FILE) else path}".rstrip())
            return
        settings = house_of(file, FILE, broker, console)
        if forget:
            forget_room(settings, forget)
            say(f"the broker has forgotten {forget}")
            return
        if link:
            _show_link(place_of(settings, folder))
            return
        run(settings, folder, LossReporter(), lambda url: say(f"the house: {url} (Ctrl-C ends it)"))


def _show_link(place: ConsoleAddress) -> None:
    from installation.commands.doctor import in_half_blocks
    from installation.web.address import qr_rows

    if not place.has_token:  # no phone would get there
        say(f'{place.url} (from this machine alone; for phones set pages.listen = "0.0.0.0" in the house file)')
        return
    say(f"{place.link}\n\n{in_half_blocks(qr_rows(place.link))}")
