"""Words -> mentions: of the spans that the tags propose, those that the model holds for mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kg.extractor.encoding import Window, sentences
from kg.extractor.model import Encoding, Floats, Model
from kg.extractor.numbers import Number, find_numbers
from kg.extractor.pairs import TYPES
from kg.extractor.spans import Words, by_type, candidates, choose, overlap, readings
from kg.names import fold
from kg.ontology import EntityType

BATCH_PIECES = 1024


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention in a window: first and last word, type index, and its score, a logit."""

    word0: int
    word1: int
    type: int
    score: float


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


@dataclass(frozen=True, slots=True)
class Proposal:
    """One text between encoder and decisions: for each window the spans that its tags propose, and what speaks for each.

    Attributes:
        spans: first word, last word, type.
        names: type and folded surface of each span.
        valid: logit of the head that tells mentions from other spans, one array (N,) a window.
        tagged: mean log probability of the span's tags, one array (N,) a window.
    """

    text: str
    sentences: tuple[tuple[int, int], ...]
    numbers: tuple[Number, ...]
    windows: tuple[Window, ...]
    hidden: tuple[Floats, ...]
    spans: tuple[tuple[Words, ...], ...]
    names: tuple[tuple[tuple[int, str], ...], ...]
    valid: tuple[Floats, ...]
    tagged: tuple[Floats, ...]


def tag(model: Model, texts: Sequence[tuple[str, int]]) -> list[Draft]:
    """Find the mentions of (text, end of its title) pairs, and read their numbers."""
    return [decide(proposal, model.settings) for proposal in propose(model, texts)]


def propose(model: Model, texts: Sequence[tuple[str, int]]) -> list[Proposal]:
    """Encode texts, and take spans from the best readings of their tags.

    Windows are sorted by length and those of one length run together, so that nothing is padded and no text's result depends on which
    others are read with it.
    """
    windows = [model.tokenization.windows(text, title_end) for text, title_end in texts]
    encoded: dict[tuple[int, int], Encoding] = {}
    for batch in batches(windows):
        encoded.update(zip(batch, model.encode([windows[k][n] for k, n in batch]), strict=True))
    return [_proposal(model, text, title_end, windows[k], [encoded[k, n] for n in range(len(windows[k]))]) for k, (text, title_end) in enumerate(texts)]


def _proposal(model: Model, text: str, title_end: int, windows: Sequence[Window], encoded: Sequence[Encoding]) -> Proposal:
    spans, names, valid, tagged = [], [], [], []
    for window, encoding in zip(windows, encoded, strict=True):
        found = tuple(span for span in candidates(encoding.tags, readings(encoding.tags)) if span[0] >= window.body)
        rows = np.array(found, dtype=np.int64).reshape(-1, 3)
        spans.append(found)
        names.append(tuple((kind, fold(text[int(window.start[a]) : int(window.end[b])])) for a, b, kind in found))
        valid.append(model.validity(encoding.hidden, np.stack([window.first[rows[:, 0]], window.last[rows[:, 1]], rows[:, 2]], axis=1)))
        tagged.append(np.array([by_type(encoding.tags, a, b)[kind] / (b - a + 1) for a, b, kind in found], dtype=np.float32))
    return Proposal(
        text,
        tuple(sentences(text, title_end)),
        tuple(find_numbers(text)),
        tuple(windows),
        tuple(e.hidden for e in encoded),
        tuple(spans),
        tuple(names),
        tuple(valid),
        tuple(tagged),
    )


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


def decide(proposal: Proposal, settings: dict[str, Any]) -> Draft:
    """Of the proposed spans take those that hold as mentions, the best first where they overlap.

    All places of one name and type stand or fall together: their score is the mean. A finding measures something: where a sentence has a number that may be
    one and no metric is found in it, its best candidate for a metric need not score as high.
    """
    bias = np.asarray(settings["span_bias"], dtype=np.float64)
    pooled: dict[tuple[int, str], list[float]] = {}
    for names, valid, tagged in zip(proposal.names, proposal.valid, proposal.tagged, strict=True):
        for name, value in zip(names, (valid + settings["tag_weight"] * tagged).tolist(), strict=True):
            pooled.setdefault(name, []).append(value)
    score = {name: sum(values) / len(values) + float(bias[name[0]]) for name, values in pooled.items()}
    mentions = []
    for window, spans, names in zip(proposal.windows, proposal.spans, proposal.names, strict=True):
        scores = [score[name] for name in names]
        chosen = choose(spans, scores)
        for a, b in proposal.sentences:
            if any(a <= number.start < b and not number.setting for number in proposal.numbers):
                metrics = [k for k, (first, _, kind) in enumerate(spans) if kind == _METRIC and a <= int(window.start[first]) < b]
                if not any(k in chosen for k in metrics):
                    free = [k for k in metrics if not any(overlap(spans[k], spans[c]) for c in chosen)]
                    best = max(free, key=lambda k: (round(scores[k], 4), -k), default=None)
                    if best is not None and scores[best] + settings["measuring_bias"] > 0:
                        chosen.append(best)
        mentions.append(tuple(Tagged(*spans[k], scores[k]) for k in sorted(chosen)))
    return Draft(proposal.text, proposal.sentences, proposal.numbers, proposal.windows, proposal.hidden, tuple(mentions))


_METRIC = TYPES.index(EntityType.METRIC)
