"""The emotion classifier at run time: aligned faces in, probabilities and embeddings out, all faces in one batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from calibration.errors import BadFile
from models import WEIGHTS
from models.arrays import Floats, Gray
from models.labels import LABELS
from models.seeing.align import SIDE, prepare
from models.seeing.card import FACTS, ModelCard, read_card
from models.seeing.io_binding import BATCHES, BoundNetwork, VariantUnavailable, open_bound_network
from models.seeing.runtime import Device, DeviceName, open_on
from models.seeing.session import CPU, CUDA

SHIPPED = WEIGHTS / "chiaro-emotion.onnx"


class Classifier:
    """A checked network on its device. Made by ``open_classifier``."""

    def __init__(
        self, session: Any, device: Device, card: ModelCard, name: str, bound: BoundNetwork | None = None
    ) -> None:
        """``bound``: the network takes pictures as they are, on a GPU (``models.training.gpu_variant``)."""
        self._session, self.card, self._bound = session, card, bound
        self.provider = device.provider
        self.line = f"classifier {name} {card.version} on {device.line}"
        sizes = BATCHES if self.provider == CUDA and not bound else (1,)
        for n in sizes:
            _, embedding = self.classify(np.zeros((n, SIDE, SIDE), np.uint8))
        self.embedding_size = int(embedding.shape[1])

    def classify(self, faces: Gray) -> tuple[Floats, Floats]:
        """Probabilities (n, 8) in the order of ``LABELS`` and embeddings (n, d) of aligned faces (n, 64, 64) uint8."""
        if not len(faces):
            return np.empty((0, len(LABELS)), np.float32), np.empty((0, self.embedding_size), np.float32)
        return self._bound.run(faces) if self._bound else self.run(prepare(faces))

    def run(self, prepared: Floats) -> tuple[Floats, Floats]:
        """The same for faces that are prepared already (n, 1, 64, 64); only where they are not prepared inside."""
        if self._bound:
            raise TypeError("this variant prepares its faces itself: open it with int8=False, or give it pictures")
        n = len(prepared)
        if self.provider == CUDA and n <= BATCHES[-1]:
            room = next(size for size in BATCHES if size >= n)
            prepared = np.concatenate([prepared, np.zeros((room - n, *prepared.shape[1:]), np.float32)])
        probabilities, embedding = self._session.run(["probabilities", "embedding"], {"faces": prepared})
        return probabilities[:n], embedding[:n]


def open_classifier(
    path: Path | str = "", device: DeviceName = "auto", threads: int = 1, int8: bool = True
) -> Classifier:
    """The network of ``path`` ('' = the one that is shipped), checked against its card.

    ``int8``: the device's own variant is taken when it lies beside the file: on the CPU NAME.int8.onnx, on a GPU
    NAME.cuda.onnx. False: the float32 file itself.
    Raises ``BadFile`` with every reason why a file does not fit, ``NoCuda`` when a GPU is demanded and not there.
    """
    path = Path(path) if path else SHIPPED
    card = read_card(path)
    session, got = _opened(path, device, threads)
    small = path.with_suffix(".int8.onnx")
    folded = path.with_suffix(".cuda.onnx")
    if got.provider == CUDA and int8 and folded.is_file():
        try:
            return _open_folded(folded, card, threads)
        except VariantUnavailable as reason:
            got = Device(CUDA, f"CUDA in float32 ({folded.name} does not run: {reason})")
    if got.provider == CPU and int8 and small.is_file():
        path, card = small, _card_of_variant(small, card)
        session = _opened(path, "cpu", threads)[0]
    _check_inside(path, session, card, FACES)
    return Classifier(session, got, card, path.stem)


def _open_folded(folded: Path, card: ModelCard, threads: int) -> Classifier:
    own = _card_of_variant(folded, card)
    bound, recorded = open_bound_network(folded, threads, lambda session: _check_inside(folded, session, own, PICTURES))
    device = Device(CUDA, "CUDA in float16" + (", recorded" if recorded else ""))
    return Classifier(None, device, own, folded.stem, bound)


def _card_of_variant(variant: Path, card: ModelCard) -> ModelCard:
    """The card of a variant, which must have been made from the file that it lies beside."""
    own = read_card(variant)
    if own.made_from and own.made_from != card.sha256:
        made, here = own.made_from[:12], card.sha256[:12]
        raise BadFile(variant, [f"was made from another network ({made}..., beside it lies {here}...): make it again"])
    return own


FACES = {"faces": ("tensor(float)", [1, SIDE, SIDE])}
PICTURES = {"faces": ("tensor(uint8)", [SIDE, SIDE])}


def _opened(path: Path, device: DeviceName, threads: int) -> tuple[Any, Device]:
    try:
        return open_on(path, device, threads)
    except Exception as error:  # onnxruntime's own exceptions share no base class, and are about the file here
        if type(error).__module__.startswith("onnxruntime"):
            raise BadFile(path, [f"is no onnx file that can be run: {error}"]) from error
        raise


def _check_inside(path: Path, session: Any, card: ModelCard, wanted: dict[str, tuple[str, list[int]]]) -> None:
    """What the onnx file says and takes must be what its card says and what is given to it."""
    faults = []
    inside = session.get_modelmeta().custom_metadata_map
    for fact in FACTS:
        told = json.dumps(card.model_dump(mode="json")[fact])
        if fact not in inside:
            faults.append(f"its metadata has no {fact!r}")
        elif inside[fact] != told:
            faults.append(f"its metadata says {fact} = {inside[fact]}, its card {told}")
    takes = {value.name: (value.type, list(value.shape[1:])) for value in session.get_inputs()}
    gives = {value.name: value.shape[-1] for value in session.get_outputs()}
    if takes != wanted:
        faults.append(f"takes {takes} instead of {wanted}, each of them n times")
    if gives.get("probabilities") != len(LABELS) or "embedding" not in gives:
        faults.append(f"gives {gives} instead of probabilities (n, {len(LABELS)}) and embedding (n, d)")
    if faults:
        raise BadFile(path, faults)
