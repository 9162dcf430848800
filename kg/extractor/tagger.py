"""Words -> mentions: the best sequence of tags, and one type for each name of a text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np

from kg.extractor.encoding import Window, sentences
from kg.extractor.model import Floats, Model
from kg.extractor.numbers import Number, find_numbers
from kg.extractor.pairs import TYPES
from kg.extractor.spans import by_type as by_type_of
from kg.extractor.spans import decode
from kg.names import fold
from kg.ontology import EntityType

BATCH_PIECES = 1024
KEPT_PIECES = 32_768
"""Pieces of a batch of texts whose hidden states wait for the linker, 50 MB; the longest texts, which lie beyond, are encoded again when they are linked."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention in a window: first and last word, type index, geometric mean of the probability of its tags."""

    word0: int
    word1: int
    type: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Draft:
    """One text between tagger and linker: its sentences and numbers, its windows, their hidden states (None: encode again) and their mentions.

    Mentions are in reading order, and in the window that owns them.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    numbers: tuple[Number, ...]
    windows: tuple[Window, ...]
    hidden: tuple[Floats | None, ...]
    mentions: tuple[tuple[Tagged, ...], ...]

    def surface(self, window: int, mention: Tagged) -> str:
        w = self.windows[window]
        return self.text[int(w.start[mention.word0]) : int(w.end[mention.word1])]


def tag(model: Model, texts: Sequence[tuple[str, int]]) -> list[Draft]:
    """Tag (text, end of its title) pairs, and read their numbers.

    Windows are sorted by length and those of one length run together, so that nothing is padded and no text's result depends on which
    others are read with it.
    """
    windows = [model.tokenization.windows(text, title_end) for text, title_end in texts]
    places = [tuple(sentences(text, title_end)) for text, title_end in texts]
    numbers = [tuple(find_numbers(text)) for text, _ in texts]
    pieces = [sum(len(window.pieces) for window in windows[k]) for k in range(len(texts))]
    shortest = sorted(range(len(texts)), key=pieces.__getitem__)
    total = dict(zip(shortest, accumulate(pieces[k] for k in shortest), strict=True))
    hidden: dict[tuple[int, int], Floats | None] = {}
    tags: dict[tuple[int, int], Floats] = {}
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for batch in batches(windows):
        for (k, n), encoding in zip(batch, model.encode([windows[k][n] for k, n in batch]), strict=True):
            hidden[k, n] = encoding.hidden if total[k] <= KEPT_PIECES else None
            tags[k, n] = encoding.tags
            near = _near(windows[k][n], places[k], numbers[k]) if len(windows[k]) > 1 else (places[k], numbers[k])
            found[k, n] = _spans(encoding.tags, windows[k][n], *near, model.settings)
    drafts = []
    for k, (text, _) in enumerate(texts):
        ids = [(k, n) for n in range(len(windows[k]))]
        mentions = _vote(text, windows[k], owned(windows[k], [found[i] for i in ids]), [tags[i] for i in ids])
        drafts.append(Draft(text, places[k], numbers[k], tuple(windows[k]), tuple(hidden[i] for i in ids), mentions))
    return drafts


def _near(window: Window, places: Sequence[tuple[int, int]], numbers: Sequence[Number]) -> tuple[Sequence[tuple[int, int]], Sequence[Number]]:
    """The sentences and numbers that touch a window's part of the text; without the rest, a long text takes linear time."""
    begin, end = int(window.start[window.body]), int(window.end[-1])
    around = places[bisect_right(places, begin, key=lambda place: place[1]) : bisect_left(places, end, key=lambda place: place[0])]
    return around, numbers[bisect_left(numbers, begin, key=lambda n: n.start) : bisect_left(numbers, end, key=lambda n: n.start)]


def owned(windows: Sequence[Window], spans: Sequence[list[tuple[int, int, int]]]) -> list[list[tuple[int, int, int]]]:
    """The spans of each window that begin with a word it owns, or reach from its neighbour's last words into its own.

    Where both neighbours see something at the border, the earlier window's reading stays: nothing there is lost, and nothing is told twice.
    """
    kept, taken = [], 0
    for window, found in zip(windows, spans, strict=True):
        kept.append([span for span in found if window.body <= span[0] < window.own.stop and span[1] >= window.own.start and window.start[span[0]] >= taken])
        if kept[-1]:
            taken = int(window.end[kept[-1][-1][1]])
    return kept


def batches(windows: Sequence[Sequence[Window]]) -> Iterator[list[tuple[int, int]]]:
    """The windows of several texts as (text, window) pairs that run together: sorted by length, those of one length side by side."""
    order = [(len(window.pieces), k, n) for k, found in enumerate(windows) for n, window in enumerate(found)]
    run: list[tuple[int, int]] = []
    length = 0
    for size, k, n in sorted(order):
        if run and (size != length or (len(run) + 1) * size > BATCH_PIECES):
            yield run
            run = []
        run.append((k, n))
        length = size
    if run:
        yield run


def _spans(tags: Floats, window: Window, places: Sequence[tuple[int, int]], numbers: Sequence[Number], settings: dict[str, Any]) -> list[tuple[int, int, int]]:
    """Mentions of a window, with the begin tag of each type raised or lowered as the settings say.

    A finding measures something: where a sentence has a number that may be one and no metric is found in it, it is read again with the metric's begin
    tag raised.
    """
    scores = tags.copy()
    scores[:, 1::2] += np.asarray(settings["tag_bias"], dtype=np.float32)
    found = decode(scores[None])[0]
    again = False
    for a, b in places:
        if any(a <= number.start < b and not number.setting for number in numbers):
            inside = np.flatnonzero((window.start >= a) & (window.start < b))
            if len(inside) and not any(kind == _METRIC and inside[0] <= first <= inside[-1] for first, _, kind in found):
                scores[inside, 1 + 2 * _METRIC] += settings["measuring_bias"]
                again = True
    return decode(scores[None])[0] if again else found


_METRIC = TYPES.index(EntityType.METRIC)


def _vote(text: str, windows: Sequence[Window], spans: Sequence[Sequence[tuple[int, int, int]]], tags: Sequence[Floats]) -> tuple[tuple[Tagged, ...], ...]:
    """Give all mentions of one folded name the type that their tags together hold most probable."""
    votes: dict[str, Floats] = {}
    keys: list[list[str]] = []
    for window, found, log in zip(windows, spans, tags, strict=True):
        keys.append([fold(text[int(window.start[a]) : int(window.end[b])]) for a, b, _ in found])
        for (a, b, _), key in zip(found, keys[-1], strict=True):
            by_type = by_type_of(log, a, b)
            votes[key] = votes.get(key, np.zeros(len(TYPES), dtype=np.float32)) + np.exp(by_type - np.logaddexp.reduce(by_type))
    out = []
    for found, log, names in zip(spans, tags, keys, strict=True):
        mentions = []
        for (a, b, _), key in zip(found, names, strict=True):
            kind = int(votes[key].argmax())
            inside = np.concatenate([log[a : a + 1, 1 + 2 * kind], log[a + 1 : b + 1, 2 + 2 * kind]])
            mentions.append(Tagged(a, b, kind, float(np.exp(inside.mean()))))
        out.append(tuple(mentions))
    return tuple(out)
