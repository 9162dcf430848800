"""Fixtures that several test folders share: a small graph folder, and the two real Cypher servers.

Servers are Java processes: each starts once a session, when the first test asks for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from neo4j import Driver
from neo4j_server import Server, Unavailable, running

from kg.graph import Edge, Graph, Node, write_graph
from kg.ids import node_id
from kg.stores.neo4j import connect

HOSTILE_NAMES = (
    'O\'Hara "quoted" `ticked` \\ back\\slash',
    "x'}) DETACH DELETE n //",
    "`}) MATCH (n) DETACH DELETE n; //",
    "$rows {id: 1} UNWIND",
    "\u202eright to left\u202c שלום العربية",
    "a\nline\r\nbreak\tand tab",
    "NUL\x00inside",
    "emoji 👩\u200d🔬 and ½",
    "n" * 7_999,
)
"""Names that would do harm if they were ever pasted into a statement."""

MakeGraph = Callable[..., Graph]


def _write(folder: Path, papers: int = 3, support: int = 1) -> Graph:
    """A graph with every label, six edge types, every kind of property, and the hostile names as methods."""
    nodes, edges = [], []
    methods = [node_id("Method", name) for name in HOSTILE_NAMES]
    task, metric, hardware, dataset = (node_id(label, "x") for label in ("Task", "Metric", "Hardware", "Dataset"))
    for name, method in zip(HOSTILE_NAMES, methods, strict=True):
        nodes.append(Node(method, "Method", {"name": name, "aliases": [name.upper()[:50], "second"], "keys": [name.lower()[:50]], "papers": papers}))
        claim = {"papers": [node_id("Paper", "0")], "confidences": [0.5], "quotes": [name[:500]], "starts": [0], "ends": [4]}
        edges.append(Edge("TARGETS", method, task, {"support": support, "confidence": 0.5, **claim}))
    for label, node, name in (("Task", task, "ranking"), ("Metric", metric, "latency"), ("Hardware", hardware, "A100"), ("Dataset", dataset, "Toy Corpus")):
        nodes.append(Node(node, label, {"name": name, "aliases": [], "keys": [name.lower()], "papers": 1}))
    for number in range(papers):
        paper, result = node_id("Paper", str(number)), node_id("Result", str(number))
        optional = {"title": f"Paper {number}", "source": "made.jsonl:1"} if number % 2 else {}
        nodes.append(Node(paper, "Paper", {"name": f"Paper {number}", "key": str(number), "text": f"Text {number}. " + "w" * number, **optional}))
        props = {"name": f"{number}.5× speedup", "value": number + 0.5, "unit": "x", "kind": "ratio", "direction": "increase", "bound": "exact"}
        evidence = {"number": f"{number}.5x", "quote": "It is faster.", "start": 0, "end": 13, "paper": paper, "confidence": 0.9}
        nodes.append(Node(result, "Result", {**props, **evidence}))
        edges += [Edge("REPORTS", paper, result, {}), Edge("OF_METHOD", result, methods[0], {}), Edge("AGAINST", result, dataset, {})]
        edges += [Edge("ON_METRIC", result, metric, {}), Edge("ON_HARDWARE", result, hardware, {})]
        edges += [Edge("MENTIONS", paper, method, {"starts": [1, 9], "ends": [3, 11], "surfaces": ["it", "It"]}) for method in methods]
    write_graph(sorted(nodes, key=lambda node: node.order), sorted(edges, key=lambda edge: edge.order), folder)
    return Graph.open(folder)


@pytest.fixture(scope="session")
def make_graph() -> MakeGraph:
    """`make_graph(folder, papers=3, support=1)`: write a small graph of hostile names and open it."""
    return _write


@pytest.fixture(scope="session")
def small_graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    """The graph of `make_graph` with its defaults, in a folder of the session."""
    return _write(tmp_path_factory.mktemp("small") / "graph")


@pytest.fixture(scope="session")
def neo4j_server() -> Iterator[Server]:
    """A real Neo4j server, empty at first; tests that ask for it carry the marker `neo4j`."""
    try:
        with running() as server:
            yield server
    except Unavailable as err:
        if os.environ.get("CI"):
            pytest.fail(f"CI must run the Neo4j tests: {err}")
        pytest.skip(f"no Neo4j server: {err}")


@pytest.fixture
def neo4j_driver(neo4j_server: Server) -> Iterator[Driver]:
    """A driver of the real server, with nothing in its database: no node, no constraint, no index."""
    with connect(neo4j_server.uri, neo4j_server.user, neo4j_server.password) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
        for record in driver.execute_query("SHOW CONSTRAINTS YIELD name").records:
            driver.execute_query(f"DROP CONSTRAINT {record['name']}")
        for record in driver.execute_query("SHOW INDEXES YIELD name, type WHERE type <> 'LOOKUP'").records:
            driver.execute_query(f"DROP INDEX {record['name']}")
        yield driver
