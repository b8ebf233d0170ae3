"""The sheet of computed faces: rest as often as all else, dark skin in half of them, votes by strength."""

import csv
from pathlib import Path

import numpy as np
import pytest

from models.evaluation.dataset import read_faces
from models.labels import LABELS
from models.rendering.people import EXPRESSIONS
from models.rendering.resting import SKINS
from models.training import computed_faces
from models.training.computed_faces import SHOWN, SKIN_SHARES, write_sheet


def test_the_sheet_is_read_as_training_reads_it(tmp_path: Path) -> None:
    faces = [(np.full((48, 48), k, np.uint8), {"neutral": 10}) for k in range(129)]
    faces.append((np.full((48, 48), 200, np.uint8), {"surprise": 8, "neutral": 2}))
    write_sheet(tmp_path / "skins.png", faces)
    read = read_faces(tmp_path / "skins.png")
    assert [int(image[0, 0]) for image in read.images] == [*range(129), 200]
    assert [LABELS[label] for label in read.labels[-2:]] == ["neutral", "surprise"]
    assert read.vote_shares[-1].tolist() == pytest.approx([0.2, 0, 0.8, 0, 0, 0, 0, 0])
    with (tmp_path / "skins.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 130


def test_as_many_rest_as_show_something_and_most_have_skin_in_which_eyes_are_misread() -> None:
    assert SHOWN.count("neutral") * 2 == len(SHOWN)
    assert sum(SKIN_SHARES) == pytest.approx(1)
    assert sum(SKIN_SHARES[list(SKINS).index(name)] for name in ("brown", "dark")) > 0.5


def test_an_expression_is_added_to_the_resting_face_and_a_mouth_that_opens_is_not_held_shut() -> None:
    rest = {"eyeBlink": 0.3, "mouthClose": 0.5}
    surprised = computed_faces._shapes(rest, "surprise", 1.0)
    assert surprised["mouthClose"] == 0
    assert surprised["eyeBlink"] == pytest.approx(0.3 + EXPRESSIONS["surprise"]["eyeBlink"])
    assert computed_faces._shapes(rest, "neutral", 0.0) == rest
    assert computed_faces._votes("happiness", 0.5) == {"happiness": 8, "neutral": 2}
    assert computed_faces._votes("happiness", 0.9) == {"happiness": 10}
