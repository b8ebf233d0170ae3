"""``chiaro privacy drafts``: the papers that a room needs, filled in with its facts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from installation.commands.choices import chosen, completion, shown
from installation.host.terminal import say

if TYPE_CHECKING:
    from installation.privacy.draft_words import PaperLanguage
    from installation.privacy.drafts import Draft

LANGUAGES = ("en", "de")
ROLES = {
    "controller": "whoever shows it",
    "dpo": "the data protection officer",
    "artist": "the artist",
    "both": "whoever shows it and the artist",
}


def drafts(
    story: Annotated[
        str, typer.Argument(help="Story file or its folder; default: the venue's, else the demo film.", metavar="STORY")
    ] = "",
    venue: Annotated[str, typer.Option(help="Venue file (a path or NAME.toml), or a venue's name.")] = "",
    out: Annotated[Path, typer.Option(help="Folder to write them to; it is made where it is not there.")] = Path(
        "privacy-drafts"
    ),
    language: Annotated[
        str,
        typer.Option(help="Of the drafts.", metavar=shown(LANGUAGES), autocompletion=completion(LANGUAGES)),
    ] = "en",
) -> None:
    """Write drafts of the papers that a room with this work needs, as Markdown and PDF.

    Data protection impact assessment, record of processing, fundamental rights impact assessment, agreement between
    artist and exhibitor, instructions for use, skeleton of the technical file, log retention. The facts are filled in,
    each with the command or the test that shows it; what a person must write is marked. This is no legal advice.
    """
    from calibration.errors import ChiaroError
    from calibration.venue import Venue, load_venue
    from calibration.venue_folder import find_venue
    from installation.host.errors import plain_errors
    from installation.host.options import story_of
    from installation.privacy import drafts as papers
    from installation.privacy.draft_page import draft_pdf
    from installation.privacy.draft_words import PAPERS
    from installation.privacy.facts import facts_of
    from scenes.story.story import load_story

    with plain_errors():
        written = cast("PaperLanguage", chosen(language, LANGUAGES, "--language"))
        file = find_venue(venue).file if venue else None
        room = load_venue(file) if file else Venue()
        _refuse_to_overwrite(out, PAPERS)
        film = load_story(story_of(story, venue), forgive_clips=True)
        facts = facts_of(room, file, film.file)
        made = list(papers.drafts(facts, room, film, written, date.today()))
        without_pdf = ""
        for draft in made:
            _write(out / f"{draft.name}.md", draft.markdown.encode())
            try:
                content = b"" if without_pdf else draft_pdf(draft, written)
            except ChiaroError as error:
                content, without_pdf = b"", "; ".join(error.lines())
            if content:
                _write(out / f"{draft.name}.pdf", content)
            say(f"{out / draft.name}.md{', .pdf' if content else ''}: {draft.title}")
        if without_pdf:
            say(f"! only the Markdown is written: {without_pdf}", err=True)
        for key in facts.missing:
            say(f"! privacy.{key} is missing in the venue file; the drafts say so where it belongs", err=True)
        say(_what_is_left(made))


def _refuse_to_overwrite(out: Path, names: Iterable[str]) -> None:
    """Drafts are completed by hand: none is written over."""
    from calibration.errors import BadInput

    there = [f"{name}{ending}" for name in names for ending in (".md", ".pdf") if (out / f"{name}{ending}").exists()]
    if there:
        what = f"{there[0]} is in {out} already, and may have been completed by hand; name another folder"
        raise BadInput(what, where="--out")


def _write(file: Path, content: bytes) -> None:
    from calibration.errors import BadFile
    from calibration.file_writer import write_whole

    try:
        write_whole(file, content)
    except OSError as error:
        raise BadFile(file, [f"cannot be written: {error.strerror or error}"]) from error


def _what_is_left(made: list[Draft]) -> str:
    """What a person must still write, by who it is."""
    left: Counter[str] = Counter()
    for draft in made:
        left.update(draft.to_write)
    by = ", ".join(f"{left[role]} by {who}" for role, who in ROLES.items() if left[role])
    return f"{len(made)} drafts; {left.total()} places are still to be written: {by}. This is no legal advice."
