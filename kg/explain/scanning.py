"""Picking a few lines out of the large files of a graph folder: only lines that are wanted are parsed, nothing else is held.

Lines are chosen by their bytes, which `kg.graph` and `kg.claims` write in one canonical form.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from kg.claims import Document, parse_claims
from kg.errors import GraphError
from kg.graph import Edge, Graph, Node

_REBUILD = "Build it again with `kg build`"
_ID = b'{"id":"'


def nodes_where(graph: Graph, wanted: Callable[[str, bytes], bool]) -> Iterator[Node]:
    """The nodes whose id and line are wanted.

    Raises:
        GraphError: the file is missing or damaged.
    """
    for where, line in _lines(graph, "nodes.jsonl"):
        if wanted(line[len(_ID) : line.find(b'"', len(_ID))].decode("ascii", "replace"), line):
            record = _parse(line, where, ("id", "label", "props"))
            yield Node(record["id"], record["label"], record["props"])


def nodes_of(graph: Graph, ids: Collection[str]) -> dict[str, Node]:
    """The nodes of these ids.

    Raises:
        GraphError: one is missing, or the file is missing or damaged.
    """
    found = {node.id: node for node in nodes_where(graph, lambda id, line: id in ids)} if ids else {}
    for id in ids:
        if id not in found:
            raise GraphError(f"the node {id} is missing", where=str(graph.folder / "nodes.jsonl"), remedy=_REBUILD)
    return found


def edges_where(graph: Graph, types: Iterable[str], *, sources: Iterable[str] | None = None, naming: str = "") -> Iterator[Edge]:
    """The edges of these types, whatever else is asked of them being so.

    Args:
        sources: where they come from; None is anywhere.
        naming: the id of a node that they come from, lead to, or name among the papers that state them.

    Raises:
        GraphError: the file is missing or damaged.
    """
    begins = tuple(f'{{"type":"{type}",'.encode() for type in types)
    if sources is not None:
        ends = [f'"source":"{source}",'.encode() for source in sources]
        begins = tuple(begin + end for begin in begins for end in ends)
    needle = f'"{naming}"'.encode() if naming else b""
    for where, line in _lines(graph, "edges.jsonl"):
        if line.startswith(begins) and needle in line:
            record = _parse(line, where, ("type", "source", "target", "props"))
            yield Edge(record["type"], record["source"], record["target"], record["props"])


def documents_of(graph: Graph, keys: Mapping[str, str]) -> dict[str, Document]:
    """The documents of these papers, as far as the graph is made of them (their confident part).

    Args:
        keys: id of a paper's node -> the paper's own key.

    Raises:
        GraphError: one is missing, or the file is.
        ClaimsError: the line of one is damaged.
    """
    least = float(graph.manifest.get("min_confidence", 0.0))
    ids = {key: id for id, key in keys.items()}
    begins = tuple(f'{{"id":{json.dumps(key, ensure_ascii=False)},'.encode() for key in ids)
    found: dict[str, Document] = {}
    if keys:
        for where, line in _lines(graph, "claims.jsonl"):
            if line.startswith(begins):
                document = parse_claims(line.decode("utf-8", "replace"), where)
                found[ids[document.id]] = document.confident(least)
                if len(found) == len(keys):
                    break
    for id, key in keys.items():
        if id not in found:
            raise GraphError(f"holds no claims of the paper {key!r}", where=str(graph.folder / "claims.jsonl"), remedy=_REBUILD)
    return found


def _lines(graph: Graph, name: str) -> Iterator[tuple[str, bytes]]:
    place = graph.folder / name
    try:
        with place.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                yield f"{place}:{number}", line
    except OSError as err:
        raise GraphError(f"cannot be read: {err.strerror or err}", where=str(place), remedy=_REBUILD) from err


def _parse(line: bytes, where: str, keys: tuple[str, ...]) -> dict[str, Any]:
    try:
        record = json.loads(line)
        return {key: record[key] for key in keys}
    except (ValueError, KeyError, TypeError) as err:
        raise GraphError("is damaged", where=where, remedy=_REBUILD) from err
