"""How long `kg --help` takes, beside what Python itself and click take."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

ROUNDS = 15


def compare() -> None:
    """Print the median seconds of each."""
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "import click": [sys.executable, "-c", "import click"],
        "kg --help": [sys.executable, "-m", "kg", "--help"],
    }
    taken: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            began = time.monotonic()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            taken[name].append(time.monotonic() - began)
    for name, seconds in taken.items():
        print(f"{name:16} {statistics.median(seconds):.3f} s")
