"""Averaged weights -> the folder that is shipped: export, thresholds chosen on the held-back abstracts, model settings."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from kg.extractor.encoding import Window
from kg.extractor.model import Model
from kg.ontology import Predicate
from training.data import Annotated
from training.export import export_encoder, export_heads
from training.model import NUMBER_FIELDS, RELATIONS, Joint

NEUTRAL: dict[str, Any] = {
    "tag_bias": [0.0] * 5,
    "measuring_bias": 0.0,
    "coreference_threshold": 0.6,
    "proposed_threshold": 0.5,
    "relation_thresholds": {p.value: 0.45 for p in Predicate},
    "number_threshold": 0.5,
    "setting_penalty": 0.0,
    "own_weight": 1.0,
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

    The encoder runs once; every trial links again.
    """

    def __init__(self, folder: Path, docs: Sequence[Annotated], score: Any) -> None:
        from kg.extractor.tagger import tag

        self.docs, self.score = docs, score
        self.model = Model(folder)
        self._tag = tag
        self._encoded: Any = None

    def predictions(self) -> list[dict[str, Any]]:
        """Claims of the held-back abstracts under the model's present settings, in the scorer's form."""
        from kg.extractor.linker import link

        out = []
        for doc, draft in zip(self.docs, self._drafts(), strict=True):
            linked = link(self.model, draft)
            out.append(
                {
                    "id": doc.id,
                    **{name: [x.model_dump(mode="json") for x in getattr(linked, name)] for name in ("entities", "relations", "results")},
                }
            )
        return out

    def _drafts(self) -> Any:
        """Encode once, decode again under the present bias."""
        model = self.model
        if self._encoded is None:
            kept: dict[bytes, Any] = {}
            run = model.encode

            def remembered(windows: Any) -> Any:
                keys = [w.pieces.tobytes() + w.cases.tobytes() for w in windows]
                if not all(k in kept for k in keys):
                    kept.update(zip(keys, run(windows), strict=True))
                return [kept[k] for k in keys]

            self._encoded = remembered
            model.encode = remembered  # type: ignore[method-assign]
        return self._tag(model, [(d.text, d.title_end) for d in self.docs])

    def choose(self, log: Any = print) -> dict[str, Any]:
        """Search coordinate by coordinate; ties go to the value nearest to the neutral one."""
        s = self.model.settings

        def best(name: str, values: Sequence[Any], measure: Any) -> None:
            start, trials = s[name], []
            for value in values:
                s[name] = value
                trials.append((round(measure(self.score(self.docs, self.predictions())), 4), value))
            top = max(t[0] for t in trials)
            s[name] = next((v for m, v in trials if m == top and v == start), next(v for m, v in trials if m == top))
            log(f"{name}: {s[name]} ({top}); tried {trials}")

        def spans(r: dict[str, float]) -> float:
            return r["entity.strict"] + 0.5 * r["relation"]

        best("tag_bias", [[b] * 5 for b in (-0.6, -0.3, 0.0, 0.3, 0.6, 0.9)], spans)
        for kind in range(5):
            around = [round(s["tag_bias"][kind] + d, 1) for d in (-0.3, 0.0, 0.3)]
            best("tag_bias", [[b if k == kind else other for k, other in enumerate(s["tag_bias"])] for b in around], spans)
        best("measuring_bias", [0.0, 1.0, 2.0, 3.0, 4.0], lambda r: spans(r) + 0.5 * r["result"])
        best("coreference_threshold", [0.35, 0.45, 0.55, 0.65, 0.75, 0.85], lambda r: r["entity.strict"] + 0.5 * r["relation"] + 0.25 * r["result"])
        best("proposed_threshold", [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6], lambda r: r["proposed"])
        flat = [{p.value: v for p in Predicate} for v in (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55)]
        best("relation_thresholds", flat, lambda r: r["relation"])
        common = dict(s["relation_thresholds"])
        for predicate in Predicate:
            around = sorted({round(common[predicate.value] + d, 2) for d in (-0.1, 0.0, 0.1)})
            options = [{**s["relation_thresholds"], predicate.value: max(0.1, v)} for v in around]
            best("relation_thresholds", options, lambda r: r["relation"])
        best("number_threshold", [0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6], lambda r: r["number"] + 0.5 * r["result"])
        best("own_weight", [0.4, 0.7, 1.0, 1.5, 2.0], lambda r: r["result"])
        best("setting_penalty", [0.0, 0.5, 1.0, 2.0], lambda r: r["number"] + 0.5 * r["result"])
        return dict(s)
