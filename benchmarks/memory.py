"""Peak resident memory of `kg extract` and of each of its workers, at 1,000 abstracts and at more."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.throughput import papers

FIRST = 1_000


def compare(files: Sequence[Path], size: int, workers: int) -> None:
    """Print the peaks of all processes, and the ratio of the largest ones. Reads /proc: Linux only.

    Raises:
        subprocess.CalledProcessError: the extraction failed.
    """
    few, many = (_largest(files, number, workers) for number in (FIRST, size))
    print(f"largest process: {few:.0f} MB at {FIRST} abstracts, {many:.0f} MB at {size}, ratio {many / few:.2f} (targets: below 700 MB, 0.90 to 1.10)")


def _largest(files: Sequence[Path], number: int, workers: int) -> float:
    """Extract so many abstracts; the peak of the largest process in MB."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "papers.jsonl"
        source.write_text("".join(p.model_dump_json(include={"id", "title", "abstract"}) + "\n" for p in papers(files, number)), encoding="utf-8")
        began = time.monotonic()
        command = [sys.executable, "-m", "kg", "extract", str(source), "-o", os.devnull, "--workers", str(workers)]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
            peaks: dict[int, int] = {}
            stop = threading.Event()
            watcher = threading.Thread(target=_watch, args=(process.pid, peaks, stop))
            watcher.start()
            process.wait()
            stop.set()
            watcher.join()
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
    listed = ", ".join(f"{kb / 1024:.0f}" for kb in sorted(peaks.values(), reverse=True))
    print(f"{number} abstracts: {number / (time.monotonic() - began):.1f}/s, peak MB by process {listed}", flush=True)
    return max(peaks.values()) / 1024


def _watch(pid: int, peaks: dict[int, int], stop: threading.Event) -> None:
    while not stop.wait(0.5):
        for one in (pid, *_children(pid)):
            try:
                status = Path(f"/proc/{one}/status").read_text()
            except OSError:
                continue
            for line in status.splitlines():
                if line.startswith("VmHWM:"):
                    peaks[one] = int(line.split()[1])


def _children(pid: int) -> list[int]:
    try:
        return [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
    except OSError:
        return []
