"""Captions: a result as a person says it, a paper without a title."""

from __future__ import annotations

from typing import Any

import pytest
from documents import document

from kg.captions import paper_name, result_name
from kg.claims import Mention, Result, Span

UP, DOWN = "increase", "decrease"


def caption(metric: str | None, value: float, unit: str | None, kind: str, direction: str | None = None, **more: Any) -> str:
    span = {"evidence": Span(start=0, end=1), "number": Mention(text="1", start=0, end=1)}
    return result_name(Result(id="r", value=value, unit=unit, kind=kind, direction=direction, confidence=1, **span, **more), metric)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (caption("speedup", 2.31, "x", "ratio", UP), "2.31× speedup"),
        (caption("speedup", 2.31, "x", "ratio", UP, bound="up_to"), "up to 2.31× speedup"),
        (caption("Top-10", 7.6, "%", "change", UP), "+7.6% Top-10"),
        (caption("F1", 92.3, None, "absolute"), "92.3 F1"),
        (caption("accuracy", 7.6, "%", "absolute", value_high=10), "7.6–10% accuracy"),
        (caption("accuracy", 7.6, "%", "change", UP, value_high=10), "+7.6–10% accuracy"),
        (caption("latency", 39, "%", "change", DOWN), "−39% latency"),
        (caption("latency", 2.1, "x", "ratio", DOWN), "2.1× lower latency"),
        (caption("throughput", 3, "x", "ratio", UP, bound="at_least"), "at least 3× higher throughput"),
        (caption("runtime", 0.5, "x", "ratio", DOWN), "0.5× runtime"),
        (caption("speedup", 48, "%", "change", UP), "48% speedup"),
        (caption("memory savings", 75, "%", "change", DOWN), "75% memory savings"),
        (caption("accuracy", 1.5, "pp", "change", UP), "+1.5 pp accuracy"),
        (caption("BLEU", 25.28, None, "change", UP), "+25.28 BLEU"),
        (caption("latency", 0.108, "s/token", "absolute"), "0.108 s/token latency"),
        (caption("hallucination rate", 33.4, "%", "absolute", baseline_value=74.4), "33.4% hallucination rate (vs 74.4%)"),
        (caption("throughput", 12800, "images/s", "absolute", bound="about"), "about 12,800 images/s throughput"),
        (caption("cost", 20, "$", "absolute"), "$20 cost"),
        (caption("temperature", -40, "°C", "absolute"), "−40°C temperature"),
        (caption("log\nlikelihood", -1.25, None, "absolute"), "−1.25 log likelihood"),
        (caption(None, 2.1, "x", "ratio", UP), "2.1×"),
        (caption("", 100.0, "%", "absolute"), "100% "),
    ],
)
def test_a_result_reads_as_a_person_says_it(said: str, expected: str) -> None:
    assert said == expected


def test_a_paper_is_called_by_its_title() -> None:
    assert paper_name(document("a", "Text.", title=" On\n names ")) == "On names"


def test_a_paper_without_a_title_is_called_by_its_first_words() -> None:
    assert paper_name(document("a", "Short text.")) == "Short text."
    name = paper_name(document("a", "Each of these words is short. " * 99))
    assert name == "Each of these words is short. Each of these words is short. Each of these words…"
    assert len(paper_name(document("a", "x" * 999))) == 80
