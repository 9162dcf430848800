"""A question with `min_confidence` gets what it would get of a graph that never held a claim below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from random_graph import RandomGraph

from kg.errors import QueryError
from kg.graph import Edge, Graph, write_graph
from kg.ontology import Predicate
from kg.queries import Question, ask, questions

LEAST = (0.0, 0.6, 0.9)
CLAIMED = [question for question in questions().values() if question.name != "names"]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    return RandomGraph(11, 40).write(tmp_path_factory.mktemp("whole"))


@pytest.fixture(scope="module")
def parts(whole: Graph, tmp_path_factory: pytest.TempPathFactory) -> dict[float, Graph]:
    """For each least confidence the graph without the claims below it."""
    return {least: confident_part(whole, least, tmp_path_factory.mktemp("part")) for least in LEAST}


def confident_part(graph: Graph, least: float, folder: Path) -> Graph:
    results = {node.id: float(node.props["confidence"]) >= least for node in graph.nodes() if node.label == "Result"}  # type: ignore[arg-type]

    def edges() -> Iterator[Edge]:
        for edge in graph.edges():
            if not results.get(edge.source, True) or not results.get(edge.target, True):
                continue
            if edge.type == "PROPOSES" and edge.props["confidence"] < least:  # type: ignore[operator]
                continue
            if edge.type in set(Predicate):
                props: dict[str, Any] = edge.props
                lists = ("papers", "confidences", "quotes", "starts", "ends")
                sure = [i for i, confidence in enumerate(props["confidences"]) if confidence >= least]
                if not sure:
                    continue
                kept = {name: [props[name][i] for i in sure] for name in lists}
                yield replace(edge, props={"support": len(sure), "confidence": max(kept["confidences"]), **kept})
            else:
                yield edge

    write_graph((node for node in graph.nodes() if results.get(node.id, True)), edges(), folder, least)
    return Graph.open(folder)


def choices(graph: Graph, question: Question) -> list[dict[str, str]]:
    """The required parameters alone, and with each other one that names a node: always the node with most neighbours."""
    degrees = Counter(end for edge in graph.edges() for end in (edge.source, edge.target))
    required, others = {}, []
    for parameter in question.parameters:
        if parameter.labels:
            best = max((node for node in graph.nodes() if node.label in parameter.labels), key=lambda node: degrees[node.id])
            value = str(best.props["key"] if best.label == "Paper" else f"{best.label}:{best.props['name']}")
            if parameter.required:
                required[parameter.name] = value
            else:
                others.append({parameter.name: value})
    return [required, *({**required, **other} for other in others)]


@pytest.mark.parametrize("question", CLAIMED, ids=lambda question: question.name)
def test_it_gets_the_rows_of_the_graph_without_the_claims_below_it(whole: Graph, parts: dict[float, Graph], question: Question) -> None:
    found = set()
    for params in choices(whole, question):
        assert ask(whole, question.name, params) == ask(whole, question.name, {**params, "min_confidence": "0"})
        for least, part in parts.items():
            rows = ask(whole, question.name, {**params, "min_confidence": str(least)}).rows
            assert rows == ask(part, question.name, params).rows, (least, params)
            found.add(str(rows))
    assert len(found) > 1, "the confidences make no difference"


def test_what_papers_only_mention_has_none(whole: Graph) -> None:
    with pytest.raises(QueryError, match=r"names asks for no claim.*kg build --min-confidence"):
        ask(whole, "names", {"min_confidence": "0.5"})


@pytest.mark.parametrize("value", ["1.1", "-0.1", "nan", "high", "80%"])
def test_what_is_no_confidence_is_refused(whole: Graph, value: str) -> None:
    with pytest.raises(QueryError, match="not a number from 0 to 1"):
        ask(whole, "speedups", {"min_confidence": value})


def test_a_graph_that_was_built_with_more_says_so(parts: dict[float, Graph]) -> None:
    (note,) = ask(parts[0.9], "outperforms", {"min_confidence": "0.6"}).notes
    assert "no claim below 0.9" in note
    assert ask(parts[0.9], "outperforms", {"min_confidence": "0.9"}).notes == ()
    assert ask(parts[0.9], "outperforms").notes == ()


def test_a_query_of_ones_own_may_use_it(whole: Graph) -> None:
    text = "SELECT ?sure ?min_confidence WHERE { ?r a kg:Result ; kg:confidence ?sure FILTER(?sure >= ?min_confidence) } ORDER BY ?sure"
    assert {row[0] for row in ask(whole, text, {"min_confidence": "0.9"}).rows} == {0.9, 1.0}
    with pytest.raises(QueryError, match=r"no \?min_confidence"):
        ask(whole, "SELECT ?s WHERE { ?s a kg:Paper }", {"min_confidence": "0.9"})
