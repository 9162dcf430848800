"""GraphML that networkx opens, whatever stands in the names."""

from __future__ import annotations

import io
import json
from pathlib import Path
from xml.dom import minidom

import networkx
import pytest
from documents import DOCUMENTS

from kg.assembly import assemble
from kg.export.graphml import write_graphml
from kg.graph import Graph, write_graph
from kg.resolve import resolve


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder: Path = tmp_path_factory.mktemp("graphml")
    write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), folder)
    return Graph.open(folder)


@pytest.fixture(scope="module")
def xml(graph: Graph) -> bytes:
    stream = io.BytesIO()
    write_graphml(graph, stream)
    return stream.getvalue()


def test_networkx_reads_the_same_nodes_edges_and_properties(graph: Graph, xml: bytes) -> None:
    read = networkx.read_graphml(io.BytesIO(xml), force_multigraph=True)
    ours = graph.to_networkx()
    assert set(read) == set(ours)
    assert {(s, t, d["type"]) for s, t, d in read.edges(data=True)} == set(ours.edges(keys=True))
    for id, props in ours.nodes(data=True):
        flat = {name: json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value for name, value in props.items()}
        assert read.nodes[id] == {name: value.replace("\x01", "\ufffd") if isinstance(value, str) else value for name, value in flat.items()}
    edge = next(e for e in graph.edges() if e.type == "OUTPERFORMS" and e.props["support"] == 2)
    assert json.loads(read.edges[edge.source, edge.target, f"OUTPERFORMS:{edge.source}:{edge.target}"]["quotes"]) == edge.props["quotes"]


def test_numbers_keep_their_types(xml: bytes) -> None:
    read = networkx.read_graphml(io.BytesIO(xml), force_multigraph=True)
    values = [props["value"] for _, props in read.nodes(data=True) if props["label"] == "Result"]
    assert values
    assert all(type(value) is float for value in values)


def test_the_xml_is_well_formed_and_declares_every_key_once(xml: bytes) -> None:
    root = minidom.parseString(xml).documentElement
    assert root is not None
    declared = [key.getAttribute("id") for key in root.getElementsByTagName("key")]
    assert len(declared) == len(set(declared))
    assert {data.getAttribute("key") for data in root.getElementsByTagName("data")} <= set(declared)
    assert b"<script>" not in xml


def test_an_empty_graph_is_valid_too(tmp_path: Path) -> None:
    write_graph([], [], tmp_path)
    stream = io.BytesIO()
    write_graphml(Graph.open(tmp_path), stream)
    assert len(networkx.read_graphml(io.BytesIO(stream.getvalue()))) == 0
