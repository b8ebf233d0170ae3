"""Training's light: who lends its fine detail."""

from dataclasses import replace

import numpy as np

from models.lighting.fine_detail import DetailedLight
from models.seeing.align import TEMPLATE
from models.training.training_light import with_detail
from tests.models.even_light import EvenLight
from tests.models.two_kinds import two_kinds


def test_only_faces_at_rest_with_found_landmarks_lend_and_without_any_the_light_stays_as_it_is() -> None:
    faces, five, light = two_kinds(8, 1), np.repeat(TEMPLATE[None], 8, axis=0).astype(np.float32), EvenLight()
    shares = np.zeros_like(faces.vote_shares)
    shares[:, 1] = 1
    assert with_detail(light, replace(faces, vote_shares=shares), five, np.ones(8, np.bool_)) is light
    shares[2:4] = np.eye(8)[0]  # two at rest, one of them without landmarks
    detailed = with_detail(light, replace(faces, vote_shares=shares.astype(np.float32)), five, np.arange(8) != 3)
    assert isinstance(detailed, DetailedLight)
    changed = detailed.draw(five, np.random.default_rng(1))
    assert np.ptp(changed) > 0.1
    assert with_detail(light, replace(faces, vote_shares=shares), five, np.zeros(8, np.bool_)) is light
