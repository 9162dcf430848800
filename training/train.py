"""Train the joint model, with checkpoints: the same command goes on where it was stopped."""

from __future__ import annotations

import json
import math
import os
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from kg.extractor.spans import READINGS
from training.data import Annotated, Example
from training.losses import losses
from training.model import Joint


@dataclass(frozen=True)
class Settings:
    """What a training run depends on; another setting is another run.

    Attributes:
        titleless: share of abstracts read without their title.
        smoothing: of the tags' labels.
        average: decay of the moving average of the weights.
        alone: epochs before the heads also see the spans that the tags propose.
        short: epochs before these also come from the reading that favours longer spans.
    """

    epochs: int = 4
    batch: int = 8
    encoder_rate: float = 1e-4
    head_rate: float = 1e-3
    warmup: float = 0.06
    dropout: float = 0.1
    titleless: float = 0.1
    smoothing: float = 0.05
    average: float = 0.998
    alone: int = 1
    short: int = 2
    seed: int = 1
    held_back: int = 120


def split(docs: Sequence[Annotated], held_back: int) -> tuple[list[Annotated], list[Annotated]]:
    """(training, held-back) abstracts, the same for every seed: thresholds are chosen on those held back."""
    order = sorted(docs, key=lambda d: d.id)
    random.Random(7).shuffle(order)
    return order[held_back:], order[:held_back]


class Average:
    """Exponential moving average of the weights: what is evaluated and shipped."""

    def __init__(self, model: torch.nn.Module, decay: float) -> None:
        self.decay, self.steps = decay, 0
        self.state = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: torch.nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        for name, value in model.state_dict().items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - decay)


def train(
    pairs: Sequence[tuple[Example, Example]], base: Path, run: Path, settings: Settings, log: Any = print, checkpoint_seconds: float = 300, log_every: int = 25
) -> dict[str, torch.Tensor]:
    """Train on (with title, without title) examples; returns the averaged weights.

    Args:
        pairs: examples of each abstract.
        base: folder of the pretrained encoder.
        run: where the checkpoint lies; one of the same settings is continued, another is refused.

    Raises:
        ValueError: `run` holds a checkpoint of other settings.
    """
    run.mkdir(parents=True, exist_ok=True)
    checkpoint = run / "checkpoint.pt"
    random.seed(settings.seed)
    torch.manual_seed(settings.seed)
    torch.use_deterministic_algorithms(True)  # else the gradients of rows that are read often are summed by several threads in any order
    model = Joint(base, settings.dropout, attn_implementation="sdpa")
    encoder = [p for n, p in model.named_parameters() if n.startswith("encoder.bert.") and p.requires_grad]
    heads = [p for n, p in model.named_parameters() if not n.startswith("encoder.bert.")]
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": settings.encoder_rate}, {"params": heads, "lr": settings.head_rate}], weight_decay=0.01, fused=True
    )
    per_epoch = math.ceil(len(pairs) / settings.batch)
    total = per_epoch * settings.epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / max(1.0, settings.warmup * total)) * max(0.02, 1 - s / total))
    average = Average(model, settings.average)
    step = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=False)
        if saved["settings"] != asdict(settings) or saved["size"] != len(pairs):
            raise ValueError(f"{checkpoint} is of a run with other settings or data: remove it or name another --run")
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        schedule.load_state_dict(saved["schedule"])
        average.state, average.steps, step = saved["average"], saved["averaged"], saved["step"]
        log(f"continuing at step {step} of {total}")

    began, saved_at, sums = time.time(), time.time(), Counter[str]()
    model.train()
    while step < total:
        epoch, place = divmod(step, per_epoch)
        rng = random.Random(f"{settings.seed}/{epoch}")
        raised = () if epoch < settings.alone else READINGS[:-1] if epoch < settings.short else READINGS
        examples = [bare if rng.random() < settings.titleless else full for full, bare in pairs]
        order = sorted(range(len(examples)), key=lambda k: len(examples[k].window.pieces) + rng.random() * 60)
        batches = [order[k : k + settings.batch] for k in range(0, len(order), settings.batch)]
        rng.shuffle(batches)
        for batch in batches[place:]:
            torch.manual_seed(settings.seed * 1_000_003 + step)  # dropout does not depend on where a run was stopped
            parts = losses(model, [examples[k] for k in batch], settings.smoothing, raised)
            loss = torch.stack([v.reshape(()) for v in parts.values()]).sum()
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(encoder + heads, 1.0)
            optimizer.step()
            schedule.step()
            average.update(model)
            step += 1
            sums.update({k: v.item() for k, v in parts.items()})
            if step % log_every == 0 or step == total:
                rate = (time.time() - began) / log_every
                log(
                    json.dumps(
                        {"step": step, "of": total, "epoch": epoch + 1, "s/step": round(rate, 2)} | {k: round(v / log_every, 3) for k, v in sums.items()}
                    )
                )
                sums.clear()
                began = time.time()
            if time.time() - saved_at > checkpoint_seconds or step == total or step % per_epoch == 0:
                state = {
                    "settings": asdict(settings),
                    "size": len(pairs),
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "schedule": schedule.state_dict(),
                    "average": average.state,
                    "averaged": average.steps,
                    "step": step,
                }
                torch.save(state, checkpoint.with_suffix(".tmp"))
                os.replace(checkpoint.with_suffix(".tmp"), checkpoint)
                saved_at = time.time()
    return average.state
