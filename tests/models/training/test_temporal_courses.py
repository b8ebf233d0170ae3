"""Courses of looks: as uneven as a camera's, what is shown said at every look, nothing computed without the mesh."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("torch", reason="not tried: PyTorch is not installed (models.training.validation needs it)")

from models.evaluation.dataset import LabelledFaces
from models.labels import LABELS
from models.lighting.relight import Lamp, LampBank, read_face_maps
from models.seeing.align import TEMPLATE
from models.training.temporal_courses import KINDS, OF_STILLS, SHARES, CourseSource
from models.training.temporal_faces import CANVAS, Computed, Stills, clear_faces, make_stills, poses


@pytest.fixture(scope="module")
def source() -> CourseSource:
    rng = np.random.default_rng(1)
    lamps = LampBank(read_face_maps("bench").first(1), [Lamp(0, 60, 8)])
    labels = np.repeat(np.arange(8), 2)
    images = tuple(rng.integers(20, 230, (48, 48)).astype(np.uint8) for _ in labels)
    faces = LabelledFaces(images, np.eye(8, dtype=np.float32)[labels], labels)
    stills = make_stills(faces, np.repeat(TEMPLATE[None] * 0.75, len(labels), axis=0), lamps)
    light = rng.uniform(0.1, 0.4, (2, len(poses()), CANVAS, CANVAS)).astype(np.float16)
    five = np.repeat((TEMPLATE + 16)[None], 2 * len(poses()), axis=0).astype(np.float32)
    return CourseSource(stills, Computed(light, five))


@pytest.mark.parametrize("kind", KINDS)
def test_every_look_says_what_is_shown(source: CourseSource, kind: str) -> None:
    course = source.draw(kind, np.random.default_rng(2))
    again = source.draw(kind, np.random.default_rng(2))
    assert course.faces.shape == (64, 64, 64)
    assert np.array_equal(course.faces, again.faces)
    assert np.allclose(course.targets.sum(axis=1), 1)
    assert (course.seconds > 0).all()
    assert 1 / 75 < np.median(course.seconds) < 1 / 12
    if kind in ("rest", "talk", "turn"):
        assert (course.targets[:, 0] == 1).all()


@pytest.mark.parametrize("kind", ["onset", "expression"])
def test_an_onset_begins_at_rest_and_is_an_emotion_at_last(source: CourseSource, kind: str) -> None:
    rising = CourseSource(source.stills, source.computed, lambda times, _: np.clip(times - times[-1] / 2, 0, 1))
    course = rising.draw(kind, np.random.default_rng(3), looks=60, rate=20.0)
    assert course.targets[0, 0] == 1
    assert course.targets[-1, 1:].max() == pytest.approx(1)
    steps = np.diff(course.targets[:, 0])
    assert (steps <= 0).all()


def test_without_computed_people_nobody_talks_or_turns(source: CourseSource) -> None:
    alone = CourseSource(source.stills)
    assert {alone.any_kind(np.random.default_rng(k)) for k in range(60)} == set(OF_STILLS)
    assert {source.any_kind(np.random.default_rng(k)) for k in range(300)} == set(SHARES) == set(KINDS)


def test_only_faces_on_which_annotators_agree_are_shown() -> None:
    shares = np.zeros((4, 8), np.float32)
    shares[:, 0], shares[:, 1] = (0.6, 1.0, 0.2, 0.1), (0.4, 0.0, 0.8, 0.9)
    faces = LabelledFaces(tuple(np.full((9, 9), k, np.uint8) for k in range(4)), shares, np.array([0, 0, 1, 1]))
    kept = clear_faces(faces, 1, seed=1)
    assert sorted(kept.labels.tolist()) == [0, 1]
    assert int(next(iter(kept.images)).flat[0]) == 1


def test_a_still_is_relit_or_left_as_it_was(source: CourseSource) -> None:
    stills: Stills = source.stills
    face = stills.draw(LABELS[1], np.random.default_rng(1))
    same = [np.array_equal(stills.under(face, seed)[0], face[0]) for seed in range(40)]
    assert 2 <= sum(same) <= 18
