"""Extraction against the bare runtime: the same windows, the same batches, the same number of processes."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Iterator, Sequence
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

from kg.api import extract
from kg.claims import Paper
from kg.extractor.documents import pipeline
from kg.extractor.model import Model
from kg.extractor.tagger import batches
from kg.extractor.workers import CHUNK
from kg.sources import Fields, read_papers


def papers(files: Sequence[Path], limit: int) -> list[Paper]:
    """The first papers of the files; repeated under other ids where there are fewer."""
    read = list(islice(chain.from_iterable(read_papers(f, Fields(), lambda _: None) for f in files), limit))
    return [p.model_copy(update={"id": f"{p.id}/{k}"}) for k, p in enumerate(islice(cycle(read), limit))]


def compare(found: list[Paper], workers: int, rounds: int) -> None:
    """Print abstracts a second of both, and their ratio, for each round and at the median."""
    shares = [found[k::workers] for k in range(workers)]
    ratios = []
    context = multiprocessing.get_context("spawn")
    with context.Pool(workers, initializer=_warm) as pool:
        for turn in range(1, rounds + 1):
            bare = len(found) / max(pool.map(_bare, shares, chunksize=1))
            began = time.monotonic()
            done = sum(1 for _ in extract(found, workers=workers))
            whole = done / (time.monotonic() - began)  # with the start of the processes and the loading of the model
            ratios.append(whole / bare)
            print(f"round {turn}: bare onnxruntime {bare:.2f} abstracts/s, kg extract {whole:.2f} abstracts/s, ratio {whole / bare:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f} on {len(found)} abstracts with {workers} workers (target 0.70)")


def compare_heads(found: list[Paper], rounds: int) -> None:
    """Print what tags, relations and results together cost beside the tags alone, in one process, for each round and at the median."""
    from kg.extractor.documents import documents
    from kg.extractor.tagger import tag

    model = Model()
    texts = [(p.text, len(p.title) if p.title else 0) for p in found]
    list(documents(found[:8]))
    ratios = []
    for turn in range(1, rounds + 1):
        began = time.process_time()
        for k in range(0, len(texts), CHUNK):
            tag(model, texts[k : k + CHUNK])
        tags = time.process_time() - began
        began = time.process_time()
        for k in range(0, len(found), CHUNK):
            list(documents(found[k : k + CHUNK]))
        whole = time.process_time() - began
        ratios.append(whole / tags)
        print(f"round {turn}: tags alone {tags:.2f} s, tags, relations and results {whole:.2f} s, ratio {whole / tags:.3f}", flush=True)
    print(f"median ratio {statistics.median(ratios):.3f} on {len(found)} abstracts in one process (target at most 1.25)")


def _warm() -> None:
    pipeline()


def _bare(share: Sequence[Paper]) -> float:
    """Seconds that the encoder's session alone takes for a share, in the chunks and batches that extraction makes."""
    model = Model()
    runs = list(_runs(model, share))
    session: Any = model._encoder
    began = time.monotonic()
    for feed in runs:
        session.run(None, feed)
    return time.monotonic() - began


def _runs(model: Model, share: Sequence[Paper]) -> Iterator[dict[str, Any]]:
    for k in range(0, len(share), CHUNK):
        windows = [model.tokenization.windows(p.text, len(p.title) if p.title else 0) for p in share[k : k + CHUNK]]
        for batch in batches(windows):
            yield model.feed([windows[i][n] for i, n in batch])
