"""The joint model: one encoder, and heads that read its hidden states.

`Encoder` is what runs over every token; `Heads` reads a few hundred rows an abstract. Both are exported (`training.export`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from kg.extractor.encoding import CASE_CLASSES
from kg.extractor.pairs import DISTANCE_BINS, NUMBER, SENTENCE_BINS, STRING_CLASSES
from kg.ontology import RESULT_LINKS, Bound, Direction, Kind, Predicate

TAGS = 1 + 2 * NUMBER
RELATIONS, LINKS = len(Predicate), len(RESULT_LINKS)
NUMBER_FIELDS = {"reported": 1, "kind": len(Kind), "direction": len(Direction), "bound": len(Bound), "null": LINKS}
REACH = 8
"""Word pieces of context read on each side of a pair."""


class Encoder(nn.Module):
    """A BERT encoder with case embeddings and the tag layer: pieces, cases, mask (B, L) -> hidden (B, L, H), tag logits (B, L, TAGS)."""

    def __init__(self, folder: Path, dropout: float = 0.1, **attention: Any) -> None:
        super().__init__()
        from transformers import AutoModel

        self.bert = AutoModel.from_pretrained(folder, add_pooling_layer=False, **attention)
        self.width = int(self.bert.config.hidden_size)
        for layer in self.bert.encoder.layer:
            layer.attention.self.dropout.p = 0.0  # lets torch use its fused attention kernel: a third faster
        self.bert.embeddings.word_embeddings.weight.requires_grad = False
        self.cases = nn.Embedding(CASE_CLASSES * CASE_CLASSES, self.width)
        nn.init.zeros_(self.cases.weight)
        self.dropout = nn.Dropout(dropout)
        self.tags = nn.Linear(self.width, TAGS)

    def forward(self, pieces: Tensor, cases: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        embedded = self.bert.embeddings.word_embeddings(pieces) + self.cases(cases)
        hidden = self.bert(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        return hidden, self.tags(self.dropout(hidden))


class Heads(nn.Module):
    """Scores of mentions and of pairs of them.

    hidden (B, L, H), mentions (M, 4) of batch, first piece, last piece, type, links (P, 4) and twins (C, 5) as in `kg.extractor.pairs` ->
    is a mention at all (M,), proposed (M,), number fields (M, 1 + 3 + 2 + 4 + 6), relations and links (P, 9 + 6), same entity (C,); all logits.
    """

    def __init__(self, width: int, rank: int = 256, dropout: float = 0.1) -> None:
        super().__init__()
        span = 2 * width + 32
        self.dropout = nn.Dropout(dropout)
        self.types = nn.Embedding(NUMBER + 1, 32)
        self.source, self.target, self.twin = nn.Linear(span, rank), nn.Linear(span, rank), nn.Linear(span, rank)
        self.single = nn.Sequential(nn.Linear(span, rank), nn.GELU(), nn.Dropout(dropout))
        self.proposed = nn.Linear(rank, 1)
        self.number = nn.Linear(rank, sum(NUMBER_FIELDS.values()))
        self.between, self.before, self.after = (nn.Linear(width, rank, bias=False) for _ in range(3))
        self.left, self.right, self.product = nn.Linear(rank, rank), nn.Linear(rank, rank), nn.Linear(rank, rank)
        self.distance, self.apart = nn.Embedding(2 * DISTANCE_BINS, rank), nn.Embedding(SENTENCE_BINS, rank)
        self.link = nn.Sequential(nn.GELU(), nn.Dropout(dropout), nn.Linear(rank, RELATIONS + LINKS))
        self.strings, self.gap = nn.Embedding(STRING_CLASSES, rank), nn.Embedding(2 * DISTANCE_BINS, rank)
        self.same, self.differ = nn.Linear(rank, rank), nn.Linear(rank, rank)
        self.coreference = nn.Sequential(nn.GELU(), nn.Dropout(0.2), nn.Linear(rank, 1))
        for table in (self.distance, self.apart, self.strings, self.gap):
            nn.init.normal_(table.weight, std=0.2)
        self.valid = nn.Linear(rank, 1)

    def forward(self, hidden: Tensor, mentions: Tensor, links: Tensor, twins: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        batch, length, width = hidden.shape
        hidden = self.dropout(hidden)
        flat = hidden.reshape(batch * length, width)
        row, first, last, kind = mentions.unbind(1)
        spans = torch.cat([flat[row * length + first], flat[row * length + last], self.types(kind)], -1)
        single = self.single(spans)

        source, target = self.source(spans), self.target(spans)
        i, j, distance, apart = links.unbind(1)
        where = row[i] * (length + 1)
        low, high = torch.minimum(first[i], first[j]), torch.maximum(last[i], last[j]) + 1
        inner0 = torch.minimum(last[i], last[j]) + 1
        inner1 = torch.maximum(inner0, torch.maximum(first[i], first[j]))
        pair = (
            self.left(source)[i]
            + self.right(target)[j]
            + self.product(source[i] * target[j])
            + _means(self.between(hidden), where, inner0, inner1)
            + _means(self.before(hidden), where, (low - REACH).clamp(min=0), low)
            + _means(self.after(hidden), where, high, (high + REACH).clamp(max=length))
            + self.distance(distance)
            + self.apart(apart)
        )

        twin = self.twin(spans)
        a, b, gap, _, strings = twins.unbind(1)
        both = self.same(twin[a] * twin[b]) + self.differ((twin[a] - twin[b]).abs()) + self.strings(strings) + self.gap(gap)
        return self.valid(single).squeeze(1), self.proposed(single).squeeze(1), self.number(single), self.link(pair), self.coreference(both).squeeze(1)


def _means(values: Tensor, where: Tensor, start: Tensor, end: Tensor) -> Tensor:
    """Means of (B, L, R) values over ranges of positions; zero for empty ranges. `where` is the row's offset in (B * (L + 1))."""
    sums = F.pad(values.cumsum(1), (0, 0, 1, 0)).reshape(-1, values.shape[-1])
    return (sums[where + end] - sums[where + start]) / (end - start).clamp(min=1).unsqueeze(1)


class Joint(nn.Module):
    """Encoder and heads, trained together."""

    def __init__(self, folder: Path, dropout: float = 0.1, **attention: Any) -> None:
        super().__init__()
        self.encoder = Encoder(folder, dropout, **attention)
        self.heads = Heads(self.encoder.width, dropout=dropout)
        self.proposed_weight = nn.Parameter(torch.tensor([0.5]))
        """How much an entity's `proposed` logit adds to its score as the method of a result ("our method")."""
