"""How well face detectors find faces in the dark: the same drawn frames for all of them, side by side.

Run as ``python -m models.evaluation.detection FACES.png HEADS.npz [--yunet FILE] [--footage FOLDER]``.
FACES are labelled faces on which nothing was trained, HEADS computed heads of people nobody trained on
(``python -m models.darkroom.rendered MESH HEADS.npz --held-out``).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from models.arrays import Floats, Image
from models.darkroom.face_bank import FROM_EDGES, FaceBank
from models.darkroom.heads import Head, drawn_head
from models.darkroom.hidden import hidden
from models.darkroom.rendered import RenderedHeads
from models.darkroom.rooms import RoomBank
from models.darkroom.scenes import put, upright_box
from models.evaluation.classified import accuracies
from models.evaluation.dataset import read_faces
from models.evaluation.landmarks import find_landmarks
from models.frame import Detection
from models.lighting.exposure import GAMMA, Sensor, captured, noisy
from models.lighting.relight import LampBank, read_face_maps, sample_lamps
from models.seeing.classifier import SHIPPED, open_classifier
from models.seeing.detector import Detector

HEIGHT, WIDTH = 480, 640
SENSOR = Sensor(6000.0, 3.0)
"""A webcam's, of every pixel of the frame."""
SMALLEST = 24
"""Faces from this width on are searched by every detector, in pixels of the frame."""
LOOKS_AN_HOUR = 5 * 3600
"""Detections of an hour: every third of 15 frames a second."""
LAMP_SEED = 77
NEAR = 0.35
"""A detection means a face whose middle is so near to its own, in widths, and that is half to twice as wide."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the table: who stands there, and in what light."""

    name: str
    face_mean: float = 20.0
    width: tuple[float, float] = (67.0, 86.0)
    """Of the face, in pixels of the frame."""
    tilt: float = 0.0
    hides: str = ""
    people: int = 1
    spot: bool = False
    """The rest of the room is black."""


CONDITIONS = (
    *(Condition(f"light {mean}", face_mean=mean) for mean in (40, 20, 10, 5)),
    *(Condition(f"light {mean}, spot", face_mean=mean, spot=True) for mean in (40, 20, 10, 5)),
    *(Condition(f"width {width}", width=(width, width)) for width in (120, 80, 60, 40, 30)),
    *(Condition(f"tilt {tilt}", tilt=tilt) for tilt in (15, 30, 45)),
    Condition("bright, tilt 30", face_mean=120, tilt=30),
    *(Condition(kind, hides=kind) for kind in ("cap", "mask", "glasses", "sunglasses", "hand")),
    *(Condition(f"{count} people", people=count) for count in (2, 3, 4)),
)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A frame, and the landmarks (n, 5, 2) of its faces."""

    image: Image
    landmarks: Floats


class FrameSource:
    """Draws frames for a condition: half of them photographed faces on drawn heads, half computed heads."""

    def __init__(self, faces: FaceBank, rendered: Sequence[Head], rng: np.random.Generator) -> None:
        self._faces, self._rendered, self._rng = faces, rendered, rng
        self._rooms = RoomBank(24, rng)

    def draw(self, condition: Condition) -> Frame:
        """People beside each other in a room."""
        rng = self._rng
        light = self._rooms.draw(HEIGHT, WIDTH, rng) * float(np.exp(rng.uniform(np.log(0.1), np.log(1.0))))
        if condition.spot:
            light *= 0.002
        landmarks = []
        slot = WIDTH / condition.people
        for k in range(condition.people):
            head = self._rendered[int(rng.integers(len(self._rendered)))]
            if rng.random() < 0.5:
                head = drawn_head(self._faces.draw(rng), rng)
            if condition.hides:
                head = hidden(head, condition.hides, rng)
            head = normalised(head)
            width = float(rng.uniform(*condition.width))
            place = np.array(
                [slot * (k + 0.5) + rng.uniform(-0.2, 0.2) * (slot - width), HEIGHT * rng.uniform(0.3, 0.6)]
            )
            five, _ = put(light, head, width, condition.tilt * float(rng.choice([-1, 1])), place, rng)
            landmarks.append(five)
        gain = np.float32((condition.face_mean / 255) ** GAMMA)
        return Frame(_taken(light * gain, rng), np.stack(landmarks))

    def empty_room(self) -> tuple[Floats, float]:
        """An empty room's light, and the gain that makes it a dark one."""
        light = self._rooms.draw(HEIGHT, WIDTH, self._rng)
        return light, (float(np.exp(self._rng.uniform(np.log(2), np.log(40)))) / 255) ** GAMMA


def face_light(head: Head) -> float:
    """The mean light of its face."""
    x1, y1, x2, y2 = (int(v) for v in upright_box(head.landmarks))
    return max(float(head.light[max(y1, 0) : y2, max(x1, 0) : x2].mean()), 1e-5)


def normalised(head: Head, mean: float | None = None) -> Head:
    """The head with a mean face light of 1, or its light divided by ``mean``."""
    mean = face_light(head) if mean is None else mean
    return replace(head, light=head.light / np.float32(mean), body=head.body / mean)


def _taken(light: Floats, rng: np.random.Generator) -> Image:
    seen = captured(noisy(np.asarray(light, np.float32), SENSOR, rng))
    return np.asarray(cv2.cvtColor(seen, cv2.COLOR_GRAY2BGR), np.uint8)


def found(detections: Sequence[Detection], landmarks: Floats) -> list[int]:
    """For each face (n, 5, 2) the index of the detection that means it, or -1; none is used twice."""
    free = set(range(len(detections)))
    matched = []
    for five in landmarks:
        box = upright_box(five)
        away = {k: _away(detections[k], box) for k in free if 0.5 < detections[k].box[2] / (box[2] - box[0]) < 2}
        best = min(away, key=away.__getitem__, default=-1)
        matched.append(best if away.get(best, 1.0) < NEAR else -1)
        free.discard(matched[-1])
    return matched


def _away(detection: Detection, box: Floats) -> float:
    """How far a detection's middle is from a box's, in widths of that."""
    x, y, width, height = detection.box
    return float(np.hypot(*(np.array([x + width / 2, y + height / 2]) - (box[:2] + box[2:]) / 2)) / (box[2] - box[0]))


@dataclass(slots=True)
class Tally:
    """What one detector did in one condition."""

    faces: int = 0
    hits: int = 0
    wrong: int = 0
    frames: int = 0
    seconds: float = 0.0
    error: float = 0.0

    def add(self, detections: Sequence[Detection], landmarks: Floats, seconds: float) -> None:
        """Count one frame's answer."""
        matched = found(detections, landmarks)
        for k, five in zip(matched, landmarks, strict=True):
            if k >= 0:
                eyes = float(np.hypot(*(five[1] - five[0])))
                self.error += float(np.hypot(*(detections[k].landmarks - five).T).mean()) / max(eyes, 1)
        hits = sum(k >= 0 for k in matched)
        self.faces, self.hits, self.frames = self.faces + len(landmarks), self.hits + hits, self.frames + 1
        self.wrong, self.seconds = self.wrong + len(detections) - hits, self.seconds + seconds


def compare(
    detectors: dict[str, Detector], source: FrameSource, frames: int, conditions: Sequence[Condition] = CONDITIONS
) -> Iterator[tuple[str, dict[str, Tally]]]:
    """Each condition with the tallies of all detectors on the same frames."""
    for condition in conditions:
        tallies = {name: Tally() for name in detectors}
        for _ in range(frames):
            frame = source.draw(condition)
            for name, detector in detectors.items():
                started = time.thread_time()
                seen = detector.detect(frame.image)
                tallies[name].add(seen, frame.landmarks, time.thread_time() - started)
        yield condition.name, tallies


def false_faces(
    detectors: dict[str, Detector], source: FrameSource, rooms: int, looks: int, rng: np.random.Generator
) -> dict[str, tuple[int, int]]:
    """False faces, and rooms with any, in empty dark rooms each looked at so many times in other noise."""
    wrong = {name: [0] * rooms for name in detectors}
    for room in range(rooms):
        light, gain = source.empty_room()
        for _ in range(looks):
            image = _taken(light * np.float32(gain), rng)
            for name, detector in detectors.items():
                wrong[name][room] += len(detector.detect(image))
    return {name: (sum(counts), sum(count > 0 for count in counts)) for name, counts in wrong.items()}


def footage_frames(folder: Path, every: int) -> Iterator[Image]:
    """Every so many frames of the films in a folder."""
    for path in sorted(folder.iterdir()):
        film = cv2.VideoCapture(str(path))
        number = 0
        while film.grab():
            if number % every == 0:
                yes, image = film.retrieve()
                if yes:
                    yield np.asarray(image, np.uint8)
            number += 1
        film.release()


def on_footage(
    detectors: dict[str, Detector], reference: Detector, frames: Iterator[Image], mean: float, rng: np.random.Generator
) -> dict[str, Tally]:
    """Faces found in darkened films, of those that ``reference`` finds in full light."""
    tallies = {name: Tally() for name in detectors}
    for image in frames:
        faces = [face for face in reference.detect(image) if face.score > 0.95]
        if not faces:
            continue
        light = np.power(image.astype(np.float32) / 255, np.float32(GAMMA))
        x, y, width, height = (max(int(v), 0) for v in faces[0].box)
        fall = np.exp(-np.maximum(np.arange(len(light)) - y, 0) * np.log(16) / max(height, 1) * 0.6).astype(np.float32)
        light *= np.maximum(fall, 0.03)[:, None, None]
        face_light = max(float(light[y : y + height, x : x + width].mean()), 1e-5)
        dark = captured(noisy(light * np.float32((mean / 255) ** GAMMA / face_light), SENSOR, rng))
        truth = np.stack([face.landmarks for face in faces])
        for name, detector in detectors.items():
            started = time.thread_time()
            seen = detector.detect(np.asarray(dark, np.uint8))
            tallies[name].add(seen, truth, time.thread_time() - started)
    return tallies


def open_detectors(ours: Path | None, yunet: Path | None) -> dict[str, Detector]:
    """MTCNN, YuNet where its file is given, and ours."""
    from models.seeing import one_shot
    from models.seeing.mtcnn import Mtcnn
    from models.seeing.yunet import YuNet

    detectors: dict[str, Detector] = {"mtcnn": Mtcnn(SMALLEST)}
    if yunet:
        detectors["yunet"] = YuNet(yunet, SMALLEST)
    detectors["chiaro"] = one_shot.OneShot(SMALLEST, path=ours or one_shot.SHIPPED)
    return detectors


def held_out_faces(path: Path, progress: Callable[[float], None]) -> FaceBank:
    """Faces of ``path`` under lamps and on heads that no training used."""
    faces = read_faces(path)
    landmarks, ok = find_landmarks(faces.images, progress)
    sure = np.flatnonzero(ok & (faces.labels >= 0))
    lamps = LampBank(read_face_maps("bench"), sample_lamps(LAMP_SEED, 24))
    return FaceBank(faces.subset(sure).images, landmarks[sure] - FROM_EDGES, lamps)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("faces", type=Path)
    parser.add_argument("heads", type=Path)
    parser.add_argument("--yunet", type=Path)
    parser.add_argument("--detector", type=Path, help="our onnx file; as shipped without it")
    parser.add_argument("--footage", type=Path, help="a folder of films of people in full light")
    parser.add_argument("--frames", type=int, default=100, help="a condition")
    parser.add_argument("--classified", type=int, default=4000, help="faces to classify by each detector's landmarks")
    parser.add_argument("--rooms", type=int, default=60)
    parser.add_argument("--looks", type=int, default=60, help="at each empty room")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    rng = np.random.default_rng(5)
    detectors = open_detectors(chosen.detector, chosen.yunet)
    source = FrameSource(held_out_faces(chosen.faces, lambda _: None), RenderedHeads(chosen.heads), rng)
    say(f"{'found, % (landmarks off, % of the eyes apart; false; ms)':<24} {'  '.join(detectors)}")
    for name, tallies in compare(detectors, source, chosen.frames):
        say(_line(name, tallies))
    if chosen.footage:
        for mean in (40, 20, 10, 5):
            films = footage_frames(chosen.footage, 20)
            say(_line(f"films, light {mean}", on_footage(detectors, detectors["mtcnn"], films, mean, rng)))
    _say_accuracies(detectors, chosen.faces, chosen.classified)
    hours = chosen.rooms * chosen.looks / LOOKS_AN_HOUR
    for name, (faces, rooms) in false_faces(detectors, source, chosen.rooms, chosen.looks, rng).items():
        say(f"{name}: {faces} false faces in {hours:.2f} h of looks at {chosen.rooms} empty rooms, in {rooms} of them")


def _say_accuracies(detectors: dict[str, Detector], path: Path, count: int) -> None:
    """How well the first ``count`` faces are classified by each detector's landmarks."""
    faces = read_faces(path).with_label()
    faces = faces.subset(np.arange(min(count, len(faces))))
    answers, count = accuracies(detectors, faces, open_classifier(SHIPPED, "cpu", int8=True))
    for name, (accuracy, share) in answers.items():
        say(f"{name}: {100 * share:.1f} % of {len(faces)} faces that fill a frame found; of {count} that all found")
        say(f"    {100 * accuracy:.2f} % classified as labelled")


def _line(name: str, tallies: dict[str, Tally]) -> str:
    cells = []
    for tally in tallies.values():
        off = 100 * tally.error / max(tally.hits, 1)
        ms = 1000 * tally.seconds / max(tally.frames, 1)
        cells.append(f"{100 * tally.hits / max(tally.faces, 1):5.1f} ({off:4.1f}; {tally.wrong:3d}; {ms:4.1f})")
    return f"{name:<20} {'   '.join(cells)}"


if __name__ == "__main__":
    run_program(main)
