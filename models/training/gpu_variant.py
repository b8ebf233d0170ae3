"""The variant for a GPU, NAME.cuda.onnx: 8-bit pictures in, standardised inside the graph, float16 where it pays.

On a GPU the copy of the faces costs more than the network: a quarter of the bytes goes over, and nothing is prepared on
the CPU. Made from the float32 file alone, so it can be made for a network whose checkpoint is gone, without PyTorch:
``python -m models.training.gpu_variant NAME.onnx``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from calibration.errors import BadInput, NotEquivalent
from calibration.program import run_program, say
from models.arrays import Gray
from models.seeing.align import FLAT, SIDE, prepare
from models.seeing.card import FACTS, card_beside, read_card, write_card
from models.seeing.session import open_session
from models.training.parity_faces import parity_faces

PROBABILITY_TOLERANCE = 0.005
"""Most that a probability may differ from the float32 file's: an eighth of what two pixels of a shaking box do to it,
and five times what float16 costs the shipped network (0.0009)."""
EMBEDDING_TOLERANCE = 0.01
"""The same for the embedding, as a share of its largest number: a venue's own head is fitted on either file's."""
FLOAT16_MAX = 65504.0
FLOAT16_HEADROOM = 8
"""float16 overflows on a GPU, and not on the CPU that checks the file: activations stay this many times below the
largest number."""
FLOAT16_OPS = ("Relu", "Add", "MaxPool")
"""What is done in float16 beside the convolutions, where it works on their output. All else stays float32: local
contrast needs its fractions, and what comes after the convolutions costs nothing."""


def make_gpu_variant(path: Path, faces: Gray | None = None) -> tuple[Path, float]:
    """Write NAME.cuda.onnx and its card beside the float32 file ``path``; also the largest difference of a probability.

    ``faces`` (n, 64, 64) for the parity check; None: ``parity_faces``. Raises ``NotEquivalent`` and leaves no file when
    probabilities or embedding are further off than the limits above, ``BadFile`` when ``path`` does not fit its card.
    """
    card = read_card(path)
    variant = path.with_suffix(".cuda.onnx")
    onnx.save(_gpu_model(onnx.load(str(path))), str(variant))
    try:
        difference = _check_parity(path, variant, parity_faces() if faces is None else faces)
    except NotEquivalent:
        variant.unlink()
        raise
    facts = {name: card.model_dump(mode="json")[name] for name in FACTS}
    more = json.loads(card_beside(path).read_text(encoding="utf-8"))
    more.pop("validation", None)  # measured on the other file
    more |= {"made_from": card.sha256, "probability_off": round(difference, 5)}
    write_card(variant, facts, more)
    return variant, difference


def _gpu_model(model: onnx.ModelProto) -> onnx.ModelProto:
    convert_to_float16(model.graph)
    prepend_standardisation(model.graph)
    del model.graph.value_info[:]  # it names the old types
    onnx.checker.check_model(model)
    return model


def convert_to_float16(graph: onnx.GraphProto, ops: Sequence[str] = FLOAT16_OPS) -> None:
    """Convolutions and what lies between them become float16, with casts where values enter and leave.

    ``ops`` are those that become float16 where all that they take already is.
    """
    weights = {weight.name: weight for weight in graph.initializer}
    float16: set[str] = set()
    casts: dict[tuple[str, int], str] = {}
    nodes: list[onnx.NodeProto] = []

    def as_type(name: str, type_: int) -> str:
        """Another name for a value, under which it is of this type."""
        if (name, type_) not in casts:
            cast = casts[name, type_] = f"{name}_{'half' if type_ == TensorProto.FLOAT16 else 'whole'}"
            if name in weights:
                value = numpy_helper.to_array(weights[name]).astype(np.float16)
                graph.initializer.append(numpy_helper.from_array(value, cast))
            else:
                nodes.append(helper.make_node("Cast", [name], [cast], f"to_{cast}", to=type_))
        return casts[name, type_]

    for node in graph.node:
        values = [name for name in node.input if name and name not in weights]
        convert = node.op_type == "Conv" or (node.op_type in ops and bool(values) and float16.issuperset(values))
        for i, name in enumerate(node.input):
            if convert and name and name not in float16:
                node.input[i] = as_type(name, TensorProto.FLOAT16)
            elif not convert and name in float16:
                node.input[i] = as_type(name, TensorProto.FLOAT)
        if convert:
            float16.update(node.output)
        nodes.append(node)
    used = {name for node in nodes for name in node.input}
    used_weights = [weight for weight in graph.initializer if weight.name in used]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(used_weights)


def prepend_standardisation(graph: onnx.GraphProto) -> None:
    """Put ``models.seeing.align.prepare`` before the network: its input becomes ``faces`` (n, 64, 64) uint8."""
    for node in graph.node:
        for i, name in enumerate(node.input):
            if name == "faces":
                node.input[i] = "chiaro.prepared"
    constants: dict[str, NDArray[Any]] = {
        "chiaro.channel": np.array([1], np.int64),
        "chiaro.flat": np.array(FLAT, np.float32),
    }
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


def _check_parity(path: Path, variant: Path, faces: Gray) -> float:
    """The largest difference of a probability. Raises ``NotEquivalent``."""
    names = ["probabilities", "embedding"]
    expected = open_session(path).run(names, {"faces": prepare(faces)})
    actual = open_session(variant).run(names, {"faces": faces})
    difference = float(np.abs(expected[0] - actual[0]).max())
    largest_embedding = max(float(np.abs(expected[1]).max()), 1e-6)
    embedding_difference = float(np.abs(expected[1] - actual[1]).max()) / largest_embedding
    prepared = ({"faces": prepare(faces[i : i + 32])} for i in range(0, len(faces), 32))
    largest = largest_activation(onnx.load(str(path)), prepared)
    faults = []
    if not difference <= PROBABILITY_TOLERANCE:  # also when it is NaN
        faults.append(f"probabilities differ by {difference:.3g}; at most {PROBABILITY_TOLERANCE} is allowed")
    if not embedding_difference <= EMBEDDING_TOLERANCE:
        faults.append(
            f"embeddings differ by {embedding_difference:.3g} of the largest; at most {EMBEDDING_TOLERANCE} is allowed"
        )
    if not largest * FLOAT16_HEADROOM <= FLOAT16_MAX:
        faults.append(f"activations reach {largest:.3g}, too close to the largest float16, {FLOAT16_MAX:.0f}")
    if faults:
        raise NotEquivalent(f"{variant.name}: {'; '.join(faults)}")
    return difference


def largest_activation(model: onnx.ModelProto, inputs: Iterable[Mapping[str, NDArray[Any]]]) -> float:
    """The largest output of any convolution of a float32 ``model``, which gets more outputs by it."""
    outputs = [node.output[0] for node in model.graph.node if node.op_type == "Conv"]
    model.graph.output.extend(helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs)
    if not outputs:
        return 0.0
    session = open_session(model.SerializeToString())
    return max(float(np.abs(value).max()) for one in inputs for value in session.run(outputs, dict(one)))


def main() -> None:
    """Make the variant of each network that is named."""
    if not sys.argv[1:]:
        raise BadInput("expected one or more networks: NAME.onnx ...")
    for name in sys.argv[1:]:
        made, difference = make_gpu_variant(Path(name))
        say(f"{made}: {made.stat().st_size / 2**20:.1f} MiB, probabilities differ by at most {difference:.4f}")


if __name__ == "__main__":
    run_program(main)
