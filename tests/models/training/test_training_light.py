"""Training's light: who lends its fine detail."""

from dataclasses import replace

import numpy as np

from models.lighting.uneven_light import UnevenLight, Unevenness
from models.seeing.align import TEMPLATE
from models.training.training_light import lent_detail
from tests.models.even_light import EvenLight
from tests.models.two_kinds import two_kinds


def test_only_faces_at_rest_with_found_landmarks_lend() -> None:
    faces, five = two_kinds(8, 1), np.repeat(TEMPLATE[None], 8, axis=0).astype(np.float32)
    shares = np.zeros_like(faces.vote_shares)
    shares[:, 1] = 1
    assert lent_detail(replace(faces, vote_shares=shares), five, np.ones(8, np.bool_)) is None, "nobody is at rest"
    shares[2:4] = np.eye(8)[0]  # two are, one of them without landmarks
    at_rest = replace(faces, vote_shares=shares)
    assert lent_detail(at_rest, five, np.zeros(8, np.bool_)) is None
    one, both = (lent_detail(at_rest, five, found) for found in (np.arange(8) != 3, np.ones(8, np.bool_)))
    assert one
    assert both
    lone = one.draw(five, np.random.default_rng(1))
    same = lent_detail(at_rest.subset(np.array([2])), five[:1], np.ones(1, np.bool_))
    assert same
    assert np.allclose(lone, same.draw(five, np.random.default_rng(1)))
    assert not np.allclose(lone, both.draw(five, np.random.default_rng(1)))


def test_detail_lies_on_the_light_of_the_lamps_in_one_place_with_it() -> None:
    faces, five = two_kinds(8, 1), np.repeat(TEMPLATE[None], 40, axis=0).astype(np.float32)
    shares = np.repeat(np.eye(8, dtype=np.float32)[:1], 8, axis=0)
    detail = lent_detail(replace(faces, vote_shares=shares), five[:8], np.ones(8, np.bool_))
    nothing = Unevenness((0, 0), 0, (1, 1), smooth=0, edges=0, features=0, shine=0)
    light = UnevenLight(EvenLight(), nothing, detail).draw(five, np.random.default_rng(3))
    plain = np.ptp(light, axis=(1, 2)) < 1e-4
    assert 5 < plain.sum() < 30
    assert np.allclose(light[plain], 0.5, atol=1e-4)
    assert np.isfinite(light).all()
