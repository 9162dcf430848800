"""Which pairs of mentions the linking heads look at, in index form. Shared by training and extraction."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extractor.encoding import Ints, Window
from kg.names import fold, is_acronym
from kg.ontology import ALLOWED, EntityType

TYPES: tuple[EntityType, ...] = tuple(EntityType)
NUMBER = len(TYPES)
"""Type index of a number; below it stand the entity types in the ontology's order."""

NEAREST = 3
"""Mention pairs kept for each pair of surface groups, nearest first: far repetitions add cost and no information."""

DISTANCE_BINS, SENTENCE_BINS, STRING_CLASSES = 24, 4, 48

_PAIR_ALLOWED = np.zeros((NUMBER + 1, NUMBER + 1), dtype=bool)
for _a, _b in ALLOWED:
    _PAIR_ALLOWED[TYPES.index(_a), TYPES.index(_b)] = True
_PAIR_ALLOWED[NUMBER, :NUMBER] = True


@dataclass(frozen=True, slots=True)
class Mentions:
    """The mentions and numbers of one window.

    Attributes:
        word0, word1: first and last word, int64 (M,).
        type: index into `TYPES`, or `NUMBER`, int64 (M,).
        group: surface group, int64 (M,): mentions of one type with one folded surface; each number is a group of its own.
        sentence: index of the sentence, int64 (M,).
    """

    word0: Ints
    word1: Ints
    type: Ints
    group: Ints
    sentence: Ints

    def spans(self) -> list[tuple[int, int, int]]:
        """First word, last word and type of each."""
        return list(zip(self.word0.tolist(), self.word1.tolist(), self.type.tolist(), strict=True))


def distance_bin(gap: Ints) -> Ints:
    """Words between two mentions -> one of `DISTANCE_BINS`: exact below 12, then three bins an octave."""
    far = 12 + (np.log2(np.maximum(gap, 12) / 12) * 3).astype(np.int64)
    return np.where(gap < 12, gap, np.minimum(far, DISTANCE_BINS - 1))


def link_rows(m: Mentions) -> Ints:
    """Ordered mention pairs for relations and result links: int64 (P, 4) of source, target, signed distance bin, sentence bin.

    For each ordered pair of groups whose types may be joined (number -> any entity included) the `NEAREST` pairs of mentions.
    """
    if not len(m.type):
        return np.zeros((0, 4), dtype=np.int64)
    source, target = np.nonzero(_PAIR_ALLOWED[m.type[:, None], m.type[None, :]] & (m.group[:, None] != m.group[None, :]))
    return _nearest(m, source, target)


def twin_rows(m: Mentions, surfaces: Sequence[str]) -> Ints:
    """Mention pairs for coreference of surface groups: int64 (C, 5) of source, target, distance bin, sentence bin, string class.

    Only groups of one type, the lower group first. `surfaces` has one surface a group.
    """
    if not len(m.type):
        return np.zeros((0, 5), dtype=np.int64)
    same = (m.type[:, None] == m.type[None, :]) & (m.type[:, None] != NUMBER) & (m.group[:, None] < m.group[None, :])
    rows = _nearest(m, *np.nonzero(same))
    classes = string_classes(surfaces, m.group[rows[:, 0]], m.group[rows[:, 1]])
    return np.concatenate([rows, classes[:, None]], axis=1)


def _nearest(m: Mentions, source: Ints, target: Ints) -> Ints:
    forward = m.word0[source] <= m.word0[target]
    gap = np.maximum(np.where(forward, m.word0[target] - m.word1[source], m.word0[source] - m.word1[target]) - 1, 0)
    pair = m.group[source] * (int(m.group.max(initial=0)) + 1) + m.group[target]
    order = np.lexsort((target, source, gap, pair))
    source, target, gap, forward, pair = source[order], target[order], gap[order], forward[order], pair[order]
    starts = np.flatnonzero(np.r_[True, pair[1:] != pair[:-1]]) if len(pair) else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(pair)) - np.repeat(starts, np.diff(np.r_[starts, len(pair)]))
    keep = rank < NEAREST
    source, target, gap, forward = source[keep], target[keep], gap[keep], forward[keep]
    apart = np.minimum(np.abs(m.sentence[source] - m.sentence[target]), SENTENCE_BINS - 1)
    return np.stack([source, target, distance_bin(gap) + DISTANCE_BINS * forward, apart], axis=1).astype(np.int64)


def string_classes(surfaces: Sequence[str], left: Ints, right: Ints) -> Ints:
    """How alike two surfaces are, as one of `STRING_CLASSES`: shared words (6 steps), acronym, subset of words, same last word."""
    words = [_words(s) for s in surfaces]
    known: dict[tuple[int, int], int] = {}
    out = np.zeros(len(left), dtype=np.int64)
    for k, (i, j) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        value = known.get((i, j))
        if value is None:
            a, b = set(words[i]), set(words[j])
            shared = len(a & b) / len(a | b) if a | b else 0.0
            acronym = _may_be_acronym(surfaces[i], surfaces[j]) or _may_be_acronym(surfaces[j], surfaces[i])
            subset = bool(a and b) and (a <= b or b <= a)
            head = bool(a and b) and words[i][-1] == words[j][-1]
            value = known[i, j] = min(5, int(shared * 6)) * 8 + 4 * acronym + 2 * subset + head
        out[k] = value
    return out


def _words(surface: str) -> list[str]:
    return [w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith("ss") else w for w in re.findall(r"[\w.+#]+", surface.lower())]


def _may_be_acronym(short: str, long: str) -> bool:
    return len(short) < len(long) and re.search(r"[\s-]", long) is not None and is_acronym(short, long)


def number_words(window: Window, start: int, end: int) -> tuple[int, int] | None:
    """First and last word that a number's code points touch; None where the window does not hold it."""
    w0 = int(np.searchsorted(window.end, start, side="right"))
    w1 = int(np.searchsorted(window.start, end, side="left")) - 1
    return (w0, w1) if w0 <= w1 else None


def group_mentions(places: Sequence[tuple[int, int]], window: Window, rows: Sequence[tuple[int, int, int, str]]) -> tuple[Mentions, list[str]]:
    """Mentions of (first word, last word, type, surface) rows, and one surface a group; each number is a group of its own.

    `places` are the sentences of the text.
    """
    groups: dict[tuple[int, str | int], int] = {}
    names: list[str] = []
    group = np.zeros(len(rows), dtype=np.int64)
    for k, (_, _, kind, surface) in enumerate(rows):
        key = (kind, k if kind == NUMBER else fold(surface))
        if key not in groups:
            groups[key] = len(names)
            names.append(surface)
        group[k] = groups[key]
    columns = np.array([row[:3] for row in rows], dtype=np.int64).reshape(-1, 3)
    ends = np.array([end for _, end in places], dtype=np.int64)
    sentence = np.searchsorted(ends, window.start[columns[:, 0]], side="right")
    return Mentions(columns[:, 0], columns[:, 1], columns[:, 2], group, sentence), names
