"""A file that one process at a time holds."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kg.errors import GraphLocked
from kg.locking import hold

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no flock")


def taken(holder: str) -> GraphLocked:
    return GraphLocked(f"process {holder} has it")


def test_a_second_holder_is_told_who_has_it_and_gets_it_when_that_one_lets_go(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with hold(path, 0, taken), pytest.raises(GraphLocked, match=f"process {os.getpid()} has it"):
        hold(path, 0.2, taken)
    with hold(path, 0, taken):
        assert path.read_text() == str(os.getpid())


def test_it_waits_as_long_as_it_is_told(tmp_path: Path) -> None:
    held = hold(tmp_path / "lock", 0, taken)
    timer = threading.Timer(0.3, held.close)
    timer.start()
    began = time.monotonic()
    with hold(tmp_path / "lock", 60, taken):
        assert time.monotonic() - began >= 0.2
    timer.join()


def test_a_holder_that_is_killed_has_let_go(tmp_path: Path) -> None:
    code = "import pathlib, sys, time, kg.locking; lock = kg.locking.hold(pathlib.Path(sys.argv[1]), 0, str); print(flush=True); time.sleep(60)"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "lock")], stdout=subprocess.PIPE)
    assert process.stdout
    process.stdout.readline()
    with pytest.raises(GraphLocked, match=str(process.pid)):
        hold(tmp_path / "lock", 0, taken)
    process.kill()
    process.communicate()
    hold(tmp_path / "lock", 0, taken).close()
