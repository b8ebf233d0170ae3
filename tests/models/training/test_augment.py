"""Augmented faces are the same for a seed, and what was not changed is what the camera loop sees."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")


from models.seeing.align import SIDE, TEMPLATE, prepare
from models.training.augment import AugmentConfig, Augmenter
from tests.models.two_kinds import tiny_augmenter, two_kinds


def test_a_batch_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    chosen = np.arange(32)
    one, same, other = (tiny_augmenter().batch(chosen, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one.shape == (32, 1, SIDE, SIDE)
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    assert np.abs(one.mean(axis=(1, 2, 3))).max() < 1e-3, "prepared as at the camera"


def test_a_face_that_is_not_changed_is_the_face_that_the_camera_loop_sees() -> None:
    still = AugmentConfig(0, 0, 0, 0, relight_probability=0, exposure_probability=0, erase_probability=0)
    augmenter = Augmenter(two_kinds(40, 1), np.repeat(TEMPLATE[None], 40, axis=0), still, None)
    seen = augmenter.batch(np.arange(40), np.random.default_rng(1))
    plain = prepare(np.stack(augmenter.faces.images))
    turned = np.minimum(*(np.abs(view - plain).mean(axis=(1, 2, 3)) for view in (seen, seen[..., ::-1])))
    assert turned.max() < 0.2, "but for the mirror and the bent contrast"


def test_without_relighting_as_many_faces_are_darkened_so_that_only_the_relighting_differs() -> None:
    five = np.repeat(TEMPLATE[None], 40, axis=0)
    plain, darkened = (
        Augmenter(
            two_kinds(40, 1),
            five,
            AugmentConfig(relight_probability=relit, exposure_probability=0, erase_probability=0),
            None,
        ).batch(np.arange(40), np.random.default_rng(5))
        for relit in (0.0, 0.5)
    )
    changed = np.abs(plain - darkened).mean(axis=(1, 2, 3)) > 1e-3
    assert 10 < changed.sum() < 30


def test_a_rectangle_of_a_face_is_really_erased() -> None:
    five = np.repeat(TEMPLATE[None], 20, axis=0)
    bare, hidden = (
        Augmenter(
            two_kinds(20, 1),
            five,
            AugmentConfig(relight_probability=0, exposure_probability=0, erase_probability=share),
            None,
        ).batch(np.arange(20), np.random.default_rng(5))
        for share in (0.0, 1.0)
    )
    assert (np.abs(bare - hidden).max(axis=(1, 2, 3)) > 0.3).mean() > 0.8


def test_small_faces_have_coarser_noise() -> None:
    """Neighbouring pixels of a face that was enlarged differ less than those of one that was taken at its size."""
    five = np.repeat(TEMPLATE[None], 60, axis=0)
    still = {"rotation_degrees": 0, "scale": 0, "aspect": 0, "translate_pixels": 0}
    flat = two_kinds(60, 1)
    flat = replace(flat, images=tuple(np.full((SIDE, SIDE), 90, np.uint8) for _ in flat.images))
    rough = []
    for small in (0.0, 1.0):
        config = AugmentConfig(
            **still, exposure_probability=1, face_means=(12, 12), erase_probability=0, small_probability=small
        )
        seen = Augmenter(flat, five, config, None).pictures(np.arange(60), np.random.default_rng(3)).astype(float)
        noise = seen - seen.mean(axis=(1, 2), keepdims=True)
        rough.append((noise[:, :, 1:] * noise[:, :, :-1]).mean() / (noise**2).mean())
    assert rough[0] < 0.35 < rough[1] - 0.1


def test_more_faces_are_learned_from_after_those_that_were_there() -> None:
    few, more = tiny_augmenter(8), two_kinds(4, 2)
    both = few.with_more(more, np.repeat(TEMPLATE[None], 4, axis=0))
    assert len(both.faces) == len(both.landmarks) == 12
    assert np.array_equal(both.faces.images[8], more.images[0])
    assert both.faces.labels.tolist() == [*few.faces.labels, *more.labels]


def test_the_own_relief_of_relit_faces_grows_or_fades() -> None:
    five = np.repeat(TEMPLATE[None], 20, axis=0)
    plain, other = (
        Augmenter(
            two_kinds(20, 1),
            five,
            AugmentConfig(relight_probability=1, relief_probability=share, exposure_probability=0, erase_probability=0),
            tiny_augmenter().lamps,
        )
        .pictures(np.arange(20), np.random.default_rng(5))
        .astype(int)
        for share in (0.0, 1.0)
    )
    assert (np.abs(plain - other).max(axis=(1, 2)) > 3).mean() > 0.8
