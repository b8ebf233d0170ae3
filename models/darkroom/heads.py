"""Heads drawn around a face: skull, hair, neck and shoulders, and what hides a face: caps, masks, glasses, hands.

All is drawn on one canvas in linear light, on which the face's template has its fixed place, and warped into the room
afterwards. Lengths are pixels of the template: the eyes are 24 apart, which is 63 mm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.arrays import Doubles, Floats
from models.darkroom.face_bank import LitFace
from models.seeing.align import SIDE

CANVAS = 176
CORNER = np.array([56, 36], np.float32)
"""Where the template's corner lies on the canvas."""
MIDDLE_X = 31.5
FACE_BOX = (6.0, -1.5, 57.0, 65.5)
"""x1, y1, x2, y2 of an upright face's box on the template, as MTCNN draws it (median of 539 faces)."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A head on its canvas."""

    light: Floats
    """(side, side) linear light."""
    alpha: Floats
    """(side, side): 1 where the person is, 0 where the room is seen."""
    landmarks: Floats
    """(5, 2) in pixels of the canvas."""
    finer: float = 1.0
    """Pixels of the canvas for one of the template."""
    body: float = 0.0
    """Light of the body below what the canvas shows; 0: there is none."""
    is_face: bool = True
    """False: the back of a head, a body without one ..., which no detector should find."""


def drawn_head(face: LitFace, rng: np.random.Generator) -> Head:
    """A head with hair, neck and shoulders around a photographed face."""
    shade = _shade_around(face.lamp)
    middle = face.light[18:56, 14:50]
    skin = float(np.median(middle)) / max(float(np.median(face.lamp[18:56, 14:50])), 1e-4)
    albedo, alpha = np.zeros((CANVAS, CANVAS), np.float32), np.zeros((CANVAS, CANVAS), np.float32)
    hair = skin * float(np.exp(rng.uniform(np.log(0.04), np.log(0.9))))
    cloth = skin * float(np.exp(rng.uniform(np.log(0.03), np.log(2.0))))
    outline = rng.normal([30.5, 42.0], [1.5, 2.0])
    long_hair = rng.random() < 0.4
    if long_hair:
        _blob(
            albedo,
            alpha,
            hair,
            (MIDDLE_X, 36 + rng.uniform(0, 20)),
            (outline[0] + rng.uniform(4, 14), 52 + rng.uniform(0, 18)),
        )
    under_chin = rng.uniform(0.15, 0.7)
    _polygon(albedo, alpha, skin * under_chin, _neck(rng))
    shoulders = _shoulders(rng)
    _polygon(albedo, alpha, cloth, shoulders)
    if rng.random() < 0.5:
        _pattern(albedo, shoulders, cloth, rng)
    if rng.random() < 0.3:
        _arms(albedo, alpha, skin, cloth, rng)
    if rng.random() < 0.6:  # hair around, behind the face
        _blob(
            albedo,
            alpha,
            hair,
            (MIDDLE_X, 20 - rng.uniform(0, 4)),
            (outline[0] + rng.uniform(1, 5), 40 + rng.uniform(-6, 6)),
        )
    if rng.random() < 0.5:
        for side in (-1, 1):
            _blob(albedo, alpha, skin * 0.8, (MIDDLE_X + side * outline[0], 32), (4, 8))
    _blob(albedo, alpha, skin, (MIDDLE_X, 26.0), (outline[0], outline[1]))
    light = albedo * shade
    _lay_face(light, face, rng)
    if rng.random() < 0.75:
        _fringe(light, alpha, hair * shade, outline, rng)
    if long_hair:
        _strands(light, alpha, hair * shade, outline, rng)
    body = cloth * float(shade[-1].mean()) * float(rng.uniform(0.3, 1.0))
    return Head(light, alpha, face.landmarks + CORNER, body=body)


def bare_head(face: LitFace, rng: np.random.Generator) -> Head:
    """A photograph as it is, with its own hair and neck: cut out by soft edges, or its border going on around it."""
    left, top = (int(v) for v in CORNER)
    right, bottom = CANVAS - SIDE - left, CANVAS - SIDE - top
    alpha = np.ones((CANVAS, CANVAS), np.float32)
    if rng.random() < 0.6:
        alpha[:] = 0
        alpha[top + 2 : top + SIDE - 2, left + 2 : left + SIDE - 2] = 1
        alpha = np.asarray(cv2.GaussianBlur(alpha, (0, 0), rng.uniform(0.5, 3)), np.float32)
    light = cv2.copyMakeBorder(face.light, top, bottom, left, right, cv2.BORDER_REPLICATE)
    return Head(np.asarray(light, np.float32), alpha, face.landmarks + CORNER)


def drawn_body(head: Head, rng: np.random.Generator) -> Head:
    """A head of a finer canvas, given shoulders (in front of its neck)."""
    skin = max(float(np.median(head.light[head.alpha > 0.5])), 1e-4)
    cloth = skin * float(np.exp(rng.uniform(np.log(0.05), np.log(1.5))))
    albedo, alpha = np.zeros((CANVAS, CANVAS), np.float32), np.zeros((CANVAS, CANVAS), np.float32)
    _polygon(albedo, alpha, cloth, _shoulders(rng))
    size = head.light.shape[::-1]
    cover, body = cv2.resize(alpha, size), cv2.resize(albedo, size)
    light = head.light * (1 - cover) + body
    return replace(head, light=light, alpha=np.maximum(head.alpha, cover), body=cloth * float(rng.uniform(0.3, 1.0)))


def _shade_around(lamp: Floats) -> Floats:
    """The lamp's light on the whole canvas: smooth, as it is at the face's border."""
    small = cv2.resize(lamp, (8, 8), interpolation=cv2.INTER_AREA)
    left, top = (int(v) // 8 for v in CORNER)
    wide = cv2.copyMakeBorder(small, top, CANVAS // 8 - 8 - top, left, CANVAS // 8 - 8 - left, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(cv2.GaussianBlur(wide, (0, 0), 1.5), (CANVAS, CANVAS)), np.float32)


def _lay_face(light: Floats, face: LitFace, rng: np.random.Generator) -> None:
    """Blend the photograph over the drawn skull, by a soft ellipse or nearly its whole square."""
    weight = np.zeros((SIDE, SIDE), np.float32)
    if rng.random() < 0.7:
        axes = (rng.uniform(23, 29), rng.uniform(30, 35))
        _ellipse(weight, (MIDDLE_X, rng.uniform(30, 35)), axes, 1.0)
    else:
        weight[4:-4, 5:-5] = 1
    weight = np.asarray(cv2.GaussianBlur(weight, (0, 0), rng.uniform(1.0, 3.0)), np.float32)
    weight[[0, -1]] = 0
    weight[:, [0, -1]] = 0
    x, y = CORNER.astype(int)
    place = light[y : y + SIDE, x : x + SIDE]
    place += weight * (face.light - place)


def _arms(albedo: Floats, alpha: Floats, skin: float, cloth: float, rng: np.random.Generator) -> None:
    """Arms before the chest, and hands of a few fingers."""
    for side in (-1, 1):
        hand = np.array([MIDDLE_X + side * rng.uniform(-6, 40), rng.uniform(84, 125)])
        elbow = np.array([MIDDLE_X + side * rng.uniform(50, 80), rng.uniform(115, 150)])
        _line(albedo, alpha, cloth * float(rng.uniform(0.6, 1.5)), (elbow, hand), 17)
        for finger in range(int(rng.integers(1, 6))):
            tip = np.add(hand, (rng.uniform(-14, 14), rng.uniform(-18, 10)))
            _line(
                albedo,
                alpha,
                skin * float(rng.uniform(0.6, 1.2)),
                (np.add(hand, (finger, 0)), tip),
                int(rng.integers(4, 9)),
            )


def _line(albedo: Floats, alpha: Floats, value: float, ends: tuple[Doubles, Doubles], width: int) -> None:
    fixed = [_fixed(np.add(np.stack(ends), CORNER))]
    for layer, level in ((albedo, value), (alpha, 1.0)):
        cv2.polylines(layer, fixed, False, level, width, cv2.LINE_AA, 4)


def _neck(rng: np.random.Generator) -> Doubles:
    half, low = rng.uniform(15, 23), rng.uniform(1.0, 1.3)
    corners = np.array([[-half, 45], [half, 45], [half * low, 112], [-half * low, 112]])
    return np.asarray(np.add(corners, (MIDDLE_X, 0)))


def _shoulders(rng: np.random.Generator) -> Floats:
    half, top, fall = rng.uniform(55, 85), rng.uniform(74, 92), rng.uniform(6, 22)
    collar = rng.uniform(10, 24)
    points = [
        [-collar, top],
        [0, top + rng.uniform(0, 14)],
        [collar, top],
        [half * 0.8, top + fall],
        [half, top + fall + 18],
    ]
    points += [[half, 160], [-half, 160], [-half, top + fall + 18], [-half * 0.8, top + fall]]
    return np.asarray(np.array(points, np.float32) + np.array([MIDDLE_X + rng.normal(0, 3), 0]), np.float32)


def _fringe(light: Floats, alpha: Floats, hair: Floats, outline: Doubles, rng: np.random.Generator) -> None:
    """Hair that comes down over the forehead and the temples."""
    line = rng.uniform(-14, 10)
    x = np.linspace(-1, 1, 9)
    temple = rng.uniform(6, 30) * np.abs(x) ** rng.uniform(1.5, 6)
    lower = np.stack([MIDDLE_X + x * (outline[0] + 2), line + temple + rng.normal(0, 1.5, 9)], axis=1)
    over = np.stack(
        [MIDDLE_X - x * (outline[0] + 3), 26 - np.sqrt(np.maximum(1.05 - x**2, 0)) * (outline[1] + rng.uniform(1, 6))],
        axis=1,
    )
    mask = np.zeros_like(light)
    cv2.fillPoly(mask, [_fixed(np.concatenate([lower, over]) + CORNER)], 1.0, cv2.LINE_AA, 4)
    mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.6, 2.0)), np.float32)
    light += mask * (hair * rng.uniform(0.7, 1.3) - light)
    np.maximum(alpha, mask, out=alpha)


def _strands(light: Floats, alpha: Floats, hair: Floats, outline: Doubles, rng: np.random.Generator) -> None:
    """Long hair that falls before the ears, the cheeks' edges and the shoulders."""
    grain = cv2.GaussianBlur(rng.standard_normal(light.shape, np.float32), (0, 0), sigmaX=0.8, sigmaY=8)
    for side in (-1, 1):
        y = np.array([-12.0, 5, 25, 45, rng.uniform(60, 115)])
        inner = outline[0] + np.array([-16.0, -4, 0, 2, 4]) * rng.uniform(0.2, 1.1) + rng.normal(0, 1, 5)
        wide = rng.uniform(5, 18) * np.array([0.6, 1, 1.1, 1.1, 0.5])
        xs = np.concatenate([inner, (inner + wide)[::-1]])
        points = np.stack([MIDDLE_X + side * xs, np.concatenate([y, y[::-1]])], axis=1)
        mask = np.zeros_like(light)
        cv2.fillPoly(mask, [_fixed(points + CORNER)], 1.0, cv2.LINE_AA, 4)
        mask = np.asarray(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.5, 1.5)), np.float32)
        light += mask * (hair * np.clip(1 + 2 * grain, 0.3, 3) - light)
        np.maximum(alpha, mask, out=alpha)


def _pattern(albedo: Floats, where: Floats, cloth: float, rng: np.random.Generator) -> None:
    """Stripes, or a dark jacket's opening, on the clothes."""
    drawn, inside = np.zeros_like(albedo), np.zeros_like(albedo)
    cv2.fillPoly(inside, [_fixed(where + CORNER)], 1.0, cv2.LINE_8, 4)
    step, slope = int(rng.integers(4, 20)), rng.normal(0, 20)
    for at in range(80, CANVAS, step):
        cv2.line(drawn, (0, int(at - slope)), (CANVAS, int(at + slope)), 1.0, max(1, step // 3), cv2.LINE_AA)
    if rng.random() < 0.4:
        drawn = np.ascontiguousarray(drawn.T)
    albedo += drawn * inside * cloth * float(rng.uniform(-0.7, 1.5))
    np.maximum(albedo, 0, out=albedo)


def _blob(albedo: Floats, alpha: Floats, value: float, centre: tuple[float, float], axes: tuple[float, float]) -> None:
    at = (float(centre[0] + CORNER[0]), float(centre[1] + CORNER[1]))
    _ellipse(albedo, at, axes, value)
    _ellipse(alpha, at, axes, 1.0)


def _polygon(albedo: Floats, alpha: Floats, value: float, points: Floats | Doubles) -> None:
    for layer, level in ((albedo, value), (alpha, 1.0)):
        cv2.fillPoly(layer, [_fixed(points + CORNER)], level, cv2.LINE_AA, 4)


def _fixed(points: Floats | Doubles) -> NDArray[np.int32]:
    """Points as OpenCV draws them between pixels: whole numbers, in sixteenths."""
    return np.round(points * 16).astype(np.int32)


def _ellipse(layer: Floats, centre: tuple[float, float], axes: tuple[float, float], value: float) -> None:
    at, size = ([round(16 * v) for v in pair] for pair in (centre, axes))
    cv2.ellipse(layer, at, size, 0, 0, 360, value, -1, cv2.LINE_AA, 4)


def without_face(head: Head, rng: np.random.Generator) -> Head:
    """Something that has all of a person but a face: seen from behind, headless, bare of features, or shuffled."""
    x1, y1 = ((CORNER - 8) * head.finer).astype(int)
    x2, y2 = ((CORNER + SIDE + 6) * head.finer).astype(int)
    light, alpha = head.light.copy(), head.alpha
    part = light[y1:y2, x1:x2]
    kind = rng.integers(5)
    if kind == 0:  # from behind: hair all over
        smooth = cv2.GaussianBlur(part, (0, 0), 9 * head.finer)
        strands = cv2.GaussianBlur(rng.standard_normal(part.shape, np.float32), (0, 0), sigmaX=1, sigmaY=7)
        part[:] = smooth * float(rng.uniform(0.1, 0.8)) * np.clip(1 + 1.5 * strands, 0.2, 3)
    elif kind == 1:  # a body without a head
        alpha = alpha.copy()
        alpha[: int((CORNER[1] + 60 + rng.uniform(0, 14)) * head.finer)] = 0
    elif kind == 2:  # a ball of skin
        part[:] = cv2.GaussianBlur(part, (0, 0), rng.uniform(8, 16) * head.finer)
    elif kind == 3:  # the pieces of a face, elsewhere
        rows, columns = (size // 3 for size in part.shape)
        pieces = [
            part[r * rows : (r + 1) * rows, c * columns : (c + 1) * columns].copy() for r in range(3) for c in range(3)
        ]
        order = np.roll(np.arange(9), int(rng.integers(2, 8))) if rng.random() < 0.5 else rng.permutation(9)
        for place, piece in enumerate(order):
            r, c = divmod(place, 3)
            part[r * rows : (r + 1) * rows, c * columns : (c + 1) * columns] = pieces[piece]
    else:  # upside down
        part[:] = part[::-1].copy()
    return replace(head, light=light, alpha=alpha, is_face=False)
