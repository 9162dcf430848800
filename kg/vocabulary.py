"""The RDF vocabulary: namespaces, the name of every term, and which literals each class of node carries.

One table says it for the export, the ontology, the shapes and the JSON-LD context. Types and relations come from
`kg.ontology`; what is added here is what only the graph and its RDF have: papers, results, claim nodes, and the edges between them.
"""

from __future__ import annotations

from dataclasses import dataclass

from kg.ontology import ENTITY_TERMS, RELATION_TERMS, RESULT_EDGES, Bound, Direction, EntityType, Kind, RelationTerm, Term, link_allows

KG = "https://w3id.org/claimgraph/ontology#"
"""Classes and properties of claimgraph."""
ID = "https://w3id.org/claimgraph/id/"
"""Nodes of a graph: this and the node's id."""
SHAPES = "https://w3id.org/claimgraph/shapes#"
"""SHACL shapes of a graph."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OWL = "http://www.w3.org/2002/07/owl#"
SH = "http://www.w3.org/ns/shacl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
DCTERMS = "http://purl.org/dc/terms/"
SCHEMA = "https://schema.org/"
PROV = "http://www.w3.org/ns/prov#"
MLS = "http://www.w3.org/ns/mls#"
"""W3C ML-Schema: machine-learning tasks, evaluation measures and model evaluations."""
QUDT = "http://qudt.org/schema/qudt/"
"""Quantities and units."""
OA = "http://www.w3.org/ns/oa#"
"""Web Annotation: quote and position selectors."""

VERSION = "0.1.0"
"""Version of the vocabulary, not of the package: it changes when a term does."""

PREFIXES: dict[str, str] = {
    "kg": KG,
    "kgid": ID,
    "dcterms": DCTERMS,
    "rdf": RDF,
    "rdfs": RDFS,
    "schema": SCHEMA,
    "skos": SKOS,
    "xsd": XSD,
}
"""What an exported graph uses; the schema files add to it."""


@dataclass(frozen=True)
class LiteralTerm(Term):
    """A property whose values are literals.

    Attributes:
        curie: its prefixed name.
        prop: the property of the graph's node that it is made of.
        datatype: prefixed name of the XSD datatype.
        required: every node has one.
        many: a node may have several.
        minimum, maximum: bounds of a number, inclusive.
        values: the only values, where they are few.
    """

    curie: str
    prop: str
    datatype: str = "xsd:string"
    required: bool = False
    many: bool = False
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()


_LABEL = LiteralTerm("label", "The name as people write it.", "rdfs:label", "name", required=True)
_CONFIDENCE = LiteralTerm(
    "confidence", "How sure the extractor is, from 0 to 1.", "kg:confidence", "confidence", "xsd:double", required=True, minimum=0, maximum=1
)
_QUOTE = LiteralTerm("quote", "The passage of the paper's text that states it.", "kg:quote", "quote", required=True)
_START = LiteralTerm(
    "start", "Where the quote starts in the paper's text, in Unicode code points from 0.", "kg:start", "start", "xsd:integer", required=True, minimum=0
)
_END = LiteralTerm("end", "Where the quote ends in the paper's text, exclusive.", "kg:end", "end", "xsd:integer", required=True, minimum=0)
_KEY = "What a node is looked up by: a paper's own id, or the folded forms of a concept's names."

LITERALS: dict[str, tuple[LiteralTerm, ...]] = {
    "Concept": (
        _LABEL,
        LiteralTerm("preferred label", "The canonical name.", "skos:prefLabel", "name", required=True),
        LiteralTerm("alternative label", "Another name seen in a paper.", "skos:altLabel", "aliases", many=True),
        LiteralTerm("key", _KEY, "kg:key", "keys", required=True, many=True),
        LiteralTerm("papers", "How many papers name the concept.", "kg:papers", "papers", "xsd:integer", required=True, minimum=1),
    ),
    "Paper": (
        _LABEL,
        LiteralTerm("key", _KEY, "kg:key", "key", required=True),
        LiteralTerm("title", "The paper's title.", "dcterms:title", "title"),
        LiteralTerm("abstract", "The raw text that all offsets refer to: title, line break, abstract.", "schema:abstract", "text", required=True),
        LiteralTerm("source", "File and record that the paper was read from.", "dcterms:source", "source"),
    ),
    "Result": (
        _LABEL,
        LiteralTerm("value", "The reported number in its unit; of a range its first end.", "kg:value", "value", "xsd:double", required=True),
        LiteralTerm("high value", "The second end of a range.", "kg:valueHigh", "value_high", "xsd:double"),
        LiteralTerm("baseline value", "The number it is compared with, where stated.", "kg:baselineValue", "baseline_value", "xsd:double"),
        LiteralTerm("unit", "%, x (a factor), pp (points) or the unit as written.", "kg:unit", "unit"),
        LiteralTerm(
            "kind",
            "What the number is: the measured value itself (absolute), a relative or point change (change), or a factor (ratio).",
            "kg:kind",
            "kind",
            required=True,
            values=tuple(Kind),
        ),
        LiteralTerm("direction", "What the measured quantity does; an absolute value has none.", "kg:direction", "direction", values=tuple(Direction)),
        LiteralTerm("bound", "How the text bounds the number.", "kg:bound", "bound", required=True, values=tuple(Bound)),
        LiteralTerm("condition", "Other stated circumstances, as in the text.", "kg:condition", "condition"),
        LiteralTerm("number", "The number with its unit, as it stands in the text.", "kg:number", "number", required=True),
        _QUOTE,
        _START,
        _END,
        _CONFIDENCE,
    ),
    "Claim": (_CONFIDENCE, _QUOTE, _START, _END),
}
"""Literals of each class of node; `Concept` stands for the five entity types."""

CLASS_TERMS: dict[str, Term] = {
    "Concept": Term("concept", "What papers make statements about: a method, task, dataset, metric or piece of hardware."),
    **{str(t): term for t, term in ENTITY_TERMS.items()},
    "Paper": Term("paper", "A paper, known by its abstract."),
    "Result": Term("result", "A number that a paper reports as a finding."),
    "Claim": Term("claim", "One paper's statement that a relation holds, with the passage that makes it."),
}

EDGE_TERMS: dict[str, RelationTerm] = {
    **{str(p): term for p, term in RELATION_TERMS.items()},
    "PROPOSES": RelationTerm("proposes", "The paper introduces the concept.", tuple(("Paper", t.value) for t in EntityType)),
    "MENTIONS": RelationTerm("mentions", "The paper's text names the concept.", tuple(("Paper", t.value) for t in EntityType)),
    "REPORTS": RelationTerm("reports", "The paper reports the result.", (("Paper", "Result"),)),
    **{
        edge: RelationTerm(label, comment, tuple(("Result", t.value) for t in EntityType if link_allows(link, t)))
        for link, edge, label, comment in (
            ("metric", RESULT_EDGES["metric"], "on metric", "The quantity that the result measures."),
            ("method", RESULT_EDGES["method"], "of method", "What was measured."),
            ("baseline", RESULT_EDGES["baseline"], "against", "What it is compared with."),
            ("dataset", RESULT_EDGES["dataset"], "on dataset", "The dataset that it was measured on."),
            ("task", RESULT_EDGES["task"], "for task", "The task that it was measured for."),
            ("hardware", RESULT_EDGES["hardware"], "on hardware", "The hardware that it was measured on."),
        )
    },
}
"""Edge type -> label, comment, and the (source, target) classes that it may join."""

CLAIMED: tuple[str, ...] = (*(str(p) for p in RELATION_TERMS), "PROPOSES")
"""Edge types that have, beside the direct triple, one claim node per paper."""

PAPER_TERM = Term("paper", "The paper that states it.")
"""`kg:paper`, from a result or claim to its paper."""


def predicate_name(edge_type: str) -> str:
    """The local name of an edge type in RDF: `RUNS_ON` is `runsOn`."""
    first, *rest = edge_type.lower().split("_")
    return first + "".join(word.capitalize() for word in rest)


def expand(curie: str, prefixes: dict[str, str] = PREFIXES) -> str:
    """The full IRI of a prefixed name such as `kg:value`."""
    prefix, local = curie.split(":", 1)
    return prefixes[prefix] + local
