"""The light of training: heads of many shapes, and what geometry leaves out drawn at random, on the landmarks."""

import numpy as np
import pytest

from models.arrays import Floats
from models.lighting.relight import Lamp, LampBank, direction, lit
from models.lighting.uneven_light import UnevenLight, Unevenness
from models.lighting.varied_heads import varied_heads
from models.seeing.align import TEMPLATE
from tests.models.even_light import EvenLight

NOTHING = Unevenness(misplaced=(0, 0), second_lamp=0, contrast=(1, 1), smooth=0, edges=0, features=0, shine=0)


def drawn(unevenness: Unevenness, landmarks: Floats, seed: int = 3) -> Floats:
    """What becomes of even light on faces with these landmarks."""
    return UnevenLight(EvenLight(), unevenness).draw(landmarks, np.random.default_rng(seed))


def template(count: int) -> Floats:
    """Landmarks of ``count`` faces."""
    return np.repeat(TEMPLATE[None], count, axis=0)


def test_heads_differ_in_shape_and_some_wear_what_throws_a_shadow_on_the_forehead() -> None:
    heads = varied_heads(seed=5)
    again, other = varied_heads(seed=5), varied_heads(seed=6)
    assert np.array_equal(heads.depth, again.depth)
    assert not np.array_equal(heads.depth, other.depth)
    assert heads.normals.shape == (*heads.depth.shape, 3)
    assert np.allclose(np.linalg.norm(heads.normals, axis=-1), 1, atol=1e-5)
    forehead = lit(heads, direction(0, 60))[:, 24:30, 40:56]  # above the eyes, which lie in row 41
    shaded = (forehead < 0.05).mean(axis=(1, 2)) > 0.2
    assert 0.03 < shaded.mean() < 0.4
    nose = heads.depth[:, 50:58, 44:52].max(axis=(1, 2))
    brimmed = heads.depth[:, :38].max(axis=(1, 2)) > nose + 1
    assert 0.03 < brimmed.mean() < 0.25, "a cap's brim stands out farther than the nose"


def test_a_nose_throws_its_shadow_away_from_the_lamp() -> None:
    heads = varied_heads(seed=5, variants=1)
    from_left, from_right = (lit(heads, direction(side * 60, 20))[:, 50:56, 38:58] for side in (-1, 1))
    assert (from_left[:, :, :8].mean() - from_left[:, :, 12:].mean()) > 0.1, "bright on the lamp's side"
    assert (from_right[:, :, 12:].mean() - from_right[:, :, :8].mean()) > 0.1


def test_with_nothing_uneven_the_light_is_that_of_the_lamps() -> None:
    assert np.allclose(drawn(NOTHING, template(4)), 0.5, atol=1e-5)


def test_each_kind_of_unevenness_changes_its_share_of_the_faces_and_gives_no_face_light_that_is_none() -> None:
    kinds: tuple[Unevenness, ...] = (
        Unevenness((0, 0), 0, (1, 1), smooth=0.5, edges=0, features=0, shine=0),
        Unevenness((0, 0), 0, (1, 1), smooth=0, edges=0.5, features=0, shine=0),
        Unevenness((0, 0), 0, (1, 1), smooth=0, edges=0, features=0.5, shine=0),
    )
    for kind in kinds:
        light = drawn(kind, template(60))
        changed = np.ptp(light, axis=(1, 2)) > 1e-3
        assert 15 < changed.sum() < 45
        assert np.isfinite(light).all()
        assert (light > 0).all()


def test_dark_sockets_lie_on_the_eyes_wherever_those_are() -> None:
    sockets = Unevenness((0, 0), 0, (1, 1), smooth=0, edges=0, features=1, feature_depth=(1.0, 1.2), shine=0)
    away = np.repeat([-6, 6], 10)
    light = drawn(sockets, template(20) + np.stack([away, 0 * away], axis=1)[:, None].astype(np.float32))
    for side in (-6, 6):
        eye, beside = (light[away == side, 25, column + side].mean() for column in (19, 31))
        assert eye < 0.6 * beside


def test_a_steep_light_is_steeper() -> None:
    lamps = LampBank(varied_heads(seed=5, variants=1).first(2), [Lamp(20, 50, 5)])
    soft, steep = (
        UnevenLight(lamps, Unevenness((0, 0), 0, (k, k), smooth=0, edges=0, features=0, shine=0)).draw(
            template(6), np.random.default_rng(1)
        )
        for k in (0.7, 1.5)
    )
    assert np.log(steep).std() > 1.8 * np.log(soft).std()


def test_a_light_comes_to_lie_off_the_face_as_a_whole_and_in_its_parts_by_more_or_less() -> None:
    seen: list[Floats] = []

    class Recording(EvenLight):
        def draw(self, landmarks: Floats, rng: np.random.Generator) -> Floats:
            seen.append(landmarks)
            return super().draw(landmarks, rng)

    for most in ((0.0, 0.0), (5.0, 0.0), (0.0, 2.5)):
        rough = Unevenness(most, 0, (1, 1), smooth=0, edges=0, features=0, shine=0)
        UnevenLight(Recording(), rough).draw(template(400), np.random.default_rng(1))
    exact, moved, bent = (places - TEMPLATE for places in seen)
    assert np.abs(exact).max() < 1e-5
    assert np.ptp(moved, axis=1).max() < 1e-4, "the light keeps its shape"
    assert moved[:, 0].std() == pytest.approx(5 / np.sqrt(3), rel=0.15)
    assert bent.std() == pytest.approx(2.5 / np.sqrt(3), rel=0.15)
    assert np.percentile(np.abs(moved[:, 0]).max(axis=1), 15) < 0.8, "some lie where they belong"
