"""Rows as text for people and programs; nothing that a paper's text holds can do harm on a terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import OutputError
from kg.table import FORMATS, printable, render, text_width, write

COLUMNS = ("method", "value", "quote")
ROWS = [("TriForce", 2.31, "reaches up to 2.31×"), ("语言模型", None, "a|b *c* <i>"), ("נגד", 10.0, None)]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_table_lines_up_and_numbers_stand_right() -> None:
    lines = render(COLUMNS, ROWS).splitlines()
    assert lines[0].split() == ["method", "value", "quote"]
    assert lines[2] == "TriForce   2.31  reaches up to 2.31×"
    assert lines[3] == "语言模型         a|b *c* <i>"
    assert lines[4] == "נגד          10"


def test_a_table_without_rows_has_its_columns() -> None:
    assert render(("a", "b"), []).splitlines()[0] == "a  b"
    assert render((), []) == "\n\n"


def test_long_texts_are_wrapped_and_cut_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((40, 20)))
    rows = [("name", 1, "word " * 100)]
    terminal, pipe = Terminal(), io.StringIO()
    write(COLUMNS, rows, terminal)
    write(COLUMNS, rows, pipe)
    assert max(text_width(line) for line in terminal.getvalue().splitlines()) <= 40
    assert "…" in terminal.getvalue()
    assert "word " * 99 in pipe.getvalue()


def test_escape_sequences_do_nothing() -> None:
    hostile = "\x1b[2J\x1b]0;title\x07\x9b31m\r\nnew\u2028line\u202eturned\x00\ud800"
    for form in ("table", "markdown"):
        shown = render(("a",), [(hostile,)], form)
        assert not [char for char in shown.replace("\n", "") if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
        assert len(shown.splitlines()) == 3
        assert "␛[2J" in shown.replace("\\", "")
    escaped = render(("a",), [(hostile,)], "json")
    assert json.loads(escaped) == [{"a": hostile}]
    assert all(char == "\n" or char.isprintable() for char in escaped)
    terminal = Terminal()
    write(("a",), [(hostile,)], terminal, "csv")
    assert "\x1b" not in terminal.getvalue()


def test_json_holds_the_rows_as_they_are() -> None:
    assert json.loads(render(COLUMNS, ROWS, "json")) == [dict(zip(COLUMNS, row, strict=True)) for row in ROWS]
    assert json.loads(render(COLUMNS, [], "json")) == []


def test_csv_reads_back() -> None:
    rows = [('a "quoted", text', 1.5, "line\nbreak"), (None, True, ["x", 1])]
    back = list(csv.reader(io.StringIO(render(COLUMNS, rows, "csv"), newline="")))
    assert back == [list(COLUMNS), ['a "quoted", text', "1.5", "line\nbreak"], ["", "true", '["x", 1]']]


def test_markdown_cells_are_closed() -> None:
    lines = render(COLUMNS, ROWS, "markdown").splitlines()
    assert lines[1] == "| --- | ---: | --- |"
    assert lines[3] == "| 语言模型 |  | a\\|b \\*c\\* \\<i\\> |"


def test_an_unknown_format_is_told() -> None:
    with pytest.raises(OutputError, match="table, json, csv, markdown"):
        render(COLUMNS, ROWS, "xml")


@given(st.lists(st.tuples(st.text(), st.none() | st.integers() | st.floats(allow_nan=False), st.text()), max_size=4), st.integers(1, 120))
def test_any_text_fits_in_one_way_or_another(rows: list[tuple[str, int | float | None, str]], width: int) -> None:
    for form in FORMATS:
        assert render(COLUMNS, rows, form, width).endswith("\n")
    lines = render(COLUMNS, rows, "table", width).splitlines()
    numbers = max([5, *(len(f"{row[1]:.15g}") if isinstance(row[1], float) else len(str(row[1])) for row in rows if row[1] is not None)])
    if width >= 8 + 8 + numbers + 4:
        assert max(map(text_width, lines)) <= width


@given(st.text())
def test_printable_text_is_one_line(text: str) -> None:
    assert len(printable(text).splitlines()) <= 1
