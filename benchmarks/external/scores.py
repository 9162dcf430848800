"""Precision, recall and F1 summed over groups of texts, with a bootstrap interval over the groups."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kg.evaluation.bootstrap import intervals, rates

Labelled = tuple[int, int, str]
"""Start, end (exclusive) and type of a span."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Count:
    """What was found in one text: `right` of `predicted`, where the gold holds `gold`. `right` may be a sum of partial credits."""

    right: float
    predicted: int
    gold: int


@dataclass(frozen=True, slots=True)
class Score:
    """A figure in 0..1 with its 95 % interval, and how many things it is about.

    Attributes:
        value: F1, or a plain share (an accuracy, a mean); then `precision` and `recall` are None.
        low, high: percentiles 2.5 and 97.5 over resampled groups of texts.
    """

    value: float
    low: float
    high: float
    precision: float | None
    recall: float | None
    predicted: int
    gold: int


def f1(counts: Iterable[tuple[str, Count]]) -> Score:
    """Micro-averaged F1 of (group, count of one text); the texts of one group are resampled together."""
    table = _table(counts)
    (precision, recall, value), ((_, _, (low, high)),) = rates(table.sum(0)), intervals(table[:, None])
    return Score(float(value), float(low), float(high), float(precision), float(recall), int(table[:, 1].sum()), int(table[:, 2].sum()))


def share(counts: Iterable[tuple[str, Count]]) -> Score:
    """The share that is right of all that is counted as gold; groups as in `f1`."""
    table = _table(counts)
    (_, value, _), ((_, (low, high), _),) = rates(table.sum(0)), intervals(table[:, None])
    return Score(float(value), float(low), float(high), None, None, int(table[:, 1].sum()), int(table[:, 2].sum()))


def _table(counts: Iterable[tuple[str, Count]]) -> Floats:
    """Right, predicted, gold of each group (groups, 3)."""
    groups: dict[str, list[float]] = {}
    for group, count in counts:
        sums = groups.setdefault(group, [0.0, 0.0, 0.0])
        for k, x in enumerate((count.right, count.predicted, count.gold)):
            sums[k] += x
    return np.array(list(groups.values()) or [[0.0, 0.0, 0.0]])


def exact(gold: Iterable[Labelled], predicted: Iterable[Labelled]) -> Count:
    """Spans with the same start, end and type; what is listed twice counts once."""
    wanted, found = set(gold), set(predicted)
    return Count(len(wanted & found), len(found), len(wanted))


def overlapping(gold: Iterable[Labelled], predicted: Iterable[Labelled]) -> Count:
    """Spans of one type that share a character, one to one."""
    wanted, found = sorted(set(gold)), sorted(set(predicted))
    return Count(len(align(wanted, found)), len(found), len(wanted))


def align(gold: Sequence[Labelled], predicted: Sequence[Labelled]) -> dict[int, int]:
    """Predicted position -> gold position of the spans of one type that share a character: one to one, longest shared stretch first."""
    shared = [
        (max(a, c) - min(b, d), p, g)  # minus the length of the shared stretch
        for p, (a, b, kind) in enumerate(predicted)
        for g, (c, d, other) in enumerate(gold)
        if kind == other and a < d and c < b
    ]
    found: dict[int, int] = {}
    taken: set[int] = set()
    for _, p, g in sorted(shared):
        if p not in found and g not in taken:
            found[p] = g
            taken.add(g)
    return found
