"""Checks and measures the eye's networks on an NVIDIA GPU in a minute or two: that they answer as on the CPU, how fast.

Run it where a GPU is at hand, from the repository, with the extra ``cuda`` installed::

    python tools/gpu_check.py

It ends with 1 where something is not as it should be, and with one line where there is no GPU. ``--on-cpu`` goes the
same way on the CPU, to try the script itself.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2
import numpy as np

from models.arrays import Gray, Image
from models.frame import Detection, Frame
from models.rendering.simulated_visitor import read_portraits
from models.seeing.align import align_all
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.io_binding import BATCHES
from models.seeing.mtcnn import Mtcnn
from models.seeing.one_shot import OneShot
from models.seeing.runtime import DeviceName, runtime_report, why_no_cuda
from models.seeing.session import CPU, CUDA, open_session
from models.seeing.sight import Sight

ROUNDS, WARM_UP = 200, 20
COLUMNS, ROWS, WIDTH, HEIGHT = 8, 2, 1280, 720
FACES = COLUMNS * ROWS
GOAL_MS = 2.0
"""Of 16 faces: detecting, aligning and classifying them."""
SAME_PROBABILITY, SAME_PIXELS = 0.02, 1.0


def sixteen_faces() -> Image:
    """Computed heads in two rows."""
    people, _ = read_portraits()
    picture = np.full((HEIGHT, WIDTH, 3), 70, np.uint8)
    wide, high = WIDTH // COLUMNS, HEIGHT // ROWS
    for number in range(FACES):
        poses = list(people[number % len(people)].values())
        portrait = poses[number % len(poses)]
        share = min(wide / portrait.shape[1], high / portrait.shape[0])
        head = cv2.resize(portrait, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        y, x = number // COLUMNS * high, number % COLUMNS * wide
        picture[y : y + head.shape[0], x : x + head.shape[1]] = head
    return picture


class Check:
    """What was found, printed as it is found."""

    def __init__(self) -> None:
        self.failed = 0

    def that(self, holds: bool, what: str) -> None:
        """Print whether ``what`` holds."""
        self.failed += not holds
        print(f"{'ok  ' if holds else 'NOT '} {what}", flush=True)

    def goal(self, milliseconds: float, goal: float, what: str) -> None:
        """Print a time beside what it should be; a goal that is missed is no fault."""
        print(f"     {what}: {milliseconds:.2f} ms (goal {goal:g}: {'reached' if milliseconds < goal else 'missed'})")


def milliseconds(call: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile of many calls."""
    took = []
    for _ in range(WARM_UP + ROUNDS):
        begun = time.perf_counter()
        call()
        took.append(1000 * (time.perf_counter() - begun))
    return float(np.median(took[WARM_UP:])), float(np.percentile(took[WARM_UP:], 95))


def check_classifier(check: Check, device: DeviceName, faces: Gray) -> Classifier:
    """One session is opened; its answers are those of float32 on the CPU; times of each batch size."""
    opened: list[str] = []

    def noted(model: bytes | Path, *rest: object, **more: object) -> object:
        opened.append(Path(model).name if isinstance(model, Path) else "bytes")
        return open_session(model, *rest, **more)  # type: ignore[arg-type]

    for module in ("models.seeing.classifier", "models.seeing.runtime", "models.seeing.io_binding"):
        sys.modules[module].open_session = noted  # type: ignore[attr-defined]
    begun = time.perf_counter()
    classifier = open_classifier("", device)
    print(f"     {classifier.line}, opened in {time.perf_counter() - begun:.2f} s")
    check.that(len(opened) == 1, f"one session was opened: {', '.join(opened)}")
    wanted, got = open_classifier("", "cpu", int8=False).classify(faces)[0], classifier.classify(faces)[0]
    if classifier.provider == CUDA:
        check.that("recorded" in classifier.line, "float16, recorded as a CUDA graph")
        worst = float(np.abs(wanted - got).max())
        check.that(worst < SAME_PROBABILITY, f"probabilities as in float32 on the CPU: {worst:.4f} apart at most")
    check.that(bool((wanted.argmax(1) == got.argmax(1)).mean() > 0.9), "the same emotion leads")
    for n in BATCHES:
        median, p95 = milliseconds(lambda n=n: classifier.classify(faces[:n]))  # type: ignore[misc]
        print(f"     classify {n}: {median:.2f} ms, p95 {p95:.2f}")
    return classifier


def check_detector(check: Check, device: DeviceName, picture: Image) -> OneShot:
    """The one-shot detector finds the same faces on both devices."""
    on_cpu, detector = OneShot(), OneShot(device=device)
    print(f"     one-shot detector on {detector.device.line}")
    wanted, got = on_cpu.detect(picture), detector.detect(picture)
    check.that(len(wanted) == len(got), f"the same number of faces: {len(got)} and {len(wanted)}")
    check.that(farthest(wanted, got) < SAME_PIXELS, f"landmarks {farthest(wanted, got):.3f} pixels apart at most")
    for name, one in (("the CPU", on_cpu), ("this device", detector)):
        median, p95 = milliseconds(lambda one=one: one.detect(picture))  # type: ignore[misc]
        print(f"     detect {len(got)} faces on {name}: {median:.2f} ms, p95 {p95:.2f}")
    return detector


def farthest(some: list[Detection], others: list[Detection]) -> float:
    """The most that a landmark of one face lies off the nearest face's of the others."""
    return max(
        (min(float(np.abs(a.landmarks - b.landmarks).max()) for b in others) for a in some if others), default=np.inf
    )


def main() -> int:
    """Exit code: 0, or 1 where a check failed or there is no GPU."""
    device: DeviceName = "cpu" if "--on-cpu" in sys.argv else "cuda"
    if device == "cuda" and why_no_cuda():
        print(f"nothing was checked: {why_no_cuda()}", file=sys.stderr)
        return 1
    print(*runtime_report(), sep="\n")
    check, picture = Check(), sixteen_faces()
    found = Mtcnn(rows=HEIGHT).detect(picture)
    check.that(len(found) == FACES, f"MTCNN finds {len(found)} of {FACES} faces to try with")
    faces = align_all(picture, [one.landmarks for one in found])
    classifier = check_classifier(check, device, faces)
    check.that(classifier.provider == (CPU if device == "cpu" else CUDA), "it runs where it was asked to")
    sight = Sight(check_detector(check, device, picture), classifier, detect_every=1)
    frame = Frame(picture, 0.0, 0)
    median, p95 = milliseconds(lambda: sight.detect_and_classify(frame))
    stages = ", ".join(f"{stage} {spent:.2f}" for stage, spent in sight.stages_ms.items() if spent)
    check.goal(median, GOAL_MS, f"a whole look at {len(sight.detect_and_classify(frame))} faces, p95 {p95:.2f}")
    print(f"     of it, in the last look: {stages}")
    print("all as it should be" if not check.failed else f"{check.failed} things are not as they should be")
    return int(check.failed > 0)


if __name__ == "__main__":
    sys.exit(main())
