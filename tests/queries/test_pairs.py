"""Every named question gives the same rows, in the same order, in SPARQL and in Cypher."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from documents import DOCUMENTS, document, entity
from neo4j_server import Server
from random_graph import RandomGraph

from kg.assembly import assemble
from kg.claims import Document
from kg.errors import UnknownName
from kg.graph import Graph, write_graph
from kg.queries import Parameter, Question, ask_store, questions
from kg.resolve.concepts import resolve
from kg.stores import Answer
from kg.stores.arcadedb import EmbeddedCypher
from kg.stores.bolt import BoltStore
from kg.stores.neo4j import connect, load_neo4j
from kg.stores.oxigraph import OxigraphStore

COUNTER = document(
    "2401.00007",
    "EagleEye outperforms Trident on FixBench for program repair with a latency of 3 ms, against all that was said.",
    [
        entity("e1", "Method", "EagleEye"),
        entity("e2", "Method", "Trident"),
        entity("e3", "Dataset", "FixBench"),
        entity("e4", "Task", "program repair"),
        entity("e5", "Metric", "latency"),
    ],
    [
        ("e1", "OUTPERFORMS", "e2", "EagleEye outperforms Trident"),
        ("e1", "EVALUATED_ON", "e3", "EagleEye outperforms Trident on FixBench"),
        ("e1", "TARGETS", "e4", "EagleEye outperforms Trident on FixBench for program repair"),
    ],
    [{"value": 3.0, "unit": "ms", "kind": "absolute", "number": "3 ms", "evidence": "a latency of 3 ms", "metric": "e5", "method": "e1", "dataset": "e3"}],
    record=7,
    confidence=0.9,
)
"""Contradicts two of the shared documents, and is a result on a dataset of a task. Its claims are surer than theirs."""

CHOICES = {
    "Method": "trident",
    "Task": "Program Repair",
    "Dataset": "fixbench",
    "Metric": "LATENCY",
    "Hardware": "a100",
    "Paper": "2401.00001",
    "number": "2",
    "integer": "3",
    "confidence": "0.85",
}
"""A value for each type of parameter that the shared documents know."""


@dataclass
class Stores:
    graph: Graph
    sparql: OxigraphStore
    cypher: BoltStore
    choices: dict[str, str]

    def answers(self, question: str, params: dict[str, str]) -> tuple[Answer, Answer]:
        return ask_store(self.sparql, question, params), ask_store(self.cypher, question, params)


def make_documents(folder: Path) -> Graph:
    # RDF has no control characters (kg.export.rdf makes them U+FFFD), so that these would be sorted elsewhere.
    documents = [Document.model_validate_json(one.to_json().replace("\\u0001", "?")) for one in (*DOCUMENTS, COUNTER)]
    write_graph(*assemble(documents, resolve(documents)), folder)
    return Graph.open(folder)


def popular(graph: Graph) -> dict[str, str]:
    """For each label the name of a node with many neighbours."""
    degrees: dict[str, int] = {}
    for edge in graph.edges():
        for end in (edge.source, edge.target):
            degrees[end] = degrees.get(end, 0) + 1
    best: dict[str, tuple[int, str]] = {}
    for node in graph.nodes():
        name = str(node.props["key"] if node.label == "Paper" else f"{node.label}:{node.props['name']}")
        best[node.label] = max(best.get(node.label, (0, "")), (degrees.get(node.id, 0), name))
    return {label: name for label, (_, name) in best.items()}


@pytest.fixture(scope="module", params=["documents", "random"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Both databases of a graph: of the shared documents, and of a larger one without sense."""
    folder = tmp_path_factory.mktemp(request.param) / "graph"
    folder.mkdir()
    graph = make_documents(folder) if request.param == "documents" else RandomGraph(7, 40).write(folder)
    choices = CHOICES if request.param == "documents" else {**CHOICES, **popular(graph)}
    with EmbeddedCypher.open(graph) as driver:
        yield Stores(graph, OxigraphStore(graph), BoltStore(driver), choices)


def values(parameter: Parameter, choices: dict[str, str]) -> list[str]:
    if parameter.labels:
        return [choices[parameter.labels[0]]]
    return list(parameter.words) or [choices[parameter.type]]


def combinations(question: Question, choices: dict[str, str]) -> Iterator[dict[str, str]]:
    """Every way to give or leave out the parameters that may be left out."""
    options = [[*([] if p.required else [None]), *values(p, choices)] for p in question.parameters]
    for chosen in itertools.product(*options):
        yield {p.name: value for p, value in zip(question.parameters, chosen, strict=True) if value is not None}


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.name)
def test_both_languages_give_the_same_rows(stores: Stores, question: Question) -> None:
    for params in combinations(question, stores.choices):
        sparql, cypher = stores.answers(question.name, params)
        assert sparql.columns == cypher.columns == question.columns
        assert sparql.rows == cypher.rows, params


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.name)
def test_every_question_has_an_answer(stores: Stores, question: Question) -> None:
    required = {p.name: values(p, stores.choices)[0] for p in question.parameters if p.required}
    assert ask_store(stores.sparql, question.name, required).rows


@pytest.mark.parametrize("question", questions().values(), ids=lambda question: question.name)
def test_a_row_that_states_a_fact_has_its_paper_and_quote(stores: Stores, question: Question) -> None:
    if "quote" not in question.columns:
        assert question.name in {"names", "most-used-methods", "most-used-datasets", "papers-naming"}  # these count, or list papers
        return
    required = {p.name: values(p, stores.choices)[0] for p in question.parameters if p.required}
    for row in ask_store(stores.sparql, question.name, required).rows:
        fact = dict(zip(question.columns, row, strict=True))
        assert fact["paper"]
        assert fact["paper_key"]
        assert fact["quote"]


def test_a_parameter_narrows_the_rows(stores: Stores) -> None:
    everything = ask_store(stores.sparql, "methods-by-hardware").rows
    some = ask_store(stores.sparql, "methods-by-hardware", {"hardware": stores.choices["Hardware"]}).rows
    assert 0 < len(some) < len(everything)
    assert set(some) < set(everything)


HOSTILE_NAMES = (
    'O\'Hara "quoted" `ticked`',
    "x'}) DETACH DELETE n //",
    "`}) MATCH (m) DETACH DELETE m; //",
    '" } ; DROP ALL ; #',
    "?s ?p ?o } UNION { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } } #",
    "$name OR 1 = 1",
    "שלום العربية",
)


def test_names_that_are_queries_are_only_names(tmp_path: Path) -> None:
    text = " and ".join(HOSTILE_NAMES) + " all aim at ranking."
    concepts = [entity(f"e{number}", "Method", name) for number, name in enumerate(HOSTILE_NAMES)]
    aims = [(one["id"], "TARGETS", "task", "all aim at ranking") for one in concepts]
    documents = [document("1", text, [*concepts, entity("task", "Task", "ranking")], aims)]
    write_graph(*assemble(documents, resolve(documents)), tmp_path)
    graph = Graph.open(tmp_path)
    sparql = OxigraphStore(graph)
    with EmbeddedCypher.open(graph) as driver:
        cypher = BoltStore(driver)
        before = ask_store(cypher, "names").rows
        assert len(before) == len(HOSTILE_NAMES) + 1
        for name in HOSTILE_NAMES:
            for store in (sparql, cypher):
                assert [row[:3] for row in ask_store(store, "about", {"name": name}).rows] == [("TARGETS", "out", "ranking")]
                with pytest.raises(UnknownName):
                    ask_store(store, "about", {"name": name + " unknown"})
        assert ask_store(cypher, "names").rows == before


@pytest.mark.neo4j
def test_neo4j_gives_the_same_rows(neo4j_server: Server, neo4j_driver, tmp_path: Path) -> None:
    for name, graph in (("documents", make_documents(_folder(tmp_path / "a"))), ("random", RandomGraph(7, 40).write(_folder(tmp_path / "b")))):
        neo4j_driver.execute_query("MATCH (n) DETACH DELETE n")
        load_neo4j(graph, neo4j_server.uri, neo4j_server.user, neo4j_server.password)
        choices = CHOICES if name == "documents" else {**CHOICES, **popular(graph)}
        with connect(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as driver:
            stores = Stores(graph, OxigraphStore(graph), BoltStore(driver), choices)
            for question in questions().values():
                for params in combinations(question, choices):
                    sparql, cypher = stores.answers(question.name, params)
                    assert sparql.rows == cypher.rows, (question.name, params)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
