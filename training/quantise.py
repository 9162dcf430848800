"""fp32 -> int8 for the encoder's matrix products, so close that decisions stay, on every CPU and whatever the batch.

- Activations are quantised per token: each row of a matrix has its own scale, computed at run time. One scale for a whole tensor, as
  `quantize_dynamic` uses, is set by a few outlying tokens, and makes a text's result depend on its neighbours in a batch.
- Channels with large activations are divided by a constant that their weights are multiplied with (SmoothQuant, Xiao et al. 2023).
- Weights have a scale a column and are rounded one row after another, each row's error made up for by the rows that follow, as the
  calibration texts correlate them (GPTQ, Frantar et al. 2023).
- Both factors are unsigned bytes around 128. Unsigned weights keep clear of the AVX2 instruction for unsigned x signed bytes, which saturates at 16
  bits; the integer products are exact on every CPU, with or without VNNI.
- The word embeddings are int8 with a scale a row.

What each step gives is in README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from kg.extractor.encoding import Window

MIGRATION = 0.5
"""How much of a channel's range moves from activations to weights: 0 none, 1 all. 0.5 to 0.8 were tried."""
DAMPING = 0.01
STEPS = 127
GELU_LEAST = 0.1701

Doubles = npt.NDArray[np.float64]


@dataclass
class Calibration:
    """What goes into a product on the calibration texts: the Gram matrix (K, K), the largest magnitude (K,) of its channels, the least value of all."""

    gram: Doubles
    top: Doubles
    least: float


def calibrate(source: Path, windows: Sequence[Window]) -> dict[str, Calibration]:
    """Run the fp32 graph on windows and collect what enters each product with a constant matrix, by tensor name."""
    import onnxruntime

    model = onnx.load(str(source))
    constants = {t.name for t in model.graph.initializer}
    tensors = sorted({n.input[0] for n in model.graph.node if n.op_type == "MatMul" and n.input[1] in constants})
    for tensor in tensors:
        model.graph.output.append(helper.make_empty_tensor_value_info(tensor))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    found: dict[str, Calibration] = {}
    for w in windows:
        feed = {"pieces": w.pieces[None], "cases": w.cases[None], "mask": np.ones_like(w.pieces)[None]}
        for tensor, value in zip(tensors, session.run(tensors, feed), strict=True):
            rows = value.reshape(-1, value.shape[-1]).astype(np.float64)
            gram, top = rows.T @ rows, np.abs(rows).max(0)
            if tensor in found:
                found[tensor].gram += gram
                found[tensor].top = np.maximum(found[tensor].top, top)
                found[tensor].least = min(found[tensor].least, float(rows.min()))
            else:
                found[tensor] = Calibration(gram, top, float(rows.min()))
    return found


def quantise(source: Path, target: Path, calibration: dict[str, Calibration]) -> None:
    """Rewrite every product with a constant matrix, and the embedding table, to int8."""
    model = onnx.load(str(source))
    graph = model.graph
    constants = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    factors = _factors(graph, constants, calibration)
    writer = _Writer()
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            tensor, weight = node.input[0], constants.pop(node.input[1])
            factor = factors[tensor]
            gram = calibration[tensor].gram / np.outer(factor, factor)
            # what GELU gives is never less than -0.17: moved up by that, it fills the whole byte
            shift = GELU_LEAST if calibration[tensor].least > -GELU_LEAST else 0.0
            writer.product(tensor, factor, shift, weight * factor[:, None], gram, node.output[0])
        elif node.op_type == "Gather" and len(constants.get(node.input[0], ())) > 10_000:
            writer.table(constants.pop(node.input[0]), node.input[1], node.output[0])
        else:
            writer.nodes.append(node)
    kept = [t for t in graph.initializer if t.name in constants]
    del graph.node[:], graph.initializer[:]
    graph.node.extend(writer.nodes)
    graph.initializer.extend(kept + writer.tensors)
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    onnx.save(model, str(target))


def _factors(graph: Any, constants: dict[str, Any], calibration: dict[str, Calibration]) -> dict[str, Doubles]:
    """The constant (K,) that each product's input is divided by; products of one input share it."""
    tops: dict[str, Doubles] = {}
    for node in graph.node:
        if node.op_type == "MatMul" and node.input[1] in constants:
            top = np.abs(constants[node.input[1]].astype(np.float64)).max(1)
            tops[node.input[0]] = np.maximum(tops.get(node.input[0], 0.0), top)
    factors = {}
    for tensor, weights in tops.items():
        raw = np.maximum(calibration[tensor].top, 1e-5) ** MIGRATION / np.maximum(weights, 1e-5) ** (1 - MIGRATION)
        factors[tensor] = raw / np.exp(np.log(raw).mean())
    return factors


def rounded(weight: Doubles, gram: Doubles, scale: Doubles) -> Doubles:
    """Integers (K, N) for weights in steps of `scale` (N,), each row's rounding error compensated in the rows after it."""
    size = len(weight)
    damped = gram / np.trace(gram) * size + DAMPING * np.eye(size)
    upper = np.linalg.cholesky(np.linalg.inv(damped)).T
    left, out = weight.copy(), np.zeros_like(weight)
    for k in range(size):
        out[k] = np.clip(np.round(left[k] / scale), -STEPS, STEPS)
        error = (left[k] - out[k] * scale) / upper[k, k]
        left[k + 1 :] -= np.outer(upper[k, k + 1 :], error)
    return out


class _Writer:
    """The nodes and constants of the new graph."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.tensors: list[onnx.TensorProto] = []
        self._rows: dict[str, str] = {}
        self._one = self._constant("q.one", np.array(1, np.float32))
        self._zero = self._constant("q.zero", np.array(128, np.uint8))
        self._none = self._constant("q.none", np.array(0, np.uint8))
        self._steps = self._constant("q.steps", np.array(STEPS, np.float32))
        self._all = self._constant("q.all", np.array(255, np.float32))
        self._least = self._constant("q.least", np.array(1e-6, np.float32))

    def _constant(self, name: str, array: npt.NDArray[Any]) -> str:
        self.tensors.append(numpy_helper.from_array(array, name))
        return name

    def _node(self, op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(op, inputs, [output], **attributes))
        return output

    def _quantised(self, tensor: str, factor: Doubles, shift: float) -> tuple[str, str]:
        """Quantise a tensor's rows, once: the names of what becomes NAME.bytes and NAME.scale, and of the byte that stands for zero."""
        zero, steps = (self._none, self._all) if shift else (self._zero, self._steps)
        if tensor not in self._rows:
            name = self._rows[tensor] = f"q.{len(self._rows)}"
            inverse = self._constant(f"{name}.factor", (1 / factor).astype(np.float32))
            if shift:
                tensor = self._node("Add", [tensor, self._constant(f"{name}.shift", np.array(shift, np.float32))], f"{name}.moved")
            even = self._node("Mul", [tensor, inverse], f"{name}.even")
            magnitude = even if shift else self._node("Abs", [even], f"{name}.abs")
            self._node("ReduceMax", [magnitude], f"{name}.top", axes=[-1], keepdims=1)
            self._node("Max", [f"{name}.top", self._least], f"{name}.max")
            self._node("Div", [f"{name}.max", steps], f"{name}.scale")
            self._node("Div", [steps, f"{name}.max"], f"{name}.inverse")
            self._node("Mul", [even, f"{name}.inverse"], f"{name}.scaled")
            self._node("QuantizeLinear", [f"{name}.scaled", self._one, zero], f"{name}.bytes")
            return name, zero
        return self._rows[tensor], zero

    def product(self, tensor: str, factor: Doubles, shift: float, weight: Doubles, gram: Doubles, output: str) -> None:
        """tensor / factor times weight, in bytes."""
        name, (rows, zero) = f"w.{output}", self._quantised(tensor, factor, shift)
        scale = np.maximum(np.abs(weight).max(0), 1e-8) / STEPS
        integers = rounded(weight, gram, scale)
        self._constant(f"{name}.bytes", (integers + 128).astype(np.uint8))
        self._constant(f"{name}.scale", scale.astype(np.float32))
        self._constant(f"{name}.zero", np.full(weight.shape[1], 128, np.uint8))
        inputs = [f"{rows}.bytes", f"{name}.bytes", self._one, f"{name}.scale", zero, f"{name}.zero"]
        self._node("MatMulIntegerToFloat", inputs, f"{name}.product", domain="com.microsoft")
        if not shift:
            self._node("Mul", [f"{name}.product", f"{rows}.scale"], output)
            return
        self._node("Mul", [f"{name}.product", f"{rows}.scale"], f"{name}.shifted")
        moved = (shift / factor) @ (integers * scale)
        self._node("Sub", [f"{name}.shifted", self._constant(f"{name}.moved", moved.astype(np.float32))], output)

    def table(self, table: npt.NDArray[np.float32], index: str, output: str) -> None:
        """Rows of an embedding table, in bytes."""
        scale = np.maximum(np.abs(table).max(1, keepdims=True), 1e-8) / STEPS
        self._constant("words.bytes", np.round(table / scale).astype(np.int8))
        self._constant("words.scale", scale.astype(np.float32))
        self._node("Gather", ["words.bytes", index], "words.row")
        self._node("Cast", ["words.row"], "words.float", to=TensorProto.FLOAT)
        self._node("Gather", ["words.scale", index], "words.rowscale")
        self._node("Mul", ["words.float", "words.rowscale"], output)
