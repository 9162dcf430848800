"""The command line as a user meets it: a process of its own, its output, its exit code."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
from neo4j import Driver
from neo4j_server import Server

from kg import examples

PAPER = "We present SwiftDraft for long sequence generation. SwiftDraft achieves a 2.31x speedup over Medusa on an A100 GPU."


def kg(*arguments: str | Path, stdin: str | bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    data = stdin.encode() if isinstance(stdin, str) else stdin
    run = subprocess.run([sys.executable, "-m", "kg", *map(str, arguments)], input=data, capture_output=True, cwd=cwd)
    return subprocess.CompletedProcess(run.args, run.returncode, run.stdout.decode(), run.stderr.decode())


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli")
    run = kg("build", examples.path(), "--graph", folder / "graph")
    assert run.returncode == 0, run.stderr
    return folder / "graph"


def test_help_is_there_in_a_blink() -> None:
    taken = []
    for _ in range(5):
        began = time.monotonic()
        assert kg("--help").returncode == 0
        taken.append(time.monotonic() - began)
    assert min(taken) < 0.3


def test_extract_reads_standard_input_and_writes_standard_output() -> None:
    run = kg("extract", "-", "--workers", "1", stdin=PAPER + "\n")
    document = json.loads(run.stdout)
    assert document["text"] == PAPER
    assert run.stderr.startswith("1 paper, ")
    assert "none skipped" in run.stderr
    assert "\r" not in run.stderr  # no bar in a pipe


def test_extract_names_what_it_skipped_and_why(tmp_path: Path) -> None:
    source = tmp_path / "p.jsonl"
    source.write_text(json.dumps({"id": 1, "abstract": PAPER}) + "\n{broken\n" + json.dumps({"id": 2}) + "\n")
    run = kg("extract", source, "-o", tmp_path / "c.jsonl", "--workers", "1")
    assert run.returncode == 0
    assert "p.jsonl:2" in run.stderr
    assert "p.jsonl:3" in run.stderr
    assert "skipped 2" in run.stderr
    assert len((tmp_path / "c.jsonl").read_text().splitlines()) == 1
    assert kg("extract", source, "-o", tmp_path / "c.jsonl", "--workers", "1", "--strict").returncode == 1


def test_field_options_choose_id_title_and_text(tmp_path: Path) -> None:
    source = tmp_path / "p.csv"
    source.write_text(f'no,head,body\n007,A Title,"{PAPER}"\n')
    run = kg("extract", source, "--id-field", "no", "--title-field", "head", "--text-field", "body", "--workers", "1")
    document = json.loads(run.stdout)
    assert (document["id"], document["title"], document["text"]) == ("007", "A Title", f"A Title\n{PAPER}")


def test_workers_and_order_do_not_change_a_byte(tmp_path: Path) -> None:
    one = kg("extract", examples.path(), "--workers", "1")
    two = kg("extract", examples.path(), "--workers", "2")
    assert one.stdout == two.stdout
    lines = examples.path().read_text().splitlines()
    (tmp_path / "abstracts.jsonl").write_text("\n".join(reversed(lines)) + "\n")
    turned = kg("extract", tmp_path / "abstracts.jsonl", "--workers", "1")

    def claims(text: str) -> list[dict[str, object]]:
        return sorted(({k: v for k, v in json.loads(line).items() if k != "source"} for line in text.splitlines()), key=lambda d: str(d["id"]))

    assert claims(turned.stdout) == claims(one.stdout)


def test_an_unwritable_output_is_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    run = kg("extract", "-", "-o", tmp_path / "no" / "such" / "c.jsonl", "--workers", "1", stdin=PAPER)
    assert run.returncode == 1
    assert run.stderr.startswith("kg: ")
    assert "Traceback" not in run.stderr
    full = kg("extract", "-", "-o", "/dev/full", "--workers", "1", stdin=PAPER)
    assert full.returncode == 1
    assert "No space left" in full.stderr


@pytest.mark.parametrize("content", [b"", b"\x00\x01\x02\x7fELF" + b"\x00" * 100, b"\x1f\x8b\x08\x00" + b"\x00" * 50])
def test_an_input_that_is_none_is_one_line_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    source = tmp_path / "input"
    source.write_bytes(content)
    run = kg("extract", source)
    assert run.returncode == 1
    assert run.stderr.startswith(f"kg: {source}")
    assert "Traceback" not in run.stderr


def test_a_megabyte_abstract_is_read_whole(tmp_path: Path) -> None:
    source = tmp_path / "big.jsonl"
    text = PAPER + " " + "1" * 500_000 + " " + "=" * 500_000 + " SwiftDraft ends here."
    source.write_text(json.dumps({"id": "big", "abstract": text}) + "\n")
    run = kg("extract", source, "--workers", "1")
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["text"] == text


def test_a_bar_is_drawn_on_a_terminal() -> None:
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "kg", "extract", "-", "-o", os.devnull, "--workers", "1"], stdin=subprocess.PIPE, stderr=follower, stdout=subprocess.DEVNULL
    )
    os.close(follower)
    assert process.stdin
    process.stdin.write((PAPER + "\n" + PAPER.replace("2.31", "3.1") + "\n").encode())
    process.stdin.close()
    shown = b""
    while True:
        try:
            block = os.read(leader, 4096)
        except OSError:
            break
        if not block:
            break
        shown += block
    process.wait()
    os.close(leader)
    assert b"papers" in shown
    assert b"papers/s" in shown


def test_build_prints_what_it_did_and_a_rerun_reads_nothing(graph: Path) -> None:
    run = kg("build", examples.path(), "--graph", graph)
    assert run.returncode == 0
    assert "0 read now" in run.stderr


def test_a_question_is_answered_in_every_format(graph: Path) -> None:
    table = kg("query", "methods-by-hardware", "--graph", graph)
    assert table.returncode == 0, table.stderr
    assert "A100" in table.stdout
    rows = json.loads(kg("query", "methods-by-hardware", "--graph", graph, "--format", "json").stdout)
    assert rows
    assert kg("query", "methods-by-hardware", "--graph", graph, "--format", "csv").stdout.count("\n") >= len(rows)
    assert kg("query", "methods-by-hardware", "--graph", graph, "--format", "markdown").stdout.startswith("|")


def test_a_name_is_found_whatever_its_case_and_an_unknown_one_gets_near_ones(graph: Path) -> None:
    assert kg("query", "methods-by-hardware", "--graph", graph, "--param", "hardware=a100").stdout.count("\n") > 1
    run = kg("query", "methods-by-hardware", "--graph", graph, "--param", "hardware=A10O")
    assert run.returncode == 1
    assert "A100" in run.stderr


def test_a_query_of_ones_own_is_read_from_a_file_or_standard_input(graph: Path, tmp_path: Path) -> None:
    text = "SELECT (COUNT(*) AS ?papers) WHERE { ?p a kg:Paper }"
    (tmp_path / "own.rq").write_text(text)
    assert "32" in kg("query", tmp_path / "own.rq", "--graph", graph).stdout
    assert "32" in kg("query", "-", "--graph", graph, stdin=text).stdout


def test_only_claims_that_are_sure_enough_are_written() -> None:
    few = "".join(examples.path().read_text().splitlines(keepends=True)[:2])
    whole = [json.loads(line) for line in kg("extract", "-", "--workers", "1", stdin=few).stdout.splitlines()]
    least = statistics.median(claim["confidence"] for d in whole for kind in ("entities", "relations", "results") for claim in d[kind])
    part = [json.loads(line) for line in kg("extract", "-", "--workers", "1", "--min-confidence", str(least), stdin=few).stdout.splitlines()]
    assert [d["id"] for d in part] == [d["id"] for d in whole]
    for before, after in zip(whole, part, strict=True):
        assert after["entities"] == [e for e in before["entities"] if e["confidence"] >= least]
        assert all(claim["confidence"] >= least for kind in ("relations", "results") for claim in after[kind])
    assert part != whole


def test_a_question_counts_only_claims_that_are_sure_enough(graph: Path, tmp_path: Path) -> None:
    def rows(*arguments: str | Path) -> list[dict[str, object]]:
        run = kg("query", *arguments, "--graph", graph, "--format", "json")
        assert run.returncode == 0, run.stderr
        found: list[dict[str, object]] = json.loads(run.stdout)
        return found

    documents = map(json.loads, (graph / "claims.jsonl").read_text().splitlines())
    most = str(max(e["confidence"] for d in documents for e in d["entities"] if e["role"] == "proposed"))
    part = rows("proposed", "--min-confidence", most)
    assert part == rows("proposed", "--param", f"min_confidence={most}")
    assert 0 < len(part) < len(rows("proposed"))
    (tmp_path / "own.rq").write_text("SELECT ?sure ?min_confidence WHERE { ?claim kg:confidence ?sure FILTER(?sure >= ?min_confidence) }")
    assert all(row["sure"] >= float(most) for row in rows(tmp_path / "own.rq", "--min-confidence", most))  # type: ignore[operator]


def test_a_graph_of_confident_claims_says_so(graph: Path, tmp_path: Path) -> None:
    run = kg("build", graph / "claims.jsonl", "--graph", tmp_path / "graph", "--min-confidence", "0.8")
    assert run.returncode == 0, run.stderr
    assert "of claims of confidence 0.8 or more" in run.stderr
    run = kg("query", "outperforms", "--graph", tmp_path / "graph", "--min-confidence", "0.5")
    assert "note: this graph holds no claim below 0.8" in run.stderr


@pytest.mark.parametrize("command", [("extract", "-"), ("build", "-"), ("query", "names")])
@pytest.mark.parametrize("value", ["1.01", "-0.1", "nan", "80%"])
def test_what_is_no_confidence_is_a_usage_error(command: tuple[str, ...], value: str, tmp_path: Path) -> None:
    run = kg(*command, "--min-confidence", value, cwd=tmp_path)
    assert run.returncode == 2
    assert "--min-confidence" in run.stderr
    assert list(tmp_path.iterdir()) == []


def test_queries_lists_each_question_with_its_parameters() -> None:
    run = kg("queries")
    assert run.returncode == 0
    assert "methods-by-hardware" in run.stdout
    assert "--param hardware" in run.stdout


@pytest.mark.parametrize("form", ["ttl", "nt", "nq", "trig", "jsonld", "graphml", "csv", "json"])
def test_export_writes_every_format(graph: Path, tmp_path: Path, form: str) -> None:
    run = kg("export", "--graph", graph, "--format", form, "-o", tmp_path / f"g.{form}")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / f"g.{form}").stat().st_size > 10_000


def test_a_graph_that_is_not_there_is_one_line() -> None:
    run = kg("query", "speedups", "--graph", "/nowhere")
    assert run.returncode == 1
    assert run.stderr.startswith("kg: /nowhere")


def test_a_password_is_no_argument() -> None:
    assert "--password " not in kg("load", "neo4j", "--help").stdout
    run = kg("load", "neo4j", "--uri", "bolt://127.0.0.1:1", "--password", "secret")
    assert run.returncode == 2


def test_every_command_is_in_the_readme_and_has_help() -> None:
    from kg.cli import main

    readme = (Path(__file__).parents[1] / "README.md").read_text()
    for name, command in main.commands.items():
        assert command.help, name
        assert f"kg {name}" in readme, name


@pytest.mark.neo4j
def test_load_neo4j_twice_changes_nothing_the_second_time(graph: Path, neo4j_server: Server, neo4j_driver: Driver, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text(neo4j_server.password + "\n")
    arguments = ("load", "neo4j", "--graph", graph, "--uri", neo4j_server.uri, "--user", neo4j_server.user, "--password-file", secret)
    first = kg(*arguments)
    assert first.returncode == 0, first.stderr
    assert " 0 nodes and 0 edges created" not in first.stdout
    second = kg(*arguments)
    assert "0 nodes and 0 edges created, 0 properties set, 0 refused" in second.stdout
    (counted,) = neo4j_driver.execute_query("MATCH (n:Paper) RETURN count(n) AS n").records
    assert counted["n"] == 32
