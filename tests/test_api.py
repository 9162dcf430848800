from __future__ import annotations

import json
from pathlib import Path

import pytest

import kg
from kg import Graph, Paper, build, extract, query
from kg.errors import InputError, UnknownName
from kg.sources import Skipped

ABSTRACT = "We present SwiftDraft for long sequence generation. On an A100 GPU, SwiftDraft achieves a 2.31x speedup over Medusa."


def test_the_public_names_are_what_they_say_also_after_everything_is_imported() -> None:
    list(extract([Paper(id="x", abstract=ABSTRACT)]))
    assert callable(kg.extract)
    assert callable(kg.build)
    assert set(kg.__all__) == {"Document", "Graph", "Paper", "build", "extract", "query"}


def test_papers_and_files_are_extracted_alike(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(json.dumps({"id": "x", "abstract": ABSTRACT}) + "\n")
    (from_paper,) = extract([Paper(id="x", abstract=ABSTRACT)])
    (from_file,) = extract([tmp_path / "p.jsonl"])
    assert from_file.results == from_paper.results
    assert from_file.source is not None


def test_a_record_that_cannot_be_read_raises_unless_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text('{"id": "x"}\n' + json.dumps({"id": "y", "abstract": ABSTRACT}) + "\n")
    with pytest.raises(InputError, match=r"p\.jsonl:1"):
        list(extract([tmp_path / "p.jsonl"]))
    skipped: list[Skipped] = []
    assert len(list(extract([tmp_path / "p.jsonl"], skipped=skipped.append))) == 1
    assert len(skipped) == 1


def test_only_what_is_sure_enough_is_yielded() -> None:
    paper = Paper(id="x", abstract=ABSTRACT)
    (whole,) = extract([paper])
    least = sorted(e.confidence for e in whole.entities)[1]
    (part,) = extract([paper], min_confidence=least)
    assert part == whole.confident(least) != whole
    with pytest.raises(ValueError, match="from 0 to 1"):
        list(extract([paper], min_confidence=80))


def test_a_graph_is_built_and_asked(tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text(ABSTRACT + "\n")
    graph = build([tmp_path / "p.txt"], tmp_path / "graph")
    assert isinstance(graph, Graph)
    answer = query(graph, "speedups", min=2)
    assert answer.rows[0][answer.columns.index("value")] == 2.31
    with pytest.raises(UnknownName):
        query(graph, "methods-by-hardware", hardware="abacus")
    assert graph.to_networkx().number_of_nodes() == graph.manifest["nodes"]
