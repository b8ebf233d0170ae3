from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from calibration.errors import BadInput
from calibration.extras import MissingExtra
from calibration.privacy_settings import NoticeLanguage
from installation.privacy.facts import Facts
from installation.privacy.notice import signs_of, unsaid, write_notice
from installation.privacy.page import STYLE, page_html
from installation.privacy.statements import heard, spoken
from installation.privacy.words import LANGUAGES, Words
from tests.installation.privacy.rooms import room

TODAY = date(2026, 11, 27)
ALL = [Words(language) for language in LANGUAGES]
EN = Words("en")


def page(facts: Facts, *languages: Words) -> str:
    return page_html(facts, languages or (EN,), TODAY)


def osc(**target: Any) -> dict[str, Any]:
    return {"osc": {"targets": [{"host": "10.0.0.5", **target}]}}


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({}, "when_none"),
        ({"privacy": {"consent": "zone", "zone": [(0, 0), (1, 0), (1, 1)]}}, "when_zone"),
        ({"privacy": {"consent": "zone", "zone": [(0, 0), (1, 0), (1, 1)]}}, "avoid_zone"),
        ({"privacy": {"consent": "button"}}, "avoid_button"),
        ({"camera": {"masks": [[(0, 0), (1, 0), (1, 1)]]}}, "masked"),
        ({"camera": {"source": "rtsp://10.0.0.9/stream"}}, "camera_network"),
        ({"eyes": {"key_file": "k", "left": {}}}, "other_eye"),
        (osc(), "osc_aggregate"),
        (osc(profile="visitors"), "osc_visitors"),
        (osc(profile="scalar"), "osc_scalar"),
        (osc(profile="events"), "osc_events"),
        (osc(only_named=True), "narrowed"),
        ({"osc": {"oscquery": True}}, "oscquery_mood"),
        ({"osc": {"oscquery": True, "targets": [{"profile": "visitors"}]}}, "oscquery_visitors"),
        ({"constellation": {"server": "10.0.0.6"}}, "constellation"),
        ({"rooms": {"broker": "mqtt://house"}}, "broker"),
        ({"rooms": {"broker": "mqtt://house", "moods_per_second": 0}}, "broker_state"),
        ({"rooms": {"broker": "mqtt://house"}}, "broker_report"),
        ({"lamps": {"universes": [{}]}}, "lamps"),
        ({"screens": {"leads": True}}, "screens"),
        ({"report": {"mail_to": ["a@b.example"], "mail_host": "m", "mail_from": "a@b.example"}}, "mail"),
        ({"report": {"folder": "/srv/reports"}}, "folder"),
        ({"privacy": {"legal_basis": "public_task"}}, "basis_public_task"),
        ({"privacy": {"legal_basis": "legitimate_interest"}}, "rights_object"),
    ],
)
def test_what_a_setting_does_is_said_in_every_language(sections: dict[str, Any], said: str) -> None:
    facts, other = room(**sections), room(privacy={"consent": "button"}) if said == "when_none" else room()
    for words in ALL:
        sentence = words(said, limit="15 min")
        assert sentence in page(facts, words)
        assert sentence not in page(other, words)


@pytest.mark.parametrize(
    ("switched_off", "said"),
    [
        ({"console": {"listen": ""}}, "console"),
        ({"console": {"listen": ""}}, "metrics"),
        ({"console": {"listen": ""}}, "show_camera"),
        ({"course": {"shown": False}}, "course"),
        ({"privacy": {"legal_basis": "public_task"}}, "rights_withdraw"),
    ],
)
def test_what_is_switched_off_is_not_said(switched_off: dict[str, Any], said: str) -> None:
    assert EN(said, seconds=60) in page(room())
    assert EN(said, seconds=60) not in page(room(**switched_off))


def test_days_seconds_and_hours_are_those_of_the_venue() -> None:
    assert "(the last 92 days on which the work ran)" in page(room())
    assert "(the last day on which the work ran)" in page(room(journal={"days_at_most": 1}))
    assert "(30 days)" in page(room(privacy={"retention_days": 30}))
    assert "(1 day)" in page(room(privacy={"retention_days": 1}))
    assert "after 15 min at the latest" in page(room(privacy={"consent": "button"}))
    assert "after 45 s at the latest" in page(room(privacy={"consent": "button", "button_seconds": 45}))
    assert "(Mo-Su 08:00-10:00)" in page(room(privacy={"staff_hours": "Mo-Su 08:00-10:00"}))
    assert "report of each day" not in page(room(report={"at_closing": False}))


@pytest.mark.parametrize(
    ("sections", "worst"),
    [
        ({}, "heard_nobody"),
        (osc(host="127.0.0.1", profile="visitors"), "heard_nobody"),
        ({"constellation": {"server": "10.0.0.6"}}, "heard_little"),
        ({"rooms": {"broker": "mqtts://house"}}, "heard_together"),
        ({"rooms": {"broker": "mqtts://house", "moods_per_second": 0}}, "heard_little"),
        ({"rooms": {"broker": "mqtt://127.0.0.1"}}, "heard_nobody"),
        (osc(), "heard_together"),
        (osc(profile="events"), "heard_single"),
        ({"console": {"listen": "::"}}, "heard_single"),
    ],
)
def test_the_sign_says_the_most_that_leaves_the_computer(sections: dict[str, Any], worst: str) -> None:
    assert heard(room(**sections)) == worst


def test_the_page_is_well_formed_and_asks_nobody_for_anything() -> None:
    told = room(
        name="<script>alert(1)</script> & co.",
        privacy={"shown_by": 'Museum "<b>" & ]]>', "languages": list(LANGUAGES)},
        **osc(profile="visitors"),
    )
    text = page(told, *ALL)
    root = ElementTree.fromstring(text.removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own
    tags = {element.tag.partition("}")[2] or element.tag for element in root.iter()}
    assert tags.isdisjoint({"script", "link", "img", "iframe", "b"})
    wanted = [element.get(name) for element in root.iter() for name in ("href", "src") if element.get(name)]
    assert wanted == [f"#{language}" for language in LANGUAGES]
    assert "url(" not in text
    assert "@import" not in text
    sections = {element.get("id"): element.get("lang") for element in root.iter("section")}
    assert sections == {language: language for language in LANGUAGES}
    assert len(text) < 60_000


def test_its_letters_can_be_read_in_light_and_dark() -> None:
    for scheme in STYLE.split("@media")[:2]:
        colours = dict(re.findall(r"--(\w+): (#\w+)", scheme))
        for ink, ground in (("ink", "ground"), ("link", "ground"), ("ink", "mark")):
            assert contrast(colours[ink], colours[ground]) >= 7, (ink, ground)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
        parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("key", ["shown_by", "contact", "legal_basis"])
def test_what_is_missing_is_marked_and_named(key: str) -> None:
    assert "<mark>" not in page(room(), *ALL)
    assert list(unsaid(room().privacy)) == []
    lacking = room(privacy={key: ""})
    assert "<mark>to be filled in: " in page(lacking)
    assert [line.partition(" ")[0] for line in unsaid(lacking.privacy)] == [f"privacy.{key}"]


def test_where_there_is_a_choice_it_is_named_without_what_is_forbidden() -> None:
    basis, place = unsaid(room(privacy={"legal_basis": "", "place": ""}).privacy)
    assert basis.endswith("(consent, public_task, legitimate_interest)")
    assert "museum" in place
    assert "school" not in place.partition("(")[2]


def test_an_address_that_no_telephone_opens_is_named() -> None:
    assert "QR" in next(unsaid(room(privacy={"page": ""}).privacy))


def test_a_room_that_is_kept_shut_is_told_that_its_notice_is_for_later() -> None:
    (line,) = unsaid(room(privacy={"kept_shut": "until the DPIA is signed"}).privacy)
    assert line.startswith("privacy.kept_shut keeps the eye shut (until the DPIA is signed)")
    assert "https://" in next(unsaid(room(privacy={"page": "museum.example"}).privacy))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("consent", ["none", "button", "zone"])
def test_the_spoken_version_takes_less_than_a_minute(language: NoticeLanguage, consent: str) -> None:
    told = spoken(room(privacy={"consent": consent, "zone": [(0, 0), (1, 0), (1, 1)]}), Words(language))
    pauses = told.count(Words(language)("pause"))
    words = len(told.split()) - pauses
    assert words / 2.5 + pauses < 60  # 150 words a minute, and a second for each pause


def test_the_signs_are_those_of_the_venue_or_as_typed() -> None:
    privacy = room(privacy={"languages": ["it", "en"]}).privacy
    codes = [[words.language for words in sheet] for sheet in signs_of([], privacy)]
    assert codes == [["it"], ["en"]]
    typed = [[words.language for words in sheet] for sheet in signs_of(["de+en", "fr", "fr"], privacy)]
    assert typed == [["de", "en"], ["fr"]]
    with pytest.raises(BadInput, match=r"'', 'xx': no such language; expected en, de, fr, it, es, nl, pt"):
        signs_of(["de+xx", "fr+"], privacy)


def test_at_a_forbidden_place_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="school"):
        next(write_notice(room(privacy={"place": "school"}), [ALL], "a4", tmp_path / "out", TODAY))
    assert not (tmp_path / "out").exists()


def test_without_what_draws_a_pdf_the_texts_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("calibration.extras.find_spec", lambda _name: None)  # as where it is not installed
    with pytest.raises(MissingExtra, match=r"chiaroscuro\[privacy\]"):
        list(write_notice(room(), [[EN]], "a4", tmp_path, TODAY))
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index.html", "spoken-en.txt"]


def test_how_many_other_computers_look_is_said_in_every_language() -> None:
    facts = room(eyes={"key_file": "k", "left": {}, "right": {}, "own": {}})
    for words in ALL:
        assert words("other_eyes", count=2) in page(facts, words)
        assert words("other_eye") not in page(facts, words)
