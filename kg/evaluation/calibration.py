"""Whether a confidence is the share of what is right: expected calibration error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

BINS = 10


@dataclass(frozen=True, slots=True)
class Bin:
    """Items with a confidence from `low` to below `high` (the last bin: to 1): how many, their mean confidence, the share that is right."""

    low: float
    high: float
    items: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far confidences are from the share that is right.

    Attributes:
        error: expected calibration error: the mean over the items of |accuracy - mean confidence| of their bin; None without items.
        items: how many items there are.
        confidence, accuracy: of all items; None without items.
        bins: those that hold items, by confidence.
    """

    error: float | None
    items: int
    confidence: float | None
    accuracy: float | None
    bins: tuple[Bin, ...]


def calibration(confidences: Sequence[float], right: Sequence[bool], bins: int = BINS) -> Calibration:
    """The calibration of confidences (0 to 1), in bins of equal width (Naeini et al. 2015; Guo et al. 2017)."""
    members: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, good in zip(confidences, right, strict=True):
        members[min(int(confidence * bins), bins - 1)].append((confidence, good))
    table = tuple(
        Bin(place / bins, (place + 1) / bins, len(items), _mean([c for c, _ in items]), _mean([good for _, good in items]))
        for place, items in enumerate(members)
        if items
    )
    count = len(confidences)
    if not count:
        return Calibration(None, 0, None, None, ())
    error = sum(one.items * abs(one.accuracy - one.confidence) for one in table) / count
    return Calibration(error, count, _mean(confidences), _mean(right), table)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
