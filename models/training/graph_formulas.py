"""Onnx graphs written as formulas: ``(picture.cast(FLOAT) - mean) * 2`` adds its nodes to the graph of ``picture``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

OPSET, IR_VERSION = 17, 8
FLOAT, FLOAT16, UINT8, INT32 = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.UINT8, TensorProto.INT32


class Formulas:
    """Collects nodes and constants, each named after ``prefix`` and its number."""

    def __init__(self, prefix: str) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self._prefix = prefix

    def takes(self, name: str, type_: int, shape: list[int | str]) -> Value:
        """An input of the graph."""
        self.inputs.append(helper.make_tensor_value_info(name, type_, shape))
        return Value(self, name)

    def constant(self, value: NDArray[Any]) -> Value:
        """A value that is part of the graph."""
        name = f"{self._prefix}.constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(value, name))
        return Value(self, name)

    def add(self, kind: str, *inputs: Value, output: str = "", **attributes: Any) -> Value:
        """What an operation of onnx makes of ``inputs``."""
        output = output or f"{self._prefix}.{kind}{len(self.nodes)}"
        names = [value.name for value in inputs]
        self.nodes.append(helper.make_node(kind, names, [output], f"{output}_", **attributes))
        return Value(self, output)

    def model(
        self, outputs: Mapping[str, tuple[int, list[int | str]]], after: onnx.GraphProto | None = None
    ) -> onnx.ModelProto:
        """The whole graph, checked; ``outputs`` are types and shapes by the names of values.

        ``after``: what goes on from here; it takes values of this graph by their names.
        """
        ends = [helper.make_tensor_value_info(name, *how) for name, how in outputs.items()]
        nodes, constants = (
            [*self.nodes, *(after.node if after else ())],
            [*self.constants, *(after.initializer if after else ())],
        )
        graph = helper.make_graph(nodes, self._prefix, self.inputs, ends, constants)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        onnx.checker.check_model(model)
        return model


class Value:
    """A value in a graph. Plain numbers beside it are float32, arrays what they are."""

    def __init__(self, graph: Formulas, name: str) -> None:
        self.graph, self.name = graph, name

    def cast(self, type_: int, output: str = "") -> Value:
        """The same as another type."""
        return self.graph.add("Cast", self, to=type_, output=output)

    def shaped(self, *shape: int) -> Value:
        """The same values in another shape."""
        return self.graph.add("Reshape", self, self.graph.constant(np.array(shape, np.int64)))

    def column(self, k: int) -> Value:
        """Column ``k`` of (n, m) as (n, 1, 1)."""
        return self.graph.add("Gather", self, self.graph.constant(np.array([k], np.int64)), axis=1).shaped(-1, 1, 1)

    def floor(self) -> Value:
        """The next whole number below."""
        return self.graph.add("Floor", self)

    def rounded(self) -> Value:
        """The nearest whole number, halves to the even one."""
        return self.graph.add("Round", self)

    def at_least(self, low: float | NDArray[Any] | Value) -> Value:
        """The larger of both."""
        return self._with("Max", low)

    def at_most(self, high: float | NDArray[Any] | Value) -> Value:
        """The smaller of both."""
        return self._with("Min", high)

    def total(self) -> Value:
        """The sum of all values of (h, w), as (1, 1)."""
        return self.graph.add("ReduceSum", self, keepdims=1)

    def largest(self) -> Value:
        """The largest of all values of (h, w), as (1, 1)."""
        return self.graph.add("ReduceMax", self, keepdims=1)

    def with_channel(self) -> Value:
        """(h, w) as (1, 1, h, w)."""
        return self.graph.add("Unsqueeze", self, self.graph.constant(np.array([0, 1], np.int64)))

    def __add__(self, other: float | NDArray[Any] | Value) -> Value:
        return self._with("Add", other)

    def __sub__(self, other: float | NDArray[Any] | Value) -> Value:
        return self._with("Sub", other)

    def __mul__(self, other: float | NDArray[Any] | Value) -> Value:
        return self._with("Mul", other)

    def __truediv__(self, other: float | NDArray[Any] | Value) -> Value:
        return self._with("Div", other)

    def __pow__(self, other: float) -> Value:
        return self._with("Pow", other)

    def __gt__(self, other: float) -> Value:
        return self._with("Greater", other)

    def __matmul__(self, other: Value) -> Value:
        return self._with("MatMul", other)

    def _with(self, kind: str, other: float | NDArray[Any] | Value) -> Value:
        if not isinstance(other, Value):
            other = self.graph.constant(np.asarray(other, np.float32 if isinstance(other, int | float) else None))
        return self.graph.add(kind, self, other)
