"""Tags -> spans."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from kg.extractor.spans import candidates, choose, decode, readings

TAGS = 5  # outside, and begin and inside of two types


def well_formed(path: tuple[int, ...]) -> bool:
    return all(tag == 0 or tag % 2 or (k and path[k - 1] in (tag - 1, tag)) for k, tag in enumerate(path))


@pytest.mark.parametrize("seed", range(5))
def test_decoding_finds_the_best_well_formed_sequence(seed: int) -> None:
    scores = np.random.default_rng(seed).normal(size=(2, 5, TAGS)).astype(np.float32)
    for table, spans in zip(scores, decode(scores), strict=True):
        best = max((p for p in product(range(TAGS), repeat=5) if well_formed(p)), key=lambda p: sum(table[k, tag] for k, tag in enumerate(p)))
        tags = [0] * 5
        for first, last, kind in spans:
            tags[first : last + 1] = [1 + 2 * kind] + [2 + 2 * kind] * (last - first)
        assert tuple(tags) == best


def test_nothing_is_read_in_no_words() -> None:
    assert decode(np.zeros((3, 0, TAGS), dtype=np.float32)) == [[], [], []]


def test_raising_the_begin_tags_reads_more_spans() -> None:
    tags = np.log(np.full((4, TAGS), 0.05, dtype=np.float32))
    tags[:, 0] = np.log(0.8)
    tags[1, 1] = np.log(0.5)
    few, _, many = readings(tags, ((0.0, 0.0), (1.0, 0.0), (3.0, 0.0)))
    assert (few, len(many)) == ([], 4)
    assert (1, 1, 0) in candidates(tags, [many])
    assert (1, 1, 1) in candidates(tags, [many])  # the type that is second best, too


def test_of_spans_that_overlap_the_best_is_chosen() -> None:
    assert choose({(0, 1, 0): 1.0, (1, 2, 0): 2.0, (4, 4, 1): 0.5, (5, 5, 1): -0.5}) == [(1, 2, 0), (4, 4, 1)]
