"""What the check finds of [privacy]: who answers for the room, what is forbidden, and who hears of single visitors."""

from __future__ import annotations

from collections.abc import Iterator

from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue
from installation.commands.finding import Finding, ok, problem, warning
from installation.host.row import Row
from installation.privacy.facts import REQUIRED, facts_of, missing_keys

LAW = "AI Act, Art. 5(1)(f)"
WRITE = {
    "shown_by": "who shows the work and answers for it, with its address",
    "contact": "where a visitor asks: e-mail, telephone or desk",
    "legal_basis": '"consent", "public_task" or "legitimate_interest" (GDPR, Art. 6)',
    "place": '"gallery", "museum", "theatre", "public_space" or "shop_window"',
}
"""What to write for each key that must be said."""
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - what is looked for
WHOLE = 0.95
"""Share of the picture from which a zone leaves nobody outside."""


def check_privacy(venue: Venue) -> Iterator[Finding]:
    """Facts, not advice. A venue that says nothing of it is told so once."""
    privacy = venue.privacy
    if privacy.forbidden:
        what = (
            f"{privacy.forbidden} ({LAW}); the eye stays shut, and no notice is written: show the film without an eye"
        )
        yield problem("privacy", f"privacy.place = {privacy.place}", what)
        return
    if privacy == PrivacySettings():
        what = "says nothing: who answers for the room, on what legal basis, in what place; see docs/privacy.md"
        yield warning("privacy", "[privacy]", what)
    else:
        yield from _check_facts(privacy)
    yield from _check_receivers(venue)


def privacy_row(venue: Venue) -> Row:
    """One row for ``chiaro doctor``."""
    privacy = venue.privacy
    if privacy.stays_shut:
        return Row("privacy", f"the eye stays shut: {privacy.stays_shut}", "warning")
    if lacking := missing_keys(privacy):
        return Row(
            "privacy", f"[privacy] of the venue does not say {', '.join(lacking)}; chiaro check says more", "warning"
        )
    return Row("privacy", f"{privacy.shown_by}; {privacy.place}; consent: {privacy.consent}; {privacy.legal_basis}")


def _check_facts(privacy: PrivacySettings) -> Iterator[Finding]:
    lacking = missing_keys(privacy)
    for key in lacking:
        yield warning("privacy", f"privacy.{key}", f"is missing; write {WRITE[key]}")
    if not lacking:
        yield ok("privacy", "[privacy]", f"says {', '.join(REQUIRED)}; consent = {privacy.consent}")
    if privacy.kept_shut:
        yield warning("privacy", "privacy.kept_shut", f"the eye stays shut: {privacy.kept_shut}")
    if privacy.legal_basis == "consent" and privacy.consent == "none":
        yield warning(
            "privacy",
            'privacy.legal_basis = "consent"',
            'contradicts consent = "none": the eye looks at everybody, whether they agree or not; ask by '
            'consent = "zone" or "button"',
        )
    if privacy.consent == "zone" and _area(privacy.zone) > WHOLE:
        yield warning(
            "privacy", "privacy.zone", "covers the whole picture, so nobody can stay outside it; draw it smaller"
        )
    if not privacy.page:
        yield warning(
            "privacy", "privacy.page", "is missing: the door's sign has no QR code; write where the notice's page lies"
        )
    if not privacy.data_protection_officer:
        yield ok(
            "privacy", "privacy.data_protection_officer", "is not said; name one where there is one (GDPR, Art. 37)"
        )


def _check_receivers(venue: Venue) -> Iterator[Finding]:
    """Who hears of single visitors on another machine, and what listens to every network."""
    for one in facts_of(venue).heard_outside:
        if one.single and one.content.startswith(("osc_", "oscquery_")):
            what = "hears of single visitors (each one's mood, place and random number) on another machine"
            yield warning(
                "privacy", f"{one.setting}: {one.where}", f'{what}; profile = "aggregate" sends only the room'
            )
    if venue.osc.listen and venue.osc.listen_host in EVERYWHERE:
        what = "any machine of any network reaches the control port"
        yield warning(
            "privacy", f"osc.listen_host = {venue.osc.listen_host}", f"{what}; name one address, or see osc.allow"
        )


def _area(corners: tuple[tuple[float, float], ...]) -> float:
    """Of a polygon, by its corners."""
    after = (*corners[1:], *corners[:1])
    return abs(sum(x * b - a * y for (x, y), (a, b) in zip(corners, after, strict=True))) / 2
