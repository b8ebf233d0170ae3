"""A face's label in every light is, in part, what the network says of it in clean light."""

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("torch")

import torch

from models.seeing.align import prepare
from models.training.clean_answers import with_clean_answers
from models.training.network import create_network
from models.training.validation import predict
from tests.models.two_kinds import TINY, tiny_augmenter


def test_labels_take_their_share_of_the_answers_and_faces_without_one_stay_so() -> None:
    torch.manual_seed(1)
    network, plain = create_network(TINY.network), tiny_augmenter()
    with torch.no_grad():
        network.head.weight.mul_(60)  # so that it has opinions
    for image in plain.faces.images:
        image[:, :24] //= 4  # and a face is not its own mirror image
    shares = plain.faces.vote_shares.copy()
    shares[0] = 0
    plain = replace(plain, faces=replace(plain.faces, vote_shares=shares))
    half, whole = (with_clean_answers(plain, network, weight).faces.vote_shares for weight in (0.5, 1.0))
    assert np.allclose(half[1:].sum(1), 1, atol=1e-5)
    assert not half[0].any()
    assert np.allclose(half[1:], (shares[1:] + whole[1:]) / 2, atol=1e-6)
    mirrored = replace(plain.faces, images=tuple(np.ascontiguousarray(image[:, ::-1]) for image in plain.faces.images))
    turned = with_clean_answers(replace(plain, faces=mirrored), network, 1.0).faces.vote_shares
    seen, turned_seen = (prepare(np.stack(faces.images)) for faces in (plain.faces, mirrored))
    assert np.abs(predict(network, seen) - predict(network, turned_seen)).max() > 0.1
    assert np.abs(turned - whole).max() < 0.03, "the mean of a face and its mirror image"
