"""The variant for a GPU, NAME.cuda.onnx: pictures of 8 bits in, standardised inside the graph, halves where it pays.

On a GPU the copy of the faces costs more than the network: a quarter of the bytes goes over, and nothing is prepared on
the CPU. Made from the float32 file alone, so it can be made for a network whose checkpoint is gone, without PyTorch:
``python -m models.training.gpu_variant NAME.onnx``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from calibration.errors import NotEquivalent
from models.arrays import Gray
from models.seeing.align import FLAT, SIDE, prepare
from models.seeing.card import FACTS, card_beside, read_card, write_card
from models.seeing.session import open_session
from models.training.parity_faces import proof_faces

PROBABILITY_OFF = 0.005
"""Most that a probability may differ from the float32 file's: an eighth of what two pixels of a shaking box do to it,
and five times what halves cost the shipped network (0.0009)."""
EMBEDDING_OFF = 0.01
"""The same for the embedding, as a share of its largest number: a venue's own head is fitted on either file's."""
LARGEST_HALF = 65504.0
ROOM = 8
"""Halves overflow on a GPU, and not on the CPU that proves the file: sums stay so many times below the largest half."""
HALVED = ("Relu", "Add", "MaxPool")
"""What is done in halves beside the convolutions, where it works on what they give. All else stays float32: evening
out the light needs its fractions, and what comes after the convolutions costs nothing."""


def fold(path: Path, faces: Gray | None = None) -> tuple[Path, float]:
    """Write NAME.cuda.onnx and its card beside the float32 file ``path``; also the largest difference of a probability.

    ``faces`` (n, 64, 64) to prove it on; None: ``proof_faces``. Raises ``NotEquivalent`` and leaves no file when
    probabilities or embedding are further off than the limits above, ``BadFile`` when ``path`` does not fit its card.
    """
    card = read_card(path)
    folded = path.with_suffix(".cuda.onnx")
    onnx.save(_folded(onnx.load(str(path))), str(folded))
    try:
        off = _proven(path, folded, proof_faces() if faces is None else faces)
    except NotEquivalent:
        folded.unlink()
        raise
    facts = {name: card.model_dump(mode="json")[name] for name in FACTS}
    more = json.loads(card_beside(path).read_text(encoding="utf-8"))
    more.pop("validation", None)  # measured on the other file
    more |= {"made_from": card.sha256, "probability_off": round(off, 5)}
    write_card(folded, facts, more)
    return folded, off


def _folded(model: onnx.ModelProto) -> onnx.ModelProto:
    _halve(model.graph)
    _standardise_inside(model.graph)
    del model.graph.value_info[:]  # told the old kinds
    onnx.checker.check_model(model)
    return model


def _halve(graph: onnx.GraphProto) -> None:
    """Convolutions and what lies between them in float16, with casts where their values come and go."""
    weights = {weight.name: weight for weight in graph.initializer}
    halves: set[str] = set()
    cast: dict[tuple[str, int], str] = {}
    nodes: list[onnx.NodeProto] = []

    def as_kind(name: str, kind: int) -> str:
        """Another name for a value, under which it is of this kind."""
        if (name, kind) not in cast:
            cast[name, kind] = f"{name}_{'half' if kind == TensorProto.FLOAT16 else 'whole'}"
            if name in weights:
                half = numpy_helper.to_array(weights[name]).astype(np.float16)
                graph.initializer.append(numpy_helper.from_array(half, cast[name, kind]))
            else:
                nodes.append(helper.make_node("Cast", [name], [cast[name, kind]], f"to_{cast[name, kind]}", to=kind))
        return cast[name, kind]

    for node in graph.node:
        values = [name for name in node.input if name and name not in weights]
        halved = node.op_type == "Conv" or (node.op_type in HALVED and bool(values) and halves.issuperset(values))
        for i, name in enumerate(node.input):
            if halved and name and name not in halves:
                node.input[i] = as_kind(name, TensorProto.FLOAT16)
            elif not halved and name in halves:
                node.input[i] = as_kind(name, TensorProto.FLOAT)
        if halved:
            halves.update(node.output)
        nodes.append(node)
    used = {name for node in nodes for name in node.input}
    kept = [weight for weight in graph.initializer if weight.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept)


def _standardise_inside(graph: onnx.GraphProto) -> None:
    """Put ``models.seeing.align.prepare`` before the network: its input becomes ``faces`` (n, 64, 64) uint8."""
    for node in graph.node:
        for i, name in enumerate(node.input):
            if name == "faces":
                node.input[i] = "chiaro.prepared"
    constants = {"chiaro.channel": np.array([1], np.int64), "chiaro.flat": np.array(FLAT, np.float32)}
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    steps = [
        helper.make_node("Cast", ["faces"], ["chiaro.light"], "to_float", to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["chiaro.light", "chiaro.channel"], ["chiaro.gray"], "with_channel"),
        helper.make_node("GlobalAveragePool", ["chiaro.gray"], ["chiaro.mean"], "mean_light"),
        helper.make_node("Sub", ["chiaro.gray", "chiaro.mean"], ["chiaro.away"], "away_from_mean"),
        helper.make_node("Mul", ["chiaro.away", "chiaro.away"], ["chiaro.squares"], "squared"),
        helper.make_node("GlobalAveragePool", ["chiaro.squares"], ["chiaro.variance"], "mean_square"),
        helper.make_node("Sqrt", ["chiaro.variance"], ["chiaro.deviation"], "root"),
        helper.make_node("Max", ["chiaro.deviation", "chiaro.flat"], ["chiaro.divisor"], "not_flat"),
        helper.make_node("Div", ["chiaro.away", "chiaro.divisor"], ["chiaro.prepared"], "standardised"),
    ]
    nodes = [*steps, *graph.node]
    del graph.node[:], graph.input[:]
    graph.node.extend(nodes)
    graph.input.append(helper.make_tensor_value_info("faces", TensorProto.UINT8, ["n", SIDE, SIDE]))


def _proven(path: Path, folded: Path, faces: Gray) -> float:
    names = ["probabilities", "embedding"]
    wanted = open_session(path).run(names, {"faces": prepare(faces)})
    got = open_session(folded).run(names, {"faces": faces})
    off = float(np.abs(wanted[0] - got[0]).max())
    off_embedding = float(np.abs(wanted[1] - got[1]).max() / max(float(np.abs(wanted[1]).max()), 1e-6))
    largest = _largest_sum(path, faces)
    faults = []
    if not off <= PROBABILITY_OFF:  # also when it is no number
        faults.append(f"probabilities differ by {off:.3g}, at most {PROBABILITY_OFF} is allowed")
    if not off_embedding <= EMBEDDING_OFF:
        faults.append(f"the embedding differs by {off_embedding:.3g} of its largest number")
    if not largest * ROOM <= LARGEST_HALF:
        faults.append(f"sums of convolutions reach {largest:.3g}, too near to the largest half, {LARGEST_HALF:.0f}")
    if faults:
        raise NotEquivalent(f"{folded.name}: {'; '.join(faults)}")
    return off


def _largest_sum(path: Path, faces: Gray) -> float:
    """Largest number that comes out of any convolution of the float32 file."""
    model = onnx.load(str(path))
    sums = [node.output[0] for node in model.graph.node if node.op_type == "Conv"]
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in sums)
    if not sums:
        return 0.0
    session = open_session(model.SerializeToString())
    parts = [session.run(sums, {"faces": prepare(faces[i : i + 32])}) for i in range(0, len(faces), 32)]
    return max(float(np.abs(value).max()) for part in parts for value in part)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        made, difference = fold(Path(name))
        print(f"{made}: {made.stat().st_size / 2**20:.1f} MiB, probabilities differ by at most {difference:.4f}")
