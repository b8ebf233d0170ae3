"""The eye's stages on the same frames: detect, follow, align, classify, weigh; and what each economy is worth."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from calibration.settings import CameraSettings, EyeSettings
from installation.bench.report import Figure, Progress
from installation.camera.picture_files import frames_of
from models.arrays import Doubles, Floats, Image
from models.frame import Detection, Frame
from models.rendering.simulated_visitor import SimulatedVisitor
from models.seeing.align import SIDE, align_all, prepare, similarity
from models.seeing.classifier import open_classifier
from models.seeing.detector import open_detector
from models.seeing.sight import STAGES, Sight

FRAMES = 150
FRAMES_A_SECOND = 15.0
WARM_UP = 6
FACES = 4


def bench_frames(count: int) -> tuple[list[Frame], str]:
    """Frames at 1280x720 and where they come from: the video named by CHIARO_FOOTAGE, or the simulated visitor."""
    named = os.environ.get("CHIARO_FOOTAGE", "")
    if named and Path(named).is_file():
        frames: list[Frame] = []
        while len(frames) < count:  # a short film is seen again
            for frame in frames_of(Path(named), 1):
                image = np.asarray(cv2.resize(frame.image, (1280, 720), interpolation=cv2.INTER_CUBIC), np.uint8)
                frames.append(Frame(image, len(frames) / FRAMES_A_SECOND, len(frames)))
        return frames[:count], Path(named).name
    visitor = SimulatedVisitor(CameraSettings(), seed=0)
    visitor.read(0.0)
    # From second 3 on: the first visitor stands in the light.
    images = [visitor.read(3.0 + n / FRAMES_A_SECOND) for n in range(count)]
    return [Frame(image, n / FRAMES_A_SECOND, n) for n, image in enumerate(images)], "simulated visitor"


def stage_figures(progress: Progress) -> tuple[tuple[Figure, ...], tuple[str, ...]]:
    """Figures and notes of the eye's stages, on one thread of the CPU unless a GPU is there."""
    frames, source = bench_frames(FRAMES)
    settings = EyeSettings()
    detector = open_detector(settings)
    classifier = open_classifier("", settings.device, settings.threads)
    often = Sight(detector, classifier, detect_every=1)
    sight = Sight(detector, classifier, settings.detect_every)
    always, _, _ = _timed(often, frames, lambda share: progress("detecting on every frame", 0.5 * share))
    rows, found, last = _timed(sight, frames, lambda share: progress("following between", 0.5 + 0.3 * share))
    total, busy = rows.sum(axis=1), rows.sum(axis=0)
    every = f"detection on every frame, not every {settings.detect_every}."
    baseline = always.sum(axis=1)
    figures = [
        Figure("one frame, mean", float(total.mean()), "ms", float(baseline.mean()), every),
        Figure("one frame, p50", float(np.median(total)), "ms", float(np.median(baseline)), every),
        Figure("one frame, p95", float(np.percentile(total, 95)), "ms", float(np.percentile(baseline, 95)), every),
        Figure("frames one core could analyse", 1000 / float(total.mean()), "frames/s"),
        Figure("frames with a face", 100 * found, "%"),
    ]
    for n, stage in enumerate(STAGES):
        used = rows[rows[:, n] > 0, n]
        if len(used):
            figures += [
                Figure(f"{stage}, p50 when needed", float(np.median(used)), "ms"),
                Figure(f"{stage}, p95 when needed", float(np.percentile(used, 95)), "ms"),
                Figure(f"{stage}, share", 100 * float(busy[n] / busy.sum()), "%"),
            ]
    progress("economies", 0.85)
    if last:
        figures += _economies(frames[-1].image, last[0], classifier.classify)
    return tuple(figures), (f"frames: {len(frames)} of {source}, 1280x720", sight.line)


def _timed(
    sight: Sight, frames: list[Frame], progress: Callable[[float], None]
) -> tuple[Doubles, float, list[Detection]]:
    """Milliseconds (frames, stages), the share of frames with a face, and the faces of the last one."""
    rows, counts, last = [], [], []
    for frame in frames:
        estimates = sight.detect_and_classify(frame)
        rows.append([sight.stages_ms[stage] for stage in STAGES])
        counts.append(len(estimates) > 0)
        last = [estimate.detection for estimate in estimates]
        progress(len(rows) / len(frames))
    return np.array(rows[WARM_UP:]), float(np.mean(counts)), last


def _economies(image: Image, face: Detection, classify: Callable[[Image], object]) -> list[Figure]:
    """Faces cut out before anything is converted, and all classified in one batch, each against the plain way."""
    faces = align_all(image, [face.landmarks] * FACES)
    return [
        Figure(
            "cut out and prepare one face",
            _milliseconds(lambda: prepare(align_all(image, [face.landmarks]))),
            "ms",
            _milliseconds(lambda: _plainly(image, face)),
            "the whole frame to gray floats first",
        ),
        Figure(
            f"classify {FACES} faces in one batch",
            _milliseconds(lambda: classify(faces)),
            "ms",
            _milliseconds(lambda: [classify(faces[n : n + 1]) for n in range(FACES)]),
            "one by one",
        ),
    ]


def _plainly(image: Image, face: Detection) -> Floats:
    """What most toolkits do: convert everything, then cut."""
    gray = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2GRAY)
    turn = similarity(np.asarray(face.landmarks, np.float64))
    cut = cv2.warpAffine(gray, turn, (SIDE, SIDE))
    return np.asarray((cut - cut.mean()) / cut.std(), np.float32)


def _milliseconds(work: Callable[[], object], times: int = 30) -> float:
    taken = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        taken.append((time.perf_counter() - start) * 1000)
    return float(np.median(taken))
