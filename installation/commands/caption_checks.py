"""The story's captions, as ``chiaro check`` tries them: laid out by the show's own lettering."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from calibration.files import is_file
from calibration.settings import ScreenSettings
from installation.commands.finding import Finding, ok, warning
from installation.host.console import LossReporter
from scenes.story.captions import read_captions
from scenes.story.story import Story
from scenes.story.translations import LANGUAGE, caption_files

AT_MOST = 20
"""Warnings for one scene; the rest is counted."""


class _Collected(LossReporter):
    """Keeps what the lettering reports, to be told with its line instead of in the log."""

    def __init__(self) -> None:
        super().__init__()
        self.reasons: list[str] = []

    def lost(self, part: str, why: str) -> None:
        """Keep ``why``, each time."""
        del part
        self.reasons.append(why)


def check_captions(story: Story, settings: ScreenSettings) -> Iterator[Finding]:
    """Every caption and every text of a cue: whether it fits on the picture, and a font here has its letters."""
    from installation.film.lettering import Lettering

    losses = _Collected()
    lettering = Lettering(settings.captions_font, (settings.width, settings.height), losses)
    for why in dict.fromkeys(losses.reasons):
        yield warning("captions", "screen.captions_font", why)
    count = 0
    for name in story.names:
        scene = story.file.scenes[name]
        texts = [(story.path.name, f"cue.{at}.caption", cue.caption) for at, cue in enumerate(scene.cue) if cue.caption]
        for file in files_of(story, name).values():
            texts += [(file.name, f"line {line.line}", line.text) for line in read_captions(file).lines]
        faults: dict[tuple[str, str, str], None] = {}
        for file_name, where, text in texts:
            losses.reasons.clear()
            if lettering.rows_of(text)[1]:
                losses.reasons.append("does not fit on the picture, and is cut")
            faults.update({(file_name, where, why): None for why in losses.reasons})
        count += len(texts)
        for file_name, where, why in list(faults)[:AT_MOST]:
            yield warning("captions", f"scene {name}: {file_name}", f"{where}: {why}")
        if len(faults) > AT_MOST:
            yield warning("captions", f"scene {name}", f"{len(faults) - AT_MOST} more captions like these")
    yield from check_languages(story, settings.captions_languages)
    if count:
        yield ok(
            "captions", str(story.path.parent), "1 caption laid out" if count == 1 else f"{count} captions laid out"
        )


def check_languages(story: Story, wanted: Sequence[str]) -> Iterator[Finding]:
    """Scenes without captions in a language that the venue wants, or that other scenes have."""
    files = {name: found for name in story.names if (found := files_of(story, name))}
    everywhere = dict.fromkeys([*wanted, *(language for found in files.values() for language in found if language)])
    for language in everywhere:
        lacking = [name for name, found in files.items() if language not in found]
        if not lacking:
            continue
        unnamed = next((found[""].name for name in lacking if "" in (found := files[name])), "")
        example = _named(next(iter(files[lacking[0]].values())), language)
        why = f"no captions in {language!r}; add {example}"
        why += f" (if {unnamed} is in it, give it that name, also in the story)" if unnamed else ""
        places = ", ".join(lacking[:5]) + (f" and {len(lacking) - 5} more" if len(lacking) > 5 else "")
        yield warning("captions", f"scene {places}", f"{why}; until then those that the story names are shown")


def files_of(story: Story, name: str) -> dict[str, Path]:
    """The captions of a scene by language; none where the story names none that is there."""
    named = story.file.scenes[name].captions
    own = story.path.parent / named if named else None
    return caption_files(own) if own and is_file(own) else {}


def _named(file: Path, language: str) -> str:
    """How the captions would be called that stand beside ``file`` in another language."""
    base, _, said = file.stem.rpartition(".")
    return f"{base if re.fullmatch(LANGUAGE, said.lower()) and base else file.stem}.{language}{file.suffix}"
