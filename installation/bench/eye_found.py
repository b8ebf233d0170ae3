"""Which share of the faces is found by ours and by others on the same pictures: computed crowds, films of people."""

from __future__ import annotations

import json
import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calibration.errors import BadInput, Unavailable
from calibration.settings import EyeSettings
from installation.bench import eye_peer
from installation.bench.eye_crowd import LIGHT, write_camera
from installation.bench.report import Figure
from models.arrays import Doubles, Image
from models.frame import Frame
from models.lighting.exposure import GAMMA, Sensor, captured, linear, noisy
from models.rendering.crowd import Crowd
from models.seeing.classifier import open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import Sight

PICTURES, RATE = 30, 30
LIGHTS = {"light": LIGHT, "the dark": 15.0, "deep dark": 8.0}
"""Face means of the computed heads."""
FOOTAGE = "CHIARO_FOOTAGE"
"""Environment variable that names a film of people, as filmed in light, or a folder of such films."""
FILM_LIGHTS = {"light": LIGHT, "the dark": 15.0, "the dark of 12": 12.0, "deep dark": 10.0}
"""Face means of filmed faces, which are harder: at 8 hardly anybody finds any."""
FILM_PICTURES, FILM_STEP = 15, 4
"""Of each film so many pictures, every fourth of its first ones."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One that can run here."""

    name: str
    command: tuple[str, ...]

    def answer(self, *words: str) -> dict[str, Any]:
        """What it says. Raises ``Unavailable`` where it failed."""
        told = subprocess.run([*self.command, *words], capture_output=True, text=True, check=False)  # noqa: S603 - our own
        if told.returncode:
            raise Unavailable(f"{self.name} failed: {(told.stderr.strip().splitlines() or ['?'])[-1]}")
        answer: dict[str, Any] = json.loads(told.stdout.splitlines()[-1])  # some print words of their own before
        return answer


def crowd_found(what: str, crowd: Crowd, face_mean: float, peers: list[Peer], folder: Path) -> list[Figure]:
    """Share of a crowd's faces that are found, and milliseconds a picture, of ours and of each peer."""
    moments = [n / RATE for n in range(PICTURES)]
    film = write_camera(
        folder / "pictures.avi", [crowd.read(moment, face_mean, n) for n, moment in enumerate(moments)], RATE
    )
    places = [crowd.places(moment) for moment in moments]
    boxes, ours = _look(eye_peer.read(str(film)))
    figures = [Figure(f"{what}: found", _percent(_found(boxes, places)), "%")]
    for peer in peers:
        answer = peer.answer("find", str(film))
        figures.append(Figure(f"{what}: found by {peer.name}", _percent(_found(answer["boxes"], places)), "%"))
        for percent in (50, 95):
            mine, theirs = (float(np.percentile(taken, percent)) for taken in (ours, answer["ms"]))
            figures.append(Figure(f"{what}: a picture, p{percent}", mine, "ms", theirs, peer.name))
    return figures


def films_found(peers: list[Peer], folder: Path) -> list[Figure]:
    """The same of films of people, darkened: of the faces that ours finds in the film as it is. None named: none.

    Raises ``BadInput`` that names every file which is no film.
    """
    hits: dict[tuple[str, str], list[bool]] = {}
    for path in _films():
        pictures = eye_peer.read(str(path))[: FILM_PICTURES * FILM_STEP : FILM_STEP]
        faces = _look(pictures)[0]
        places = [np.array([[x + w / 2, y + h / 2] for x, y, w, h in found]).reshape(-1, 2) for found in faces]
        for light, face_mean in FILM_LIGHTS.items():
            film = write_camera(folder / "film.avi", _exposed(pictures, faces, face_mean), RATE)
            hits.setdefault((light, ""), []).extend(_found(_look(eye_peer.read(str(film)))[0], places))
            for peer in peers:
                boxes = peer.answer("find", str(film))["boxes"]
                hits.setdefault((light, f" by {peer.name}"), []).extend(_found(boxes, places))
    return [Figure(f"films in {light}: found{by}", _percent(found), "%") for (light, by), found in hits.items()]


def _films() -> list[Path]:
    named = os.environ.get(FOOTAGE, "")
    if not named:
        return []
    path = Path(named)
    films = sorted(one for one in path.iterdir() if one.is_file()) if path.is_dir() else [path]
    if unreadable := [one.name for one in films if not eye_peer.read(str(one))]:
        raise BadInput(f"cannot be read as a film: {', '.join(unreadable)}", where=FOOTAGE)
    return films


def _exposed(pictures: list[Image], faces: list[list[eye_peer.Box]], face_mean: float) -> list[Image]:
    """Exposed so that each picture's largest face has this mean, with a camera's noise; without a face as before it."""
    rng, gain, exposed = np.random.default_rng(1), 1.0, list[Image]()
    for picture, found in zip(pictures, faces, strict=True):
        if found:
            x, y, width, height = (max(int(number), 0) for number in max(found, key=lambda face: face[3]))
            gain = (face_mean / max(float(picture[y : y + height, x : x + width].mean()), 1.0)) ** GAMMA
        exposed.append(captured(noisy(linear(picture) * np.float32(gain), Sensor(), rng)))
    return exposed


def _look(pictures: list[Image]) -> tuple[list[list[eye_peer.Box]], list[float]]:
    """Boxes and milliseconds of our own eye; as with the others, it has seen a picture before."""
    settings = EyeSettings()
    sight = Sight(open_detector(settings), open_classifier("", settings.device), settings.detect_every)
    sight.detect_and_classify(Frame(pictures[0], -1.0, 0))
    sight.forget()
    boxes, taken = [], []
    for n, picture in enumerate(pictures):
        begun = time.perf_counter()
        estimates = sight.detect_and_classify(Frame(picture, n / RATE, n + 1))
        taken.append((time.perf_counter() - begun) * 1000)
        boxes.append([estimate.detection.box for estimate in estimates])
    return boxes, taken


def _found(boxes: list[list[eye_peer.Box]], places: list[Doubles]) -> list[bool]:
    """Of each face, whether its middle lies in a box."""
    return [
        any(x < middle_x < x + width and y < middle_y < y + height for x, y, width, height in found)
        for found, faces in zip(boxes, places, strict=True)
        for middle_x, middle_y in faces
    ]


def _percent(hits: list[bool]) -> float:
    return 100 * float(np.mean(hits)) if hits else 0.0
