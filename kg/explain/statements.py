"""What one paper states of an edge, under the id that RDF gives it, and a paper's text joined to the graph."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kg.claims import Document, Entity, Relation, Result, Span
from kg.errors import GraphError
from kg.explain.account import NUMBER, Link, Mark, Passage
from kg.explain.scanning import documents_of, edges_where
from kg.graph import Edge, Graph
from kg.ids import claim_id, result_id


@dataclass(frozen=True, slots=True)
class Statement:
    """An edge as one paper states it: a relation, or that the paper proposes the concept.

    Attributes:
        id: of the claim's node in RDF.
        paper: id of the paper's node.
        start, end: its passage in the paper's text; of a proposal the concept's first mention.
    """

    id: str
    edge: Edge
    paper: str
    confidence: float
    start: int
    end: int


def statements(edge: Edge) -> Iterator[Statement]:
    """The statements of a relation or PROPOSES, one a paper."""
    props: Any = edge.props
    if edge.type == "PROPOSES":
        rows: Iterable[Any] = [(edge.source, props["confidence"], props["starts"][0], props["ends"][0])]
    else:
        rows = zip(props["papers"], props["confidences"], props["starts"], props["ends"], strict=True)
    for paper, *rest in rows:
        yield Statement(claim_id(edge.type, edge.source, edge.target, paper), edge, paper, *rest)


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper's document joined to the graph.

    Attributes:
        id: of the paper's node.
        concepts: id of an entity of the document -> id of its concept's node.
    """

    id: str
    document: Document
    concepts: dict[str, str]

    def results(self, id: str) -> list[Result]:
        """The results that the node of this id stands for, the most confident first.

        Raises:
            GraphError: there is none: the claims are not those that the graph was made from.
        """
        found = [r for r in self.document.results if result_id(self.document.id, r.number.start, r.number.end, r.value) == id]
        if not found:
            raise self._foreign(id)
        return sorted(found, key=lambda r: (-r.confidence, r.evidence.start, r.evidence.end, r.id))

    def relation(self, statement: Statement) -> Relation:
        """The relation of the document that makes a statement.

        Raises:
            GraphError: there is none.
        """
        edge = statement.edge
        stated = (edge.source, edge.type, edge.target, statement.start, statement.end)
        for one in self.document.relations:
            if (self.concepts[one.subject], one.predicate.value, self.concepts[one.object], one.evidence.start, one.evidence.end) == stated:
                return one
        raise self._foreign(statement.id)

    def entities(self, concept: str) -> list[Entity]:
        """The entities of the document that are this concept.

        Raises:
            GraphError: there is none.
        """
        found = [e for e in self.document.entities if self.concepts[e.id] == concept]
        if not found:
            raise self._foreign(concept)
        return found

    def _foreign(self, id: str) -> GraphError:
        return GraphError(f"the claims of the paper {self.document.id!r} do not hold {id}", remedy="Build the graph again with `kg build`")

    def passage(self, place: Span, central: Collection[str] = (), number: Span | None = None) -> Passage:
        """A range of the text with all its entities and reported numbers marked.

        Where ranges overlap, the shorter one is on top, and the number that the passage is about on top of all.

        Args:
            central: ids of the entities that it is about.
            number: the number that it is about.
        """
        ranges = [(m.start, m.end, e.type.value, e.id in central) for e in self.document.entities for m in e.mentions]
        ranges += [(r.number.start, r.number.end, NUMBER, False) for r in self.document.results]
        ranges.sort(key=lambda one: (one[0] - one[1], one))
        if number is not None:
            ranges.append((number.start, number.end, NUMBER, True))
        top: list[int | None] = [None] * (place.end - place.start)
        for which, (start, end, _, _) in enumerate(ranges):
            start, end = max(start, place.start) - place.start, min(end, place.end) - place.start
            if start < end:
                top[start:end] = [which] * (end - start)
        marks, at = [], 0
        for painted, run in groupby(top):
            length = sum(1 for _ in run)
            if painted is not None:
                marks.append(Mark(at, at + length, *ranges[painted][2:]))
            at += length
        return Passage(self.document.text[place.start : place.end], tuple(marks))

    def link(self, role: str, entity: str, place: Span) -> Link:
        """A link to an entity from a fact that this passage states."""
        (one,) = (e for e in self.document.entities if e.id == entity)
        here = any(m.start < place.end and m.end > place.start for m in one.mentions)
        return Link(role, one.name, one.type.value, one.confidence, self.concepts[entity], here)


def read(graph: Graph, keys: Mapping[str, str]) -> dict[str, Reading]:
    """The papers of these ids joined to the graph; an entity is the concept of its mentions.

    Args:
        keys: id of a paper's node -> the paper's own key.

    Raises:
        GraphError: a file is missing or damaged, or the claims are not those that the graph was made from.
        ClaimsError: the line of a paper is damaged.
    """
    documents = documents_of(graph, keys)
    named: dict[str, dict[tuple[int, int], list[str]]] = {id: {} for id in keys}
    if keys:
        for edge in edges_where(graph, ["MENTIONS"], sources=keys):
            places: Any = zip(edge.props["starts"], edge.props["ends"], strict=True)  # type: ignore[arg-type]
            for place in places:
                named[edge.source].setdefault(place, []).append(edge.target)
    return {id: Reading(id, document, {e.id: _concept(e, named[id], document.id) for e in document.entities}) for id, document in documents.items()}


def _concept(entity: Entity, named: Mapping[tuple[int, int], list[str]], key: str) -> str:
    """The concept that the paper mentions at the entity's first place; of two at one place, the one of the entity's type."""
    found = named.get((entity.mentions[0].start, entity.mentions[0].end), [])
    if not found:
        raise GraphError(f"the graph does not hold {key}#{entity.id}, which its claims do", remedy="Build the graph again with `kg build`")
    return min(found, key=lambda id: (not id.startswith(entity.type.value.lower() + "-"), id))
