"""From documents to nodes and edges: what is there, where it points, and that order does not matter."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from documents import BARE, DOCUMENTS, HOSTILE, TRIDENT, document, entity
from hypothesis import given
from hypothesis import strategies as st

from kg.assembly import assemble
from kg.claims import Document
from kg.errors import ClaimsError
from kg.graph import EDGE_TYPES, LABELS, Edge, Node, node_id, write_graph
from kg.ontology import Predicate
from kg.resolve import resolve

ROOT = Path(__file__).parents[2]


def build(documents: Sequence[Document]) -> tuple[dict[str, Node], dict[tuple[str, str, str], Edge]]:
    nodes, edges = assemble(documents, resolve(documents))
    return {n.id: n for n in nodes}, {(e.type, e.source, e.target): e for e in edges}


NODES, EDGES = build(DOCUMENTS)


def test_the_corpus_has_every_label_and_every_type_of_edge() -> None:
    assert {n.label for n in NODES.values()} == set(LABELS)
    assert {e.type for e in EDGES.values()} == set(EDGE_TYPES)


def test_every_edge_joins_nodes_that_are_there() -> None:
    for edge in EDGES.values():
        assert edge.source in NODES
        assert edge.target in NODES


def test_every_id_is_the_hash_of_what_the_node_is() -> None:
    assert NODES[node_id("Paper", HOSTILE.id)].props["key"] == HOSTILE.id
    assert NODES[node_id("Method", "gpt4o")].props["name"] == "GPT-4o"
    number = TRIDENT.results[0].number
    assert NODES[node_id("Result", f"{TRIDENT.id}\x1f{number.start}\x1f{number.end}\x1f2.31")].props["name"] == "up to 2.31× speedup"


def test_every_node_has_a_name_first_and_nothing_unknown() -> None:
    for node in NODES.values():
        assert next(iter(node.props)) == "name"
        assert node.props["name"]
        assert None not in node.props.values()


def test_offsets_slice_to_the_surfaces_and_quotes() -> None:
    for edge in EDGES.values():
        if edge.type in ("MENTIONS", "PROPOSES"):
            text = NODES[edge.source].props["text"]
            spans = zip(edge.props["starts"], edge.props["ends"], edge.props["surfaces"], strict=True)  # type: ignore[arg-type]
            assert all(text[start:end] == surface for start, end, surface in spans)  # type: ignore[index]
        elif edge.type in set(Predicate):
            lists = (edge.props[name] for name in ("papers", "starts", "ends", "quotes", "confidences"))
            claims = list(zip(*lists, strict=True))  # type: ignore[arg-type]
            assert all(NODES[paper].props["text"][start:end] == quote for paper, start, end, quote, _ in claims)  # type: ignore[index]
            assert edge.props["support"] == len(claims) == len({c[0] for c in claims})
            assert edge.props["confidence"] == max(c[4] for c in claims)
            assert [c[0] for c in claims] == sorted(c[0] for c in claims)
    for node in NODES.values():
        if node.label == "Result":
            text = NODES[str(node.props["paper"])].props["text"]
            assert text[node.props["start"] : node.props["end"]] == node.props["quote"]  # type: ignore[index,misc]


def test_a_relation_that_two_papers_state_is_one_edge_with_both_quotes() -> None:
    edge = EDGES["OUTPERFORMS", node_id("Method", "trident"), node_id("Method", "eagleeye")]
    assert edge.props["papers"] == sorted([node_id("Paper", TRIDENT.id), node_id("Paper", BARE.id)])
    assert set(edge.props["quotes"]) == {"Trident outperforms EagleEye", "Trident outperforms it"}  # type: ignore[arg-type]


def test_one_concept_one_node_with_its_papers_counted() -> None:
    (llm,) = (n for n in NODES.values() if n.label == "Method" and "llm" in n.props["keys"])  # type: ignore[operator]
    assert llm.props["papers"] == 3
    assert len([n for n in NODES.values() if n.label == "Method" and "sam" in n.props["keys"]]) == 3  # type: ignore[operator]
    assert {n.label for n in NODES.values() if n.props.get("keys") == ["transformer"]} == {"Method", "Hardware"}


def test_a_relation_stated_twice_in_a_paper_counts_once_by_its_best_evidence() -> None:
    base = document(
        "a",
        "Mixer uses Blender. Mixers use the Blender.",
        [entity("e1", "Method", "Mixer"), entity("e2", "Method", "Blender"), entity("e3", "Method", "Mixers")],
        [("e1", "USES", "e2", "Mixer uses Blender"), ("e3", "USES", "e2", "Mixers use the Blender")],
    )
    stronger = base.model_copy(update={"relations": (base.relations[0], base.relations[1].model_copy(update={"confidence": 0.95}))})
    for doc, quote, confidence in ((base, "Mixer uses Blender", 0.8), (stronger, "Mixers use the Blender", 0.95)):
        (edge,) = (e for e in build([doc])[1].values() if e.type == "USES")
        assert (edge.props["support"], edge.props["quotes"], edge.props["confidence"]) == (1, [quote], confidence)


def test_a_relation_of_a_concept_with_itself_is_dropped() -> None:
    mixers = [entity("e1", "Method", "Mixers"), entity("e2", "Method", "Mixer")]
    own = document("a", "Mixers are a Mixer.", mixers, [("e1", "IS_A", "e2", "Mixers are a Mixer")])
    assert {e.type for e in build([own])[1].values()} == {"MENTIONS"}


def test_two_results_of_one_number_are_one_node_with_the_links_of_both() -> None:
    fields = {"value": 2.0, "unit": "x", "kind": "ratio", "direction": "increase", "number": "2x", "evidence": "2x speed and power"}
    metrics = [entity("e1", "Metric", "speed"), entity("e2", "Metric", "power")]
    doc = document("a", "We get 2x speed and power.", metrics, results=[{**fields, "metric": "e1"}, {**fields, "metric": "e2"}])
    nodes, edges = build([doc])
    assert [n.props["name"] for n in nodes.values() if n.label == "Result"] == ["2× higher speed"]
    assert len([e for e in edges.values() if e.type == "ON_METRIC"]) == 2


def test_a_paper_twice_is_an_error_that_names_it() -> None:
    with pytest.raises(ClaimsError, match=r"'2401\.00001' occurs twice"):
        build([TRIDENT, BARE, TRIDENT])


def test_a_paper_without_claims_is_a_node() -> None:
    nodes, edges = build([document("a", "Nothing is claimed.")])
    assert [n.label for n in nodes.values()] == ["Paper"]
    assert not edges


def test_no_documents_make_an_empty_graph(tmp_path: Path) -> None:
    assert write_graph(*assemble([], resolve([])), tmp_path)


@given(st.permutations(DOCUMENTS))
def test_the_order_of_documents_does_not_matter(documents: list[Document]) -> None:
    nodes, edges = build(documents)
    assert list(nodes.values()) == list(NODES.values())
    assert list(edges.values()) == list(EDGES.values())


def test_the_files_are_the_same_bytes_for_any_order_of_documents(tmp_path: Path) -> None:
    written = set()
    for seed in range(4):
        documents = random.Random(seed).sample(DOCUMENTS, len(DOCUMENTS))
        write_graph(*assemble(documents, resolve(documents)), tmp_path)
        written.add((tmp_path / "nodes.jsonl").read_bytes() + (tmp_path / "edges.jsonl").read_bytes())
    assert len(written) == 1


def test_the_build_does_not_depend_on_the_seed_of_string_hashes(tmp_path: Path) -> None:
    script = (
        "import sys; from documents import DOCUMENTS; from kg.assembly import assemble; from kg.resolve import resolve; from kg.graph import write_graph;"
        "print(write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), sys.argv[1]))"
    )
    builds = {
        subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("0", "1", "4242")
    }
    assert len(builds) == 1
