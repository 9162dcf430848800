"""The confident part of a document."""

from __future__ import annotations

import pytest
from documents import DOCUMENTS, TRIDENT, document, entity
from hypothesis import given
from hypothesis import strategies as st

from kg.claims import Document
from kg.ontology import RESULT_LINKS

MIXED = document(
    "mixed",
    "HeronCache lowers latency by 30% against PlainCache on WebTrace.",
    [
        entity("e1", "Method", "HeronCache", proposed=True, confidence=0.95),
        entity("e2", "Metric", "latency", confidence=0.8),
        entity("e3", "Method", "PlainCache", confidence=0.5),
        entity("e4", "Dataset", "WebTrace", confidence=0.9),
    ],
    [("e1", "OUTPERFORMS", "e3", "HeronCache lowers latency by 30% against PlainCache"), ("e1", "EVALUATED_ON", "e4", "on WebTrace")],
    [
        {
            "value": 30.0, "unit": "%", "kind": "change", "direction": "decrease", "number": "30%", "evidence": "lowers latency by 30%",
            "metric": "e2", "method": "e1", "baseline": "e3", "dataset": "e4",
        },
    ],
    confidence=0.9,
)  # fmt: skip


def test_a_relation_goes_with_either_end_and_a_result_stays_without_its_link() -> None:
    part = MIXED.confident(0.8)
    assert [e.id for e in part.entities] == ["e1", "e2", "e4"]
    assert [(r.subject, r.object) for r in part.relations] == [("e1", "e4")]
    (result,) = part.results
    assert (result.metric, result.method, result.baseline, result.dataset) == ("e2", "e1", None, "e4")
    assert part.text == MIXED.text


def test_what_is_exactly_as_sure_stays_and_what_is_less_sure_goes() -> None:
    part = MIXED.confident(0.9)
    assert ([e.id for e in part.entities], len(part.relations), len(part.results)) == (["e1", "e4"], 1, 1)
    part = MIXED.confident(0.91)
    assert ([e.id for e in part.entities], part.relations, part.results) == (["e1"], (), ())
    assert MIXED.confident(1).entities == ()


@given(least=st.floats(0, 1), more=st.floats(0, 1))
def test_the_part_is_a_valid_document_and_a_part_of_the_part_is_one_of_the_whole(least: float, more: float) -> None:
    for whole in (MIXED, *DOCUMENTS):
        part = whole.confident(least)
        assert Document.model_validate_json(part.to_json()) == part
        assert all(claim.confidence >= least for claim in (*part.entities, *part.relations, *part.results))
        assert part.confident(more) == whole.confident(max(least, more))
        assert whole.confident(0) == whole


def test_no_link_that_can_be_kept_is_lost() -> None:
    (before,), (after,) = MIXED.results, MIXED.confident(0.5).results
    assert [getattr(after, link) for link in RESULT_LINKS] == [getattr(before, link) for link in RESULT_LINKS]


@pytest.mark.parametrize("least", [-0.1, 1.1, float("nan")])
def test_what_is_no_confidence_is_refused(least: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        TRIDENT.confident(least)
