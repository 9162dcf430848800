"""ontology.ttl: the classes and properties of a graph as an OWL 2 ontology.

An alignment is a subclass or subproperty axiom only where everything of ours is also one of theirs; where the two merely come close, it is an
`rdfs:seeAlso`, from which nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kg.ontology import EntityType, Term
from kg.schemas import turtle
from kg.vocabulary import CLASS_TERMS, EDGE_TERMS, KG, LITERALS, MLS, OA, OWL, PAPER_TERM, PREFIXES, PROV, QUDT, VERSION, LiteralTerm, predicate_name

_PREFIXES = PREFIXES | {"owl": OWL, "prov": PROV, "mls": MLS, "qudt": QUDT, "oa": OA}
del _PREFIXES["kgid"]

SUPERCLASSES: dict[str, tuple[str, ...]] = {
    "Concept": ("skos:Concept",),
    **{str(t): ("kg:Concept",) for t in EntityType},
    "Paper": ("schema:ScholarlyArticle", "prov:Entity"),
    "Result": ("qudt:Quantity", "prov:Entity"),
    "Claim": ("rdf:Statement", "prov:Entity"),
}
SUPERPROPERTIES: dict[str, str] = {"kg:isA": "skos:broader", "kg:mentions": "schema:mentions", "kg:paper": "prov:wasDerivedFrom"}
SEE_ALSO: dict[str, tuple[str, ...]] = {
    "kg:Method": ("mls:Algorithm", "mls:Implementation"),
    "kg:Task": ("mls:Task",),
    "kg:Dataset": ("schema:Dataset", "mls:Dataset"),
    "kg:Metric": ("mls:EvaluationMeasure", "qudt:QuantityKind"),
    "kg:Hardware": ("schema:Product",),
    "kg:Result": ("mls:ModelEvaluation",),
    "kg:value": ("qudt:numericValue",),
    "kg:unit": ("qudt:hasUnit",),
    "kg:quote": ("oa:exact",),
    "kg:start": ("oa:start",),
    "kg:end": ("oa:end",),
}


def _union(classes: Iterable[str]) -> str:
    """A class expression: the class itself, or the union of several."""
    curies = [f"kg:{name}" for name in dict.fromkeys(classes)]
    return curies[0] if len(curies) == 1 else turtle.nested([("a", "owl:Class"), ("owl:unionOf", turtle.names(curies))])


def _described(curie: str, kind: str, term: Term) -> Iterator[turtle.Statement]:
    yield "a", kind
    yield "rdfs:label", turtle.string(term.label, "en")
    yield "rdfs:comment", turtle.string(term.comment, "en")
    yield "rdfs:isDefinedBy", f"<{KG.rstrip('#')}>"
    if curie in SEE_ALSO:
        yield "rdfs:seeAlso", ", ".join(SEE_ALSO[curie])


def _header() -> str:
    iri = KG.rstrip("#")
    description = "Methods, tasks, datasets, metrics, hardware and the numbers that papers report, each with its evidence."
    return turtle.block(
        f"<{iri}>",
        [
            ("a", "owl:Ontology"),
            ("owl:versionIRI", f"<{iri}/{VERSION}>"),
            ("owl:versionInfo", turtle.string(VERSION)),
            ("dcterms:title", turtle.string("claimgraph", "en")),
            ("dcterms:description", turtle.string(description, "en")),
            ("dcterms:license", "<https://www.apache.org/licenses/LICENSE-2.0>"),
        ],
    )


def _class(name: str, term: Term) -> str:
    superclasses = ", ".join(SUPERCLASSES[name])
    return turtle.block(f"kg:{name}", [*_described(f"kg:{name}", "owl:Class", term), ("rdfs:subClassOf", superclasses)])


def _object_property(curie: str, term: Term, domain: Iterable[str], range_: Iterable[str]) -> str:
    statements = [*_described(curie, "owl:ObjectProperty", term), ("rdfs:domain", _union(domain)), ("rdfs:range", _union(range_))]
    if curie in SUPERPROPERTIES:
        statements.append(("rdfs:subPropertyOf", SUPERPROPERTIES[curie]))
    return turtle.block(curie, statements)


def _datatype_property(term: LiteralTerm) -> str:
    domain = [name for name, literals in LITERALS.items() if any(term.curie == other.curie for other in literals)]
    values = turtle.nested([("a", "rdfs:Datatype"), ("owl:oneOf", turtle.strings(term.values))])
    return turtle.block(
        term.curie,
        [*_described(term.curie, "owl:DatatypeProperty", term), ("rdfs:domain", _union(domain)), ("rdfs:range", values if term.values else term.datatype)],
    )


def generate() -> str:
    """The text of ontology.ttl."""
    own_literals = {term.curie: term for literals in LITERALS.values() for term in literals if term.curie.startswith("kg:")}
    disjoint = turtle.nested([("a", "owl:AllDisjointClasses"), ("owl:members", turtle.names(f"kg:{name}" for name in CLASS_TERMS if name != "Concept"))])
    blocks = [
        _header(),
        *(_class(name, term) for name, term in CLASS_TERMS.items()),
        f"{disjoint} .\n",
        *(_object_property(f"kg:{predicate_name(edge)}", term, (a for a, _ in term.pairs), (b for _, b in term.pairs)) for edge, term in EDGE_TERMS.items()),
        _object_property("kg:paper", PAPER_TERM, ("Result", "Claim"), ("Paper",)),
        *(_datatype_property(term) for term in own_literals.values()),
    ]
    return turtle.document(_PREFIXES, blocks)
