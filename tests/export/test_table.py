"""The table: a row for each claim, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from documents import DOCUMENTS, HOSTILE

from kg.assembly import assemble
from kg.export.table import COLUMNS, write_csv
from kg.graph import Graph, write_graph
from kg.ontology import Role
from kg.resolve import resolve

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[Row]:
    folder: Path = tmp_path_factory.mktemp("table")
    write_graph(*assemble(DOCUMENTS, resolve(DOCUMENTS)), folder)
    stream = io.BytesIO()
    write_csv(Graph.open(folder), stream)
    return list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))


def test_every_claim_is_a_row(rows: list[Row]) -> None:
    assert tuple(rows[0]) == COLUMNS
    counts = {kind: sum(row["claim"] == kind for row in rows) for kind in ("relation", "proposal", "result")}
    assert counts == {
        "relation": sum(len(d.relations) for d in DOCUMENTS),
        "proposal": sum(e.role is Role.PROPOSED for d in DOCUMENTS for e in d.entities),
        "result": sum(len(d.results) for d in DOCUMENTS),
    }
    assert len(rows) == sum(counts.values())


def test_a_result_says_who_what_against_what_and_where(rows: list[Row]) -> None:
    (row,) = (row for row in rows if row["value"] == "2.31")
    told = {name: row[name] for name in ("subject", "predicate", "object", "unit", "kind", "direction", "bound", "baseline", "task", "hardware", "paper")}
    assert told == {
        "subject": "Trident", "predicate": "REPORTS", "object": "speedup", "unit": "x", "kind": "ratio", "direction": "increase", "bound": "up_to",
        "baseline": "EagleEye", "task": "long sequence generation", "hardware": "A100", "paper": "2401.00001",
    }  # fmt: skip
    (span,) = (row for row in rows if row["value_high"])
    assert (span["value"], span["value_high"], span["dataset"]) == ("7.6", "10.0", "FixBench")


def test_a_result_without_a_metric_has_an_empty_object(rows: list[Row]) -> None:
    (row,) = (row for row in rows if row["value"] == "2.1")
    assert (row["subject"], row["object"], row["object_id"]) == ("EagleEye", "", "")


def test_the_offsets_give_the_quote(rows: list[Row]) -> None:
    texts = {d.id: d.text for d in DOCUMENTS}
    for row in rows:
        assert texts[row["paper"]][int(row["start"]) : int(row["end"])] == row["quote"].removeprefix("'")


def test_a_spreadsheet_finds_no_formula(rows: list[Row]) -> None:
    for row in rows:
        for name, cell in row.items():
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), (name, cell)
    assert "'=SUM(A1:A9)" in {row["object"] for row in rows}
    assert HOSTILE.id in {row["paper"] for row in rows}


def test_the_stream_stays_open(tmp_path: Path) -> None:
    write_graph([], [], tmp_path)
    stream = io.BytesIO()
    write_csv(Graph.open(tmp_path), stream)
    assert stream.getvalue().decode() == ",".join(COLUMNS) + "\n"
