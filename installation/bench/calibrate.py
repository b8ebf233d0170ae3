"""How much calibrating to a room improves: held-out faces under one lamp, before and after, with few and many faces.

Needs the validation faces: CHIARO_SHARED names the folder that holds data/ferplus_valid.png with its .csv.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calibration.cross_validation import Progress as ShareDone
from calibration.cross_validation import select_head
from calibration.errors import BadInput
from calibration.fitting import Faces
from calibration.profile import Calibration, LightProfile, RoomProfile
from installation.bench.report import Figure, Progress, Report
from models.arrays import Floats, Image, Indices, Integers
from models.evaluation.dark_benchmark import HARD_SPOT, ROOM, SENSOR, landmarks_aligned
from models.evaluation.dataset import read_faces
from models.evaluation.evaluate import BATCH
from models.evaluation.landmarks import aligned_faces, find_landmarks
from models.evaluation.metrics import scores
from models.lighting.exposure import captured, expose, linear, noisy
from models.lighting.lamp_prior import Prior, average_face, read_prior, statistics_for
from models.lighting.light_estimate import LightEstimate, estimate_light
from models.lighting.relight import Lamp, LampBank, direction, read_face_maps
from models.seeing.align import prepare
from models.seeing.card import read_card
from models.seeing.classifier import SHIPPED, Classifier, open_classifier

LAMP = Lamp(20.0, 65.0, HARD_SPOT)
FACE_MEAN = 25.0
SIZES, SEEDS = (20, 60, 150), (0, 1, 2)
FACES_A_PERSON = 5
"""FER+ does not say who is who: so many faces that are always together stand for a person."""
FITTED_FROM = 1000
"""The first so many faces are for fitting, all others for judging, for every seed anew."""
LAMPS_TRIED = tuple((azimuth, elevation) for elevation in (45.0, 65.0, 85.0) for azimuth in (-40.0, 0.0, 40.0))


def run(progress: Progress) -> Report:
    """Raises ``BadFile`` without the faces."""
    shared = os.environ.get("CHIARO_SHARED")
    if not shared:
        raise BadInput("is not set; it names the folder that holds data/ferplus_valid.png", where="CHIARO_SHARED")
    labelled = read_faces(Path(shared) / "data" / "ferplus_valid.png").with_label()
    landmarks, _ = find_landmarks(labelled.images, lambda share: progress("landmarks", 0.2 * share))
    aligned, aligned_landmarks = aligned_faces(labelled.images, landmarks), landmarks_aligned(landmarks)
    seen = _under(LAMP, aligned, aligned_landmarks, seed=1)
    classifier = open_classifier(SHIPPED, "cpu", 1, int8=False)
    faces = _judged(classifier, seen, labelled.labels, lambda share: progress("classifying", 0.2 + 0.3 * share))
    prior = read_prior(SHIPPED, read_card(SHIPPED).sha256)
    figures = list(_fits(faces, seen, prior, lambda share: progress("fitting", 0.5 + 0.3 * share)))
    figures += _lamps(aligned, aligned_landmarks, lambda share: progress("lamps", 0.8 + 0.2 * share))
    notes = [
        f"lamp {LAMP.elevation:.0f} degrees up, {LAMP.azimuth:.0f} to the right, face mean {FACE_MEAN:.0f}; "
        f"{len(faces) - FITTED_FROM} held-out faces; network {classifier.card.version}"
    ]
    if prior is None:
        notes.append("there is no prior beside the network; run python -m models.training.make_prior")
    return Report("calibrate", tuple(figures), tuple(notes))


def _under(lamp: Lamp, aligned: Image, aligned_landmarks: Floats, seed: int, heads: str = "bench") -> Image:
    rng = np.random.default_rng((2026, seed))
    light = linear(aligned) * LampBank(read_face_maps(heads), [lamp], ROOM).draw(aligned_landmarks, rng)
    return captured(noisy(expose(light, FACE_MEAN), SENSOR, rng))


def _judged(classifier: Classifier, seen: Image, labels: Integers, progress: ShareDone) -> Faces:
    parts = []
    for start in range(0, len(seen), BATCH):
        parts.append(classifier.run(prepare(seen[start : start + BATCH])))
        progress(start / len(seen))
    probabilities, embeddings = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Faces(probabilities, embeddings, labels, np.arange(len(labels)) // FACES_A_PERSON, np.ones(len(labels)))


def _fits(faces: Faces, seen: Image, prior: Prior | None, progress: ShareDone) -> Iterator[Figure]:
    """Accuracy on the judged faces for each number of fitted ones, mean over the seeds. Chosen as a venue chooses."""
    for i, size in enumerate(SIZES):
        before, after, plain, seconds, off, chosen, true = [], [], [], [], [], [], []
        for seed in SEEDS:
            order = _people_in_order(faces, seed)
            mine, others = order[:size], order[FITTED_FROM:]
            some, rest = faces.only(mine), faces.only(others)
            begun = time.perf_counter()
            light = estimate_light(seen[mine], average_face())
            off.append(_degrees(light, LAMP))
            choice = select_head(some, statistics_for(prior, some, _venue(light)))
            seconds.append(time.perf_counter() - begun)
            chosen.append(choice.name)
            before.append(_accuracy(rest.probabilities, rest))
            answers = choice.head(rest.probabilities, rest.embeddings)
            after.append(_accuracy(answers, rest))
            true.append([scores(p, rest.labels).ece for p in (rest.probabilities, answers)])
            plain += _plain_logistic(some, rest)
        progress((i + 1) / len(SIZES))
        gains = np.array(after) - np.array(before)
        named = f"{size} faces"
        yield Figure(
            f"{named}: accuracy after", 100 * float(np.mean(after)), "%", 100 * float(np.mean(before)), "shipped"
        )
        yield Figure(f"{named}: gain, mean of {len(SEEDS)} seeds ({', '.join(chosen)})", 100 * gains.mean(), "points")
        yield Figure(f"{named}: gain, worst seed", 100 * float(gains.min()), "points")
        ece = 100 * np.mean(true, axis=0)
        yield Figure(f"{named}: expected calibration error (ECE)", float(ece[1]), "%", float(ece[0]), "shipped")
        if plain:
            yield Figure(f"{named}: plain logistic regression", 100 * float(np.mean(plain)), "%")
        yield Figure(f"{named}: lamp found within, worst seed", float(np.max(off)), "degrees")
        yield Figure(f"{named}: time to find the light and to fit", float(np.max(seconds)), "s")


def _venue(light: LightEstimate) -> Calibration:
    """What a calibration knows of the room by then."""
    found = LightProfile(azimuth_degrees=light.azimuth, elevation_degrees=light.elevation, measured=True)
    return Calibration(light=found, room=RoomProfile(face_luminance=FACE_MEAN))


def _people_in_order(faces: Faces, seed: int) -> Indices:
    """Indices of all faces, person by person, the people in a seeded order."""
    people = np.random.default_rng((77, seed)).permutation(faces.people.max() + 1)
    rank = np.empty_like(people)
    rank[people] = np.arange(len(people))
    return np.argsort(rank[faces.people], kind="stable")


def _plain_logistic(some: Faces, rest: Faces) -> list[float]:
    """The usual way: a fresh classifier on the embeddings of the few faces. Empty without scikit-learn."""
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return []
    model = LogisticRegression(max_iter=2000).fit(some.embeddings, some.labels)
    return [float((model.predict(rest.embeddings) == rest.labels).mean())]


def _lamps(aligned: Image, aligned_landmarks: Floats, progress: ShareDone) -> list[Figure]:
    """Error of the lamp's direction over several lamps, from 1, 5 and 20 people's faces, hard and soft."""
    off: dict[int, list[float]] = {1: [], 5: [], 20: []}
    for i, (azimuth, elevation) in enumerate(LAMPS_TRIED):
        for k, people in enumerate(off):
            for seed, radius in enumerate((HARD_SPOT, 10.0, 20.0)):
                lamp = Lamp(azimuth, elevation, radius)
                which = np.random.default_rng((i, k, seed)).choice(len(aligned), people, replace=False)
                seen = _under(lamp, aligned[which], aligned_landmarks[which], seed)
                off[people].append(_degrees(estimate_light(seen, average_face()), lamp))
        progress((i + 1) / len(LAMPS_TRIED))
    figures = []
    for people, errors in off.items():
        who = "1 person" if people == 1 else f"{people} people"
        figures.append(Figure(f"lamp from {who}: median error of {len(errors)}", float(np.median(errors)), "degrees"))
        within = 100 * float((np.array(errors) <= 15).mean())
        figures.append(Figure(f"lamp from {who}: within 15 degrees", within, "%"))
    return figures


def _degrees(found: LightEstimate, lamp: Lamp) -> float:
    both = direction(found.azimuth, found.elevation) @ direction(lamp.azimuth, lamp.elevation)
    return float(np.degrees(np.arccos(np.clip(both, -1, 1))))


def _accuracy(probabilities: NDArray[np.floating], faces: Faces) -> float:
    return float((probabilities.argmax(1) == faces.labels).mean())
