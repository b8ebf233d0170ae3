"""The emotion classifier at run time: aligned faces in, probabilities and embeddings out, all faces in one batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from calibration.errors import BadFile
from calibration.files import is_file
from models import WEIGHTS
from models.arrays import Floats, Gray
from models.labels import LABELS
from models.seeing.align import SIDE, prepare
from models.seeing.card import FACTS, ModelCard, read_card
from models.seeing.io_binding import BATCHES, BoundNetwork, VariantUnavailable, open_bound_network
from models.seeing.runtime import Device, DeviceName, load_cuda, open_on_gpu, why_no_cuda
from models.seeing.session import CUDA, about_the_file, open_session

SHIPPED = WEIGHTS / "chiaro-emotion.onnx"


class Classifier:
    """A checked network on its device. Made by ``open_classifier``, which tries it on a black picture."""

    def __init__(
        self, session: Any, device: Device, card: ModelCard, name: str, bound: BoundNetwork | None = None
    ) -> None:
        """``bound``: on a GPU, the variant that takes pictures as they are (``models.training.gpu_variant``).

        Raises ``ValueError`` for a network whose answers are of no use, and what onnxruntime raises.
        """
        self._session, self.card, self.bound = session, card, bound
        self.provider = device.provider
        self.line = f"classifier {name} {card.version} on {device.line}"
        sizes = BATCHES if self.provider == CUDA and not bound else (1,)
        for n in sizes:
            probabilities, embedding = self.classify(np.zeros((n, SIDE, SIDE), np.uint8))
            if probabilities.shape != (n, len(LABELS)) or embedding.ndim != 2 or len(embedding) != n:
                raise ValueError(f"answers {n} faces with {probabilities.shape} and {embedding.shape} numbers")
            if not (np.isfinite(probabilities).all() and np.isfinite(embedding).all()):
                raise ValueError("answers a black picture with numbers that are none (NaN or infinite)")
        self.embedding_size = int(embedding.shape[1])

    def classify(self, faces: Gray) -> tuple[Floats, Floats]:
        """Probabilities (n, 8) in the order of ``LABELS`` and embeddings (n, d) of aligned faces (n, 64, 64) uint8."""
        if not len(faces):
            return np.empty((0, len(LABELS)), np.float32), np.empty((0, self.embedding_size), np.float32)
        return self.bound.run(faces) if self.bound else self.run(prepare(faces))

    def run(self, prepared: Floats) -> tuple[Floats, Floats]:
        """The same for faces that are prepared already (n, 1, 64, 64); only where they are not prepared inside."""
        if self.bound:
            raise TypeError(
                "this variant prepares its faces itself: open the classifier with int8=False, or call classify()"
            )
        n = len(prepared)
        if self.provider == CUDA and n <= BATCHES[-1]:
            batch = next(size for size in BATCHES if size >= n)
            prepared = np.concatenate([prepared, np.zeros((batch - n, *prepared.shape[1:]), np.float32)])
        probabilities, embedding = self._session.run(["probabilities", "embedding"], {"faces": prepared})
        return probabilities[:n], embedding[:n]


def open_classifier(
    path: Path | str = "", device: DeviceName = "auto", threads: int = 1, int8: bool = True
) -> Classifier:
    """The network of ``path`` ('' = the one that is shipped), checked against its card.

    ``int8``: use the device's own variant if it lies beside the file: NAME.int8.onnx on the CPU, NAME.cuda.onnx on a
    GPU. False: always the float32 file.
    Raises ``BadFile`` with every reason why a file does not fit, ``NoCuda`` if a GPU is required and there is none.
    """
    path = Path(path) if path else SHIPPED
    card = read_card(path)
    int8_variant = path.with_suffix(".int8.onnx")
    gpu_variant = path.with_suffix(".cuda.onnx")
    does_not_run = ""
    if device != "cpu" and int8 and is_file(gpu_variant) and not why_no_cuda():
        try:
            return _open_gpu_variant(gpu_variant, card, threads)
        except VariantUnavailable as reason:
            does_not_run = f"CUDA in float32 ({gpu_variant.name} does not run: {reason})"
    with about_the_file(path):
        session, got = open_on_gpu(path, device, threads)
    if session is None:  # one session is opened, not this one's and then its variant's
        if int8 and is_file(int8_variant):
            path, card = int8_variant, _card_of_variant(int8_variant, card)
        with about_the_file(path):
            session = open_session(path, threads)
    elif does_not_run:
        got = Device(CUDA, does_not_run)
    _check_inside(path, session, card, FACES)
    if got.provider == CUDA:  # what fails here may be the GPU's fault: another life of the eye tries the CPU
        return Classifier(session, got, card, path.stem)
    with about_the_file(path):
        return Classifier(session, got, card, path.stem)


def _open_gpu_variant(path: Path, card: ModelCard, threads: int) -> Classifier:
    own = _card_of_variant(path, card)
    load_cuda()
    bound, recorded = open_bound_network(path, threads, lambda session: _check_inside(path, session, own, PICTURES))
    device = Device(CUDA, "CUDA in float16" + (", recorded" if recorded else ""))
    try:
        return Classifier(None, device, own, path.stem, bound)
    except ValueError as error:  # float16 is too small for this network, say
        raise VariantUnavailable(str(error)) from error


def _card_of_variant(variant: Path, card: ModelCard) -> ModelCard:
    """The card of a variant, which must have been made from the file that it lies beside."""
    own = read_card(variant)
    if own.made_from and own.made_from != card.sha256:
        made, here = own.made_from[:12], card.sha256[:12]
        raise BadFile(
            variant, [f"was made from another network ({made}...; the one beside it is {here}...): export it again"]
        )
    return own


FACES = {"faces": ("tensor(float)", [1, SIDE, SIDE])}
PICTURES = {"faces": ("tensor(uint8)", [SIDE, SIDE])}


def _check_inside(path: Path, session: Any, card: ModelCard, wanted: dict[str, tuple[str, list[int]]]) -> None:
    """Metadata, inputs and outputs of the file must be those of its card and of this program. Raises ``BadFile``."""
    faults = []
    with about_the_file(path):  # its text may be no text
        inside = session.get_modelmeta().custom_metadata_map
    for fact in FACTS:
        expected = json.dumps(card.model_dump(mode="json")[fact])
        if fact not in inside:
            faults.append(f"its metadata has no {fact!r}")
        elif inside[fact] != expected:
            faults.append(f"its metadata says {fact} = {inside[fact]}, its card says {expected}")
    takes = {value.name: (value.type, list(value.shape[1:])) for value in session.get_inputs()}
    gives = {value.name: value.shape[-1] for value in session.get_outputs()}
    if takes != wanted:
        faults.append(f"its inputs are {takes}; expected {wanted}, each with a leading batch dimension")
    if gives.get("probabilities") != len(LABELS) or "embedding" not in gives:
        faults.append(f"its outputs are {gives}; expected probabilities (n, {len(LABELS)}) and embedding (n, d)")
    if faults:
        raise BadFile(path, faults)
