"""Checks and measures a whole look on an NVIDIA GPU: that it answers as the CPU does, what is recorded, how fast.

Run it where a GPU is at hand, from the repository, with the extra ``cuda`` installed; it takes 8 minutes at most::

    python tools/gpu_check.py --json gpu.json

It ends with 1 where something is not as it should be, and says what to do; with one line where there is no GPU.
``--on-cpu`` goes the same way on the CPU, to try the script and the graphs: its times say nothing about a GPU.
``tools/README.md`` says what to bring to a machine that pip cannot reach.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import cv2
import numpy as np
import onnxruntime

from calibration.settings import EyeSettings
from models.arrays import Floats, Image
from models.frame import Detection, Frame
from models.rendering.crowd import Crowd
from models.seeing.align import align_all
from models.seeing.classifier import SHIPPED, Classifier, open_classifier
from models.seeing.device_look import DeviceLook, open_device_detector, open_device_look
from models.seeing.device_tables import ALIGN, device_variant
from models.seeing.each_picture import EachPicture
from models.seeing.finding import AtOnce
from models.seeing.io_binding import CUDA_GRAPH, BoundNetwork
from models.seeing.one_shot import SHIPPED as SHIPPED_DETECTOR
from models.seeing.one_shot import OneShot, second_of
from models.seeing.runtime import runtime_report, why_no_cuda
from models.seeing.session import CPU, CUDA, open_session
from models.seeing.sight import Sight

FACES = (1, 4, 16)
WIDTH, HEIGHT = 1280, 720
GOAL_MS = 2.0
"""Of 16 faces: brought over, found, cut out and classified, the answers in memory."""
LIGHT, DARK = 120.0, 8.0
SAME_PROBABILITY, SAME_SCORE, SAME_GRAY = 0.02, 0.05, 2
SAME_LANDMARKS = 0.1
"""Of the distance between the eyes: the CPU's networks are rounded to 8 bits, those of a GPU are not."""
STOP_SECONDS = 420.0
"""After so long no other part is begun."""
RECORDED, SAME, GOAL, RUNS = "recorded", "same", "goal", "runs"
ADVICE = {
    RECORDED: "a step has no CUDA kernel here or needs the CPU; the error above names it. Without recording all works, "
    "slower. The graphs are made by models/training/device_graphs.py",
    SAME: "run again with NVIDIA_TF32_OVERRIDE=0: if that mends it, TF32 is too coarse for that step; if not, the "
    "first check above that fails names it",
    GOAL: "the stage that takes longest is named above; the times that are not recorded say what recording saves",
    RUNS: "the traceback above names the step. A show goes on without this look: only its classifier uses the GPU then",
}


class Report:
    """What was found, printed as it is found, and kept."""

    def __init__(self) -> None:
        self.begun = time.perf_counter()
        self.values: dict[str, Any] = {"checks": {}, "milliseconds": {}}
        self.advice: set[str] = set()
        self._part = ""

    def that(self, holds: bool, what: str, otherwise: str = RUNS) -> None:
        """Whether ``what`` holds."""
        self.values["checks"][f"{self._part}: {what}"] = bool(holds)
        if not holds:
            self.advice.add(otherwise)
        print(f"{'ok  ' if holds else 'NOT '} {what}", flush=True)

    def fact(self, name: str, value: object) -> None:
        """A value of any kind."""
        self.values[name] = value
        print(f"     {name}: {value}", flush=True)

    def timed(self, name: str, call: Callable[[], object], rounds: int) -> float:
        """Median of the milliseconds of ``rounds`` calls."""
        took = []
        for _ in range(rounds + max(2, rounds // 10)):
            begun = time.perf_counter()
            call()
            took.append(1000 * (time.perf_counter() - begun))
        median, p95 = (float(np.percentile(took[-rounds:], share)) for share in (50, 95))
        self.values["milliseconds"][name] = {"p50": round(median, 4), "p95": round(p95, 4), "rounds": rounds}
        print(f"     {name}: {median:.3f} ms, p95 {p95:.3f}", flush=True)
        return median

    def part(self, name: str, do: Callable[[], None]) -> None:
        """A part of the check. What goes wrong in it is told, and the others are still made."""
        passed, self._part = time.perf_counter() - self.begun, name
        print(f"\n{name} (after {passed:.0f} s)", flush=True)
        if passed > STOP_SECONDS:
            self.that(False, "left out, the time is up")
            return
        try:
            do()
        except Exception as error:  # whatever it is, the rest is worth the minutes
            traceback.print_exc(file=sys.stdout)
            self.that(False, f"{type(error).__name__}: {error}")


class GpuCheck:
    """The parts, on the GPU or, to try them, on the CPU."""

    def __init__(self, report: Report, on_cpu: bool, rounds: int) -> None:
        self.report, self.on_cpu, self.rounds = report, on_cpu, rounds
        self.settings = EyeSettings(detector="chiaro", device="cpu" if on_cpu else "cuda")
        self.cpu_detector = OneShot()
        self.cpu_classifier = open_classifier("", "cpu", int8=False)
        self.classifier: Classifier
        self.network: BoundNetwork
        self.look: DeviceLook

    def run(self) -> None:
        """All of them."""
        part = self.report.part
        part("versions", self.versions)
        part("classifier", self.open_classifier)
        if not self.on_cpu:
            part("recording each graph", self.record)
        part("the look", self.open_look)
        for n in FACES:
            for light in (LIGHT, DARK):
                picture = Crowd(n, WIDTH, HEIGHT).read(0.0, light, n)
                part(f"{n} faces, face mean {light:g}", partial(self.same_as_on_cpu, picture, n))
        for width, height in ((640, 480), (1920, 1080)):
            picture = Crowd(4, width, height).read(0.0, LIGHT)
            part(f"4 faces in {width}x{height}", partial(self.same_as_on_cpu, picture, 4))
        part("large faces", self.large_faces)
        part("milliseconds", partial(self.times, "", 1))
        if not self.on_cpu:
            part("milliseconds without recording", self.times_without_recording)
        part("milliseconds of the CPU alone", self.times_of_cpu)
        part("memory", self.memory)

    def versions(self) -> None:
        """What is installed here."""
        self.report.fact("Python", platform.python_version())
        self.report.fact("numpy and OpenCV", f"{np.__version__}, {cv2.__version__}")
        self.report.fact("onnxruntime", runtime_report())
        self.report.fact("GPU", nvidia_smi("name,driver_version,memory.total,memory.used"))

    def open_classifier(self) -> None:
        """One session is opened, the one that answers."""
        opened: list[str] = []
        real = onnxruntime.InferenceSession

        def noted(model: str | bytes, *rest: Any, **more: Any) -> Any:
            opened.append(Path(model).name if isinstance(model, str) else "bytes")
            return real(model, *rest, **more)

        onnxruntime.InferenceSession = noted
        try:
            begun = time.perf_counter()
            self.classifier = open_classifier("", self.settings.device)
        finally:
            onnxruntime.InferenceSession = real
        self.report.fact("classifier", f"{self.classifier.line}, opened in {time.perf_counter() - begun:.2f} s")
        self.report.that(len(opened) == 1, f"one session was opened: {', '.join(opened)}")
        if self.on_cpu:
            self.network = BoundNetwork(open_session(device_variant(SHIPPED)), "cpu")
            return
        self.report.that(self.classifier.provider == CUDA, "the classifier runs on the GPU")
        self.report.that(self.classifier.line.endswith("recorded"), "the classifier is recorded", RECORDED)
        if self.classifier.bound is None:
            raise RuntimeError("the classifier's variant for a GPU does not run: the look on the GPU needs it")
        self.network = self.classifier.bound

    def record(self) -> None:
        """A session that is to be recorded refuses a graph of which a step would run on the CPU; it says which."""
        for path in (ALIGN, device_variant(SHIPPED_DETECTOR), device_variant(second_of(SHIPPED_DETECTOR))):
            try:
                first = open_session(path, 1, (CUDA_GRAPH, CPU)).get_providers()[0]
                why = "" if first == CUDA else f": its session runs on {first}"
            except Exception as error:  # onnxruntime's own exceptions share no base class
                why = f": {error}"
            self.report.that(not why, f"{path.name} can be recorded{why}", RECORDED)

    def open_look(self) -> None:
        """As the eye opens it."""
        told: list[str] = []
        begun = time.perf_counter()
        if self.on_cpu:
            self.look = self.look_of_sessions(lambda path: open_session(path), "cpu")
        else:
            self.look = open_device_look(self.settings, self.classifier, (HEIGHT, WIDTH), told.append)
            self.report.that(self.look.detector_line.endswith("recorded"), "the look is recorded", RECORDED)
        self.report.that(self.look.finds_faces, "it finds faces, too")
        self.report.fact("look opened in seconds", round(time.perf_counter() - begun, 2))
        self.report.fact("detector on", self.look.detector_line)

    def look_of_sessions(self, open_one: Callable[[Path], Any], device: str) -> DeviceLook:
        """One whose sessions are opened otherwise than the eye does."""
        detector = open_device_detector(self.settings, open_one)
        look = DeviceLook(self.network, open_one(ALIGN), detector, device, lambda line: print(line, flush=True))
        look.warm_up(HEIGHT, WIDTH)
        return look

    def same_as_on_cpu(self, picture: Image, faces: int) -> None:
        """Faces, landmarks, cut-out faces and probabilities of one picture."""
        wanted, got = self.cpu_detector.detect(picture), self.look.detect(picture)
        self.report.that(len(got) == len(wanted) == faces, f"as many faces: {len(got)}, on the CPU {len(wanted)}", SAME)
        pairs = [(one, min(wanted, key=lambda other: distance(one, other))) for one in got] if wanted else []
        off = max((distance(*pair) / eyes_apart(pair[1]) for pair in pairs), default=np.inf)
        self.report.that(off < SAME_LANDMARKS, f"landmarks {off:.3f} of the eyes' distance apart at most", SAME)
        score = max((abs(one.score - other.score) for one, other in pairs), default=np.inf)
        self.report.that(score < SAME_SCORE, f"scores {score:.4f} apart at most", SAME)
        landmarks = [face.landmarks for face in wanted]
        cut, probabilities, _ = self.look.classify(picture, landmarks)
        on_cpu = align_all(picture, landmarks)
        gray = int(np.abs(cut.astype(int) - on_cpu).max())
        self.report.that(gray <= SAME_GRAY, f"aligned faces {gray} gray values apart at most", SAME)
        worst = float(np.abs(probabilities - self.cpu_classifier.classify(on_cpu)[0]).max())
        self.report.that(worst < SAME_PROBABILITY, f"probabilities {worst:.4f} apart at most", SAME)

    def large_faces(self) -> None:
        """Faces that are reduced before they are turned, by up to 8; a larger one is cut out on the CPU."""
        small = Crowd(1, 320, 180).read(0.0, LIGHT)
        picture = np.asarray(cv2.resize(small, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC), np.uint8)
        (face,) = self.cpu_detector.detect(picture)
        middle = face.landmarks.mean(axis=0)
        sizes = [pixels / eyes_apart(face) for pixels in (60, 100, 150, 195)]
        landmarks: list[Floats] = [np.asarray((face.landmarks - middle) * size + middle, np.float32) for size in sizes]
        cut, _, _ = self.look.classify(picture, landmarks)
        gray = int(np.abs(cut.astype(int) - align_all(picture, landmarks)).max())
        self.report.that(gray <= SAME_GRAY, f"aligned faces {gray} gray values apart at most", SAME)

    def times(self, how: str, share: float) -> None:
        """Each stage and the whole, for each number of faces."""
        rounds = max(int(self.rounds * share), 2)
        for n in FACES:
            picture = Crowd(n, WIDTH, HEIGHT).read(0.0, LIGHT, n)
            landmarks = [face.landmarks for face in self.look.detect(picture)]
            there = self.look.upload(picture)
            reduced = np.stack(landmarks) * there.scale
            timed = partial(self.report.timed, rounds=rounds)
            timed(f"{n} faces{how}: bring the picture over", partial(self.look.upload, picture))
            timed(f"{n} faces{how}: first look", there.first_look)
            timed(f"{n} faces{how}: second look", partial(there.second_look, reduced))
            timed(f"{n} faces{how}: cut out and classify", partial(there.read, landmarks))
            whole = timed(f"{n} faces{how}: all of it", partial(self.all_of_it, picture))
            if n == FACES[-1] and not how:
                reached = "reached" if whole < GOAL_MS else "missed"
                self.report.fact(f"goal, {n} faces in {GOAL_MS:g} ms", f"{reached}: {whole:.2f} ms")
                if whole >= GOAL_MS and not self.on_cpu:
                    self.report.advice.add(GOAL)
            sight = Sight(
                self.look,
                self.classifier,
                finder=EachPicture(self.look, AtOnce(self.cpu_detector, 3)),
                device=self.look,
            )
            timed(f"{n} faces{how}: all of it, and weighed", partial(sight.detect_and_classify, Frame(picture, 0.0, 0)))

    def all_of_it(self, picture: Image) -> None:
        """What one look asks of the device."""
        self.look.classify(picture, [face.landmarks for face in self.look.detect(picture)])

    def times_without_recording(self) -> None:
        """The same graphs, each step started on its own."""
        recorded = self.look
        self.look = self.look_of_sessions(lambda path: open_session(path, 1, (CUDA, CPU)), "cuda")
        self.times(" (detector and cutting out not recorded)", 0.25)
        self.look = recorded

    def times_of_cpu(self) -> None:
        """The path that the show takes without a GPU: the same pictures."""
        sight = Sight(self.cpu_detector, open_classifier("", "cpu"), detect_every=1)
        for n in FACES:
            frame = Frame(Crowd(n, WIDTH, HEIGHT).read(0.0, LIGHT, n), 0.0, 0)
            self.report.timed(
                f"{n} faces on one core: all of it, and weighed",
                partial(sight.detect_and_classify, frame),
                max(self.rounds // 10, 2),
            )

    def memory(self) -> None:
        """Of the card and of this process."""
        self.report.fact("GPU memory in use", nvidia_smi("memory.used"))
        status = Path("/proc/self/status")
        lines = status.read_text(encoding="utf-8").splitlines() if status.is_file() else []
        self.report.fact("memory of this process", [line for line in lines if line.startswith(("VmRSS", "VmHWM"))])


def distance(one: Detection, other: Detection) -> float:
    """The most that a landmark of one lies off the same one of the other, in pixels."""
    return float(np.abs(one.landmarks - other.landmarks).max())


def eyes_apart(face: Detection) -> float:
    """Pixels between the eyes."""
    return float(np.hypot(*(face.landmarks[1] - face.landmarks[0])))


def nvidia_smi(what: str) -> str:
    """What the driver's own tool says; nothing is set."""
    try:
        asked = ["nvidia-smi", f"--query-gpu={what}", "--format=csv,noheader"]
        ran = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=20)  # noqa: S603 - no input
        return ran.stdout.strip() or "unknown"
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"


def main() -> int:
    """Exit code: 0, or 1 where a check failed or there is no GPU."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--on-cpu", action="store_true", help="go the same way on the CPU")
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    parser.add_argument("--rounds", type=int, default=0, help="calls of each stage (200; on the CPU 5)")
    asked = parser.parse_args()
    if not asked.on_cpu and (reason := why_no_cuda()):
        print(f"nothing was checked: {reason}", file=sys.stderr)
        return 1
    report = Report()
    GpuCheck(report, asked.on_cpu, asked.rounds or (5 if asked.on_cpu else 200)).run()
    failed = [what for what, holds in report.values["checks"].items() if not holds]
    report.fact("seconds in all", round(time.perf_counter() - report.begun, 1))
    print("\n" + ("all as it should be" if not failed else f"{len(failed)} things are not as they should be:"))
    print(
        *(f"NOT  {what}" for what in failed),
        *(f"What to do: {ADVICE[name]}" for name in sorted(report.advice)),
        sep="\n",
    )
    if asked.json:
        asked.json.write_text(json.dumps(report.values, indent=1) + "\n", encoding="utf-8")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
