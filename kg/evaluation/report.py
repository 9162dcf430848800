"""An evaluation for people, as tables, and for programs, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kg.evaluation.evaluation import OVERALL, DocumentScore, Estimate, Evaluation, Score

if TYPE_CHECKING:
    from kg.table import Row

NAMED = 3
"""Items of each kind of fault that a table names for a document; JSON has all."""

_SCORE = ("score", "P", "R", "F1", "95 % of F1", "right", "found", "gold")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a title."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def tables(evaluation: Evaluation, worst: int) -> Iterator[Table]:
    """Yield the tables of an evaluation that have rows; of the documents the `worst` that are not perfect."""
    named = evaluation.scores.items()
    documents = _worst(evaluation, worst)
    for table in (
        Table("All", _SCORE, tuple(_score(name, score) for name, score in named if name in OVERALL)),
        Table("Entities by type", _SCORE, tuple(_score(name, score) for name, score in named if name.startswith("entity.") and name not in OVERALL)),
        Table("Relations", _SCORE, tuple(_score(name, score) for name, score in named if name.startswith("relation."))),
        Table(
            "Fields of the numbers that are found and in gold",
            ("field", "accuracy", "95 %", "right", "numbers"),
            tuple((name, _three(field.share.value), _interval(field.share), field.right, field.numbers) for name, field in evaluation.fields.items()),
        ),
        Table(
            "Calibration: is a confidence the share that is right?",
            ("part", "expected error", "mean confidence", "accuracy", "items"),
            tuple((part, _three(one.error), _three(one.confidence), _three(one.accuracy), one.items) for part, one in evaluation.calibration.items()),
        ),
        Table(
            "Calibration by confidence",
            ("part", "confidence", "mean confidence", "accuracy", "items"),
            tuple(
                (part, f"{bin.low:.1f}–{bin.high:.1f}", _three(bin.confidence), _three(bin.accuracy), bin.items)
                for part, one in evaluation.calibration.items()
                for bin in one.bins
            ),
        ),
        Table(
            "Worst documents: entities, relations and results together",
            ("document", "F1", "fault", "items", "which"),
            tuple(row for document in documents for row in _faults(document)),
        ),
    ):
        if table.rows:
            yield table


def record(evaluation: Evaluation, worst: int) -> dict[str, Any]:
    """The evaluation as a JSON object: figures rounded to four digits, scores under the names and keys of the annotation's own scorer (p, r, f1, tp,
    pred, gold) with intervals, all faults of the `worst` documents that are not perfect."""
    found: dict[str, Any] = _rounded(
        {
            "scores": {
                name: {
                    "p": score.precision.value,
                    "r": score.recall.value,
                    "f1": score.f1.value,
                    "tp": score.right,
                    "pred": score.found,
                    "gold": score.gold,
                    "p_interval": _ends(score.precision),
                    "r_interval": _ends(score.recall),
                    "f1_interval": _ends(score.f1),
                }
                for name, score in evaluation.scores.items()
            },
            "fields": {
                name: {"accuracy": field.share.value, "interval": _ends(field.share), "right": field.right, "numbers": field.numbers}
                for name, field in evaluation.fields.items()
            },
            "calibration": {part: asdict(one) for part, one in evaluation.calibration.items()},
            "worst": [asdict(document) for document in _worst(evaluation, worst)],
            "missing": evaluation.missing,
            "ignored": evaluation.ignored,
        }
    )
    return found


def _worst(evaluation: Evaluation, count: int) -> list[DocumentScore]:
    return [document for document in evaluation.documents[:count] if document.f1 < 1]


def _score(name: str, score: Score) -> Row:
    values = (_three(one.value) for one in (score.precision, score.recall, score.f1))
    return (name, *values, _interval(score.f1), score.right, score.found, score.gold)


def _faults(document: DocumentScore) -> Iterator[Row]:
    """A row for each kind of fault; the document and its F1 stand in the first alone."""
    kinds = {"missing" if document.extracted else "not extracted": document.missing, "extra": document.extra, "wrong": document.wrong}
    head: tuple[str, str] = document.id, _three(document.f1)
    for kind, items in kinds.items():
        if items:
            yield (*head, kind, len(items), _listed(items))
            head = "", ""


def _listed(items: tuple[str, ...]) -> str:
    more = len(items) - NAMED
    return "; ".join((*items[:NAMED], f"… and {more} more")) if more > 0 else "; ".join(items)


def _three(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def _interval(estimate: Estimate) -> str:
    return f"{estimate.low:.3f}–{estimate.high:.3f}"


def _ends(estimate: Estimate) -> tuple[float, float]:
    return estimate.low, estimate.high


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, Iterable) and not isinstance(value, str) else value
