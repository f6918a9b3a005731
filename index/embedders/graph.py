"""multilingual-e5-small as an ONNX graph that ONNX Runtime runs fast on a processor.

The matrices of the layers are 8-bit integers by blocks of 32 weights: those that training left alone
with the scales of the source file, which loses nothing, for its weights have 4 bits; the others
rounded. The word embedding keeps its 4 bits. ONNX Runtime multiplies them with activations that it
rounds to 8 bits, block by block (`accuracy_level` 4).
Its own operators (domain com.microsoft) fuse what BERT does in many steps:
https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from index.embedders.e5_file import BLOCK, BLOCK_OF_8_BITS, E5File

if TYPE_CHECKING:
    from onnx import ModelProto

Attribute = str | int | float
# Weights, shape (2, hidden), and biases, shape (2,).
Head = tuple[NDArray[np.float32], NDArray[np.float32]]

MICROSOFT = "com.microsoft"
IDS, MASK = "input_ids", "attention_mask"
EMBEDDING, JUDGEMENT = "embedding", "judgement"
# The newest that this graph needs; a runtime reads older ones.
OPSET, IR_VERSION = 21, 10
# Activations in 8 bits: with 32 it is the reference bit for bit but for rounding, and half as fast.
ACTIVATIONS_IN_8_BITS = 4


class _Graph:
    """Nodes and constants as they are added; every method gives the name of what it adds."""

    def __init__(self, source: E5File) -> None:
        self.source = source
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: NDArray[Any]) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def vector(self, name: str) -> str:
        """A tensor of the source that is no matrix."""
        return self.constant(name, self.source.tensor(name))

    def node(
        self,
        kind: str,
        inputs: Sequence[str],
        output: str,
        *,
        domain: str = "",
        **attributes: Attribute,
    ) -> str:
        from onnx import helper

        made = helper.make_node(kind, list(inputs), output.split(), name=output, domain=domain)
        made.attribute.extend(
            helper.make_attribute(key, value) for key, value in attributes.items()
        )
        self.nodes.append(made)
        return output

    def fused(self, kind: str, inputs: Sequence[str], output: str, **attributes: Attribute) -> str:
        """An operator of ONNX Runtime's own."""
        return self.node(kind, inputs, output, domain=MICROSOFT, **attributes)

    def linear(self, inputs: str, names: Sequence[str], output: str) -> str:
        """The product with one or more matrices of the source, stacked; biases are added later."""
        matrices = [self.source.eight_bits(f"{name}.w") for name in names]
        rows = [len(self.source.tensor(f"{name}.b")) for name in names]
        values = np.concatenate(
            [v.reshape(n, -1, BLOCK_OF_8_BITS) for (v, _), n in zip(matrices, rows, strict=True)]
        )
        scales = np.concatenate(
            [s.reshape(n, -1) for (_, s), n in zip(matrices, rows, strict=True)]
        )
        return self.fused(
            "MatMulNBits",
            [
                inputs,
                self.constant(f"{output}.q", values),
                self.constant(f"{output}.s", scales),
            ],
            output,
            K=values.shape[1] * BLOCK_OF_8_BITS,
            N=len(values),
            bits=8,
            block_size=BLOCK_OF_8_BITS,
            accuracy_level=ACTIVATIONS_IN_8_BITS,
        )

    def added_and_normed(self, inputs: str, skipped: str, norm: str, bias: str) -> str:
        """Inputs + skipped + bias, then the layer norm of that name."""
        weights = [self.vector(f"{norm}.w"), self.vector(f"{norm}.b"), self.vector(f"{bias}.b")]
        return self.fused(
            "SkipLayerNormalization",
            [inputs, skipped, *weights],
            norm,
            epsilon=self.source.sizes.epsilon,
        )


def _embeddings(graph: _Graph, kept: Sequence[int]) -> str:
    """Word + position + type, normed; shape (batch, length, hidden)."""
    source, sizes = graph.source, graph.source.sizes
    values, scales = source.blocks("emb.word")
    rows = values.reshape(sizes.rows, -1)[list(kept)]
    word = [
        graph.constant("emb.q", rows[:, 0::2] | (rows[:, 1::2] << 4)),
        IDS,
        graph.constant("emb.s", scales.reshape(sizes.rows, -1)[list(kept)]),
    ]
    graph.fused("GatherBlockQuantized", word, "word", block_size=BLOCK, quantize_axis=1, bits=4)
    places = source.matrix("emb.pos", sizes.positions)
    kind = source.matrix("emb.type", sizes.token_types)[0]
    graph.node("Shape", [IDS], "length", start=1, end=2)
    zero = graph.constant("zero", np.array([0]))
    graph.node("Slice", [graph.constant("places", places + kind), zero, "length"], "place")
    graph.node("Add", ["word", "place"], "embedded")
    norm = ["embedded", graph.vector("emb.ln.w"), graph.vector("emb.ln.b")]
    return graph.node("LayerNormalization", norm, "emb", epsilon=sizes.epsilon)


def _layer(graph: _Graph, number: int, inputs: str) -> str:
    """Self-attention, then the feed-forward network, each added to what came in and normed."""

    def name(short: str) -> str:
        return f"l{number}.{short}"

    parts = [name("q"), name("k"), name("v")]
    graph.linear(inputs, parts, name("qkv"))
    graph.node("Split", [name("qkv")], " ".join(parts), axis=-1, num_outputs=3)
    biases = np.concatenate([graph.source.tensor(f"{part}.b") for part in parts])
    attended = graph.fused(
        "MultiHeadAttention",
        [*parts, graph.constant(name("qkv.b"), biases), "mask"],
        name("att"),
        num_heads=graph.source.sizes.heads,
    )
    graph.linear(attended, [name("ao")], name("ao"))
    middle = graph.added_and_normed(name("ao"), inputs, name("aln"), name("ao"))
    graph.linear(middle, [name("fi")], name("fi"))
    graph.fused("BiasGelu", [name("fi"), graph.vector(name("fi.b"))], name("gelu"))
    graph.linear(name("gelu"), [name("fo")], name("fo"))
    return graph.added_and_normed(name("fo"), middle, name("oln"), name("fo"))


def _pooled(graph: _Graph, inputs: str) -> None:
    """The mean over the tokens, of length 1: the sum points the same way."""
    one, two = graph.constant("one", np.array([1])), graph.constant("two", np.array([2]))
    graph.node("Unsqueeze", ["weight", two], "weights")
    graph.node("Mul", [inputs, "weights"], "weighed")
    graph.node("ReduceSum", ["weighed", one], "sum", keepdims=0)
    graph.node("LpNormalization", ["sum"], EMBEDDING, axis=-1, p=2)


def _judged(graph: _Graph, head: Head) -> None:
    """The head over the mean of the tokens."""
    weights, bias = head
    graph.node("ReduceSum", ["weights", "one"], "count", keepdims=0)
    graph.node("Div", ["sum", "count"], "mean")
    given = ["mean", graph.constant("head.w", weights), graph.constant("head.b", bias)]
    graph.node("Gemm", given, JUDGEMENT, transB=1)


def make_model(source: E5File, kept: Sequence[int], head: Head) -> "ModelProto":
    """The model over the kept pieces of the vocabulary.

    Inputs `input_ids` and `attention_mask`, int64, shape (batch, length); outputs `embedding`, float32,
    shape (batch, hidden), rows of length 1, and `judgement`, float32, shape (batch, 2).
    """
    from onnx import TensorProto, helper

    graph = _Graph(source)
    graph.node("Cast", [MASK], "mask", to=TensorProto.INT32)
    graph.node("Cast", [MASK], "weight", to=TensorProto.FLOAT)
    state = _embeddings(graph, kept)
    for number in range(source.sizes.layers):
        state = _layer(graph, number, state)
    _pooled(graph, state)
    _judged(graph, head)
    shape = ["batch", "length"]
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name in (IDS, MASK)]
    widths = {EMBEDDING: source.sizes.hidden, JUDGEMENT: len(head[1])}
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
        for name, width in widths.items()
    ]
    return helper.make_model(
        helper.make_graph(graph.nodes, "multilingual-e5-small", inputs, outputs, graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)],
        ir_version=IR_VERSION,
    )
