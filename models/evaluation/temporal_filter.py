"""A temporal network in the place of the judgement's filter, for the comparison only: its looks and its state.

The networks see more of a look than its probabilities: the classifier's embedding, or the small face. What the courses
of the decision's bench keep of a look is its probabilities; so the rest is remembered beside them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile
from models.arrays import Doubles, Floats, Gray
from models.estimate import EmotionEstimate
from models.judging.smoothing import log_probabilities, softmax
from models.seeing.classifier import Classifier
from models.seeing.session import about_the_file, open_session

SMALL = 32
"""Side of the faces that a ConvLSTM sees."""
LOOKS_OF = "looks_of"
"""Key of the metadata of a network's file."""


def small_faces(faces: Gray) -> Gray:
    """Aligned faces (n, 64, 64) at half of their size."""
    return np.stack([cv2.resize(face, (SMALL, SMALL), interpolation=cv2.INTER_AREA) for face in faces])


class Looks:
    """A classifier that remembers what the networks see of each look, by the look's probabilities.

    (Those are never twice the same.)
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classify = classifier.classify
        self.provider, self.line = classifier.provider, classifier.line
        self._seen: dict[bytes, tuple[Floats, Gray]] = {}
        self.embedding_size = classifier.embedding_size

    def classify(self, faces: Gray) -> tuple[Floats, Floats]:
        """As the classifier; remembers."""
        probabilities, embeddings = self._classify(faces)
        for row, embedding, face in zip(probabilities, embeddings, small_faces(faces), strict=True):
            self._seen[row.tobytes()] = (embedding.astype(np.float32), face)
        return probabilities, embeddings

    def of(self, probabilities: Floats) -> tuple[Floats, Gray]:
        """Embedding (d,) and small face (32, 32) of a look; zeros for a face that is none."""
        nothing = np.zeros(self.embedding_size, np.float32), np.zeros((SMALL, SMALL), np.uint8)
        return self._seen.get(probabilities.tobytes(), nothing)


class TemporalNetwork:
    """A network that ``chiaro train temporal`` has written. Raises ``BadFile``."""

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        with about_the_file(path):
            self._session = open_session(path)
            inputs = {one.name: one.shape for one in self._session.get_inputs()}
            if "state" not in inputs:
                raise BadFile(path, ["is no network of `chiaro train temporal`: it keeps no state between looks"])
            self.state_size = int(inputs["state"][1])
            self.looks_of = self._session.get_modelmeta().custom_metadata_map.get(LOOKS_OF, "").strip('"')
            """sha256 of the classifier from whose looks it has learned; '': its file does not say."""
        self._inputs = set(inputs)

    def step(self, look: dict[str, Floats], state: Floats) -> tuple[Floats, Floats]:
        """Logits (8,) after one look, and the new state. ``look``: rows by the names of the network's inputs."""
        rows = {name: value for name, value in look.items() if name in self._inputs}
        logits, state = self._session.run(None, {**rows, "state": state})
        return logits[0], state


class TemporalFilter:
    """One visitor's looks, smoothed by a network: in the place of ``ExponentialFilter``."""

    def __init__(self, network: TemporalNetwork, looks: Looks) -> None:
        self._network, self._looks = network, looks
        self._state = np.zeros((1, network.state_size), np.float32)

    def update(self, estimate: EmotionEstimate, offset: Doubles, seconds: float) -> Doubles:
        """Add one look, ``seconds`` after the last one. Returns the (8,) probabilities.

        ``offset``: what the visitor's resting face shows of each emotion; subtracted from the answer.
        """
        embedding, face = self._looks.of(estimate.probabilities)
        light = face.astype(np.float32)
        light = (light - light.mean()) / max(float(light.std()), 1.0)
        look = {
            "logs": log_probabilities(estimate.probabilities).astype(np.float32)[None],
            "embedding": embedding[None],
            "seconds": np.array([[seconds]], np.float32),
            "quality": np.array([[estimate.quality]], np.float32),
            "face": light[None, None],
        }
        logits, self._state = self._network.step(look, self._state)
        return softmax(logits.astype(np.float64) - offset)
