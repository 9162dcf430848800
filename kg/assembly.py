"""From documents and their concepts to the nodes and edges of the graph: a pure function, in canonical order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

from kg.captions import paper_name, result_name
from kg.claims import Document, Entity, Mention, Relation, Result
from kg.errors import ClaimsError
from kg.graph import EDGE_TYPES, LABELS, Edge, Node, Value
from kg.ids import node_id, result_id
from kg.ontology import RESULT_EDGES, EntityType, Predicate, Role
from kg.resolve.concepts import Concept, Concepts


def assemble(documents: Iterable[Document], concepts: Concepts) -> tuple[Iterator[Node], Iterator[Edge]]:
    """The nodes and the edges of the graph, each in the order of its file (`Node.order`, `Edge.order`), whatever the order of the documents.

    Where two entities of a document are one concept, their mentions are put together; where a document states a relation several times, its most
    confident statement counts (then the first in the text). A relation between a concept and itself is dropped. Two results of a
    document with the same number at the same place are one node, with the links of both.

    Raises:
        ClaimsError: two documents have the same id.
    """
    papers = sorted((_Paper.of(document, concepts) for document in documents), key=lambda paper: paper.id)
    for one, other in pairwise(papers):
        if one.id == other.id:
            raise ClaimsError(f"the paper {one.document.id!r} occurs twice", remedy="Keep one document a paper in the claims file")
    return _nodes(papers), _edges(papers)


@dataclass(frozen=True, slots=True)
class _Paper:
    """A document with what its entities and results became.

    Attributes:
        concepts: entity id -> concept.
        entities: concept id -> the entities that name it, by concept id.
        results: id of a result's node -> the results that it stands for, the most confident first; by id.
    """

    id: str
    document: Document
    concepts: dict[str, Concept]
    entities: dict[str, list[Entity]]
    results: dict[str, list[Result]]

    @classmethod
    def of(cls, document: Document, concepts: Concepts) -> _Paper:
        meant = {e.id: concepts.of(document.id, e.id) for e in document.entities}
        entities: defaultdict[str, list[Entity]] = defaultdict(list)
        for entity in document.entities:
            entities[meant[entity.id].id].append(entity)
        results: defaultdict[str, list[Result]] = defaultdict(list)
        for result in sorted(document.results, key=lambda r: (-r.confidence, r.evidence.start, r.evidence.end, r.id)):
            results[result_id(document.id, result.number.start, result.number.end, result.value)].append(result)
        return cls(node_id("Paper", document.id), document, meant, dict(sorted(entities.items())), dict(sorted(results.items())))


def _nodes(papers: Sequence[_Paper]) -> Iterator[Node]:
    named: defaultdict[str, int] = defaultdict(int)
    by_type: dict[EntityType, dict[str, Concept]] = {t: {} for t in EntityType}
    for paper in papers:
        for concept in {c.id: c for c in paper.concepts.values()}.values():
            named[concept.id] += 1
            by_type[concept.type][concept.id] = concept
    for label in LABELS:
        if label == "Paper":
            yield from map(_paper_node, papers)
        elif label == "Result":
            # only ids are sorted; each node is made when it is its turn
            order = sorted((id, place) for place, paper in enumerate(papers) for id in paper.results)
            yield from (_result_node(papers[place], id) for id, place in order)
        else:
            for id, concept in sorted(by_type[EntityType(label)].items()):
                yield Node(id, label, {"name": concept.name, "aliases": list(concept.aliases), "keys": list(concept.keys), "papers": named[id]})


def _paper_node(paper: _Paper) -> Node:
    document = paper.document
    node = Node(paper.id, "Paper", {"name": paper_name(document), "key": document.id})
    if document.title:
        node.props["title"] = document.title
    node.props["text"] = document.text
    if document.source:
        node.props["source"] = f"{document.source.name}:{document.source.record}"
    return node


def _result_node(paper: _Paper, id: str) -> Node:
    result = paper.results[id][0]
    names = {e.id: e.name for e in paper.document.entities}
    evidence = result.evidence
    props: dict[str, Value | None] = {
        "name": result_name(result, names[result.metric] if result.metric else None),
        "value": result.value,
        "value_high": result.value_high,
        "baseline_value": result.baseline_value,
        "unit": result.unit,
        "kind": result.kind.value,
        "direction": result.direction.value if result.direction else None,
        "bound": result.bound.value,
        "condition": result.condition,
        "number": result.number.text,
        "quote": paper.document.text[evidence.start : evidence.end],
        "start": evidence.start,
        "end": evidence.end,
        "paper": paper.id,
        "confidence": result.confidence,
    }
    return Node(id, "Result", {name: value for name, value in props.items() if value is not None})


def _edges(papers: Sequence[_Paper]) -> Iterator[Edge]:
    makers: dict[str, Callable[[], Iterator[Edge]]] = {
        "PROPOSES": lambda: chain.from_iterable(map(_proposes, papers)),
        "MENTIONS": lambda: chain.from_iterable(map(_mentions, papers)),
        "REPORTS": lambda: (Edge("REPORTS", paper.id, id, {}) for paper in papers for id in paper.results),
    }
    for link, name in RESULT_EDGES.items():
        makers[name] = lambda link=link, name=name: _result_links(papers, link, name)  # type: ignore[misc]
    for predicate in Predicate:
        makers[predicate.value] = lambda predicate=predicate: _relations(papers, predicate)  # type: ignore[misc]
    for edge_type in EDGE_TYPES:
        yield from makers[edge_type]()


def _proposes(paper: _Paper) -> Iterator[Edge]:
    for id, entities in paper.entities.items():
        if proposed := [e for e in entities if e.role is Role.PROPOSED]:
            yield Edge("PROPOSES", paper.id, id, {**_places(entities), "confidence": max(e.confidence for e in proposed)})


def _mentions(paper: _Paper) -> Iterator[Edge]:
    for id, entities in paper.entities.items():
        yield Edge("MENTIONS", paper.id, id, _places(entities))


def _places(entities: Sequence[Entity]) -> dict[str, Value]:
    mentions: list[Mention] = sorted({(m.start, m.end): m for e in entities for m in e.mentions}.values(), key=lambda m: (m.start, m.end))
    return {"starts": [m.start for m in mentions], "ends": [m.end for m in mentions], "surfaces": [m.text for m in mentions]}


def _result_links(papers: Sequence[_Paper], link: str, name: str) -> Iterator[Edge]:
    pairs = {
        (id, paper.concepts[entity].id)
        for paper in papers
        for id, results in paper.results.items()
        for result in results
        if (entity := getattr(result, link)) is not None
    }
    return (Edge(name, id, target, {}) for id, target in sorted(pairs))


def _relations(papers: Sequence[_Paper], predicate: Predicate) -> Iterator[Edge]:
    claims: defaultdict[tuple[str, str], dict[str, Relation]] = defaultdict(dict)
    texts: dict[str, str] = {}
    for paper in papers:  # sorted by id: so are the lists of each edge
        for relation in paper.document.relations:
            ends = paper.concepts[relation.subject].id, paper.concepts[relation.object].id
            if relation.predicate is not predicate or ends[0] == ends[1]:
                continue
            texts[paper.id] = paper.document.text
            before = claims[ends].get(paper.id)
            if before is None or _strength(relation) < _strength(before):
                claims[ends][paper.id] = relation
    for (source, target), statements in sorted(claims.items(), key=lambda item: item[0]):
        spans = [(id, relation.evidence) for id, relation in statements.items()]
        yield Edge(
            predicate.value,
            source,
            target,
            {
                "support": len(statements),
                "confidence": max(r.confidence for r in statements.values()),
                "papers": list(statements),
                "confidences": [r.confidence for r in statements.values()],
                "quotes": [texts[id][span.start : span.end] for id, span in spans],
                "starts": [span.start for _, span in spans],
                "ends": [span.end for _, span in spans],
            },
        )


def _strength(relation: Relation) -> tuple[float, int, int]:
    return -relation.confidence, relation.evidence.start, relation.evidence.end
