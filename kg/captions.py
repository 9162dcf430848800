"""What a person calls a paper or a reported number: "up to 2.31× speedup", "+7.6% Top-10", "−39% latency"."""

from __future__ import annotations

import re

from kg.claims import Document, Result
from kg.ontology import Bound, Direction, Kind

_LONGEST_TITLE = 80
_BOUNDS = {Bound.EXACT: "", Bound.UP_TO: "up to ", Bound.AT_LEAST: "at least ", Bound.ABOUT: "about "}
_MINUS = "−"
_CHANGES = re.compile(
    r"(?:.*[\s-])?(?:accelerations?|cuts?|decreases?|degradations?|drops?|gains?|growth|improvements?|increases?|losses|overheads?|reductions?|savings?"
    r"|speed[\s-]?ups?)",
    re.IGNORECASE,
)
"""Metrics that are themselves a change: no sign and no "higher" before them."""


def paper_name(document: Document) -> str:
    """The title, or where there is none the first words of the text, 80 characters at most."""
    name = " ".join((document.title or "").split())
    if name:
        return name
    words = " ".join(document.text[: 4 * _LONGEST_TITLE].split())
    if len(words) <= _LONGEST_TITLE:
        return words if len(document.text) <= 4 * _LONGEST_TITLE else words + "…"
    head, space, _ = words[:_LONGEST_TITLE].rpartition(" ")
    return (head if space else words[: _LONGEST_TITLE - 1]).rstrip(" ,;:.") + "…"


def result_name(result: Result, metric: str | None) -> str:
    """The caption of a result.

    A change has the sign of its direction (`+7.6% Top-10`, `−39% latency`), a factor says "higher" or "lower" (`2.1× lower latency`); neither
    does where the metric is a change by its name (`2.31× speedup`, `75% memory savings`). A range joins its ends with an en dash. The
    baseline's value follows in parentheses (`33.4% hallucination rate (vs 74.4%)`). The sign is − (U+2212).

    Args:
        metric: the metric's name as the paper writes it; None where there is none.
    """
    names_change = metric is not None and _CHANGES.fullmatch(metric) is not None
    ends = (result.value,) if result.value_high is None else (result.value, result.value_high)
    sign = ""
    if result.kind is Kind.CHANGE and not names_change and all(end >= 0 for end in ends):
        sign = "+" if result.direction is Direction.INCREASE else _MINUS
    quantity = sign + _with_unit("–".join(_number(end) for end in ends), result.unit)
    words = [_BOUNDS[result.bound] + quantity]
    if metric is not None:
        # "0.5× lower" would be read as half off: a factor under one says by itself which way it goes
        if result.kind is Kind.RATIO and not names_change and min(ends) > 1:
            words.append("higher" if result.direction is Direction.INCREASE else "lower")
        words.append(" ".join(metric.split()))
    if result.baseline_value is not None:
        words.append(f"(vs {_with_unit(_number(result.baseline_value), result.unit)})")
    return " ".join(words)


def _with_unit(number: str, unit: str | None) -> str:
    if not unit:
        return number
    if unit == "x":
        return number + "×"
    if unit in "$€£¥":
        return unit + number
    return number + unit if unit[0] in "%°/′″" else f"{number} {unit}"


def _number(value: float) -> str:
    """Without a trailing ".0"; thousands set off from five digits on."""
    text = f"{value:,.12g}" if abs(value) >= 10_000 else f"{value:.12g}"
    return text.replace("-", _MINUS)
