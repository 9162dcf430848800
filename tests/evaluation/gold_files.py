"""Gold and claims about invented papers, as files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from documents import document, entity

from kg.claims import Document

GOLD: dict[str, Any] = {
    "id": "p1",
    "entities": [
        {"key": "otter", "type": "Method", "mentions": ["OtterNet"], "role": "proposed"},
        {"key": "llm", "type": "Method", "mentions": ["Large language models", "LLMs"]},
        {"key": "qa", "type": "Task", "mentions": ["multi-hop question answering"]},
        {"key": "pond", "type": "Dataset", "mentions": ["PondQA"]},
        {"key": "acc", "type": "Metric", "mentions": ["accuracy"]},
        {"key": "speed", "type": "Metric", "mentions": ["speedup"]},
        {"key": "a100", "type": "Hardware", "mentions": ["A100 GPU"]},
    ],
    "relations": [["otter", "TARGETS", "qa"], ["otter", "USES", "llm"], ["otter", "EVALUATED_ON", "pond"], ["otter", "RUNS_ON", "a100"]],
    "results": [
        {
            "evidence": "accuracy by 4.5 points", "value_text": "4.5 points", "value": 4.5, "value_high": None, "baseline_value": None, "unit": "pp",
            "kind": "change", "direction": "increase", "bound": "exact", "metric": "acc", "method": "otter", "baseline": "llm", "dataset": "pond",
            "task": None, "hardware": None, "condition": None,
        },
        {
            "evidence": "a speedup of up to 2.2x", "value_text": "2.2x", "value": 2.2, "value_high": None, "baseline_value": None, "unit": "x",
            "kind": "ratio", "direction": "increase", "bound": "up_to", "metric": "speed", "method": "otter", "baseline": None, "dataset": None,
            "task": None, "hardware": "a100", "condition": None,
        },
    ],
}  # fmt: skip
"""An annotator's line about `found()`'s abstract."""

EMPTY: dict[str, Any] = {"id": "p2", "entities": [], "relations": [], "results": []}

ABSTRACT = (
    "Large language models (LLMs) read slowly. OtterNet is built for multi-hop question answering. On PondQA it raises accuracy by 4.5 points, "
    "with a speedup of up to 2.2x on an A100 GPU."
)


def found() -> Document:
    """What an extractor might say of `ABSTRACT`: two types or borders wrong, a relation missing, one too many, a number with the wrong metric."""
    return document(
        "p1",
        ABSTRACT,
        [
            entity("e1", "Method", "OtterNet", proposed=True, confidence=0.95),
            entity("e2", "Method", "LLMs", confidence=0.85),
            entity("e3", "Task", "question answering", confidence=0.55),  # relaxed: two of three words
            entity("e4", "Dataset", "PondQA", confidence=0.9),
            entity("e5", "Metric", "accuracy", confidence=0.75),
            entity("e6", "Hardware", "A100 GPU", confidence=1.0),
            entity("e7", "Task", "speedup", confidence=0.25),  # of another type
        ],
        [
            ("e1", "TARGETS", "e3", "OtterNet is built for multi-hop question answering"),
            ("e1", "EVALUATED_ON", "e4", "On PondQA it raises accuracy"),
            ("e1", "TARGETS", "e7", "a speedup of up to 2.2x"),
        ],
        [
            {"value": 4.5, "unit": "%", "kind": "change", "direction": "increase", "number": "4.5 points", "evidence": "raises accuracy by 4.5 points",
             "metric": "e5", "method": "e1", "baseline": "e2", "dataset": "e4"},
            {"value": 2.2, "unit": "x", "kind": "ratio", "direction": "increase", "number": "2.2x", "evidence": "a speedup of up to 2.2x",
             "metric": "e5", "method": "e1", "hardware": "e6"},
        ],
    )  # fmt: skip


def other(id: str = "p2") -> Document:
    """A document in which nothing was found."""
    return document(id, "Nothing is measured here.")


def write_gold(path: Path, *lines: Mapping[str, Any]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def write_claims(path: Path, documents: Sequence[Document]) -> Path:
    path.write_text("".join(one.to_json() + "\n" for one in documents), encoding="utf-8")
    return path
