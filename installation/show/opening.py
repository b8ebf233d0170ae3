"""Opening the doors and closing them: the parts of the show are made in the order in which they may be missed."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from types import FrameType

from calibration.errors import Unavailable
from calibration.settings import NO_CAMERA
from calibration.venue import Venue
from installation.bundle.slots import LAUNCHER_VARIABLE, TYPED_VARIABLE
from installation.course.course import Course
from installation.eye.supervisor import EyeSupervisor
from installation.film.film import Film
from installation.film.playback import open_playback
from installation.host.addresses import reachable
from installation.host.console import LossReporter, log
from installation.host.ending import HANGUP, ending_signals, ignore_hangup
from installation.host.heartbeat import Heartbeat
from installation.host.journal import Journal
from installation.host.lock import RoomLock
from installation.host.machine_load import MachineLoad
from installation.host.state_folder import room_stem, state_folder
from installation.host.worker import deaths_reported
from installation.house.display import open_display
from installation.house.doors import Doors
from installation.house.housekeeper import Housekeeper
from installation.house.kept_staff import KeptStaff
from installation.house.kept_wish import KeptWish
from installation.house.ups import Ups
from installation.lamps.lamps import Lamps
from installation.lamps.timecode import Timecode
from installation.osc import Broadcast, Control
from installation.osc.state import About
from installation.pins.button import PinButton
from installation.privacy.words import notice_lines
from installation.report.job import REPORTS
from installation.show.consent_desk import ConsentDesk
from installation.show.display_wait import TooEarly, wait_for_display
from installation.show.evening_reports import EveningReports
from installation.show.eye import Eye
from installation.show.eye_sign import EyeSign
from installation.show.keys import Controls, Keys
from installation.show.parts import Parts
from installation.show.rehearsal import Rehearsal
from installation.show.retention import Retention
from installation.show.show import Show
from installation.show.story_desk import StoryDesk
from installation.show.take_record import TakeRecord
from models.mood import Mood
from scenes.machine.play_from import PlayFrom
from scenes.story.story import Story

FADE_SECONDS = 0.6


@contextmanager
def open_show(  # noqa: PLR0913 - each of them is one thing that a start may have otherwise
    story: Story,
    venue: Venue,
    *,
    headless: bool = False,
    seed: int | None = None,
    mood_source: Eye | None = None,
    wall_clock: Callable[[], float] = time.time,
    losses: LossReporter | None = None,
    waits: bool = False,
    at_desk: PlayFrom | None = None,
    console: bool = False,
    venue_file: str = "",
) -> Iterator[Show]:
    """The running parts around one show; all of them are closed on the way out, in less than 5 s.

    ``seed``: of what the first take draws by lot, and of the simulated visitor; None: another one at each start.
    ``mood_source``: where moods come from instead of the eye's process; number keys then set them too.
    ``wall_clock``: unix seconds, for the opening hours. ``waits``: for a display, instead of raising ``NoScreen``.
    ``at_desk``: where it begins at a maker's desk, where a story is read again when its file is saved and goes on at
    the same place, and a bar shows how it stands. ``console``: serve the operator's console that the venue wants, which
    writes settings to ``venue_file``, and speak with its broker of rooms.
    Raises ``RoomIsTaken``, ``NoScreen`` and ``BadFile``; at the end ``Unavailable``, when the show could not go on.
    """
    losses = losses or LossReporter()
    for remark in story.warnings:
        if remark.unplayable is None:  # such a scene is a loss, which the show reports
            log.warning("%s: %s", story.path.name, remark)
    machine = MachineLoad(losses)
    folder = state_folder()
    asked: list[int] = []
    if waits:
        ignore_hangup()
    for number in ending_signals():  # to end before it has begun: it opens, and closes at once
        signal.signal(number, lambda number, _: asked.append(number))
    with ExitStack() as closing:
        closing.enter_context(deaths_reported())
        lock = RoomLock(folder, venue.name)
        lock.acquire()
        if lock.without_disk:
            losses.lost("state folder", lock.without_disk)
        closing.callback(lock.release)
        journal = Journal(venue.journal, folder, losses, room=venue.name)
        closing.callback(journal.close)
        rehearsal = Rehearsal(float("inf")) if mood_source else Rehearsal()
        broadcast = Broadcast(
            venue.osc,
            scenes=story.names,
            about=About(version("chiaroscuro"), story.title, venue.name),
            losses=losses,
        )
        closing.callback(broadcast.close)
        lamps = Lamps(venue.lamps, losses, venue.privacy.sign.dmx) if venue.lamps.universes else None
        if lamps:
            closing.callback(lamps.close)
        sign = None if mood_source else EyeSign(venue.privacy.sign, broadcast, lamps, losses)
        if sign:
            closing.callback(sign.close)
        # The eye starts first and wakes up (about a second) while the window opens, with the sign before it.
        eye = mood_source or open_eye(
            venue,
            losses,
            lambda mood: broadcast.mood(rehearsal.over(mood, time.monotonic())),
            lambda on_mood: EyeSupervisor(venue, seed or 0, losses, on_mood=on_mood, machine=machine),
        )
        closing.callback(eye.close)
        house = closing.enter_context(open_house(venue, losses, journal, broadcast, wall_clock, folder))
        house.add("eye", eye)
        staff = None if mood_source else KeptStaff(folder / "staff" / room_stem(venue.name), losses)
        closed = house.doors is Doors.CLOSED
        consent = ConsentDesk(venue, eye, broadcast, journal, staff, sign, closed=closed, wall_clock=wall_clock)
        eye.start()
        control = Control(venue.osc, story.names, losses, signals=story.file.signals)
        closing.callback(control.close)
        button = PinButton(venue.privacy.button, losses) if venue.privacy.button.chip and not mood_source else None
        if button:
            closing.callback(button.close)
        if lamps:
            house.add("lamps", lamps)
        timecode = Timecode(venue.timecode, losses) if venue.timecode.output else None
        if timecode:
            closing.callback(timecode.close)
        heartbeat = Heartbeat()
        closing.callback(heartbeat.close)

        def open_film() -> Film:
            return closing.enter_context(open_playback(venue.screen, venue.sound, losses, headless=headless))

        if waits:
            too_early = TooEarly(broadcast, control, eye, heartbeat, losses)

            def wait(now: float) -> None:
                too_early.send(now)
                consent.keep(now, 0, Controls(closed=house.doors is Doors.CLOSED))

            film = wait_for_display(open_film, losses, lambda: asked, wait)
        else:
            film = open_film()
        screens = None
        if venue.screens.several:
            from installation.screens.stage_screens import StageScreens

            screens = StageScreens(venue, film, losses, headless=headless)
            closing.callback(screens.close)
        course = Course(venue.course, film.screen.size)
        closing.callback(course.close)
        takes = TakeRecord(losses, seed, None if mood_source else folder / "takes" / f"{room_stem(venue.name)}.json")
        if at_desk:
            takes.memory = replace(at_desk.memory, seed=takes.memory.seed)
        desk = StoryDesk(story.path, film.screen.size, losses, at_desk.scene) if at_desk else None
        if desk:
            closing.callback(desk.close)
        if venue.report.at_closing and not mood_source:
            closing.callback(EveningReports(venue, folder, journal, house, losses, wall_clock).close)
        if venue.privacy.retention_days is not None:
            kept = (journal.folder, folder / REPORTS)
            room = room_stem(venue.name)
            closing.callback(Retention(venue.privacy.retention_days, room, kept, losses, wall_clock).close)
        operators = None
        if console and venue.console.listen:
            from installation.show.console_desk import open_console
            from installation.show.venue_desk import VenueDesk

            set_up = VenueDesk(venue, venue_file, film, eye, consent, losses, journal)
            operators = open_console(venue, venue_file, folder, story, set_up, eye, losses, journal)
            closing.callback(operators.close)
        on_broker = None
        if console and venue.rooms.broker:
            from installation.show.room_desk import open_room

            on_broker = open_room(venue, story, losses, journal, operators)
            closing.callback(on_broker.close)
        if venue.osc.oscquery or venue.osc.advertise:
            from installation.osc.discovery import Discovery  # zeroconf takes a fifth of a second to import

            served = operators.place if operators and reachable(venue.console.listen) else None
            closing.callback(Discovery(venue.osc, broadcast, control, venue.name, losses, served).close)
        parts = Parts(
            film=film,
            eye=eye,
            broadcast=broadcast,
            journal=journal,
            losses=losses,
            keys=Keys(mood_source is not None, several=bool(venue.screens.windows)),
            heartbeat=heartbeat,
            rehearsal=rehearsal,
            house=house,
            machine=machine,
            takes=takes,
            course=course,
            consent=consent,
            control=control,
            console=operators,
            room=on_broker,
            desk=desk,
            lamps=lamps,
            timecode=timecode,
            button=button,
            sign=sign,
            screens=screens,
            notice=notice_lines(venue.privacy) if sign else (),
        )
        journal.note(
            "show_start",
            time.monotonic(),
            story=story.title,
            venue=venue.name,
            version=version("chiaroscuro"),
            moods="by hand" if mood_source else "eye",  # a rehearsal's takes are no visits
        )
        controls = Controls(volume=venue.sound.volume, mute=venue.sound.mute, captions=venue.screen.captions_languages)
        show = Show(story, parts, controls)
        end_by_signal(show)  # after SDL has started, which would else keep SIGTERM to itself
        show.ending = show.ending or bool(asked)
        yield show
        show.end(time.monotonic())
        if show.restarting:
            parts.heartbeat.restarting()  # "stopping" would have systemd end the next one
        else:
            parts.heartbeat.stopping()
        if lamps:
            lamps.rest(FADE_SECONDS)
        fade_out(film, screens.fade if screens else None)
        journal.end(time.monotonic())
        if show.unavailable:
            raise Unavailable(show.unavailable)


def open_eye(
    venue: Venue,
    losses: LossReporter,
    on_mood: Callable[[Mood], None],
    open_own: Callable[[Callable[[Mood], None]], EyeSupervisor],
) -> Eye:
    """This machine's eye; or all of them, where the venue names others, or has none of its own."""
    if not venue.eyes.others and venue.camera.source != NO_CAMERA:
        return open_own(on_mood)
    from installation.eyes.eyes import Eyes  # a show without them does not load it

    return Eyes(venue, losses, on_mood, open_own)


@contextmanager
def open_house(
    venue: Venue,
    losses: LossReporter,
    journal: Journal,
    broadcast: Broadcast,
    wall_clock: Callable[[], float],
    state: Path,
) -> Iterator[Housekeeper]:
    """The house by the venue's hours, with its display and its battery; journal and network hear of each change.

    ``state``: the folder for what was asked by hand, which outlasts a kill and ends with the show's own end.
    """

    def announce(doors: Doors, why: str) -> None:
        journal.note("house", time.monotonic(), state=str(doors), why=why)
        broadcast.house(str(doors))

    with ExitStack() as closing:
        ups = Ups(venue.ups, losses) if venue.ups.name else None
        if ups:
            closing.callback(ups.close)
        kept = KeptWish(state / "house" / f"{room_stem(venue.name)}.json")
        house = Housekeeper(venue.hours, losses, announce, wall_clock, power=ups, kept=kept)
        display = open_display(venue.display, losses)
        if display:
            closing.callback(display.close)
            house.add("display", display)
        yield house
        kept.forget()


def end_by_signal(show: Show) -> None:
    """The first SIGTERM or Ctrl-C ends the show with a fade, a second one at once; so does a terminal that closes."""

    def asked(number: int, _frame: FrameType | None) -> None:
        if show.ending and number != HANGUP:  # which comes twice, from the shell and from the system
            os._exit(128 + number)  # the eye ends by itself when its stage is gone
        show.ending = True

    for number in ending_signals():
        signal.signal(number, asked)


def fade_out(film: Film, beside: Callable[[float], None] | None = None) -> None:
    """Picture and sound go down together, so that the end is neither a click nor a cut. ``beside``: each picture."""
    film.blackout(True, FADE_SECONDS)
    film.master_volume(0.0, FADE_SECONDS)
    until = time.monotonic() + FADE_SECONDS
    while (now := time.monotonic()) < until:
        film.advance(now)
        film.draw(now, None)
        if beside:
            beside(now)
        time.sleep(max(0.0, min(film.next_deadline(now) - time.monotonic(), 0.05)))


def start_again() -> None:
    """Replace this process by a fresh one with the same command line; of what is installed in slots, the next one."""
    log.info("starting again")
    launcher = os.environ.get(LAUNCHER_VARIABLE)
    if launcher:
        os.execv(launcher, [launcher, *json.loads(os.environ[TYPED_VARIABLE])])  # noqa: S606 - our own program
    os.execv(sys.executable, [sys.executable, "-m", "installation", *sys.argv[1:]])  # noqa: S606 - our own program
