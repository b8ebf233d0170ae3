from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
import typer
import typer.main

from calibration.errors import BadInput, Unavailable
from calibration.extras import MissingExtra
from calibration.privacy_settings import PrivacySettings
from calibration.venue import Venue, load_venue
from installation.cli import app
from installation.host.options import DEMO
from installation.privacy.draft_model import SECTIONS, card_in_words
from installation.privacy.draft_page import draft_html, draft_pdf
from installation.privacy.draft_words import FOLDER, PAPERS, PaperLanguage, literal
from installation.privacy.drafts import BLANK, Draft, drafts, evidence
from installation.privacy.facts import facts_of
from models.seeing.venue_head import model_file
from scenes.story.looking_away import check_looking_away
from scenes.story.story import Story, load_story
from tests.import_graph import ROOT

LANGUAGES: tuple[PaperLanguage, ...] = get_args(PaperLanguage)
TEMPLATES = sorted(FOLDER.glob("*/*.md"))
COMMAND = re.compile(r"`(chiaro [a-z][^`]*)`")


@pytest.fixture(scope="module")
def demo() -> Story:
    return load_story(DEMO, forgive_clips=True)


def made(story: Story, language: PaperLanguage = "en", **sections: Any) -> dict[str, Draft]:
    venue = Venue.model_validate(sections)
    return {
        one.name: one for one in drafts(facts_of(venue, None, story.file), venue, story, language, date(2026, 11, 27))
    }


def row_of(draft: Draft, begins: str) -> str:
    return next(line for line in draft.markdown.splitlines() if line.startswith(f"| {begins}"))


def shown_by() -> list[str]:
    return sorted({one for shown in evidence().values() for one in shown})


def commands() -> dict[str, Any]:
    """Every command by what is typed for it."""

    def below(words: str, group: Any) -> Iterator[tuple[str, Any]]:
        yield words, group
        for name, one in getattr(group, "commands", {}).items():
            yield from below(f"{words} {name}", one)

    return dict(below("chiaro", typer.main.get_command(app)))


def assert_is_a_command(typed: str) -> None:
    known, words = commands(), typed.split()
    length = max(n for n in range(1, len(words) + 1) if " ".join(words[:n]) in known)
    command, rest = known[" ".join(words[:length])], words[length:]
    assert not getattr(command, "commands", {}), f"{typed}: {words[length - 1]} asks for one of its commands"
    options = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= options, typed


@pytest.mark.parametrize("shown", shown_by())
def test_what_shows_a_statement_exists(shown: str) -> None:
    if shown.startswith("chiaro "):
        assert_is_a_command(shown)
        return
    file, _, test = shown.partition("::")
    assert (ROOT / file).is_file()
    if test:
        assert f"def {test}(" in (ROOT / file).read_text("utf-8")


@pytest.mark.parametrize("template", [*TEMPLATES, *FOLDER.glob("*/words.json")], ids=lambda file: file.name)
def test_each_command_that_a_paper_names_exists(template: Path) -> None:
    for typed in COMMAND.findall(template.read_text("utf-8")):
        assert_is_a_command(typed)


def test_the_page_about_privacy_names_every_key() -> None:
    page = (ROOT / "docs" / "privacy.md").read_text("utf-8")
    assert [key for key in PrivacySettings.model_fields if not re.search(rf"\b{key}\b", page)] == []


def test_all_that_shows_a_statement_is_pointed_to() -> None:
    used = {key for file in TEMPLATES for equals, keys in BLANK.findall(file.read_text("utf-8")) if equals
            for key in keys.split(", ")}  # fmt: skip
    assert used == set(evidence())


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_each_statement_of_a_table_is_shown_by_something_or_left_to_a_person(template: Path) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", template.read_text("utf-8"), re.M):
        rows = [row for row in table.splitlines()[2:] if row]
        if any("{=" in row for row in rows):
            assert [row for row in rows if "{=" not in row and "[[" not in row] == []


@pytest.mark.parametrize("name", [*PAPERS, "head"])
def test_each_language_asks_the_same_and_says_the_same_facts(name: str) -> None:
    texts = [(FOLDER / language / f"{name}.md").read_text("utf-8") for language in LANGUAGES]
    for pattern in (BLANK, re.compile(r"\[\[(\w+):"), re.compile(r"^#+ ", re.M), re.compile(r"^\|", re.M)):
        found = [sorted(map(str, pattern.findall(text))) for text in texts]
        assert found == found[:1] * len(found), pattern.pattern


def test_each_language_has_the_same_phrases_with_the_same_blanks() -> None:
    said = [json.loads((FOLDER / language / "words.json").read_text("utf-8")) for language in LANGUAGES]
    for phrases in said:
        assert list(phrases) == list(said[0])
        for key, phrase in phrases.items():
            left = re.compile(r"\{\w+\}|\[\[\w+:|`[^`]+`")
            assert sorted(left.findall(phrase)) == sorted(left.findall(said[0][key])), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_is_filled_in_and_says_what_it_is(demo: Story, language: PaperLanguage, tmp_path: Path) -> None:
    file = tmp_path / "hall.toml"
    file.write_text('name = "hall"\n[privacy]\nshown_by = "Museum"\nconsent = "button"\n', "utf-8")
    facts = facts_of(load_venue(file), file)
    papers = list(drafts(facts, load_venue(file), demo, language, date(2026, 11, 27)))
    assert [paper.name for paper in papers] == list(PAPERS)
    for paper in papers:
        assert BLANK.search(paper.markdown) is None
        assert not re.search(r"\[\[|\]\]|<!--|!\[|\]\(", paper.markdown)
        for told in (facts.version, "2026-11-27", facts.venue_sha256, facts.weights_sha256):
            assert told in paper.markdown
        assert re.search("not legal advice|keine Rechtsberatung", paper.markdown)
        marks = re.findall(r"\*\*\[(?:TO BE WRITTEN BY|ZU SCHREIBEN DURCH) ", paper.markdown)
        assert len(marks) == sum(paper.to_write.values()) > 0


def test_what_is_missing_in_the_venue_is_named_where_it_belongs(demo: Story) -> None:
    assert "MISSING: privacy.shown_by" in row_of(made(demo)["records"], "(a) controller")
    said = made(demo, privacy={"shown_by": "Museum of the Lake"})["records"]
    assert "Museum of the Lake" in row_of(said, "(a) controller")
    assert "MISSING" not in row_of(said, "(a) controller")


def test_when_the_eye_looks_is_what_the_setting_says(demo: Story) -> None:
    zone = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
    said = [
        row_of(made(demo, privacy=privacy)["dpia"], "Somebody is looked at who did not agree")
        for privacy in ({}, {"consent": "zone", "zone": zone}, {"consent": "button"})
    ]
    assert ["| high |" in said[0], "| low |" in said[1], "| medium |" in said[2]] == [True] * 3
    assert "whenever the room is open" in said[0]
    assert "marked zone (49." in said[1]
    assert "shut until somebody asks" in said[2]
    shut = made(demo, privacy={"kept_shut": "until this is signed"})["dpia"].markdown
    assert "kept shut** (`privacy.kept_shut`: until this is signed)" in shut


def test_a_receiver_of_single_visitors_moods_is_named_and_raises_the_risk(demo: Story) -> None:
    begins = "Estimates about single visitors"
    assert "| low | high |" in row_of(made(demo)["dpia"], begins)
    target = {"host": "10.0.0.9", "profile": "visitors"}
    paper = made(demo, osc={"targets": [target]})["dpia"]
    assert "| high | high |" in row_of(paper, begins)
    assert "10.0.0.9:9000" in row_of(paper, begins)
    assert "**of each visitor**" in row_of(paper, "10.0.0.9:9000")


def test_a_journal_that_is_kept_for_less_than_six_months_is_a_question_for_a_person(demo: Story) -> None:
    begins = "AI Act Art. 19(1)"
    short = made(demo, privacy={"retention_days": 30})["logs"]
    assert "30 days" in row_of(short, begins)
    assert "shorter than six months" in row_of(short, begins)
    long = made(demo, journal={"days_at_most": 200})["logs"]
    assert "TO BE WRITTEN" not in row_of(long, begins)
    assert short.to_write["controller"] == long.to_write["controller"] + 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_line_and_each_part_of_a_mood_that_the_journal_keeps_is_named(language: str) -> None:
    paper = (FOLDER / language / "logs.md").read_text("utf-8")
    named = set(re.findall(r"`(\w+)`", paper.partition("|---|")[2].partition("\n\n")[0]))
    made_by_program = {"rehearsal"}  # of ``chiaro rehearse``, in a journal of its own
    assert kinds_of_lines() - made_by_program <= named
    words = {"en": ("believed", "valence", "arousal"), "de": ("geglaubt", "Valenz", "Erregung")}
    assert all(word in row for word in words[language] for row in paper.splitlines() if row.startswith("| `mood`"))


def kinds_of_lines() -> set[str]:
    """What is written into the journal by name, anywhere in the program."""
    files = (ROOT / "installation").rglob("*.py")
    return {kind for file in files for kind in re.findall(r"""\.note\(\s*"(\w+)\"""", file.read_text("utf-8"))}


@pytest.mark.parametrize(
    ("role", "variants"),
    [("", ["A", "B"]), ("joint_controller", ["A"]), ("processor", ["B"]), ("none", [])],
)
def test_the_agreement_is_the_one_that_the_role_of_the_artist_asks_for(
    demo: Story, role: str, variants: list[str]
) -> None:
    paper = made(demo, privacy={"artist_role": role})["agreement"]
    assert re.findall(r"^## Variant (\w)", paper.markdown, re.M) == variants


def test_the_ways_that_hang_on_faces_are_those_of_the_story(demo: Story) -> None:
    paper = made(demo)["fria"].markdown
    asked = [(name, way.to) for name in demo.names for way in demo.branches(name)
             if way.when and any(one.asks_faces for _, one in way.when.walk())]  # fmt: skip
    assert asked
    for scene, to in asked:
        assert f"| {scene} | {to} |" in paper
    assert f"{len(asked)} ask what faces show" in paper


def test_a_story_that_punishes_looking_away_is_told_in_the_words_of_its_check(demo: Story) -> None:
    begins = "People who do not wish to be read"
    assert "finds nobody" in row_of(made(demo)["fria"], begins)
    left = demo.file.left.model_copy(update={"after_seconds": 1.0})
    hasty = dataclasses.replace(demo, file=demo.file.model_copy(update={"left": left}))
    warnings = [str(one) for one in check_looking_away(hasty.file)]
    assert warnings
    paper = made(hasty)["fria"]
    assert all(literal(warning) in row_of(paper, begins) for warning in warnings)
    assert paper.to_write["artist"] == made(demo)["fria"].to_write["artist"] + 1


def test_what_a_user_wrote_has_no_meaning_for_the_page(demo: Story) -> None:
    name = "A | B <script>x</script> [[controller: nothing]] {version} {=card} **bold** `code`\nnext"
    paper = made(demo, privacy={"shown_by": name})["records"]
    html = draft_html(paper, "en")
    assert "<script>" not in html
    assert "A | B &lt;script&gt;x&lt;/script&gt; [[controller: nothing]] {version} {=card} **bold** `code` next" in html
    assert paper.to_write == made(demo)["records"].to_write
    assert "<script>" not in draft_html(Draft("a", "<script>", "<script>x</script>", {}), "en")


@pytest.mark.parametrize("place", ["school", "workplace"])
def test_where_it_is_forbidden_nothing_is_drafted(demo: Story, place: str) -> None:
    with pytest.raises(BadInput, match=place):
        made(demo, privacy={"place": place})


def test_the_shipped_networks_card_has_all_that_the_papers_quote(demo: Story) -> None:
    card = card_in_words(model_file(Venue().eye))
    assert set(SECTIONS) <= set(card.sections)
    assert not any(re.search(r"^!", section, re.M) for section in card.sections.values())
    assert card.validation is not None
    assert "nobody has measured this network on photographs of people of known groups" in card.groups
    paper = made(demo)["instructions"].markdown
    assert f"{100 * card.validation.accuracy:.1f} %" in paper
    assert card.groups in paper


def test_a_network_without_a_card_in_words_is_left_to_the_artist(demo: Story, tmp_path: Path) -> None:
    own = tmp_path / "own.onnx"
    paper = made(demo, eye={"classifier_file": str(own)})["instructions"]
    assert "the network own.onnx has no card in words beside it (own.md)" in paper.markdown
    assert paper.to_write["artist"] > made(demo)["instructions"].to_write["artist"]
    assert "89.8" not in paper.markdown


def test_what_was_measured_in_the_room_is_told(demo: Story) -> None:
    assert "In this room nothing was measured" in made(demo)["instructions"].markdown
    found = {"made": "2026-11-20", "people": ["AB", "CD"], "faces": 40, "after": {"accuracy": 0.71}}
    assert "accuracy 71.0 %" in made(demo, calibration=found)["instructions"].markdown


def test_a_page_holds_its_letters_and_marks_what_a_person_must_write(demo: Story) -> None:
    html = draft_html(made(demo)["logs"], "en")
    assert '<strong class="mark">[TO BE WRITTEN BY THE CONTROLLER' in html
    assert "<table>" in html
    assert not re.search(r"(?:src|href)=|url\((?!data:)", html)


def test_a_paper_is_a_pdf() -> None:
    paper = Draft("logs", "Log", "# Log\n\n| kind | shown by |\n|---|---|\n| **[TO BE WRITTEN]** | [1] |\n", {})
    try:
        pdf = draft_pdf(paper, "en")
    except (Unavailable, MissingExtra) as missing:
        pytest.skip(f"the PDF is not tried: {missing}")
    assert pdf.startswith(b"%PDF-")
