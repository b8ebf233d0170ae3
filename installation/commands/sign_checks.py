"""What the check finds of the sign that says whether the eye is open, and of the visitor's button. Nothing is lit."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from calibration.errors import BadInput
from calibration.extras import MissingExtra
from calibration.privacy_settings import GpioSettings
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from installation.host.row import Row
from installation.pins.line import CONSUMER, used_by
from scenes.story.story import load_story


def check_sign(venue: Venue, story: Path | BadInput, show: int = 0) -> Iterator[Finding]:
    """The sign's channel is there and its own; the lines of lamp and button can be had, by us and nobody else.

    ``show``: process of the running show, or 0; it may have the lines.
    """
    privacy = venue.privacy
    if privacy.sign.dmx.universe:
        yield from _check_channel(venue, story)
    lamp, button = privacy.sign.gpio, privacy.button
    for where, pin in (("privacy.sign.gpio", lamp), ("privacy.button", button)):
        if pin.chip:
            yield _check_pin(where, pin, show)
    if lamp.chip and (lamp.chip, lamp.line) == (button.chip, button.line):
        yield problem("sign", "privacy.button", "is on the same line as the sign's lamp; choose another")
    if button.chip and privacy.consent != "button":
        yield warning("sign", "privacy.button", f"has no effect with consent = {privacy.consent!r}")


def sign_row(venue: Venue, show: int = 0) -> Row:
    """When the eye may look, and what tells the room so, for ``chiaro doctor``. ``show`` as above."""
    privacy = venue.privacy
    dmx, pin = privacy.sign.dmx, privacy.sign.gpio
    signs = [
        *([f"channel {dmx.channel} of universe {dmx.universe}"] if dmx.universe else []),
        *([f"lamp on {pin.chip} line {pin.line}"] if pin.chip else []),
    ]
    told = f"the sign is {' and '.join(signs)}" if signs else "no sign in the room ([privacy.sign])"
    pins = (("lamp", pin), ("button", privacy.button))
    faults = [f"{name} {fault}" for name, one in pins if one.chip and (fault := _fault_of(one, show))]
    what = "; ".join((f"consent = {privacy.consent!r}", told, *faults))
    return Row("eye's sign", what, "warning" if faults else "ok")


def _check_channel(venue: Venue, story: Path | BadInput) -> Iterator[Finding]:
    dmx = venue.privacy.sign.dmx
    where = f"privacy.sign.dmx = universe {dmx.universe}, channel {dmx.channel}"
    universe = next((one for one in venue.lamps.universes if one.number == dmx.universe), None)
    if universe is None:
        yield problem("sign", where, "the venue has no [[lamps.universes]] of that number: the sign would stay dark")
        return
    if dmx.open == 0:
        yield problem("sign", where, "open = 0 is how it shows that the eye is shut; choose a value from 1 to 255")
        return
    if dmx.channel in universe.resting:
        yield warning("sign", where, "the universe's `resting` names it too; that has no effect, so take it out there")
    for scene in _moved_by(story, dmx.universe, dmx.channel):
        yield warning(
            "sign", where, f"scene {scene!r} moves it too; that has no effect, since the channel is the sign's"
        )
    yield ok("sign", where, f"{dmx.open} while the eye is open, else 0")


def _moved_by(story: Path | BadInput, universe: int, channel: int) -> list[str]:
    """Scenes whose cues or lamps move that channel; none where the story cannot be read, which is told elsewhere."""
    if isinstance(story, BadInput):
        return []
    try:
        scenes = load_story(story).file.scenes
    except BadInput:
        return []
    return [
        name
        for name, scene in scenes.items()
        if any(cue.dmx and cue.dmx.universe == universe and channel in cue.dmx.channels for cue in scene.cue)
        or any(lamp.universe == universe and channel in lamp.channels for lamp in scene.lamp)
    ]


def _check_pin(where: str, pin: GpioSettings, show: int) -> Finding:
    where = f"{where} = {pin.chip} line {pin.line}"
    if fault := _fault_of(pin, show):
        return problem("sign", where, fault)
    return ok("sign", where, f"the running show has it (process {show})" if show else "is free")


def _fault_of(pin: GpioSettings, show: int) -> str:
    """Why the line cannot be had; '' where it can, or where the show that runs (process ``show``) has it."""
    try:
        user = used_by(pin)
    except MissingExtra as error:
        return str(error)
    except OSError as error:
        return f"cannot be used: {error.strerror or error}"
    return f"is used by {user}" if user and not (show and user == CONSUMER) else ""
