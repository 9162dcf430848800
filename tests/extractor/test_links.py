"""Decisions of the linker on scores that are given."""

from __future__ import annotations

import numpy as np
import pytest

from kg.extractor.linker import LINKS, PREDICATES, _best_links, _confidence, _drop_contradictions, _Stated
from kg.ontology import Predicate

METHOD, BASELINE, METRIC = (LINKS.index(name) for name in ("method", "baseline", "metric"))
WINS, EVEN, IS_A, USES = (PREDICATES.index(p) for p in (Predicate.OUTPERFORMS, Predicate.COMPARED_WITH, Predicate.IS_A, Predicate.USES))


def links(method: list[float], baseline: list[float], null: float = 0.0) -> dict[str, int]:
    """The links of a number whose candidates score so as method and baseline, and -9 as all else."""
    logits = np.full((len(method), len(LINKS)), -9.0)
    logits[:, METHOD], logits[:, BASELINE] = method, baseline
    return _best_links(logits, np.full(len(LINKS), null, dtype=np.float32))


def test_a_link_goes_to_the_best_candidate_or_to_none() -> None:
    assert links([2.0, 1.0], [-3.0, -1.0]) == {"method": 0, "metric": 0}  # every result measures something
    assert links([-1.0, -2.0], [-1.0, -2.0]) == {"metric": 0}


def test_a_metric_that_no_candidate_may_be_stays_open() -> None:
    logits = np.full((2, len(LINKS)), -9.0)
    logits[:, METRIC] = -np.inf
    assert _best_links(logits, np.zeros(len(LINKS), dtype=np.float32)) == {}


def test_what_is_best_as_method_and_as_baseline_is_the_one_that_costs_less_to_move() -> None:
    assert links([5.0, 4.5], [5.0, 1.0]) == {"method": 1, "baseline": 0, "metric": 0}
    assert links([5.0, 1.0], [5.0, 4.5]) == {"method": 0, "baseline": 1, "metric": 0}
    assert links([5.0, -2.0], [5.0, -4.0]) == {"method": 0, "metric": 0}


@pytest.mark.parametrize(
    ("one", "other"),
    [((0, 1, WINS), (1, 0, WINS)), ((0, 1, IS_A), (1, 0, IS_A)), ((0, 1, WINS), (0, 1, EVEN)), ((0, 1, WINS), (1, 0, EVEN)), ((0, 1, EVEN), (1, 0, WINS))],
)
def test_of_statements_that_exclude_each_other_the_surer_stays(one: tuple[int, int, int], other: tuple[int, int, int]) -> None:
    for scores in ((2.0, 1.0), (1.0, 2.0)):
        relations = {key: _Stated(score, (0, 1), (2, 3)) for key, score in zip((one, other), scores, strict=True)}
        _drop_contradictions(relations)
        assert list(relations) == [one if scores[0] > scores[1] else other]


def test_statements_that_can_both_hold_stay() -> None:
    relations = {key: _Stated(1.0, (0, 1), (2, 3)) for key in ((0, 1, USES), (1, 0, USES), (0, 1, WINS), (2, 1, WINS), (0, 2, EVEN))}
    _drop_contradictions(relations)
    assert len(relations) == 5


def test_a_confidence_is_the_calibrated_logit() -> None:
    assert _confidence(0.0, [1.0, 0.0]) == 0.5
    assert _confidence(2.0, [0.5, -1.0]) == 0.5
    assert _confidence(99.0, [1.0, 0.0]) == 1.0
