"""The emotion classifier at run time: aligned faces in, probabilities and embeddings out, all faces in one batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.toml import BadFile
from models.align import SIDE, prepare
from models.card import FACTS, ModelCard, read_card
from models.labels import LABELS
from models.runtime import Device, Wanted, open_on
from models.session import CPU, CUDA

Floats = NDArray[np.float32]

SHIPPED = Path(__file__).parent / "weights" / "chiaro-emotion.onnx"
BATCHES_ON_CUDA = (1, 4, 16)
"""cuDNN searches its algorithms anew for every new shape, so on a GPU only these are used, filled up with zeros."""


class Classifier:
    """A checked network on its device. Made by ``open_classifier``."""

    def __init__(self, session: Any, device: Device, card: ModelCard, name: str) -> None:
        self._session, self.card = session, card
        self.provider = device.provider
        self.line = f"classifier {name} {card.version} on {device.line}"
        self.embedding_size = int(self.run(np.zeros((1, 1, SIDE, SIDE), np.float32))[1].shape[1])
        if self.provider == CUDA:
            for n in BATCHES_ON_CUDA[1:]:
                self.run(np.zeros((n, 1, SIDE, SIDE), np.float32))

    def classify(self, faces: NDArray[np.uint8]) -> tuple[Floats, Floats]:
        """Probabilities (n, 8) in the order of ``LABELS`` and embeddings (n, d) of aligned faces (n, 64, 64) uint8."""
        if not len(faces):
            return np.empty((0, len(LABELS)), np.float32), np.empty((0, self.embedding_size), np.float32)
        return self.run(prepare(faces))

    def run(self, prepared: Floats) -> tuple[Floats, Floats]:
        """The same for faces that are prepared already (n, 1, 64, 64)."""
        n = len(prepared)
        if self.provider == CUDA and n <= BATCHES_ON_CUDA[-1]:
            room = next(size for size in BATCHES_ON_CUDA if size >= n)
            prepared = np.concatenate([prepared, np.zeros((room - n, *prepared.shape[1:]), np.float32)])
        probabilities, embedding = self._session.run(["probabilities", "embedding"], {"faces": prepared})
        return probabilities[:n], embedding[:n]


def open_classifier(path: Path | str = "", device: Wanted = "auto", threads: int = 1, int8: bool = True) -> Classifier:
    """The network of ``path`` ('' = the one that is shipped), checked against its card.

    ``int8``: on the CPU the smaller variant (NAME.int8.onnx) is taken when it lies beside the file.
    Raises ``BadFile`` with every reason why a file does not fit, ``NoCuda`` when a GPU is demanded and not there.
    """
    path = Path(path) if path else SHIPPED
    card = read_card(path)
    session, got = _opened(path, device, threads)
    small = path.with_suffix(".int8.onnx")
    if got.provider == CPU and int8 and small.is_file():
        path, card = small, read_card(small)
        session = _opened(path, "cpu", threads)[0]
    _check_inside(path, session, card)
    return Classifier(session, got, card, path.stem)


def _opened(path: Path, device: Wanted, threads: int) -> tuple[Any, Device]:
    try:
        return open_on(path, device, threads)
    except Exception as error:  # onnxruntime's own exceptions share no base class, and are about the file here
        if type(error).__module__.startswith("onnxruntime"):
            raise BadFile(path, [f"is no onnx file that can be run: {error}"]) from error
        raise


def _check_inside(path: Path, session: Any, card: ModelCard) -> None:
    """What the onnx file says and takes must be what its card says and what is given to it."""
    faults = []
    inside = session.get_modelmeta().custom_metadata_map
    for fact in FACTS:
        told = json.dumps(card.model_dump(mode="json")[fact])
        if fact not in inside:
            faults.append(f"its metadata has no {fact!r}")
        elif inside[fact] != told:
            faults.append(f"its metadata says {fact} = {inside[fact]}, its card {told}")
    takes = {value.name: list(value.shape[1:]) for value in session.get_inputs()}
    gives = {value.name: value.shape[-1] for value in session.get_outputs()}
    if takes != {"faces": [1, SIDE, SIDE]}:
        faults.append(f"takes {takes} instead of faces (n, 1, {SIDE}, {SIDE})")
    if gives.get("probabilities") != len(LABELS) or "embedding" not in gives:
        faults.append(f"gives {gives} instead of probabilities (n, {len(LABELS)}) and embedding (n, d)")
    if faults:
        raise BadFile(path, faults)
