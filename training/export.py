"""Weights -> the two ONNX graphs that are shipped: the encoder in int8 (`training.quantise`), the heads, which are small, in fp32."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from kg.extractor.encoding import Window
from training.model import Encoder, Heads
from training.quantise import calibrate, quantise

OPSET = 17


def export_encoder(encoder: Encoder, folder: Path, calibration: Sequence[Window]) -> None:
    """Write encoder.onnx (int8), and beside it encoder-fp32.onnx and encoder-fp16.onnx, which serve comparison and are not shipped.

    pieces, cases, mask (B, L) int64 -> hidden (B, L, H), tags (B, L, T) float32. `calibration` are windows of some training texts.
    """
    pieces = torch.randint(1000, 2000, (2, 16))
    inputs, outputs = ["pieces", "cases", "mask"], ["hidden", "tags"]
    fp32 = folder / "encoder-fp32.onnx"
    _export(encoder, (pieces, pieces % 144, torch.ones_like(pieces)), fp32, inputs, outputs, {n: {0: "batch", 1: "length"} for n in inputs + outputs})
    quantise(fp32, folder / "encoder.onnx", calibrate(fp32, calibration))
    halve(fp32, folder / "encoder-fp16.onnx")


def export_heads(heads: Heads, folder: Path) -> None:
    """Write heads.onnx: hidden (1, L, H), mentions (M, 4), links (P, 4), twins (C, 5) -> logits as `training.model.Heads` gives them."""
    mentions = torch.tensor([[0, 1, 2, 0], [0, 4, 4, 1], [0, 6, 8, 0]])
    rows = torch.tensor([[0, 1, 3, 0], [2, 1, 30, 1]])
    twins = torch.tensor([[0, 2, 3, 0, 9], [0, 2, 4, 0, 1]])
    inputs, outputs = ["hidden", "mentions", "links", "twins"], ["valid", "proposed", "numbers", "pairs", "same"]
    axes = {"hidden": {1: "length"}, "mentions": {0: "mentions"}, "links": {0: "links"}, "twins": {0: "twins"}}
    axes |= {"valid": {0: "mentions"}, "proposed": {0: "mentions"}, "numbers": {0: "mentions"}, "pairs": {0: "links"}, "same": {0: "twins"}}
    _export(heads, (torch.randn(1, 16, heads.source.in_features // 2 - 16), mentions, rows, twins), folder / "heads.onnx", inputs, outputs, axes)


def _export(module: nn.Module, args: tuple[torch.Tensor, ...], path: Path, inputs: list[str], outputs: list[str], axes: dict[str, dict[int, str]]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of every size that it fixes; tests compare the graphs with torch
        torch.onnx.export(module.eval(), args, str(path), dynamo=False, input_names=inputs, output_names=outputs, dynamic_axes=axes, opset_version=OPSET)


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
