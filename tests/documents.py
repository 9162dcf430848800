"""A small corpus of documents made by hand: all types, relations, kinds of results, and the names that go wrong.

`DOCUMENTS` are six papers about invented things. `document(…)` makes more of them: mentions are given as strings and found in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.claims import Document, Entity, Mention, Relation, Result, Source, Span


def entity(id: str, type: str, *surfaces: str, proposed: bool = False, confidence: float = 0.9) -> dict[str, Any]:
    """An entity by its surfaces, the first of which is its name."""
    return {"id": id, "type": type, "surfaces": surfaces, "role": "proposed" if proposed else None, "confidence": confidence}


def document(
    id: str,
    abstract: str,
    entities: Sequence[dict[str, Any]] = (),
    relations: Sequence[tuple[str, str, str, str]] = (),
    results: Sequence[dict[str, Any]] = (),
    title: str | None = None,
    record: int = 1,
    confidence: float = 0.8,
) -> Document:
    """A document whose offsets are found in its text.

    Args:
        entities: as `entity(…)` gives them; each surface is a mention at its first place as a whole word.
        relations: (subject, predicate, object, evidence as it stands in the text).
        results: fields of `kg.claims.Result`, with `number` and `evidence` as they stand in the text.
    """
    text = f"{title}\n{abstract}" if title else abstract

    def span(quote: str) -> Span:
        start = text.index(quote)
        return Span(start=start, end=start + len(quote))

    def mention(surface: str) -> Mention:
        start = text.index(surface)
        while (start and text[start - 1].isalnum()) or text[start + len(surface) : start + len(surface) + 1].isalnum():
            start = text.index(surface, start + 1)
        return Mention(text=surface, start=start, end=start + len(surface))

    def result(number: int, fields: dict[str, Any]) -> Result:
        evidence = span(fields["evidence"])
        start = text.index(fields["number"], evidence.start)
        numeral = Mention(text=fields["number"], start=start, end=start + len(fields["number"]))
        return Result(**{"id": f"r{number}", "confidence": confidence, **fields, "evidence": evidence, "number": numeral})

    return Document(
        id=id,
        title=title,
        text=text,
        source=Source(name="documents.jsonl", format="jsonl", record=record),
        entities=tuple(
            Entity(
                id=e["id"],
                type=e["type"],
                name=e["surfaces"][0],
                role=e["role"],
                mentions=tuple(sorted((mention(s) for s in e["surfaces"]), key=lambda m: m.start)),
                confidence=e["confidence"],
            )
            for e in entities
        ),
        relations=tuple(Relation(subject=s, predicate=p, object=o, evidence=span(quote), confidence=confidence) for s, p, o, quote in relations),
        results=tuple(result(number, fields) for number, fields in enumerate(results, 1)),
    )


TRIDENT = document(
    "2401.00001",
    "Large language models (LLMs) decode slowly. We present Trident, a speculative decoding system for long sequence generation. "
    "Trident runs on an A100 and reaches up to 2.31× speedup over EagleEye, and lowers latency by 39%. "
    "It needs two RTX 4090 GPUs for 0.108s/token. Trident outperforms EagleEye.",
    [
        entity("e1", "Method", "Large language models", "LLMs"),
        entity("e2", "Method", "Trident", proposed=True, confidence=0.97),
        entity("e3", "Method", "speculative decoding"),
        entity("e4", "Task", "long sequence generation"),
        entity("e5", "Hardware", "A100"),
        entity("e6", "Metric", "speedup"),
        entity("e7", "Method", "EagleEye"),
        entity("e8", "Metric", "latency"),
        entity("e9", "Hardware", "RTX 4090 GPUs"),
    ],
    [
        ("e2", "IS_A", "e3", "Trident, a speculative decoding system"),
        ("e2", "TARGETS", "e4", "Trident, a speculative decoding system for long sequence generation"),
        ("e2", "RUNS_ON", "e5", "Trident runs on an A100"),
        ("e2", "RUNS_ON", "e9", "It needs two RTX 4090 GPUs"),
        ("e2", "OUTPERFORMS", "e7", "Trident outperforms EagleEye"),
        ("e2", "USES", "e1", "Large language models (LLMs) decode slowly. We present Trident"),
    ],
    [
        {
            "value": 2.31, "unit": "x", "kind": "ratio", "direction": "increase", "bound": "up_to", "number": "2.31×",
            "evidence": "reaches up to 2.31× speedup over EagleEye", "metric": "e6", "method": "e2", "baseline": "e7", "hardware": "e5", "task": "e4",
        },
        {
            "value": 39.0, "unit": "%", "kind": "change", "direction": "decrease", "number": "39%", "evidence": "lowers latency by 39%",
            "metric": "e8", "method": "e2", "baseline": "e7",
        },
        {
            "value": 0.108, "unit": "s/token", "kind": "absolute", "number": "0.108s/token", "evidence": "two RTX 4090 GPUs for 0.108s/token",
            "metric": "e8", "method": "e2", "hardware": "e9", "condition": "two RTX 4090 GPUs",
        },
    ],
    title="Trident: Decoding with Three Prongs",
    record=1,
)  # fmt: skip

REPAIR = document(
    "2401.00002",
    "Fixing code with an LLM is costly. PatchPal is a large language model that we train on BugCorpus and test on FixBench, a benchmark for program repair. "
    "It improves Top-10 suggestions by 7.6% to 10% and cuts hallucinations from 74.4% to 33.4% on FixBench. "
    "PatchPal is on par with Trident and runs on A100 GPUs.",
    [
        entity("e1", "Method", "LLM", "large language model"),
        entity("e2", "Method", "PatchPal", proposed=True),
        entity("e3", "Dataset", "BugCorpus"),
        entity("e4", "Dataset", "FixBench", proposed=True),
        entity("e5", "Task", "program repair"),
        entity("e6", "Metric", "Top-10 suggestions"),
        entity("e7", "Metric", "hallucinations"),
        entity("e8", "Method", "Trident"),
        entity("e9", "Hardware", "A100 GPUs"),
    ],
    [
        ("e2", "IS_A", "e1", "PatchPal is a large language model"),
        ("e2", "TRAINED_ON", "e3", "we train on BugCorpus"),
        ("e2", "EVALUATED_ON", "e4", "test on FixBench"),
        ("e4", "BENCHMARK_FOR", "e5", "FixBench, a benchmark for program repair"),
        ("e2", "TARGETS", "e5", "FixBench, a benchmark for program repair"),
        ("e2", "COMPARED_WITH", "e8", "PatchPal is on par with Trident"),
        ("e2", "RUNS_ON", "e9", "PatchPal is on par with Trident and runs on A100 GPUs"),
    ],
    [
        {
            "value": 7.6, "value_high": 10.0, "unit": "%", "kind": "change", "direction": "increase", "number": "7.6% to 10%",
            "evidence": "improves Top-10 suggestions by 7.6% to 10%", "metric": "e6", "method": "e2", "dataset": "e4", "task": "e5",
        },
        {
            "value": 33.4, "baseline_value": 74.4, "unit": "%", "kind": "absolute", "number": "33.4%",
            "evidence": "cuts hallucinations from 74.4% to 33.4% on FixBench", "metric": "e7", "method": "e2", "dataset": "e4",
        },
    ],
    title="PatchPal repairs programs",
    record=2,
)  # fmt: skip

SEGMENT = document(
    "2401.00003",
    "The Segment Anything Model (SAM) is a transformer for image segmentation. We fine-tune SAM on ImageNet and reach at least 92.3 F1. "
    "It outperforms Mask\u00a0R‑CNN.",
    [
        entity("e1", "Method", "Segment Anything Model", "SAM"),
        entity("e2", "Method", "transformer"),
        entity("e3", "Task", "image segmentation"),
        entity("e4", "Dataset", "ImageNet"),
        entity("e5", "Metric", "F1"),
        entity("e6", "Method", "Mask\u00a0R‑CNN"),
    ],
    [
        ("e1", "IS_A", "e2", "The Segment Anything Model (SAM) is a transformer"),
        ("e1", "TARGETS", "e3", "The Segment Anything Model (SAM) is a transformer for image segmentation"),
        ("e1", "TRAINED_ON", "e4", "fine-tune SAM on ImageNet"),
        ("e1", "OUTPERFORMS", "e6", "outperforms Mask\u00a0R‑CNN"),
    ],
    [
        {
            "value": 92.3, "unit": None, "kind": "absolute", "bound": "at_least", "number": "92.3", "evidence": "reach at least 92.3 F1",
            "metric": "e5", "method": "e1", "dataset": "e4", "task": "e3",
        },
    ],
    record=3,
)  # fmt: skip

SHARPNESS = document(
    "2401.00004",
    "Sharpness-aware minimisation (SAM) trains Mask R-CNN on image-net with about 12,800 images/s on a power transformer, a 3-fold higher throughput than SGD "
    "and 1.5 pp of accuracy.",
    [
        entity("e1", "Method", "Sharpness-aware minimisation", "SAM"),
        entity("e2", "Method", "Mask R-CNN"),
        entity("e3", "Dataset", "image-net"),
        entity("e4", "Hardware", "transformer"),
        entity("e5", "Metric", "throughput"),
        entity("e6", "Method", "SGD"),
        entity("e7", "Metric", "accuracy"),
    ],
    [
        ("e1", "RUNS_ON", "e4", "on a power transformer"),
        ("e1", "COMPARED_WITH", "e6", "a 3-fold higher throughput than SGD"),
        ("e2", "TRAINED_ON", "e3", "trains Mask R-CNN on image-net"),
        ("e2", "USES", "e1", "Sharpness-aware minimisation (SAM) trains Mask R-CNN"),
    ],
    [
        {
            "value": 12800.0, "unit": "images/s", "kind": "absolute", "bound": "about", "number": "12,800 images/s", "evidence": "about 12,800 images/s",
            "metric": "e5", "method": "e1", "hardware": "e4",
        },
        {
            "value": 3.0, "unit": "x", "kind": "ratio", "direction": "increase", "number": "3-fold", "evidence": "a 3-fold higher throughput than SGD",
            "metric": "e5", "method": "e1", "baseline": "e6",
        },
        {
            "value": 1.5, "unit": "pp", "kind": "change", "direction": "increase", "number": "1.5 pp", "evidence": "1.5 pp of accuracy",
            "metric": "e7", "method": "e1",
        },
    ],
    title="How sharp is SAM?",
    record=4,
)  # fmt: skip

BARE = document(
    "2401.00005",
    "We run GPT-4, GPT-4o and SAM beside LLMs on 数据集 and the ImageNet for Image Segmentation. GPT-4o outperforms GPT-4. "
    "LLMs such as GPT-4 use a Transformer. EagleEye targets long-sequence generation, where it gains 2.1x on an A100, and Trident outperforms it.",
    [
        entity("e1", "Method", "GPT-4"),
        entity("e2", "Method", "GPT-4o"),
        entity("e3", "Method", "SAM"),
        entity("e4", "Method", "LLMs"),
        entity("e5", "Dataset", "数据集"),
        entity("e6", "Dataset", "ImageNet"),
        entity("e7", "Task", "Image Segmentation"),
        entity("e8", "Method", "Transformer"),
        entity("e9", "Method", "EagleEye"),
        entity("e10", "Task", "long-sequence generation"),
        entity("e11", "Hardware", "A100"),
        entity("e12", "Method", "Trident"),
    ],
    [
        ("e2", "OUTPERFORMS", "e1", "GPT-4o outperforms GPT-4"),
        ("e1", "IS_A", "e4", "LLMs such as GPT-4"),
        ("e1", "USES", "e8", "GPT-4 use a Transformer"),
        ("e3", "EVALUATED_ON", "e5", "SAM beside LLMs on 数据集"),
        ("e6", "BENCHMARK_FOR", "e7", "the ImageNet for Image Segmentation"),
        ("e9", "TARGETS", "e10", "EagleEye targets long-sequence generation"),
        ("e9", "RUNS_ON", "e11", "where it gains 2.1x on an A100"),
        ("e12", "OUTPERFORMS", "e9", "Trident outperforms it"),
    ],
    [
        {
            "value": 2.1, "unit": "x", "kind": "ratio", "direction": "increase", "number": "2.1x", "evidence": "gains 2.1x on an A100",
            "method": "e9", "hardware": "e11", "task": "e10",
        },
    ],
    record=5,
)  # fmt: skip

HOSTILE = document(
    'odd "id", <6>\t& more',
    'We propose <script>alert("x")</script>, a method = "quoted", for O\'Neil & Sons\' retrieval \U0001f600. '
    "It is a kind of =SUM(A1:A9) and needs Schr\\\"odinger's \u202eRTL\u202c CPU. Error rate: -12% with \\textbf{bold} names. \u0001Control.",
    [
        entity("e1", "Method", '<script>alert("x")</script>', proposed=True),
        entity("e2", "Task", "O'Neil & Sons' retrieval \U0001f600"),
        entity("e3", "Method", "=SUM(A1:A9)"),
        entity("e4", "Hardware", "Schr\\\"odinger's \u202eRTL\u202c CPU"),
        entity("e5", "Metric", "Error rate"),
        entity("e6", "Dataset", "\\textbf{bold} names"),
        entity("e7", "Task", "\u0001Control"),
    ],
    [
        ("e1", "TARGETS", "e2", "for O'Neil & Sons' retrieval \U0001f600"),
        ("e1", "IS_A", "e3", "It is a kind of =SUM(A1:A9)"),
        ("e1", "RUNS_ON", "e4", "needs Schr\\\"odinger's \u202eRTL\u202c CPU"),
        ("e1", "EVALUATED_ON", "e6", "-12% with \\textbf{bold} names"),
        ("e2", "IS_A", "e7", "Error rate: -12% with \\textbf{bold} names. \u0001Control"),
    ],
    [
        {
            "value": 12.0, "unit": "%", "kind": "change", "direction": "decrease", "number": "-12%", "evidence": "-12% with \\textbf{bold} names",
            "metric": "e5", "method": "e1", "dataset": "e6", "condition": "\\textbf{bold} names",
        },
    ],
    title='On "quotes", <tags> & commas;\ttabs',
    record=6,
)  # fmt: skip

DOCUMENTS: tuple[Document, ...] = (TRIDENT, REPAIR, SEGMENT, SHARPNESS, BARE, HOSTILE)
