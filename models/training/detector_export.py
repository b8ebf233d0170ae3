"""From a detector's checkpoint to the onnx file that the show runs, in int8 where that loses nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

from calibration.errors import NotEquivalent
from models.arrays import Floats, Gray
from models.seeing.one_shot import card_of
from models.seeing.session import open_session
from models.training.detector_network import DetectorNet
from models.training.detector_training import about_the_checkpoint

TOLERANCE = 1e-3


def load_detector(checkpoint: Path) -> DetectorNet:
    """The averaged network of a checkpoint. Raises ``BadFile``."""
    network = DetectorNet()
    with about_the_checkpoint(checkpoint):
        network.load_state_dict(torch.load(checkpoint, map_location="cpu", weights_only=True)["ema"])
    return network.eval()


def export_detector(network: DetectorNet, path: Path, facts: dict[str, object]) -> None:
    """Write ``path`` and its card. Raises ``NotEquivalent`` if it does not answer as the network does."""
    example = torch.full((1, 1, 64, 96), 90.0)
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network.to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
        (example,),
        str(path),
        input_names=["picture"],
        output_names=["faces"],
        dynamic_axes={"picture": {2: "h", 3: "w"}, "faces": {1: "cells"}},
        opset_version=17,
        dynamo=False,
    )
    other = torch.rand(1, 1, 96, 160) * 255
    with torch.no_grad():
        expected = network(other).numpy()
    (answer,) = open_session(path, sizes_vary=True).run(["faces"], {"picture": other.numpy()})
    if (difference := float(np.abs(answer - expected).max())) > TOLERANCE:
        raise NotEquivalent(f"{path.name}: answers differ from the network's by {difference:.2g}")
    write_detector_card(path, facts)


def write_detector_card(path: Path, facts: dict[str, object]) -> None:
    """The card beside ``path``: its sha256, and ``facts``."""
    card = {**facts, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    card_of(path).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


class _Pictures(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime carries no types
    def __init__(self, pictures: Sequence[Gray]) -> None:
        self._left = iter([{"picture": picture[None, None].astype(np.float32)} for picture in pictures])

    def get_next(self) -> dict[str, Floats] | None:
        return next(self._left, None)


def quantize_detector(path: Path, int8: Path, pictures: Sequence[Gray], facts: dict[str, object]) -> None:
    """The int8 variant of ``path``, its ranges taken from ``pictures`` (sides multiples of 32); and its card.

    The layers that give the answers stay in floating point: an eighth of a bit there is a pixel of a landmark.
    """
    plain = int8.with_suffix(".plain.onnx")
    quant_pre_process(str(path), str(plain), skip_symbolic_shape=True)
    nodes = onnx.load(str(plain)).graph.node
    answers = [node.name for node in nodes if node.op_type in ("Conv", "Concat") and _is_answer(node)]
    quantize_static(
        str(plain),
        str(int8),
        _Pictures(pictures),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "Add", "Relu", "Resize"],
        nodes_to_exclude=answers,
    )
    plain.unlink()
    write_detector_card(int8, facts)


def _is_answer(node: onnx.NodeProto) -> bool:
    return node.op_type == "Concat" or any(part in node.name for part in ("score.1", "place.1"))
