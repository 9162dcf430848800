"""The joint model as it is shipped: two ONNX graphs of one training run, the tokenizer, and the thresholds chosen with them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.errors import ModelError
from kg.extractor.encoding import Ints, Tokenization, Window

Floats = npt.NDArray[np.float32]

DEFAULT = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Encoding:
    """What the encoder says of one window.

    Attributes:
        hidden: float32 (L, H).
        tags: log probabilities of the tags of each word, float32 (W, T).
    """

    hidden: Floats
    tags: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """Logits of the linking heads for one window of M mentions, P link rows and C twin rows.

    Attributes:
        proposed: (M,).
        numbers: field name -> (M, width): reported, kind, direction, bound, null.
        relations: (P, 9).
        links: (P, 6).
        same: (C,).
    """

    proposed: Floats
    numbers: dict[str, Floats]
    relations: Floats
    links: Floats
    same: Floats


class Model:
    """Runs the encoder and the heads with onnxruntime, one thread each; safe to share between components of one process.

    Args:
        folder: encoder.onnx, heads.onnx, tokenizer.json, settings.json.

    Raises:
        ModelError: a file is missing or damaged.
    """

    def __init__(self, folder: Path = DEFAULT) -> None:
        self.folder = folder
        try:
            self.settings: dict[str, Any] = json.loads((folder / "settings.json").read_text(encoding="utf-8"))
        except (OSError, ValueError) as err:
            raise ModelError(f"the extractor's weights cannot be read ({err})", where=str(folder), remedy="Install claimgraph again") from err

    @property
    def version(self) -> str:
        """Names the weights and thresholds: claims of equal versions are comparable."""
        return str(self.settings["version"])

    @cached_property
    def tokenization(self) -> Tokenization:
        return Tokenization(self.folder / "tokenizer.json")

    @cached_property
    def _encoder(self) -> Any:
        return self._session("encoder.onnx")

    @cached_property
    def _heads(self) -> Any:
        return self._session("heads.onnx")

    def _session(self, name: str) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1  # cores are filled by processes: threads scale badly here
        options.log_severity_level = 3
        # one abstract's tensors are small: the arena would only keep the largest text ever seen
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False  # a plan would be kept for every shape ever seen, and nearly each text has its own
        try:
            return onnxruntime.InferenceSession(str(self.folder / name), options, providers=["CPUExecutionProvider"])
        except Exception as err:  # onnxruntime raises bare C++ exceptions
            raise ModelError(f"onnxruntime cannot load the model ({err})", where=str(self.folder / name), remedy="Install claimgraph again") from err

    def encode(self, windows: Sequence[Window]) -> list[Encoding]:
        """Encode windows of one length in one run; without padding, so that a window's result does not depend on its neighbours."""
        hidden, tags = self._encoder.run(None, self.feed(windows))
        return [Encoding(h, _word_log_probabilities(t, w)) for h, t, w in zip(hidden, tags, windows, strict=True)]

    @staticmethod
    def feed(windows: Sequence[Window]) -> dict[str, Ints]:
        """The encoder's inputs for windows of one length."""
        pieces = np.stack([w.pieces for w in windows])
        return {"pieces": pieces, "cases": np.stack([w.cases for w in windows]), "mask": np.ones_like(pieces)}

    def validity(self, hidden: Floats, mentions: Ints) -> Floats:
        """Logits (M,) that spans of first piece, last piece, type (M, 3) are mentions."""
        if not len(mentions):
            return np.zeros(0, dtype=np.float32)
        none = np.zeros((0, 5), dtype=np.int64)
        feed = {"hidden": hidden[None], "mentions": _in_first_row(mentions), "links": none[:, :4], "twins": none}
        return np.asarray(self._heads.run(["valid"], feed)[0], dtype=np.float32)

    def link(self, hidden: Floats, mentions: Ints, links: Ints, twins: Ints) -> Scores:
        """Score mentions (M, 3) of first piece, last piece, type, and the rows of `kg.extractor.pairs`."""
        rows = _in_first_row(mentions)
        feed = {"hidden": hidden[None], "mentions": rows, "links": links, "twins": twins}
        proposed, fields, pairs, same = self._heads.run(["proposed", "numbers", "pairs", "same"], feed)
        numbers, at = {}, 0
        for name, width in self.settings["number_fields"].items():
            numbers[name] = fields[:, at : at + width]
            at += width
        relations = int(self.settings["relations"])
        return Scores(proposed, numbers, pairs[:, :relations], pairs[:, relations:], same)


def _in_first_row(mentions: Ints) -> Ints:
    """Mentions (M, 3) with the index of their row in a batch of one before them."""
    return np.concatenate([np.zeros((len(mentions), 1), dtype=np.int64), mentions], axis=1)


def _word_log_probabilities(tags: Floats, window: Window) -> Floats:
    """The mean of the logits of a word's pieces, as log probabilities."""
    if not len(window.first):
        return np.zeros((0, tags.shape[1]), dtype=np.float32)
    sums = np.cumsum(np.concatenate([np.zeros_like(tags[:1]), tags]), axis=0, dtype=np.float64)
    logits = (sums[window.last + 1] - sums[window.first]) / (window.last + 1 - window.first)[:, None]
    logits -= logits.max(axis=1, keepdims=True)
    return np.asarray(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)), dtype=np.float32)
