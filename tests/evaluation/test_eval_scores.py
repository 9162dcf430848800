"""What `kg.evaluation.evaluate` counts, on documents small enough to count by hand."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from gold_files import EMPTY, GOLD, found, other, write_claims, write_gold

from kg.evaluation import Evaluation, evaluate


@pytest.fixture
def evaluation(tmp_path: Path) -> Evaluation:
    return evaluate(write_gold(tmp_path / "gold.jsonl", GOLD, EMPTY), write_claims(tmp_path / "claims.jsonl", [found(), other()]))


def counts(evaluation: Evaluation, name: str) -> tuple[int, int, int]:
    score = evaluation.scores[name]
    return score.right, score.found, score.gold


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("entity.strict", (5, 7, 7)),
        ("entity.relaxed", (6, 7, 7)),
        ("entity.strict.Task", (0, 2, 1)),
        ("entity.relaxed.Task", (1, 2, 1)),
        ("entity.strict.Metric", (1, 1, 2)),
        ("proposed", (1, 1, 1)),
        ("relation", (2, 3, 4)),
        ("relation.TARGETS", (1, 2, 1)),
        ("relation.USES", (0, 0, 1)),
        ("number", (2, 2, 2)),
        ("result", (1, 2, 2)),
        ("result.full", (1, 2, 2)),
    ],
)
def test_each_score_counts_what_it_says(evaluation: Evaluation, name: str, expected: tuple[int, int, int]) -> None:
    assert counts(evaluation, name) == expected


def test_precision_recall_and_f1_follow_from_the_counts(evaluation: Evaluation) -> None:
    score = evaluation.scores["relation"]
    assert (score.precision.value, score.recall.value, score.f1.value) == pytest.approx((2 / 3, 2 / 4, 4 / 7))


def test_relations_that_neither_side_has_are_left_out(evaluation: Evaluation) -> None:
    assert "relation.IS_A" not in evaluation.scores
    assert "entity.strict.Hardware" in evaluation.scores


def test_fields_are_judged_on_numbers_that_both_sides_have(evaluation: Evaluation) -> None:
    assert {name: (field.right, field.numbers) for name, field in evaluation.fields.items() if field.right < 2} == {"metric": (1, 2), "bound": (1, 2)}
    assert evaluation.fields["metric"].share.value == 0.5
    assert evaluation.fields["task"].share.value == 1  # absent on both sides


def test_confidences_are_judged_by_what_each_part_means(evaluation: Evaluation) -> None:
    entities, relations, numbers = (evaluation.calibration[part] for part in ("entities", "relations", "numbers"))
    assert (entities.items, relations.items, numbers.items) == (7, 3, 2)
    assert entities.accuracy == pytest.approx(5 / 7)
    assert relations.accuracy == pytest.approx(2 / 3)
    assert numbers.accuracy == 1
    assert relations.error == pytest.approx(abs(2 / 3 - 0.8))


def test_the_worst_document_comes_first_and_names_its_faults(evaluation: Evaluation) -> None:
    worst, perfect = evaluation.documents
    assert (worst.id, perfect.id) == ("p1", "p2")
    assert (worst.right, worst.found, worst.gold) == (5 + 2 + 1, 7 + 3 + 2, 7 + 4 + 2)
    assert worst.f1 == pytest.approx(16 / 25)
    assert worst.missing == (
        'Task "multi-hop question answering"',
        'Metric "speedup"',
        '"OtterNet" USES "Large language models"',
        '"OtterNet" RUNS_ON "A100 GPU"',
    )
    assert worst.extra == ('Task "question answering"', 'Task "speedup"', '"OtterNet" TARGETS "speedup"')
    assert worst.wrong == ('metric of "2.2x"',)
    assert (perfect.f1, perfect.missing, perfect.extra, perfect.wrong) == (1, (), (), ())


def test_of_documents_without_a_hit_the_one_with_more_faults_is_worse(tmp_path: Path) -> None:
    small = {**EMPTY, "id": "a", "entities": [{"key": "k", "type": "Task", "mentions": ["sorting"]}]}
    gold = write_gold(tmp_path / "gold.jsonl", small, GOLD)
    result = evaluate(gold, write_claims(tmp_path / "claims.jsonl", [other("a")]))
    assert [document.id for document in result.documents] == ["p1", "a"]
    assert [document.extracted for document in result.documents] == [False, True]


def test_a_document_that_was_not_extracted_counts_as_empty_and_is_named(tmp_path: Path) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", GOLD, EMPTY)
    result = evaluate(gold, write_claims(tmp_path / "claims.jsonl", [other("p2")]))
    assert result.missing == ("p1",)
    assert counts(result, "entity.strict") == (0, 0, 7)


def test_documents_that_gold_has_not_are_ignored_and_counted(tmp_path: Path) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", EMPTY)
    result = evaluate(gold, write_claims(tmp_path / "claims.jsonl", [found(), other("p2"), other("p3")]))
    assert result.ignored == 2
    assert counts(result, "entity.strict") == (0, 0, 0)
    assert result.fields == {}
    assert result.calibration["numbers"].error is None


def test_a_claims_file_is_perfect_against_itself(tmp_path: Path) -> None:
    claims = write_claims(tmp_path / "claims.jsonl", [found(), other()])
    result = evaluate(claims, claims)
    assert {score.f1.value for name, score in result.scores.items() if score.gold} == {1.0}
    assert {field.share.value for field in result.fields.values()} == {1.0}


def test_a_claims_file_corrected_by_hand_is_gold(tmp_path: Path) -> None:
    corrected = found()
    corrected = corrected.model_copy(update={"relations": corrected.relations[:2]})
    result = evaluate(write_claims(tmp_path / "gold.jsonl", [corrected]), write_claims(tmp_path / "claims.jsonl", [found()]))
    assert counts(result, "relation") == (2, 3, 2)
    assert counts(result, "entity.strict") == (7, 7, 7)


def test_a_relation_stated_twice_counts_once_with_its_greatest_confidence(tmp_path: Path) -> None:
    document = found()
    again = document.relations[0].model_copy(update={"confidence": 0.99})
    document = document.model_copy(update={"relations": (*document.relations, again)})
    result = evaluate(write_gold(tmp_path / "gold.jsonl", GOLD), write_claims(tmp_path / "claims.jsonl", [document]))
    assert counts(result, "relation") == (2, 3, 4)
    assert result.calibration["relations"].confidence == pytest.approx((0.99 + 0.8 + 0.8) / 3)


def number(**changes: Any) -> dict[str, Any]:
    """`GOLD` with one number alone, changed."""
    return {**GOLD, "results": [{**GOLD["results"][0], **changes}]}


@pytest.mark.parametrize(
    ("changes", "same"),
    [
        ({}, True),
        ({"unit": "points"}, True),
        ({"unit": "x"}, False),
        ({"value": 4.52}, True),
        ({"value": 4.6}, False),
        ({"value_high": 5.0}, False),
        ({"kind": "absolute", "direction": None}, True),
    ],
)
def test_a_number_is_the_same_by_value_range_and_unit(tmp_path: Path, changes: dict[str, Any], same: bool) -> None:
    result = evaluate(write_gold(tmp_path / "gold.jsonl", number(**changes)), write_claims(tmp_path / "claims.jsonl", [found()]))
    assert counts(result, "number") == (int(same), 2, 1)
    assert counts(result, "result") == (int(same and "kind" not in changes), 2, 1)


def test_two_evaluations_are_equal(tmp_path: Path, evaluation: Evaluation) -> None:
    again = evaluate(write_gold(tmp_path / "gold.jsonl", GOLD, EMPTY), write_claims(tmp_path / "claims.jsonl", [found(), other()]))
    assert dataclasses.asdict(again) == dataclasses.asdict(evaluation)
