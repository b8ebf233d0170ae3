"""Whole scenes: people in a dark room, seen by a camera and lifted as the detector is given them, with the truth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.arrays import Doubles, Floats, Gray
from models.darkroom.face_bank import FaceBank
from models.darkroom.heads import FACE_BOX, Head, bare_head, drawn_head, without_face
from models.darkroom.hidden import KINDS, hidden
from models.darkroom.rooms import RoomBank
from models.lighting.exposure import GAMMA, Sensor, captured, jpeg, motion_kernel, noisy
from models.seeing.align import similarity
from models.seeing.brighten import brighten

FEATURE_CONTRAST = 0.4
"""Of the light of a face, what eyes and mouth differ from the skin."""
AVERAGED_PIXELS = 12.0
"""Over which the recipe's blur takes its mean (Gauss of 1 pixel: 4 pi)."""
CLEAR = 2.5
"""A face whose features stand out less from the noise need not be found."""


@dataclass(frozen=True, slots=True)
class SceneConfig:
    """What is drawn, and how often. Pairs are ranges."""

    people: tuple[int, int] = (1, 5)
    empty_share: float = 0.18
    """Scenes in which nobody stands."""
    faceless_share: float = 0.22
    """Of the people: seen from behind, without a head ..."""
    hidden_share: float = 0.35
    rendered_share: float = 0.35
    """Computed heads among the faces, where there is a bank of them."""
    bare_share: float = 0.4
    """Photographs as they are among the others, without a drawn head."""
    widths: tuple[float, float] = (11.0, 200.0)
    """Widths of the faces' boxes in pixels, evenly in their logarithm."""
    tilt_degrees: float = 45.0
    face_means: tuple[float, float] = (4.0, 150.0)
    """Gray level, of 255, of a face before it is lifted; evenly in its logarithm."""
    bright_share: float = 0.3
    bright_means: tuple[float, float] = (50.0, 210.0)
    """So many looks are at faces of such a gray level instead, evenly: most of their pictures are not lifted."""
    electrons: tuple[float, float] = (5000.0, 80000.0)
    """Of a white pixel of the reduced picture: each of them is one to four of the camera's."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """The faces of a scene."""

    boxes: Floats
    """(n, 4) x1, y1, x2, y2."""
    landmarks: Floats
    """(n, 5, 2)."""
    counted: Floats
    """(n,) 1: must be found; 0: may be found or not (hidden behind another, cut off, turned too far, lost in noise)."""
    light: Floats
    """(n,) mean linear light of each face."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A picture in linear light, before any camera, and its faces."""

    light: Floats
    truth: Truth
    face_light: float
    """Mean linear light of one of the faces; of the room, where there is none."""


class SceneSource:
    """Draws scenes from banks of faces, of rooms and, where there is one, of computed heads."""

    def __init__(
        self, faces: FaceBank, rooms: RoomBank, config: SceneConfig | None = None, rendered: Sequence[Head] = ()
    ) -> None:
        self._faces, self._rooms, self._rendered = faces, rooms, rendered
        self._config = config or SceneConfig()

    def with_config(self, config: SceneConfig) -> SceneSource:
        """The same faces and rooms, drawn otherwise."""
        return SceneSource(self._faces, self._rooms, config, self._rendered)

    def draw(self, height: int, width: int, rng: np.random.Generator) -> Scene:
        """People in a room of so many pixels."""
        config = self._config
        light = self._rooms.draw(height, width, rng)
        if rng.random() < config.empty_share:
            return Scene(light, _no_faces(), float(light.mean()))
        light *= float(np.exp(rng.uniform(np.log(0.02), np.log(2.0))))
        largest = min(config.widths[1], 0.85 * min(height, width))
        count = int(rng.integers(config.people[0], config.people[1] + 1))
        widths = np.sort(np.exp(rng.uniform(np.log(config.widths[0]), np.log(largest), count)))
        boxes: list[Floats] = []
        landmarks: list[Floats] = []
        counted: list[float] = []
        means: list[float] = []
        for size in widths:
            place = self._place(boxes, float(size), height, width, rng)
            if place is None:
                continue
            head = self._head(rng)
            tilt = float(rng.uniform(-1, 1) ** 3) * 70 if rng.random() < 0.3 else float(rng.normal(0, 15))
            if rng.random() < 0.25:
                tilt = float(rng.uniform(-config.tilt_degrees, config.tilt_degrees))
            five, covered = put(light, head, float(size), tilt, place, rng)
            for other, box in enumerate(boxes):
                if _covered_share(covered, box) > 0.35:
                    counted[other] = 0.0
            if head.is_face:
                box = upright_box(five)
                boxes.append(box)
                landmarks.append(five)
                inside = _share_inside(box, width, height)
                counted.append(float(inside > 0.75 and abs(tilt) <= config.tilt_degrees + 5))
                means.append(_mean_light(light, box))
        if not boxes:
            return Scene(light, _no_faces(), float(light.mean()))
        truth = Truth(np.stack(boxes), np.stack(landmarks), np.array(counted, np.float32), np.array(means, np.float32))
        return Scene(light, truth, float(rng.choice(means)))

    def _place(
        self, boxes: Sequence[Floats], size: float, height: int, width: int, rng: np.random.Generator
    ) -> Doubles | None:
        """Where the middle of the next face comes: mostly where no other face is."""
        for _ in range(4):
            place = rng.uniform(-0.03, 1.03, 2) * (width, height)
            if size > 70:  # a large one is more often whole
                place = np.clip(place, 0.45 * size, np.array([width, height]) - 0.45 * size)
            away = [np.abs((box[:2] + box[2:]) / 2 - place).max() / (size + box[2] - box[0]) for box in boxes]
            if not away or min(away) > 0.6 or rng.random() < 0.1:
                return np.asarray(place)
        return None

    def _head(self, rng: np.random.Generator) -> Head:
        config = self._config
        if self._rendered and rng.random() < config.rendered_share:
            head = self._rendered[int(rng.integers(len(self._rendered)))]
        else:
            head = (bare_head if rng.random() < config.bare_share else drawn_head)(self._faces.draw(rng), rng)
        if rng.random() < config.hidden_share:
            head = hidden(head, str(rng.choice(KINDS)), rng)
        return without_face(head, rng) if rng.random() < config.faceless_share else head

    def seen(self, scene: Scene, rng: np.random.Generator) -> tuple[Gray, Truth]:
        """The scene as a camera with much or little light takes it, lifted as the detector is given it.

        Faces that are lost in the noise of this look need not be found: a detector that must guess them finds faces in
        any stain of an empty room.
        """
        config = self._config
        mean = float(np.exp(rng.uniform(*np.log(config.face_means))))
        if rng.random() < config.bright_share:
            mean = float(rng.uniform(*config.bright_means))
        gain = (mean / 255) ** GAMMA / max(scene.face_light, 1e-6)
        light = np.asarray(scene.light * np.float32(gain), np.float32)
        if rng.random() < 0.15:
            kernel = motion_kernel(rng.uniform(1, 5), rng.uniform(0, np.pi))
            light = np.asarray(cv2.filter2D(light, -1, kernel, borderType=cv2.BORDER_REPLICATE), np.float32)
        if rng.random() < 0.4:
            light = np.asarray(cv2.GaussianBlur(light, (0, 0), rng.uniform(0.4, 1.3)), np.float32)
        full = float(np.exp(rng.uniform(*np.log(config.electrons))))
        sensor = Sensor(full, float(rng.uniform(1, 8)))
        seen = captured(noisy(light, sensor, rng))
        if rng.random() < 0.1:
            seen = jpeg(seen, int(rng.integers(50, 95)))
        clear = signal_to_noise(scene.truth.light * np.float32(gain), sensor) > CLEAR
        return brighten(seen), replace(scene.truth, counted=scene.truth.counted * clear)


def signal_to_noise(light: Floats, sensor: Sensor) -> Floats:
    """Of faces (n,) of this mean linear light: their features' contrast over the noise that the recipe leaves."""
    electrons = np.clip(light, 0, 1) * sensor.full_well_electrons
    noise = np.sqrt(electrons + sensor.read_noise_electrons**2)
    return np.asarray(FEATURE_CONTRAST * electrons * AVERAGED_PIXELS**0.5 / noise, np.float32)


def put(  # noqa: PLR0913 - what, where, and how it may vary
    light: Floats,
    head: Head,
    width: float,
    tilt: float,
    place: Floats | Doubles,
    rng: np.random.Generator,
    stretch: float = 0.06,
) -> tuple[Floats, Floats]:
    """Put a head into the room's ``light``, its face ``width`` pixels wide and turned by ``tilt`` degrees.

    ``stretch``: deviation of the logarithm of a random stretching, since faces differ. Returns the landmarks (5, 2)
    there, and what the person covers (h, w), 0 to 1.
    """
    canvas, alpha, finer = head.light, head.alpha, head.finer
    scale = width / (FACE_BOX[2] - FACE_BOX[0]) / finer
    reduced = 1
    while scale * reduced < 0.6:  # sampling alone would skip pixels
        reduced *= 2
    if reduced > 1:
        size = (canvas.shape[1] // reduced, canvas.shape[0] // reduced)
        canvas = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_AREA), np.float32)
        alpha = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA), np.float32)
    turn, aspect = np.radians(tilt), np.exp(rng.normal(0, stretch))
    matrix = (
        np.array([[np.cos(turn) * aspect, -np.sin(turn) / aspect], [np.sin(turn) * aspect, np.cos(turn) / aspect]])
        * scale
    )
    middle = head.landmarks.mean(axis=0)
    shift = np.asarray(place, np.float64) - matrix @ middle
    five = (head.landmarks @ matrix.T + shift).astype(np.float32)
    whole = np.concatenate([matrix * reduced, (shift + matrix @ np.full(2, (reduced - 1) / 2))[:, None]], axis=1)
    rows, columns = canvas.shape
    corners = np.array([[0, 0, 1], [columns, 0, 1], [0, rows, 1], [columns, rows, 1]]) @ whole.T
    x1, y1 = (int(v) for v in np.maximum(np.floor(corners.min(0)), 0))
    x2, y2 = (int(v) for v in np.minimum(np.ceil(corners.max(0)), light.shape[::-1]))
    if x2 <= x1 or y2 <= y1:
        return five, np.zeros_like(light)
    covered = _body(light, whole, head.body, columns / 2, rows) if head.body else np.zeros_like(light)
    whole[:, 2] -= (x1, y1)
    warped = np.asarray(cv2.warpAffine(canvas, whole, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR), np.float32)
    if scale > 1:
        warped = _sharper(warped, scale, float(rng.uniform(0, 2)))
    cover = np.asarray(cv2.warpAffine(alpha, whole, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR), np.float32)
    part = light[y1:y2, x1:x2]
    part *= 1 - cover
    part += warped * cover
    np.maximum(covered[y1:y2, x1:x2], cover, out=covered[y1:y2, x1:x2])
    return five, covered


def _sharper(light: Floats, scale: float, amount: float) -> Floats:
    """What was enlarged, with its edges given back: a camera that is near sees a face sharper than its photograph."""
    smooth = cv2.GaussianBlur(light, (0, 0), 0.7 * scale)
    return np.asarray(np.clip(light + amount * (light - smooth), 0.5 * smooth, 2 * smooth), np.float32)


def _body(light: Floats, to_room: Doubles, value: float, middle: float, top: float) -> Floats:
    """Draw the body from the canvas's lower edge down; what it covers (h, w), 0 to 1."""
    half, last = middle * 0.72, top - 4
    trunk = np.array(
        [
            [middle - half, last, 1],
            [middle + half, last, 1],
            [middle + half * 0.8, 4 * top, 1],
            [middle - half * 0.8, 4 * top, 1],
        ]
    )
    corners, covered = [np.round(trunk @ to_room.T * 16).astype(np.int32)], np.zeros_like(light)
    for layer, level in ((light, value), (covered, 1.0)):
        cv2.fillPoly(layer, corners, level, cv2.LINE_AA, 4)
    return covered


def _covered_share(covered: Floats, box: Floats) -> float:
    x1, y1 = (max(int(v), 0) for v in box[:2])
    part = covered[y1 : max(int(box[3]), 0), x1 : max(int(box[2]), 0)]
    return float(part.mean()) if part.size else 1.0


def upright_box(landmarks: Floats) -> Floats:
    """The box (4,) of a face by its landmarks (5, 2): upright, its size by the template's scale."""
    turn = similarity(landmarks.astype(np.float64))
    scale = float(np.hypot(turn[0, 0], turn[1, 0]))
    x1, y1, x2, y2 = FACE_BOX
    back = np.linalg.inv(turn[:, :2])
    middle = back @ (np.array([(x1 + x2) / 2, (y1 + y2) / 2]) - turn[:, 2])
    half = np.array([x2 - x1, y2 - y1]) / 2 / scale
    return np.concatenate([middle - half, middle + half]).astype(np.float32)


def _no_faces() -> Truth:
    none = np.empty(0, np.float32)
    return Truth(np.empty((0, 4), np.float32), np.empty((0, 5, 2), np.float32), none, none)


def _share_inside(box: Floats, width: int, height: int) -> float:
    inside = np.maximum(np.minimum(box[2:], [width, height]) - np.maximum(box[:2], 0), 0)
    return float(inside.prod() / (box[2:] - box[:2]).prod())


def _mean_light(light: Floats, box: Floats) -> float:
    x1, y1 = (max(int(v), 0) for v in box[:2])
    part = light[y1 : max(int(box[3]), y1 + 1), x1 : max(int(box[2]), x1 + 1)]
    return float(part.mean()) if part.size else float(light.mean())
