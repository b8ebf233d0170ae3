"""What the check finds of several screens: the leader's port, displays, names that story and venue give them."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

from calibration.errors import BadInput
from calibration.files import did_you_mean
from calibration.screens_settings import ScreensSettings
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from installation.host.row import Row
from scenes.story.story import Story, load_story

NOT_SEEN_BY_OTHERS = "screens on other machines do not show it, for it follows visitors; further windows of this one do"


def check_screens(
    venue: Venue, story: Path | BadInput, headless: bool, held: Callable[[int], bool]
) -> Iterator[Finding]:
    """``held``: whether the running show has a UDP port, so that it was not tried."""
    screens = venue.screens
    if screens.leads:
        yield _port(screens, held)
    if screens.windows and not headless:
        yield from _displays(screens)
    try:
        loaded = None if isinstance(story, BadInput) else load_story(story)
    except BadInput:
        loaded = None  # told elsewhere
    if loaded is not None:
        yield from _names(screens, loaded)
        if screens.leads:
            for name in loaded.names:
                if loaded.scene(name).drive:
                    yield warning("screens", f"scenes.{name}.drive", NOT_SEEN_BY_OTHERS)


def screens_row(venue: Venue) -> Iterator[Row]:
    """Who leads, who follows, and what is a window of this machine; nothing where there is one screen."""
    screens = venue.screens
    others = [name for name, one in screens.named.items() if name != screens.plays and not one.is_window]
    told = [
        f"leads on udp {screens.listen}:{screens.port}" if screens.leads else "",
        f"plays {screens.plays}" if screens.plays else "",
        *(f"{name} is a window on display {one.display}" for name, one in screens.windows.items()),
        *(f"{name}: chiaro screen {name}" for name in others),
    ]
    if any(told):
        yield Row("screens", "; ".join(filter(None, told)))


def _port(screens: ScreensSettings, held: Callable[[int], bool]) -> Finding:
    where = f"screens.port = {screens.port}"
    family = socket.AF_INET6 if ":" in screens.listen else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as trial:
        try:
            trial.bind((screens.listen, screens.port))
        except OSError as error:
            if held(screens.port):
                return ok("screens", where, "the running show has it, so it was not tried")
            return problem(
                "screens", where, f"{error.strerror}: no screen could follow; choose another port, or listen"
            )
    return ok("screens", where, f"free on {screens.listen}; screens follow with chiaro screen NAME")


def _displays(screens: ScreensSettings) -> Iterator[Finding]:
    import pygame

    try:
        pygame.display.init()
        sizes = pygame.display.get_desktop_sizes()
    except pygame.error:
        return  # told where the display is checked
    finally:
        pygame.display.quit()
    for name, one in screens.windows.items():
        where, number = f"screens.{name}.display = {one.display}", one.display or 0
        if number < len(sizes):
            yield ok("screens", where, f"{sizes[number][0]}x{sizes[number][1]}")
        else:
            why = f"display {number} does not exist; this machine has 0 to {len(sizes) - 1}"
            yield problem("screens", where, f"{why}. The others would play without it")


def _names(screens: ScreensSettings, story: Story) -> Iterator[Finding]:
    """Screens of the story that the venue does not have: their clips would never be seen."""
    told = set(screens.named)
    for name in story.names:
        for screen in story.scene(name).screens:
            if screen not in told:
                told.add(screen)
                near = did_you_mean(screen, tuple(screens.named))
                why = f"the venue has no [screens.{screen}]{near or ': its clips are not seen here'}"
                yield warning("screens", f"scenes.{name}.screens.{screen}", why)
