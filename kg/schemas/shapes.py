"""shapes.ttl: what every exported graph must hold, in SHACL Core.

Every node shape and property shape has a name, `kgs:Class` and `kgs:Class-property`, so that a report says which one was broken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.ontology import EntityType, Kind
from kg.schemas import turtle
from kg.schemas.turtle import Statement
from kg.vocabulary import CLAIMED, EDGE_TERMS, LITERALS, PREFIXES, SH, SHAPES, LiteralTerm, predicate_name

_PREFIXES = PREFIXES | {"sh": SH, "kgs": SHAPES}
del _PREFIXES["kgid"]

_EXACTLY_ONE: list[Statement] = [("sh:minCount", "1"), ("sh:maxCount", "1")]
_BEYOND_LITERALS: dict[str, list[Statement]] = {
    "skos:altLabel": [("sh:disjoint", "skos:prefLabel")],
    "kg:start": [("sh:lessThan", "kg:end")],
}
"""Constraints of a literal that compare it with another one."""


def _object(classes: Iterable[str]) -> Statement:
    """The constraint that an object is of one of the classes."""
    curies = [f"kg:{name}" for name in classes]
    return ("sh:class", curies[0]) if len(curies) == 1 else ("sh:or", turtle.names(turtle.nested([("sh:class", curie)]) for curie in curies))


def _at(path: str, *constraints: Statement) -> str:
    """An inner property shape without a name."""
    return turtle.nested([("sh:path", path), *constraints])


def _property(owner: str, path: str, constraints: Iterable[Statement], name: str | None = None) -> tuple[str, str]:
    """A property shape: its prefixed name, its block."""
    shape = f"kgs:{owner}-{name or path.split(':')[1]}"
    return shape, turtle.block(shape, [("a", "sh:PropertyShape"), ("sh:path", path), *constraints])


def _literal(owner: str, term: LiteralTerm) -> tuple[str, str]:
    constraints: list[Statement] = [("sh:datatype", term.datatype)]
    if term.required:
        constraints.append(("sh:minCount", "1"))
    if not term.many:
        constraints.append(("sh:maxCount", "1"))
    if term.minimum is not None:
        constraints.append(("sh:minInclusive", str(term.minimum)))
    if term.maximum is not None:
        constraints.append(("sh:maxInclusive", str(term.maximum)))
    if term.values:
        constraints.append(("sh:in", turtle.strings(term.values)))
    return _property(owner, term.curie, constraints + _BEYOND_LITERALS.get(term.curie, []))


def _edges(source: str) -> Iterator[tuple[str, str]]:
    """Property shapes of the edges that leave a class of node."""
    for edge, term in EDGE_TERMS.items():
        targets = [b for a, b in term.pairs if a == source]
        if targets:
            yield _property(source, f"kg:{predicate_name(edge)}", [_object(targets)])


def _node(name: str, properties: Iterable[tuple[str, str]], constraints: Iterable[Statement] = (), *, ignored: Iterable[str] = ()) -> list[str]:
    """A closed node shape for a class, then its property shapes."""
    shapes = list(properties)
    statements: list[Statement] = [
        ("a", "sh:NodeShape"),
        ("sh:targetClass", f"kg:{name}"),
        ("sh:nodeKind", "sh:IRI"),
        ("sh:pattern", turtle.string(f"/{name.lower()}-[0-9a-f]{{16}}$")),
        ("sh:closed", "true"),
        ("sh:ignoredProperties", turtle.names(("rdf:type", *ignored))),
        *constraints,
    ]
    if shapes:
        statements.append(("sh:property", ", ".join(shape for shape, _ in shapes)))
    return [turtle.block(f"kgs:{name}", statements), *(block for _, block in shapes)]


def _concepts() -> Iterator[str]:
    """One open shape for the names that all concepts have, and a closed one per type for its relations."""
    names = [_literal("Concept", term) for term in LITERALS["Concept"]]
    targets = ", ".join(f"kg:{t}" for t in EntityType)
    yield turtle.block("kgs:Concept", [("a", "sh:NodeShape"), ("sh:targetClass", targets), ("sh:property", ", ".join(shape for shape, _ in names))])
    yield from (block for _, block in names)
    for entity_type in EntityType:
        yield from _node(entity_type, _edges(entity_type), ignored=(term.curie for term in LITERALS["Concept"]))


def _paper() -> list[str]:
    return _node("Paper", [*(_literal("Paper", term) for term in LITERALS["Paper"]), *_edges("Paper")])


def _result() -> list[str]:
    directed = _at("kg:direction", ("sh:minCount", "1"))
    undirected = _at("kg:direction", ("sh:maxCount", "0"))
    absolute = _at("kg:kind", ("sh:hasValue", turtle.string(Kind.ABSOLUTE)))
    moving = _at("kg:kind", ("sh:in", turtle.strings(kind for kind in Kind if kind is not Kind.ABSOLUTE)))
    constraints = [
        ("sh:or", turtle.names((turtle.nested([("sh:property", f"{absolute}, {undirected}")]), turtle.nested([("sh:property", f"{moving}, {directed}")])))),
        ("sh:message", turtle.string("A change or ratio has a direction, an absolute value has none.", "en")),
    ]
    properties = [
        *(_literal("Result", term) for term in LITERALS["Result"]),
        _property("Result", "kg:paper", [*_EXACTLY_ONE, ("sh:class", "kg:Paper")]),
        _property("Result", turtle.nested([("sh:inversePath", "kg:reports")]), [("sh:equals", "kg:paper")], "reportedBy"),
        *_edges("Result"),
    ]
    return _node("Result", properties, constraints)


def _claim() -> list[str]:
    alternatives = []
    for edge in CLAIMED:
        pairs = EDGE_TERMS[edge].pairs
        for source in dict.fromkeys(a for a, _ in pairs):
            predicate = _at("rdf:predicate", ("sh:hasValue", f"kg:{predicate_name(edge)}"))
            subject = _at("rdf:subject", ("sh:class", f"kg:{source}"))
            object_ = _at("rdf:object", _object(b for a, b in pairs if a == source))
            alternatives.append(turtle.nested([("sh:property", f"{predicate}, {subject}, {object_}")]))
    constraints = [
        ("sh:or", turtle.names(alternatives, "\n        ")),
        ("sh:message", turtle.string("The predicate may not join a subject and an object of these classes.", "en")),
    ]
    predicates = turtle.names(f"kg:{predicate_name(edge)}" for edge in CLAIMED)
    properties = [
        _property("Claim", "rdf:subject", [*_EXACTLY_ONE, ("sh:nodeKind", "sh:IRI")]),
        _property("Claim", "rdf:predicate", [*_EXACTLY_ONE, ("sh:in", predicates)]),
        _property("Claim", "rdf:object", [*_EXACTLY_ONE, ("sh:nodeKind", "sh:IRI")]),
        _property("Claim", "kg:paper", [*_EXACTLY_ONE, ("sh:class", "kg:Paper")]),
        *(_literal("Claim", term) for term in LITERALS["Claim"]),
    ]
    return _node("Claim", properties, constraints)


def generate() -> str:
    """The text of shapes.ttl."""
    return turtle.document(_PREFIXES, [*_concepts(), *_paper(), *_result(), *_claim()])
