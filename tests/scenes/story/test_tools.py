"""The tools of whoever writes a film: schema, drawing, simulated visitors."""

import re
import tomllib
from pathlib import Path

from models.labels import LABELS
from scenes.machine.simulate import simulate
from scenes.story.conditions import When
from scenes.story.draws import DrawEntry
from scenes.story.graph import as_mermaid, as_text
from scenes.story.schema import schema_text
from scenes.story.story_file import SceneEntry, StoryFile
from scenes.story.wording import describe
from tests.scenes.evenings import TWO_ROOMS, story_of

ROOT = Path(__file__).parents[3]


def test_the_committed_schema_is_that_of_the_code() -> None:
    """If not: chiaro story schema > scenes/story.schema.json"""
    assert (ROOT / "scenes" / "story.schema.json").read_text() == schema_text()


def test_the_documentation_names_every_key_and_every_emotion() -> None:
    docs = (ROOT / "docs" / "stories.md").read_text()
    schema = StoryFile.model_json_schema()
    keys = {key for part in [schema, *schema["$defs"].values()] for key in part["properties"]}
    assert [key for key in sorted(keys) if not any(f"{mark}{key}" in docs for mark in ("`", "[", "{ ", ", "))] == []
    assert [label for label in LABELS if f"`{label}`" not in docs] == []


def test_a_drawing_shows_every_way_with_its_condition() -> None:
    text, mermaid = as_text(story_of()), as_mermaid(story_of())
    assert "1 lamp (attract, loops)\n    at once: somebody there -> door" in text
    assert "3 door (start, 10.0 s)\n    calm -> garden\n    dark -> cellar\n    otherwise -> garden" in text
    assert 's3 -->|"dark"| s5' in mermaid
    assert 's4(["garden"])' in mermaid


def test_conditions_are_said_in_words() -> None:
    when = When(mood="dark", share=0.3, held_seconds=2, visitors_at_least=2, elapsed_seconds=5)
    assert describe(when) == "dark 30% of the time, held 2 s and 2 visitors or more and after 5 s"
    assert describe(When(visitors="absent", for_seconds=3)) == "nobody there for 3 s"


def test_simulated_visitors_reach_every_end_and_the_same_seed_the_same_ends() -> None:
    story = story_of(TWO_ROOMS.replace("out_seconds = 10\n", "out_seconds = 40\n"))
    once, again, others = (simulate(story, 60, seed) for seed in (3, 3, 4))
    assert once.takes == 60
    assert once.outcomes == again.outcomes
    assert once.branches == again.branches
    assert once.branches != others.branches
    assert set(once.outcomes) >= {"garden", "cellar", "left"}
    assert once.never_seen(story) == ()
    assert once.never_taken(story) == ()


def test_simulated_visitors_find_the_way_that_nobody_can_take() -> None:
    never = '{ to = "attic", when = { visitors_at_least = 2 } }, { to = "garden", when = { visitors_at_least = 3 } }, '
    text = TWO_ROOMS.replace("branch = [", f"branch = [{never}") + '[scenes.attic]\nclip = "attic.mp4"\nend = true\n'
    tally = simulate(story_of(text), 40, seed=1)
    assert tally.never_seen(story_of(text)) == ("attic",)
    assert tally.never_taken(story_of(text)) == (
        ("door", "attic", "2 visitors or more"),
        ("door", "garden", "3 visitors or more"),  # though another branch leads there, which many take
        ("attic", "lamp", "otherwise"),
    )
    assert tally.branches["door", "garden"] > 0


def test_simulated_visitors_are_drawn_lots_and_come_at_all_hours() -> None:
    branches = ", ".join(
        f'{{ to = "{to}", when = {{ {when} }}, weight = 1 }}'
        for to, when in (("garden", 'draw = { actor = "ben" }'), ("cellar", "minutes_after_opening = 5"))
    )
    text = TWO_ROOMS.replace("branch = [", f"branch = [{branches}, ") + '[draws.actor]\nof = ["anna", "ben"]\n'
    tally = simulate(story_of(text), 60, seed=2)
    assert tally.outcomes["garden"] > 10
    assert tally.outcomes["cellar"] > 5
    assert simulate(story_of(text), 60, seed=2).branches == tally.branches


def test_simulated_visitors_find_the_scene_that_holds_them_for_ever() -> None:
    trap = 'loop = true\nbranch = [{ to = "garden", when = { visitors_at_least = 2 } }]\n'
    text = TWO_ROOMS.replace('mood = "calm"', 'mood = "anger", peak = 1.0').replace('next = "garden"', 'next = "trap"')
    tally = simulate(story_of(f'{text}[scenes.trap]\nclip = "trap.mp4"\n{trap}'), 10, seed=1)
    assert tally.held["trap"] > 0
    assert set(tally.held) == {"trap"}


def test_the_documentations_examples_of_memory_chance_and_more_are_what_a_story_takes() -> None:
    docs = (ROOT / "docs" / "stories.md").read_text()
    part = docs[docs.index("## A story that remembers") : docs.index("## A scene that answers")]
    examples = re.findall(r"```toml\n(.*?)```", part, re.DOTALL)
    assert len(examples) >= 5
    for example in examples:
        read = tomllib.loads(example)
        for draw in read.pop("draws", {}).values():
            DrawEntry.model_validate(draw)
        for scene in read.pop("scenes").values():
            SceneEntry.model_validate(scene)
        assert not read
