"""``chiaro story diff``: what is different between two versions of a story."""

from __future__ import annotations

from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from installation.host.terminal import say

SAME, DIFFERENT, TROUBLE = 0, 1, 2
"""Exit codes, as those of diff: a script that knows it knows this command."""


def diff(
    old: Annotated[Path, typer.Argument(help="Story file (.toml) or its folder.", show_default=False)],
    new: Annotated[Path, typer.Argument(help="The other version of it.", show_default=False)],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead.")] = False,
) -> None:
    """Print what is different in a story's other version: scenes, ways out, clips, timings.

    The clips need not be there. Ends with 0 if nothing is different, 1 if something is, 2 if a file cannot be read.
    """
    import json

    from installation.host.errors import plain_errors
    from installation.host.options import story_file
    from scenes.story.diff import differences

    try:
        with plain_errors():
            paths = story_file(str(old)), story_file(str(new))
            found = differences(*paths)
    except typer.Exit:
        raise typer.Exit(TROUBLE) from None
    if as_json:
        say(json.dumps({"old": str(old), "new": str(new), "differences": [asdict(one) for one in found]}, indent=2))
    else:
        places = {where: number for number, where in enumerate(dict.fromkeys(one.where for one in found))}
        for where, group in groupby(sorted(found, key=lambda one: places[one.where]), key=lambda one: one.where):
            say(where)
            for one in group:
                say(f"    {one.words}")
    raise typer.Exit(DIFFERENT if found else SAME)
