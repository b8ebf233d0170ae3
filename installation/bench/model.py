"""How long classifying 1, 4 and 16 faces takes, on one thread of the CPU and on a GPU where there is one."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from installation.bench.report import Figure, Progress, Report
from models.seeing.align import SIDE
from models.seeing.classifier import Classifier, open_classifier
from models.seeing.io_binding import BATCHES
from models.seeing.runtime import why_no_cuda

ROUNDS, WARM = 200, 20
NOTES = (
    "each figure: median of 200 calls, from aligned 8-bit faces in memory to probabilities in memory, whole batch.",
    "goals: one face on one CPU thread 4.5 ms, int8 2.5 ms; 16 faces on a GPU under 1 ms.",
)


def run(progress: Progress) -> Report:
    """The shipped classifier; on a GPU also its float16 variant, and the gpu preset's network through PyTorch."""
    progress("float32 on the CPU", 0.0)
    float32 = open_classifier("", "cpu", int8=False)
    float32_ms = {n: _milliseconds(_classify(float32, n)) for n in BATCHES}
    progress("int8 on the CPU", 0.3)
    int8 = open_classifier("", "cpu")
    int8_ms = {n: _milliseconds(_classify(int8, n)) for n in BATCHES}
    figures = [Figure(f"CPU, one thread, float32: {_faces(n)}", ms, "ms") for n, ms in float32_ms.items()]
    figures += [
        Figure(f"CPU, one thread, int8: {_faces(n)}", ms, "ms", float32_ms[n], "float32") for n, ms in int8_ms.items()
    ]
    reason = why_no_cuda()
    if reason:
        return Report(
            "model", (*figures, *_through_torch(progress)), (*NOTES, f"onnxruntime cannot use CUDA: {reason}")
        )
    lines = []
    progress("on the GPU", 0.6)
    on_gpu: dict[int, float] = {}
    for variant in (False, True):
        classifier = open_classifier("", "auto", int8=variant)
        lines.append(classifier.line)
        for n in BATCHES:
            ms = _milliseconds(_classify(classifier, n))
            name = f"GPU, {'float16' if variant else 'float32'}: {_faces(n)}"
            figures.append(Figure(name, ms, "ms", on_gpu.get(n), "float32" if variant else ""))
            on_gpu.setdefault(n, ms)
    return Report("model", (*figures, *_through_torch(progress)), (*NOTES, *lines))


def _through_torch(progress: Progress) -> list[Figure]:
    """The same on machines that have PyTorch's CUDA and not onnxruntime's; weights do not matter for the time."""
    try:
        from models.training.presets import PRESETS
        from models.training.timing import cuda_name, graphed_inference
    except ModuleNotFoundError:  # without the extra ``train``
        return []
    name = cuda_name()
    if not name:
        return []
    progress("PyTorch on the GPU", 0.9)
    return [
        Figure(f"{name}, PyTorch, float16, preset gpu, CUDA graph: {_faces(n)}", _milliseconds(step), "ms")
        for n in BATCHES
        for step in (graphed_inference(PRESETS["gpu"].network, n, "cuda"),)
    ]


def _faces(n: int) -> str:
    return "1 face" if n == 1 else f"{n} faces"


def _classify(classifier: Classifier, n: int) -> Callable[[], object]:
    faces = np.random.default_rng(n).integers(0, 256, (n, SIDE, SIDE), np.uint8)
    return lambda: classifier.classify(faces)


def _milliseconds(call: Callable[[], object]) -> float:
    took = []
    for _ in range(WARM + ROUNDS):
        started = time.perf_counter()
        call()
        took.append(time.perf_counter() - started)
    return 1000 * float(np.median(took[WARM:]))
