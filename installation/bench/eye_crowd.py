"""The eye before 1, 4 and 16 computed faces, as fast as it can, while a film of 1920x1080 plays on the same machine."""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from pathlib import Path

import cv2

from calibration.errors import Unavailable
from calibration.settings import EyeSettings, ScreenSettings
from installation.bench.eye_to_wire import measure
from installation.bench.marked_clip import make_clip
from installation.bench.report import Figure, Progress
from models.arrays import Image
from models.judging.tracker import UNSURE_SECONDS
from models.rendering.crowd import Crowd

FACES = (1, 4, 16)
SECONDS = 10.0
WARM_UP_SECONDS = UNSURE_SECONDS + 3
"""A face below another one's may be a print on clothes: so long it is no visitor."""
CAMERA_RATE = 60
LIGHT = 120.0
"""Face mean."""
FILM_SIZE, FILM_SECONDS = (1920, 1080), 6.0
STORY = """\
title = "a film beside the eye"
start = "film"
attract = "wait"
safe = "wait"
[scenes.wait]
clip = "film.mkv"
loop = true
minimum_seconds = 6
[scenes.film]
clip = "film.mkv"
end = true
"""


def crowd_figures(progress: Progress) -> list[Figure]:
    """Looks, their cost and each stage of them, and how old a mood is when its packet arrives, by number of faces."""
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        story = make_film(folder)
        for number, faces in enumerate(FACES):
            crowd, share = Crowd(faces), number / len(FACES)
            progress(f"drawing {_counted(faces)}", share)
            camera = write_camera(
                folder / "crowd.avi", [crowd.read(n / CAMERA_RATE, LIGHT, n) for n in range(CAMERA_RATE)], CAMERA_RATE
            )
            found = beside_film(camera, CAMERA_RATE, story, progress, share)
            figures += [replace(figure, name=f"{_counted(faces)}: {figure.name}") for figure in found]
    return figures


def beside_film(camera: Path, rate: float, story: Path, progress: Progress, share: float) -> list[Figure]:
    """The eye's figures before this camera, with no other limit than the camera's ``rate``."""
    width, height = FILM_SIZE
    return measure(
        str(camera),
        lambda what, _: progress(what, share),
        SECONDS,
        EyeSettings(frames_per_second=rate),
        story,
        ScreenSettings(width=width, height=height),
        WARM_UP_SECONDS,
    )


def make_film(folder: Path) -> Path:
    """A story that shows the same clip for ever, whether somebody is there or not."""
    make_clip(folder / "film.mkv", 1, FILM_SECONDS, FILM_SIZE)
    story = folder / "story.toml"
    story.write_text(STORY, encoding="utf-8")
    return story


def write_camera(path: Path, pictures: list[Image], rate: int) -> Path:
    """A film that is as good as a camera: its pictures are not packed, so that reading them costs next to nothing."""
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.CAP_FFMPEG, cv2.VideoWriter.fourcc(*"I420"), rate, (width, height))
    if not writer.isOpened():
        raise Unavailable(f"OpenCV cannot write {path.name} here")
    for picture in pictures:
        writer.write(picture)
    writer.release()
    return path


def load_note() -> str:
    """What else runs decides every figure."""
    return f"load of the machine at the end: {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""


def _counted(faces: int) -> str:
    return f"{faces} face{'s' if faces != 1 else ''}"
