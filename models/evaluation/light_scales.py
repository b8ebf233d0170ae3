"""What in a light makes faces hard to read: its broad part or its fine one, and on which part of the face.

Run as ``python -m models.evaluation.light_scales CLEAN LIT [MODEL]``: two contact sheets of the same faces, in even
light and in another; rows of LIT are found in CLEAN by their ``id``. The light of a face is LIT over CLEAN, a quotient
image (Shashua and Riklin-Raviv 2001), split at Gaussian blurs in the logarithm, where the two parts multiply.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from calibration.errors import BadFile, BadInput
from calibration.program import run_program, say
from models.arrays import Floats, Gray
from models.evaluation.csv_rows import named_rows
from models.evaluation.dataset import LabelledFaces, read_faces
from models.evaluation.evaluate import classify_all
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.seeing.classifier import Classifier, open_classifier

SCALES = (1.0, 1.5, 2.0, 3.0, 5.0)
"""Deviations of the blur, in pixels of the sheet's 48."""
SPLIT = 3.0
"""That of them between broad and fine where parts of the face are told."""
MEAN = 60.0
"""Gray level that every face is brought to, so that darkness costs the same everywhere."""


def split_light(clean: Floats, lit: Floats, scale: float) -> tuple[Floats, Floats]:
    """Logarithms of the light that made ``lit`` of ``clean`` (n, h, w), gray levels: its broad part and its fine one.

    Dark places say little of the light, so they weigh less in the blur. Each light has the mean 0.
    """
    weight = np.clip(np.minimum(clean / 40, lit / 10), 0.02, 1).astype(np.float32)
    light = np.log((lit + np.float32(0.5)) / (clean + np.float32(0.5)))
    light -= (light * weight).sum((1, 2), keepdims=True) / weight.sum((1, 2), keepdims=True)
    light = np.clip(light, -3, 3)
    broad = np.stack([_blurred(a * w, scale) / _blurred(w, scale) for a, w in zip(light, weight, strict=True)])
    return broad, np.asarray(light - broad, np.float32)


def under(clean: Floats, light: Floats) -> Gray:
    """The faces (n, h, w) under a light given in logarithms, each at the same mean gray level."""
    seen = clean * np.exp(light)
    return np.asarray(np.clip(seen * (MEAN / seen.mean((1, 2), keepdims=True)) + 0.5, 0, 255), np.uint8)


def scales(clean: LabelledFaces, lit: LabelledFaces, classifier: Classifier) -> list[tuple[str, float]]:
    """What is seen, and how much of it is read right (accuracy): faces of 48 pixels, the same ones in the same order.

    All are aligned by the landmarks of the clean ones, so that what is told is the light's alone.
    """
    landmarks, _ = find_landmarks(clean.images)
    faces, seen = (np.stack(sheet.images).astype(np.float32) for sheet in (clean, lit))

    def accuracy(pictures: Gray) -> float:
        answers = classify_all(classifier, aligned_faces(list(pictures), landmarks))
        return float((answers.argmax(axis=1) == clean.labels).mean())

    read = [("clean", accuracy(under(faces, np.zeros_like(faces)))), ("as lit", accuracy(seen.astype(np.uint8)))]
    for scale in SCALES:
        broad, fine = split_light(faces, seen, scale)
        read.append((f"light broader than {scale:g}", accuracy(under(faces, broad))))
        read.append((f"light finer than {scale:g}", accuracy(under(faces, fine))))
    broad, fine = split_light(faces, seen, SPLIT)
    for name, place in places(landmarks, faces.shape[1:]).items():
        read.append((f"fine at the {name} alone", accuracy(under(faces, broad + place * fine))))
        read.append((f"fine but at the {name}", accuracy(under(faces, broad + (1 - place) * fine))))
    return read


def places(landmarks: Floats, shape: tuple[int, ...]) -> dict[str, Floats]:
    """Parts of faces with these landmarks (n, 5, 2) as weights (n, *shape), 1 inside and 0 outside, soft between."""
    left, right, nose, corner, other = landmarks.swapaxes(0, 1)
    apart = np.asarray(np.linalg.norm(right - left, axis=1), np.float32)
    eyes = (_ellipse(eye, 0.4 * apart, 0.33 * apart, shape) for eye in (left, right))
    mouth = _ellipse((corner + other) / 2, 0.62 * apart, 0.33 * apart, shape)
    return {"eyes": np.maximum(*eyes), "nose": _ellipse(nose, 0.37 * apart, 0.33 * apart, shape), "mouth": mouth}


def _ellipse(middle: Floats, wide: Floats, high: Floats, shape: tuple[int, ...]) -> Floats:
    y, x = np.mgrid[: shape[0], : shape[1]]
    middle, wide, high = middle[:, :, None, None], wide[:, None, None], high[:, None, None]
    away = np.hypot((x - middle[:, 0]) / wide, (y - middle[:, 1]) / high)
    return np.asarray(1 / (1 + np.exp(6 * (away - 1))), np.float32)


def matched(clean: Path, lit: Path) -> tuple[LabelledFaces, LabelledFaces]:
    """The labelled faces of both sheets in the order of ``lit``. Raises ``BadFile`` for faces that ``clean`` lacks."""
    rows = {row["id"]: k for k, (_, row) in enumerate(named_rows(clean.with_suffix(".csv"), ("id",)))}
    names = [row["id"] for _, row in named_rows(lit.with_suffix(".csv"), ("id",))]
    if lacking := [name for name in names if name not in rows]:
        raise BadFile(
            lit, [f"{len(lacking)} of {len(names)} faces are not in {clean.name}; the first has id {lacking[0]}"]
        )
    faces, seen = read_faces(clean).subset(np.array([rows[name] for name in names], np.int64)), read_faces(lit)
    labelled = np.flatnonzero(faces.labels >= 0)
    return faces.subset(labelled), seen.subset(labelled)


def _blurred(picture: Floats, scale: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), scale), np.float32)


def main() -> None:
    """Print a line for each part of the light."""
    if not 3 <= len(sys.argv) <= 4:
        raise BadInput("expected two contact sheets of the same faces: CLEAN LIT [MODEL]")
    clean, lit = matched(Path(sys.argv[1]), Path(sys.argv[2]))
    say(f"{len(clean)} faces, scales in pixels of 48; read right, %")
    for name, right in scales(clean, lit, open_classifier(sys.argv[3] if len(sys.argv) == 4 else "", "cpu")):
        say(f"{name:24} {100 * right:5.1f}")


if __name__ == "__main__":
    run_program(main)
