"""`kg eval` as a user meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gold_files import EMPTY, GOLD, found, other, write_claims, write_gold


def kg_eval(*arguments: str | Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    wide = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    return subprocess.run([sys.executable, "-m", "kg", "eval", *map(str, arguments)], input=stdin, capture_output=True, text=True, env=wide)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("eval")
    return write_gold(folder / "gold.jsonl", GOLD, EMPTY), write_claims(folder / "claims.jsonl", [found(), other("p3")])


@pytest.fixture(scope="module")
def run(files: tuple[Path, Path]) -> subprocess.CompletedProcess[str]:
    return kg_eval(*files)


def test_the_tables_show_scores_intervals_calibration_and_faults(run: subprocess.CompletedProcess[str]) -> None:
    assert run.returncode == 0, run.stderr
    lines = [line.split() for line in run.stdout.splitlines()]
    assert ["entity.strict", "0.714", "0.714", "0.714", "0.000–0.714", "5", "7", "7"] in lines
    assert ["metric", "0.500", "0.000–0.500", "1", "2"] in lines
    assert ["relations", "0.133", "0.800", "0.667", "3"] in lines
    assert 'metric of "2.2x"' in run.stdout
    assert "1 documents of" in run.stderr
    assert "count as empty: p2" in run.stderr
    assert "are ignored" in run.stderr


def test_a_table_names_a_few_faults_and_counts_all(run: subprocess.CompletedProcess[str], files: tuple[Path, Path]) -> None:
    assert '; "OtterNet" USES "Large language models"; … and 1 more' in run.stdout
    assert "Worst documents" not in kg_eval(*files, "--worst", "0").stdout


def test_json_has_the_names_of_the_annotations_scorer_with_intervals_and_every_fault(files: tuple[Path, Path]) -> None:
    whole: dict[str, Any] = json.loads(kg_eval(*files, "--format", "json").stdout)
    score = whole["scores"]["relation"]
    assert [score[key] for key in ("p", "r", "f1", "tp", "pred", "gold")] == [0.6667, 0.5, 0.5714, 2, 3, 4]
    assert score["f1_interval"] == [0.0, 0.5714]
    assert whole["fields"]["metric"]["accuracy"] == 0.5
    assert [bin["items"] for bin in whole["calibration"]["relations"]["bins"]] == [3]
    assert [len(whole["worst"][0][kind]) for kind in ("missing", "extra", "wrong")] == [4, 3, 1]
    assert (whole["missing"], whole["ignored"]) == (["p2"], 1)


def test_markdown_has_a_heading_and_a_table_for_each_part(files: tuple[Path, Path]) -> None:
    run = kg_eval(*files, "--format", "markdown")
    assert run.stdout.startswith("### All\n\n| score | P | R | F1 |")
    assert run.stdout.count("\n### ") == 6


def test_claims_from_a_pipe_print_the_same_bytes_as_from_a_file(run: subprocess.CompletedProcess[str], files: tuple[Path, Path]) -> None:
    gold, claims = files
    assert kg_eval(gold, "-", stdin=claims.read_text()).stdout == run.stdout


def test_a_fault_is_one_line_and_exit_code_one(files: tuple[Path, Path]) -> None:
    gold, _ = files
    run = kg_eval(gold, gold)
    assert run.returncode == 1
    assert run.stderr.startswith(f"kg: {gold}:1: ")
    assert run.stderr.count("\n") == 1
    assert "Traceback" not in run.stderr


def test_what_a_text_holds_cannot_move_the_cursor(tmp_path: Path) -> None:
    hostile = {**EMPTY, "id": "p\x1b[2J", "entities": [{"key": "k", "type": "Task", "mentions": ["\x1b[31mred\u202e"]}]}
    run = kg_eval(write_gold(tmp_path / "gold.jsonl", GOLD, hostile), write_claims(tmp_path / "claims.jsonl", [found()]))
    assert run.returncode == 0, run.stderr
    assert "\x1b" not in run.stdout + run.stderr
    assert "\u202e" not in run.stdout
