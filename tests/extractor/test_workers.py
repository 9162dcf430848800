"""How papers are handed to workers: in order, bounded, and without waiting for one enormous paper."""

from __future__ import annotations

import platform
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from kg.claims import Paper
from kg.extractor.workers import AHEAD, CHUNK, CHUNK_CHARACTERS, chunks, give_back_memory, in_order

WAIT = 60.0
"""Seconds until a test gives up on another thread."""


def papers(number: int, characters: int = 100) -> list[Paper]:
    return [Paper(id=str(k), abstract="x" * characters) for k in range(number)]


def test_an_enormous_paper_travels_alone() -> None:
    before, enormous, after = papers(5), Paper(id="big", abstract="x" * 1_000_000), papers(CHUNK + 1)
    assert [len(chunk) for chunk in chunks([*before, enormous, *after])] == [5, 1, CHUNK, 1]


def test_chunks_are_bounded_by_characters_too() -> None:
    found = list(chunks(papers(50, CHUNK_CHARACTERS // 10)))
    assert [len(chunk) for chunk in found] == [10] * 5
    assert [paper.id for chunk in found for paper in chunk] == [str(k) for k in range(50)]
    assert list(chunks([])) == []


def test_others_go_on_while_one_worker_reads_an_enormous_paper() -> None:
    others = 40
    finished, all_others = count(1), threading.Event()

    def work(chunk: list[Paper]) -> str:
        if chunk[0].id == "big":
            # with a fixed number of chunks under way, this would wait in vain
            assert all_others.wait(WAIT)
        elif next(finished) == others:
            all_others.set()
        return chunk[0].id

    stream = [[Paper(id="big", abstract="x" * 1_000_000)], *([paper] for paper in papers(others))]
    with ThreadPoolExecutor(2) as pool:
        assert list(in_order(pool, work, stream, 2)) == ["big", *map(str, range(others))]


def test_what_waits_for_an_enormous_paper_is_bounded() -> None:
    size, workers = AHEAD // 8, 2
    fit = workers * AHEAD // size
    finished, enough = count(2), threading.Event()
    read: list[str] = []

    def stream() -> Iterator[list[Paper]]:
        for k in range(100):
            read.append(str(k))
            yield [Paper(id=str(k), abstract="x" * size)]

    def work(chunk: list[Paper]) -> str:
        if chunk[0].id == "0":
            assert enough.wait(WAIT)
        elif next(finished) == fit:
            enough.set()
        return chunk[0].id

    with ThreadPoolExecutor(workers) as pool:
        results = in_order(pool, work, stream(), workers)
        assert next(results) == "0"
        # one chunk more is read, to know whether there is one
        assert len(read) <= fit + 1
        assert list(results) == read[1:]


def test_a_failure_arrives_in_its_place_and_ends_the_work() -> None:
    def work(chunk: list[Paper]) -> str:
        if chunk[0].id == "3":
            raise ValueError("broken")
        return chunk[0].id

    with ThreadPoolExecutor(2) as pool:
        results = in_order(pool, work, ([paper] for paper in papers(10)), 2)
        assert [next(results) for _ in range(3)] == ["0", "1", "2"]
        with pytest.raises(ValueError, match="broken"):
            next(results)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be asked to give memory back")
def test_memory_that_was_freed_goes_back_to_the_system() -> None:
    def resident() -> int:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    # blocks too small to be mapped one by one, and between them some that stay
    blocks = [bytes([1]) * 100_000 for _ in range(1_000)]
    pins = blocks[::100]
    before = resident()
    del blocks
    give_back_memory()
    assert before - resident() > 80_000_000
    assert len(pins) == 10


def test_a_worker_imports_no_deep_learning_framework() -> None:
    code = "import sys; from kg.extractor.workers import _prepare; _prepare(); print([m for m in ('torch', 'tensorflow', 'spacy') if sys.modules.get(m)])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "['spacy']"
