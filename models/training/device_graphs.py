"""The graphs of a look that stays on a GPU: the detector's two networks in float16, and faces cut out of a picture.

``NAME.cuda.onnx`` takes the picture as it comes, gray, of 8 bits and in its full size, and does there what
``models.seeing.brighten`` does on the CPU. ``NAME.second.cuda.onnx`` and ``graphs/align.onnx`` cut faces out as
``models.seeing.align`` does. Whatever depends on the size of the picture is an input (``models.seeing.device_tables``),
so that one file serves every camera, and no step needs the CPU: each can be recorded as a CUDA graph. Made from the
files that the CPU runs, without PyTorch: ``python -m models.training.device_graphs [NAME.onnx ...]``.
"""

from __future__ import annotations

import hashlib
import sys
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from calibration.program import run_program, say
from models.arrays import Floats
from models.seeing.align import SIDE
from models.seeing.brighten import BRIGHT_ENOUGH, EVENNESS, FAINTEST, FAINTEST_SHARE, TARGET
from models.seeing.device_tables import ALIGN, LARGEST_TIMES, MADE_FROM, device_variant
from models.seeing.one_shot import SHIPPED, VALUES, second_of
from models.training.device_parity import check_parity
from models.training.gpu_variant import FLOAT16_OPS, convert_to_float16, prepend_standardisation
from models.training.graph_formulas import FLOAT, FLOAT16, INT32, UINT8, Formulas, Value

NAMES = ("reduce", "blur", "around", "grow")
"""What ``picture_tables`` holds for rows and for columns."""
SUBPIXELS, FIXED = 32, 1024
"""OpenCV turns pictures in whole steps: places to a 32nd of a pixel, from terms rounded to a 1024th."""


def align_graph() -> onnx.ModelProto:
    """``picture`` (h, w) uint8, ``turns`` (n, 7) and ``places`` (n, 5) in, ``faces`` (n, 64, 64) uint8 out."""
    graph = Formulas("align")
    _align(graph)
    return graph.model({"faces": (UINT8, ["n", SIDE, SIDE])})


def first_look_graph(network: onnx.ModelProto, float16: bool = True) -> onnx.ModelProto:
    """``picture`` (h, w) uint8 and ``picture_tables`` in; ``faces``, the answers (1, cells, 15), and ``gray`` out.

    ``gray`` is what the network saw, uint8, with its padding: the second look cuts its faces out of it.
    """
    graph = Formulas("look")
    picture = graph.takes("picture", UINT8, ["h", "w"])
    down, across = (
        {name: graph.takes(f"{name}_{side}", FLOAT, [f"{name}_{side}_to", f"{name}_{side}_from"]) for name in NAMES}
        for side in ("rows", "columns")
    )
    padding, pixels = graph.takes("padding", FLOAT, ["high", "wide"]), graph.takes("pixels", FLOAT, [1, 1])

    def sides(of: Value, name: str) -> Value:
        return down[name] @ of @ across[name]

    gray = (sides(picture.cast(FLOAT), "reduce") + graph.takes("nudge", FLOAT, [1, 1])).rounded()
    light = sides(gray, "blur")
    surround = sides(light, "around")
    lift = surround.at_least((surround.largest() * FAINTEST_SHARE).at_least(FAINTEST)) ** -EVENNESS
    weights = surround + 1e-6
    level = (surround * lift * weights).total() / weights.total()
    lit = (light * sides(lift / level.at_least(1e-3) * TARGET, "grow")).rounded().at_most(255)
    bright = gray.total() / pixels > BRIGHT_ENOUGH
    seen = graph.add("Where", bright, gray, lit) + padding
    seen.cast(UINT8, output="gray")
    inside, seen_name = plain_network(network), seen.with_channel().name
    for node in inside.graph.node:
        node.input[:] = [seen_name if name == "picture" else name for name in node.input]
    if float16:
        convert_to_float16(inside.graph)
    return graph.model({"faces": (FLOAT, [1, "cells", VALUES]), "gray": (UINT8, ["high", "wide"])}, inside.graph)


def second_look_graph(network: onnx.ModelProto, float16: bool = True) -> onnx.ModelProto:
    """``picture``, ``turns`` and ``places`` in, as the faces are found, and the network's answers (n, 11) out."""
    graph = Formulas("align")
    _align(graph)
    inside = plain_network(network)
    prepend_standardisation(inside.graph)
    if float16:
        convert_to_float16(inside.graph, (*FLOAT16_OPS, "Flatten", "Gemm"))
    (judged,) = inside.graph.output
    shape: list[int | str] = ["n", judged.type.tensor_type.shape.dim[1].dim_value]
    return graph.model({judged.name: (FLOAT16 if float16 else FLOAT, shape)}, inside.graph)


def _align(graph: Formulas) -> None:
    """Faces as ``models.seeing.align`` cuts them out: squares of pixels averaged, then sampled between four of them.

    One convolution sums the squares of every size, everywhere; a face then gathers the few that it needs.
    """
    picture = graph.takes("picture", UINT8, ["h", "w"])
    turns, places = graph.takes("turns", FLOAT, ["n", 7]), graph.takes("places", INT32, ["n", 5])
    squares = np.zeros((LARGEST_TIMES, 1, LARGEST_TIMES, LARGEST_TIMES), np.float32)
    for k in range(LARGEST_TIMES):
        squares[k, 0, : k + 1, : k + 1] = 1
    light = picture.cast(FLOAT).with_channel()
    sums = graph.add("Conv", light, graph.constant(squares), pads=[LARGEST_TIMES - 1] * 4).shaped(-1)
    places_in_face = np.arange(SIDE, dtype=np.float32)
    rows, columns = places_in_face[None, :, None], places_in_face[None, None]

    def sides(along: str) -> tuple[list[Value], list[Value]]:
        """Of the two neighbours along one side: where they lie in ``sums``, and what share they have."""
        k = 0 if along == "x" else 3
        step, last = places.column(1 + (along == "y")), places.column(3 + (along == "y"))
        across = (turns.column(k) * columns * FIXED).rounded()
        start = ((turns.column(k + 1) * rows + turns.column(k + 2)) * FIXED).rounded()
        at = ((across + start + FIXED / SUBPIXELS / 2) / (FIXED / SUBPIXELS)).floor() / SUBPIXELS
        share = at - at.floor()
        first = at.floor().cast(INT32)
        neighbours = [first, first + np.array(1, np.int32)]
        inside = [one.at_least(np.array(0, np.int32)).at_most(last) * step for one in neighbours]
        return inside, [share * -1 + 1, share]

    (left_right, shares_x), (up_down, shares_y) = sides("x"), sides("y")
    base, area = places.column(0), turns.column(6)
    parts = [
        (graph.add("Gather", sums, base + y + x) * area + 0.5).floor() * share_x * share_y
        for y, share_y in zip(up_down, shares_y, strict=True)
        for x, share_x in zip(left_right, shares_x, strict=True)
    ]
    (reduce(add, parts) + 0.5).floor().cast(UINT8, output="faces")


def plain_network(model: onnx.ModelProto) -> onnx.ModelProto:
    """The int8 network in float32 again, and nothing in it that depends on shapes which are known.

    What was rounded to 8 bits from 0 on was a ReLU, which the rounding has swallowed.
    """
    graph = model.graph
    values = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    made_by = {name: node for node in graph.node for name in node.output}
    same: dict[str, str] = {}
    nodes = []
    for node in graph.node:
        node.input[:] = [same.get(name, name) for name in node.input]
        if node.op_type == "DequantizeLinear" and node.input[0] in values:
            values[node.output[0]] = _dequantized(node, values)
        elif node.op_type == "DequantizeLinear":
            before = made_by[node.input[0]]
            if values[before.input[2]].any():
                same[node.output[0]] = before.input[0]
            else:
                nodes.append(helper.make_node("Relu", before.input[:1], node.output, node.name))
        elif node.op_type == "Reshape" and node.input[1] not in values:
            values[f"{node.name}.shape"] = np.array([1, VALUES, -1], np.int64)
            nodes.append(helper.make_node("Reshape", [node.input[0], f"{node.name}.shape"], node.output, node.name))
        else:
            nodes.append(node)
    nodes = _needed(nodes, {value.name for value in graph.output})
    used = {name for node in nodes for name in node.input}
    del graph.node[:], graph.initializer[:], graph.value_info[:]
    graph.node.extend(nodes)
    graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in values.items() if name in used)
    return model


def _dequantized(node: onnx.NodeProto, values: dict[str, NDArray[Any]]) -> Floats:
    whole, scale, zero = (values[name] for name in node.input)
    axis = next((attribute.i for attribute in node.attribute if attribute.name == "axis"), 1)
    if scale.ndim:
        shape = [-1 if k == axis else 1 for k in range(whole.ndim)]
        scale, zero = scale.reshape(shape), zero.reshape(shape)
    return np.asarray((whole.astype(np.float32) - zero.astype(np.float32)) * scale, np.float32)


def _needed(nodes: list[onnx.NodeProto], wanted: set[str]) -> list[onnx.NodeProto]:
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    return kept[::-1]


def make_device_graphs(path: Path) -> tuple[list[Path], str]:
    """Write the variants of a detector and of its second look for a GPU beside them; and how far they are off.

    Raises ``NotEquivalent`` and writes nothing when that is further than a GPU may be.
    """
    sources = {path: first_look_graph, second_of(path): second_look_graph}
    graphs = {
        source: (make(onnx.load(str(source)), float16=False), make(onnx.load(str(source))))
        for source, make in sources.items()
    }
    score, landmark = check_parity(path.name, *graphs.values())
    for source, (_, halves) in graphs.items():
        helper.set_model_props(halves, {MADE_FROM: hashlib.sha256(source.read_bytes()).hexdigest()})
        onnx.save(halves, str(device_variant(source)))
    made = [device_variant(source) for source in sources]
    return made, f"a score differs by at most {score:.4f}, a landmark by {landmark:.3f} pixels"


def main() -> None:
    """Write the graph that cuts faces out, and the variants of each detector that is named."""
    onnx.save(align_graph(), str(ALIGN))
    for name in sys.argv[1:] or [str(SHIPPED)]:
        made, off = make_device_graphs(Path(name))
        for one in made:
            say(f"{one}: {one.stat().st_size / 2**20:.1f} MiB; {off}")


if __name__ == "__main__":
    run_program(main)
