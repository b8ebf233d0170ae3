"""Films and drives that flash more than three times a second, as ``chiaro check`` tells it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from installation.commands.finding import Finding, warning
from installation.film.flash_meter import FLASHES_AT_MOST, LUMINANCE_STEP
from installation.film.inspection import Inspection
from scenes.story.drives import Drive
from scenes.story.story import Story

GAMMA = 2.2
"""From a brightness to relative luminance."""


def check_flashes(story: Story, found: Mapping[str, Inspection]) -> Iterator[Finding]:
    """``found``: what decoding said of the clips, by ``scene NAME`` and ``scene NAME thread THREAD``."""
    for name in story.names:
        drives = story.scene(name).drive
        faster = max((max(one.from_, one.to) for one in drives if one.what == "rate"), default=1.0)
        for user, inspection in found.items():
            if user == f"scene {name}" or user.startswith(f"scene {name} thread "):
                yield from _flashes(user, inspection, faster)
        for drive in drives:
            seconds = drive.attack_seconds + drive.release_seconds
            if drive.what == "brightness" and seconds * FLASHES_AT_MOST < 1 and _step(drive) >= LUMINANCE_STEP:
                yield warning(
                    "flashes",
                    f"scene {name}: {story.path}",
                    f"its drive of the brightness can go to and fro in {seconds:.2g} s, more than {FLASHES_AT_MOST:g} "
                    f"flashes a second; let attack_seconds and release_seconds be {1 / FLASHES_AT_MOST:.2f} s together "
                    "at least",
                )


def _flashes(user: str, inspection: Inspection, faster: float) -> Iterator[Finding]:
    worst = inspection.flashes
    often = worst.a_second * faster
    if often <= FLASHES_AT_MOST:
        return
    what = "flashes to red" if worst.red else "flashes"
    rate = f" at {faster:g} times its rate" if faster > 1 else ""
    yield warning(
        "flashes",
        user,
        f"{often:.3g} {what} a second on a quarter of the picture, from second {worst.at:.1f} of its file{rate}; more "
        f"than {FLASHES_AT_MOST:g} may trigger seizures (WCAG 2.3.1): soften it, or warn visitors before they come in",
    )


def _step(drive: Drive) -> float:
    """Between both ends of a drive of the brightness, in relative luminance of a white picture."""
    return float(abs(drive.from_**GAMMA - drive.to**GAMMA))
