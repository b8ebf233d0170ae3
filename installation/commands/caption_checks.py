"""The story's captions, as ``chiaro check`` tries them: laid out by the show's own lettering."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.settings import ScreenSettings
from installation.commands.finding import Finding, ok, warning
from installation.host.console import LossReporter
from scenes.story.story import Story

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
        texts = [(f"line {line.line}", line.text) for line in story.clip(name).captions]
        texts += [(f"cue.{at}.caption", cue.caption) for at, cue in enumerate(scene.cue) if cue.caption]
        faults: dict[tuple[str, str], None] = {}
        for where, text in texts:
            losses.reasons.clear()
            if lettering.rows_of(text)[1]:
                losses.reasons.append("does not fit on the picture, and is cut")
            faults.update({(where, why): None for why in losses.reasons})
        count += len(texts)
        for where, why in list(faults)[:AT_MOST]:
            yield warning("captions", f"scene {name}: {scene.captions or story.path.name}", f"{where}: {why}")
        if len(faults) > AT_MOST:
            yield warning("captions", f"scene {name}", f"{len(faults) - AT_MOST} more captions like these")
    if count:
        yield ok(
            "captions", str(story.path.parent), "1 caption laid out" if count == 1 else f"{count} captions laid out"
        )
