"""Precision, recall and F1 of counts, and how far they would move with another sample of documents."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
SEED = 0
LEVEL = 0.95


def rates(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Precision, recall and F1 (…, 3) of counts (…, 3): right, found, in gold; 0 where nothing was found or nothing is in gold."""
    right, found, gold = counts[..., 0], counts[..., 1], counts[..., 2]
    precision = np.divide(right, found, out=np.zeros_like(right), where=found > 0)
    recall = np.divide(right, gold, out=np.zeros_like(right), where=gold > 0)
    both = precision + recall
    return np.stack([precision, recall, np.divide(2 * precision * recall, both, out=np.zeros_like(right), where=both > 0)], axis=-1)


def intervals(counts: NDArray[np.float64], resamples: int = RESAMPLES, seed: int = SEED) -> NDArray[np.float64]:
    """Low and high end of the intervals of precision, recall and F1: (scores, 3, 2) of counts (documents, scores, 3).

    Documents are drawn with replacement, as many as there are, and counted together; the ends are percentiles of what the draws give
    (percentile bootstrap, Efron 1979). The same counts give the same intervals.
    """
    documents, scores, _ = counts.shape
    rng = np.random.default_rng(seed)
    flat = counts.reshape(documents, -1)
    totals = np.empty((resamples, flat.shape[1]))
    for number in range(resamples):  # one draw at a time: memory does not grow with the gold
        totals[number] = np.bincount(rng.integers(documents, size=documents), minlength=documents) @ flat
    ends = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    found: NDArray[np.float64] = np.moveaxis(np.quantile(rates(totals.reshape(resamples, scores, 3)), ends, axis=0), 0, -1)
    return found
