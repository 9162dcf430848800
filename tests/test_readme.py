"""The README's Python runs as it stands, and its commands exist."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = sorted({tuple(m.split()[:2]) for m in re.findall(r"^\$ .*?\b(kg [a-z]+)", README, re.MULTILINE)})


@pytest.mark.parametrize("code", PYTHON, ids=range(len(PYTHON)))
def test_its_python_runs(code: str, tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_its_commands_exist(command: tuple[str, ...]) -> None:
    assert subprocess.run([sys.executable, "-m", *command, "--help"], capture_output=True).returncode == 0


def test_no_placeholder_is_left() -> None:
    assert "<!--" not in README
