"""Networks on a GPU without a copy too many: fixed sizes, memory that stays there, one recorded graph a batch size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

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


class BoundNetwork:
    """A GPU variant (``models.training.gpu_variant``): faces (n, 64, 64) uint8 in, probabilities, embeddings out.

    Inputs and outputs stay bound to memory of the device (onnxruntime's IO binding).
    """

    def __init__(self, session: Any, device: str = "cuda") -> None:
        """``device``: where the memory lies, 'cuda' or 'cpu'. Every size runs at once: no visitor waits for it."""
        self._session = session
        widths = {value.name: int(value.shape[-1]) for value in session.get_outputs()}
        self._sizes = {n: _Size(session, n, widths, device) for n in BATCHES}
        for size in self._sizes.values():
            for _ in range(3):  # the first ones may record, the last one plays what was recorded
                size.run(np.zeros((1, SIDE, SIDE), np.uint8))

    def run(self, faces: Gray) -> Outputs:
        """Probabilities (n, 8) and embeddings (n, d) of one face or more."""
        parts = [self._part(faces[i : i + BATCHES[-1]]) for i in range(0, len(faces), BATCHES[-1])]
        return np.concatenate([p for p, _ in parts]), np.concatenate([e for _, e in parts])

    def _part(self, faces: Gray) -> Outputs:
        return self._sizes[next(size for size in BATCHES if size >= len(faces))].run(faces)


class _Size:
    """One batch size: its place for faces, its place for answers. A recorded graph knows no other addresses."""

    def __init__(self, session: Any, n: int, widths: dict[str, int], device: str) -> None:
        make = onnxruntime.OrtValue.ortvalue_from_shape_and_type
        self._session, self._input = session, np.zeros((n, SIDE, SIDE), np.uint8)
        self._faces = make([n, SIDE, SIDE], np.uint8, device, 0)
        self._answers = [make([n, widths[name]], np.float32, device, 0) for name in ("probabilities", "embedding")]
        self._binding = session.io_binding()
        self._binding.bind_ortvalue_input("faces", self._faces)
        for name, answer in zip(("probabilities", "embedding"), self._answers, strict=True):
            self._binding.bind_ortvalue_output(name, answer)
        self._options = onnxruntime.RunOptions()
        self._options.add_run_config_entry("gpu_graph_id", str(n))

    def run(self, faces: Gray) -> Outputs:
        self._input[: len(faces)] = faces
        self._faces.update_inplace(self._input)
        self._session.run_with_iobinding(self._binding, self._options)
        probabilities, embedding = (answer.numpy()[: len(faces)].copy() for answer in self._answers)
        return probabilities, embedding


class BoundPicture:
    """A network from one picture to one table, such as a detector: both stay bound to memory of the device.

    They are bound anew when the picture's size changes, which it does when another camera comes.
    """

    def __init__(self, session: Any, device: str = "cuda") -> None:
        """``device``: where the memory lies, 'cuda' or 'cpu'."""
        self._session, self._device = session, device
        self._takes, self._gives = session.get_inputs()[0].name, session.get_outputs()[0].name
        self._shape: tuple[int, ...] = ()

    def run(self, picture: Floats) -> Floats:
        """The network's answers to ``picture``, float32 in the shape that it takes."""
        if picture.shape != self._shape:
            self._bind(picture)
        self._picture.update_inplace(picture)
        self._session.run_with_iobinding(self._binding)
        return np.array(self._answers.numpy(), np.float32)

    def _bind(self, picture: Floats) -> None:
        (answers,) = self._session.run([self._gives], {self._takes: picture})
        make = onnxruntime.OrtValue.ortvalue_from_shape_and_type
        self._picture = make(list(picture.shape), np.float32, self._device, 0)
        self._answers = make(list(answers.shape), np.float32, self._device, 0)
        self._binding = self._session.io_binding()
        self._binding.bind_ortvalue_input(self._takes, self._picture)
        self._binding.bind_ortvalue_output(self._gives, self._answers)
        self._shape = picture.shape


class VariantUnavailable(Unavailable):
    """The GPU does not run the variant that was made for it; the message says why."""


def open_bound_network(path: Path, threads: int, check: Callable[[Any], None]) -> tuple[BoundNetwork, bool]:
    """The GPU variant, and whether it runs as recorded CUDA graphs; ``check`` gets the session before it runs.

    Recording is refused where a step would have to run on the CPU; then it runs without. Raises ``VariantUnavailable``.
    """
    reason = "its session fell back to the CPU"
    for recorded in (True, False):
        try:
            session = open_session(path, threads, (CUDA_GRAPH if recorded else CUDA, CPU))
            if session.get_providers()[0] == CUDA:
                check(session)
                return BoundNetwork(session), recorded
        except Exception as error:  # onnxruntime's own exceptions share no base class
            if not type(error).__module__.startswith("onnxruntime"):
                raise
            reason = str(error)
    raise VariantUnavailable(reason)
