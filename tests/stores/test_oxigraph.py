"""The SPARQL store is whole or made again, whatever happened to the process that made it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.graph import Graph
from kg.stores.oxigraph import OxigraphStore

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
PAPERS = "SELECT (COUNT(*) AS ?n) WHERE { ?s a kg:Paper }"


def test_a_store_is_made_once_and_again_when_the_graph_changes(make_graph, tmp_path: Path) -> None:
    store = OxigraphStore(make_graph(tmp_path, papers=3))
    assert not store.fresh
    store.load()
    made = (store.folder / "BUILD").stat().st_mtime_ns
    store.load()
    assert (store.folder / "BUILD").stat().st_mtime_ns == made
    assert store.query(PAPERS, {}).rows == [(3,)]
    changed = OxigraphStore(make_graph(tmp_path, papers=5))
    assert not changed.fresh
    assert changed.query(PAPERS, {}).rows == [(5,)]
    assert sorted(path.name for path in tmp_path.glob("oxigraph*")) == ["oxigraph", "oxigraph.lock"]


def test_values_come_back_as_their_types(small_graph: Graph) -> None:
    rows = OxigraphStore(small_graph).query("SELECT ?v ?s ?u WHERE { ?r kg:value ?v ; kg:start ?s ; kg:unit ?u } ORDER BY ?v LIMIT 1", {}).rows
    assert rows == [(0.5, 0, "x")]
    assert [type(cell) for cell in rows[0]] == [float, int, str]


KILLED = """
import sys, time
from kg.graph import Graph
from kg.stores import oxigraph
from kg.export import rdf
real = rdf.quads
def slow(graph):
    for number, quad in enumerate(real(graph)):
        if number == int(sys.argv[2]):
            print("here", flush=True)
            time.sleep(60)
        yield quad
rdf.quads = slow
oxigraph.OxigraphStore(Graph.open(sys.argv[1])).load()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("after", [0, 300])
def test_killed_in_mid_load_the_next_one_makes_the_store(make_graph, tmp_path: Path, after: int) -> None:
    graph = make_graph(tmp_path / "killed", papers=20)
    whole = OxigraphStore(make_graph(tmp_path / "whole", papers=20)).query(COUNT, {}).rows
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen([sys.executable, "-c", KILLED, str(graph.folder), str(after)], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"here\n"
        process.send_signal(signal.SIGKILL)
    assert list(graph.folder.glob("oxigraph.*.part"))
    store = OxigraphStore(graph)
    assert not store.fresh
    assert store.query(COUNT, {}).rows == whole
    assert not list(graph.folder.glob("oxigraph.*.part"))


def test_an_old_store_serves_until_the_new_one_is_whole(make_graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    OxigraphStore(make_graph(tmp_path, papers=3)).load()
    changed = make_graph(tmp_path, papers=4)

    def full(graph: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.export.rdf.quads", full)
    with pytest.raises(StoreError, match=r"No space left.*disk has room"):
        OxigraphStore(changed).load()
    assert sorted(path.name for path in tmp_path.glob("oxigraph*")) == ["oxigraph", "oxigraph.lock"]
    monkeypatch.undo()
    assert OxigraphStore(changed).query(PAPERS, {}).rows == [(4,)]


def test_two_processes_that_load_at_once_make_one_store(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path, papers=10)
    errors: list[BaseException] = []

    def load() -> None:
        try:
            OxigraphStore(graph).load()
        except BaseException as err:
            errors.append(err)

    threads = [threading.Thread(target=load) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert OxigraphStore(graph).query(PAPERS, {}).rows == [(10,)]


@pytest.mark.skipif(sys.platform == "win32", reason="no flock")
def test_a_lock_that_is_not_given_back_is_told(make_graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    graph = make_graph(tmp_path)
    monkeypatch.setattr("kg.stores.oxigraph.LOCK_SECONDS", 0.2)
    with open(tmp_path / "oxigraph.lock", "a+b") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        began = time.monotonic()
        with pytest.raises(StoreError, match=r"process .* is still making"):
            OxigraphStore(graph).load()
        assert time.monotonic() - began < 10


def test_a_damaged_store_is_told_and_one_that_lost_its_files_is_no_store(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path)
    store = OxigraphStore(graph)
    store.load()
    for path in store.folder.iterdir():
        if path.name != "BUILD":
            path.write_bytes(b"\x00garbage") if path.is_file() else shutil.rmtree(path)
    with pytest.raises(StoreError, match=r"damaged.*Remove that folder"):
        OxigraphStore(graph).open()
    shutil.rmtree(store.folder)
    assert OxigraphStore(graph).query(PAPERS, {}).rows == [(3,)]


def test_a_folder_that_cannot_be_written_is_told(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path)
    (tmp_path / "oxigraph.lock").mkdir()
    with pytest.raises(StoreError, match=r"cannot be made.*may be written"):
        OxigraphStore(graph).load()
