"""The start with nobody there: whatever cannot be used is told once, and what ran last stands in for it.

A start that ends within its first minute was too short. After three of them in a row venue and story of the last good
start are used, after three more the defaults and the demo's safe scene; one that lasts ends the row. They are counted
on disk, for a crash leaves nothing else; where the disk takes nothing, the show begins without a count.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from calibration.errors import BadFile, BadInput, Unavailable
from calibration.settings import ScreenSettings
from calibration.venue import Venue, load_venue
from calibration.venue_folder import find_venue
from installation.host.console import LossReporter, log
from installation.host.last_good import KeptStory, LastGood
from installation.host.options import DEMO, story_of, venue_of
from installation.host.worker import Worker
from installation.show.reloading import NEW_STORY
from installation.show.unattended_privacy import private_as
from scenes.story.safe_story import safe_story
from scenes.story.story import Story, load_story

if TYPE_CHECKING:  # the window's libraries may be missing, which is told inside ``counted``
    from installation.show.show import Show

GOOD_AFTER_SECONDS = 60.0
SHORT_STARTS_AT_MOST = 3
LOOK_SECONDS, GAP_SECONDS = 5.0, 0.2
"""How often the running show is looked at; and while a gap between two visitors is waited for."""
FAULTS_TOLD = 5
NEW_VENUE, OPTION, CONFIGURATION = "new venue", "option", "configuration"
LAST_GOOD, STATE_FOLDER, PRIVACY = "last good start", "state folder", "privacy"


class UnattendedStart:
    """One start. ``lay_over`` puts the typed options over a venue, as far as they can be used."""

    def __init__(
        self,
        folder: Path,
        story: str,
        venue: str,
        lay_over: Callable[[Venue], tuple[Venue, list[BadInput]]],
        losses: LossReporter,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._typed_story, self._typed_venue, self._lay_over = story, venue, lay_over
        self._losses, self._clock = losses, clock
        self._memory = LastGood(folder, venue)
        self._kept = self._memory.recall()
        self._short = self._memory.short_starts
        self._beyond_help = self._short >= 2 * SHORT_STARTS_AT_MOST
        another = self._kept.story is not None  # without one that has lasted, the files are tried once more
        self._distrusted = self._beyond_help or (another and self._short >= SHORT_STARTS_AT_MOST)
        self._own_story = ""
        self._file_venue: Venue | None = None
        """The venue as its file has it; None while another one stands in."""
        self._replacement: Story | None = None
        """The story that stands in for the one that was meant."""
        self._playing: Story | None = None
        self._since, self._is_kept, self._mended = 0.0, False, False

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Around everything: a start that never leaves this, or leaves it by a fault, was too short."""
        self._count(self._short + 1)
        try:
            yield
        except BadInput as error:  # it would end with 78, and nothing starts that again
            raise Unavailable("; ".join(error.lines())) from error
        except (Unavailable, SystemExit, KeyboardInterrupt):
            self._count(self._short)
            raise
        self._count(0)

    def choose(self) -> tuple[Story, Venue]:
        """What is shown, and in which room."""
        if self._kept.fault:
            self._losses.lost(LAST_GOOD, f"{self._kept.fault} (what can be read is used)")
        if self._distrusted:
            used = "the defaults and a safe scene" if self._beyond_help else "the venue and the story that ran last"
            why = f"{self._short} starts in a row ended within their first minute"
            self._losses.lost(CONFIGURATION, f"{why} ({used} are tried)")
        venue = self._choose_venue()
        self._own_story = venue.story
        story = self._choose_story()
        chosen, faults = self._lay_over(venue)
        if faults:
            self._losses.lost(OPTION, f"{_in_one_line(*faults)} (left out)")
        if not (
            chosen.camera.source or chosen.camera.source_file
        ):  # no simulated visitor is to play the film to an empty room
            chosen = chosen.model_copy(update={"camera": chosen.camera.model_copy(update={"source": "first"})})
        return story, chosen

    def _choose_venue(self) -> Venue:
        kept = None if self._beyond_help else self._kept.venue
        if self._distrusted:
            return self._stand_in(kept)
        try:
            venue = self._file_venue = venue_of(self._typed_venue)
        except BadInput as error:
            used = "the one that ran last is used" if kept else "the defaults are used"
            self._losses.lost(NEW_VENUE, f"{_in_one_line(error)} ({used})")
            return self._stand_in(kept)
        if kept is None:  # one that can be read is better than none, until one has lasted
            self._write(lambda: self._memory.keep(venue, None))
        return venue

    def _stand_in(self, kept: Venue | None) -> Venue:
        """What takes the file's place, no less private than the file is."""
        venue = kept or Venue(screen=ScreenSettings(fullscreen=True))
        venue = private_as(self._venue_named(), venue, known=kept is not None)
        if why := venue.privacy.stays_shut:
            self._losses.lost(PRIVACY, f"{why}; the eye stays shut, and the film is shown")
        return venue

    def _choose_story(self) -> Story:
        if self._distrusted:
            self._replacement = self._last_story() or _safe_story(DEMO)
            return self._replacement
        file = DEMO
        try:
            file = self._find_story()
            story = load_story(file, forgive_clips=True)
            story.require_waiting_scene()
            return story
        except BadFile as error:
            last = self._last_story()
            used = "the one that ran last is shown" if last else "a safe scene is shown"
            self._losses.lost(NEW_STORY, f"{_in_one_line(error)} ({used})")
            self._replacement = last or _safe_story(file)
            return self._replacement

    def _find_story(self) -> Path:
        """The file of the story that was typed, or else of the venue's own. Raises ``BadFile``."""
        file = story_of(self._typed_story or self._own_story, self._typed_venue)
        if self._file_venue is None and file == DEMO:  # the venue may well have named another one
            raise BadFile(self._typed_venue, ["no story can be told from it"])
        return file

    def _last_story(self) -> Story | None:
        kept = self._kept.story
        if kept is not None and not self._beyond_help:
            with suppress(BadFile):  # its clips are gone too
                story = load_story(kept.file, forgive_clips=True, text=kept.text)
                story.require_waiting_scene()
                return story
        return None

    @contextmanager
    def watched(self, show: Show) -> Iterator[None]:
        """While the show runs: what has run for a minute is kept, and a story that was mended takes over."""
        if self._losses.is_lost(NEW_STORY):
            show.reload_from(self._find_story)
        closing = threading.Event()
        worker = Worker("last good start", lambda: self._look_on(show, closing), self._losses)
        worker.start()
        try:
            yield
        finally:
            closing.set()
            worker.end(1.0)

    def _look_on(self, show: Show, closing: threading.Event) -> None:
        while not closing.wait(GAP_SECONDS if self._mended else LOOK_SECONDS):
            self.observe(show)

    def observe(self, show: Show) -> None:
        """Keep what has played for a minute without a break, once; begin anew with a venue that was mended."""
        story, now = show.story, self._clock()
        if story is not self._playing or not show.plays:
            self._playing, self._since, self._is_kept = story, now, False
        elif not self._is_kept and now - self._since >= GOOD_AFTER_SECONDS:
            self._is_kept = self._write(lambda: self._keep(story))
        self._mended = self._mended or (self._losses.is_lost(NEW_VENUE) and self._venue_can_be_used())
        if self._mended and not show.in_take:
            log.info("the venue file can be used again: the show begins anew with it")
            show.restarting = show.ending = True

    def _venue_named(self) -> Path | None:
        """The file that [privacy] would be read from, whether it is there or not; None: no venue was named."""
        try:
            return find_venue(self._typed_venue).file if self._typed_venue else None
        except BadInput:
            return Path(self._typed_venue)

    def _venue_can_be_used(self) -> bool:
        try:
            load_venue(find_venue(self._typed_venue).file)
        except BadInput:
            return False
        return True

    def _keep(self, story: Story) -> None:
        own = None if story is self._replacement else KeptStory(file=story.path, text=story.text)
        self._memory.keep(self._file_venue, own)
        self._losses.back(LAST_GOOD)
        self._memory.count_short_starts(0)

    def _count(self, number: int) -> None:
        self._write(lambda: self._memory.count_short_starts(number))

    def _write(self, write: Callable[[], None]) -> bool:
        try:
            write()
        except OSError as error:
            self._losses.lost(STATE_FOLDER, f"{error.strerror or error} ({self._memory.folder})")
            return False
        self._losses.back(STATE_FOLDER)
        return True


def _safe_story(file: Path) -> Story:
    """The story's safe scene, or the demo's. Raises ``BadFile`` where not even the demo is there."""
    return safe_story(file) or safe_story(DEMO) or load_story(DEMO, forgive_clips=True)


def _in_one_line(*errors: BadInput) -> str:
    lines = [line for error in errors for line in error.lines()]
    more = f"; and {len(lines) - FAULTS_TOLD} more" if len(lines) > FAULTS_TOLD else ""
    return "; ".join(lines[:FAULTS_TOLD]) + more
