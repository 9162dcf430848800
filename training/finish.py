"""Averaged weights -> the folder that is shipped: export, thresholds chosen on the held-back abstracts, model settings."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kg.claims import Document
from kg.evaluation.annotation import Annotation
from kg.evaluation.bootstrap import rates
from kg.evaluation.scoring import Judgement, judge
from kg.extractor.documents import BATCH
from kg.extractor.encoding import Window
from kg.extractor.linker import link
from kg.extractor.model import Model, Scores
from kg.extractor.tagger import decide, propose
from kg.ontology import Predicate
from training.data import Annotated
from training.export import export_encoder, export_heads
from training.model import NUMBER_FIELDS, RELATIONS, Joint

NEUTRAL: dict[str, Any] = {
    "tag_weight": 1.0,
    "span_bias": [0.0] * 5,
    "measuring_bias": 0.0,
    "coreference_threshold": 0.6,
    "proposed_threshold": 0.5,
    "relation_thresholds": {p.value: 0.45 for p in Predicate},
    "number_threshold": 0.5,
    "setting_penalty": 0.0,
    "own_weight": 1.0,
    "end_weight": 0.0,
    "calibration": {"entities": [1.0, 0.0], "relations": [1.0, 0.0], "results": [1.0, 0.0]},
}


def export(state: dict[str, torch.Tensor], base: Path, folder: Path, calibration: Sequence[Window], settings: dict[str, Any] = NEUTRAL) -> None:
    """Write a complete weights folder from a state of `training.model.Joint`; `calibration` are windows of some training texts."""
    folder.mkdir(parents=True, exist_ok=True)
    model = Joint(base, attn_implementation="eager")
    model.load_state_dict(state)
    model.eval()
    export_encoder(model.encoder, folder, calibration)
    export_heads(model.heads, folder)
    shutil.copyfile(base / "tokenizer.json", folder / "tokenizer.json")
    write_settings(folder, {**settings, "proposed_weight": round(float(model.proposed_weight.detach()), 4)})


def write_settings(folder: Path, settings: dict[str, Any]) -> None:
    """Write settings.json; its version is a hash of weights and thresholds, so that claims of equal versions are comparable."""
    settings = {k: v for k, v in settings.items() if k != "version"} | {"number_fields": NUMBER_FIELDS, "relations": RELATIONS}
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for name in ("encoder.onnx", "heads.onnx", "tokenizer.json"):
        digest.update((folder / name).read_bytes())
    text = json.dumps({"version": digest.hexdigest()[:12], **settings}, indent=2)
    (folder / "settings.json").write_text(text + "\n", encoding="utf-8")


class Tuning:
    """Chooses thresholds one after another, each by the score that it moves, on abstracts that were held back from training.

    The encoder runs once; every trial decides and links again.

    Args:
        folder: weights and settings.
        docs: the abstracts.
        gold: their annotations, by id.
    """

    def __init__(self, folder: Path, docs: Sequence[Annotated], gold: Mapping[str, Annotation]) -> None:
        self.docs, self.gold = docs, gold
        self.model = Model(folder)
        texts = [(d.text, d.title_end) for d in docs]
        self.proposals = [p for k in range(0, len(texts), BATCH) for p in propose(self.model, texts[k : k + BATCH])]
        self._remember_links()

    def _remember_links(self) -> None:
        """Most trials leave the mentions as they are: what the heads say of them is asked once."""
        run, known = self.model.link, dict[tuple[Any, ...], Scores]()

        def remembered(hidden: Any, mentions: Any, links: Any, twins: Any) -> Scores:
            key = (hashlib.blake2b(hidden).digest(), mentions.tobytes(), links.tobytes())
            if key not in known:
                if len(known) > 10 * len(self.docs):
                    known.clear()
                known[key] = run(hidden, mentions, links, twins)
            return known[key]

        self.model.link = remembered  # type: ignore[method-assign]

    def judge(self) -> list[Judgement]:
        """The claims of each abstract under the model's present settings, compared with its annotation."""
        out = []
        for doc, proposal in zip(self.docs, self.proposals, strict=True):
            linked = link(self.model, decide(proposal, self.model.settings))
            document = Document(id=doc.id, title=doc.title, text=doc.text, entities=linked.entities, relations=linked.relations, results=linked.results)
            out.append(judge(self.gold[doc.id], Annotation.of(document)))
        return out

    def scores(self) -> dict[str, float]:
        """F1 over all abstracts, by the names of `kg.evaluation`."""
        judged = self.judge()
        names = sorted({name for one in judged for name in one.scores})
        counts = np.array([[one.scores.get(name, (0, 0, 0)) for name in names] for one in judged], dtype=np.float64).sum(0)
        return dict(zip(names, rates(counts)[:, 2].tolist(), strict=True))

    def calibrate(self) -> dict[str, list[float]]:
        """Slope and offset by which scores become probabilities, for entities, relations and results (Platt 1999)."""
        raw = {part: [1.0, 0.0] for part in NEUTRAL["calibration"]}
        self.model.settings["calibration"] = raw
        judged = self.judge()
        out = {}
        for part in raw:
            confidences = [c for one in judged for c in one.judged[JUDGED[part]].confidences]
            right = [good for one in judged for good in one.judged[JUDGED[part]].right]
            out[part] = platt(confidences, right) if confidences else raw[part]
        self.model.settings["calibration"] = out
        return out

    def choose(self, log: Any = print) -> dict[str, Any]:
        """Search coordinate by coordinate; ties go to the present value, then to the first."""
        s = self.model.settings

        def best(options: Sequence[dict[str, Any]], measure: Any) -> None:
            start = {name: s[name] for name in options[0]}
            trials = []
            for option in [start, *options]:
                s.update(option)
                trials.append((round(measure(self.scores()), 4), option))
            top = max(score for score, _ in trials)
            s.update(next(option for score, option in trials if score == top))
            log(f"{ {name: s[name] for name in start} } ({top}); tried {[(score, *option.values()) for score, option in trials]}")

        def spans(r: dict[str, float]) -> float:
            return r["entity.strict"] + 0.5 * r["relation"]

        def results(r: dict[str, float]) -> float:
            return r["result"] + 0.5 * r["result.full"]

        def biases(kinds: Sequence[int], steps: Sequence[float]) -> list[dict[str, Any]]:
            return [{"span_bias": [round(b + d, 2) if k in kinds else b for k, b in enumerate(s["span_bias"])]} for d in steps]

        best(biases(range(5), (-1.0, -0.5, 0.5, 1.0, 1.5)), spans)
        best([{"tag_weight": w} for w in (0.0, 0.5, 1.5, 2.0, 3.0)], spans)
        best(biases(range(5), (-0.75, -0.5, -0.25, 0.25, 0.5, 0.75)), spans)
        for kind in range(5):
            best(biases([kind], (-0.5, -0.25, 0.25, 0.5)), spans)
        best([{"coreference_threshold": t} for t in (0.25, 0.35, 0.45, 0.55, 0.65, 0.75, 0.85)], lambda r: spans(r) + 0.25 * r["result"])
        best([{"measuring_bias": b} for b in (0.5, 1.0, 1.5, 2.0, 3.0)], lambda r: spans(r) + 0.5 * r["result"])
        best([{"proposed_threshold": t} for t in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)], lambda r: r["proposed"])
        flat = [
            {"end_weight": w, "relation_thresholds": {p.value: t for p in Predicate}} for w in (0.0, 0.5, 1.0) for t in (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45)
        ]
        best(flat, lambda r: r["relation"])
        for predicate in Predicate:
            around = [
                {**s["relation_thresholds"], predicate.value: max(0.05, round(s["relation_thresholds"][predicate.value] + d, 2))}
                for d in (-0.1, -0.05, 0.05, 0.1)
            ]
            best([{"relation_thresholds": option} for option in around], lambda r: r["relation"])
        best([{"number_threshold": t} for t in (0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)], lambda r: r["number"] + 0.5 * r["result"])
        best([{"setting_penalty": b} for b in (0.0, 0.5, 1.0, 2.0)], lambda r: r["number"] + 0.5 * r["result"])
        best([{"own_weight": w} for w in (0.4, 0.7, 1.0, 1.5, 2.0)], results)
        log(f"calibration: {self.calibrate()}")
        return dict(s)


JUDGED = {"entities": "entities", "relations": "relations", "results": "numbers"}
"""What `kg.evaluation` calls the parts whose confidence is calibrated."""


def platt(confidences: Sequence[float], right: Sequence[bool]) -> list[float]:
    """Slope and offset of the logistic curve from the logit of a confidence to the probability of being right (Platt 1999, with his smoothed targets)."""
    logits = torch.logit(torch.tensor(confidences, dtype=torch.float64), eps=0.005)
    good = torch.tensor(right, dtype=torch.float64)
    target = torch.where(good > 0, (good.sum() + 1) / (good.sum() + 2), 1 / (len(right) - good.sum() + 2))
    curve = torch.tensor([1.0, 0.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([curve], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        value = torch.nn.functional.binary_cross_entropy_with_logits(curve[0] * logits + curve[1], target)
        value.backward()
        return value

    optimizer.step(loss)
    return [round(x, 4) for x in curve.tolist()]
