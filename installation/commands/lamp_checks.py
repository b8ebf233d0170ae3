"""What the check finds of the room's lamps and the timecode. Nothing is switched, and nothing sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadInput
from calibration.extras import MissingExtra
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from scenes.story.story import load_story


def check_lamps(venue: Venue, story: Path | BadInput) -> Iterator[Finding]:
    """Each universe of the venue, those that only the story has, and the way of the timecode."""
    from installation.lamps.wire import open_wire

    for universe in venue.lamps.universes:
        where = f"universe {universe.number}, {universe.protocol}"
        try:
            wire = open_wire(universe)
        except MissingExtra as error:
            yield problem("lamps", where, str(error))
        except OSError as error:
            why = f"cannot be reached now ({error.strerror or error}); the show keeps trying"
            yield warning("lamps", where, f"{universe.host or universe.interface} {why}")
        else:
            wire.drop()
            yield ok("lamps", where, f"sent to {universe.host or 'everybody (multicast)'}")
    missing = universes_of(story) - {one.number for one in venue.lamps.universes}
    for number in sorted(missing):
        why = "the story dims it, and the venue has no [[lamps.universes]] of that number: those lamps stay as they are"
        yield warning("lamps", f"universe {number}", why)
    if venue.timecode.output:
        yield check_timecode(venue.timecode.output)


def universes_of(story: Path | BadInput) -> set[int]:
    """Numbers of those that a story dims; none where it cannot be read, which is told elsewhere."""
    if isinstance(story, BadInput):
        return set()
    try:
        scenes = load_story(story).file.scenes.values()
    except BadInput:
        return set()
    cues = {cue.dmx.universe for scene in scenes for cue in scene.cue if cue.dmx is not None}
    return cues | {lamp.universe for scene in scenes for lamp in scene.lamp}


def check_timecode(output: str) -> Finding:
    """Whether the port is there."""
    from installation.lamps.midi import VIRTUAL, open_midi, port_names

    try:
        if output == VIRTUAL:
            port_names()  # where the machine has no MIDI it cannot have a port of ours
        elif output.startswith("/"):
            with open_midi(output):
                pass
        elif not any(name.startswith(output) for name in port_names()):
            there = ", ".join(port_names()) or "none"
            return problem("timecode", output, f"no MIDI port of that name; there are: {there}")
    except MissingExtra as error:
        return problem("timecode", output, str(error))
    except OSError as error:
        return problem("timecode", output, f"cannot be used: {error.strerror or error}")
    return ok("timecode", output, "is there")
