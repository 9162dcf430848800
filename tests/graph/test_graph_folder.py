"""The graph folder: what is written is read back, and what is broken is refused with place and remedy."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from documents import DOCUMENTS

from kg.assembly import assemble
from kg.errors import ClaimsError, GraphError, GraphVersion, OutputError
from kg.graph import Edge, Graph, Node, node_id, write_graph
from kg.resolve import resolve


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), tmp_path / "graph")
    return tmp_path / "graph"


def test_nodes_and_edges_come_back_as_they_were_written(folder: Path) -> None:
    nodes, edges = assemble(DOCUMENTS, resolve(DOCUMENTS))
    graph = Graph.open(folder)
    assert list(graph.nodes()) == list(nodes)
    assert list(graph.edges()) == list(edges)


def test_the_manifest_counts_and_names_the_build(folder: Path) -> None:
    graph = Graph.open(folder)
    assert len(graph.build) == 64
    assert graph.manifest["nodes"] == sum(graph.manifest["labels"].values()) == len(list(graph.nodes()))
    assert graph.manifest["edges"] == sum(graph.manifest["types"].values()) == len(list(graph.edges()))
    assert graph.manifest["labels"]["Paper"] == len(DOCUMENTS)
    assert graph.manifest["min_confidence"] == 0.0


def test_a_node_id_is_label_and_sixteen_hexadecimal_digits() -> None:
    assert node_id("Method", "trident") == "method-5afd5fb2a9e85550"


def test_networkx_gets_labels_properties_and_types(folder: Path) -> None:
    graph = Graph.open(folder)
    drawn = graph.to_networkx()
    assert drawn.number_of_nodes() == graph.manifest["nodes"]
    assert drawn.number_of_edges() == graph.manifest["edges"]
    assert drawn.nodes[node_id("Method", "trident")]["label"] == "Method"
    assert drawn.edges[node_id("Method", "trident"), node_id("Hardware", "a100"), "RUNS_ON"]["support"] == 1
    assert drawn.graph["build"] == graph.build


def test_the_documents_are_those_of_the_claims_file(folder: Path) -> None:
    (folder / "claims.jsonl").write_text("".join(d.to_json() + "\n" for d in DOCUMENTS), encoding="utf-8")
    assert list(Graph.open(folder).documents()) == list(DOCUMENTS)
    with (folder / "claims.jsonl").open("a") as lines:
        lines.write("{broken\n")
    with pytest.raises(ClaimsError, match=r"claims\.jsonl:7"):
        list(Graph.open(folder).documents())
    (folder / "claims.jsonl").unlink()
    with pytest.raises(GraphError, match=r"claims\.jsonl"):
        list(Graph.open(folder).documents())


def test_a_folder_without_a_graph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match=r"holds no graph.*kg build"):
        Graph.open(tmp_path)
    with pytest.raises(GraphError, match="holds no graph"):
        Graph.open(tmp_path / "missing")


def test_a_build_that_was_cut_off_is_refused(folder: Path) -> None:
    (folder / "manifest.json").unlink()
    with pytest.raises(GraphError, match="did not finish"):
        Graph.open(folder)


@pytest.mark.parametrize("manifest", ['{"format": 99, "build": "x"}', "[]", "{}"])
def test_another_version_is_refused(folder: Path, manifest: str) -> None:
    (folder / "manifest.json").write_text(manifest)
    with pytest.raises(GraphVersion, match="kg build"):
        Graph.open(folder)


@pytest.mark.parametrize("manifest", ["{", "\xff", '{"format": 1}'])
def test_a_damaged_manifest_is_refused(folder: Path, manifest: str) -> None:
    (folder / "manifest.json").write_text(manifest, encoding="latin-1")
    with pytest.raises(GraphError, match=r"manifest\.json"):
        Graph.open(folder)


@pytest.mark.parametrize("line", ["{", "[]", '{"id": "x"}', "null"])
def test_a_damaged_line_is_named(folder: Path, line: str) -> None:
    lines = (folder / "nodes.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "nodes.jsonl").write_text("\n".join([lines[0], line, *lines[2:]]), encoding="utf-8")
    with pytest.raises(GraphError, match=r"nodes\.jsonl:2: is damaged"):
        list(Graph.open(folder).nodes())


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "edges.jsonl").unlink()
    with pytest.raises(GraphError, match=r"edges\.jsonl"):
        list(Graph.open(folder).edges())


def test_a_failed_write_leaves_the_old_graph_and_nothing_else(folder: Path) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir()}

    def nodes() -> Iterator[Node]:
        yield Node(node_id("Task", "a"), "Task", {"name": "a"})
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left"):
        write_graph(nodes(), [], folder)
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_what_a_killed_build_left_beside_is_swept(folder: Path) -> None:
    (folder / ".nodes.jsonl.999999.part").write_bytes(b"half")
    write_graph([], [], folder)
    assert sorted(p.name for p in folder.iterdir()) == ["edges.jsonl", "manifest.json", "nodes.jsonl"]


def test_a_folder_that_cannot_be_made_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--graph"):
        write_graph([], [], tmp_path / "file" / "graph")


def test_nodes_and_edges_out_of_order_or_twice_are_refused(tmp_path: Path) -> None:
    a, b = sorted((Node(node_id("Task", n), "Task", {"name": n}) for n in "ab"), key=lambda n: n.order)
    with pytest.raises(ValueError, match="sort by"):
        write_graph([b, a], [], tmp_path)
    with pytest.raises(ValueError, match="each once"):
        write_graph([a, a], [], tmp_path)
    with pytest.raises(ValueError, match="sort by"):
        write_graph([a, b], [Edge("IS_A", a.id, b.id, {}), Edge("IS_A", a.id, b.id, {})], tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_line_is_plain_json_without_escapes(folder: Path) -> None:
    text = (folder / "nodes.jsonl").read_text(encoding="utf-8")
    assert "数据集" in text
    assert json.loads(text.splitlines()[0])["label"] == "Paper"
