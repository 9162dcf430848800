"""Peak resident memory of `kg extract` and of each of its workers, for several numbers of abstracts."""

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


def compare(files: Sequence[Path], sizes: Sequence[int], workers: int) -> None:
    """Print the peaks and the ratio of the largest peak to that of the first size. Reads /proc: Linux only."""
    first = 0.0
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "papers.jsonl"
            source.write_text("".join(p.model_dump_json(include={"id", "title", "abstract"}) + "\n" for p in papers(files, size)), encoding="utf-8")
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
        top = max(peaks.values()) / 1024
        first = first or top
        listed = ", ".join(f"{kb / 1024:.0f}" for kb in sorted(peaks.values(), reverse=True))
        print(
            f"{size} abstracts: {size / (time.monotonic() - began):.1f}/s, peak MB by process {listed}; largest {top / first:.2f} x the first size's",
            flush=True,
        )


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
