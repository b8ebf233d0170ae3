"""When the eye may look, as a state machine: pure, so that every way to open and shut it is tried in a moment.

::

    shut --(notice or zone: nothing speaks against it; button: somebody asks)--> open
    open --(staff, doors, a hand; button: the take is over, or it took too long)--> shut

Whatever speaks against looking counts more than what speaks for it, and takes back what was asked for before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from calibration.privacy_settings import PrivacySettings

TAKE_BEGINS_WITHIN_SECONDS = 30.0
"""After the button, the first scene must be on the screen: else nothing is there to be looked at for."""


class Why(StrEnum):
    """Why the eye is open, or shut."""

    NOTICE = "notice"
    """Open: who comes in has read the notice."""
    ZONE = "zone"
    """Open: to who stands in the zone."""
    ASKED = "asked"
    """Open: somebody has pressed the button."""
    FORBIDDEN = "forbidden"
    """Shut for good: the venue says so, or the law."""
    CLOSED = "closed"
    STAFF = "staff"
    """Shut: only staff is in the room, somebody has said."""
    STAFF_HOURS = "staff_hours"
    """Shut: only staff is in the room at this hour."""
    CAMERA_OFF = "camera_off"
    """Shut by an operator, for another reason."""
    NOT_ASKED = "not_asked"
    """Shut until somebody presses the button."""


OPEN = frozenset((Why.NOTICE, Why.ZONE, Why.ASKED))
WORDS = {
    Why.NOTICE: "the eye is open",
    Why.ZONE: "the eye is open to who stands in the zone",
    Why.ASKED: "the eye is open: a visitor has asked for it",
    Why.FORBIDDEN: "the eye stays shut",
    Why.CLOSED: "the eye is shut while the house is closed",
    Why.STAFF: "the eye is shut: only staff is in the room",
    Why.STAFF_HOURS: "the eye is shut: only staff is in the room at this hour (privacy.staff_hours)",
    Why.CAMERA_OFF: "the eye is shut: an operator has switched the camera off",
    Why.NOT_ASKED: "the eye is shut until a visitor asks for it",
}
"""For operators."""


@dataclass(frozen=True, slots=True)
class Looking:
    """Whether the eye is open, and why."""

    why: Why

    @property
    def open(self) -> bool:
        """The eye may look."""
        return self.why in OPEN

    @property
    def words(self) -> str:
        """Both, for operators."""
        return WORDS[self.why]


@dataclass(frozen=True, slots=True)
class Moment:
    """What is learned at one tick."""

    now: float
    """Monotonic seconds."""
    take: int = 0
    """Number of the take that runs; 0: none does."""
    closed: bool = False
    """The house is."""
    camera: bool = True
    """No operator has switched it off."""
    staff_hours: bool = False
    """Only staff is in the room by the clock, or nobody knows what time it is."""


@dataclass(frozen=True, slots=True)
class ConsentState:
    """One moment of it. Made by ``begin``, changed by ``ask`` and ``set_staff``, followed by ``advance``."""

    looking: Looking
    staff: bool = False
    """Somebody has said that only staff is in the room."""
    asked_at: float | None = None
    """When the button was pressed last, if the eye is to be open for it."""
    take: int = 0
    """The take for which it was pressed; 0: that has not begun."""


def begin(settings: PrivacySettings, moment: Moment, staff: bool = False) -> ConsentState:
    """As the show starts. ``staff``: what was said before a kill."""
    return advance(ConsentState(Looking(Why.CLOSED), staff), settings, moment)


def ask(consent: ConsentState, now: float) -> ConsentState:
    """Somebody presses the button. It counts at the next ``advance``, where nothing speaks against it."""
    return replace(consent, asked_at=now, take=0)


def withdraw(consent: ConsentState) -> ConsentState:
    """Who has pressed it asks to be forgotten."""
    return replace(consent, asked_at=None, take=0)


def set_staff(consent: ConsentState, on: bool) -> ConsentState:
    """Somebody says that only staff is in the room, or that visitors are."""
    return replace(consent, staff=on)


def advance(consent: ConsentState, settings: PrivacySettings, moment: Moment) -> ConsentState:
    """The same one tick later."""
    if against := _against(consent, settings, moment):
        return replace(consent, looking=Looking(against), asked_at=None, take=0)
    if settings.consent != "button":
        why = Why.ZONE if settings.consent == "zone" else Why.NOTICE
        return replace(consent, looking=Looking(why), asked_at=None, take=0)
    if consent.asked_at is None or _over(consent, settings, moment):
        return replace(consent, looking=Looking(Why.NOT_ASKED), asked_at=None, take=0)
    return replace(consent, looking=Looking(Why.ASKED), take=consent.take or moment.take)


def _against(consent: ConsentState, settings: PrivacySettings, moment: Moment) -> Why | None:
    """What speaks against looking, the strongest first."""
    reasons = {
        Why.FORBIDDEN: settings.stays_shut,
        Why.CLOSED: moment.closed,
        Why.STAFF: consent.staff,
        Why.STAFF_HOURS: moment.staff_hours,
        Why.CAMERA_OFF: not moment.camera,
    }
    return next((why for why, is_so in reasons.items() if is_so), None)


def _over(consent: ConsentState, settings: PrivacySettings, moment: Moment) -> bool:
    """What the button was pressed for is over, or does not come."""
    if consent.asked_at is None:
        return True
    waited = moment.now - consent.asked_at
    if consent.take:
        return moment.take != consent.take or waited >= settings.button_seconds
    return not moment.take and waited >= TAKE_BEGINS_WITHIN_SECONDS
