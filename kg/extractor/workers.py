"""Extraction on several cores: processes with one thread of the runtime each, results in the order of the input."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import pickle
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import chain
from typing import TypeVar

from kg.claims import Document, Paper
from kg.errors import KGError
from kg.sources.record import Report, Skipped

CHUNK = 32
"""Papers that travel to a worker together: enough to sort by length, few enough that a progress bar moves."""

CHUNK_CHARACTERS = 1 << 17
"""A chunk is closed before it grows beyond this, some 100 abstracts: an enormous paper travels alone."""

AHEAD = 1 << 21
"""Characters a worker that may be read before the oldest paper under way is done: minutes of work for the others while one reads an enormous paper."""

Found = list[Document | Skipped]
T = TypeVar("T")


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def extract_papers(papers: Iterable[Paper], workers: int, skipped: Report) -> Iterator[Document]:
    """Extract papers in order; what is under way is bounded (`in_order`), so memory does not grow with the input.

    The claims do not depend on `workers`. A paper on which the extractor fails (a defect of ours) goes to `skipped`.

    Raises:
        ModelError: the weights are missing or damaged.
        KGError: a worker process was killed.
    """
    stream = chunks(papers)
    if workers <= 1:
        for chunk in stream:
            yield from _sorted_out(_extract(chunk), skipped)
        return
    first = next(stream, None)
    if first is None:
        return
    # spawn: forking a process that runs threads (onnxruntime, progress bars) can hang
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_prepare) as pool:
        try:
            for packed in in_order(pool, _packed, chain([first], stream), workers):
                yield from _sorted_out(pickle.loads(packed), skipped)
        except BrokenProcessPool as err:
            raise KGError("a worker process was killed, perhaps for want of memory", remedy="Run again with fewer --workers") from err


def chunks(papers: Iterable[Paper]) -> Iterator[list[Paper]]:
    """Papers in lists of at most `CHUNK`, and of at most `CHUNK_CHARACTERS` unless one paper alone is longer."""
    chunk: list[Paper] = []
    size = 0
    for paper in papers:
        if len(chunk) == CHUNK or (chunk and size + len(paper.text) > CHUNK_CHARACTERS):
            yield chunk
            chunk, size = [], 0
        chunk.append(paper)
        size += len(paper.text)
    if chunk:
        yield chunk


def in_order(pool: Executor, work: Callable[[list[Paper]], T], stream: Iterable[list[Paper]], workers: int) -> Iterator[T]:
    """Yield `work(chunk)` of each chunk in order, while the workers go on with later chunks.

    Two chunks a worker are handed out at a time. While the oldest is not done, chunks after it are read until they hold `AHEAD` characters a worker.
    """
    under_way: deque[tuple[Future[T], int]] = deque()
    ahead, left = 0, iter(stream)
    chunk = next(left, None)
    try:
        while under_way or chunk is not None:
            if under_way and under_way[0][0].done():
                future, size = under_way.popleft()
                ahead -= size
                yield future.result()
                continue
            unfinished = [future for future, _ in under_way if not future.done()]
            if chunk is None or (under_way and ahead >= workers * AHEAD):
                wait([under_way[0][0]])
            elif len(unfinished) < 2 * workers:
                size = sum(len(paper.text) for paper in chunk)
                under_way.append((pool.submit(work, chunk), size))
                ahead += size
                chunk = next(left, None)
            else:
                wait(unfinished, return_when=FIRST_COMPLETED)
    finally:
        for future, _ in under_way:
            future.cancel()


def _sorted_out(found: Found, skipped: Report) -> Iterator[Document]:
    for item in found:
        if isinstance(item, Skipped):
            skipped(item)
        else:
            yield item


def _prepare() -> None:
    # spaCy imports these where they are installed: 300 MB and seconds a worker, for nothing that it does
    for name in ("torch", "tensorflow", "mxnet", "cupy"):
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]

    from kg.extractor.documents import pipeline

    pipeline()


def give_back_memory() -> None:
    """Return what was freed to the system, where the C library can be asked to (glibc); elsewhere nothing happens.

    Tensors of ever other lengths leave gaps in glibc's heap, and a process would hold the largest heap that any chunk ever needed. A fixed
    `M_MMAP_THRESHOLD` would end that too, but costs a page fault for each page of each tensor (at 1 MB as much time again as the encoder, at 8 MB a tenth),
    and holds for all that runs in the process, which may be the user's. This is done once a chunk and changes nothing that lasts.
    """
    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return
    trim(0)


def _packed(papers: list[Paper]) -> bytes:
    """The documents of a chunk as bytes: those that wait for an earlier chunk take a ninth of the memory so."""
    return pickle.dumps(_extract(papers), pickle.HIGHEST_PROTOCOL)


def _extract(papers: list[Paper]) -> Found:
    """Extract a chunk; where one paper breaks it, the others are still read."""
    from kg.extractor.documents import documents

    try:
        found: Found = list(documents(papers))
        give_back_memory()
        return found
    except KGError:
        raise
    except Exception as err:
        if len(papers) == 1:
            place = papers[0].source
            where = f"{place.name}:{place.record}" if place else papers[0].id
            return [Skipped(where, f"the extractor failed on it ({type(err).__name__}: {err})", "Please report it with the abstract", "extractor")]
        return [item for paper in papers for item in _extract([paper])]
