"""JSON in networkx's node-link form, which d3 and most web libraries read too."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import IO, Any

from kg.graph import Graph


def write_json(graph: Graph, stream: IO[bytes]) -> None:
    """Write the graph as one JSON object, in constant memory; `networkx.node_link_graph(data, edges="edges")` reads it.

    Nodes have `id`, `label` and their properties; edges `source`, `target`, `key` (their type) and theirs. `graph` holds the build id.
    """
    head = {"directed": True, "multigraph": True, "graph": {"build": graph.build}}
    stream.write(json.dumps(head)[:-1].encode() + b', "nodes": [')
    _write(({"id": node.id, "label": node.label, **node.props} for node in graph.nodes()), stream)
    stream.write(b'], "edges": [')
    _write(({"source": edge.source, "target": edge.target, "key": edge.type, **edge.props} for edge in graph.edges()), stream)
    stream.write(b"]}\n")


def _write(records: Iterable[dict[str, Any]], stream: IO[bytes]) -> None:
    before = b"\n"
    for record in records:
        stream.write(before + json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())
        before = b",\n"
