"""ontology.ttl says all that `kg.ontology` says, in words that Protégé shows."""

from __future__ import annotations

from pathlib import Path

import owlrl
import pytest
from rdflib import OWL, RDF, RDFS, Graph, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.ontology import RELATION_TERMS, EntityType
from kg.schemas import generate
from kg.vocabulary import CLASS_TERMS, EDGE_TERMS, ID, KG, VERSION, predicate_name

NS = Namespace(KG)
EVERYTHING = Path(__file__).parent / "valid" / "everything.ttl"
TERMS = (OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty)


@pytest.fixture(scope="module")
def ontology() -> Graph:
    return Graph().parse(data=generate()["ontology.ttl"], format="turtle")


def _classes(ontology: Graph, expression: Node | None) -> set[str]:
    """Local names of the classes in a domain or range."""
    union = ontology.value(expression, OWL.unionOf)
    members = list(Collection(ontology, union)) if union is not None else [expression]
    return {str(member).removeprefix(KG) for member in members}


def test_it_names_its_version(ontology: Graph) -> None:
    (iri,) = ontology.subjects(RDF.type, OWL.Ontology)
    assert ontology.value(iri, OWL.versionIRI) == URIRef(f"{iri}/{VERSION}")


def test_every_term_has_an_english_label_and_comment(ontology: Graph) -> None:
    terms = {term for kind in TERMS for term in ontology.subjects(RDF.type, kind) if isinstance(term, URIRef)}
    assert len(terms) > len(CLASS_TERMS) + len(EDGE_TERMS)
    for term in terms:
        assert [label.language for label in ontology.objects(term, RDFS.label)] == ["en"], term  # type: ignore[attr-defined]
        assert [comment.language for comment in ontology.objects(term, RDFS.comment)] == ["en"], term  # type: ignore[attr-defined]


@pytest.mark.parametrize("entity_type", EntityType)
def test_every_entity_type_is_a_concept(ontology: Graph, entity_type: EntityType) -> None:
    assert (NS[entity_type], RDFS.subClassOf, NS.Concept) in ontology


@pytest.mark.parametrize("predicate", RELATION_TERMS)
def test_domain_and_range_are_those_of_the_relation(ontology: Graph, predicate: str) -> None:
    iri = NS[predicate_name(predicate)]
    pairs = EDGE_TERMS[predicate].pairs
    assert _classes(ontology, ontology.value(iri, RDFS.domain)) == {a for a, _ in pairs}
    assert _classes(ontology, ontology.value(iri, RDFS.range)) == {b for _, b in pairs}


def test_every_property_has_one_domain_and_one_range(ontology: Graph) -> None:
    for kind in (OWL.ObjectProperty, OWL.DatatypeProperty):
        for term in ontology.subjects(RDF.type, kind):
            assert len(list(ontology.objects(term, RDFS.domain))) == 1, term
            assert len(list(ontology.objects(term, RDFS.range))) == 1, term


def test_names_are_camel_case() -> None:
    assert [predicate_name(t) for t in ("RUNS_ON", "IS_A", "TARGETS", "ON_HARDWARE")] == ["runsOn", "isA", "targets", "onHardware"]


def _contradictions(data: str) -> list[str]:
    """What an OWL 2 RL reasoner finds wrong in a graph under the ontology."""
    graph = Graph().parse(EVERYTHING).parse(data=generate()["ontology.ttl"], format="turtle").parse(data=data, format="turtle")
    closure = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False, rdfs=False)
    closure.closure()
    return list(closure.error_messages)


def test_a_graph_is_consistent_with_the_ontology() -> None:
    assert _contradictions("") == []


def test_a_node_of_two_types_contradicts_the_ontology() -> None:
    assert _contradictions(f"<{ID}task-0000000000000001> a <{KG}Method> .")
