"""Exports to files: whole or not there, in every format."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from documents import DOCUMENTS

from kg.assembly import assemble
from kg.errors import OutputError
from kg.export import FORMATS, export
from kg.graph import Graph, write_graph
from kg.resolve import resolve

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    folder: Path = tmp_path_factory.mktemp("export")
    write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), folder)
    return Graph.open(folder)


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_writes_the_same_bytes_again(graph: Graph, tmp_path: Path, format: str) -> None:
    target = tmp_path / f"out.{format}"
    export(graph, format, target)
    first = target.read_bytes()
    export(graph, format, target)
    assert target.read_bytes() == first
    assert b"Trident" in first
    assert os.listdir(tmp_path) == [target.name]


def test_a_dash_is_standard_output(graph: Graph, tmp_path: Path) -> None:
    export(graph, "json", tmp_path / "out.json")
    script = "import sys; from kg.export import export; from kg.graph import Graph; export(Graph.open(sys.argv[1]), 'json', '-')"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", script, str(graph.folder)], capture_output=True, check=True, env=environment)
    assert done.stdout == (tmp_path / "out.json").read_bytes()


def test_an_unknown_format_names_those_that_are_known(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"'xls'.*ttl.*graphml.*csv"):
        export(graph, "xls", tmp_path / "out")


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_full_disk_is_an_output_error(graph: Graph, format: str) -> None:
    with pytest.raises(OutputError, match=r"/dev/full.*No space left"):
        export(graph, format, "/dev/full")
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("format", FORMATS)
def test_a_failure_leaves_the_old_file_and_no_half_one(graph: Graph, tmp_path: Path, format: str) -> None:
    broken = tmp_path / "graph"
    write_graph(graph.nodes(), graph.edges(), broken)
    with (broken / "edges.jsonl").open("ab") as lines:
        lines.write(b"{broken\n")
    target = tmp_path / "out"
    target.write_bytes(b"old")
    with pytest.raises(Exception, match=r"edges\.jsonl"):
        export(Graph.open(broken), format, target)
    assert target.read_bytes() == b"old"
    assert sorted(os.listdir(tmp_path)) == ["graph", "out"]


def test_a_folder_that_is_missing_or_in_the_way_is_an_output_error(graph: Graph, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="missing"):
        export(graph, "csv", tmp_path / "missing" / "out.csv")
    with pytest.raises(OutputError, match="is a folder"):
        export(graph, "csv", tmp_path)


def test_a_link_stays_a_link(graph: Graph, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "real")
    export(graph, "csv", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes().startswith(b"claim,")


def test_the_formats_are_listed_without_importing_their_libraries() -> None:
    script = "import sys, kg.export; print([m for m in ('pyoxigraph', 'rdflib', 'networkx', 'spacy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    assert done.stdout.strip() == "[]"
