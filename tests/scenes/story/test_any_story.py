"""Whatever a story file contains, the result is a story or a list of problems."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calibration.errors import BadFile
from scenes.story.story import load_story
from tests.clips import make_clip, make_still
from tests.scenes.evenings import TWO_ROOMS

TEXT = TWO_ROOMS + (
    '[beds.night]\nfile = "door.mp4"\n[left]\nafter_seconds = 9\nto = "lamp"\n[[scenes.lamp.branch]]\nto = "door"\n'
    'when = { visitors = "present", for_seconds = 1 }\n[[scenes.cellar.cue]]\nat_seconds = 1\ncaption = "x"\n'
    '[[scenes.cellar.cue]]\nat_seconds = 2\nosc = { address = "/cue/a", arguments = [1, 0.5, "x"] }\n'
)
PIECES = re.findall(r'"[^"\n]*"|[\w.]+|\s+|.', TEXT)
WORDS = [k for k, piece in enumerate(PIECES) if re.fullmatch(r'"[^"\n]*"|[\w.]+', piece)]
STRANGE = [
    '"x"',
    "5",
    "-1",
    "true",
    "[]",
    "{}",
    "[[1]]",
    "nan",
    "1e999",
    '""',
    '"lamp"',
    "when",
    "cue",
    "1979-05-27",
    "{ to = 5 }",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("any")
    for name in ("lamp", "door", "garden", "cellar"):
        make_clip(folder / f"{name}.mp4", seconds=30, fps=4)
    make_still(folder / "still.png")
    return folder


def test_the_story_that_is_spoilt_here_is_good_before(folder: Path) -> None:
    (folder / "good.toml").write_text(TEXT.replace('[beds.night]\nfile = "door.mp4"\n', ""))
    assert load_story(folder / "good.toml").names == ("lamp", "still", "door", "garden", "cellar")


def problems_of(path: Path) -> list[str]:
    try:
        load_story(path)
    except BadFile as refusal:
        assert refusal.problems  # noqa: PT017 - any other error fails the test by itself
        return refusal.problems
    return []


@settings(max_examples=200)
@given(st.dictionaries(st.sampled_from(WORDS), st.sampled_from(STRANGE), max_size=4))
def test_a_spoilt_story_gives_a_list_of_problems_and_nothing_else(folder: Path, spoilt: dict[int, str]) -> None:
    path = folder / "spoilt.toml"
    path.write_text("".join(spoilt.get(k, piece) for k, piece in enumerate(PIECES)))
    found = problems_of(path)
    assert len(found) == len(set(found))
    assert "'?'" not in " ".join(found)  # the placeholder for a missing word is never shown to the author
