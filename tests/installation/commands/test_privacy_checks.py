"""What ``chiaro check`` and ``chiaro doctor`` find of [privacy]."""

from __future__ import annotations

from typing import Any

import pytest

from calibration.venue import Venue
from installation.commands.finding import Finding
from installation.commands.privacy_checks import check_privacy, privacy_row

EVERY = "0.0.0.0"  # noqa: S104 - what is looked for
WHOLE: dict[str, Any] = {
    "shown_by": "Museum of the Lake",
    "contact": "privacy@museum.example",
    "legal_basis": "consent",
    "place": "museum",
    "page": "https://museum.example/faces",
    "consent": "button",
}


def found(privacy: dict[str, Any], **sections: Any) -> list[Finding]:
    return list(check_privacy(Venue.model_validate({"privacy": privacy, **sections})))


def warned(privacy: dict[str, Any], **sections: Any) -> list[str]:
    return [finding.where for finding in found(privacy, **sections) if finding.state != "ok"]


def test_a_venue_that_says_nothing_is_told_in_one_line() -> None:
    (finding,) = found({})
    assert (finding.state, finding.where) == ("warning", "[privacy]")
    assert privacy_row(Venue()).state == "warning"


def test_a_venue_that_says_all_is_told_nothing() -> None:
    assert warned(WHOLE) == []
    row = privacy_row(Venue.model_validate({"privacy": WHOLE}))
    assert row.state == "ok"
    assert "Museum of the Lake" in row.what


@pytest.mark.parametrize("place", ["school", "workplace"])
def test_a_school_and_a_workplace_are_refused_in_words(place: str) -> None:
    (finding,) = found(WHOLE | {"place": place})
    assert finding.state == "problem"
    assert "Art. 5(1)(f)" in finding.what
    assert "no emotion may be read from faces" in finding.what
    assert "stays shut" in privacy_row(Venue.model_validate({"privacy": WHOLE | {"place": place}})).what


@pytest.mark.parametrize("key", ["shown_by", "contact", "legal_basis", "place"])
def test_each_fact_that_is_missing_is_told_with_what_to_write(key: str) -> None:
    (finding,) = [one for one in found(WHOLE | {key: ""}) if one.state != "ok"]
    assert finding.where == f"privacy.{key}"
    assert "write" in finding.what
    assert key in privacy_row(Venue.model_validate({"privacy": WHOLE | {key: ""}})).what


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"page": ""}, "privacy.page"),
        ({"consent": "none"}, 'privacy.legal_basis = "consent"'),
        ({"consent": "none", "legal_basis": "public_task"}, ""),
        ({"consent": "zone", "zone": [(0, 0), (1, 0), (1, 1), (0, 1)]}, "privacy.zone"),
        ({"consent": "zone", "zone": [(0.3, 0), (0.7, 0), (0.7, 1), (0.3, 1)]}, ""),
        ({"kept_shut": "until the DPIA is signed"}, "privacy.kept_shut"),
        ({"data_protection_officer": "dpo@museum.example"}, ""),
    ],
)
def test_what_contradicts_itself_is_told(change: dict[str, Any], where: str) -> None:
    assert warned(WHOLE | change) == ([where] if where else [])


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ({"host": "10.0.0.5", "port": 7000, "profile": "visitors"}, 1),
        ({"host": "10.0.0.255", "port": 7000, "profile": "events"}, 1),
        ({"host": "10.0.0.5", "port": 7000, "profile": "aggregate"}, 0),
        ({"host": "127.0.0.1", "port": 7000, "profile": "visitors"}, 0),
    ],
)
def test_data_of_single_visitors_that_leave_the_machine_are_told(target: dict[str, Any], told: int) -> None:
    assert len(warned(WHOLE, osc={"targets": [target]})) == told


def test_a_control_port_that_every_network_reaches_is_told() -> None:
    allow = ["10.0.0.0/8"]
    assert warned(WHOLE, osc={"listen_host": EVERY, "allow": allow}) == ["osc.listen_host = 0.0.0.0"]
    assert warned(WHOLE, osc={"listen_host": "10.0.0.7", "allow": allow}) == []
    assert warned(WHOLE, osc={"listen_host": EVERY, "listen": False}) == []
