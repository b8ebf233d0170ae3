"""Anger is struck: a hammer without a smith falls on the glowing iron, again and again, and faster."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.demo.making.drawing import (
    HALF,
    HEIGHT,
    PX,
    WIDTH,
    Array,
    blur,
    dots,
    ease,
    f32,
    fire,
    noise,
    sample,
    screen,
    smoothstep,
    streaks,
    tint,
)
from scenes.demo.making.hammer import EMBER, EYE, FRONT, HEARTH, NIGHT, RED, STRUCK, TOWARDS, WINDOW, ZOOM, Hammer
from scenes.demo.making.ray_marching import (
    Field,
    GBuffer,
    Solid,
    antialiased,
    bounded,
    box,
    capsule,
    cone,
    cylinder,
    lit_by,
    openness,
    project,
    render,
    roughened,
    shadow,
    smooth_union,
    union,
)
from scenes.demo.making.sparks import Sparks


def strikes(seconds: float) -> list[float]:
    """When the hammer lands: every 1.35 s at first, every 0.72 s in the end. Slow enough for every eye."""
    times, now = [], 1.2
    while now < seconds - 0.25:
        times.append(now)
        now += 1.35 - 0.63 * ease(0, seconds * 0.8, now)
    return times


def _anvil(p: Array) -> Array:
    """A London anvil: face, table and horn over a narrow waist."""
    face = box(p, (0.13, 0.925, 0), (0.44, 0.075, 0.15), 0.012)
    table = box(p, (-0.40, 0.90, 0), (0.12, 0.065, 0.13), 0.02)
    horn = cone(p, (-0.46, 0.875, 0), (-1.06, 0.955, 0), 0.115, 0.014)
    under = box(p, (0.03, 0.80, 0), (0.34, 0.06, 0.115), 0.04)
    waist = box(p, (0.0, 0.64, 0), (0.20, 0.17, 0.105), 0.04)
    foot = box(p, (0.0, 0.43, 0), (0.42, 0.075, 0.19), 0.03)
    body = smooth_union(smooth_union(under, waist, 0.16), foot, 0.14)
    return f32(np.minimum(smooth_union(smooth_union(face, body, 0.05), horn, 0.06), smooth_union(table, horn, 0.05)))


def _iron(p: Array) -> Array:
    """The bar: it lies along the anvil, flattened where it was struck."""
    thick = 0.034 - 0.010 * np.exp(-(((p[:, 0] - 0.14) / 0.14) ** 2))
    wide = 0.040 + 0.014 * np.exp(-(((p[:, 0] - 0.14) / 0.14) ** 2))
    x, y, z = p.T
    q = np.stack([np.abs(x + 0.86) - 1.24, np.abs(y - 0.997 - thick) - thick, np.abs(z + 0.03) - wide], -1)
    inside = np.maximum(np.maximum(q[:, 0], q[:, 1]), q[:, 2])
    return f32(0.9 * (np.sqrt((np.maximum(q + 0.008, 0) ** 2).sum(-1)) + np.minimum(inside + 0.008, 0) - 0.008))


def _near() -> list[Solid]:
    ring = lambda p: cylinder(p, (0.0, 0.30, 0), 0.425, 0.03, 0.01)  # noqa: E731
    return [
        Solid(bounded(_anvil, (-0.2, 0.70, 0), 0.92), (0.20, 0.195, 0.20), 2.4),
        Solid(lambda p: cylinder(p, (0.0, 0.10, 0), 0.41, 0.26, 0.05), (0.17, 0.10, 0.06), 0.15),
        Solid(ring, (0.16, 0.15, 0.15), 1.5),
        Solid(_iron, (0.16, 0.15, 0.15), 0.8),
    ]


def _shop() -> list[Solid]:
    """What stands behind, out of focus: wall, floor, the hearth under its hood, tools on their nails."""
    hung = ((0.55, 0.03, 0.8), (0.85, -0.02, 0.9), (1.2, 0.04, 0.7), (1.5, 0.0, 0.95))
    tools = [((x, 1.95, 2.15), (x + lean, 1.95 - long, 2.15), 0.028) for x, lean, long in hung]
    heads = [(0.58, 1.15), (1.24, 1.25)]
    return [
        Solid(lambda p: f32(2.3 - p[:, 2]), (0.20, 0.13, 0.10), 0.03),
        Solid(lambda p: p[:, 1], (0.12, 0.10, 0.08), 0.2),
        Solid(lambda p: box(p, (-1.75, 0.35, 1.7), (0.85, 0.38, 0.5), 0.03), (0.16, 0.10, 0.08), 0.05),
        Solid(lambda p: box(p, (-1.75, 2.45, 1.75), (0.8, 0.55, 0.5), 0.05), (0.10, 0.09, 0.09), 0.3),
        Solid(lambda p: f32(np.minimum.reduce([capsule(p, *tool) for tool in tools])), (0.13, 0.11, 0.10), 1.0),
        Solid(lambda p: f32(np.minimum.reduce([box(p, (x, y, 2.12), (0.11, 0.06, 0.06), 0.02) for x, y in heads])),
              (0.15, 0.14, 0.14), 1.5),
    ]  # fmt: skip


def _textured(gbuffer: GBuffer) -> GBuffer:
    """Scratched steel, and the grain of wood."""
    coarse, fine = noise(83, 1.4), noise(84, 0.9)
    x, y, z = (gbuffer.points[..., i] for i in range(3))
    steel = 1 + 0.22 * sample(coarse, x * 0.5 + z * 0.3, y * 0.5 + z * 0.2) + 0.12 * sample(fine, x * 0.9, y * 0.9 + z)
    wood = 1 + 0.35 * sample(fine, np.arctan2(z, x) * 0.6, y * 0.05) + 0.2 * sample(coarse, x * 0.4, y * 0.1)
    gbuffer.colours[:] = gbuffer.colours * np.clip(np.where(gbuffer.index == 1, wood, steel), 0.2, 2)[..., None]
    gbuffer.shine[:] = gbuffer.shine * np.clip(steel, 0.3, 1.6)
    return roughened(gbuffer, noise(86, 1.2, 6, 220), 1.4, 0.16)


def _shop_by(gbuffer: GBuffer, field: Field) -> Array:
    """The shop by its own fire, bricks and all, out of focus."""
    x, y = gbuffer.points[..., 0], gbuffer.points[..., 1]
    row = np.floor(y / 0.11)
    joint = np.minimum(np.abs((x / 0.3 + 0.5 * (row % 2)) % 1 - 0.5) * 0.3, np.abs(y / 0.11 - row - 0.5) * 0.11)
    bricks = np.where(gbuffer.index == 0, 0.45 + 0.55 * smoothstep(0.004, 0.018, f32(joint)), 1)
    gbuffer.colours[:] *= (bricks * (1 + 0.25 * sample(noise(87, 1.4), x * 0.2, y * 0.2)))[..., None]
    seen = shadow(field, gbuffer, HEARTH, 10)
    glow = lit_by(gbuffer, HEARTH, EMBER, 0.5, 1.5) * (0.1 + 0.9 * seen)[..., None]
    return f32(glow * (0.3 + 0.7 * openness(field, gbuffer, 0.4))[..., None])


def striking(seconds: float) -> Callable[[float], list[Array]]:
    """The first scene of anger."""
    hits = strikes(seconds)
    near, shop = _near(), _shop()
    ground = render(near, (WIDTH, HEIGHT), EYE, TOWARDS, ZOOM, far=9)
    steel = _textured(ground)
    mask = f32(cv2.GaussianBlur(ground.hit, (0, 0), 0.8))[..., None]
    lamp = STRUCK + f32((0, 0.09, -0.07))
    seen = (0.15 + 0.85 * shadow(union(near[:3]), ground, lamp)) * openness(union(near), ground, 0.2)
    by_iron = f32(0.16 * lit_by(steel, FRONT, RED, 0.1))
    # The bar is long: three lamps stand for it.
    for along, share in ((0.16, 0.4), (-0.06, 0.6), (-0.3, 0.25)):
        by_iron += share * lit_by(steel, lamp + f32((along, 0, 0)), RED, 0.4) * seen[..., None]
    by_iron = antialiased(f32(by_iron * mask), ground)
    by_hearth = antialiased(f32(lit_by(steel, HEARTH, EMBER, 0.7, 1.1) * mask), ground)
    sky = lit_by(steel, WINDOW, NIGHT, 0.35, 0.0) * openness(union(near), ground)[..., None]
    by_night = antialiased(f32(sky * mask), ground)
    heat = _heat(ground, steel)
    far = render(shop, HALF, EYE, TOWARDS, ZOOM, far=14)
    behind = blur(_shop_by(far, union(shop)), 3.0 * PX)
    hammer = Hammer()
    sparks = Sparks(hits, STRUCK, lambda places: project(places, EYE, TOWARDS, ZOOM))
    coals, veil, warp = _Coals(), noise(85, 1.9, 2, 60), noise(88, 2.0, 2, 30)
    x, y = screen(HALF)

    def draw(t: float) -> list[Array]:
        since = min((t - hit for hit in hits if hit <= t), default=9.0)
        rage = 0.55 + 0.65 * ease(0, seconds, t)
        blow = np.float32(np.exp(-since / 0.28) * min(since / 0.05, 1))
        envelope = np.float32(rage * (1 + 0.65 * blow))
        pant = np.float32(rage * (0.85 + 0.12 * np.sin(1.9 * t) + 0.05 * np.sin(7.3 * t) + 0.03 * np.sin(12.7 * t)))
        back = behind * np.float32(2.2 * pant) + coals.at(t, float(pant))
        bend = 0.04 * sample(warp, x * 0.15, y * 0.15 - 0.05 * t)
        rise = sample(veil, x * 0.16 + 0.015 * t + bend, y * 0.16 - 0.06 * t) + 0.7 * sample(
            veil, x * 0.33 - 0.02 * t - bend, y * 0.3 - 0.10 * t
        )
        smoke = np.clip(0.42 + 0.5 * rise, 0.0, None) ** 1.4
        glow = np.exp(-((x + 1.35) ** 2 + (y - 0.25) ** 2) / 0.9) * 0.12 * pant
        back += tint(f32(smoke * (glow + 0.02)), (1.0, 0.22, 0.05))
        back += tint(f32(smoke * smoothstep(-0.4, 1.6, x + 0.3 * y)), (0.004, 0.008, 0.018))
        light = f32(cv2.resize(back, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)) * (1 - mask)
        light += by_iron * np.float32(1.8 * envelope) + by_hearth * np.float32(2.3 * pant) + by_night * np.float32(0.09)
        light += fire(heat * np.float32(0.82 + 0.25 * envelope))
        hammer.put(light, t, hits, float(envelope), float(pant))
        fly = np.zeros((HEIGHT, WIDTH, 3), np.float32)
        ends, colours, drops = sparks.at(t)
        streaks(fly, ends, colours, 0.7)
        dots(fly, *drops, edge=0.0)
        wide = 0.16 + 0.22 * np.clip(y, 0, 1)
        plume = np.exp(-(((x - 0.02 + 0.9 * bend) / wide) ** 2)) * smoothstep(-0.12, 0.15, y)
        haze = tint(f32(smoke * plume * 0.05 * envelope * (1.1 - np.clip(y, 0, 1))), (1.0, 0.30, 0.09))
        quake = 6 * PX * rage * np.exp(-since / 0.09) * np.cos(since * 55)
        push = 1.02 + 0.07 * t / seconds
        return [_moved(light, quake, push), haze, _moved(fly, quake, push)]

    return draw


def _heat(ground: GBuffer, steel: GBuffer) -> Array:
    """How hot the bar is: white where it is worked, dark towards the tongs, with flakes of scale."""
    x, y, z = (ground.points[..., i] for i in range(3))
    fine = noise(89, 1.1, 8, 200)
    along = smoothstep(-0.75, 0.0, x) * (0.72 + 0.28 * smoothstep(0.40, 0.25, x))
    scale = np.clip(sample(fine, x * 0.8, y * 0.8 + z * 0.8) + 0.5 * sample(fine, x * 2.1, y * 2 + z * 2), -2, 2)
    flat = 0.80 + 0.20 * np.clip(steel.normals[..., 1], 0, 1)
    heat = along * flat * (1.6 + 0.18 * scale) * (1 - 0.45 * smoothstep(0.9, 1.6, scale))
    return f32(cv2.GaussianBlur(f32(heat * (ground.index == 3) * ground.hit), (0, 0), 0.7))


class _Coals:
    """The fire of the hearth, out of focus: flames of noise over a bed of round lights."""

    def __init__(self) -> None:
        dice = np.random.default_rng(82)
        n = 70
        bed = (dice.normal(-1.75, 0.34, n), 0.76 + np.abs(dice.normal(0, 0.05, n)), dice.uniform(1.3, 1.9, n))
        px, py, _ = project(f32(np.stack(bed, -1)), EYE, TOWARDS, ZOOM)
        self.x, self.y = px / 2, py / 2
        self.size, self.phase = f32(dice.uniform(5, 11, n) * PX), f32(dice.uniform(0, 6.28, n))
        self.hot = f32(dice.uniform(0.25, 1.1, n))
        self.tile = noise(90, 1.6, 2, 60)
        fx, fy, _ = project(f32([[-1.75, 0.80, 1.6]]), EYE, TOWARDS, ZOOM)
        x, y = screen(HALF)
        self.u = (x - (fx[0] - WIDTH / 2) / (HEIGHT / 2)) / 0.42
        self.v = (y - (HEIGHT / 2 - fy[0]) / (HEIGHT / 2)) / 0.75

    def at(self, t: float, pant: float) -> Array:
        """Half-size light of the fire."""
        fire_bed = np.zeros((HALF[1], HALF[0], 3), np.float32)
        flicker = self.hot * (0.75 + 0.25 * np.sin(2.7 * t + self.phase) + 0.12 * np.sin(7.1 * t + 3 * self.phase))
        dots(fire_bed, self.x, self.y, self.size, fire(flicker * np.float32(1.2 * pant)) * 0.5, 0.0)
        lick = sample(self.tile, self.u * 0.12 + 0.02 * np.sin(t), self.v * 0.16 - 0.55 * t)
        lick = lick + 0.6 * sample(self.tile, self.u * 0.3 + 0.4, self.v * 0.3 - 0.9 * t)
        v = np.clip(self.v, 0, 2)
        flame = np.clip(1.1 - v + 0.45 * lick - np.abs(self.u) ** 2 * (0.7 + 1.3 * v), 0, None) * smoothstep(
            -0.08, 0.1, self.v
        )
        return f32(fire_bed + blur(fire(flame * np.float32(0.75 * pant)), 2.2 * PX))


def _moved(picture: Array, quake: float, push: float) -> Array:
    """The camera goes nearer, and shakes at each blow."""
    x, y = WIDTH * 0.52, HEIGHT * 0.55
    matrix = f32([[push, 0, x * (1 - push) + 0.4 * quake], [0, push, y * (1 - push) + quake]])
    return f32(
        cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    )
