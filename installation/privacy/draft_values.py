"""What the drafts are filled in with: each blank of a template by its name, read from the venue and the story."""

from __future__ import annotations

from datetime import date

from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue
from installation.camera.masks import Masks
from installation.privacy.draft_model import card_in_words
from installation.privacy.draft_story import FaceStory
from installation.privacy.draft_tables import (
    calibration_values,
    card_values,
    programs_told_of_single_visitors,
    recipient_values,
    story_values,
)
from installation.privacy.draft_words import Phrases, literal
from installation.privacy.facts import SHOWN_SECONDS, Facts, served_to
from models.seeing.venue_head import model_file

SIX_MONTHS = 183
"""Days."""
SHORT_DAYS = 31
"""A journal that is kept no longer tells little of anybody's visit."""


def values_of(facts: Facts, venue: Venue, story: FaceStory, say: Phrases, today: date) -> dict[str, str]:
    """All blanks by name. A value may hold marks for what a person must write."""
    network = model_file(venue.eye)
    return {
        **_head(facts, say, today),
        **_who(facts.privacy, say),
        **_consent(venue, say),
        **_eye(venue, facts, say),
        **_kept(venue, facts, say),
        **_told(venue, facts, say),
        **_risks(venue, facts, say),
        **recipient_values(facts, say),
        **story_values(story, say),
        **card_values(card_in_words(network), network, say),
        **calibration_values(venue, say),
        "weights_file": literal(facts.weights_file),
        "risk_scale": say("risk_scale"),
        **{
            name: say(name)
            for name in ("alone", "others_in_view", "operators", "forget", "proof", "flashing", "accessibility")
        },
    }


def _head(facts: Facts, say: Phrases, today: date) -> dict[str, str]:
    return {
        "version": facts.version,
        "date": today.isoformat(),
        "room": literal(facts.room),
        "venue_file": literal(facts.venue_file) or say("no_file"),
        "venue_hash": facts.venue_sha256 or "-",
        "weights_hash": facts.weights_sha256 or "-",
    }


def _who(privacy: PrivacySettings, say: Phrases) -> dict[str, str]:
    said = {name: literal(getattr(privacy, name)) for name in ("shown_by", "contact", "artist")}
    basis = f"legal_{privacy.legal_basis}"
    if privacy.legal_basis == "consent" and privacy.consent == "none":
        basis = "legal_consent_none"
    return {
        **{name: text or say.missing(f"privacy.{name}") for name, text in said.items()},
        "dpo": literal(privacy.data_protection_officer) or say("dpo_none"),
        "artist_role": say(f"role_of_{privacy.artist_role}"),
        "purpose": literal(privacy.purpose) or say("purpose_standard"),
        "legal_basis": say(basis) if privacy.legal_basis else say.missing("privacy.legal_basis"),
        "place": say(f"place_{privacy.place}") if privacy.place else say.missing("privacy.place"),
        "page": literal(privacy.page) or say("page_none"),
    }


def _consent(venue: Venue, say: Phrases) -> dict[str, str]:
    privacy = venue.privacy
    zone = say.percent(Masks(zone=privacy.zone).open_share) if privacy.zone else ""
    hours = privacy.staff_hours
    shut = say("kept_shut", why=literal(privacy.kept_shut)) if privacy.kept_shut else ""
    return {
        "consent": shut + say(f"consent_{privacy.consent}", share=zone, seconds=f"{privacy.button_seconds:g}"),
        "withdrawal": say(f"withdrawal_{privacy.consent}"),
        "staff": say("staff_hours", hours=literal(hours)) if hours else say("staff_none"),
        "area": _area(venue, say),
        "hours": say("hours", open=literal(venue.hours.open)) if venue.hours.open else say("hours_always"),
    }


def _area(venue: Venue, say: Phrases) -> str:
    region, parts = venue.camera.region, []
    share = (region.right - region.left) * (region.bottom - region.top)
    if share < 1.0:
        parts.append(say("area_region", share=say.percent(share)))
    if venue.camera.masks:
        parts.append(say("area_masks", count=len(venue.camera.masks)))
    if venue.privacy.zone:
        parts.append(say("area_zone"))
    return say("area_part", parts=", ".join(parts)) if parts else say("area_all")


def _eye(venue: Venue, facts: Facts, say: Phrases) -> dict[str, str]:
    camera, mood = venue.camera, venue.mood
    kind = "network" if facts.camera_by_network else "visitor" if camera.source == "visitor" else "device"
    size = {"width": camera.width, "height": camera.height, "rate": f"{venue.eye.frames_per_second:g}"}
    learns, seen_by = mood.baseline_seconds, say(f"camera_{kind}", **size)
    others = facts.other_eyes
    return {
        "camera": say("camera_others", camera=seen_by, count=others) if others else seen_by,
        "emotions": ", ".join(say.emotion(label) for label in facts.emotions),
        "baseline": say("baseline", seconds=f"{learns:g}") if learns else say("baseline_off"),
        "lost": f"{mood.lost_for_seconds:g} s",
        "visitors": str(mood.visitors_at_most),
        "frames_per_second": f"{venue.eye.frames_per_second:g}",
        "smallest": say("smallest", pixels=venue.eye.smallest_face_pixels),
        "sensors": say("sensors", names=literal(", ".join(facts.sensors))) if facts.sensors else "",
        "mood_rate": say("mood_rate", rate=f"{facts.mood_hertz:g}") if facts.mood_hertz else say("mood_rate_off"),
    }


def _kept(venue: Venue, facts: Facts, say: Phrases) -> dict[str, str]:
    days, shown = facts.journal_days, facts.course_shown
    reports = facts.report_days
    return {
        "journal_kept": say("journal_calendar" if facts.journal_days_are_calendar else "journal_days", days=days),
        "six_months": say("six_months_ok" if days >= SIX_MONTHS else "six_months_short", days=days),
        "megabytes": say("megabytes", megabytes=venue.journal.megabytes_at_most),
        "report": say("report_off" if reports is None else "report_made"),
        "report_kept": say("report_kept_off") if reports is None else say("report_kept", days=reports),
        "course": say("course_on" if shown else "course_off"),
        "course_kept": say("course_kept" if shown else "course_kept_off"),
        "console": say("console_on", seconds=SHOWN_SECONDS) if facts.console else say("console_off"),
        "console_kept": say("console_kept" if facts.console else "console_kept_off"),
    }


def _told(venue: Venue, facts: Facts, say: Phrases) -> dict[str, str]:
    privacy = facts.privacy
    attract = say("notice_attract") if privacy.notice_in_attract else ""
    return {
        "notice": say("notice", languages=", ".join(privacy.languages), attract=attract),
        "sign": _sign(privacy, say),
        "network": _network(venue, say),
    }


def _sign(privacy: PrivacySettings, say: Phrases) -> str:
    dmx, gpio = privacy.sign.dmx, privacy.sign.gpio
    how = [say("sign_dmx", universe=dmx.universe, channel=dmx.channel)] if dmx.universe else []
    how += [say("sign_gpio", chip=literal(gpio.chip), line=gpio.line)] if gpio.chip else []
    return say("sign", how=", ".join(how)) if how else say("sign_none")


def _network(venue: Venue, say: Phrases) -> str:
    osc, console, rooms = venue.osc, venue.console, venue.rooms
    allowed = ", ".join(str(one) for one in osc.allow)
    obeyed = say("listens", where=f"{osc.listen_host}:{osc.listen_port}", allow=allowed)
    return say(
        "network",
        console=f"{console.listen}:{console.port}" if console.listen else say("off"),
        osc=obeyed if osc.listen else say("off"),
        oscquery=f"{osc.oscquery_host}:{osc.oscquery_port}" if osc.oscquery else say("off"),
        broker=str(rooms.address) if rooms.broker and rooms.listen else say("off"),
    )


def _risks(venue: Venue, facts: Facts, say: Phrases) -> dict[str, str]:
    """How likely each risk is, as a proposal: by nothing but the settings."""
    privacy, osc = venue.privacy, venue.osc
    single = programs_told_of_single_visitors(facts)
    served = [osc.listen_host] * osc.listen + [osc.oscquery_host] * osc.oscquery
    served += [venue.console.listen] if venue.console.listen else []
    served += [venue.rooms.address.host] if venue.rooms.broker and venue.rooms.listen else []
    served += [venue.eyes.listen] if venue.eyes.others else []
    reachable = any(served_to(host) != "computer" for host in served)
    narrowed = bool(venue.camera.masks or privacy.zone) or privacy.consent == "button"
    sent_on = any(one.reach != "computer" for one in single)
    return {
        "risk_unaware": say({"none": "high", "zone": "medium", "button": "low"}[privacy.consent]),
        "risk_bystander": say("low" if privacy.consent == "zone" else "medium" if narrowed else "high"),
        "risk_staff": say("medium" if privacy.staff_hours or privacy.consent != "none" else "high"),
        "risk_single": say("high" if sent_on else "medium" if single else "low"),
        "risk_journal": say("low" if facts.journal_days <= SHORT_DAYS else "medium"),
        "risk_network": say("medium" if reachable else "low"),
        "risk_calibration": say("medium" if venue.calibration.made else "none"),
    }
