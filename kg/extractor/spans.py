"""Which stretches of words may be mentions: the best readings of the tags, and the spans that they propose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from kg.extractor.model import Floats

Words = tuple[int, int, int]
"""A mention as first word, last word, type index."""

READINGS = ((-0.8, 0.0), (0.5, 0.0), (2.0, 0.0), (0.5, 1.5))
"""How far the begin and the inside tags are raised for the readings that candidates are taken from: the last one favours longer spans."""


def readings(tags: Floats, raised: Sequence[tuple[float, float]] = READINGS) -> list[list[Words]]:
    """The best reading of (W, T) log probabilities of tags, with all begin and all inside tags raised by each pair of amounts."""
    scores = np.repeat(tags[None], len(raised), axis=0)
    amounts = np.asarray(raised, dtype=np.float32)
    scores[:, :, 1::2] += amounts[:, :1, None]
    scores[:, :, 2::2] += amounts[:, 1:, None]
    return decode(scores)


def candidates(tags: Floats, found: Iterable[Iterable[Words]]) -> list[Words]:
    """All spans of some readings, each with the two types that its tags hold most probable; sorted."""
    spans = sorted({(a, b) for reading in found for a, b, _ in reading})
    return sorted((a, b, int(kind)) for a, b in spans for kind in np.argsort(-by_type(tags, a, b), kind="stable")[:2])


def by_type(tags: Floats, first: int, last: int) -> Floats:
    """Log probability of a span's tags for each type, (5,)."""
    return np.asarray(tags[first, 1::2] + tags[first + 1 : last + 1, 2::2].sum(0), dtype=np.float32)


def decode(scores: Floats) -> list[list[Words]]:
    """The best well-formed BIO sequence (Viterbi 1967) of each of K tables of scores (K, W, T): the spans of each."""
    kinds, length, tags = scores.shape
    if not length:
        return [[] for _ in range(kinds)]
    rows, begin, inside = np.arange(kinds), np.arange(1, tags, 2), np.arange(2, tags, 2)
    by_word = np.ascontiguousarray(scores.transpose(1, 0, 2))
    back = np.zeros((length, kinds, tags), dtype=np.int8)
    best = by_word[0].copy()
    best[:, 2::2] -= 1e4  # an inside tag follows only its own begin or inside tag
    for k in range(1, length):
        top = best.argmax(1)
        began, went_on = best[:, 1::2], best[:, 2::2]
        back[k] = top[:, None]
        back[k, :, 2::2] = np.where(went_on > began, inside, begin)
        through = np.repeat(best[rows, top][:, None], tags, axis=1)
        through[:, 2::2] = np.maximum(began, went_on)
        best = through + by_word[k]
    paths = np.zeros((length, kinds), dtype=np.int64)
    paths[-1] = best.argmax(1)
    for k in range(length - 1, 0, -1):
        paths[k - 1] = back[k, rows, paths[k]]
    return [_read(paths[:, k].tolist()) for k in range(kinds)]


def _read(path: Sequence[int]) -> list[Words]:
    """The spans of a well-formed sequence of BIO tags."""
    spans, k = [], 0
    while k < len(path):
        end = k
        if path[k] % 2:
            while end + 1 < len(path) and path[end + 1] == path[k] + 1:
                end += 1
            spans.append((k, end, path[k] // 2))
        k = end + 1
    return spans


def overlap(one: Words, other: Words) -> bool:
    """Whether two spans share a word."""
    return one[0] <= other[1] and other[0] <= one[1]


def choose(scores: Mapping[Words, float]) -> list[Words]:
    """The spans that score above zero, best first, without those that overlap a better one."""
    chosen: list[Words] = []
    for span in sorted((span for span, score in scores.items() if score > 0), key=lambda span: (-round(scores[span], 4), span)):
        if not any(overlap(span, other) for other in chosen):
            chosen.append(span)
    return chosen
