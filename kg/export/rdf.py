"""A graph as RDF 1.1: a stream of triples, and files of them.

Every edge is a direct triple, and beside each of the nine relations and PROPOSES stands one `kg:Claim` per paper that says it, with
confidence, quote and offsets. There are no blank nodes: a node's IRI is `https://w3id.org/claimgraph/id/` and its id, so equal graphs give
equal bytes, and a line-wise diff of two N-Triples files is a diff of their graphs.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import groupby
from pathlib import Path
from typing import IO, Any, Protocol

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.errors import OutputError
from kg.files import replacing
from kg.graph import Edge, Node, Value
from kg.ids import claim_id
from kg.schemas.context import context
from kg.vocabulary import CLAIMED, ID, KG, LITERALS, PREFIXES, RDF, XSD, expand, predicate_name

_TYPE = NamedNode(RDF + "type")
_SUBJECT, _PREDICATE, _OBJECT = NamedNode(RDF + "subject"), NamedNode(RDF + "predicate"), NamedNode(RDF + "object")
_CLAIM, _PAPER = NamedNode(KG + "Claim"), NamedNode(KG + "paper")

_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Lone surrogates are in no RDF string; the other code points are in no XML, thus in no RDF/XML and no SPARQL XML result."""


class Readable(Protocol):
    """What has nodes and edges to read, such as `kg.graph.Graph`."""

    def nodes(self) -> Iterator[Node]: ...

    def edges(self) -> Iterator[Edge]: ...


def node_iri(identifier: str) -> NamedNode:
    """The IRI of a node id."""
    return NamedNode(ID + identifier)


@cache
def _term(curie: str) -> NamedNode:
    return NamedNode(expand(curie))


@cache
def _predicate(edge_type: str) -> NamedNode:
    return NamedNode(KG + predicate_name(edge_type))


def _literal(value: object, datatype: str) -> Literal:
    if datatype == "xsd:double":
        return Literal(float(value))  # type: ignore[arg-type]
    if datatype == "xsd:integer":
        return Literal(int(value))  # type: ignore[call-overload]
    return Literal(_UNWRITABLE.sub("\ufffd", str(value)))


def _literals(subject: NamedNode, kind: str, props: dict[str, Value]) -> Iterator[Triple]:
    for term in LITERALS[kind]:
        value = props.get(term.prop)
        if value is not None:
            for one in value if isinstance(value, list) else (value,):
                yield Triple(subject, _term(term.curie), _literal(one, term.datatype))


def _node(node: Node) -> Iterator[Triple]:
    subject = node_iri(node.id)
    yield Triple(subject, _TYPE, NamedNode(KG + node.label))
    yield from _literals(subject, node.label if node.label in LITERALS else "Concept", node.props)
    if node.label == "Result":
        yield Triple(subject, _PAPER, node_iri(str(node.props["paper"])))


def _claims(edge: Edge) -> Iterator[dict[str, Value]]:
    """The papers that state an edge, each with the literals of its claim node."""
    props = edge.props
    if edge.type == "PROPOSES":
        first: Any = (props[name][0] for name in ("surfaces", "starts", "ends"))  # type: ignore[index]
        yield dict(zip(("paper", "confidence", "quote", "start", "end"), (edge.source, props["confidence"], *first), strict=True))
        return
    columns: Any = [props[name] for name in ("papers", "confidences", "quotes", "starts", "ends")]
    for row in zip(*columns, strict=True):
        yield dict(zip(("paper", "confidence", "quote", "start", "end"), row, strict=True))


def _edge(edge: Edge) -> Iterator[Triple]:
    source, predicate, target = node_iri(edge.source), _predicate(edge.type), node_iri(edge.target)
    yield Triple(source, predicate, target)
    if edge.type not in CLAIMED:
        return
    for claim in _claims(edge):
        node = node_iri(claim_id(edge.type, edge.source, edge.target, str(claim["paper"])))
        yield Triple(node, _TYPE, _CLAIM)
        yield Triple(node, _SUBJECT, source)
        yield Triple(node, _PREDICATE, predicate)
        yield Triple(node, _OBJECT, target)
        yield Triple(node, _PAPER, node_iri(str(claim["paper"])))
        yield from _literals(node, "Claim", claim)


def triples(graph: Readable) -> Iterator[Triple]:
    """Yield the triples of a graph, nodes first, then edges with their claims, holding one node or edge at a time.

    Numbers are xsd:double in the shortest decimal form that reads back as the same float (`"2.31"^^xsd:double`), or xsd:integer;
    texts are xsd:string. A lone surrogate, or a control character that XML cannot hold, becomes U+FFFD: one for one, so that offsets still
    fit; the claims file keeps the original.
    """
    for node in graph.nodes():
        yield from _node(node)
    for edge in graph.edges():
        yield from _edge(edge)


def quads(graph: Readable) -> Iterator[Quad]:
    """Yield the triples of a graph as quads of the default graph, as `pyoxigraph.Store.bulk_extend` takes them."""
    for triple in triples(graph):
        yield Quad(triple.subject, triple.predicate, triple.object)


class _SortedPrefixes(io.RawIOBase):
    """A binary stream that passes on what it is given, the `@prefix` lines at its beginning sorted.

    pyoxigraph writes them in an order that changes from run to run. It is fed through a buffer larger than they are, so that the first
    write has them all.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._at_start = stream, True

    def writable(self) -> bool:
        return True

    def write(self, chunk: Any) -> int:
        data = bytes(chunk)
        if self._at_start:
            self._at_start = False
            header = re.match(rb"(?:@prefix [^\n]*\n)*", data)[0]  # type: ignore[index]
            self._stream.write(b"".join(sorted(header.splitlines(keepends=True))) + data[len(header) :])
        else:
            self._stream.write(data)
        return len(data)


def _write_oxigraph(graph: Readable, stream: IO[bytes], format: RdfFormat) -> None:
    prefixes = PREFIXES if format in (RdfFormat.TURTLE, RdfFormat.TRIG) else None
    with io.BufferedWriter(_SortedPrefixes(stream), 1 << 20) as buffer:
        serialize(triples(graph), buffer, format, prefixes=prefixes)


def _compact(iri: str) -> str:
    for prefix in ("kgid", "kg"):
        if iri.startswith(PREFIXES[prefix]):
            return f"{prefix}:{iri.removeprefix(PREFIXES[prefix])}"
    return iri


def _write_jsonld(graph: Readable, stream: IO[bytes]) -> None:
    """Write JSON-LD in the terms of `schemas/context.jsonld`, which it carries, one object a line; pyoxigraph writes only the expanded form."""
    document = context()
    names = {expand(term["@id"]): (name, term.get("@container") == "@set") for name, term in document["@context"].items() if isinstance(term, dict)}
    stream.write(json.dumps(document, ensure_ascii=False)[:-1].encode() + b', "@graph": [')
    separator = b"\n"
    for subject, group in groupby(triples(graph), key=lambda triple: triple.subject):
        item: dict[str, Any] = {"id": _compact(subject.value)}
        for triple in group:
            if triple.predicate == _TYPE:
                item["type"] = triple.object.value.removeprefix(KG)  # type: ignore[union-attr]
                continue
            name, is_set = names[triple.predicate.value]
            value: Any = _compact(triple.object.value) if isinstance(triple.object, NamedNode) else _json_value(triple.object)  # type: ignore[arg-type]
            if is_set:
                item.setdefault(name, []).append(value)
            else:
                item[name] = value
        stream.write(separator + json.dumps(item, ensure_ascii=False).encode())
        separator = b",\n"
    stream.write(b"\n]}\n")


def _json_value(literal: Literal) -> str | int:
    # A double stays a string, which the context types: JSON-LD would make "2.31E0" of the number.
    return int(literal.value) if literal.datatype.value == XSD + "integer" else literal.value


_WRITERS: dict[str, Callable[[Readable, IO[bytes]], None]] = {
    "ttl": partial(_write_oxigraph, format=RdfFormat.TURTLE),
    "nt": partial(_write_oxigraph, format=RdfFormat.N_TRIPLES),
    "nq": partial(_write_oxigraph, format=RdfFormat.N_QUADS),
    "trig": partial(_write_oxigraph, format=RdfFormat.TRIG),
    "jsonld": _write_jsonld,
}
FORMATS: tuple[str, ...] = tuple(_WRITERS)
"""Names of the formats that `write_rdf` knows."""


def write_rdf(graph: Readable, destination: str | os.PathLike[str] | IO[bytes], format: str) -> None:
    """Write a graph as `ttl`, `nt`, `nq`, `trig` or `jsonld`, in constant memory; equal graphs give equal bytes.

    A path is written beside and renamed when complete, so that no half file is ever left under its name.

    Raises:
        OutputError: the format is unknown, or the destination cannot be written.
    """
    if format not in _WRITERS:
        raise OutputError(f"no RDF format is called {format!r}", remedy="Known ones: " + ", ".join(FORMATS))
    write = _WRITERS[format]
    if not isinstance(destination, str | os.PathLike):
        write(graph, destination)
        return
    with replacing(Path(destination)) as stream:
        write(graph, stream)
