"""The faces that courses are made of: photographed ones at rest or with an expression, computed ones in many poses.

Each is linear light on a canvas of 96 pixels, aligned, with a margin around: any two can be blended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from calibration.array_file import FLOAT_CUBE, load_arrays
from models.arrays import Floats
from models.darkroom.rendered import render_head
from models.evaluation.dataset import LabelledFaces
from models.labels import LABELS
from models.lighting.exposure import linear
from models.lighting.relight import MARGIN, Lamp, LampBank
from models.rendering.mesh import Mesh
from models.rendering.people import BLINK, EXPRESSIONS, RELAXED, people
from models.seeing.align import SIDE, similarity

CANVAS = SIDE + 2 * MARGIN
CLEAR_VOTES = 0.7
READABLE = {"happiness": (0.35, 0.65, 1.0), "surprise": (0.35, 1.0), "sadness": (0.35, 0.65, 1.0), "anger": (0.65, 1.0)}
"""Computed expressions that the classifier reads at all, at the strengths that are computed. (Fear is read as surprise,
disgust as anger, contempt as neutral.)"""
JAWS = {"jaw1": 0.08, "jaw2": 0.2, "jaw3": 0.4}
LIPS = {
    "funnel": {"jawOpen": 0.15, "mouthFunnel": 0.6},
    "pucker": {"jawOpen": 0.05, "mouthPucker": 0.7},
    "press": {"mouthPress": 0.7, "mouthRollLower": 0.3},
    "stretch": {"jawOpen": 0.1, "mouthStretch": 0.5, "mouthLowerDown": 0.3},
}
TURNS = {"left2": (-26, 0), "left1": (-13, 0), "right1": (13, 0), "right2": (26, 0), "up": (0, -10), "down": (0, 12)}
Face = tuple[Floats, Floats]
"""Linear light (96, 96), landmarks (5, 2) in its pixels."""


@dataclass(eq=False)
class Stills:
    """Photographed faces by label, relit when they are asked for."""

    lamps: LampBank
    by_label: dict[str, list[Face]] = field(default_factory=lambda: {label: [] for label in LABELS})

    def labels(self) -> list[str]:
        """Emotions of which there are faces, neutral left out."""
        return [label for label in LABELS[1:] if self.by_label[label]]

    def draw(self, label: str, rng: np.random.Generator) -> Face:
        """One of the faces with this label, as it was photographed."""
        return self.by_label[label][rng.integers(len(self.by_label[label]))]

    def under(self, face: Face, seed: int) -> Face:
        """The face under the lamp of this seed, or (one in five) in the light in which it was photographed."""
        rng = np.random.default_rng(seed)
        if rng.random() < 0.2:
            return face
        factors = self.lamps.draw((face[1] - MARGIN)[None].astype(np.float32), rng)[0]
        return face[0] * np.pad(factors, MARGIN, mode="edge"), face[1]


def clear_faces(faces: LabelledFaces, a_label: int, seed: int) -> LabelledFaces:
    """Faces on which the annotators agreed: ``a_label`` of each label, of neutral four times as many."""
    rng = np.random.default_rng(seed)
    clear = (faces.labels >= 0) & (faces.vote_shares.max(axis=1) >= CLEAR_VOTES)
    chosen = [
        rng.permutation(np.flatnonzero(clear & (faces.labels == k)))[: a_label if k else 4 * a_label]
        for k in range(len(LABELS))
    ]
    return faces.subset(np.concatenate(chosen))


def make_stills(faces: LabelledFaces, landmarks: Floats, lamps: LampBank) -> Stills:
    """Align each face on its canvas."""
    stills = Stills(lamps)
    for image, five, label in zip(faces.images, landmarks, faces.labels, strict=True):
        stills.by_label[LABELS[label]].append(on_canvas(linear(image), five))
    return stills


def on_canvas(light: Floats, landmarks: Floats) -> Face:
    """Light with landmarks in its pixels, aligned on a canvas."""
    turn = similarity(landmarks.astype(np.float64))
    turn[:, 2] += MARGIN
    size = (CANVAS, CANVAS)
    laid = cv2.warpAffine(light, turn, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = landmarks @ turn[:, :2].T + turn[:, 2]
    return np.asarray(np.maximum(laid, 0), np.float32), moved.astype(np.float32)


def poses() -> dict[str, tuple[dict[str, float], tuple[float, float]]]:
    """Shapes and turn (yaw, pitch) of each pose in which a computed person is kept."""
    kept: dict[str, tuple[dict[str, float], tuple[float, float]]] = {"rest": ({}, (0, 0)), "blink": (BLINK, (0, 0))}
    kept |= {name: ({"jawOpen": jaw}, (0, 0)) for name, jaw in JAWS.items()}
    kept |= {name: (shapes, (0, 0)) for name, shapes in LIPS.items()}
    kept |= {name: ({}, turn) for name, turn in TURNS.items()}
    for label, strengths in READABLE.items():
        for strength in strengths:
            shapes = {shape: weight * strength for shape, weight in EXPRESSIONS[label].items()}
            kept[f"{label} {strength}"] = (shapes, (0, 0))
    return kept


@dataclass(eq=False)
class Computed:
    """Computed people, each in every pose."""

    light: NDArray[np.float16]
    """(people, poses, 96, 96)"""
    landmarks: Floats
    """(people * poses, 5, 2)"""

    def face(self, person: int, pose: str) -> Face:
        """A person in a pose."""
        names = list(poses())
        k = names.index(pose)
        return self.light[person, k].astype(np.float32), self.landmarks[person * len(names) + k]

    def __len__(self) -> int:
        return len(self.light)


def compute_people(mesh: Mesh, count: int, seed: int, progress: Callable[[float], None]) -> Computed:
    """Render each person, turned a little and under a lamp of its own, in every pose: 0.3 s a picture."""
    rng = np.random.default_rng(seed)
    light, landmarks = [], []
    for k, person in enumerate(people(count, len(mesh.identities), seed)):
        progress(k / count)
        lamp = Lamp(rng.uniform(-60, 60), rng.uniform(25, 80), float(np.exp(rng.uniform(np.log(4), np.log(25)))))
        yaw, pitch, body = rng.normal(0, 6), rng.normal(4, 5), int(rng.integers(2**31))
        for shapes, turn in poses().values():
            pose = {shape: RELAXED.get(shape, 0) + shapes.get(shape, 0) for shape in {**RELAXED, **shapes}}
            head = render_head(
                mesh, person, pose, (yaw + turn[0], pitch + turn[1]), [lamp], np.random.default_rng(body)
            )[0]
            face, five = on_canvas(head.light, head.landmarks)
            light.append(face.astype(np.float16))
            landmarks.append(five)
    shape = (count, len(poses()), CANVAS, CANVAS)
    return Computed(np.stack(light).reshape(shape), np.stack(landmarks))


def kept_people(path: Path, make: Callable[[], Computed]) -> Computed:
    """The people of a file, which is made when it is not there. Raises ``BadFile``."""
    if not path.is_file():
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        np.savez(part, light=made.light.reshape(-1, CANVAS, CANVAS), landmarks=made.landmarks)
        part.replace(path)
    file = load_arrays(path, {"light": FLOAT_CUBE, "landmarks": FLOAT_CUBE}, 2_000_000_000)
    return Computed(file["light"].reshape(-1, len(poses()), CANVAS, CANVAS), file["landmarks"])
