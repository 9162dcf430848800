"""GraphML: for networkx, Gephi, yEd, igraph and whatever else reads graphs from XML."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import IO
from xml.sax.saxutils import escape

from kg.graph import Edge, Graph, Node, Value

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd">
"""
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES: dict[type, str] = {str: "string", int: "long", float: "double", bool: "boolean", list: "string"}


def write_graphml(graph: Graph, stream: IO[bytes]) -> None:
    """Write the graph as GraphML, in two passes over its files and constant memory.

    A node's label is its attribute `label`, an edge's type its attribute `type`; an edge's id is `TYPE:source:target`. A list becomes a string
    that holds a JSON array. Characters that XML 1.0 forbids become U+FFFD, one for one, so that offsets still fit.
    """
    nodes = {"label": "string", **_attributes(graph.nodes())}
    edges = {"type": "string", **_attributes(graph.edges())}
    stream.write(_HEAD.encode())
    for domain, attributes in (("node", nodes), ("edge", edges)):
        for name, kind in attributes.items():
            stream.write(f'<key id="{domain}.{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>\n'.encode())
    stream.write(b'<graph id="claimgraph" edgedefault="directed">\n')
    for node in graph.nodes():
        stream.write(f'<node id="{node.id}">{_data("node", {"label": node.label, **node.props})}</node>\n'.encode())
    for edge in graph.edges():
        head = f'<edge id="{edge.type}:{edge.source}:{edge.target}" source="{edge.source}" target="{edge.target}">'
        stream.write(f"{head}{_data('edge', {'type': edge.type, **edge.props})}</edge>\n".encode())
    stream.write(b"</graph>\n</graphml>\n")


def _attributes(things: Iterable[Node | Edge]) -> dict[str, str]:
    """Name -> GraphML type of all properties, sorted; numbers of both kinds make a double."""
    kinds: dict[str, set[str]] = {}
    for thing in things:
        for name, value in thing.props.items():
            kinds.setdefault(name, set()).add(_TYPES[type(value)])
    return {name: kind.pop() if len(kind) == 1 else "double" if kind == {"long", "double"} else "string" for name, kind in sorted(kinds.items())}


def _data(domain: str, props: dict[str, Value]) -> str:
    return "".join(f'<data key="{domain}.{name}">{_text(value)}</data>' for name, value in props.items())


def _text(value: Value) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, list | bool) else str(value)
    return escape(_FORBIDDEN.sub("\ufffd", text), {"\r": "&#13;"})  # a bare return would be read as a line feed
