"""Writes the graph of a BERT encoder with int8 weights for the runtime's fused operators. Pure.

Products in int8 with activations quantised as they come, attention, normalisation and pooling are all in the graph
(Devlin et al. 2018, arXiv:1810.04805, for the layers; https://github.com/microsoft/onnxruntime/blob/main/docs/
ContribOperators.md for the operators).

The graph takes one text: an activation's scale is that of its whole tensor, so a batch would make each vector depend on
its neighbours, and a sync that was interrupted would not give the same index again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Array = npt.NDArray[Any]

VERSION: Final = 1
"""Of this writer: another one gives other vectors, so it is part of their model's name."""

_FUSED: Final = "com.microsoft"
_OPSETS: Final = (("", 18), (_FUSED, 1))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Product:
    """A product with an int8 matrix (in, out), each column with its own scale (out,), and a bias (out,) to add."""

    matrix: Array
    scale: Array
    bias: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Norm:
    """A normalisation's scale and bias, (width,) each."""

    scale: Array
    bias: Array


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layer:
    """Attention, then the feed-forward part; ``attends`` gives query, key and value side by side."""

    attends: Product
    attended: Product
    middle: Norm
    widens: Product
    narrows: Product
    end: Norm


class Graph:
    """Collects nodes and their constants; a value's name is that of the node that gives it."""

    def __init__(self, *, heads: int, epsilon: float) -> None:
        """``heads`` of attention; ``epsilon`` keeps a normalisation from dividing by zero."""
        self._heads = heads
        self._epsilon = epsilon
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def node(self, operator: str, inputs: list[str], name: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401 - as each operator declares
        """Add a node with one output, and give that."""
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def constant(self, name: str, value: Array) -> str:
        """Add a constant, and give its name."""
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def encoder(self, embedded: str, norm: Norm, layers: Sequence[Layer]) -> None:
        """Go from a text's embeddings (1, n, width) to ``embedding`` (1, width), their mean brought to unit length."""
        inputs = [embedded, *self._norm(norm, "embedded")]
        hidden = self.node("LayerNormalization", inputs, "hidden", epsilon=self._epsilon)
        for number, layer in enumerate(layers):
            hidden = self._layer(f"layer{number}.", hidden, layer)
        over_tokens = self.constant("tokens", np.array([1], np.int64))
        self.node("ReduceMean", [hidden, over_tokens], "mean", keepdims=0)
        self.node("LpNormalization", ["mean"], "embedding", axis=-1, p=2)

    def written(self, asked: onnx.ValueInfoProto, *, width: int) -> bytes:
        """Give the whole model, with its input and the width of its output."""
        given = helper.make_tensor_value_info("embedding", onnx.TensorProto.FLOAT, [1, width])
        graph = helper.make_graph(self._nodes, "bert", [asked], [given], self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        written: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()
        return written

    def _layer(self, into: str, hidden: str, layer: Layer) -> str:
        self._product(hidden, layer.attends, f"{into}qkv")
        parts = [f"{into}query", f"{into}key", f"{into}value"]
        self._nodes.append(helper.make_node("Split", [f"{into}qkv"], parts, axis=-1, num_outputs=3))
        self.node("MultiHeadAttention", parts, f"{into}attended", _FUSED, num_heads=self._heads)
        self._product(f"{into}attended", layer.attended, f"{into}output")
        hidden = self._added(hidden, f"{into}output", layer.middle, f"{into}middle")
        self._product(hidden, layer.widens, f"{into}wide")
        self.node("Gelu", [f"{into}wide"], f"{into}active", _FUSED)
        self._product(f"{into}active", layer.narrows, f"{into}back")
        return self._added(hidden, f"{into}back", layer.end, f"{into}hidden")

    def _product(self, given: str, product: Product, name: str) -> None:
        zero = np.zeros(product.scale.size, np.int8)
        constants = {"q": product.matrix, "s": product.scale, "z": zero, "b": product.bias}
        inputs = [given, *(self.constant(f"{name}.{suffix}", value) for suffix, value in constants.items())]
        self.node("DynamicQuantizeMatMul", inputs, name, _FUSED)

    def _added(self, before: str, change: str, norm: Norm, name: str) -> str:
        inputs = [before, change, *self._norm(norm, name)]
        return self.node("SkipLayerNormalization", inputs, name, _FUSED, epsilon=self._epsilon)

    def _norm(self, norm: Norm, name: str) -> tuple[str, str]:
        return self.constant(f"{name}.scale", norm.scale), self.constant(f"{name}.bias", norm.bias)
