"""Labels that hold in every light: what a network says of a face in clean light is learned for it in the dark too."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.evaluation.landmarks import aligned_faces
from models.seeing.align import prepare
from models.training.augment import Augmenter
from models.training.network import EmotionNet
from models.training.validation import predict

PART = 1024
"""Faces that are prepared at once."""


def with_clean_answers(augmenter: Augmenter, network: EmotionNet, weight: float) -> Augmenter:
    """The same faces, ``weight`` of each label being the network's answer to the face as it is and mirrored.

    Faces in which nobody saw an emotion stay without a label. It is distillation (Hinton et al. 2015) of a network
    into itself; the pairs of one face in two lights have the same label by that.
    """
    faces = augmenter.faces
    answers = np.empty_like(faces.vote_shares)
    for start in range(0, len(faces), PART):
        part = slice(start, start + PART)
        seen = prepare(aligned_faces(faces.images[part], augmenter.landmarks[part]))
        answers[part] = (predict(network, seen) + predict(network, np.ascontiguousarray(seen[..., ::-1]))) / 2
    shares = (1 - weight) * faces.vote_shares + weight * answers
    shares[faces.vote_shares.sum(1) == 0] = 0
    return replace(augmenter, faces=replace(faces, vote_shares=shares.astype(np.float32)))
