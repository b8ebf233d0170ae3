"""``chiaro privacy proof``: what the show's processes write and send, watched from outside."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calibration.errors import Exit
from installation.host.terminal import say

SHORTEST_SECONDS, LONGEST_SECONDS = 3.0, 3600.0


def proof(
    story: Annotated[str, typer.Argument(help="As for run. Default: the venue's story, else the demo film.")] = "",
    venue: Annotated[str, typer.Option(help="As for run: the room whose settings are held to.")] = "",
    seconds: Annotated[
        float, typer.Option(min=SHORTEST_SECONDS, max=LONGEST_SECONDS, help="How long the show runs.")
    ] = 60.0,
    out: Annotated[
        Path | None,
        typer.Option(help="Page to write (.html); the record lies beside it (.json). Default: named after the room."),
    ] = None,
    key: Annotated[
        Path | None, typer.Option(help="SSH key (such as ~/.ssh/id_ed25519) that signs the record (.json.sig).")
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="Open no window and no sound device, as where there is no display.")
    ] = False,
) -> None:
    """Run the show under strace before a marked camera, and list all that its processes write and send.

    Each file and peer is held against the venue's settings, and everything is searched for pictures of the camera. The
    receivers of the venue hear the show; it must not run already. Exit code 1 when something must not be.
    """
    from datetime import UTC, datetime

    from calibration.errors import BadInput
    from calibration.venue_folder import find_venue
    from installation.film.screen import no_display
    from installation.host.errors import both, plain_errors
    from installation.host.options import story_of, venue_of
    from installation.host.state_folder import room_stem
    from installation.privacy.facts import refuse_forbidden
    from installation.privacy.proof import prove
    from installation.privacy.proof_page import write_proof

    with plain_errors():
        chosen_story, chosen = both(lambda: story_of(story, venue), lambda: venue_of(venue))
        refuse_forbidden(chosen.privacy)
        if key and not key.expanduser().is_file():
            raise BadInput(f"{key} is no file; name a private SSH key", where="--key")
        page = out or Path(f"proof-{room_stem(chosen.name)}-{datetime.now(UTC):%Y-%m-%d}.html")
        if page.suffix not in (".html", ".htm"):
            raise BadInput(f"{page.name} is not named .html", where="--out")
        file = find_venue(venue).file if venue else None
        done = prove(
            chosen_story,
            chosen,
            file,
            seconds,
            headless or no_display(),
            lambda words: say(f"{words} ...", err=True),
        )
        written = write_proof(done, page, key.expanduser() if key else None)
        for finding in done.judgement.findings:
            say(f"! {finding}")
        say(f"{done.verdict}: {done.verdict_words}")
        say(f"written: {', '.join(str(one) for one in written)}")
        if done.verdict != "PASS":
            raise typer.Exit(Exit.NOT_AS_WANTED)
