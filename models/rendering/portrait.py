"""Portraits of people who do not exist: the 3-D face with skin, lips, brows, eyes and hair, under one high lamp.

Offline only (``models.rendering.make_maps`` keeps the pictures); the simulated visitor is put together from them.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.arrays import Floats, Gray, Image
from models.lighting.exposure import captured
from models.lighting.relight import Lamp, direction, points_on_lamp, visibility
from models.rendering.mesh import Mesh
from models.rendering.people import BLINK, EXPRESSIONS, LEVELS, RELAXED, Person, people
from models.rendering.raster import rasterise, vertex_normals
from models.rendering.simulated_visitor import PIXELS_A_CM, PORTRAIT_HEIGHT, PORTRAIT_WIDTH

FINER = 2
TOP_CM = 17.0
"""Height above the mesh's origin at which the picture begins; the hair ends just below."""
TEXTURE_A_CM = 40
BROW_LOWER_CM = 0.45
"""So far below the mesh's own landmarks a brow's upper edge is painted.

In 400 photographs of neutral faces brows lie 0.20 to 0.25 of the distance between the eyes' outer corners above the
eyes, in 200 of surprised ones 0.25 to 0.31. The mesh's landmarks are at 0.30.
"""
BROW_CM = (0.12, 0.38, 0.48, 0.56, 0.62)
"""How high a brow is, from its outer end to its inner one."""
LASHES = 5
IRIS_CM = 0.61
KEY, FILM = Lamp(-32, 60, 8), Lamp(25, 5, 10)

# What is skin, mouth, teeth, eyes: the mesh's vertices by range (README of the mesh).
SKIN, SOCKET, LIDS, GUMS, TEETH = 11248, 13294, 14062, 17039, 21451


def portrait(mesh: Mesh, person: Person, expression: dict[str, float]) -> Image:
    """The person's head (336, 400, 3) uint8 BGR on black, lit from above."""
    rest = mesh.posed(person.identity, {})
    points = with_hair(rest, mesh.posed(person.identity, expression), person, mesh)
    placed = _projected(points)
    size = (PORTRAIT_HEIGHT * FINER, PORTRAIT_WIDTH * FINER)
    seen, shares = rasterise(placed, mesh.triangles, size)
    corners = mesh.triangles[np.maximum(seen, 0)]
    hit = (seen >= 0).astype(np.float32)

    def at(values: Floats) -> Floats:
        return np.asarray((values[corners] * shares[..., None]).sum(2), np.float32)

    normals = at(vertex_normals(points, mesh.triangles))
    normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-6)
    part = corners[..., 0]
    albedo = surface(mesh, person, rest, at(rest), part)
    shine = np.where(part < SKIN, 0.05, 0.12) + np.where(part >= TEETH, 0.5, 0.0)
    light = _light(normals, at(placed[:, 2:])[..., 0], hit, part)
    glance = _specular(normals, part) * light["key"]
    picture = albedo * (light["key"][..., None] * _KEY_COLOUR + light["rest"]) + (shine * glance)[..., None]
    picture = _with_body(picture * hit[..., None], hit)
    small = cv2.resize(picture.astype(np.float32), (PORTRAIT_WIDTH, PORTRAIT_HEIGHT), interpolation=cv2.INTER_AREA)
    return captured(small * EXPOSURE)


EXPOSURE = 1.7
_KEY_COLOUR = np.array([0.72, 0.88, 1.0], np.float32)
_FILM_COLOUR = np.array([0.075, 0.055, 0.042], np.float32)
_ROOM_COLOUR = np.array([0.012, 0.013, 0.017], np.float32)


def depth_map(mesh: Mesh, person: Person) -> Gray:
    """How far each place of the plain portrait stands out (336, 400), in half pixels; for turning the head."""
    placed = _projected(mesh.posed(person.identity, {}))
    seen, shares = rasterise(placed, mesh.triangles, (PORTRAIT_HEIGHT * FINER, PORTRAIT_WIDTH * FINER))
    depth = (placed[:, 2][mesh.triangles[np.maximum(seen, 0)]] * shares).sum(2) / FINER
    depth = cv2.resize(
        np.where(seen >= 0, depth, 0).astype(np.float32),
        (PORTRAIT_WIDTH, PORTRAIT_HEIGHT),
        interpolation=cv2.INTER_AREA,
    )
    return np.asarray(np.clip(cv2.GaussianBlur(depth, (0, 0), 9), 0, 127) * 2, np.uint8)


def _projected(points: Floats) -> Floats:
    """Vertices in pixels of the finer picture, y down."""
    scale = PIXELS_A_CM * FINER
    x = points[:, 0] * scale + PORTRAIT_WIDTH * FINER / 2
    return np.stack([x, (TOP_CM - points[:, 1]) * scale, points[:, 2] * scale], axis=1).astype(np.float32)


def _hairy(rest: Floats, hairline: float) -> Floats:
    """0 to 1: how much of a place (..., 3) of the resting head is under hair."""
    x, y, z = rest[..., 0], rest[..., 1], rest[..., 2]
    temples = np.clip((z - 1.0) / 5.5, 0, 1)  # 0 beside the ears, 1 on the forehead
    edge = 2.5 + (hairline - 2.5) * temples**0.7 - 0.025 * x**2 * temples
    edge = edge - 4.0 * np.clip((0.5 - z) / 2.5, 0, 1)  # down behind the ears
    ear = np.clip((np.abs(x) - 7.6) / 0.4, 0, 1) * np.clip((z + 3.0) / 1.0, 0, 1) * (y < 4.5)
    return np.asarray(np.clip((y - edge) / 1.3 + 0.5, 0, 1) * (1 - ear), np.float32)


def with_hair(rest: Floats, points: Floats, person: Person, mesh: Mesh) -> Floats:
    """The scalp raised by the thickness of the hair."""
    hair = _hairy(rest, person.hairline)
    hair[SKIN:] = 0
    return points + vertex_normals(points, mesh.triangles) * (0.9 * hair)[:, None]


def painted(mesh: Mesh, rest: Floats, brow_cm: float) -> tuple[Floats, Floats, Floats]:
    """Lips, brows and upper lashes as seen from the front, by the 68 landmarks, 40 pixels a cm around the origin."""
    at = rest[mesh.landmarks][:, :2] * [TEXTURE_A_CM, -TEXTURE_A_CM] + 480
    lips, brows, lashes = (np.zeros((960, 960), np.float32) for _ in range(3))
    cv2.fillPoly(lips, [np.round(at[48:60]).astype(np.int32)], 1.0)
    for outer_to_inner, lid in ((at[17:22], at[36:40]), (at[26:21:-1], at[45:41:-1])):
        upper = outer_to_inner + np.array([0, (BROW_LOWER_CM - brow_cm) * TEXTURE_A_CM])
        lower = upper + np.stack([np.zeros(5), np.array(BROW_CM) * TEXTURE_A_CM], axis=1)
        cv2.fillPoly(brows, [np.round(np.concatenate([upper, lower[::-1]])).astype(np.int32)], 1.0)
        cv2.polylines(lashes, [np.round(lid - np.array([0, 2])).astype(np.int32)], False, 1.0, LASHES)
    return tuple(
        np.asarray(cv2.GaussianBlur(drawn, (0, 0), soft), np.float32)
        for drawn, soft in ((lips, 5), (brows, 4), (lashes, 2))
    )  # type: ignore[return-value]


def surface(mesh: Mesh, person: Person, rest: Floats, place: Floats, part: NDArray[np.int32]) -> Floats:
    """Share of light that each pixel gives back (h, w, 3)."""
    lips, brows, lashes = (
        cv2.remap(t, place[..., 0] * TEXTURE_A_CM + 480, -place[..., 1] * TEXTURE_A_CM + 480, cv2.INTER_LINEAR)
        * (place[..., 2] > 5)
        for t in painted(mesh, rest, person.brow_cm)
    )
    skin, hair = np.array(person.skin, np.float32), np.array(person.hair, np.float32)
    noise = np.random.default_rng(5).standard_normal(place.shape[:2]).astype(np.float32)
    strands = 1 + 0.9 * cv2.GaussianBlur(noise, (0, 0), sigmaX=0.8, sigmaY=9)[..., None] * 2
    mottled = 1 + 0.25 * cv2.GaussianBlur(noise, (0, 0), 2.0)[..., None]
    under = np.where(part < SKIN, _hairy(place, person.hairline), 0)[..., None]
    albedo = skin * mottled
    albedo = albedo + lips[..., None] * (skin * np.array([0.62, 0.48, 0.72], np.float32) - albedo)
    albedo = albedo + 0.9 * brows[..., None] * (np.minimum(hair * 1.6, skin * 0.6) - albedo)
    albedo = albedo * (1 - 0.75 * lashes[..., None])
    albedo = albedo + under * (hair * np.clip(strands, 0.2, 3) * 1.5 - albedo)
    for first, last, colour in (
        (SKIN, SOCKET, (0.03, 0.03, 0.10)),
        (SOCKET, LIDS, (0.10, 0.13, 0.24)),
        (LIDS, GUMS, (0.07, 0.07, 0.20)),
        (GUMS, TEETH, (0.55, 0.62, 0.66)),
    ):
        albedo = np.where(((part >= first) & (part < last))[..., None], np.array(colour, np.float32), albedo)
    return np.where((part >= TEETH)[..., None], _eyes(rest, place), albedo).astype(np.float32)


def _eyes(rest: Floats, place: Floats) -> Floats:
    """White, iris and pupil, by the angle from the eyeball's axis.

    The whites give back what is left of their light between lids and lashes that are not drawn: they are as bright as
    those of three people in films, measured alike (0.63 of the cheek's light, in light skin and even light).
    """
    balls = rest[TEETH:]
    left = balls[balls[:, 0] < 0].mean(0)
    right = balls[balls[:, 0] > 0].mean(0)
    middle = np.where(place[..., :1] < 0, left, right)
    away = np.hypot(place[..., 0] - middle[..., 0], place[..., 1] - middle[..., 1])[..., None]
    white, iris, pupil = (np.array(c, np.float32) for c in ((0.25, 0.28, 0.29), (0.02, 0.035, 0.06), (0.003,) * 3))
    eye = white + np.clip((IRIS_CM - away) / 0.06, 0, 1) * (iris - white)
    return np.asarray(eye + np.clip((0.28 - away) / 0.06, 0, 1) * (pupil - eye), np.float32)


def _light(normals: Floats, depth: Floats, hit: Floats, part: NDArray[np.int32]) -> dict[str, Floats]:
    """The lamp's light with its cast shadows, and the light of film and room with their colours."""
    full = normals.shape[:2]
    side = 128  # shadows are soft: found in a small square and enlarged
    square = np.full((max(full), max(full)), depth[hit > 0].min() - 40, np.float32)
    square[: full[0], : full[1]] = np.where(hit > 0, depth, square[0, 0])
    less = side / max(full)
    small = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA)[None] * less

    def under(lamp: Lamp, samples: int) -> Floats:
        total = np.zeros(full, np.float32)
        for towards in points_on_lamp(lamp, samples):
            free = cv2.resize(visibility(small, towards)[0], square.shape[::-1], interpolation=cv2.INTER_CUBIC)
            total += np.clip(normals @ towards, 0, 1) * np.clip(free[: full[0], : full[1]], 0, 1)
        return np.asarray(total / samples, np.float32)

    inside = np.where((part >= SKIN) & (part < GUMS), np.float32(0.35), np.float32(1))  # mouth is a cave
    walls = 0.6 + 0.4 * normals[..., 1]
    key = under(KEY, 14) * inside
    film = under(FILM, 4) * inside
    return {"key": key, "rest": film[..., None] * _FILM_COLOUR + (walls * inside)[..., None] * _ROOM_COLOUR}


def _specular(normals: Floats, part: NDArray[np.int32]) -> Floats:
    """Specular share of the lamp's light (Blinn 1977, by the half vector): broad on skin, a point in the eyes."""
    half = direction(KEY.azimuth, KEY.elevation) + np.array([0, 0, 1], np.float32)
    along = np.clip(normals @ (half / np.linalg.norm(half)), 0, 1)
    return np.asarray(np.where(part >= TEETH, along**120 * 3, along**14), np.float32)


def _with_body(picture: Floats, hit: Floats) -> Floats:
    """Dark clothes below the neck, their shoulders touched by the lamp."""
    height, width = hit.shape
    y, x = np.mgrid[:height, :width].astype(np.float32) / (PIXELS_A_CM * FINER)
    x = np.abs(x - x.max() / 2)
    top = 27.3 + 0.016 * x**2 + 0.9 * np.maximum(x - 17.5, 0) ** 1.5  # cm from the picture's top
    inside = np.clip((y - top) / 0.3, 0, 1)
    glow = 0.05 * np.exp(-(y - top) / 1.6) + 0.006
    glow = (
        glow * np.clip((PORTRAIT_HEIGHT / PIXELS_A_CM - 0.3 - y) / 8, 0, 1) ** 2.5 * np.clip((21 - x) / 6, 0, 1)
    )  # into the dark
    cloth = glow[..., None] * np.array([0.75, 0.8, 0.9], np.float32)
    chest = inside[..., None] * np.clip((x - 5.6 + np.maximum(y - 28.5, 0) * 1.3) / 0.25, 0, 1)[..., None]
    return np.asarray(picture * (1 - chest) + cloth * chest, np.float32)


def render_portraits(mesh: Mesh, count: int, seed: int) -> dict[str, Image]:
    """What simulated visitors are put together from: JPEGs 'PERSON/EXPRESSION/LEVEL' and depths 'PERSON/depth'."""
    made: dict[str, Image] = {}
    for k, person in enumerate(people(count, len(mesh.identities), seed)):
        made[f"{k}/depth"] = depth_map(mesh, person)[::4, ::4]
        poses = [("blink", 1.0, BLINK), ("neutral", 1.0, {})]
        poses += [(name, level, pose) for name, pose in EXPRESSIONS.items() if pose for level in LEVELS]
        for name, level, pose in poses:
            shapes = {shape: RELAXED.get(shape, 0) + level * pose.get(shape, 0) for shape in {**RELAXED, **pose}}
            picture = portrait(mesh, person, shapes)
            made[f"{k}/{name}/{level:g}"] = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 86])[1].ravel()
    return made
