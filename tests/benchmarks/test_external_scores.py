"""What counts as right, and the figures and intervals made of it."""

from __future__ import annotations

import pytest

from benchmarks.external.measeval import overlap_score, unit, units
from benchmarks.external.scores import Count, align, exact, f1, overlapping, share


def test_exact_wants_boundaries_and_type() -> None:
    gold = [(0, 4, "Method"), (6, 9, "Task")]
    assert exact(gold, [(0, 4, "Method"), (6, 9, "Method"), (6, 8, "Task")]) == Count(1, 3, 2)


def test_overlap_wants_a_shared_character_and_the_type_one_to_one() -> None:
    gold = [(0, 10, "Task")]
    assert overlapping(gold, [(2, 4, "Task"), (5, 9, "Task")]) == Count(1, 2, 1)
    assert overlapping(gold, [(10, 12, "Task"), (2, 4, "Method")]) == Count(0, 2, 1)


def test_the_longest_shared_stretch_is_matched_first() -> None:
    assert align([(0, 10, "T"), (12, 20, "T")], [(8, 14, "T"), (11, 20, "T")]) == {1: 1, 0: 0}


def test_f1_sums_over_texts_and_resamples_their_groups() -> None:
    score = f1([("a", Count(1, 1, 2)), ("a", Count(0, 1, 0)), ("b", Count(3, 4, 4))])
    assert (score.precision, score.recall) == (pytest.approx(4 / 6), pytest.approx(4 / 6))
    assert score.low == pytest.approx(0.5)  # only group a: 2 * 1 / (2 + 2)
    assert score.high == pytest.approx(0.75)  # only group b
    assert f1([("a", Count(1, 1, 2)), ("b", Count(3, 4, 4))]) == f1([("a", Count(1, 1, 2)), ("b", Count(3, 4, 4))])


def test_nothing_found_and_nothing_to_find_are_zero_not_an_error() -> None:
    assert f1([("a", Count(0, 0, 0))]).value == 0
    assert share([("a", Count(0, 0, 0))]).value == 0


def test_the_overlap_score_averages_words_over_pairs_and_lonely_spans() -> None:
    text = "between 2 and 5 K for 3 days or so"
    gold = [(0, 17, "Quantity"), (22, 28, "Quantity")]
    found = [(8, 17, "Quantity"), (29, 31, "Quantity")]  # "2 and 5 K" of five words; a lonely one; "3 days" missed
    count = overlap_score(text, gold, found)
    assert count.gold == 3
    assert count.right == pytest.approx(2 * 4 / (4 + 5))


def test_a_span_over_two_quantities_gets_its_best_credit_for_each() -> None:
    count = overlap_score("4 mm 6 mm", [(0, 4, "Quantity"), (5, 9, "Quantity")], [(0, 9, "Quantity")])
    assert (count.right, count.gold) == (pytest.approx(2 * 2 * 2 / 6), 2)


def test_units_are_compared_as_written_but_for_spelling() -> None:
    assert unit("percent") == unit("%")
    assert unit("m s−1") == unit("m·s^-1")
    assert unit("mm") != unit("m")


def test_only_found_quantities_with_a_unit_are_asked_for_it() -> None:
    from kg.extractor.numbers import find_numbers

    text = "It took 12 ms and 40% of 3 nodes."
    record = {
        "id": "x-1",
        "text": text,
        "spans": [[8, 13, "Quantity"], [18, 21, "Quantity"], [25, 26, "Quantity"]],
        "quantities": {"0": {"unit": "ms"}, "1": {"unit": "mg"}, "2": {"mods": ["IsCount"]}},
    }
    assert units(record, find_numbers(text)) == Count(1, 2, 2)
