"""One batch of examples -> the losses of the joint model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from kg.extractor.encoding import Ints
from kg.extractor.pairs import NUMBER, TYPES
from kg.extractor.spans import Words, candidates, readings
from kg.names import fold
from kg.ontology import ALLOWED, link_allows
from training.data import IGNORE, LINKS, PREDICATES, Example, with_proposals
from training.model import NUMBER_FIELDS, RELATIONS, Joint

WEIGHTS = {"tags": 1.0, "valid": 0.5, "relations": 1.0, "proposed": 0.5, "numbers": 0.4, "links": 0.15, "coreference": 0.3}

_ALLOWED = torch.zeros(NUMBER, NUMBER, RELATIONS)
for (_a, _b), _ps in ALLOWED.items():
    for _p in _ps:
        _ALLOWED[TYPES.index(_a), TYPES.index(_b), PREDICATES.index(_p)] = 1.0
_LINK_ALLOWED = torch.tensor([[link_allows(link, t) for t in TYPES] for link in LINKS])


def pool(logits: Tensor, group: Tensor, size: int) -> Tensor:
    """Log-sum-exp of rows (N, K) by group -> (size, K)."""
    index = group.unsqueeze(1).expand_as(logits)
    top = torch.full((size, logits.shape[1]), -1e9, dtype=logits.dtype).scatter_reduce(0, index, logits, "amax").detach()
    return top + torch.zeros_like(top).scatter_add(0, index, (logits - top[group]).exp()).clamp(min=1e-9).log()


def collate(batch: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Padded pieces, cases (B, L) int64 and mask (B, L)."""
    length = max(len(x.window.pieces) for x in batch)
    pieces, cases = torch.zeros(len(batch), length, dtype=torch.long), torch.zeros(len(batch), length, dtype=torch.long)
    mask = torch.zeros(len(batch), length, dtype=torch.long)
    for k, x in enumerate(batch):
        n = len(x.window.pieces)
        pieces[k, :n], cases[k, :n], mask[k, :n] = torch.from_numpy(x.window.pieces), torch.from_numpy(x.window.cases), 1
    return pieces, cases, mask


def word_logits(tags: Tensor, batch: Sequence[Example]) -> Tensor:
    """Tag logits of pieces (B, L, T) -> of the words of all examples (sum W, T): the mean over a word's pieces."""
    _, length, kinds = tags.shape
    sums = F.pad(tags.cumsum(1), (0, 0, 1, 0)).reshape(-1, kinds)
    first = torch.from_numpy(np.concatenate([x.window.first + k * (length + 1) for k, x in enumerate(batch)]))
    last = torch.from_numpy(np.concatenate([x.window.last + k * (length + 1) for k, x in enumerate(batch)]))
    return (sums[last + 1] - sums[first]) / (last + 1 - first).unsqueeze(1)


def losses(model: Joint, batch: Sequence[Example], smoothing: float = 0.0, raised: Sequence[tuple[float, float]] = ()) -> dict[str, Tensor]:
    """The weighted losses of one batch, by head.

    With `raised` (as in `kg.extractor.spans.readings`) the heads see, besides the annotated mentions, those that the first reading of the tags of this
    very step proposes (`training.data.with_proposals`), and the head that tells mentions from other spans learns from the candidates of all readings.
    """
    hidden, tag_logits = model.encoder(*collate(batch))
    words = word_logits(tag_logits, batch)
    out = {"tags": F.cross_entropy(words, torch.from_numpy(np.concatenate([x.tags for x in batch])), label_smoothing=smoothing)}
    extra: list[list[Words]] = [[] for _ in batch]
    sizes = [len(x.types) for x in batch]
    annotated = [set(x.mentions.spans()) for x in batch]
    if raised:
        log = F.log_softmax(words.detach(), -1).numpy()
        tables = np.split(log, np.cumsum([len(x.tags) for x in batch])[:-1])
        read = [readings(table, raised) for table in tables]
        batch = [with_proposals(x, found[0]) for x, found in zip(batch, read, strict=True)]
        seen = [set(x.mentions.spans()) for x in batch]
        extra = [[c for c in candidates(table, found) if c not in known] for table, found, known in zip(tables, read, seen, strict=True)]
    mentions = np.concatenate([_pieces(k, x, x.mentions.spans()) for k, x in enumerate(batch)])
    base = np.cumsum([0] + [len(x.mentions.type) for x in batch])
    links = np.concatenate([x.links + np.array([base[k], base[k], 0, 0]) for k, x in enumerate(batch)])
    twins = np.concatenate([x.twins + np.array([base[k], base[k], 0, 0, 0]) for k, x in enumerate(batch)])
    if not len(mentions):
        return out
    more = np.concatenate([_pieces(k, x, found) for k, (x, found) in enumerate(zip(batch, extra, strict=True))])
    valid, proposed, fields, pairs, same = model.heads(hidden, *(torch.from_numpy(t) for t in (np.concatenate([mentions, more]), links, twins)))
    if raised:
        out["valid"] = _validity(valid, batch, extra, annotated)

    # entities of all examples in one numbering, then (subject, object) groups of their mention pairs
    ebase = np.cumsum([0] + [len(x.types) for x in batch])
    entity = np.concatenate([np.where(x.entity >= 0, x.entity + ebase[k], -1) for k, x in enumerate(batch)])
    types = torch.from_numpy(np.concatenate([x.types for x in batch]))
    named = torch.from_numpy(np.flatnonzero(entity >= 0))
    entity_t = torch.from_numpy(entity)
    if len(named):
        role = pool(proposed[named].unsqueeze(1), entity_t[named], int(ebase[-1])).squeeze(1)
        gold = torch.from_numpy(np.concatenate([x.proposed for x in batch])).float()
        out["proposed"] = F.binary_cross_entropy_with_logits(role, gold)
    if len(links):
        s, t = entity[links[:, 0]], entity[links[:, 1]]
        rel = np.flatnonzero((s >= 0) & (s != t))
        if len(rel):
            keys, group = np.unique(s[rel] * (ebase[-1] + 1) + t[rel], return_inverse=True)
            subject, obj = keys // (ebase[-1] + 1), keys % (ebase[-1] + 1)
            logits = pool(pairs[torch.from_numpy(rel), :RELATIONS], torch.from_numpy(group), len(keys))
            gold_rel = torch.zeros_like(logits)
            at = {(int(a), int(b)): k for k, (a, b) in enumerate(zip(subject, obj, strict=True))}
            for k, x in enumerate(batch):
                for a, p, b in x.relations:
                    row = at.get((a + int(ebase[k]), b + int(ebase[k])))
                    if row is not None:
                        gold_rel[row, p] = 1.0
            allowed = _ALLOWED[types[torch.from_numpy(subject)], types[torch.from_numpy(obj)]]
            named_in_gold = torch.from_numpy(np.concatenate([np.arange(len(x.types)) < known for x, known in zip(batch, sizes, strict=True)]))
            scale = (named_in_gold[torch.from_numpy(subject)] & named_in_gold[torch.from_numpy(obj)]).sum().clamp(min=1)
            out["relations"] = (F.binary_cross_entropy_with_logits(logits, gold_rel, reduction="none") * allowed).sum() / scale
    if len(twins):
        a, b = entity[twins[:, 0]], entity[twins[:, 1]]
        surfaces = np.concatenate([x.mentions.group + 10_000 * k for k, x in enumerate(batch)])
        keys, first, group = np.unique(surfaces[twins[:, 0]] * 10_000_000 + surfaces[twins[:, 1]], return_index=True, return_inverse=True)
        logits = pool(same.unsqueeze(1), torch.from_numpy(group), len(keys)).squeeze(1)
        out["coreference"] = F.binary_cross_entropy_with_logits(logits, torch.from_numpy((a == b)[first]).float())
    out |= _number_losses(model, batch, fields, pairs, links, entity, base, ebase, types, role if len(named) else None)
    return {name: WEIGHTS[name] * value for name, value in out.items()}


def _pieces(k: int, x: Example, spans: Sequence[Words]) -> Ints:
    """Spans of the example -> rows of batch, first piece, last piece, type, as the heads read them."""
    words = np.array(spans, dtype=np.int64).reshape(-1, 3)
    return np.stack([np.full(len(words), k), x.window.first[words[:, 0]], x.window.last[words[:, 1]], words[:, 2]], 1)


def _validity(valid: Tensor, batch: Sequence[Example], extra: Sequence[Sequence[Words]], gold: Sequence[set[Words]]) -> Tensor:
    """Whether a span is an annotated mention: one decision a name and type of a text, from the mean over its places, as extraction takes it."""
    names: dict[tuple[int, int, str], int] = {}
    rows, groups, target = [], [], []
    at = 0
    for part in ([x.mentions.spans() for x in batch], extra):
        for k, (x, spans) in enumerate(zip(batch, part, strict=True)):
            for a, b, kind in spans:
                if kind != NUMBER:
                    key = (k, kind, fold(x.text[int(x.window.start[a]) : int(x.window.end[b])]))
                    if key not in names:
                        names[key] = len(names)
                        target.append(0.0)
                    rows.append(at)
                    groups.append(names[key])
                    if (a, b, kind) in gold[k]:
                        target[names[key]] = 1.0
                at += 1
    group, wanted = torch.tensor(groups), torch.tensor(target)
    sums = torch.zeros(len(names)).index_add(0, group, valid[rows])
    counts = torch.zeros(len(names)).index_add(0, group, torch.ones(len(rows)))
    return F.binary_cross_entropy_with_logits(sums / counts, wanted)


def _number_losses(
    model: Joint,
    batch: Sequence[Example],
    fields: Tensor,
    pairs: Tensor,
    links: np.ndarray,  # type: ignore[type-arg]
    entity: np.ndarray,  # type: ignore[type-arg]
    base: np.ndarray,  # type: ignore[type-arg]
    ebase: np.ndarray,  # type: ignore[type-arg]
    types: Tensor,
    role: Tensor | None,
) -> dict[str, Tensor]:
    at = [int(base[k]) + int(m) for k, x in enumerate(batch) for m in np.flatnonzero(x.mentions.type == NUMBER)]
    gold = [n for x in batch for n in x.numbers]
    shift = [int(ebase[k]) for k, x in enumerate(batch) for _ in x.numbers]
    if not at:
        return {}
    parts = dict(zip(NUMBER_FIELDS, fields.split(list(NUMBER_FIELDS.values()), 1), strict=True))
    reported = torch.tensor([float(n is not None) for n in gold])
    total = F.binary_cross_entropy_with_logits(parts["reported"][at, 0], reported)
    hits = [k for k, n in enumerate(gold) if n is not None]
    if not hits:
        return {"numbers": total}
    rows = [at[k] for k in hits]
    known = [gold[k] for k in hits]
    for name, column in (("kind", 0), ("direction", 1), ("bound", 2)):
        target = torch.tensor([n[column] for n in known])  # type: ignore[index]
        if (target != IGNORE).any():
            total = total + 0.5 * F.cross_entropy(parts[name][rows], target, ignore_index=IGNORE)
    if role is None or not len(links):
        return {"numbers": total}

    number = {row: k for k, row in enumerate(rows)}
    keep = np.flatnonzero(np.isin(links[:, 0], rows) & (entity[links[:, 1]] >= 0))
    if not len(keep):
        return {"numbers": total}
    which = np.array([number[int(r)] for r in links[keep, 0]])
    target_entity = entity[links[keep, 1]]
    size = int(ebase[-1]) + 1
    keys, group = np.unique(which * size + target_entity, return_inverse=True)
    scores = pool(pairs[torch.from_numpy(keep), RELATIONS:], torch.from_numpy(group), len(keys))
    owner, candidate = torch.from_numpy(keys // size), torch.from_numpy(keys % size)
    scores = scores + model.proposed_weight * role[candidate].detach().unsqueeze(1) * torch.tensor([float(link == "method") for link in LINKS])
    scores = scores.masked_fill(~_LINK_ALLOWED[:, types[candidate]].T, -1e4)
    loss = torch.zeros(())
    for column in range(len(LINKS)):
        table = torch.full((len(rows), size + 1), -1e4)
        table[:, size] = parts["null"][rows, column]
        table[owner, candidate] = scores[:, column]
        target = torch.full((len(rows),), size)
        for k, h in enumerate(hits):
            wanted = gold[h][3][column]  # type: ignore[index]
            if wanted >= 0:
                target[k] = wanted + shift[h]
        reachable = table.detach().gather(1, target.unsqueeze(1)).squeeze(1) > -1e3
        if reachable.any():
            loss = loss + F.cross_entropy(table[reachable], target[reachable])
    return {"numbers": total, "links": loss}
