"""Loading a graph into a real Neo4j server."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j import Driver

from kg.errors import StoreError
from kg.graph import LABELS, Edge, Graph, Node
from kg.stores.cypher import load
from kg.stores.neo4j import connect, load_neo4j


def stored(driver: Driver) -> tuple[list[Node], list[Edge]]:
    """What the database holds, without the digests, in the order of the graph's files."""
    nodes, edges = [], []
    for record in driver.execute_query("MATCH (n) RETURN labels(n) AS labels, properties(n) AS props").records:
        props = {name: value for name, value in record["props"].items() if name not in ("id", "digest")}
        nodes.append(Node(record["props"]["id"], *record["labels"], props))
    for record in driver.execute_query("MATCH (a)-[r]->(b) RETURN type(r) AS type, a.id AS source, b.id AS target, properties(r) AS props").records:
        props = {name: value for name, value in record["props"].items() if name != "digest"}
        edges.append(Edge(record["type"], record["source"], record["target"], props))
    return sorted(nodes, key=lambda node: node.order), sorted(edges, key=lambda edge: edge.order)


class Listed:
    """Nodes and edges that no graph folder would hold."""

    def __init__(self, nodes: list[Node], edges: list[Edge] | None = None) -> None:
        self._nodes, self._edges = nodes, edges or []

    def nodes(self) -> list[Node]:
        return self._nodes

    def edges(self) -> list[Edge]:
        return self._edges


@pytest.mark.neo4j
def test_database_holds_what_the_graph_holds(neo4j_driver: Driver, small_graph: Graph) -> None:
    rows: list[int] = []
    loaded = load(neo4j_driver, small_graph, progress=rows.append)
    assert stored(neo4j_driver) == (list(small_graph.nodes()), list(small_graph.edges()))
    assert (loaded.nodes, loaded.edges) == (small_graph.manifest["nodes"], small_graph.manifest["edges"])
    assert (loaded.nodes, loaded.edges) == (loaded.nodes_created, loaded.relationships_created)
    assert loaded.refused == ()
    assert sum(rows) == loaded.nodes + loaded.edges
    constraints = {(*r["labelsOrTypes"], *r["properties"]) for r in neo4j_driver.execute_query("SHOW CONSTRAINTS YIELD labelsOrTypes, properties").records}
    assert constraints == {(label, "id") for label in LABELS}


@pytest.mark.neo4j
def test_second_load_changes_nothing(neo4j_driver: Driver, small_graph: Graph) -> None:
    assert load(neo4j_driver, small_graph).changed
    again = load(neo4j_driver, small_graph, batch=3)
    assert not again.changed
    assert (again.constraints_added, again.indexes_added, again.nodes_created, again.relationships_created, again.properties_set) == (0, 0, 0, 0, 0)


@pytest.mark.neo4j
def test_newer_build_changes_what_changed_and_nothing_else(neo4j_driver: Driver, small_graph: Graph, make_graph, tmp_path: Path) -> None:
    load(neo4j_driver, small_graph)
    neo4j_driver.execute_query("CREATE (:Book {id: 'theirs', name: 'not ours'}) WITH 1 AS one MATCH (n:Task) SET n.remark = 'also theirs'")
    newer = make_graph(tmp_path / "newer", support=2)
    loaded = load(neo4j_driver, newer)
    methods = newer.manifest["types"]["TARGETS"]
    assert (loaded.nodes_created, loaded.relationships_created, loaded.properties_set) == (0, 0, methods * 8)  # seven properties and the digest
    kept = neo4j_driver.execute_query("MATCH (b:Book), (t:Task) RETURN b.name, t.remark").records[0]
    assert list(kept) == ["not ours", "also theirs"]


@pytest.mark.neo4j
def test_property_that_a_newer_build_lacks_goes_away(neo4j_driver: Driver) -> None:
    paper = Node("paper-1", "Paper", {"name": "One", "key": "1", "text": "Text.", "title": "One", "source": "a:1"})
    load(neo4j_driver, Listed([paper]))
    bare = replace(paper, props={"name": "Text.", "key": "1", "text": "Text."})
    load(neo4j_driver, Listed([bare]))
    assert stored(neo4j_driver) == ([bare], [])


@pytest.mark.neo4j
def test_rows_that_no_database_can_hold_are_named_and_the_rest_is_loaded(neo4j_driver: Driver) -> None:
    good = Node("task-1", "Task", {"name": "fine"})
    bad = [
        Node("method-1", "Method", {"name": "half \ud800 pair"}),
        Node("method-2", "Method", {"name": "big", "papers": 2**63}),
        Node("method-3", "Method", {"name": "n" * 65_536}),
        Node("method-4", "Method", {"name": "mixed", "keys": ["a", 1]}),
        Node("paper-1", "Paper", {"name": "long", "text": "w" * 12_000_001}),
    ]
    edges = [Edge("TARGETS", "method-1", "task-1", {})]
    loaded = load(neo4j_driver, Listed([good, *bad], edges))
    assert stored(neo4j_driver)[0] == [good]
    assert [line.partition(":")[0] for line in loaded.refused] == [*(f"{node.label} {node.id}" for node in bad), "TARGETS from method-1 to task-1"]
    assert "U+D800" in loaded.refused[0]
    assert "64 bits" in loaded.refused[1]
    assert "65536 bytes" in loaded.refused[2]
    assert not any("\n" in line for line in loaded.refused)


@pytest.mark.neo4j
def test_edge_to_a_missing_node_is_an_error_not_a_silent_loss(neo4j_driver: Driver) -> None:
    with pytest.raises(StoreError, match="1 of 1 TARGETS edges join a node that the graph lacks"):
        load(neo4j_driver, Listed([Node("task-1", "Task", {"name": "fine"})], [Edge("TARGETS", "method-1", "task-1", {})]))


@pytest.mark.neo4j
def test_text_of_a_megabyte_is_stored_whatever_the_batch(neo4j_driver: Driver) -> None:
    papers = [Node(f"paper-{number}", "Paper", {"name": str(number), "key": str(number), "text": chr(0x4E00 + number) * 1_000_000}) for number in range(6)]
    load(neo4j_driver, Listed(papers))
    assert stored(neo4j_driver)[0] == papers


@pytest.mark.neo4j
@pytest.mark.parametrize(
    ("change", "message", "remedy"),
    [
        ({"password": "wrong"}, "refuses the login", "Check the user name and the password"),
        ({"database": "absent"}, "refuses .*absent", "Name a database that the server has"),
    ],
)
def test_refused_login_is_one_clear_line(neo4j_server, small_graph: Graph, change: dict[str, str], message: str, remedy: str) -> None:
    login = {"uri": neo4j_server.uri, "user": neo4j_server.user, "password": neo4j_server.password, **change}
    with pytest.raises(StoreError, match=message) as raised:
        load_neo4j(small_graph, **login)
    assert remedy in str(raised.value)
    assert neo4j_server.uri in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.neo4j
def test_http_port_is_told_from_bolt(neo4j_server) -> None:
    with pytest.raises(StoreError, match="no Cypher server answers"):
        connect(neo4j_server.http.replace("http", "bolt"), "neo4j", "x")


def test_server_away_is_one_clear_line() -> None:
    with socket.socket() as taken:  # bound, never listening: nobody answers, and nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        uri = f"bolt://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(StoreError, match="no Cypher server answers") as raised:
            connect(uri, "neo4j", "secret")
    assert uri in str(raised.value)
    assert "Start the server" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize("uri", ["http://127.0.0.1:7474", "127.0.0.1:7687", "bolt://127.0.0.1:port", ""])
def test_malformed_address_is_refused_with_the_right_form(uri: str) -> None:
    with pytest.raises(StoreError, match=r"no address of a Neo4j server.*bolt://host:7687"):
        connect(uri, "neo4j", "x")
