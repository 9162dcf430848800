"""Intervals and calibration: what they must be for counts whose answer is known."""

from __future__ import annotations

import time

import numpy as np
import pytest

from kg.evaluation.bootstrap import intervals, rates
from kg.evaluation.calibration import calibration


def test_rates_are_zero_where_there_is_nothing() -> None:
    assert rates(np.zeros((2, 3))).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert rates(np.array([0.0, 5.0, 0.0])).tolist() == [0, 0, 0]


def test_documents_that_are_alike_leave_no_doubt() -> None:
    assert intervals(np.tile([[[3.0, 4.0, 6.0]]], (20, 1, 1))).tolist() == [[[0.75, 0.75], [0.5, 0.5], [pytest.approx(0.6)] * 2]]


def test_an_interval_is_as_wide_as_the_theory_says() -> None:
    """Of 400 documents with one item each, half of them right, the share has a standard error of 1/40."""
    counts = np.array([[[float(number % 2), 1.0, 1.0]] for number in range(400)])
    low, high = intervals(counts, resamples=4000)[0, 0]
    assert (low, high) == pytest.approx((0.5 - 1.96 / 40, 0.5 + 1.96 / 40), abs=0.006)


def test_the_same_counts_give_the_same_interval_whatever_stands_beside_them() -> None:
    rng = np.random.default_rng(1)
    gold = rng.integers(0, 9, size=(50, 4))
    counts = np.stack([np.minimum(gold, 3), gold + 1, gold], axis=-1).astype(float)
    assert (intervals(counts) == intervals(counts)).all()
    assert (intervals(counts)[:2] == intervals(counts[:, :2])).all()


def test_a_thousand_resamples_of_two_hundred_documents_take_well_under_a_second() -> None:
    counts = np.ones((200, 40, 3))
    began = time.process_time()
    intervals(counts)
    assert time.process_time() - began < 1


def test_confidences_that_are_true_have_no_error() -> None:
    measured = calibration([0.75] * 4 + [0.0] * 3 + [1.0] * 2, [True] * 3 + [False] * 4 + [True] * 2)
    assert measured.error == 0
    assert [(bin.low, bin.high, bin.items) for bin in measured.bins] == [(0.0, 0.1, 3), (0.7, 0.8, 4), (0.9, 1.0, 2)]


def test_the_error_weighs_each_bin_by_its_items() -> None:
    measured = calibration([0.9, 0.9, 0.9, 0.3], [True, False, False, True])
    assert measured.error == pytest.approx((3 * (0.9 - 1 / 3) + 1 * (1 - 0.3)) / 4)
    assert (measured.confidence, measured.accuracy) == (pytest.approx(0.75), 0.5)


def test_nothing_has_no_calibration() -> None:
    assert (calibration([], []).error, calibration([], []).bins) == (None, ())
