"""Extraction on several cores: processes with one thread of the runtime each, results in the order of the input."""

from __future__ import annotations

import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice

from kg.claims import Document, Paper
from kg.errors import KGError
from kg.sources.record import Report, Skipped

CHUNK = 32
"""Papers that travel to a worker together: enough to sort by length, few enough that a progress bar moves."""


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def extract_papers(papers: Iterable[Paper], workers: int, skipped: Report) -> Iterator[Document]:
    """Extract papers in order; at most two chunks a worker are under way, so memory does not grow with the input.

    The claims do not depend on `workers`. A paper on which the extractor fails (a defect of ours) goes to `skipped`.

    Raises:
        ModelError: the weights are missing or damaged.
        KGError: a worker process was killed.
    """
    stream = iter(papers)
    chunks = iter(lambda: list(islice(stream, CHUNK)), [])
    if workers <= 1:
        for chunk in chunks:
            yield from _sorted_out(_extract(chunk), skipped)
        return
    first = next(chunks, None)
    if first is None:
        return
    # spawn: forking a process that runs threads (onnxruntime, progress bars) can hang
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_prepare) as pool:
        running: deque[Future[list[Document | Skipped]]] = deque([pool.submit(_extract, first)])
        try:
            for chunk in chunks:
                running.append(pool.submit(_extract, chunk))
                if len(running) > 2 * workers:
                    yield from _sorted_out(running.popleft().result(), skipped)
            while running:
                yield from _sorted_out(running.popleft().result(), skipped)
        except BrokenProcessPool as err:
            raise KGError("a worker process was killed, perhaps for want of memory", remedy="Run again with fewer --workers") from err
        finally:
            for future in running:
                future.cancel()


def _sorted_out(found: list[Document | Skipped], skipped: Report) -> Iterator[Document]:
    for item in found:
        if isinstance(item, Skipped):
            skipped(item)
        else:
            yield item


def _prepare() -> None:
    from kg.extractor.documents import pipeline

    pipeline()


def _extract(papers: list[Paper]) -> list[Document | Skipped]:
    """Extract a chunk; where one paper breaks it, the others are still read."""
    from kg.extractor.documents import documents

    try:
        return list(documents(papers))
    except KGError:
        raise
    except Exception as err:
        if len(papers) == 1:
            place = papers[0].source
            where = f"{place.name}:{place.record}" if place else papers[0].id
            return [Skipped(where, f"the extractor failed on it ({type(err).__name__}: {err})", "Please report it with the abstract", "extractor")]
        return [item for paper in papers for item in _extract([paper])]
