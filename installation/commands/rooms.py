"""``chiaro rooms``: stories and venues put into other rooms over the broker, and the tokens that open them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from calibration.errors import BadInput, Exit
from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from calibration.rooms_settings import BrokerSettings
    from installation.rooms.put_manifest import When
    from installation.rooms.put_sender import Delivery
    from installation.rooms.room_list import Recipients

WHEN = ("closing", "next_scene", "now")
Broker = Annotated[
    str, typer.Option(help="mqtt://HOST[:PORT], or mqtts://HOST[:PORT] with TLS.", envvar="CHIARO_BROKER")
]
User = Annotated[str, typer.Option(help="User at the broker.")]
PasswordFile = Annotated[str, typer.Option(help="File with the user's password in its first line.")]
CaFile = Annotated[str, typer.Option(help="mqtts: the certificate of the house's own authority (PEM).")]
Topic = Annotated[str, typer.Option(help="First part of all topics.")]
Rooms = Annotated[list[str] | None, typer.Option("--room", help="A room's name in the topics; may be repeated.")]
Groups = Annotated[list[str] | None, typer.Option("--group", help="All rooms of a group; may be repeated.")]
TokensFile = Annotated[
    str, typer.Option(help="The house's tokens, a room each line. Default: room-tokens in the configuration folder.")
]


def register(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    commands = typer.Typer(no_args_is_help=True, help="Put stories and venues into other rooms, and keep their tokens.")
    commands.command("put")(put)
    commands.command("back")(back)
    commands.command("token")(token)
    app.add_typer(commands, name="rooms")


def put(  # noqa: PLR0913 - typer reads each option from the signature
    story: Annotated[str, typer.Argument(help="Story file (.toml) or the folder of a story.toml.")] = "",
    venue: Annotated[str, typer.Option(help="Put this venue's settings instead of a story.")] = "",
    own: Annotated[bool, typer.Option("--own", help="Back to the story that the room was started with.")] = False,
    room: Rooms = None,
    group: Groups = None,
    when: Annotated[
        str,
        typer.Option(metavar=shown(WHEN), autocompletion=completion(WHEN), help="When the room takes it up."),
    ] = "closing",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Ask what would be sent, and change nothing.")] = False,
    follow: Annotated[
        bool, typer.Option("--follow", help="Wait until it has played for a minute, or the room has gone back.")
    ] = False,
    broker: Broker = "",
    user: User = "",
    password_file: PasswordFile = "",
    ca_file: CaFile = "",
    topic: Topic = "chiaro",
    tokens: TokensFile = "",
) -> None:
    """Put a story, or the settings of a venue, into rooms: whole or not at all, checked there before it is taken up.

    Exit code 0: every room has it. 1: a room has not. 69: the broker cannot be reached.
    """
    from installation.host.errors import plain_errors
    from installation.rooms.put_manifest import own_story, story_to_put, venue_to_put

    with plain_errors():
        if sum(map(bool, (story, venue, own))) != 1:
            raise BadInput("name one thing to put: a story, --venue FILE, or --own", where="put")
        due = cast("When", chosen(when, WHEN, "--when"))
        settings = _settings(broker=broker, user=user, password_file=password_file, ca_file=ca_file, topic=topic)
        if own:
            manifest, files = own_story(due), dict[str, Path]()
        elif venue:
            from calibration.venue_folder import find_venue

            manifest, files = venue_to_put(find_venue(venue).file, due)
        else:
            from installation.host.options import story_file

            manifest, files = story_to_put(story_file(story), due)
        with _recipients(settings, tokens) as house:
            rooms = house.choose(room or (), group or ())
            made = [house.delivery(name, manifest, files, dry=dry_run, follow=follow) for name in rooms]
            code = _deliver(house, made)
        raise typer.Exit(code)


def back(  # noqa: PLR0913 - typer reads each option from the signature
    room: Rooms = None,
    group: Groups = None,
    venue: Annotated[bool, typer.Option("--venue", help="The venue's settings instead of the story.")] = False,
    broker: Broker = "",
    user: User = "",
    password_file: PasswordFile = "",
    ca_file: CaFile = "",
    topic: Topic = "chiaro",
    tokens: TokensFile = "",
) -> None:
    """Back to what was there before, at once; of what still waits for its time, nothing is taken up."""
    from installation.host.errors import plain_errors

    with plain_errors():
        settings = _settings(broker=broker, user=user, password_file=password_file, ca_file=ca_file, topic=topic)
        with _recipients(settings, tokens) as house:
            rooms = house.choose(room or (), group or ())
            made = [house.way_back(name, "venue" if venue else "story") for name in rooms]
            raise typer.Exit(_deliver(house, made))


def token(
    room: Annotated[str, typer.Argument(help="A room's name in the topics.")],
    file: Annotated[str, typer.Option(help="Write the room's own file here, for its `token_file`.")] = "",
    tokens: TokensFile = "",
) -> None:
    """Make a new token for a room: into the house's tokens, and into a file for the room itself."""
    from calibration.rooms_settings import room_slug
    from installation.host.errors import plain_errors
    from installation.rooms.room_list import tokens_file
    from installation.rooms.tokens import keep_token, new_token, write_token

    with plain_errors():
        if room != room_slug(room):
            raise BadInput(f"is no room's name in topics; expected, for example, {room_slug(room)}", where=room)
        own, house, made = Path(file or f"{room}.token"), tokens_file(tokens), new_token()
        try:
            write_token(own, made)
            keep_token(house, room, made)
        except OSError as error:
            raise BadInput(f"cannot be written: {error.strerror or error}", where=str(error.filename)) from error
    say(f"{own}: carry it to the room's machine, and name it there: [rooms] token_file = '{own.name}'")
    say(f"{house}: the house signs with it from now on; the one before counts no more once the room has the new one")


def _settings(**typed: Any) -> BrokerSettings:
    """Where the broker is. Raises ``BadInput`` with all faults."""
    from pydantic import ValidationError

    from calibration.files import describe
    from calibration.rooms_settings import BrokerSettings

    if not typed["broker"]:
        raise BadInput("is needed, such as --broker mqtt://house:1883 (or CHIARO_BROKER)", where="--broker")
    try:
        return BrokerSettings.model_validate(typed)
    except ValidationError as error:
        raise BadInput(*describe(error, BrokerSettings)) from error


def _recipients(settings: BrokerSettings, tokens: str) -> Recipients:
    from calibration.extras import needs_extra
    from installation.rooms.room_list import Recipients, tokens_file

    needs_extra("rooms", "rooms on a broker")
    return Recipients(settings, tokens_file(tokens))


def _deliver(house: Recipients, made: Sequence[Delivery]) -> Exit:
    """Bring all to their end, with a bar; what became of each room, on a line of its own."""
    from installation.host.plain_console import progress_bar
    from installation.rooms.put_sender import deliver

    with progress_bar() as bar:
        tasks = {one.room: bar.add_task(one.room, total=1.0) for one in made}
        deliver(
            house.client,
            house.root,
            made,
            lambda one: bar.update(tasks[one.room], completed=one.share, description=one.line),
        )
    for one in made:
        say(one.line)
    return Exit.NOT_AS_WANTED if any(one.failed for one in made) else Exit.OK
