"""Node-link JSON that networkx reads back as the same graph."""

from __future__ import annotations

import io
import json
from pathlib import Path

import networkx
import pytest
from documents import DOCUMENTS

from kg.assembly import assemble
from kg.claims import Document
from kg.export.nodelink import write_json
from kg.graph import Graph, write_graph
from kg.resolve import resolve


@pytest.mark.parametrize("documents", [DOCUMENTS, DOCUMENTS[:1], ()])
def test_networkx_reads_the_same_graph(tmp_path: Path, documents: tuple[Document, ...]) -> None:
    write_graph(*assemble(documents, resolve(documents)), tmp_path)
    graph = Graph.open(tmp_path)
    stream = io.BytesIO()
    write_json(graph, stream)
    read = networkx.node_link_graph(json.loads(stream.getvalue()), edges="edges")
    assert networkx.utils.graphs_equal(read, graph.to_networkx())
