"""The notebook: short, without stored outputs, and running from top to bottom offline."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

import kg

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "first_look.ipynb"
PACKAGE = Path(kg.__file__).parents[1]


def notebook() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOK, as_version=4)


def seconds_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> tuple[nbformat.NotebookNode, float]:
    """The notebook after a run in an empty folder with the package under test, and the CPU seconds that it took (a busy machine adds none)."""
    book, before = notebook(), seconds_of_children()
    client = NotebookClient(book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path_factory.mktemp("notebook"))}})
    client.execute(env=os.environ | {"PYTHONPATH": str(PACKAGE)})
    return book, seconds_of_children() - before


def text_of(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") or output.get("data", {}).get("text/html", "") for output in cell.outputs)


def test_it_has_under_twenty_cells() -> None:
    assert len(notebook().cells) < 20


def test_no_outputs_and_no_absolute_paths_are_stored() -> None:
    for cell in notebook().cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
        assert "/home/" not in cell.source
        assert "/work/" not in cell.source


def test_it_does_without_pandas() -> None:
    assert not any("pandas" in cell.source for cell in notebook().cells)


def test_it_runs_in_under_a_minute_and_every_answer_has_rows(executed: tuple[nbformat.NotebookNode, float]) -> None:
    book, seconds = executed
    assert seconds < 60
    tables = [text for cell in book.cells if cell.cell_type == "code" and "<table>" in (text := text_of(cell))]
    assert len(tables) == 3
    for table in tables:
        assert "<td" in table


def test_it_draws_two_pictures_and_writes_nothing_to_stderr(executed: tuple[nbformat.NotebookNode, float]) -> None:
    outputs = [output for cell in executed[0].cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
