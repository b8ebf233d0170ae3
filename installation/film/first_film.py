"""Three clips to begin a film with: a lamp that waits, a question, and two answers; drawn and sounded here."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np

from installation.film.encoder import SAMPLE_RATE, ClipEncoder
from models.arrays import Floats, Image

SIZE, RATE = (960, 540), 25
WARM, COLD = (255, 196, 120), (110, 160, 255)
CLIPS: dict[str, tuple[float, float]] = {
    "waiting.mp4": (4.0, 110.0),
    "question.mp4": (8.0, 164.8),
    "answers.mp4": (12.0, 220.0),
}
"""Seconds of each clip, and the pitch of its tone in hertz."""


def write_clips(folder: Path, progress: Callable[[str, float], None]) -> None:
    """Write the clips. ``progress`` gets what is made and shares of 1. Raises ``OSError``."""
    for done, (name, (seconds, pitch)) in enumerate(CLIPS.items()):
        count = round(seconds * RATE)
        with av.open(str(folder / name), "w", options={"movflags": "+faststart"}) as container:
            encoder = ClipEncoder(container, Fraction(RATE), SIZE, sound=True, preset="veryfast")
            for second in range(round(seconds)):
                encoder.sound(_tone(pitch, float(second), seconds), float(second))
                for number in range(second * RATE, (second + 1) * RATE):
                    picture = av.VideoFrame.from_ndarray(_picture(name, number / RATE, seconds), format="rgb24")
                    encoder.picture(picture, number / RATE)
                    progress(name, (done + number / count) / len(CLIPS))
            encoder.finish()


def _picture(name: str, seconds: float, length: float) -> Image:
    """A glow in a dark room. It breathes, asks, or answers: warm for the first half of the answers, then cold."""
    width, height = SIZE
    turn = 2 * np.pi * seconds / length
    x, y, radius, colour = width / 2, height * 0.45, 70 + 20 * np.cos(turn), WARM
    if name == "question.mp4":
        x += 200 * np.sin(turn)
    elif name == "answers.mp4":
        bright = seconds < length / 2
        colour = WARM if bright else COLD
        radius = 90 + 120 * abs(np.sin(turn)) if bright else 45 + 25 * abs(np.sin(turn))
    across, down = np.meshgrid(np.arange(0, width, 4), np.arange(0, height, 4))
    glow = np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * radius**2))
    small = (glow[..., None] * np.array(colour) * 0.9).astype(np.uint8)
    return np.asarray(cv2.resize(small, SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def _tone(pitch: float, begin: float, length: float) -> av.AudioFrame:
    """One second of a soft fifth that swells once over the clip, so that a loop joins without a click."""
    t = begin + np.arange(SAMPLE_RATE) / SAMPLE_RATE
    swell = 0.12 * np.sin(np.pi * t / length) ** 2
    wave: Floats = (swell * (np.sin(2 * np.pi * pitch * t) + 0.5 * np.sin(3 * np.pi * pitch * t))).astype(np.float32)
    frame = av.AudioFrame.from_ndarray(np.stack([wave, wave]), format="fltp", layout="stereo")
    frame.sample_rate = SAMPLE_RATE
    return frame
