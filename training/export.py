"""Weights -> the two ONNX graphs that are shipped.

The encoder's matrix products run in int8. Activations are quantised per token (each row of a matrix has its own scale, computed at run
time), weights per column, both as unsigned bytes around 128:

- one scale for a whole tensor, as `quantize_dynamic` uses, is set by a few outlying tokens and costs twice the error (and makes a text's
  result depend on its neighbours in a batch);
- unsigned weights keep clear of the AVX2 instruction for unsigned x signed bytes, which saturates at 16 bits; the integer products are
  exact on every CPU, with or without VNNI.

The word embeddings are int8 with a scale a row. The heads are small and stay fp32.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.model import Encoder, Heads

OPSET = 17


def export_encoder(encoder: Encoder, folder: Path) -> None:
    """Write encoder.onnx (int8), and beside it encoder-fp32.onnx and encoder-fp16.onnx, which serve comparison and are not shipped.

    pieces, cases, mask (B, L) int64 -> hidden (B, L, H), tags (B, L, T) float32.
    """
    pieces = torch.randint(1000, 2000, (2, 16))
    inputs, outputs = ["pieces", "cases", "mask"], ["hidden", "tags"]
    fp32 = folder / "encoder-fp32.onnx"
    _export(encoder, (pieces, pieces % 144, torch.ones_like(pieces)), fp32, inputs, outputs, {n: {0: "batch", 1: "length"} for n in inputs + outputs})
    quantise(fp32, folder / "encoder.onnx")
    halve(fp32, folder / "encoder-fp16.onnx")


def export_heads(heads: Heads, folder: Path) -> None:
    """Write heads.onnx: hidden (1, L, H), mentions (M, 4), links (P, 4), twins (C, 5) -> logits as `training.model.Heads` gives them."""
    mentions = torch.tensor([[0, 1, 2, 0], [0, 4, 4, 1], [0, 6, 8, 0]])
    rows = torch.tensor([[0, 1, 3, 0], [2, 1, 30, 1]])
    twins = torch.tensor([[0, 2, 3, 0, 9], [0, 2, 4, 0, 1]])
    inputs, outputs = ["hidden", "mentions", "links", "twins"], ["proposed", "numbers", "pairs", "same"]
    axes = {"hidden": {1: "length"}, "mentions": {0: "mentions"}, "links": {0: "links"}, "twins": {0: "twins"}}
    axes |= {"proposed": {0: "mentions"}, "numbers": {0: "mentions"}, "pairs": {0: "links"}, "same": {0: "twins"}}
    _export(heads, (torch.randn(1, 16, heads.source.in_features // 2 - 16), mentions, rows, twins), folder / "heads.onnx", inputs, outputs, axes)


def _export(module: nn.Module, args: tuple[torch.Tensor, ...], path: Path, inputs: list[str], outputs: list[str], axes: dict[str, dict[int, str]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every size that it fixes; tests compare the graphs with torch
        torch.onnx.export(module.eval(), args, str(path), dynamo=False, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET)


def quantise(source: Path, target: Path) -> None:
    """Rewrite every product with a constant matrix to int8, activations per row, and the large embedding table to int8 rows."""
    model = onnx.load(str(source))
    graph = model.graph
    constants = {t.name: t for t in graph.initializer}
    replaced: set[str] = set()
    quantised: dict[str, str] = {}
    nodes: list[onnx.NodeProto] = []
    tensors: list[onnx.TensorProto] = []

    def constant(name: str, array: np.ndarray) -> str:  # type: ignore[type-arg]
        tensors.append(numpy_helper.from_array(array, name))
        return name

    one, zero = constant("q.one", np.array(1, np.float32)), constant("q.zero", np.array(128, np.uint8))
    steps, least = constant("q.steps", np.array(127, np.float32)), constant("q.least", np.array(1e-6, np.float32))

    def rows_of(tensor: str) -> str:
        """Quantise a tensor's rows once; NAME.bytes and NAME.scale are then there."""
        if tensor not in quantised:
            name = quantised[tensor] = f"q.{len(quantised)}"
            nodes.extend(
                [
                    helper.make_node("Abs", [tensor], [f"{name}.abs"]),
                    helper.make_node("ReduceMax", [f"{name}.abs"], [f"{name}.top"], axes=[-1], keepdims=1),
                    helper.make_node("Max", [f"{name}.top", least], [f"{name}.max"]),
                    helper.make_node("Div", [f"{name}.max", steps], [f"{name}.scale"]),
                    helper.make_node("Div", [steps, f"{name}.max"], [f"{name}.inverse"]),
                    helper.make_node("Mul", [tensor, f"{name}.inverse"], [f"{name}.scaled"]),
                    helper.make_node("QuantizeLinear", [f"{name}.scaled", one, zero], [f"{name}.bytes"]),
                ]
            )
        return quantised[tensor]

    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            weight = numpy_helper.to_array(constants[node.input[1]])
            scale = np.maximum(np.abs(weight).max(0), 1e-8) / 127
            name, rows = f"w.{node.output[0]}", rows_of(node.input[0])
            constant(f"{name}.bytes", (np.round(weight / scale) + 128).astype(np.uint8))
            constant(f"{name}.scale", scale.astype(np.float32))
            constant(f"{name}.zero", np.full(weight.shape[1], 128, np.uint8))
            product = [f"{rows}.bytes", f"{name}.bytes", one, f"{name}.scale", zero, f"{name}.zero"]
            nodes.append(helper.make_node("MatMulIntegerToFloat", product, [f"{name}.product"], domain="com.microsoft"))
            nodes.append(helper.make_node("Mul", [f"{name}.product", f"{rows}.scale"], [node.output[0]]))
            replaced.add(node.input[1])
        elif node.op_type == "Gather" and node.input[0] in constants and constants[node.input[0]].dims[0] > 10_000:
            table = numpy_helper.to_array(constants[node.input[0]])
            scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / 127
            constant("words.bytes", np.round(table / scale).astype(np.int8))
            constant("words.scale", scale.astype(np.float32))
            nodes.append(helper.make_node("Gather", ["words.bytes", node.input[1]], ["words.row"]))
            nodes.append(helper.make_node("Cast", ["words.row"], ["words.float"], to=TensorProto.FLOAT))
            nodes.append(helper.make_node("Gather", ["words.scale", node.input[1]], ["words.rowscale"]))
            nodes.append(helper.make_node("Mul", ["words.float", "words.rowscale"], [node.output[0]]))
            replaced.add(node.input[0])
        else:
            nodes.append(node)
    kept = [t for t in graph.initializer if t.name not in replaced]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(nodes)
    graph.initializer.extend(kept + tensors)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, str(target))


def halve(source: Path, target: Path) -> None:
    """Store every constant matrix as fp16, computed with in fp32: what the int8 graph is compared with, small enough for the repository."""
    model = onnx.load(str(source))
    graph = model.graph
    large = {t.name: t for t in graph.initializer if t.data_type == TensorProto.FLOAT and len(t.dims) == 2}
    for tensor in large.values():
        half = numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), f"{tensor.name}.half")
        graph.initializer.remove(tensor)
        graph.initializer.append(half)
        graph.node.insert(0, helper.make_node("Cast", [half.name], [tensor.name], to=TensorProto.FLOAT))
    onnx.save(model, str(target))
