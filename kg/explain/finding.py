"""From what a person types after `kg explain` to the one thing that it names."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from kg.errors import QueryError, UnknownName
from kg.explain.scanning import edges_where, nodes_of, nodes_where
from kg.explain.statements import Statement, statements
from kg.graph import LABELS, Graph, Node
from kg.queries.lookup import find
from kg.vocabulary import CLAIMED, ID

_HEX = re.compile(rf"({'|'.join(label.lower() for label in (*LABELS, 'Claim'))})-[0-9a-f]{{1,16}}")
_MOST = 8
"""How many candidates an ambiguous id names."""


@dataclass(frozen=True, slots=True)
class Local:
    """An entity or a result by the paper's own keys: the paper's node, and the key within it."""

    paper: Node
    key: str


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be explained, and what a reader should know about how it was found."""

    what: Node | Statement | Local
    notes: tuple[str, ...] = ()


def identify(graph: Graph, text: str) -> Target:
    """What an id names: the id or IRI of a node or claim, a paper's own key, PAPER#e3, the beginning of an id, or a name; tried in this order.

    Raises:
        QueryError: the beginning of an id is that of several, or of none.
        UnknownName: nothing has this name; it carries near ones.
        GraphError: the graph's files are missing or damaged.
    """
    text = text.strip().encode("utf-8", "replace").decode()  # an argument that is no UTF-8 has lone surrogates, which no database takes
    for prefix in (ID, "kgid:"):
        text = text.removeprefix(prefix)
    by_hash = _HEX.fullmatch(text) is not None
    if by_hash and text.startswith("claim-"):
        claims = {s.id: s for edge in edges_where(graph, CLAIMED) for s in statements(edge) if s.id.startswith(text)}
        if claims:
            return Target(claims[_only(text, {id: one.edge.type for id, one in claims.items()})])
    paper, sharp, key = text.rpartition("#")
    keys = {text, paper} if sharp and paper else {text}
    needles = [b'"key":' + json.dumps(one, ensure_ascii=False).encode() for one in keys]

    def wanted(id: str, line: bytes) -> bool:
        return (by_hash and id.startswith(text)) or id in keys or (id.startswith("paper-") and any(needle in line for needle in needles))

    nodes = {node.id: node for node in nodes_where(graph, wanted)}
    papers = {**{id: node for id, node in nodes.items() if node.label == "Paper"}, **{str(n.props["key"]): n for n in nodes.values() if n.label == "Paper"}}
    if text in nodes or text in papers:
        return Target(nodes[text] if text in nodes else papers[text])
    if paper in papers:
        return Target(Local(papers[paper], key))
    begun = {id: str(node.props["name"]) for id, node in nodes.items() if by_hash and id.startswith(text)}
    if begun:
        return Target(nodes[_only(text, begun)])
    try:
        return _named(graph, text)
    except UnknownName:
        if not by_hash:
            raise
    raise QueryError(f"no id begins with {text!r}", where=str(graph.folder), remedy="`kg explain` of a paper or a name lists the ids of its claims and results")


def _only(text: str, found: dict[str, str]) -> str:
    """The one id that was found; `found` says what each is."""
    if len(found) > 1:
        some = [f"{id} ({found[id]})" for id in sorted(found)[:_MOST]]
        more = [f"and {len(found) - _MOST} more"] if len(found) > _MOST else []
        raise QueryError(f"{text!r} begins {len(found)} ids: {', '.join(some + more)}", remedy="Type more of it")
    return next(iter(found))


def _named(graph: Graph, text: str) -> Target:
    from kg.stores.oxigraph import OxigraphStore

    found = find(OxigraphStore(graph), text, tuple(label for label in LABELS if label != "Result"))
    return Target(nodes_of(graph, {found.id})[found.id], (found.note,) if found.note else ())
