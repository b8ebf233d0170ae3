"""A venue's head from few faces: it helps where it can, and where it cannot the shipped network stays."""

import numpy as np
import pytest

from calibration.fitting import Faces, TrainingStatistics, best_temperature, choose, descend, fit
from calibration.head import VenueHead, logits_of, no_change, softmax

CLASSES, SIZE = 4, 12
RNG = np.random.default_rng(3)
MIDDLES = RNG.normal(0, 1.2, (CLASSES, SIZE))
TRUE = MIDDLES.T * 1.0
MOVED = RNG.normal(0, 1.0, SIZE)
"""What the room's light adds to every embedding, and the shipped network does not know."""


def people(count: int, seed: int, moved: float = 0.0, mix: tuple[float, ...] = (0.25,) * CLASSES) -> Faces:
    """``count`` people with five faces each, as a network trained without the room's light sees them."""
    rng = np.random.default_rng(seed)
    labels = rng.choice(CLASSES, 5 * count, p=mix)
    embeddings = MIDDLES[labels] + rng.normal(0, 1.4, (5 * count, SIZE)) + moved * MOVED
    bias = -0.5 * (MIDDLES**2).sum(1)
    probabilities = softmax((embeddings @ TRUE + bias) / 1.96)
    who = np.repeat(np.arange(count), 5)
    return Faces(probabilities.astype(np.float32), embeddings.astype(np.float32), labels, who, np.ones(5 * count))


def known(lit: VenueHead | None = None) -> TrainingStatistics:
    return TrainingStatistics(np.zeros(SIZE), 1.5, np.full(CLASSES, 1 / CLASSES), lit)


def right(probabilities: np.ndarray, faces: Faces) -> float:
    return float((probabilities.argmax(1) == faces.labels).mean())


@pytest.mark.parametrize("seed", range(4))
def test_a_room_that_changes_every_face_is_learned_from_twelve_people(seed: int) -> None:
    choice = choose(people(12, seed, moved=1.5), known())
    others = people(200, 99, moved=1.5)
    after = choice.head(others.probabilities, others.embeddings)
    assert right(after, others) > right(others.probabilities, others) + 0.05


@pytest.mark.parametrize("seed", range(8))
def test_where_the_shipped_network_is_already_right_nothing_is_lost(seed: int) -> None:
    choice = choose(people(4, seed), known())
    others = people(200, 99)
    after = choice.head(others.probabilities, others.embeddings)
    assert right(after, others) >= right(others.probabilities, others) - 0.01


def test_volunteers_who_showed_something_else_change_nothing() -> None:
    faces = people(8, 5)
    wrong = np.random.default_rng(1).permutation(faces.labels)
    choice = choose(Faces(faces.probabilities, faces.embeddings, wrong, faces.people, faces.weights), known())
    others = people(200, 99)
    assert right(choice.head(others.probabilities, others.embeddings), others) >= right(others.probabilities, others)


def test_one_person_alone_fits_nothing() -> None:
    faces = people(1, 2, moved=1.5)
    assert choose(faces, known()).name == "shipped"


def test_a_head_known_for_the_lamp_is_taken_even_from_one_person() -> None:
    lit = fit(people(300, 7, moved=1.5), known(), None, 10.0)
    many = people(8, 2, moved=1.5)
    one = Faces(many.probabilities, many.embeddings, many.labels, np.zeros_like(many.people), many.weights)
    assert choose(one, known(lit)).name == "light"


def test_a_head_for_a_lamp_that_is_not_there_is_not_taken() -> None:
    elsewhere = fit(people(300, 7, moved=-3.0), known(), None, 10.0)
    assert not choose(people(12, 2), known(elsewhere)).name.startswith("light")


def test_asking_for_every_emotion_as_often_does_not_make_rare_ones_common() -> None:
    usual = (0.7, 0.1, 0.1, 0.1)
    room = TrainingStatistics(np.zeros(SIZE), 1.5, np.array(usual))
    shipped = people(400, 8, mix=usual)
    head = fit(people(30, 4), room, no_change(SIZE, CLASSES), 300.0)
    before = shipped.probabilities.mean(0)
    after = head(shipped.probabilities, shipped.embeddings).mean(0)
    assert np.abs(after - before).max() < 0.1


def test_nobody_is_judged_by_a_head_that_has_seen_him() -> None:
    """A person whose labels are turned round is judged as the others say, so it gets worse, not better."""
    faces = people(12, 3, moved=1.5)
    labels = faces.labels.copy()
    odd = faces.people == 0
    labels[odd] = (labels[odd] + 1) % CLASSES
    choice = choose(Faces(faces.probabilities, faces.embeddings, labels, faces.people, faces.weights), known())
    assert right(choice.left_out[odd], Faces(*(getattr(faces, n)[odd] for n in Faces.__slots__))) > 0.3


def test_the_descent_ends_where_the_gradient_is_nothing() -> None:
    faces = people(20, 1, moved=1.0)
    logits, features = logits_of(faces.probabilities), faces.embeddings.astype(np.float64)
    targets = np.eye(CLASSES)[faces.labels]
    w = descend(logits, features, targets, faces.weights, 30.0)
    gradient = features.T @ (softmax(logits + features @ w) - targets) + 30.0 * w
    assert np.abs(gradient).max() < 1e-2


def test_a_network_that_is_only_too_certain_is_cooled_and_nothing_else() -> None:
    faces = people(40, 1)
    loud = softmax(3 * logits_of(faces.probabilities)).astype(np.float32)
    choice = choose(Faces(loud, faces.embeddings, faces.labels, faces.people, faces.weights), known())
    assert choice.name == "temperature"
    assert choice.head.temperature > 1.8
    assert not choice.head.weights.any()


def test_too_certain_a_network_is_cooled() -> None:
    faces = people(40, 1)
    assert best_temperature(3 * logits_of(faces.probabilities), faces) > 1.8


def test_without_faces_it_says_so() -> None:
    faces = people(2, 1)
    with pytest.raises(ValueError, match="no faces"):
        choose(faces.only(np.zeros(len(faces), bool)), known())
