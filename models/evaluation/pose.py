"""How far yaw, pitch, roll and distance are off, and how well shut eyes are told, on computed heads and in films.

Run as ``python -m models.evaluation.pose MESH [--footage FOLDER]``. The heads are people on whom nothing was fitted, in
dark rooms, with the detector's own landmarks. Films have no truth: there the pose is compared with OpenCV's solver.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from calibration.program import run_program, say
from models.arrays import Doubles, Floats, Image
from models.darkroom.heads import FACE_BOX, Head
from models.darkroom.rendered import HELD_OUT_SEED, render_head
from models.darkroom.scenes import put
from models.evaluation.detection import footage_frames, found, normalised
from models.frame import Detection
from models.lighting.exposure import GAMMA, Sensor, captured, noisy
from models.lighting.relight import sample_lamps
from models.rendering.mesh import Mesh, read_mesh
from models.rendering.people import EXPRESSIONS, RELAXED, people
from models.seeing.align import SIDE, TEMPLATE, align
from models.seeing.detector import Detector
from models.seeing.head_pose import AWAY, POINTS, TOWARDS, facing, head_pose
from models.seeing.mtcnn import Mtcnn
from models.seeing.shut_eyes import shut_log_odds

HEIGHT, WIDTH = 480, 640
SENSOR = Sensor(6000.0, 3.0)
"""A webcam's, of every pixel of the frame."""
YAW, PITCH = 60.0, 30.0
"""Heads are turned evenly up to these, in degrees."""
SHUT = {"eyeBlink": 1.0}
SMALLEST = 24
FACE_EYES = (FACE_BOX[2] - FACE_BOX[0]) / 24
"""Widths of a face's box for 63 mm (24 pixels of the template)."""
CLEAR = 8.0
"""Degrees by which a head must be off the middle of ``facing``, so that who faces the screen is no matter of taste."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One row of the table; pairs are ranges of degrees."""

    name: str
    face_mean: float = 40.0
    width: tuple[float, float] = (67.0, 86.0)
    """Of the face, in pixels of the frame."""
    turned: tuple[float, float] = (0.0, 40.0)
    """Of the angle between the head and the line to the camera."""


CONDITIONS = (
    *(Condition(f"light {mean}", mean) for mean in (110, 40, 20, 10)),
    *(Condition(f"width {width}", width=(width, width)) for width in (120, 60, 40)),
    *(Condition(f"turned {low:.0f} to {high:.0f}", turned=(low, high)) for low, high in ((0, 20), (20, 40), (40, 60))),
)


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """A computed head with open and with shut eyes, and how its mesh was turned."""

    open: Head
    shut: Head
    yaw: float
    down: float

    def seen(self, roll: float) -> tuple[float, float, float]:
        """Its yaw, pitch and roll against the camera, in a frame in which it is turned by ``roll``."""
        a, b, c = np.radians([self.yaw, self.down, roll])
        about_y = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
        about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])  # y is down here
        about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        return _angles(about_z @ about_x @ about_y)

    @property
    def angle(self) -> float:
        """Degrees between its nose and the camera."""
        return float(np.degrees(np.arccos(np.cos(np.radians(self.yaw)) * np.cos(np.radians(self.down)))))


def _angles(turn: Doubles) -> tuple[float, float, float]:
    """Yaw, pitch and roll of a matrix (3, 3): right, down, towards the camera."""
    yaw, pitch = np.arctan2(turn[0, 2], turn[2, 2]), -np.arcsin(np.clip(turn[1, 2], -1, 1))
    yaw, pitch, roll = np.degrees([yaw, pitch, np.arctan2(turn[1, 0], turn[1, 1])])
    return float(yaw), float(pitch), float(roll)


def turned_heads(mesh: Mesh, count: int, seed: int = HELD_OUT_SEED) -> Iterator[Turned]:
    """So many people, each turned otherwise, with some expression, under a lamp of their own."""
    rng = np.random.default_rng(seed)
    for person in people(count, len(mesh.identities), seed):
        pose, level = EXPRESSIONS[str(rng.choice(list(EXPRESSIONS)))], float(rng.uniform(0, 0.7))
        shapes = {shape: RELAXED.get(shape, 0) + level * pose.get(shape, 0) for shape in {**RELAXED, **pose}}
        yaw, down = float(rng.uniform(-YAW, YAW)), float(rng.uniform(-PITCH, PITCH))
        lamps, drawing = sample_lamps(int(rng.integers(2**31)), 1), int(rng.integers(2**31))
        with_open, with_shut = (
            render_head(mesh, person, eyes, (yaw, down), lamps, np.random.default_rng(drawing))[0]
            for eyes in (shapes, shapes | SHUT)
        )
        yield Turned(normalised(with_open), normalised(with_shut), yaw, down)


def seen_face(
    detector: Detector, head: Head, width: float, roll: float, mean: float, rng: np.random.Generator
) -> tuple[Image, Detection] | None:
    """A frame with this head in a dark room, and what the detector says of it; None: nothing."""
    light = np.full((HEIGHT, WIDTH), 0.02, np.float32)
    place = np.array([WIDTH / 2, HEIGHT * 0.45]) + rng.uniform(-50, 50, 2)
    five, _ = put(light, head, width, roll, place, rng, stretch=0.0)
    seen = captured(noisy(light * np.float32((mean / 255) ** GAMMA), SENSOR, rng))
    image = np.asarray(cv2.cvtColor(seen, cv2.COLOR_GRAY2BGR), np.uint8)
    detections = detector.detect(image)
    (index,) = found(detections, five[None])
    return (image, detections[index]) if index >= 0 else None


@dataclass(slots=True)
class Errors:
    """What came out of one condition."""

    frames: int = 0
    found: int = 0
    degrees: list[tuple[float, float, float]] = field(default_factory=list)
    sides: list[bool] = field(default_factory=list)
    """Whether a head that clearly faces the camera, or clearly does not, is told so."""
    distances: list[float] = field(default_factory=list)
    """Logarithm of the distance told over the true one, for eyes 63 mm apart."""
    eyes: list[tuple[float, float]] = field(default_factory=list)
    """Log odds of a head with shut and with open eyes."""

    def line(self) -> str:
        """As a row of the table."""
        known = len(self.degrees)
        start = f"{100 * self.found / max(self.frames, 1):4.0f} {100 * known / max(self.found, 1):4.0f}"
        if not known:
            return start
        means, worst = np.mean(self.degrees, axis=0), np.percentile(self.degrees, 95, axis=0)
        angles = "  ".join(f"{mean:4.1f} {high:4.1f}" for mean, high in zip(means, worst, strict=True))
        shut, opened = np.array(self.eyes or [(np.nan, np.nan)]).T
        return (
            f"{start}  {angles}  {100 * np.mean([float(side) for side in self.sides] or [np.nan]):4.0f}  "
            f"{100 * np.mean(self.distances):+4.0f} {100 * np.std(self.distances):3.0f}  "
            f"{100 * np.mean(shut > opened):4.0f} {100 * np.mean(shut[:, None] > opened):4.0f}"
        )


HEADER = "found known  yaw  95%  pitch 95%  roll 95%  side  distance  own eyes, all eyes"


def measure(detector: Detector, heads: Sequence[Turned], condition: Condition, rng: np.random.Generator) -> Errors:
    """The heads that are turned as ``condition`` asks, each in a frame."""
    errors, (low, high), middle = Errors(), condition.turned, (TOWARDS + AWAY) / 2
    for head in (head for head in heads if low <= head.angle < high):
        errors.frames += 1
        how = float(rng.uniform(*condition.width)), float(rng.normal(0, 8)), condition.face_mean
        opened = seen_face(detector, head.open, *how, rng)
        shut = seen_face(detector, head.shut, *how, rng)
        if opened is None:
            continue
        errors.found += 1
        if shut is not None:
            errors.eyes.append((_shut(*shut), _shut(*opened)))
        pose = head_pose(opened[1].landmarks)
        if pose is None:
            continue
        truth = head.seen(how[1])
        off = np.abs(np.subtract((pose.yaw, pose.pitch, pose.roll), truth))
        errors.degrees.append((float(off[0]), float(off[1]), float(off[2])))
        errors.distances.append(float(np.log(how[0] / FACE_EYES / pose.eyes_apart)))
        if abs(head.angle - middle) > CLEAR:
            errors.sides.append((facing(pose.yaw, pose.pitch) >= 0.5) == (head.angle < middle))
    return errors


def _shut(image: Image, face: Detection) -> float:
    return float(shut_log_odds(align(image, face.landmarks)[None])[0])


@dataclass(slots=True)
class InFilms:
    """What is told of the faces in films, which have no truth."""

    faces: int = 0
    poses: list[tuple[float, float, float]] = field(default_factory=list)
    others: list[tuple[float, float, float]] = field(default_factory=list)
    """The same by OpenCV's solver."""

    def lines(self) -> Iterator[str]:
        """How far heads turn, and how far both methods differ."""
        yield f"films: {self.faces} faces, {len(self.poses)} with a pose; 5 %, half and 95 % of them turned up to"
        ours, others = np.array(self.poses), np.array(self.others)
        for k, name in enumerate(("yaw", "pitch", "roll")):
            spread, apart = np.percentile(ours[:, k], (5, 50, 95)), np.abs(ours[:, k] - others[:, k])
            alike = np.corrcoef(ours[:, k], others[:, k])[0, 1]
            yield (
                f"  {name:<5} {spread[0]:5.0f} {spread[1]:5.0f} {spread[2]:5.0f}; solvePnP differs by "
                f"{np.median(apart):.1f} (median), {np.percentile(apart, 95):.1f} (95 %), correlation {alike:.3f}"
            )


def in_films(detector: Detector, frames: Iterator[Image]) -> InFilms:
    """Every face of these frames."""
    told = InFilms()
    for image in frames:
        for face in detector.detect(image):
            told.faces += 1
            pose = head_pose(face.landmarks)
            other = _by_opencv(face.landmarks, image.shape[1])
            if pose is not None and other is not None:
                told.poses.append((pose.yaw, pose.pitch, pose.roll))
                told.others.append(other)
    return told


def _by_opencv(landmarks: Floats, width: int) -> tuple[float, float, float] | None:
    """The pose by ``cv2.solvePnP`` with a full perspective, turned to the line from the camera to the face."""
    lens = np.array([[width, 0, width / 2], [0, width, width / 3], [0, 0, 1]], np.float64)
    points = POINTS * [1, 1, -1]  # away from the camera is forwards there
    ok, turn, place = cv2.solvePnP(points, landmarks.astype(np.float64), lens, None, flags=cv2.SOLVEPNP_SQPNP)
    if not ok:
        return None
    flip = np.diag([1.0, 1.0, -1.0])
    x, y, z = (float(v) for v in place.ravel())
    to_face, _ = cv2.Rodrigues(np.array([-np.arctan2(y, z), np.arctan2(x, z), 0.0]))
    return _angles(np.asarray(flip @ to_face.T @ cv2.Rodrigues(turn)[0] @ flip))


def _microseconds(landmarks: Floats, face: Image) -> tuple[float, float]:
    """Of one core, for a pose and for a pair of eyes."""
    times = []
    for work in (lambda: head_pose(landmarks), lambda: shut_log_odds(face[None])):
        started = time.thread_time()
        for _ in range(500):
            work()
        times.append((time.thread_time() - started) * 1e6 / 500)
    return times[0], times[1]


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mesh", type=Path)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--footage", type=Path, help="a folder of films with turning heads")
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    detector = Mtcnn(SMALLEST)
    heads, rng = list(turned_heads(read_mesh(chosen.mesh), chosen.people)), np.random.default_rng(5)
    say(f"{'':<16} {HEADER}")
    for condition in CONDITIONS:
        say(f"{condition.name:<16} {measure(detector, heads, condition, rng).line()}")
    pose, eyes = _microseconds(TEMPLATE * 2, np.full((SIDE, SIDE), 90, np.uint8))
    say(f"of one core: {pose:.0f} microseconds a pose, {eyes:.0f} a pair of eyes")
    if chosen.footage:
        for line in in_films(detector, footage_frames(chosen.footage, 3)).lines():
            say(line)


if __name__ == "__main__":
    run_program(main)
