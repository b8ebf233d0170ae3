"""Computed people in folders: read as any data set is, each person at rest before an expression."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from models.evaluation.labelled_files import find_labelled_files
from models.evaluation.pictures import read_gray
from models.labels import LABELS
from models.rendering import expression_folders
from models.rendering.mesh import Mesh
from models.rendering.people import Person

SIDE = expression_folders.SIDE


def test_computed_people_are_read_as_a_data_set_that_says_who_is_who(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    y, x = np.mgrid[:SIDE, :SIDE] - SIDE / 2
    hit = (np.hypot(x, y) < SIDE / 3).astype(np.float32)
    skin, posed = np.full((SIDE, SIDE, 3), 0.4, np.float32), list[dict[str, float]]()

    def head(_mesh: Mesh, _person: Person, shapes: dict[str, float], *_: object) -> object:
        posed.append(shapes)
        return SimpleNamespace(hit=hit, albedo=lambda *_: skin)

    def person(_mesh: Mesh, _hair: str, rng: np.random.Generator) -> tuple[Person, dict[str, float]]:
        skin = (0.3, 0.4, 0.5)
        return Person(rng.normal(size=2).astype(np.float32), skin, skin, 9.0), {"eyeBlink": 0.3, "mouthClose": 0.5}

    light: Any = SimpleNamespace(diffuse=hit, shine=0 * hit)
    monkeypatch.setattr(expression_folders, "turned_head", head)
    monkeypatch.setattr(expression_folders, "resting_person", person)
    monkeypatch.setattr(expression_folders, "light_on", lambda *_, **__: light)
    count = expression_folders.write_folders(tmp_path, expression_folders.expression_faces(cast(Mesh, None), 2))
    found = find_labelled_files(tmp_path).files
    assert count == len(found) == 2 * 2 * len(LABELS)
    assert {one.label for one in found} == set(range(len(LABELS)))
    assert {one.person for one in found} == {"person000", "person001"}
    faces = [face for one in found if (face := read_gray(one.path)) is not None]
    assert {face.shape for face in faces} == {(96, 96)}
    assert max(abs(int(face[48, 48]) - int(face[2, 2])) for face in faces) > 20, "a face before a wall"
    assert posed[0] == {"eyeBlink": 0.3, "mouthClose": 0.5}, "neutral is this person's resting face"
    opened = [shapes["mouthClose"] for shapes in posed if shapes.get("jawOpen")]
    assert max(opened) < 0.3, "an open mouth is not held shut"
