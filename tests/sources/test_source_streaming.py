"""Memory does not grow with the input."""

from __future__ import annotations

import json
import os
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pytest

from kg.sources import Fields, Skipped, read_papers

TEXT = "We boil water in a pan, and we measure the steam. " * 25
COUNT = 10_000
LIMIT = 8 << 20
"""Bytes that reading may hold; each file has more than 10 MB."""


def lines() -> Iterator[str]:
    for i in range(5 * COUNT):
        yield f"{TEXT[:250]} {i}\n"


def records() -> Iterator[str]:
    for i in range(COUNT):
        yield json.dumps({"id": str(i), "abstract": TEXT}) + "\n"


def array() -> Iterator[str]:
    yield "["
    for i, record in enumerate(records()):
        yield ("," if i else "") + record.strip()
    yield "]"


def table() -> Iterator[str]:
    yield "id,abstract\n"
    for i in range(COUNT):
        yield f'{i},"{TEXT}"\n'


@pytest.mark.parametrize(("form", "count"), [(lines, 5 * COUNT), (records, COUNT), (array, COUNT), (table, COUNT)])
def test_memory_stays_flat_whatever_the_size_of_the_file(tmp_path: Path, form: Callable[[], Iterator[str]], count: int) -> None:
    path = tmp_path / "big"
    with path.open("w") as file:
        file.writelines(form())
    assert path.stat().st_size > LIMIT
    skipped: list[Skipped] = []
    papers = read_papers(path, Fields(), skipped.append)
    next(papers)
    tracemalloc.start()
    try:
        assert sum(1 for _ in papers) == count - 1
        assert tracemalloc.get_traced_memory()[1] < LIMIT
    finally:
        tracemalloc.stop()
    assert skipped == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_the_first_papers_of_a_pipe_come_before_the_rest_is_written(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    first_came = threading.Event()
    waited: list[bool] = []

    def write() -> None:
        with path.open("w") as pipe:
            pipe.writelines(islice(lines(), 2000))
            pipe.flush()
            waited.append(first_came.wait(60))
            pipe.write("We freeze.\n")

    writer = threading.Thread(target=write)
    writer.start()
    papers = read_papers(path, Fields(), lambda skipped: None)
    assert next(papers).abstract.endswith(" 0")
    first_came.set()
    assert list(papers)[-1].abstract == "We freeze."
    writer.join()
    assert waited == [True]
