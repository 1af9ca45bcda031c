"""MiniLM's graph, written anew around its published weights: bytes in, bytes out.

The package holds all-MiniLM-L6-v2 (Wang et al. 2020, arXiv:2002.10957; sentence-transformers) with int8 weights that
are widened to float32 before every product. Written with the runtime's fused operators (products in int8 with
activations quantised as they come, attention, normalisation and pooling in the graph) the same weights embed about two
and a half times as many texts a second.

The graph takes one text: an activation's scale is that of its whole tensor, so a batch would make each vector depend on
its neighbours, and a sync that was interrupted would not give the same index again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    import numpy.typing as npt

    _Array = npt.NDArray[Any]

VERSION: Final = 1
"""Of this writer: another one gives other vectors, so it is part of their model's name."""

_LAYERS: Final = 6
_HEADS: Final = 12
_WIDTH: Final = 384
_EPSILON: Final = 1e-12
_FUSED: Final = "com.microsoft"
_OPSETS: Final = (("", 18), (_FUSED, 1))
_PRODUCTS: Final = 6
"""Matrix products in a layer: query, key, value, output, intermediate, back to the width."""


def lean(published: bytes) -> bytes:
    """Write the graph ``input_ids (1, n) int64 -> embedding (1, 384) float32`` of unit length.

    Raises KeyError or ValueError where ``published`` is not the model that this writer knows.
    """
    weights = {item.name: numpy_helper.to_array(item) for item in onnx.load_from_string(published).graph.initializer}
    products = [name.removesuffix("_q") for name in weights if name.startswith("val_") and name.endswith("_q")]
    if len(products) != _LAYERS * _PRODUCTS:
        raise ValueError("these are not the weights of MiniLM-L6")
    writer = _Writer(weights)
    hidden = writer.embeddings()
    for layer in range(_LAYERS):
        hidden = writer.layer(layer, hidden, products[layer * _PRODUCTS : (layer + 1) * _PRODUCTS])
    writer.pooled(hidden)
    return writer.written()


class _Writer:
    """Adds nodes and their constants; a value's name is that of the node that gives it."""

    def __init__(self, weights: dict[str, _Array]) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def embeddings(self) -> str:
        """Words by their int8 rows and scales, and positions, in which the one token type is contained."""
        prefix = "inner.embeddings."
        words, positions = (self._pair(f"{prefix}{name}_embeddings.weight") for name in ("word", "position"))
        kind = self._weights[f"{prefix}token_type_embeddings.weight"][0]
        places = np.multiply(*positions) + kind
        self._node("Gather", [self._constant("words.q", words[0]), "input_ids"], "words.int8")
        self._node("Cast", ["words.int8"], "words.wide", to=TensorProto.FLOAT)
        self._node("Gather", [self._constant("words.s", words[1]), "input_ids"], "words.scale")
        self._node("Mul", ["words.wide", "words.scale"], "words")
        self._node("Shape", ["input_ids"], "length", start=1, end=2)
        first = self._constant("first", np.array([0], np.int64))
        self._node("Slice", [self._constant("places", places.astype(np.float32)), first, "length"], "places.used")
        self._node("Add", ["words", "places.used"], "embedded")
        scale, bias = self._norm(f"{prefix}LayerNorm", "embedded")
        return self._node("LayerNormalization", ["embedded", scale, bias], "hidden", epsilon=_EPSILON)

    def layer(self, number: int, hidden: str, products: list[str]) -> str:
        """Attention, then the feed-forward part, each added to what came in and normalised."""
        query, key, value, output, wide, back = products
        own, into = f"inner.encoder.layer.{number}.", f"layer{number}."
        biases = [self._weights[f"{own}attention.self.{name}.bias"] for name in ("query", "key", "value")]
        self._product(hidden, [query, key, value], np.concatenate(biases), f"{into}qkv")
        parts = [f"{into}query", f"{into}key", f"{into}value"]
        self._nodes.append(helper.make_node("Split", [f"{into}qkv"], parts, axis=-1, num_outputs=3))
        attended = self._node("MultiHeadAttention", parts, f"{into}attended", _FUSED, num_heads=_HEADS)
        self._product(attended, [output], self._weights[f"{own}attention.output.dense.bias"], f"{into}output")
        hidden = self._added(hidden, f"{into}output", f"{own}attention.output.LayerNorm", f"{into}middle")
        self._product(hidden, [wide], self._weights[f"{own}intermediate.dense.bias"], f"{into}wide")
        self._node("Gelu", [f"{into}wide"], f"{into}active", _FUSED)
        self._product(f"{into}active", [back], self._weights[f"{own}output.dense.bias"], f"{into}back")
        return self._added(hidden, f"{into}back", f"{own}output.LayerNorm", f"{into}hidden")

    def pooled(self, hidden: str) -> None:
        """The mean over the tokens, brought to unit length."""
        over_tokens = self._constant("tokens", np.array([1], np.int64))
        self._node("ReduceMean", [hidden, over_tokens], "mean", keepdims=0)
        self._node("LpNormalization", ["mean"], "embedding", axis=-1, p=2)

    def written(self) -> bytes:
        """The whole model."""
        asked = helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "tokens"])
        given = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, [1, _WIDTH])
        graph = helper.make_graph(self._nodes, "minilm", [asked], [given], self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        written: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=9).SerializeToString()
        return written

    def _pair(self, name: str) -> tuple[_Array, _Array]:
        return self._weights[f"{name}_q"], self._weights[f"{name}_scale"]

    def _product(self, given: str, products: list[str], bias: _Array, name: str) -> None:
        """Multiply by one or several int8 matrices side by side, each column with its own scale, and add the bias."""
        pairs = [(self._weights[f"{product}_q"], self._weights[f"{product}_scale"]) for product in products]
        matrix = np.concatenate([pair[0] for pair in pairs], axis=1)
        scale = np.concatenate([pair[1].reshape(-1) for pair in pairs])
        zero = np.zeros(scale.size, np.int8)
        constants = {"q": matrix, "s": scale, "z": zero, "b": bias}
        inputs = [given, *(self._constant(f"{name}.{suffix}", value) for suffix, value in constants.items())]
        self._node("DynamicQuantizeMatMul", inputs, name, _FUSED)

    def _added(self, before: str, change: str, norm: str, name: str) -> str:
        scale, bias = self._norm(norm, name)
        return self._node("SkipLayerNormalization", [before, change, scale, bias], name, _FUSED, epsilon=_EPSILON)

    def _norm(self, weights: str, name: str) -> tuple[str, str]:
        scale, bias = self._weights[f"{weights}.weight"], self._weights[f"{weights}.bias"]
        return self._constant(f"{name}.scale", scale), self._constant(f"{name}.bias", bias)

    def _constant(self, name: str, value: _Array) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def _node(self, operator: str, inputs: list[str], name: str, domain: str = "", **attributes: Any) -> str:  # noqa: ANN401 - as each operator declares
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name
