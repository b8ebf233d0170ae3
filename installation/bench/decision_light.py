"""The same people in the light and in the dark: does their mood stay the same? And does speaking count as a mood?

Each clip of the footage is played forth and back, so that its visitor stays for ``SECONDS`` without a jump: once as it
was filmed, and once in the dark under a lamp overhead, with the sensor's noise. Both go through the whole eye, and then
to each row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import cycle, islice
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import EyeSettings
from installation.bench.decision_courses import Seen
from installation.bench.decision_faces import OVERHEAD
from installation.bench.decision_footage import PEOPLE
from installation.bench.decision_measures import SAME, RowType, a_minute, decisions
from installation.bench.decision_rows import ROWS
from installation.bench.report import Figure
from models.arrays import Floats, Image
from models.frame import Frame
from models.lighting.exposure import Sensor, captured, expose, linear, noisy
from models.lighting.relight import LampBank, read_face_maps
from models.seeing.align import TEMPLATE, align, similarity
from models.seeing.sight import Sight, open_sight

FACE_MEAN = 20.0
"""Of the face in the dark, of 255: one gain for a whole clip, as a camera has it."""
LAMP_SEED = 3
"""With the clip's number it draws one of ``OVERHEAD``, a head whose shadows it throws, the other light of the room."""
SECONDS, LEARNS_SECONDS = 9.0, 3.0
"""How long somebody stays; the first seconds, in which the own resting face is learned, are not counted."""
FRAMES_A_SECOND = 15.0
"""The eye's, as it is set without a venue file."""
FALSE = "false events, footage"


EYE = partial(open_sight, EyeSettings(device="cpu"))


def light_and_dark(folder: Path, eye: Callable[[], Sight] = EYE) -> list[tuple[list[Seen], list[Seen]]]:
    """Each clip of ``folder`` with one person as the ``eye`` sees it, as it was filmed and in the dark."""
    lamps = LampBank(read_face_maps("bench"), OVERHEAD)
    clips = [path for glob, people in PEOPLE.items() if people == 1 for path in sorted(folder.glob(glob))]
    return [_both(path, eye(), lamps, number) for number, path in enumerate(clips)]


def figures(courses: Sequence[tuple[list[Seen], list[Seen]]]) -> list[Figure]:
    """What each row makes of them."""
    made = [Figure(f"{SAME}, footage: {row.name}", 100 * same_mood(row, courses), "%") for row in ROWS]
    for light, group in (("bright", [bright for bright, _ in courses]), ("dark", [dark for _, dark in courses])):
        made += [
            Figure(f"{FALSE}, {light}: {row.name}", a_minute(row, group, is_event, LEARNS_SECONDS), "a minute")
            for row in ROWS
        ]
    return made


def same_mood(row: RowType, courses: Sequence[tuple[list[Seen], list[Seen]]]) -> float:
    """Share of the frames, after the first seconds, in which the label is the same; no answer is one too."""
    same = [
        one == other
        for bright, dark in courses
        for (now, one), (_, other) in zip(decisions(row(), bright), decisions(row(), dark), strict=True)
        if now >= bright[0][0] + LEARNS_SECONDS
    ]
    return sum(same) / len(same)


def is_event(before: str | None, now: str | None) -> bool:
    """Whether another emotion than neutral begins."""
    return now not in (before, None, "neutral")


def _both(path: Path, sight: Sight, lamps: LampBank, number: int) -> tuple[list[Seen], list[Seen]]:
    pictures = _pictures(path)
    bright = list(_course(sight, islice(_forth_and_back(pictures), _frames())))
    landmarks = [faces[0].detection.landmarks if faces else None for _, faces, _ in bright]
    sight.forget()
    dark = darkened(islice(_forth_and_back(pictures), _frames()), landmarks, lamps, number)
    return bright, list(_course(sight, dark))


def darkened(
    pictures: Iterable[Image], landmarks: Sequence[Floats | None], lamps: LampBank, number: int
) -> Iterator[Image]:
    """The pictures with a lamp over the visitor, whose landmarks go along: always the same lamp, and the same gain."""
    chance, gain, five = np.random.default_rng(1), 0.0, next((one for one in landmarks if one is not None), TEMPLATE)
    for picture, seen in zip(pictures, landmarks, strict=True):
        five = five if seen is None else seen
        turn = similarity(five.astype(np.float64))
        aligned = (five @ turn[:, :2].T + turn[:, 2])[None].astype(np.float32)
        factor = lamps.draw(aligned, np.random.default_rng((LAMP_SEED, number)))[0]
        if not gain:
            lit = linear(align(picture, five))[None] * factor
            gain = float(expose(lit, FACE_MEAN).mean() / lit.mean())
        over = cv2.warpAffine(
            factor,
            turn,
            picture.shape[1::-1],
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        light = linear(picture) * np.asarray(over * np.float32(gain), np.float32)[..., None]
        yield captured(noisy(light, Sensor(), chance))


def _frames() -> int:
    return round(SECONDS * FRAMES_A_SECOND)


def _course(sight: Sight, pictures: Iterator[Image]) -> Iterator[Seen]:
    for number, picture in enumerate(pictures):
        now = 100.0 + number / FRAMES_A_SECOND
        yield now, sight.detect_and_classify(Frame(picture, now, number)), None


def _forth_and_back(pictures: Sequence[Image]) -> Iterator[Image]:
    return cycle([*pictures, *pictures[-2:0:-1]])


def _pictures(path: Path) -> list[Image]:
    """The clip's pictures, as many a second as the eye takes."""
    film = cv2.VideoCapture(str(path))
    rate = max(film.get(cv2.CAP_PROP_FPS), 1.0)
    every, due, pictures = rate / FRAMES_A_SECOND, 0.0, []
    number = 0
    while (got := film.read())[0]:
        if number >= due:
            pictures.append(np.asarray(got[1], np.uint8))
            due += max(every, 1.0)
        number += 1
    film.release()
    return pictures
