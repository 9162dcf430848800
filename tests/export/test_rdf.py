"""A graph's triples are those of the contract, and every file format holds exactly them."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, RdfFormat

from kg.errors import OutputError
from kg.export.rdf import FORMATS, quads, triples, write_rdf
from kg.graph import Edge, Graph, Node, Value
from kg.ids import node_id
from kg.schemas.context import context
from kg.vocabulary import ID, KG, RDF, RDFS, SKOS, XSD

OXIGRAPH_FORMAT = {"ttl": RdfFormat.TURTLE, "nt": RdfFormat.N_TRIPLES, "nq": RdfFormat.N_QUADS, "trig": RdfFormat.TRIG, "jsonld": RdfFormat.JSON_LD}
RDFLIB_FORMAT = {"ttl": "turtle", "nt": "nt", "nq": "nquads", "trig": "trig", "jsonld": "json-ld"}


@dataclass
class InMemory:
    """Nodes and edges at hand."""

    node_list: list[Node]
    edge_list: list[Edge]

    def nodes(self) -> Iterator[Node]:
        return iter(self.node_list)

    def edges(self) -> Iterator[Edge]:
        return iter(self.edge_list)


TEXT = 'FastNet\nIt parses \\ "fast": 2.31× on an A100.\r\n'
P1, P2 = node_id("Paper", "p1"), node_id("Paper", "p2")
FASTNET, PARSING, A100, SPEEDUP = node_id("Method", "fastnet"), node_id("Task", "parsing"), node_id("Hardware", "a100"), node_id("Metric", "speedup")
RESULT = node_id("Result", "p1\x1f32\x1f36\x1f2.31")


def _concept(identifier: str, label: str, name: str, *aliases: str) -> Node:
    return Node(identifier, label, {"name": name, "aliases": list(aliases), "keys": sorted({n.lower() for n in (name, *aliases)}), "papers": 2})


def _mentions(paper: str, target: str, surface: str) -> Edge:
    return Edge("MENTIONS", paper, target, {"starts": [0], "ends": [len(surface)], "surfaces": [surface]})


GRAPH = InMemory(
    [
        Node(P1, "Paper", {"name": "FastNet", "key": "p1", "title": "FastNet", "text": TEXT, "source": "a.jsonl:1"}),
        Node(P2, "Paper", {"name": "Again", "key": "p2", "text": "FastNet parses again."}),
        _concept(FASTNET, "Method", "FastNet", "FN", "Fast Net"),
        _concept(PARSING, "Task", "parsing"),
        _concept(A100, "Hardware", "A100"),
        _concept(SPEEDUP, "Metric", "speedup"),
        Node(
            RESULT,
            "Result",
            {
                "name": "2.31× speedup",
                "value": 2.31,
                "unit": "x",
                "kind": "ratio",
                "direction": "increase",
                "bound": "exact",
                "number": "2.31×",
                "quote": "2.31× on an A100",
                "start": 26,
                "end": 42,
                "paper": P1,
                "confidence": 0.875,
            },
        ),
    ],
    [
        Edge(
            "TARGETS",
            FASTNET,
            PARSING,
            {
                "support": 2,
                "confidence": 0.9,
                "papers": [P1, P2],
                "confidences": [0.9, 0.5],
                "quotes": ["It parses", "FastNet parses"],
                "starts": [8, 0],
                "ends": [17, 14],
            },
        ),
        Edge("PROPOSES", P1, FASTNET, {"confidence": 0.8, "starts": [0, 8], "ends": [7, 10], "surfaces": ["FastNet", "It"]}),
        *(_mentions(P1, target, surface) for target, surface in ((FASTNET, "FastNet"), (PARSING, "parses"), (A100, "A100"), (SPEEDUP, "×"))),
        Edge("REPORTS", P1, RESULT, {}),
        Edge("OF_METHOD", RESULT, FASTNET, {}),
        Edge("ON_METRIC", RESULT, SPEEDUP, {}),
        Edge("ON_HARDWARE", RESULT, A100, {}),
    ],
)


def _iri(identifier: str) -> NamedNode:
    return NamedNode(ID + identifier)


def _kg(name: str) -> NamedNode:
    return NamedNode(KG + name)


def _objects(graph: InMemory, subject: NamedNode, predicate: NamedNode) -> list[object]:
    return [t.object for t in triples(graph) if t.subject == subject and t.predicate == predicate]


def _written(graph: InMemory, format: str) -> bytes:
    stream = io.BytesIO()
    write_rdf(graph, stream, format)
    return stream.getvalue()


def test_a_concept_has_its_class_and_all_its_names() -> None:
    node = _iri(FASTNET)
    assert _objects(GRAPH, node, NamedNode(RDF + "type")) == [_kg("Method")]
    assert _objects(GRAPH, node, NamedNode(RDFS + "label")) == [Literal("FastNet")]
    assert _objects(GRAPH, node, NamedNode(SKOS + "prefLabel")) == [Literal("FastNet")]
    assert _objects(GRAPH, node, NamedNode(SKOS + "altLabel")) == [Literal("FN"), Literal("Fast Net")]
    assert _objects(GRAPH, node, _kg("key")) == [Literal("fast net"), Literal("fastnet"), Literal("fn")]
    assert _objects(GRAPH, node, _kg("papers")) == [Literal(2)]


def test_a_result_has_typed_numbers_and_its_paper() -> None:
    node = _iri(RESULT)
    assert _objects(GRAPH, node, _kg("value")) == [Literal("2.31", datatype=NamedNode(XSD + "double"))]
    assert _objects(GRAPH, node, _kg("start")) == [Literal("26", datatype=NamedNode(XSD + "integer"))]
    assert _objects(GRAPH, node, _kg("paper")) == [_iri(P1)]
    assert _objects(GRAPH, node, _kg("valueHigh")) == []


def test_a_relation_is_a_direct_triple_and_a_claim_for_each_paper() -> None:
    assert _objects(GRAPH, _iri(FASTNET), _kg("targets")) == [_iri(PARSING)]
    claims = {paper: _iri(node_id("Claim", f"TARGETS\x1f{FASTNET}\x1f{PARSING}\x1f{paper}")) for paper in (P1, P2)}
    for paper, quote, start, confidence in ((P1, "It parses", 8, 0.9), (P2, "FastNet parses", 0, 0.5)):
        said = {t.predicate.value.split("#")[-1]: t.object for t in triples(GRAPH) if t.subject == claims[paper]}
        assert said == {
            "type": _kg("Claim"),
            "subject": _iri(FASTNET),
            "predicate": _kg("targets"),
            "object": _iri(PARSING),
            "paper": _iri(paper),
            "confidence": Literal(confidence),
            "quote": Literal(quote),
            "start": Literal(start),
            "end": Literal(start + len(quote)),
        }


def test_what_a_paper_proposes_is_a_claim_of_that_paper_quoting_the_first_mention() -> None:
    claim = _iri(node_id("Claim", f"PROPOSES\x1f{P1}\x1f{FASTNET}\x1f{P1}"))
    assert _objects(GRAPH, claim, _kg("paper")) == [_iri(P1)]
    assert _objects(GRAPH, claim, _kg("quote")) == [Literal("FastNet")]


def test_mentions_and_links_of_results_have_no_claim() -> None:
    claims = [t for t in triples(GRAPH) if t.object == _kg("Claim")]
    assert len(claims) == 3


def test_no_triple_comes_twice_and_none_has_a_blank_node() -> None:
    all_triples = list(triples(GRAPH))
    assert len(all_triples) == len(set(all_triples))
    assert not any(isinstance(term, pyoxigraph.BlankNode) for t in all_triples for term in (t.subject, t.object))
    assert [q.triple for q in quads(GRAPH)] == all_triples


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_reads_back_as_the_same_triples(format: str) -> None:
    data = _written(GRAPH, format)
    assert {q.triple for q in pyoxigraph.parse(data, format=OXIGRAPH_FORMAT[format])} == set(triples(GRAPH))


@pytest.mark.filterwarnings("ignore:(Dataset|ConjunctiveGraph).* is deprecated:DeprecationWarning")  # rdflib 7.6 warns of its own parsers
@pytest.mark.parametrize("format", FORMATS)
def test_rdflib_reads_every_format_as_the_same_graph(format: str) -> None:
    expected = rdflib.Graph().parse(data=pyoxigraph.serialize(triples(GRAPH), format=RdfFormat.N_TRIPLES), format="nt")
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=_written(GRAPH, format), format=RDFLIB_FORMAT[format])
    assert set(dataset.triples((None, None, None))) == set(expected)


@pytest.mark.parametrize("format", FORMATS)
def test_names_that_look_like_syntax_come_back_as_they_are(format: str, small_graph: Graph) -> None:
    stream = io.BytesIO()
    write_rdf(small_graph, stream, format)
    assert {q.triple for q in pyoxigraph.parse(stream.getvalue(), format=OXIGRAPH_FORMAT[format])} == set(triples(small_graph))


def test_two_links_of_a_result_are_both_kept_in_jsonld() -> None:
    edges = [Edge("OF_METHOD", RESULT, FASTNET, {}), Edge("OF_METHOD", RESULT, A100, {})]
    (item,) = json.loads(_written(InMemory([], edges), "jsonld"))["@graph"]
    assert item["ofMethod"] == [f"kgid:{FASTNET}", f"kgid:{A100}"]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_graph_gives_the_same_bytes(format: str) -> None:
    # The order of pyoxigraph's own prefix lines differs from call to call.
    assert len({_written(GRAPH, format) for _ in range(5)}) == 1


def test_turtle_begins_with_sorted_prefixes_and_uses_them() -> None:
    lines = _written(GRAPH, "ttl").decode().splitlines()
    prefixes = [line for line in lines if line.startswith("@prefix")]
    assert prefixes == lines[: len(prefixes)] == sorted(prefixes)
    assert f"kgid:{FASTNET} a kg:Method ;" in lines


def test_jsonld_speaks_the_terms_of_the_context_file() -> None:
    document = json.loads(_written(GRAPH, "jsonld"))
    assert document["@context"] == context()["@context"]
    (result,) = (item for item in document["@graph"] if item.get("type") == "Result")
    assert result["value"] == "2.31"
    assert result["start"] == 26
    assert result["paper"] == f"kgid:{P1}"
    (method,) = (item for item in document["@graph"] if item.get("type") == "Method")
    assert method["altLabel"] == ["FN", "Fast Net"]


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_graph_is_a_file_that_parses(format: str) -> None:
    assert list(pyoxigraph.parse(_written(InMemory([], []), format), format=OXIGRAPH_FORMAT[format])) == []


def _one_result(**props: Value) -> InMemory:
    return InMemory([Node(RESULT, "Result", {"paper": P1, **props})], [])


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_the_same_float(number: float) -> None:
    for format in ("ttl", "jsonld"):
        (value,) = (
            q.object for q in pyoxigraph.parse(_written(_one_result(value=number), format), format=OXIGRAPH_FORMAT[format]) if q.predicate == _kg("value")
        )
        assert isinstance(value, Literal)
        assert float(value.value) == number


@given(st.text(st.characters(exclude_categories=[])))
def test_any_text_is_held_with_one_code_point_for_each_of_its_own(text: str) -> None:
    for format in ("ttl", "nq", "jsonld"):
        (quote,) = (
            q.object for q in pyoxigraph.parse(_written(_one_result(quote=text), format), format=OXIGRAPH_FORMAT[format]) if q.predicate == _kg("quote")
        )
        assert isinstance(quote, Literal)
        assert len(quote.value) == len(text)
        assert all(a == b or b == "\ufffd" for a, b in zip(text, quote.value, strict=True))


def test_what_xml_cannot_hold_is_replaced_and_the_rest_kept() -> None:
    text = "a\tb\nc\rd\x00e\x0cf\ud800g\uffffh\u2028i😀j\x7f"
    (quote,) = _objects(_one_result(quote=text), _iri(RESULT), _kg("quote"))
    assert quote == Literal("a\tb\nc\rd\ufffde\ufffdf\ufffdg\ufffdh\u2028i😀j\x7f")


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    class Broken(InMemory):
        def edges(self) -> Iterator[Edge]:
            yield GRAPH.edge_list[0]
            raise RuntimeError("cut off")

    place = tmp_path / "graph.ttl"
    write_rdf(GRAPH, place, "ttl")
    before = place.read_bytes()
    with pytest.raises(RuntimeError, match="cut off"):
        write_rdf(Broken(GRAPH.node_list, []), place, "ttl")
    assert place.read_bytes() == before
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_holds_the_bytes_that_a_stream_gets(tmp_path: Path) -> None:
    write_rdf(GRAPH, str(tmp_path / "graph.nq"), "nq")
    assert (tmp_path / "graph.nq").read_bytes() == _written(GRAPH, "nq")


def test_a_place_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written"):
        write_rdf(GRAPH, tmp_path / "nowhere" / "graph.ttl", "ttl")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a device that is always full")
@pytest.mark.parametrize("format", FORMATS)
def test_a_full_disk_is_a_clear_error(format: str) -> None:
    with pytest.raises(OutputError, match="/dev/full: cannot be written: No space left"):
        write_rdf(GRAPH, "/dev/full", format)


def test_an_unknown_format_is_a_clear_error() -> None:
    with pytest.raises(OutputError, match="Known ones: ttl, nt, nq, trig, jsonld"):
        write_rdf(GRAPH, io.BytesIO(), "rdfxml")


class _Many:
    """A graph of many nodes that is nowhere in memory; counts those that were asked for."""

    def __init__(self, count: int) -> None:
        self.count, self.made = count, 0

    def nodes(self) -> Iterator[Node]:
        for number in range(self.count):
            self.made += 1
            yield Node(f"method-{number:016x}", "Method", {"name": f"Method {number}", "keys": [f"method {number}"], "papers": 1})

    def edges(self) -> Iterator[Edge]:
        return iter(())


@pytest.mark.parametrize("format", FORMATS)
def test_a_graph_is_written_while_it_is_read(format: str) -> None:
    graph = _Many(8_000)
    made: list[int] = []

    class Sink(io.BytesIO):
        def write(self, data: Any) -> int:
            made.append(graph.made)
            return len(data)

    write_rdf(graph, Sink(), format)
    assert graph.made == graph.count
    # More than a megabyte goes out in pieces of one at most, of which the first is long gone when the last node is read.
    assert made[0] < graph.count
