"""A head helps where it can, and where it cannot the shipped network stays."""

import numpy as np
import pytest

from calibration.cross_validation import select_head
from calibration.fitting import Faces, fit_head
from calibration.head import logits_of, softmax
from tests.calibration.faces_of_people import CLASSES, known, people, right


@pytest.mark.parametrize("seed", range(4))
def test_a_room_that_changes_every_face_is_learned_from_twelve_people(seed: int) -> None:
    choice = select_head(people(12, seed, moved=1.5), known())
    others = people(200, 99, moved=1.5)
    after = choice.head(others.probabilities, others.embeddings)
    assert right(after, others) > right(others.probabilities, others) + 0.05


@pytest.mark.parametrize("seed", range(8))
def test_where_the_shipped_network_is_already_right_nothing_is_lost(seed: int) -> None:
    choice = select_head(people(4, seed), known())
    others = people(200, 99)
    after = choice.head(others.probabilities, others.embeddings)
    assert right(after, others) >= right(others.probabilities, others) - 0.01


def test_volunteers_who_showed_something_else_change_nothing() -> None:
    faces = people(8, 5)
    wrong = np.random.default_rng(1).permutation(faces.labels)
    choice = select_head(Faces(faces.probabilities, faces.embeddings, wrong, faces.people, faces.weights), known())
    others = people(200, 99)
    assert right(choice.head(others.probabilities, others.embeddings), others) >= right(others.probabilities, others)


def test_one_person_alone_fits_nothing() -> None:
    faces = people(1, 2, moved=1.5)
    assert select_head(faces, known()).name == "shipped"


def test_a_head_known_for_the_lamp_is_taken_even_from_one_person() -> None:
    lit = fit_head(people(300, 7, moved=1.5), known(), None, 10.0)
    many = people(8, 2, moved=1.5)
    one = Faces(many.probabilities, many.embeddings, many.labels, np.zeros_like(many.people), many.weights)
    assert select_head(one, known(lit)).name == "light"


def test_a_head_for_a_lamp_that_is_not_there_is_not_taken() -> None:
    elsewhere = fit_head(people(300, 7, moved=-3.0), known(), None, 10.0)
    assert not select_head(people(12, 2), known(elsewhere)).name.startswith("light")


def test_nobody_is_judged_by_a_head_that_has_seen_him() -> None:
    """A person whose labels are turned round is judged as the others say, so it gets worse, not better."""
    faces = people(12, 3, moved=1.5)
    labels = faces.labels.copy()
    odd = faces.people == 0
    labels[odd] = (labels[odd] + 1) % CLASSES
    choice = select_head(Faces(faces.probabilities, faces.embeddings, labels, faces.people, faces.weights), known())
    assert right(choice.held_out[odd], Faces(*(getattr(faces, n)[odd] for n in Faces.__slots__))) > 0.3


def test_a_network_that_is_only_too_certain_is_cooled_and_nothing_else() -> None:
    faces = people(40, 1)
    loud = softmax(3 * logits_of(faces.probabilities)).astype(np.float32)
    choice = select_head(Faces(loud, faces.embeddings, faces.labels, faces.people, faces.weights), known())
    assert choice.name == "temperature"
    assert choice.head.temperature > 1.8
    assert not choice.head.weights.any()


def test_without_faces_it_says_so() -> None:
    faces = people(2, 1)
    with pytest.raises(ValueError, match="no faces"):
        select_head(faces.only(np.zeros(len(faces), bool)), known())
