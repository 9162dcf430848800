"""The SHACL shapes take good graphs, and refuse each example in `invalid/` for the very reasons that it states.

Above a node that is wrong stands what a report must say of it, one `# expect: SHAPE COMPONENT` a line; of all other nodes it must say nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from io import BytesIO
from pathlib import Path

import pyshacl
import pytest
from documents import DOCUMENTS
from rdflib import RDF, SH, BNode, Graph, URIRef

from kg.assembly import assemble
from kg.export.rdf import write_rdf
from kg.graph import Graph as KnowledgeGraph
from kg.graph import write_graph
from kg.resolve.concepts import resolve
from kg.schemas import generate
from kg.vocabulary import ID, SHAPES

HERE = Path(__file__).parent
INVALID = sorted((HERE / "invalid").glob("*.ttl"))
VALID = sorted((HERE / "valid").glob("*.ttl"))

Finding = tuple[str, str, str]
"""Node, shape, constraint component, as in the examples."""

_COMPONENTS = {
    SH.datatype: "Datatype",
    SH.minCount: "MinCount",
    SH.maxCount: "MaxCount",
    SH.minInclusive: "MinInclusive",
    SH.maxInclusive: "MaxInclusive",
    SH["in"]: "In",
    SH["class"]: "Class",
    SH["or"]: "Or",
    SH.equals: "Equals",
    SH.disjoint: "Disjoint",
    SH.lessThan: "LessThan",
    SH.nodeKind: "NodeKind",
    SH.pattern: "Pattern",
    SH.closed: "Closed",
}
_NO_CONSTRAINT = {RDF.type, SH.path, SH.targetClass, SH.property, SH.ignoredProperties, SH.message}


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(data=generate()["shapes.ttl"], format="turtle")


def findings(data: Graph, shapes: Graph) -> set[Finding]:
    """What a validation report says."""
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes)
    assert isinstance(report, Graph)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        node, shape, component = (report.value(result, p) for p in (SH.focusNode, SH.sourceShape, SH.sourceConstraintComponent))
        name = "_:" if isinstance(node, BNode) else f"kgid:{str(node).removeprefix(ID)}" if str(node).startswith(ID) else f"<{node}>"
        found.add((name, f"kgs:{str(shape).removeprefix(SHAPES)}", str(component).removeprefix(str(SH)).removesuffix("ConstraintComponent")))
    return found


def expectations(text: str) -> set[Finding]:
    """What an example says that a report must say."""
    expected, waiting = set(), []
    for line in text.splitlines():
        if match := re.fullmatch(r"# expect: (kgs:\S+) (\w+)", line):
            waiting.append((match[1], match[2]))
        elif line and not line.startswith(("#", "@", " ")):
            expected |= {("_:" if line.startswith("_:") else line, shape, component) for shape, component in waiting}
            waiting = []
    return expected


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_a_valid_example_conforms(path: Path, shapes: Graph) -> None:
    assert findings(Graph().parse(path), shapes) == set()


def _exported(graph: KnowledgeGraph) -> Graph:
    stream = BytesIO()
    write_rdf(graph, stream, "ttl")
    return Graph().parse(data=stream.getvalue(), format="turtle")


def test_the_export_of_many_papers_conforms(shapes: Graph, tmp_path: Path) -> None:
    nodes, edges = assemble(DOCUMENTS, resolve(DOCUMENTS))
    write_graph(nodes, edges, tmp_path)
    assert findings(_exported(KnowledgeGraph.open(tmp_path)), shapes) == set()


def test_the_export_of_hostile_names_conforms(small_graph: KnowledgeGraph, shapes: Graph) -> None:
    assert findings(_exported(small_graph), shapes) == set()


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_an_invalid_example_is_refused_for_its_reasons(path: Path, shapes: Graph) -> None:
    expected = expectations(path.read_text(encoding="utf-8"))
    assert expected
    assert findings(Graph().parse(path), shapes) == expected


def test_every_constraint_has_an_invalid_example(shapes: Graph) -> None:
    constraints = defaultdict(set)
    for kind in (SH.NodeShape, SH.PropertyShape):
        for shape in shapes.subjects(RDF.type, kind):
            assert isinstance(shape, URIRef)
            parameters = set(shapes.predicates(shape)) - _NO_CONSTRAINT
            constraints[f"kgs:{shape.removeprefix(SHAPES)}"] = {_COMPONENTS[p] for p in parameters}  # type: ignore[index]
    exercised = {(shape, component) for path in INVALID for _, shape, component in expectations(path.read_text(encoding="utf-8"))}
    assert {(shape, component) for shape, components in constraints.items() for component in components} == exercised


def test_every_property_shape_belongs_to_a_node_shape(shapes: Graph) -> None:
    assert set(shapes.subjects(RDF.type, SH.PropertyShape)) <= set(shapes.objects(None, SH.property))


def test_every_path_is_in_the_valid_example(shapes: Graph) -> None:
    used = {p for path in VALID for p in Graph().parse(path).predicates()}
    paths = {path for shape in shapes.subjects(RDF.type, SH.PropertyShape) for path in shapes.objects(shape, SH.path) if isinstance(path, URIRef)}
    assert paths <= used
