"""When the eye may look: every way to open it, and everything that shuts it."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from calibration.privacy_settings import Place, PrivacySettings
from installation.show.consent import (
    OPEN,
    TAKE_BEGINS_WITHIN_SECONDS,
    WORDS,
    ConsentState,
    Moment,
    Why,
    advance,
    ask,
    begin,
    set_staff,
    withdraw,
)

ZONE = ((0.2, 0.0), (0.8, 0.0), (0.8, 1.0))
NOTICE = PrivacySettings()
IN_ZONE = PrivacySettings(consent="zone", zone=ZONE)
BUTTON = PrivacySettings(consent="button", button_seconds=100)
AT = Moment(0.0)


def asked(take: int = 0) -> ConsentState:
    """The button was pressed at 0 s, and ``take`` runs."""
    return advance(ask(begin(BUTTON, AT), 0.0), BUTTON, Moment(0.0, take))


def test_with_a_notice_at_the_door_it_is_open() -> None:
    assert begin(NOTICE, AT).looking.why is Why.NOTICE
    assert begin(NOTICE, AT).looking.open


def test_with_a_zone_it_is_open_and_says_so() -> None:
    assert begin(IN_ZONE, AT).looking.why is Why.ZONE


def test_with_a_button_it_is_shut_until_somebody_asks() -> None:
    shut = begin(BUTTON, AT)
    assert shut.looking.why is Why.NOT_ASKED
    assert not shut.looking.open
    assert advance(shut, BUTTON, Moment(10.0, take=3)).looking.why is Why.NOT_ASKED, "a take alone opens nothing"
    assert asked().looking.why is Why.ASKED


@pytest.mark.parametrize("staff", [False, True])
@pytest.mark.parametrize("settings", [NOTICE, IN_ZONE, BUTTON])
@pytest.mark.parametrize("place", ["", "museum", "school", "workplace"])
def test_the_strongest_reason_to_be_shut_is_told_whatever_else_is_so(
    settings: PrivacySettings, place: Place, staff: bool
) -> None:
    settings = settings.model_copy(update={"place": place})
    for closed, camera, hours, pressed in product((False, True), repeat=4):
        consent = set_staff(begin(settings, AT), staff)
        if pressed:
            consent = ask(consent, 0.0)
        why = advance(consent, settings, Moment(1.0, 1, closed, camera, hours)).looking.why
        if place in ("school", "workplace"):
            assert why is Why.FORBIDDEN
        elif closed:
            assert why is Why.CLOSED
        elif staff:
            assert why is Why.STAFF
        elif hours:
            assert why is Why.STAFF_HOURS
        elif not camera:
            assert why is Why.CAMERA_OFF
        else:
            button = Why.ASKED if pressed else Why.NOT_ASKED
            assert why is {"none": Why.NOTICE, "zone": Why.ZONE, "button": button}[settings.consent]


@pytest.mark.parametrize(
    "against", [{"closed": True}, {"camera": False}, {"staff_hours": True}], ids=lambda one: next(iter(one))
)
def test_what_shuts_it_takes_back_what_was_asked_for(against: dict[str, bool]) -> None:
    shut = advance(asked(take=1), BUTTON, replace(Moment(1.0, take=1), **against))
    assert not shut.looking.open
    assert advance(shut, BUTTON, Moment(2.0, take=1)).looking.why is Why.NOT_ASKED


def test_staff_shuts_it_until_somebody_says_that_they_have_left() -> None:
    shut = advance(set_staff(asked(take=1), True), BUTTON, Moment(1.0, take=1))
    assert shut.looking.why is Why.STAFF
    assert advance(shut, BUTTON, Moment(1e6)).looking.why is Why.STAFF
    assert advance(set_staff(shut, False), BUTTON, Moment(3.0, take=1)).looking.why is Why.NOT_ASKED
    assert advance(set_staff(begin(NOTICE, AT, staff=True), False), NOTICE, AT).looking.why is Why.NOTICE


def test_what_was_said_of_staff_before_a_kill_still_holds() -> None:
    assert begin(NOTICE, AT, staff=True).looking.why is Why.STAFF


def test_the_button_is_for_one_take() -> None:
    consent = asked()
    for moment in (Moment(1.0), Moment(2.0, take=7), Moment(50.0, take=7)):
        consent = advance(consent, BUTTON, moment)
        assert consent.looking.why is Why.ASKED
    over = advance(consent, BUTTON, Moment(51.0))
    assert over.looking.why is Why.NOT_ASKED
    assert advance(over, BUTTON, Moment(52.0, take=8)).looking.why is Why.NOT_ASKED, "the next visitor has not asked"


def test_a_take_that_begins_anew_is_another_one() -> None:
    assert advance(asked(take=7), BUTTON, Moment(1.0, take=8)).looking.why is Why.NOT_ASKED


def test_pressed_during_a_take_it_is_open_to_its_end() -> None:
    consent = advance(ask(advance(begin(BUTTON, AT), BUTTON, Moment(5.0, take=2)), 6.0), BUTTON, Moment(6.0, take=2))
    assert consent.looking.why is Why.ASKED
    assert advance(consent, BUTTON, Moment(7.0)).looking.why is Why.NOT_ASKED


def test_a_take_that_lasts_too_long_goes_on_unseen() -> None:
    consent = advance(asked(), BUTTON, Moment(1.0, take=1))
    assert advance(consent, BUTTON, Moment(99.9, take=1)).looking.why is Why.ASKED
    assert advance(consent, BUTTON, Moment(100.0, take=1)).looking.why is Why.NOT_ASKED


def test_pressed_again_the_time_counts_anew() -> None:
    again = advance(ask(asked(take=1), 60.0), BUTTON, Moment(60.0, take=1))
    assert advance(again, BUTTON, Moment(159.0, take=1)).looking.why is Why.ASKED
    assert advance(again, BUTTON, Moment(160.0, take=1)).looking.why is Why.NOT_ASKED


def test_if_no_take_begins_it_shuts_again() -> None:
    consent = asked()
    assert advance(consent, BUTTON, Moment(TAKE_BEGINS_WITHIN_SECONDS - 0.1)).looking.why is Why.ASKED
    assert advance(consent, BUTTON, Moment(TAKE_BEGINS_WITHIN_SECONDS)).looking.why is Why.NOT_ASKED


def test_settings_that_change_count_at_once() -> None:
    assert advance(begin(NOTICE, AT), BUTTON, Moment(1.0)).looking.why is Why.NOT_ASKED
    assert advance(asked(), NOTICE, Moment(1.0)).looking.why is Why.NOTICE
    assert advance(advance(asked(), NOTICE, Moment(1.0)), BUTTON, Moment(2.0)).looking.why is Why.NOT_ASKED
    kept = PrivacySettings(kept_shut="until the DPIA is signed")
    assert advance(begin(NOTICE, AT), kept, Moment(1.0)).looking.why is Why.FORBIDDEN


def test_every_reason_has_its_words() -> None:
    assert set(WORDS) == set(Why)
    assert all(("open" in WORDS[why]) == (why in OPEN) for why in Why)


@pytest.mark.parametrize("take", [0, 4])
def test_who_asks_to_be_forgotten_has_the_eye_shut_at_once(take: int) -> None:
    assert advance(withdraw(asked(take)), BUTTON, Moment(0.1, take)).looking.why is Why.NOT_ASKED
    assert advance(withdraw(begin(NOTICE, AT)), NOTICE, Moment(0.1, take)).looking.open, "others have read the notice"
