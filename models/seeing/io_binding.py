"""Networks on a GPU without a copy too many: fixed sizes, memory that stays there, one recorded graph a batch size."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import onnxruntime

from calibration.errors import Unavailable
from models.arrays import Floats, Gray
from models.seeing.align import SIDE
from models.seeing.session import CPU, CUDA, open_session

BATCHES = (1, 4, 16)
"""cuDNN searches for its algorithms again for every new shape, so on a GPU only these are used, padded with zeros."""
CUDA_GRAPH = (CUDA, {"enable_cuda_graph": "1"})
"""A CUDA graph starts all kernels of a run at once: a network this small would spend its time on launching them."""
Outputs = tuple[Floats, Floats]
Providers = Sequence[str | tuple[str, dict[str, str]]]
Made = TypeVar("Made")


class FixedRun:
    """Runs of one session with the same memory each time: a recorded graph knows no other addresses.

    ``number``: another one for each memory and each shape of one session; a recording is kept for each.
    """

    def __init__(self, session: Any, number: int, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        self._session, self._binding = session, session.io_binding()
        for name, memory in inputs.items():
            self._binding.bind_ortvalue_input(name, memory)
        for name, memory in outputs.items():
            self._binding.bind_ortvalue_output(name, memory)
        self._options = onnxruntime.RunOptions()
        self._options.add_run_config_entry("gpu_graph_id", str(number))

    def run(self) -> None:
        """Once; it has ended when this returns."""
        self._session.run_with_iobinding(self._binding, self._options)

    def warm_up(self) -> None:
        """The first runs may record, the last one plays what was recorded."""
        for _ in range(3):
            self.run()


def memory(shape: Sequence[int], kind: Any, device: str) -> Any:
    """Memory of the device, 'cuda' or 'cpu', for an array of numpy's ``kind``."""
    return onnxruntime.OrtValue.ortvalue_from_shape_and_type(list(shape), kind, device, 0)


class BoundNetwork:
    """A GPU variant (``models.training.gpu_variant``): faces (n, 64, 64) uint8 in, probabilities, embeddings out.

    Inputs and outputs stay bound to memory of the device (onnxruntime's IO binding).
    """

    def __init__(self, session: Any, device: str = "cuda") -> None:
        """``device``: where the memory lies, 'cuda' or 'cpu'. Every size runs at once: no visitor waits for it."""
        widths = {value.name: int(value.shape[-1]) for value in session.get_outputs()}
        self.batches = {n: Batch(session, n, widths, device) for n in BATCHES}

    def run(self, faces: Gray) -> Outputs:
        """Probabilities (n, 8) and embeddings (n, d) of one face or more."""
        parts = [self._part(faces[i : i + BATCHES[-1]]) for i in range(0, len(faces), BATCHES[-1])]
        return np.concatenate([p for p, _ in parts]), np.concatenate([e for _, e in parts])

    def _part(self, faces: Gray) -> Outputs:
        return self.batches[size_for(len(faces), BATCHES)].run(faces)


def size_for(count: int, sizes: Sequence[int]) -> int:
    """The smallest of ``sizes`` that holds so many."""
    return next(size for size in sizes if size >= count)


class Batch:
    """One batch size: its place for faces, its place for answers."""

    def __init__(self, session: Any, n: int, widths: dict[str, int], device: str) -> None:
        self._input = np.zeros((n, SIDE, SIDE), np.uint8)
        self.faces = memory((n, SIDE, SIDE), np.uint8, device)
        """On the device."""
        self._answers = {name: memory((n, widths[name]), np.float32, device) for name in ("probabilities", "embedding")}
        self._fixed = FixedRun(session, n, {"faces": self.faces}, self._answers)
        self.faces.update_inplace(self._input)
        self._fixed.warm_up()

    def run(self, faces: Gray) -> Outputs:
        """Of faces that are not on the device yet."""
        self._input[: len(faces)] = faces
        self.faces.update_inplace(self._input)
        return self.answers(len(faces))

    def answers(self, count: int) -> Outputs:
        """Of the first ``count`` of ``faces``."""
        self._fixed.run()
        probabilities, embedding = (answer.numpy()[:count].copy() for answer in self._answers.values())
        return probabilities, embedding


class VariantUnavailable(Unavailable):
    """The GPU does not run the variant that was made for it; the message says why."""


def open_bound_network(path: Path, threads: int, check: Callable[[Any], None]) -> tuple[BoundNetwork, bool]:
    """The GPU variant, and whether it runs as recorded CUDA graphs; ``check`` gets the session before it runs.

    Raises ``VariantUnavailable``.
    """

    def opened(providers: Providers) -> BoundNetwork:
        session = open_on_cuda(path, threads, providers)
        check(session)
        return BoundNetwork(session)

    return recorded_if_possible(opened)


def open_on_cuda(path: Path, threads: int, providers: Providers) -> Any:
    """A session that runs on CUDA. Raises ``VariantUnavailable`` and what onnxruntime raises."""
    session = open_session(path, threads, providers)
    if session.get_providers()[0] != CUDA:
        raise VariantUnavailable("its session fell back to the CPU")
    return session


def recorded_if_possible(make: Callable[[Providers], Made]) -> tuple[Made, bool]:
    """What ``make`` opens, and whether it is recorded as CUDA graphs.

    Recording is refused where a step would have to run on the CPU; then it runs without. Raises ``VariantUnavailable``.
    """
    reason = ""
    for recorded in (True, False):
        try:
            return make((CUDA_GRAPH if recorded else CUDA, CPU)), recorded
        except Exception as error:
            if not (isinstance(error, VariantUnavailable) or is_from_the_device(error)):
                raise
            reason = str(error)
    raise VariantUnavailable(reason)


def is_from_the_device(error: Exception) -> bool:
    """Whether onnxruntime raised it. (Its own exceptions share no base class.)"""
    return type(error).__module__.startswith("onnxruntime") or type(error) is RuntimeError
