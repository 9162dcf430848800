"""A graph folder: the same bytes however often, in whatever order and with whatever accidents it was built."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from documents import document, entity

from kg.building import build
from kg.claims import Document, read_claims
from kg.errors import GraphError, GraphLocked, GraphVersion, InputError
from kg.graph import Graph

METHODS = ("SwiftDraft", "TileServe", "PatchLoom", "QuantCast", "EdgeWeave", "NimbusNet", "GraphMill", "VoxLite", "RankForge", "MeshPilot")
GPUS = ("A100 GPU", "RTX 4090", "H100 GPU")


def abstract(k: int) -> str:
    name = METHODS[k % len(METHODS)]
    return (
        f"We present {name}, a method for long sequence generation. {name} runs on an {GPUS[k % 3]} and outperforms speculative decoding. "
        f"It achieves a {k + 1.5}x speedup over the baseline on LongBench."
    )


def papers(path: Path, numbers: range) -> Path:
    path.write_text("".join(json.dumps({"id": f"p{k:02}", "title": f"On {METHODS[k % 10]}", "abstract": abstract(k)}) + "\n" for k in numbers))
    return path


RECORD = ("claims.jsonl", "nodes.jsonl", "edges.jsonl", "manifest.json")


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in RECORD}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The graph of twelve abstracts, built in one go."""
    folder = tmp_path_factory.mktemp("undisturbed")
    built = build([papers(folder / "papers.jsonl", range(12))], folder / "graph")
    assert (built.read, built.known, built.skipped) == (12, 0, [])
    return folder / "graph"


def test_a_second_build_reads_nothing_again_and_changes_no_byte(undisturbed: Path, tmp_path: Path) -> None:
    shutil.copytree(undisturbed, tmp_path / "graph")
    before = contents(tmp_path / "graph")
    built = build([papers(tmp_path / "papers.jsonl", range(12))], tmp_path / "graph")
    assert (built.read, built.known) == (0, 12)
    assert contents(tmp_path / "graph") == before


def test_files_added_one_by_one_in_any_order_give_the_graph_of_all_at_once(undisturbed: Path, tmp_path: Path) -> None:
    for numbers in (range(8, 12), range(8)):
        build([papers(tmp_path / "papers.jsonl", numbers)], tmp_path / "graph")
    ours, theirs = contents(tmp_path / "graph"), contents(undisturbed)
    assert {k: v for k, v in ours.items() if k != "claims.jsonl"} == {k: v for k, v in theirs.items() if k != "claims.jsonl"} or _same_but_sources(ours, theirs)


def _same_but_sources(ours: dict[str, bytes], theirs: dict[str, bytes]) -> bool:
    """The claims differ only in the line on which each paper stood in its file."""

    def claims(found: dict[str, bytes]) -> list[dict[str, object]]:
        return [{k: v for k, v in json.loads(line).items() if k != "source"} for line in found["claims.jsonl"].splitlines()]

    return claims(ours) == claims(theirs)


def test_two_workers_write_the_bytes_of_one(undisturbed: Path, tmp_path: Path) -> None:
    build([papers(tmp_path / "papers.jsonl", range(12))], tmp_path / "graph", workers=2)
    assert contents(tmp_path / "graph") == contents(undisturbed)


def test_a_claims_file_is_an_input_too(undisturbed: Path, tmp_path: Path) -> None:
    shutil.copy(undisturbed / "claims.jsonl", tmp_path / "claims.jsonl")
    built = build([tmp_path / "claims.jsonl"], tmp_path / "graph")
    assert built.read == 12
    assert contents(tmp_path / "graph") == contents(undisturbed)


def test_a_damaged_claims_line_is_named_and_the_others_are_kept(undisturbed: Path, tmp_path: Path) -> None:
    lines = (undisturbed / "claims.jsonl").read_text().splitlines()
    lines[3] = lines[3].replace('"type":"Method"', '"type":"Spell"')
    (tmp_path / "claims.jsonl").write_text("\n".join(lines) + "\n")
    built = build([tmp_path / "claims.jsonl"], tmp_path / "graph")
    (skipped,) = built.skipped
    assert skipped.where.endswith("claims.jsonl:4")
    assert built.read == 11


@pytest.mark.parametrize("lines", [1, 5, 11])
def test_killed_while_it_reads_the_next_run_ends_with_the_same_bytes(undisturbed: Path, tmp_path: Path, lines: int) -> None:
    source = papers(tmp_path / "papers.jsonl", range(12))
    journal = tmp_path / "graph" / "journal.jsonl"
    _kill_when(
        ["build", str(source), "--graph", str(tmp_path / "graph"), "--workers", "1"], lambda: journal.exists() and journal.read_bytes().count(b"\n") >= lines
    )
    if journal.exists():
        with journal.open("ab") as torn:
            torn.write(b'{"id":"p99","ti')  # as if it had died in mid-write
    built = build([source], tmp_path / "graph")
    assert built.read <= 12 - lines or lines == 11
    assert contents(tmp_path / "graph") == contents(undisturbed)


@pytest.mark.parametrize("sign", ["claims.jsonl", "nodes.jsonl", "oxigraph.new.part"])
def test_killed_while_it_makes_the_graph_the_next_run_ends_with_the_same_bytes(undisturbed: Path, tmp_path: Path, sign: str) -> None:
    source, folder = tmp_path / "papers.jsonl", tmp_path / "graph"
    shutil.copy(undisturbed / "claims.jsonl", source)
    _kill_when(["build", str(source), "--graph", str(folder)], (folder / sign).exists)
    built = build([source], folder)
    assert contents(folder) == contents(undisturbed)
    from kg.api import query

    assert query(built.graph, "methods-by-hardware").columns


def _kill_when(arguments: list[str], happened) -> None:  # type: ignore[no-untyped-def]
    """Run `kg` and kill it with -9 as soon as something has happened; it may have ended before."""
    process = subprocess.Popen([sys.executable, "-m", "kg", *arguments], stderr=subprocess.PIPE)
    while process.poll() is None and not happened():
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL) if process.poll() is None else None
    process.communicate()


def test_two_builds_on_one_folder_at_once_are_refused_with_the_holder(undisturbed: Path, tmp_path: Path) -> None:
    import fcntl

    shutil.copytree(undisturbed, tmp_path / "graph")
    with (tmp_path / "graph" / ".lock").open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        held.truncate(0)
        held.write("4242")
        held.flush()
        with pytest.raises(GraphLocked, match="4242"):
            build([papers(tmp_path / "papers.jsonl", range(2))], tmp_path / "graph")


@pytest.mark.parametrize("about", ['{"format": 99, "extractor": "x"}', '{"format": 1, "extractor": "older"}', "no json"])
def test_a_folder_of_another_version_is_left_alone(undisturbed: Path, tmp_path: Path, about: str) -> None:
    shutil.copytree(undisturbed, tmp_path / "graph")
    (tmp_path / "graph" / "extractor.json").write_text(about)
    before = contents(tmp_path / "graph")
    with pytest.raises(GraphVersion, match="new folder"):
        build([papers(tmp_path / "papers.jsonl", range(2))], tmp_path / "graph")
    assert contents(tmp_path / "graph") == before


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "letter.txt").write_text("dear")
    with pytest.raises(GraphError, match="no graph folder"):
        build([papers(tmp_path / "papers.jsonl", range(2))], tmp_path / "home")


def test_one_id_with_two_texts_is_reported_with_both_places(undisturbed: Path, tmp_path: Path) -> None:
    shutil.copytree(undisturbed, tmp_path / "graph")
    source = tmp_path / "other.jsonl"
    source.write_text(json.dumps({"id": "p03", "abstract": "Another text altogether."}) + "\n" + json.dumps({"id": "q1", "abstract": abstract(3)}) + "\n")
    built = build([source], tmp_path / "graph")
    (skipped,) = built.skipped
    assert (skipped.where, skipped.kind) == ("other.jsonl:1", "conflict")
    assert "claims.jsonl:4" in skipped.reason
    assert built.read == 1


def test_an_input_that_is_missing_stops_nothing_else(tmp_path: Path) -> None:
    built = build([tmp_path / "missing.jsonl", papers(tmp_path / "papers.jsonl", range(2))], tmp_path / "graph")
    assert [s.kind for s in built.skipped] == ["file"]
    assert built.read == 2
    with pytest.raises(InputError, match=r"missing\.jsonl"):
        build([tmp_path / "missing.jsonl"], tmp_path / "graph")


def test_a_full_disk_is_one_clear_line_and_loses_nothing(undisturbed: Path, tmp_path: Path) -> None:
    source, folder = papers(tmp_path / "papers.jsonl", range(12)), tmp_path / "graph"
    limit = len((undisturbed / "claims.jsonl").read_bytes()) // 2

    def small() -> None:  # a file that may not grow fails as one on a full disk does
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "kg", "build", str(source), "--graph", str(folder), "--workers", "1"]
    run = subprocess.run(command, capture_output=True, text=True, preexec_fn=small, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    assert run.returncode == 1
    assert "cannot be written" in run.stderr
    assert "Traceback" not in run.stderr
    build([source], folder)
    assert contents(folder) == contents(undisturbed)


def test_every_claim_in_the_record_is_valid_and_sorted(undisturbed: Path) -> None:
    with (undisturbed / "claims.jsonl").open() as lines:
        ids = [d.id for d in read_claims(lines)]
    assert ids == sorted(ids)
    assert len(ids) == 12
    assert Graph.open(undisturbed).manifest["labels"]["Paper"] == 12


# --min-confidence


def least(folder: Path) -> float:
    return float(json.loads((folder / "manifest.json").read_bytes())["min_confidence"])


@pytest.fixture(scope="module")
def doubtful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A claims file of twelve papers, half of whose claims have a confidence below 0.7."""
    path = tmp_path_factory.mktemp("doubtful") / "claims.jsonl"
    path.write_text("".join(stated(f"p{k:02}", METHODS[k % 10], 0.5 if k % 2 else 0.9).to_json() + "\n" for k in range(12)))
    return path


def stated(id: str, name: str, confidence: float) -> Document:
    return document(
        id,
        f"{name} runs on an A100.",
        [entity("e1", "Method", name, proposed=True), entity("e2", "Hardware", "A100")],
        [("e1", "RUNS_ON", "e2", f"{name} runs on an A100")],
        confidence=confidence,
    )


def test_the_graph_is_that_of_the_confident_claims_and_the_record_keeps_all(doubtful: Path, tmp_path: Path) -> None:
    built = build([doubtful], tmp_path / "graph", min_confidence=0.7)
    assert (tmp_path / "graph" / "claims.jsonl").read_bytes() == doubtful.read_bytes()
    assert least(tmp_path / "graph") == 0.7
    assert built.graph.manifest["labels"]["Paper"] == 12
    assert built.graph.manifest["types"]["RUNS_ON"] == 5

    with doubtful.open() as lines:
        (tmp_path / "confident.jsonl").write_text("".join(d.confident(0.7).to_json() + "\n" for d in read_claims(lines)))
    alone = build([tmp_path / "confident.jsonl"], tmp_path / "alone").graph
    assert alone.build == built.graph.build


def test_another_least_confidence_makes_the_graph_again_without_reading_again(doubtful: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    build([doubtful], folder)
    whole = contents(folder)
    assert least(folder) == 0.0
    built = build([doubtful], folder, min_confidence=0.7)
    assert (built.read, built.known) == (0, 12)
    part = contents(folder)
    assert part["edges.jsonl"] != whole["edges.jsonl"]
    build([doubtful], tmp_path / "at once", min_confidence=0.7)
    assert contents(tmp_path / "at once") == part
    build([doubtful], folder, min_confidence=0)
    assert contents(folder) == whole


def test_a_folder_keeps_its_least_confidence_until_another_is_named(doubtful: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    build([doubtful], folder, min_confidence=0.7)
    before, stamp = contents(folder), (folder / "manifest.json").stat().st_mtime_ns
    build([doubtful], folder)
    assert contents(folder) == before
    assert (folder / "manifest.json").stat().st_mtime_ns == stamp  # nothing was made again

    (tmp_path / "more.jsonl").write_text(stated("q1", "Extra", 0.5).to_json() + "\n" + stated("q2", "Surer", 0.8).to_json() + "\n")
    added = build([tmp_path / "more.jsonl"], folder).graph
    assert least(folder) == 0.7
    assert added.manifest["types"]["RUNS_ON"] == 6


def test_killed_while_it_makes_the_graph_the_least_confidence_is_not_forgotten(doubtful: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    build([doubtful], folder)
    _kill_when(["build", str(doubtful), "--graph", str(folder), "--min-confidence", "0.7"], lambda: b"0.7" in (folder / "graph.stamp").read_bytes())
    build([doubtful], folder)
    build([doubtful], tmp_path / "undisturbed", min_confidence=0.7)
    assert contents(folder) == contents(tmp_path / "undisturbed")


def test_a_build_that_read_nothing_does_not_change_the_least_confidence(doubtful: Path, tmp_path: Path) -> None:
    folder = tmp_path / "graph"
    build([doubtful], folder, min_confidence=0.7)
    before = contents(folder)
    with pytest.raises(InputError):
        build([tmp_path / "missing.jsonl"], folder, min_confidence=0.2)
    build([doubtful], folder)
    assert contents(folder) == before


@pytest.mark.parametrize("wrong", [-0.1, 1.5, float("nan")])
def test_what_is_no_confidence_touches_nothing(doubtful: Path, tmp_path: Path, wrong: float) -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        build([doubtful], tmp_path / "graph", min_confidence=wrong)
    assert not (tmp_path / "graph").exists()
