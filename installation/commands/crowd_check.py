"""Whether the venue counts as many visitors as the story asks for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadFile
from installation.commands.finding import Finding, warning
from scenes.story.salvage import read_story_file


def check_crowd(story: Path, counted_at_most: int) -> Iterator[Finding]:
    """Conditions that can never hold here. What is wrong with the story itself is told elsewhere."""
    try:
        file = read_story_file(story)[0]
    except BadFile:
        return
    for name, scene in file.scenes.items() if file else ():
        ways = [*((f"branch.{n}", branch.when) for n, branch in enumerate(scene.branch) if branch.when)]
        ways += [(f"cut.{n}", cut.when) for n, cut in enumerate(scene.cut)]
        for key, one in (found for place, when in ways for found in when.walk(f"scenes.{name}.{place}.when")):
            if (one.visitors_at_least or 0) > counted_at_most:
                why = (
                    f"asks for {one.visitors_at_least} visitors, and this venue counts {counted_at_most} at most, so "
                    "it never holds; set visitors_at_most in [mood] of the venue file"
                )
                yield warning("story", f"{key}.visitors_at_least", why)
