"""Words -> mentions: the best sequence of tags, and one type for each name of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.extractor.encoding import Window, sentences
from kg.extractor.model import Encoding, Floats, Model
from kg.extractor.numbers import Number, find_numbers
from kg.extractor.pairs import TYPES
from kg.extractor.spans import by_type as by_type_of
from kg.extractor.spans import decode
from kg.names import fold
from kg.ontology import EntityType

BATCH_PIECES = 1024


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention in a window: first and last word, type index, geometric mean of the probability of its tags."""

    word0: int
    word1: int
    type: int
    confidence: float


@dataclass(frozen=True, slots=True)
class Draft:
    """One text between tagger and linker: its sentences, its numbers, its windows, their hidden states and their mentions in reading order."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    numbers: tuple[Number, ...]
    windows: tuple[Window, ...]
    hidden: tuple[Floats, ...]
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
    encoded: dict[tuple[int, int], Encoding] = {}
    for batch in batches(windows):
        encoded.update(zip(batch, model.encode([windows[k][n] for k, n in batch]), strict=True))
    drafts = []
    for k, (text, title_end) in enumerate(texts):
        places, numbers = tuple(sentences(text, title_end)), tuple(find_numbers(text))
        found = [encoded[k, n] for n in range(len(windows[k]))]
        spans = []
        for window, encoding in zip(windows[k], found, strict=True):
            spans.append([span for span in _spans(encoding.tags, window, places, numbers, model.settings) if span[0] >= window.body])
        mentions = _vote(text, windows[k], spans, [e.tags for e in found])
        drafts.append(Draft(text, places, numbers, tuple(windows[k]), tuple(e.hidden for e in found), mentions))
    return drafts


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
