"""From a trained network to the one onnx file that the show runs: temperature inside, facts in its metadata."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from calibration.errors import BadFile, NotEquivalent
from models.arrays import Floats
from models.labels import LABELS
from models.seeing.align import PREPROCESSING, SIDE
from models.seeing.card import FACTS, write_card
from models.seeing.session import open_session
from models.training.checkpoint import read_checkpoint, write_checkpoint
from models.training.network import EmotionNet, create_network
from models.training.network_config import NetworkConfig
from models.training.quiet_export import quiet_export

PARITY_TOLERANCE = 1e-4
"""Largest difference allowed between PyTorch's probabilities and the exported file's."""


class ProbabilityNetwork(nn.Module):
    """The network with its temperature: probabilities (n, 8) and embedding (n, d)."""

    def __init__(self, network: EmotionNet, temperature: float) -> None:
        super().__init__()
        self.network, self.temperature = network, temperature

    def forward(self, faces: Tensor) -> tuple[Tensor, Tensor]:
        """Prepared faces (n, 1, 64, 64) to probabilities and embeddings."""
        logits, embedding = self.network(faces)
        return (logits / self.temperature).softmax(1), embedding


def load_network(checkpoint: Path) -> EmotionNet:
    """The averaged network (EMA) of a checkpoint, in evaluation mode. Raises ``BadFile`` if it cannot be read."""
    saved = read_checkpoint(checkpoint)
    network = create_network(NetworkConfig(**saved["network_config"]))
    try:
        network.load_state_dict(saved["ema_network"])
    except (RuntimeError, KeyError, TypeError) as error:
        raise BadFile(checkpoint, [f"is not a checkpoint of this network: {error}"]) from error
    return network.eval()


def save_float16_weights(checkpoint: Path, path: Path) -> int:
    """The averaged network alone, its matrices in float16: a teacher easy to copy. Returns its size in bytes."""
    saved = read_checkpoint(checkpoint)
    weights = {name: w.half() if w.ndim > 1 else w for name, w in saved["ema_network"].items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    write_checkpoint(path, saved | {"ema_network": weights})
    return path.stat().st_size


def export(network: EmotionNet, path: Path, facts: dict[str, object], more: dict[str, object]) -> None:
    """Write ``path`` and its card: ``facts`` (``make_facts``) into both, ``more`` into the card alone.

    Raises ``NotEquivalent`` if the file's answers differ from the network's by more than 1e-4.
    """
    temperature = float(str(facts["temperature"]))
    network.cpu().to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]  # torch types no such overload
    exported = ProbabilityNetwork(network, temperature).eval()
    example = torch.randn(3, 1, SIDE, SIDE, generator=torch.Generator().manual_seed(1))
    batch = torch.export.Dim("n", min=1)
    names = ["probabilities", "embedding"]
    with quiet_export():
        torch.onnx.export(
            exported,
            (example,),
            str(path),
            input_names=["faces"],
            output_names=names,
            dynamic_shapes=({0: batch},),
            opset_version=18,
            dynamo=True,
            external_data=False,
            verbose=False,
        )
    write_metadata(path, facts)
    _check_parity(exported, path, example)
    write_card(path, facts, more)


def make_facts(version: str, temperature: float, trained_with: str) -> dict[str, object]:
    """The facts that file and card share."""
    values = (list(LABELS), PREPROCESSING, version, temperature, trained_with)
    return dict(zip(FACTS, values, strict=True))


def write_metadata(path: Path, facts: dict[str, object]) -> None:
    """Write the facts into the file's own metadata."""
    model = onnx.load(str(path))
    onnx.helper.set_model_props(model, {name: json.dumps(value) for name, value in facts.items()})
    for node in model.graph.node:  # says where each line of the network was defined: a path of this machine only
        del node.metadata_props[:]
        node.doc_string = ""
    onnx.save(model, str(path))


def _check_parity(exported: ProbabilityNetwork, path: Path, example: Tensor) -> None:
    session = open_session(path)
    for n in (1, 3):
        with torch.no_grad():
            expected = [value.numpy() for value in exported(example[:n])]
        actual = session.run(["probabilities", "embedding"], {"faces": example[:n].numpy()})
        for name, a, b in zip(("probabilities", "embedding"), expected, actual, strict=True):
            difference = float(np.abs(a - b).max())
            if difference > PARITY_TOLERANCE * max(1.0, float(np.abs(a).max())):
                raise NotEquivalent(f"{path.name}: {name} differ from the network's by {difference:.2g}")


class _Calibration(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime carries no types
    def __init__(self, faces: Floats) -> None:
        self._batches = iter([{"faces": part} for part in np.array_split(faces, max(1, len(faces) // 64))])

    def get_next(self) -> dict[str, Floats] | None:
        return next(self._batches, None)


def export_int8(path: Path, faces: Floats, facts: dict[str, object], more: dict[str, object] | None = None) -> Path:
    """The int8 variant NAME.int8.onnx of ``path``, its ranges taken from prepared ``faces`` (n, 1, 64, 64)."""
    int8, plain = path.with_suffix(".int8.onnx"), path.with_suffix(".plain.onnx")
    quant_pre_process(str(path), str(plain), skip_symbolic_shape=True)
    stem = next(node.name for node in onnx.load(str(plain)).graph.node if node.op_type == "Conv")
    quantize_static(
        str(plain),
        str(int8),
        _Calibration(faces),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv"],  # sums of local contrast need their fractions: quantising them cost a point
        nodes_to_exclude=[stem],  # so do the two views: without it answers are 2.7 times closer to the float32 file's
    )
    plain.unlink()
    write_metadata(int8, facts)
    write_card(int8, facts, {**(more or {}), "made_from": hashlib.sha256(path.read_bytes()).hexdigest()})
    return int8
