"""What looks in a venue after its calibration: the general network, or one for the lamp that was found."""

import numpy as np
import pytest

from calibration.fitting import Faces
from calibration.profile import Calibration, LightFound, RoomFound
from calibration.settings import EyeSettings, Shipped
from calibration.toml import BadFile
from models.classifier import SHIPPED, UNDER_LAMPS
from models.labels import LABELS
from models.venue_choice import BRIGHTEST, choose_for, network, seen_by
from models.venue_head import head_of, model_file

USUAL = network(SHIPPED)
LAMP = LightFound(azimuth_degrees=15, elevation_degrees=65, measured=True)
DARK = RoomFound(face_luminance=25)


def volunteers(sure: float, seed: int = 1, people: int = 6) -> Faces:
    """Each shows every emotion once, and a network gives it about this probability."""
    classes, chance = len(LABELS), np.random.default_rng(seed)
    labels = np.tile(np.arange(classes), people)
    right = np.clip(sure + 0.2 * chance.standard_normal(len(labels)), 0.05, 0.95).astype(np.float32)
    probabilities = np.repeat((1 - right)[:, None] / (classes - 1), classes, axis=1)
    probabilities[np.arange(len(labels)), labels] = right
    embeddings = chance.standard_normal((len(labels), 256)).astype(np.float32)
    return Faces(probabilities, embeddings, labels, np.arange(len(labels)) // classes, np.ones(len(labels)))


def chosen(venue: Calibration, usual: float = 0.6, **rivals: float) -> str:
    others = {name: volunteers(rivals.get(name, 0.62)) for name in UNDER_LAMPS}
    return choose_for(venue, USUAL, volunteers(usual, seed=2), others).classifier


@pytest.mark.parametrize(
    ("azimuth", "elevation", "name"),
    [(0, 60, "front"), (-25, 65, "front"), (70, 60, "side"), (-70, 60, "side")],
)
def test_in_the_dark_the_network_for_the_lamp_that_was_found_is_taken(
    azimuth: float, elevation: float, name: str
) -> None:
    lamp = LightFound(azimuth_degrees=azimuth, elevation_degrees=elevation, measured=True)
    assert chosen(Calibration(light=lamp, room=DARK)) == name


def test_volunteers_whom_one_reads_much_worse_speak_against_it() -> None:
    assert chosen(Calibration(light=LAMP, room=DARK), usual=0.8, front=0.3, side=0.3) == "general"


def test_where_the_lamp_is_not_known_the_general_network_stays() -> None:
    assert chosen(Calibration(room=DARK), front=0.65) == "general"


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 20), (70, 0), (90, -30), (-35, 30), (150, 60)])
def test_under_a_low_lamp_or_one_behind_the_head_the_general_network_stays(azimuth: float, elevation: float) -> None:
    low = LightFound(azimuth_degrees=azimuth, elevation_degrees=elevation, measured=True)
    assert chosen(Calibration(light=low, room=DARK), front=0.7, side=0.7) == "general"


def test_in_a_bright_room_the_general_network_stays() -> None:
    bright = Calibration(light=LAMP, room=RoomFound(face_luminance=BRIGHTEST + 1))
    assert chosen(bright, front=0.65) == "general"


def test_a_venue_with_a_network_of_its_own_keeps_it() -> None:
    venue = Calibration(light=LAMP, room=DARK)
    assert choose_for(venue, USUAL, volunteers(0.6), {}).classifier == "general"
    front = UNDER_LAMPS["front"]
    own = EyeSettings(classifier_file=str(front), classifier="side")
    assert model_file(own) == front
    assert seen_by(own) == network(front).card.sha256


def test_a_venue_of_before_is_asked_to_be_calibrated_again() -> None:
    """With the one network for lamps that there was: not refused as a wrong word, which no command would mend."""
    before = EyeSettings.model_validate({"classifier": "overhead"})
    made = Calibration(made="2026-11-25 20:00", model="1.0", model_sha256="f" * 64, renewed_by="chiaro calibrate hall")
    with pytest.raises(BadFile, match="run 'chiaro calibrate hall' to renew it"):
        head_of(made, before)


def test_the_venue_file_names_the_network_that_looks() -> None:
    assert model_file(EyeSettings()) == SHIPPED
    for name, file in UNDER_LAMPS.items():
        assert model_file(EyeSettings(classifier=name)) == file
    others = [network(file).card.sha256 for file in UNDER_LAMPS.values()]
    assert seen_by(EyeSettings()) == "+".join([USUAL.card.sha256, *others])


@pytest.mark.parametrize(("name", "lamp"), [("front", (0, 65)), ("side", (60, 60))])
def test_the_prior_of_each_network_says_how_much_better_it_is_under_its_lamps(
    name: Shipped, lamp: tuple[float, float]
) -> None:
    """Red after a new network was put in: run python -m models.make_prior FACES NETWORK --valid FACES."""
    prior = network(UNDER_LAMPS[name]).prior
    assert prior is not None
    expected = prior.expected(*lamp)
    assert expected is not None
    assert expected.gain > 0
    assert USUAL.prior is not None
    assert USUAL.prior.expected(*lamp) is None
