"""Sentences about the room in one language, from its facts: what sign, page, easy and spoken version are made of.

What nobody has said yet stands in double brackets, ``[[to be filled in: Contact]]``; pages mark it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from installation.privacy.facts import SHOWN_SECONDS, Facts, counted
from installation.privacy.words import Words

TOGETHER = {"osc_aggregate", "osc_scalar", "oscquery_mood", "broker", "mail", "folder"}
"""Contents that have the mood of all visitors together, and of no single one."""


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page."""

    heading: str
    sentences: tuple[str, ...]
    items: tuple[str, ...] = ()


def said(facts: Facts, words: Words, key: str) -> str:
    """What the venue says under a key of ``[privacy]``, or that it is missing."""
    return str(getattr(facts.privacy, key)) or f"[[{words('missing', what=words(key))}]]"


def when(facts: Facts, words: Words) -> str:
    """When the camera looks, by the consent mode."""
    seconds = facts.privacy.button_seconds
    limit = f"{seconds:.0f} s" if seconds < 120 else f"{math.ceil(seconds / 60)} min"
    return words(f"when_{facts.privacy.consent}", limit=limit)


def avoid(facts: Facts, words: Words) -> str:
    """What somebody does who does not want this."""
    return words(f"avoid_{facts.privacy.consent}")


def journal_period(facts: Facts, words: Words) -> str:
    """How long the journal is kept."""
    return _period(words, "period_calendar" if facts.journal_days_are_calendar else "period_shows", facts.journal_days)


def _period(words: Words, kind: str, days: int) -> str:
    return words(f"{kind}_one") if days == 1 else words(kind, days=days)


def heard(facts: Facts) -> str:
    """The key of the sentence that says how much leaves this computer at most."""
    outside = facts.heard_outside
    if any(one.single for one in outside):
        return "heard_single"
    if any(one.content in TOGETHER for one in outside):
        return "heard_together"
    return "heard_little" if outside else "heard_nobody"


def basis(facts: Facts, words: Words) -> str:
    """The legal basis in words, or that it is missing."""
    chosen = facts.privacy.legal_basis
    return words(f"basis_{chosen}") if chosen else f"[[{words('missing', what=words('basis'))}]]"


def people(facts: Facts, words: Words) -> tuple[tuple[str, str], ...]:
    """Who answers, with what they are to the visitor; whom a room does not need is left out where it has none."""
    keys = ("shown_by", "contact", "data_protection_officer", "artist")
    needed = ("shown_by", "contact")
    return tuple((words(key), said(facts, words, key)) for key in keys if key in needed or getattr(facts.privacy, key))


def sections(facts: Facts, words: Words) -> Iterator[Section]:
    """The page in one language."""
    emotions = ", ".join(words(f"emotion_{label}") for label in facts.emotions)
    yield Section(
        words("h_what"),
        (
            words("in_operation"),
            words("what"),
            words("estimated", emotions=emotions),
            *([words("sensors", names=", ".join(facts.sensors))] if facts.sensors else ()),
            *([words("camera_network")] if facts.camera_by_network else ()),
            *([words("other_eye")] if facts.other_eyes == 1 else ()),
            *([words("other_eyes", count=facts.other_eyes)] if facts.other_eyes > 1 else ()),
        ),
    )
    hours = facts.privacy.staff_hours
    yield Section(
        words("h_when"),
        (
            when(facts, words),
            *([words("masked")] if facts.masked else ()),
            *([words("staff_hours", hours=hours)] if hours else ()),
        ),
    )
    yield Section(words("h_leave"), (avoid(facts, words), words("leave"), words("forget")))
    yield Section(words("h_kept"), tuple(_kept(facts, words)))
    show_camera = [words("show_camera", seconds=SHOWN_SECONDS)] if facts.console else ()
    yield Section(words("h_heard"), (words(heard(facts)), *show_camera), tuple(_recipients(facts, words)))
    yield Section(words("h_not"), (words("not_done"), words("proof")))
    purpose = facts.privacy.purpose or words("purpose_standard")
    yield Section(words("h_why"), (), (f"{words('purpose')}: {purpose}", f"{words('basis')}: {basis(facts, words)}"))
    yield Section(words("h_rights"), tuple(_rights(facts, words)))
    yield Section(words("h_who"), (), tuple(f"{role}: {name}" for role, name in people(facts, words)))


def _kept(facts: Facts, words: Words) -> Iterator[str]:
    yield words("no_picture")
    yield words("in_memory")
    yield words("kept_journal", period=journal_period(facts, words))
    yield words("alone")
    if facts.report_days:
        yield words("kept_report", period=_period(words, "period_calendar", facts.report_days))
    if facts.course_shown:
        yield words("course")


def _recipients(facts: Facts, words: Words) -> Iterator[str]:
    for one, count in counted(facts.recipients):
        only_a_part = f". {words('narrowed')}" if one.narrowed else ""
        yield f"{words(f'to_{one.reach}', count=count)}: {words(one.content)}{only_a_part}"


def _rights(facts: Facts, words: Words) -> Iterator[str]:
    yield words("rights")
    if facts.privacy.legal_basis == "consent":
        yield words("rights_withdraw")
    elif facts.privacy.legal_basis:
        yield words("rights_object")
    yield words("rights_unknown")


def sign_lines(facts: Facts, words: Words) -> tuple[str, ...]:
    """What the sign says below its head, most important first."""
    return (
        when(facts, words),
        avoid(facts, words),
        words("no_picture"),
        words("sign_kept", period=journal_period(facts, words)),
        words(heard(facts)),
    )


def easy_lines(facts: Facts, words: Words) -> tuple[tuple[str, ...], ...]:
    """The easy-language version: groups of short lines."""
    consent = facts.privacy.consent
    return (
        words.lines("easy"),
        words.lines(f"easy_when_{consent}"),
        words.lines(f"easy_avoid_{consent}"),
        words.lines("easy_kept", period=journal_period(facts, words)),
        words.lines(f"easy_{heard(facts)}"),
        *([words.lines("easy_show", seconds=SHOWN_SECONDS)] if facts.console else ()),
        words.lines("easy_ask", contact=said(facts, words, "contact")),
    )


def spoken(facts: Facts, words: Words) -> str:
    """The text of the spoken version, a sentence a line, with the pauses between them."""
    lines = (
        words("spoken_begin"),
        words("in_operation"),
        words("what"),
        when(facts, words),
        avoid(facts, words),
        words("no_picture"),
        words("spoken_end"),
    )
    return f"\n{words('pause')}\n".join(lines) + "\n"
