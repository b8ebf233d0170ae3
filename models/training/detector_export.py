"""From a detector's checkpoint to the onnx file that the show runs, in int8 where that loses nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from torch import Tensor, nn

from calibration.errors import NotEquivalent
from models.arrays import Floats, Gray
from models.seeing.align import prepare
from models.seeing.one_shot import SECOND_SHA256, card_of, second_of
from models.seeing.session import open_session
from models.training.checkpoint import read_parts
from models.training.detector_network import DetectorNet
from models.training.second_look import ANSWERS, SecondLookNet

TOLERANCE = 1e-3


def load_detector(checkpoint: Path) -> DetectorNet:
    """The averaged network of a checkpoint. Raises ``BadFile``."""
    network = DetectorNet()
    read_parts(checkpoint, {"ema": network})
    return network.eval()


def export_detector(network: DetectorNet, path: Path, facts: dict[str, object]) -> None:
    """Write ``path`` and its card. Raises ``NotEquivalent`` if it does not answer as the network does."""
    _export(
        network.to(memory_format=torch.contiguous_format),  # type: ignore[call-overload]
        path,
        ("picture", "faces"),
        (torch.full((1, 1, 64, 96), 90.0), torch.rand(1, 1, 96, 160) * 255),
        {"picture": {2: "h", 3: "w"}, "faces": {1: "cells"}},
    )
    write_detector_card(path, facts)


def _export(
    network: nn.Module,
    path: Path,
    names: tuple[str, str],
    examples: tuple[Tensor, Tensor],
    varies: dict[str, dict[int, str]],
) -> None:
    """Write a network of one input and one output; the second example proves that the file answers as it does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        network,
        examples[:1],
        str(path),
        input_names=list(names[:1]),
        output_names=list(names[1:]),
        dynamic_axes=varies,
        opset_version=17,
        dynamo=False,
    )
    with torch.no_grad():
        expected = network(examples[1]).numpy()
    (answer,) = open_session(path, sizes_vary=True).run(None, {names[0]: examples[1].numpy()})
    if (difference := float(np.abs(answer - expected).max())) > TOLERANCE:
        raise NotEquivalent(f"{path.name}: answers differ from the network's by {difference:.2g}")


def add_second_look(network: SecondLookNet, detectors: Sequence[Path], faces: Gray) -> None:
    """Write the second look's network beside each of ``detectors``, int8, its ranges from ``faces``; and into its card.

    Raises ``NotEquivalent`` if the file does not answer as the network does.
    """
    prepared = prepare(faces)
    for path in detectors:
        plain, second = path.with_suffix(".second.float.onnx"), second_of(path)
        examples = (torch.from_numpy(prepared[:2]), torch.from_numpy(prepared[:3]))
        _export(network, plain, ("faces", "judged"), examples, {"faces": {0: "n"}, "judged": {0: "n"}})
        _quantize(plain, second, _Inputs("faces", (face[None] for face in prepared)))
        plain.unlink()
        card = json.loads(card_of(path).read_text(encoding="utf-8"))
        write_detector_card(path, {**card, SECOND_SHA256: hashlib.sha256(second.read_bytes()).hexdigest()})


def write_detector_card(path: Path, facts: dict[str, object]) -> None:
    """The card beside ``path``: its sha256, and ``facts``."""
    card = {**facts, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    card_of(path).write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


class _Inputs(CalibrationDataReader):  # type: ignore[misc]  # onnxruntime carries no types
    def __init__(self, name: str, inputs: Iterable[Floats]) -> None:
        self._left = iter([{name: value} for value in inputs])

    def get_next(self) -> dict[str, Floats] | None:
        return next(self._left, None)


def quantize_detector(path: Path, int8: Path, pictures: Sequence[Gray], facts: dict[str, object]) -> None:
    """The int8 variant of ``path``, its ranges taken from ``pictures`` (sides multiples of 32); and its card.

    The layers that give the answers stay in floating point: an eighth of a bit there is a pixel of a landmark.
    """
    _quantize(path, int8, _Inputs("picture", (picture[None, None].astype(np.float32) for picture in pictures)))
    write_detector_card(int8, facts)


def _quantize(path: Path, int8: Path, inputs: CalibrationDataReader) -> None:
    plain = int8.with_suffix(".plain.onnx")
    quant_pre_process(str(path), str(plain), skip_symbolic_shape=True)
    nodes = onnx.load(str(plain)).graph.node
    answers = [node.name for node in nodes if _is_answer(node)]
    quantize_static(
        str(plain),
        str(int8),
        inputs,
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["Conv", "Gemm", "Add", "Relu", "Resize"],
        nodes_to_exclude=answers,
    )
    plain.unlink()


def _is_answer(node: onnx.NodeProto) -> bool:
    return node.op_type == "Concat" or any(part in node.name for part in ("score.1", "place.1", ANSWERS))
