"""A file that one process at a time holds; it is free again when the process lets go of it or ends, however that ends."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from kg.errors import KGError


def hold(path: Path, seconds: float, taken: Callable[[str], KGError]) -> BinaryIO:
    """Open the file for this process alone, and write the process's id into it; closing it lets it go.

    A child process that inherits the open file holds it too. On Windows nothing is held: there a database's own lock answers.

    Args:
        path: the file, made where it is missing.
        seconds: how long to wait for another process that holds it.
        taken: what to raise then, made of that process's id.

    Raises:
        KGError: the one of `taken`.
        OSError: the file cannot be made.
    """
    file = path.open("a+b")
    try:
        deadline = time.monotonic() + seconds
        while not _locked(file):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise taken(file.read(20).decode("ascii", "replace").strip() or "(unknown)")
            time.sleep(0.1)
        file.truncate(0)
        file.write(str(os.getpid()).encode())
        file.flush()
    except BaseException:
        file.close()
        raise
    return file


def _locked(file: BinaryIO) -> bool:
    if sys.platform == "win32":
        return True
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
