"""The embedded Cypher database: made from the graph, kept as its child, gone with its parent."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from neo4j import Driver
from neo4j.exceptions import Forbidden, Neo4jError
from test_neo4j import stored

from kg.errors import StoreError
from kg.graph import LABELS, Graph
from kg.stores import arcadedb
from kg.stores.arcadedb import EmbeddedCypher
from kg.stores.cypher import Loaded, load

PASSWORD = "the-random-password-of-this-module"
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")


@dataclass
class Opened:
    graph: Graph
    driver: Driver
    loads: list[Loaded]
    constraints: list[tuple[str, ...]]


@pytest.fixture(scope="module")
def opened(small_graph: Graph) -> Iterator[Opened]:
    """The database of the small graph as `open` makes it, but loaded a second time by the same user before anybody may ask."""
    with pytest.MonkeyPatch.context() as patch:
        loads, constraints = [], []

        def load_twice(driver: Driver, graph: Graph, progress=None) -> None:
            loads.extend(load(driver, graph, progress=progress) for _ in range(2))
            shown = driver.execute_query("SHOW CONSTRAINTS").records
            constraints.extend((*record["labelsOrTypes"], *record["properties"]) for record in shown)

        patch.setattr(arcadedb, "load", load_twice)
        patch.setattr(arcadedb.secrets, "token_urlsafe", lambda size: PASSWORD)
        with EmbeddedCypher.open(small_graph) as driver:
            yield Opened(small_graph, driver, loads, constraints)


def servers(folder: Path) -> list[int]:
    """Ids of the processes, Java and its keeper, that serve this graph folder."""
    found = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = place.read_bytes()
        except OSError:
            continue
        if b"ArcadeDBServer" in command and os.fsencode(folder) in command:
            found.append(int(place.parent.name))
    return found


def await_gone(folder: Path, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while servers(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not servers(folder)


def test_database_holds_what_the_graph_holds(opened: Opened) -> None:
    assert stored(opened.driver) == (list(opened.graph.nodes()), list(opened.graph.edges()))
    assert set(opened.constraints) == {(label, "id") for label in LABELS}


def test_second_load_changes_nothing(opened: Opened) -> None:
    first, second = opened.loads
    assert (first.nodes_created, first.relationships_created) == (opened.graph.manifest["nodes"], opened.graph.manifest["edges"])
    assert not second.changed


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE (n:Task {id: 'task-0'})",
        "MATCH (n:Task) SET n.name = 'changed'",
        "MATCH (n:Task) DETACH DELETE n",
        "CREATE (n:Intruder)",
        "CREATE CONSTRAINT x IF NOT EXISTS FOR (n:Task) REQUIRE n.key IS UNIQUE",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "LOAD CSV FROM 'http://127.0.0.1:80/' AS line RETURN line",
    ],
)
def test_questions_can_neither_write_nor_read_files(opened: Opened, statement: str) -> None:
    with pytest.raises(Forbidden):
        opened.driver.execute_query(statement)


def test_what_is_wrong_with_a_question_is_said(opened: Opened) -> None:
    with pytest.raises(Neo4jError, match="line 1"):
        opened.driver.execute_query("MATCH (n RETURN n")


@LINUX
def test_server_listens_on_loopback_only(opened: Opened) -> None:
    sockets = {link for pid in servers(opened.graph.folder) for link in _links(Path(f"/proc/{pid}/fd"))}
    listening = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                listening.append(fields[1].split(":")[0])
    assert listening
    assert set(listening) <= {"0100007F", "0000000000000000FFFF00000100007F"}  # 127.0.0.1, also as IPv6 writes it


def _links(folder: Path) -> Iterator[str]:
    for place in folder.iterdir():
        try:
            yield os.readlink(place)
        except OSError:
            continue


@LINUX
def test_password_is_in_no_command_line_environment_or_file(opened: Opened) -> None:
    secret = PASSWORD.encode()
    for pid in servers(opened.graph.folder):
        assert secret not in Path(f"/proc/{pid}/cmdline").read_bytes()
        assert secret not in Path(f"/proc/{pid}/environ").read_bytes()
    for place in (opened.graph.folder / "arcadedb").rglob("*"):
        assert not place.is_file() or secret not in place.read_bytes(), place


@LINUX
def test_second_process_on_the_same_folder_is_told_who_has_it(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arcadedb, "LOCK_SECONDS", 0.2)
    with pytest.raises(StoreError, match=f"process {os.getpid()} has this Cypher database open") as raised, EmbeddedCypher.open(opened.graph):
        pass
    assert "SPARQL" in str(raised.value)
    assert opened.driver.execute_query("RETURN 1 AS one").records[0]["one"] == 1


@LINUX
def test_database_is_kept_when_fresh_and_made_again_when_stale_or_gone(make_graph, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    graph = make_graph(folder)
    rows: list[int] = []
    with EmbeddedCypher.open(graph, progress=rows.append) as driver:
        assert stored(driver)[0] == list(graph.nodes())
    assert rows
    assert servers(folder) == []

    rows.clear()
    with EmbeddedCypher.open(graph, progress=rows.append) as driver:
        assert stored(driver)[0] == list(graph.nodes())
    assert rows == []

    newer = make_graph(folder, papers=2, support=7)
    with EmbeddedCypher.open(newer, progress=rows.append) as driver:
        assert stored(driver) == (list(newer.nodes()), list(newer.edges()))
    assert rows

    rows.clear()
    shutil.rmtree(folder / "arcadedb" / "databases" / "kg")
    with EmbeddedCypher.open(newer, progress=rows.append) as driver:
        assert stored(driver) == (list(newer.nodes()), list(newer.edges()))
    assert rows


@LINUX
def test_killed_in_mid_load_the_next_run_makes_the_same_graph(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path / "graph")
    script = f"""
import os, signal
from kg.graph import Graph
from kg.stores.arcadedb import EmbeddedCypher
seen = []
def kill_at_the_fifth(rows):
    seen.append(rows)
    if len(seen) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
with EmbeddedCypher.open(Graph.open({str(graph.folder)!r}), progress=kill_at_the_fifth):
    pass
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(arcadedb.__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    assert not (graph.folder / "arcadedb" / "BUILD").exists()
    with EmbeddedCypher.open(graph) as driver:  # it waits for the dead run's server, which holds the lock
        assert stored(driver) == (list(graph.nodes()), list(graph.edges()))
        keeper = max(servers(graph.folder), key=lambda pid: b"keeper.py" in Path(f"/proc/{pid}/cmdline").read_bytes())
        os.kill(keeper, signal.SIGKILL)
        assert await_gone(graph.folder, 5)  # Java asked the kernel to die with its keeper


@LINUX
def test_server_is_gone_when_its_parent_is_killed(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path / "graph")
    script = f"""
import os, time
from kg.graph import Graph
from kg.stores.arcadedb import EmbeddedCypher
with EmbeddedCypher.open(Graph.open({str(graph.folder)!r})) as driver:
    if os.fork() == 0:  # a worker that outlives its parent holds copies of all its pipes
        time.sleep(30)
        os._exit(0)
    print("open", flush=True)
    time.sleep(600)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=Path(arcadedb.__file__).parents[2], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"open\n"
        assert len(servers(graph.folder)) == 2
        parent.kill()
        assert await_gone(graph.folder)


def test_java_that_does_not_start_is_one_clear_line(make_graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph(tmp_path / "graph")
    broken = [sys.executable, "-c", "import sys; sys.exit('Error: could not reserve enough space for object heap')"]
    monkeypatch.setattr(arcadedb._Server, "_command", lambda self: broken)
    with pytest.raises(StoreError, match=r"ended as it started.*could not reserve enough space") as raised, EmbeddedCypher.open(graph):
        pass
    assert "server.log" in str(raised.value)
    assert "SPARQL" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert not (graph.folder / "arcadedb" / "password").exists()


def test_java_that_is_not_there_is_one_clear_line(make_graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = make_graph(tmp_path / "graph")
    monkeypatch.setattr(arcadedb._Server, "_command", lambda self: [str(tmp_path / "no-java")])
    with pytest.raises(StoreError, match=r"ended as it started.*no-java"), EmbeddedCypher.open(graph):
        pass


def test_folder_that_cannot_be_written_is_one_clear_line(make_graph, tmp_path: Path) -> None:
    graph = make_graph(tmp_path / "graph")
    (graph.folder / "arcadedb").write_text("a file where the folder should be", "utf-8")
    with pytest.raises(StoreError, match=r"arcadedb.*cannot be used.*SPARQL"), EmbeddedCypher.open(graph):
        pass


def test_errors_of_the_block_stay_what_they_are(opened: Opened, make_graph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EmbeddedCypher, "_enter", lambda self, exits, lock, progress: opened.driver)
    graph = make_graph(tmp_path / "graph")
    with pytest.raises(FileNotFoundError, match="no-such"), EmbeddedCypher.open(graph):
        (tmp_path / "no-such").read_bytes()
