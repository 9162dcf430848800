"""Words -> mentions: of the spans that the tags propose, those that the model holds for mentions."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
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
KEPT_PIECES = 32_768
"""Pieces of a batch of texts whose hidden states wait for the linker, 50 MB; the longest texts, which lie beyond, are encoded again when they are linked."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A mention in a window: first and last word, type index, and its score, a logit."""

    word0: int
    word1: int
    type: int
    score: float


@dataclass(frozen=True, slots=True)
class Candidates:
    """The spans that the tags of a window propose, and what speaks for each of the N.

    Attributes:
        spans: first word, last word, type.
        names: type and folded surface.
        valid: logit of the head that tells mentions from other spans, (N,).
        tagged: mean log probability of the span's tags, (N,).
    """

    spans: tuple[Words, ...]
    names: tuple[tuple[int, str], ...]
    valid: Floats
    tagged: Floats


@dataclass(frozen=True, slots=True)
class Proposal:
    """One text between encoder and decisions: its sentences and numbers, its windows, their hidden states (None: encode again) and candidates."""

    text: str
    sentences: tuple[tuple[int, int], ...]
    numbers: tuple[Number, ...]
    windows: tuple[Window, ...]
    hidden: tuple[Floats | None, ...]
    candidates: tuple[Candidates, ...]


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
    """Find the mentions of (text, end of its title) pairs, and read their numbers."""
    return [decide(proposal, model.settings) for proposal in propose(model, texts)]


def propose(model: Model, texts: Sequence[tuple[str, int]]) -> list[Proposal]:
    """Encode texts, and take candidates for mentions from the best readings of their tags.

    Windows are sorted by length and those of one length run together, so that nothing is padded and no text's result depends on which
    others are read with it.
    """
    windows = [model.tokenization.windows(text, title_end) for text, title_end in texts]
    pieces = [sum(len(window.pieces) for window in windows[k]) for k in range(len(texts))]
    shortest = sorted(range(len(texts)), key=pieces.__getitem__)
    total = dict(zip(shortest, accumulate(pieces[k] for k in shortest), strict=True))
    hidden: dict[tuple[int, int], Floats | None] = {}
    found: dict[tuple[int, int], Candidates] = {}
    for batch in batches(windows):
        for (k, n), encoding in zip(batch, model.encode([windows[k][n] for k, n in batch]), strict=True):
            hidden[k, n] = encoding.hidden if total[k] <= KEPT_PIECES else None
            found[k, n] = _candidates(model, texts[k][0], windows[k][n], encoding)
    proposals = []
    for k, (text, title_end) in enumerate(texts):
        ids = [(k, n) for n in range(len(windows[k]))]
        places, numbers = tuple(sentences(text, title_end)), tuple(find_numbers(text))
        proposals.append(Proposal(text, places, numbers, tuple(windows[k]), tuple(hidden[i] for i in ids), tuple(found[i] for i in ids)))
    return proposals


_METRIC, _HARDWARE = TYPES.index(EntityType.METRIC), TYPES.index(EntityType.HARDWARE)
_PROCESSOR = re.compile(
    r"(?:(?:NVIDIA|Nvidia|AMD|Intel|Google|Apple|Qualcomm) )?"
    r"(?:[AHVBPTLK]\d{2,3}0?S?|G[BH]?200|[RG]TX ?[A-Z]?\d{3,4}(?: ?Ti)?|TPU ?v\d\w*|MI\d{3}X?|Jetson(?: \w+){0,3}|Xeon(?: \w+){0,2}|EPYC(?: \w+)?|"
    r"Raspberry Pi(?: \w+)?|Snapdragon(?: \w+){0,3}|Titan (?:X|Xp|RTX|V)|FPGAs?|ASICs?|[CGNT]PUs?)"
    r"(?: (?:Tensor Core )?(?:GPU|CPU|TPU|card|board|processor|device|chip)s?)?"
)
"""Names of processors and boards: whatever else the sentence may suggest, they are hardware."""


def _candidates(model: Model, text: str, window: Window, encoding: Encoding) -> Candidates:
    def surface(first: int, last: int) -> str:
        return text[int(window.start[first]) : int(window.end[last])]

    def tidy(first: int, last: int, kind: int) -> Words:
        """Half a formula ("$ speedup") is no part of a name, and a processor is hardware."""
        if first < last and surface(first, last).count("$") % 2:
            first, last = first + (surface(first, first) == "$"), last - (surface(last, last) == "$")
        return first, last, _HARDWARE if _PROCESSOR.fullmatch(surface(first, last)) else kind

    spans = tuple(sorted({tidy(*span) for span in candidates(encoding.tags, readings(encoding.tags)) if span[0] >= window.body}))
    rows = np.array(spans, dtype=np.int64).reshape(-1, 3)
    return Candidates(
        spans,
        tuple((kind, fold(surface(a, b))) for a, b, kind in spans),
        model.validity(encoding.hidden, np.stack([window.first[rows[:, 0]], window.last[rows[:, 1]], rows[:, 2]], axis=1)),
        np.array([by_type(encoding.tags, a, b)[kind] / (b - a + 1) for a, b, kind in spans], dtype=np.float32),
    )


def decide(proposal: Proposal, settings: dict[str, Any]) -> Draft:
    """Of the candidates take those that hold as mentions, the best first where they overlap.

    All places of one name stand or fall together, with the type that scores best: the score of a name and type is the mean over its places.
    A finding measures something: where a sentence has a number that may be one and no metric is found in it, its best candidate for a metric need not
    score as high.
    """
    pooled: dict[tuple[int, str], list[float]] = {}
    for found in proposal.candidates:
        for name, value in zip(found.names, (found.valid + settings["tag_weight"] * found.tagged).tolist(), strict=True):
            pooled.setdefault(name, []).append(value)
    score = {name: sum(values) / len(values) + settings["span_bias"][name[0]] for name, values in pooled.items()}
    best: dict[str, int] = {}
    for kind, surface in sorted(score, key=lambda name: (-round(score[name], 4), name)):
        best.setdefault(surface, kind)
    mentions = []
    for window, found in zip(proposal.windows, proposal.candidates, strict=True):
        named = {(a, b, best[surface]): score[best[surface], surface] for (a, b, _), (_, surface) in zip(found.spans, found.names, strict=True)}
        chosen = {span: named[span] for span in choose(named)}
        places, numbers = _near(window, proposal) if len(proposal.windows) > 1 else (proposal.sentences, proposal.numbers)
        for a, b in places:
            if any(a <= number.start < b and not number.setting for number in numbers):
                metrics = [k for k, (first, _, kind) in enumerate(found.spans) if kind == _METRIC and a <= int(window.start[first]) < b]
                if not any(found.spans[k] in chosen for k in metrics):
                    free = [k for k in metrics if not any(overlap(found.spans[k], span) for span in chosen)]
                    most = max(free, key=lambda k: (round(score[found.names[k]], 4), -k), default=None)
                    if most is not None and score[found.names[most]] + settings["measuring_bias"] > 0:
                        chosen[found.spans[most]] = score[found.names[most]]
        mentions.append([Tagged(*span, value) for span, value in sorted(chosen.items())])
    kept = tuple(map(tuple, owned(proposal.windows, mentions)))
    return Draft(proposal.text, proposal.sentences, proposal.numbers, proposal.windows, proposal.hidden, kept)


def _near(window: Window, proposal: Proposal) -> tuple[Sequence[tuple[int, int]], Sequence[Number]]:
    """The sentences and numbers that touch a window's part of the text; without the rest, a long text takes linear time."""
    places, numbers = proposal.sentences, proposal.numbers
    begin, end = int(window.start[window.body]), int(window.end[-1])
    around = places[bisect_right(places, begin, key=lambda place: place[1]) : bisect_left(places, end, key=lambda place: place[0])]
    return around, numbers[bisect_left(numbers, begin, key=lambda n: n.start) : bisect_left(numbers, end, key=lambda n: n.start)]


def owned(windows: Sequence[Window], mentions: Sequence[Sequence[Tagged]]) -> list[list[Tagged]]:
    """The mentions of each window that begin with a word it owns, or reach from its neighbour's last words into its own.

    Where both neighbours see something at the border, the earlier window's reading stays: nothing there is lost, and nothing is told twice.
    """
    kept, taken = [], 0
    for window, found in zip(windows, mentions, strict=True):
        kept.append([m for m in found if window.body <= m.word0 < window.own.stop and m.word1 >= window.own.start and window.start[m.word0] >= taken])
        if kept[-1]:
            taken = int(window.end[kept[-1][-1].word1])
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
