"""What looks in a venue after its calibration: the general network, or the one for lamps overhead."""

import numpy as np

from calibration.fitting import Faces
from calibration.profile import Calibration, LightFound, RoomFound
from calibration.settings import EyeSettings
from models.classifier import OVERHEAD, SHIPPED
from models.labels import LABELS
from models.venue_choice import BRIGHTEST, choose_for, network, seen_by
from models.venue_head import model_file

USUAL = network(SHIPPED)
LAMP = LightFound(azimuth_degrees=15, elevation_degrees=65, measured=True)
DARK = RoomFound(face_luminance=25)


def volunteers(sure: float, size: int, people: int = 6) -> Faces:
    """Each shows every emotion once, and a network gives it this probability."""
    classes = len(LABELS)
    labels = np.tile(np.arange(classes), people)
    probabilities = np.full((len(labels), classes), (1 - sure) / (classes - 1), np.float32)
    probabilities[np.arange(len(labels)), labels] = sure
    embeddings = np.random.default_rng(1).standard_normal((len(labels), size)).astype(np.float32)
    return Faces(probabilities, embeddings, labels, np.arange(len(labels)) // classes, np.ones(len(labels)))


def chosen(venue: Calibration, usual: float = 0.6, rival: float | None = 0.6) -> str:
    other = None if rival is None else volunteers(rival, 256)
    return choose_for(venue, USUAL, volunteers(usual, 256), other).classifier


def test_under_a_lamp_overhead_in_the_dark_its_network_is_taken() -> None:
    assert chosen(Calibration(light=LAMP, room=DARK), rival=0.65) == "overhead"


def test_volunteers_whom_it_reads_much_worse_speak_against_it() -> None:
    assert chosen(Calibration(light=LAMP, room=DARK), usual=0.8, rival=0.3) == "general"


def test_where_the_lamp_is_not_known_the_general_network_stays() -> None:
    assert chosen(Calibration(room=DARK), rival=0.65) == "general"


def test_in_a_bright_room_the_general_network_stays() -> None:
    bright = Calibration(light=LAMP, room=RoomFound(face_luminance=BRIGHTEST + 1))
    assert chosen(bright, rival=0.65) == "general"


def test_a_venue_with_a_network_of_its_own_keeps_it() -> None:
    assert chosen(Calibration(light=LAMP, room=DARK), rival=None) == "general"
    own = EyeSettings(classifier_file=str(OVERHEAD), classifier="overhead")
    assert model_file(own) == OVERHEAD
    assert seen_by(own) == network(OVERHEAD).card.sha256


def test_the_venue_file_names_the_network_that_looks() -> None:
    assert model_file(EyeSettings()) == SHIPPED
    assert model_file(EyeSettings(classifier="overhead")) == OVERHEAD
    assert seen_by(EyeSettings()) == f"{USUAL.card.sha256}+{network(OVERHEAD).card.sha256}"


def test_the_prior_of_the_network_for_lamps_overhead_says_how_much_better_it_is() -> None:
    """Red after a new network was put in: run python -m models.make_prior FACES OVERHEAD --valid FACES."""
    prior = network(OVERHEAD).prior
    assert prior is not None
    expected = prior.expected(0.0, 65.0)
    assert expected is not None
    assert expected.gain > 0
    assert USUAL.prior is not None
    assert USUAL.prior.expected(0.0, 65.0) is None
