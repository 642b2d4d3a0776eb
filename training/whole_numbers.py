"""The layers of the encoder as an ONNX graph whose products are of whole numbers.

Weights are kept in seven bits and a step for each column, so that no processor's short sums overflow. What the products
are given is rounded in steps that are the same for every text: a text is judged the same, to the bit, whatever other
texts of its length are read with it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

#: Figures beyond are cut, for each product; of those tried these changed the sums of labels least.
REACH = {"heard": (-8.0, 8.0), "joined": (-3.0, 3.0), "wide": (-8.0, 8.0), "narrow": (-0.17, 8.0)}
STEPS, STEPS_OF_WEIGHTS, SMALL = 255, 63, 1e-12
OWN = "com.microsoft"


class Graph:
    """Nodes and constants so far. Every method adds one step and returns the name of what comes out."""

    def __init__(self) -> None:
        self.nodes: list[NodeProto] = []
        self.constants: dict[str, TensorProto] = {}

    def constant(self, name: str, figures: np.ndarray | np.generic) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.asarray(figures), name))
        return name

    def step(self, kind: str, given: list[str], out: str, domain: str = "", **options: int | float) -> str:
        self.nodes.append(helper.make_node(kind, given, [out], domain=domain, **options))
        return out

    def even(self, given: str, name: str, weights: Mapping[str, np.ndarray]) -> str:
        """Add a layer norm."""
        beside = [self.constant(f"{name}.{part}", weights[f"{name}.{part}"]) for part in ("weight", "bias")]
        return self.step("LayerNormalization", [given, *beside], f"{name}.out", axis=-1, epsilon=SMALL)

    def rounded(self, given: str, place: str, kind: str) -> str:
        """Round what a product is given."""
        step, nought = _steps(kind)
        beside = [self.constant(f"{kind}.step", step), self.constant(f"{kind}.nought", nought)]
        return self.step("QuantizeLinear", [given, *beside], f"{place}.rounded")

    def product(self, rounded: str, place: str, kind: str, weight: np.ndarray, bias: np.ndarray) -> str:
        """Add a product with weights, which are columns x rows."""
        steps = np.maximum(np.abs(weight).max(axis=1), 1e-9) / STEPS_OF_WEIGHTS
        whole = np.round(weight / steps[:, None]).astype(np.int8).T
        given = [
            rounded,
            self.constant(f"{place}.weight", np.ascontiguousarray(whole)),
            self.constant(f"{kind}.step", _steps(kind)[0]),
            self.constant(f"{place}.steps", steps.astype(np.float32)),
            self.constant(f"{kind}.nought", _steps(kind)[1]),
            "",
            self.constant(f"{place}.bias", bias),
        ]
        return self.step("MatMulIntegerToFloat", given, f"{place}.out", OWN)


def _steps(kind: str) -> tuple[np.float32, np.uint8]:
    low, high = REACH[kind]
    step = (high - low) / STEPS
    return np.float32(step), np.uint8(round(-low / step))


def whole_numbers(weights: Mapping[str, np.ndarray], depth: int, heads: int) -> bytes:
    """Return the graph: from pieces, `given` by the table and `said` by lists and rules, to sums of labels."""
    graph = Graph()
    added = graph.step("MatMul", ["said", graph.constant("inject", weights["inject"])], "added")
    hidden = graph.step("Add", [graph.even("given", "layers.first", weights), added], "begun")
    for at in range(depth):
        hidden = _layer(graph, hidden, f"layers.parts.{at}", weights, heads)
    outer = graph.constant("outer", np.ascontiguousarray(weights["outer.weight"].T))
    sums = graph.step("MatMul", [hidden, outer], "by pieces")
    direct = graph.step("MatMul", ["said", graph.constant("direct", weights["direct"])], "by lists")
    both = graph.step("Add", [sums, direct], "both")
    graph.step("Add", [both, graph.constant("outer bias", weights["outer.bias"])], "sums")
    return _model(graph, len(weights["layers.first.weight"]), *weights["direct"].shape).SerializeToString()


def _layer(graph: Graph, hidden: str, at: str, weights: Mapping[str, np.ndarray], heads: int) -> str:
    """Add a layer of attention."""

    def product(rounded: str, kind: str) -> str:
        own = f"{at}.{kind}"
        return graph.product(rounded, own, kind, weights[f"{own}.weight"], weights[f"{own}.bias"])

    rounded = graph.rounded(hidden, f"{at}.heard", "heard")
    every, biases = (np.split(weights[f"{at}.heard.{part}"], 3) for part in ("weight", "bias"))
    parts = [
        graph.product(rounded, f"{at}.heard{number}", "heard", weight, bias)
        for number, (weight, bias) in enumerate(zip(every, biases, strict=True))
    ]
    heard = graph.step("MultiHeadAttention", parts, f"{at}.attended", OWN, num_heads=heads)
    joined = product(graph.rounded(heard, f"{at}.joined", "joined"), "joined")
    hidden = graph.even(graph.step("Add", [hidden, joined], f"{at}.with heard"), f"{at}.after", weights)
    wide = product(graph.rounded(hidden, f"{at}.wide", "wide"), "wide")
    bent = graph.step("Gelu", [wide], f"{at}.bent", OWN)
    narrow = product(graph.rounded(bent, f"{at}.narrow", "narrow"), "narrow")
    return graph.even(graph.step("Add", [hidden, narrow], f"{at}.with narrow"), f"{at}.last", weights)


def _model(graph: Graph, width: int, bag: int, labels: int) -> ModelProto:
    ends = {"given": width, "said": bag, "sums": labels}
    given, said, sums = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["texts", "pieces", figures])
        for name, figures in ends.items()
    )
    made = helper.make_graph(graph.nodes, "layers", [given, said], [sums], list(graph.constants.values()))
    versions = [helper.make_opsetid("", 17), helper.make_opsetid(OWN, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=8)
