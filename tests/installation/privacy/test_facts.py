from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest

from calibration.errors import BadInput
from calibration.settings import OscTarget
from calibration.venue import Venue, load_venue
from installation.privacy.facts import (
    REQUIRED,
    SINGLE,
    Facts,
    counted,
    facts_of,
    reach_of,
    read_facts,
    refuse_forbidden,
)


def facts(**sections: Any) -> Facts:
    return facts_of(Venue.model_validate(sections))


def targets(*said: dict[str, Any]) -> dict[str, Any]:
    return {"targets": said}


def test_an_empty_venue_lacks_all_that_a_person_must_say() -> None:
    assert facts().missing == REQUIRED


def test_what_is_said_is_missing_no_more() -> None:
    said = {"shown_by": "Museum", "contact": "desk", "legal_basis": "consent"}
    assert facts(privacy=said).missing == ("place",)


@pytest.mark.parametrize("place", ["school", "workplace"])
def test_where_it_is_forbidden_the_law_is_named(place: str) -> None:
    with pytest.raises(BadInput, match=r"Art\. 5\(1\)\(f\)"):
        refuse_forbidden(Venue.model_validate({"privacy": {"place": place}}).privacy)
    refuse_forbidden(Venue.model_validate({"privacy": {"place": "museum"}}).privacy)


def test_every_osc_profile_is_a_content_of_its_own() -> None:
    profiles = get_args(OscTarget.model_fields["profile"].annotation)
    found = facts(osc=targets(*({"profile": profile} for profile in profiles))).recipients
    assert [one.content for one in found if one.setting == "osc.targets"] == [f"osc_{name}" for name in profiles]


def test_the_profiles_with_single_visitors_are_those_of_the_registry() -> None:
    from installation.osc import registry

    assert {f"osc_{name}" for name in registry.SINGLE} == {name for name in SINGLE if name.startswith("osc_")}


def test_the_shorter_time_counts() -> None:
    assert (facts().journal_days, facts().journal_days_are_calendar, facts().report_days) == (92, False, 400)
    short = facts(privacy={"retention_days": 7})
    assert (short.journal_days, short.journal_days_are_calendar, short.report_days) == (7, True, 7)
    assert facts(privacy={"retention_days": 100}, journal={"days_at_most": 30}).journal_days == 30
    assert facts(report={"at_closing": False}).report_days is None


@pytest.mark.parametrize(
    ("host", "reach"),
    [
        *(("127.0.0.1", "computer"), ("127.0.0.9", "computer"), ("localhost", "computer"), ("::1", "computer")),
        *(("192.168.1.20", "device"), ("desk.local", "device"), ("fd00::5", "device")),
        *(("192.168.1.255", "network"), ("239.1.2.3", "network"), ("ff02::1", "network")),
    ],
)
def test_who_is_reached_is_read_from_the_address(host: str, reach: str) -> None:
    assert reach_of(host) == reach


def test_each_part_that_hears_something_is_a_recipient() -> None:
    found = facts(
        osc={**targets({"profile": "visitors", "host": "10.0.0.5"}), "oscquery": True, "oscquery_host": "::"},
        console={"listen": "::"},
        constellation={"server": "10.0.0.6:8082"},
        rooms={"broker": "mqtt://10.0.0.8"},
        lamps={"universes": [{"number": 1}, {"number": 2, "host": "10.0.0.7"}]},
        screens={"leads": True},
        report={"mail_to": ["a@museum.example"], "mail_host": "m", "mail_from": "b@museum.example", "folder": "/srv"},
    )
    heard = [(one.content, one.reach) for one in found.recipients]
    assert heard == [
        ("osc_visitors", "device"),
        ("oscquery_visitors", "network"),
        ("console", "device"),
        ("metrics", "device"),
        ("constellation", "device"),
        ("broker", "device"),
        ("lamps", "network"),
        ("lamps", "device"),
        ("screens", "network"),
        ("broker_report", "device"),
        ("mail", "device"),
        ("folder", "device"),
    ]
    assert facts(console={"listen": ""}).recipients == ()


def test_recipients_of_one_kind_are_counted_and_not_named() -> None:
    three = targets({"host": "10.0.0.5"}, {"host": "10.0.0.6"}, {"host": "127.0.0.1"})
    found = counted(facts(osc=three, console={"listen": ""}).recipients)
    assert [(one.content, one.reach, count) for one, count in found] == [
        ("osc_aggregate", "device", 2),
        ("osc_aggregate", "computer", 1),
    ]


def test_a_camera_on_the_network_is_told() -> None:
    assert not facts(camera={"source": "0"}).camera_by_network
    assert facts(camera={"source": "rtsp://10.0.0.9/stream"}).camera_by_network


def test_a_story_says_what_else_it_follows_and_whether_it_shows_a_course(tmp_path: Path) -> None:
    story = tmp_path / "story.toml"
    scene = 'clip = "a.mp4"\nloop = true\n'
    story.write_text(f'title = "A"\nstart = "a"\nattract = "a"\nsafe = "a"\n[scenes.a]\n{scene}')
    plain = read_facts(str(story), "")
    assert (plain.sensors, plain.course_shown) == ((), False)
    with story.open("a") as file:
        file.write('[scenes.b]\nkind = "course"\n[signals.heart]\nosc = "/heart"\nlow = 50\nhigh = 120\n')
    more = read_facts(str(story), "")
    assert (more.sensors, more.course_shown) == (("heart",), True)


def test_another_venue_file_has_another_hash(tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('name = "hall"\n')
    one = facts_of(load_venue(file), file)
    file.write_text('name = "hall" # east\n')
    other = facts_of(load_venue(file), file)
    assert one.venue_file == "hall.toml"
    assert len(one.venue_sha256) == 64
    assert one.venue_sha256 != other.venue_sha256


def test_a_network_that_cannot_be_read_has_no_hash() -> None:
    assert len(facts().weights_sha256) == 64
    assert facts(eye={"classifier_file": "/nowhere/own.onnx"}).weights_sha256 == ""
