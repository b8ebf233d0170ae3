"""A classifier of random weights with the shipped one's face, made on the spot: tests need no trained network."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper, save_model

from models.arrays import Floats
from models.labels import LABELS
from models.seeing.align import PREPROCESSING
from models.seeing.card import write_card

FACTS: dict[str, object] = {
    "labels": list(LABELS),
    "preprocessing": PREPROCESSING,
    "version": "0.0-test",
    "temperature": 1.0,
    "trained_with": "nothing",
}


def make_classifier(
    path: Path,
    seed: int = 0,
    card: bool = True,
    scale: float = 1.0,
    classes: int = len(LABELS),
    **changed: object,
) -> Path:
    """Write a network (one matrix on an 8x8 mean of the face) to ``path``; ``changed`` facts go into file and card.

    ``scale``: of its weights. ``classes``: how many it has, whatever the facts say.
    """
    rng = np.random.default_rng(seed)
    weights: dict[str, Floats] = {
        "to_embedding": np.asarray(rng.normal(size=(64, 16)) / 8, np.float32),
        "to_labels": (scale * rng.normal(size=(16, classes))).astype(np.float32),
    }
    nodes = [
        helper.make_node("AveragePool", ["faces"], ["small"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Flatten", ["small"], ["flat"]),
        helper.make_node("MatMul", ["flat", "to_embedding"], ["embedding"]),
        helper.make_node("MatMul", ["embedding", "to_labels"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("faces", TensorProto.FLOAT, ["n", 1, 64, 64])],
        [
            helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["n", classes]),
            helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["n", 16]),
        ],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    facts = FACTS | changed
    helper.set_model_props(model, {key: json.dumps(value) for key, value in facts.items()})
    save_model(model, str(path))
    if card:
        write_card(path, facts)
    return path
