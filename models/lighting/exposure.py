"""What a camera makes of light: exposure, photons, read noise, gamma, eight bits, blur and JPEG. In linear light.

Light is linear and any scale; pictures are 0 to 255 as captured. Used for training, the dark benchmark and the
simulated visitor, so that all three mean the same by "face mean 25".
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.arrays import Floats, Gray, Image

GAMMA = 2.2


@dataclass(frozen=True, slots=True)
class Sensor:
    """How noisy a picture is; numbers, or (n, 1, 1) of them for n pictures."""

    full_well_electrons: Floats | float = 8000.0
    """Electrons of a white pixel; the square root of the count is the photon noise."""
    read_noise_electrons: Floats | float = 4.0
    """Deviation of the noise of reading, in electrons."""


def power(light: Floats, exponent: Floats | float) -> Floats:
    """``light ** exponent`` for light from 0 up, in two thirds of the time: numpy's powers are slow."""
    bent = np.log(np.maximum(light, np.float32(1e-7)))
    bent *= np.float32(exponent) if isinstance(exponent, float) else exponent
    return np.exp(bent, out=bent)


def linear(pictures: Gray | Floats) -> Floats:
    """Linear light, 0 to 1, of pictures as captured (0 to 255)."""
    if pictures.dtype == np.uint8:
        return _LINEAR[pictures]
    return np.power(np.maximum(pictures, 0) * np.float32(1 / 255), np.float32(GAMMA))


_LINEAR = ((np.arange(256) / 255.0) ** GAMMA).astype(np.float32)


def expose(light: Floats, mean: Floats | float) -> Floats:
    """Light (n, h, w) scaled so that each picture's mean as captured, 0 to 255, comes near ``mean`` (n,).

    What is brighter than white is cut by the sensor later, so two rounds are made with that in mind.
    """
    wanted = np.broadcast_to(np.asarray(mean, np.float32), len(light))
    gain = np.ones(len(light), np.float32)
    thin = light[:, ::3, ::3]
    for _ in range(3):
        seen = 255 * np.power(np.clip(thin * gain[:, None, None], 0, 1), np.float32(1 / GAMMA)).mean((1, 2))
        gain *= np.power(wanted / np.maximum(seen, 1e-3), np.float32(GAMMA))
    return light * gain[:, None, None]


def noisy(light: Floats, sensor: Sensor, rng: np.random.Generator) -> Floats:
    """Light as counted by the sensor: photon noise grows with the root of the light, read noise is always there."""
    variance = (
        np.clip(light, 0, 1) / sensor.full_well_electrons
        + (sensor.read_noise_electrons / sensor.full_well_electrons) ** 2
    )
    return np.asarray(light + np.sqrt(variance) * rng.standard_normal(light.shape, np.float32), np.float32)


def captured(light: Floats) -> Gray:
    """Pictures of 8 bits from linear light."""
    return np.asarray(255 * np.power(np.clip(light, 0, 1), np.float32(1 / GAMMA)) + 0.5, np.uint8)


def jpeg(picture: Image, quality: int) -> Gray:
    """The picture after a JPEG of ``quality``, as an MJPEG camera sends it."""
    _, packed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(packed, cv2.IMREAD_UNCHANGED), np.uint8)


def motion_kernel(length: float, angle: float) -> Floats:
    """Blur kernel of a movement of ``length`` pixels in direction ``angle`` (radians)."""
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    way = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    middle = side // 2
    x, y = np.round(middle + np.linspace(-1, 1, 4 * side) * way[:, None]).astype(int)
    np.add.at(kernel, (y, x), 1)
    return np.asarray(kernel / kernel.sum(), np.float32)
