"""Makes a gallery out of bright footage: little light, from above, and the noise of a sensor that has few photons.

    python -m tests.installation.eye.darken BRIGHT.mkv DARK.avi [--face-mean 20]

Pictures are converted to linear light, lit by one lamp overhead, exposed so that the first face found has the requested
mean, counted in photo-electrons (Poisson, plus Gaussian read noise) and coded with gamma again, at the rate of the
original.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np

from models.seeing.mtcnn import Mtcnn

GAMMA = 2.2
FULL_WELL, READ_NOISE = 6000.0, 3.0
"""Photo-electrons at full scale and of read noise: a small webcam sensor."""
CHIN = 0.3
"""How much of the lamp's light on the forehead reaches the chin."""

Box = tuple[float, float, float, float]


def pictures(path: Path) -> Iterator[np.ndarray]:
    capture = cv2.VideoCapture(str(path))
    while True:
        good, image = capture.read()
        if not good:
            capture.release()
            return
        yield image


def linear(image: np.ndarray) -> np.ndarray:
    return np.asarray((image.astype(np.float32) / 255.0) ** GAMMA)


def coded(light: np.ndarray) -> np.ndarray:
    return np.asarray(255.0 * np.clip(light, 0, 1) ** (1 / GAMMA) + 0.5).astype(np.uint8)


def lamp(height: int, face: Box) -> np.ndarray:
    """Light by row, 1 at the forehead and ``CHIN`` at the chin, falling on below and constant above."""
    forehead, chin = face[1] + 0.15 * face[3], face[1] + face[3]
    rows = np.arange(height, dtype=np.float32)
    fall = np.maximum(rows - forehead, 0) / (chin - forehead)
    return np.asarray(np.maximum(CHIN**fall, 0.02))[:, None, None]


def exposure(light: np.ndarray, face: Box, face_mean: float) -> float:
    """The factor that gives the face its mean (of 255, coded), found by halving."""
    x, y, width, height = (round(value) for value in face)
    inside = light[max(y, 0) : y + height, max(x, 0) : x + width]
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if coded(inside * middle).mean() < face_mean else (low, middle)
    return high


def gallery(path: Path, face_mean: float, seed: int) -> Callable[[np.ndarray], np.ndarray]:
    """The function that darkens each picture of ``path``."""
    detector = Mtcnn()
    first, faces = next((image, found) for image in pictures(path) if (found := detector.detect(image)))
    shade = lamp(first.shape[0], faces[0].box)
    factor = exposure(linear(first) * shade, faces[0].box, face_mean)
    chance = np.random.default_rng(seed)

    def darken(image: np.ndarray) -> np.ndarray:
        electrons = chance.poisson(linear(image) * shade * factor * FULL_WELL)
        return coded((electrons + chance.normal(0, READ_NOISE, image.shape)) / FULL_WELL)

    return darken


def darken_film(bright: Path, dark: Path, face_mean: float = 20.0, seed: int = 1) -> None:
    """Write ``dark`` (an .avi) from ``bright``."""
    darken = gallery(bright, face_mean, seed)
    capture = cv2.VideoCapture(str(bright))
    rate, size = capture.get(cv2.CAP_PROP_FPS), tuple(int(capture.get(p)) for p in (3, 4))
    capture.release()
    writer = cv2.VideoWriter(str(dark), cv2.VideoWriter.fourcc(*"MJPG"), rate, size)
    for image in pictures(bright):
        writer.write(darken(image))
    writer.release()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bright", type=Path)
    parser.add_argument("dark", type=Path)
    parser.add_argument("--face-mean", type=float, default=20.0)
    given = parser.parse_args()
    darken_film(given.bright, given.dark, given.face_mean)
