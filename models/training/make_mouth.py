"""Fits how far a mouth is open (``models.seeing.mouth``) to computed heads, whose lips are known.

Run as ``python -m models.training.make_mouth MESH``; five minutes. People of any shape speak, smile, press their lips,
under drawn lamps, in light and dark, with landmarks that are off. What differs from person to person is taken off:
the movement is learned, not the face. Prints how well people are read who were left out.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from calibration.program import run_program, say
from models.arrays import Doubles, Floats, Gray, Integers
from models.darkroom.heads import Head
from models.darkroom.rendered import render_head
from models.lighting.exposure import Sensor, captured, expose, noisy
from models.lighting.relight import sample_lamps
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import EXPRESSIONS, RELAXED, Person, people
from models.seeing.align import align
from models.seeing.mouth import MOUTH, mouth_patches
from models.seeing.shut_eyes import hog

PEOPLE, MOUTHS, PHOTOGRAPHS, SEED = 40, 10, 5, 501
RIDGE_STRENGTH = 3.0
FOLDS = 5
LIPS = ((61, 67), (62, 66), (63, 65))
"""Landmarks of the upper and the lower lip, inside."""
SHAPES = (
    ("jawOpen", 0.0, 0.25, 0.5),
    ("jawOpen", 0.1, 0.6, 0.2),
    ("mouthFunnel", 0.1, 0.8, 0.25),
    ("mouthPucker", 0.1, 0.8, 0.15),
    ("mouthSmile", 0.1, 1.0, 0.3),
    ("mouthPress", 0.2, 1.0, 0.15),
    ("mouthLowerDown", 0.1, 0.8, 0.2),
    ("mouthUpperUp", 0.1, 0.7, 0.15),
    ("mouthFrown", 0.2, 1.0, 0.15),
    ("mouthStretch", 0.1, 0.8, 0.15),
    ("mouthRollLower", 0.2, 0.8, 0.1),
    ("mouthShrugLower", 0.1, 0.8, 0.1),
    ("eyeBlink", 0.0, 0.8, 0.15),
)
"""Blendshapes, from and to, and how often."""


def main() -> None:
    """Fit, print the figures of a cross-validation, write ``maps/mouth.npz``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mesh", type=Path)
    mesh = read_mesh(parser.parse_args().mesh)
    rng = np.random.default_rng(SEED)
    faces, open_by, who = [], [], []
    for number, person in enumerate(people(PEOPLE, len(mesh.identities), SEED)):
        for face, opening in _photographs(mesh, person, rng):
            faces.append(face)
            open_by.append(opening)
            who.append(number)
    persons = np.array(who)
    edges, target = _within(hog(mouth_patches(np.stack(faces))), persons), _within(np.array(open_by), persons)
    read = np.empty_like(target)
    for fold in range(FOLDS):
        mine = persons % FOLDS == fold
        read[mine] = edges[mine] @ _fit(edges[~mine], target[~mine])
    off = float(np.sqrt(((read - target) ** 2).mean()))
    say(f"people left out: correlation {np.corrcoef(read, target)[0, 1]:.2f}; off by {off:.3f} of {target.std():.3f}")
    np.savez_compressed(MOUTH, weights=_fit(edges, target).astype(np.float32))


def _photographs(mesh: Mesh, person: Person, rng: np.random.Generator) -> list[tuple[Gray, float]]:
    made = []
    for _ in range(MOUTHS):
        shapes = drawn_mouth(rng)
        turn = float(np.clip(rng.normal(0, 14), -30, 30)), float(np.clip(rng.normal(4, 9), -20, 30))
        opening = lips_apart(mesh, person, shapes)
        for head in render_head(mesh, person, shapes, turn, sample_lamps(int(rng.integers(2**31)), 3), rng):
            made += [(photograph(head, float(np.exp(rng.uniform(2.5, 4.7))), rng), opening) for _ in range(PHOTOGRAPHS)]
    return made


def drawn_mouth(rng: np.random.Generator) -> dict[str, float]:
    """Blendshapes of a mouth that speaks, rests or shows something."""
    shapes = dict(RELAXED)
    if rng.random() < 0.3:
        level = rng.uniform(0, 0.9)
        for name, weight in EXPRESSIONS[str(rng.choice(list(EXPRESSIONS)))].items():
            shapes[name] = shapes.get(name, 0.0) + level * weight
    for name, low, high, often in SHAPES:
        if rng.random() < often:
            shapes[name] = shapes.get(name, 0.0) + rng.uniform(low, high)
    if rng.random() < 0.3:
        shapes["mouthClose"] = max(shapes.get("jawOpen", 0.0), 0.0) * rng.uniform(0.3, 1.0)
    return shapes


def lips_apart(mesh: Mesh, person: Person, shapes: dict[str, float]) -> float:
    """How far the lips are apart, in eye distances."""
    at = mesh.posed(person.identity, shapes)[mesh.landmarks]
    eyes = float(np.linalg.norm(at[36:42].mean(0) - at[42:48].mean(0)))
    return float(np.mean([np.linalg.norm(at[upper] - at[lower]) for upper, lower in LIPS])) / eyes


def photograph(head: Head, mean: float, rng: np.random.Generator) -> Gray:
    """The aligned face (64, 64) as a camera sees it, at a face mean of ``mean`` (of 255)."""
    eyes = float(np.hypot(*(head.landmarks[1] - head.landmarks[0])))
    off = (rng.normal(0, 0.6, (5, 2)) + rng.normal(0, 0.8, 2)) * eyes / 24
    around = head.light[max(int(head.landmarks[:, 1].min() - eyes), 0) :, :]
    gain = float(expose(around[None], mean).mean() / max(float(around.mean()), 1e-9))
    return align(
        captured(noisy(head.light[None] * np.float32(gain), Sensor(), rng))[0],
        (head.landmarks + off).astype(np.float32),
    )


def _within(values: Floats | Doubles, who: Integers) -> Doubles:
    """What is left when each person's own mean is taken off."""
    left = values.astype(np.float64)
    for person in np.unique(who):
        left[who == person] -= left[who == person].mean(axis=0)
    return left


def _fit(edges: Doubles, target: Doubles) -> Doubles:
    return np.asarray(
        np.linalg.solve(edges.T @ edges + RIDGE_STRENGTH * np.eye(edges.shape[1]), edges.T @ target), np.float64
    )


if __name__ == "__main__":
    run_program(main)
