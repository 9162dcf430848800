"""The external sets on invented records: mapping, scoring, table, and what is said when a set is missing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main
from benchmarks.external import measeval, scier, tdmsci
from benchmarks.external.detokenised import detokenise
from benchmarks.external.records import Record, read_records
from benchmarks.external.scores import Count
from benchmarks.external.table import lines
from kg.claims import Document, Entity, Mention, Relation, Span
from kg.errors import InputError
from kg.ontology import EntityType, Predicate

SENTENCE = "TidyNet ( TN ) uses pre - norm for parsing on ParseBank ."


def document(before: str = "") -> Document:
    """What an extractor may say of the sentence, in running text behind another one."""
    text = before + detokenise(SENTENCE).text

    def entity(key: str, kind: EntityType, *names: str) -> Entity:
        places = [text.index(name, len(before)) for name in names]
        mentions = tuple(Mention(text=n, start=k, end=k + len(n)) for n, k in zip(names, places, strict=True))
        return Entity(id=key, type=kind, name=names[0], mentions=mentions, confidence=1)

    def relation(a: str, predicate: Predicate, b: str) -> Relation:
        return Relation(subject=a, predicate=predicate, object=b, evidence=Span(start=len(before), end=len(text)), confidence=1)

    return Document(
        id="0",
        text=text,
        entities=(
            entity("e1", EntityType.METHOD, "TidyNet", "TN"),
            entity("e2", EntityType.METHOD, "pre-norm"),
            entity("e3", EntityType.TASK, "parsing"),
            entity("e4", EntityType.DATASET, "ParseBank"),
            entity("e5", EntityType.METRIC, "uses"),
        ),
        relations=(
            relation("e1", Predicate.USES, "e2"),
            relation("e1", Predicate.TARGETS, "e3"),
            relation("e1", Predicate.EVALUATED_ON, "e4"),
        ),
    )


GOLD: Record = {
    "id": "p#0",
    "doc_id": "p",
    "text": SENTENCE,
    "spans": [[0, 7, "Method"], [10, 12, "Method"], [20, 30, "Method"], [35, 42, "Task"], [46, 55, "Dataset"]],
    "relations": [[0, "Synonym-Of", 1], [2, "Part-Of", 1], [1, "Used-For", 3], [0, "Evaluated-With", 4], [2, "Used-For", 0]],
}


def test_mentions_and_relations_go_to_sciers_scheme_and_offsets() -> None:
    before = "An earlier sentence. "
    found = scier.sentence(document(before), detokenise(SENTENCE), len(before))
    assert sorted(found.spans) == sorted((a, b, t) for a, b, t in GOLD["spans"])  # Metric is no type of SciER
    named = {(SENTENCE[slice(*found.spans[i][:2])], name, SENTENCE[slice(*found.spans[j][:2])]) for i, name, j in found.links}
    assert named == {
        ("TN", "Synonym-Of", "TidyNet"),
        ("pre - norm", "Part-Of", "TN"),  # turned round, on the nearest mention
        ("TN", "Used-For", "parsing"),
        ("TN", "Evaluated-With", "ParseBank"),
    }


def test_what_stands_in_another_sentence_is_left_out() -> None:
    assert scier.sentence(document("TidyNet is ours. "), detokenise("TidyNet is ours ."), 0) == scier.Found((), ())


def test_relations_are_right_by_their_ends() -> None:
    found = scier.sentence(document(), detokenise(SENTENCE), 0)
    assert scier.strict(GOLD, found) == Count(3, 4, 5)  # Synonym-Of has no direction; Evaluated-With is on the other mention
    assert scier.strict(GOLD, found, "Synonym-Of") == Count(1, 1, 1)
    assert scier.boundaries(GOLD, found) == Count(3, 4, 5)
    wider = {**GOLD, "spans": [[0, 14, "Method"], *GOLD["spans"][1:4], [43, 55, "Dataset"]]}
    assert scier.strict(wider, found).right == 2
    assert scier.loose(wider, found).right == 3


def test_windows_hold_whole_sentences_of_one_paper() -> None:
    records = [{"id": f"{d}#{k}", "doc_id": d, "text": "five words are in here", "spans": [], "relations": []} for d in "ab" for k in range(5)]
    windows = list(scier._windows(records, 50))
    assert [len(w) for w in windows] == [2, 2, 1, 2, 2, 1]
    assert all(len({record["doc_id"] for record, _ in w}) == 1 for w in windows)
    assert [record for w in windows for record, _ in w] == records


def test_a_table_says_ours_theirs_and_the_source(tmp_path: Path) -> None:
    write(tmp_path / "measeval" / "eval.jsonl", [MEASURED])
    measured = measeval.measure(tmp_path, "eval")
    table = "\n".join(lines(measured))
    assert "| quantities, exact | 2 | 2 | 100.0 | 100.0 | 100.0 |" in table
    assert "UPB 36.9 [1]" in table
    assert "[1] UPB at SemEval-2021 Task 8 (arXiv 2104.04549)" in table


MEASURED: Record = {
    "id": "S01-5",
    "text": "The probe warmed by 2.5 K in 40 s.",
    "spans": [[20, 25, "Quantity"], [29, 33, "Quantity"], [4, 9, "MeasuredEntity"]],
    "relations": [[2, "HasQuantity", 0]],
    "quantities": {"0": {"unit": "K"}, "1": {"unit": "s"}},
}


def test_tdmsci_counts_each_type_and_all_together() -> None:
    record = {"id": "t#0", "text": "accuracy of parsing on ParseBank", "spans": [[0, 8, "METRIC"], [12, 19, "TASK"], [23, 32, "DATASET"]], "relations": []}
    found = [[(0, 8, "METRIC"), (9, 19, "TASK")]]
    rows = {row.what: row.score for row in tdmsci.rows([record], found)}
    assert (rows["all types, exact"].precision, rows["all types, exact"].recall) == (0.5, pytest.approx(1 / 3))
    assert rows["Metric, exact"].value == 1
    assert (rows["Task, exact"].value, rows["Task, overlap"].value) == (0, 1)
    assert rows["Dataset, overlap"].predicted == 0


def test_the_extractor_reads_both_sets_of_mentions(tmp_path: Path) -> None:
    write(tmp_path / "scier" / "test.jsonl", [GOLD, {**GOLD, "id": "p#1"}])
    measured = scier.measure(tmp_path, "test")
    assert (measured.texts, measured.groups) == (2, 1)
    assert {row.what: row.score.gold for row in measured.rows}["all types, exact"] == 10
    write(tmp_path / "tdmsci" / "test.jsonl", [{"id": "t", "text": "ParseBank tests parsing.", "spans": [[0, 9, "DATASET"]], "relations": []}])
    assert tdmsci.measure(tmp_path).texts == 1


def test_a_missing_set_is_named_with_its_source_and_fails(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"IBM/science-result-extractor.*--data"):
        read_records(tmp_path, "tdmsci", "test")
    run = CliRunner().invoke(main, ["external", "tdmsci", "--data", str(tmp_path)])
    assert run.exit_code == 1
    assert "tdmsci/test.jsonl: no such file" in run.output


def test_a_damaged_record_is_named_by_line(tmp_path: Path) -> None:
    write(tmp_path / "measeval" / "eval.jsonl", [MEASURED, {**MEASURED, "spans": [[30, 99, "Quantity"]]}])
    with pytest.raises(InputError, match=r"eval.jsonl:2: a span lies outside the text"):
        read_records(tmp_path, "measeval", "eval")
    assert len(read_records(tmp_path, "measeval", "eval", limit=1)) == 1


def test_figures_go_to_a_file_too(tmp_path: Path) -> None:
    for split in ("train", "trial", "eval"):
        write(tmp_path / "measeval" / f"{split}.jsonl", [MEASURED])
    out = tmp_path / "figures.json"
    run = CliRunner().invoke(main, ["external", "measeval", "--data", str(tmp_path), "--json", str(out)])
    assert run.exit_code == 0, run.output
    parts = json.loads(out.read_text(encoding="utf-8"))
    assert [p["part"] for p in parts] == ["eval", "train and trial", "train, trial and eval"]
    assert parts[0]["rows"][0]["score"]["value"] == 1


def write(path: Path, records: list[Record]) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
