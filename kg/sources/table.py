"""CSV and its kin (tabs, semicolons, bars): one record a row, the columns named by a header row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Literal

from kg.claims import Paper
from kg.errors import InputError
from kg.sources.record import ID_NAMES, META_NAMES, TEXT_NAMES, TITLE_NAMES, Fields, Place, Records, Report, Skipped, fold
from kg.sources.stream import Stream, Unread

NAME = "csv"

MAX_CELL = 1 << 24
"""Characters of the longest cell; csv's own limit, 131,072, is less than a long abstract."""

_DELIMITERS = "\t,;|"
_KNOWN = META_NAMES | {*ID_NAMES, *TITLE_NAMES, *TEXT_NAMES}
_COLUMN_NAME = re.compile(r"[\w.#%/()-]+(?: [\w.#%/()-]+){0,4}")


def matches(head: str, fields: Fields) -> bool:
    """Whether the first line names columns and the rows have as many."""
    return delimiter(head, fields) is not None


def delimiter(head: str, fields: Fields) -> str | None:
    """The character between the columns; None where the text is no table."""
    csv.field_size_limit(MAX_CELL)
    return next((char for char in _DELIMITERS if _is_table(head, char, fields)), None)


def _is_table(head: str, char: str, fields: Fields) -> bool:
    try:
        rows = [row for row in csv.reader(_lines(head), delimiter=char) if row]
    except csv.Error:
        return False
    names = [name.strip() for name in rows[0]]
    # pandas leaves the name of the index, the first column, empty
    if len(names) < 2 or len(set(names)) < len(names) or not all(len(name) <= 48 and _COLUMN_NAME.fullmatch(name) for name in names[not names[0] :]):
        return False
    if names[-1].endswith("."):  # the end of a sentence
        return False
    if not rows[1:]:
        return all(fold(name) in _KNOWN or name in (fields.id, fields.title, fields.text) for name in names)
    fitting = [len(row) == len(names) for row in rows[1:]]
    known = fields.text in names or any(fold(name) in TEXT_NAMES for name in names)
    # A header with the name of a text column is enough with one good row; any other first line must be followed by good rows alone.
    return any(fitting) if known else all(fitting[:-1] or fitting)  # the head may end inside its last row


def _lines(text: str) -> Iterator[str]:
    return iter(io.StringIO(text, newline="\n"))  # not splitlines, which also breaks at U+2028 and form feeds


class _Lines:
    """The lines of a table as csv wants them, and which of them the record being read has taken."""

    def __init__(self, lines: Iterator[tuple[int, str | Unread]]) -> None:
        self._lines = lines
        self._again: list[tuple[int, str | Unread]] = []
        self.taken: list[tuple[int, str | Unread]] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        numbered = self._again.pop() if self._again else next(self._lines)
        self.taken.append(numbered)
        return numbered[1] if isinstance(numbered[1], str) else numbered[1].rough

    def unread(self) -> tuple[int, Unread] | None:
        """The first line of the record that could not be decoded."""
        return next(((number, line) for number, line in self.taken if isinstance(line, Unread)), None)

    def give_back(self, lines: Iterable[tuple[int, str | Unread]]) -> None:
        """Read these lines again."""
        self._again.extend(reversed(list(lines)))


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Yield one paper a row; rows that hold none are reported.

    Raises:
        InputError: the header lacks a column that is needed.
    """
    place = Place(stream.label, stream.name, NAME)
    records = Records(place, fields)
    char = delimiter(stream.head, fields) or ","
    # Tabs need no quotes around a cell, so that most who write them mean a quote as a quote.
    quoting: Literal[0, 3] = csv.QUOTE_NONE if char == "\t" and not _quotes_well(stream.head) else csv.QUOTE_MINIMAL
    columns: list[str] = []
    for line, row in _rows(_Lines(stream.lines()), place, report, char, quoting):
        if not columns:
            columns = [name.strip() for name in row]
            _check_header(columns, fields, place, char)
        elif len(row) != len(columns):
            shown = f"{len(row)} columns where the header has {len(columns)}"
            report(place.skipped(line, shown, f"Put cells that hold {_shown(char)}, quotes or line breaks between double quotes", "columns"))
        else:
            paper = records.paper(dict(zip(columns, row, strict=True)), line)
            if isinstance(paper, Skipped):
                report(paper)
            else:
                yield paper


def _rows(lines: _Lines, place: Place, report: Report, char: str, quoting: Literal[0, 3]) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line and the cells of each row; rows that cannot be read are reported."""
    width = 0
    while True:
        lines.taken.clear()
        reader = csv.reader(lines, delimiter=char, quoting=quoting, strict=True)
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as err:
            line, rest = lines.taken[0][0], lines.taken[1:]
            swallowed = _are_rows(rest, char, width)
            if swallowed:
                lines.give_back(rest)
            upto = f", up to line {rest[-1][0]}" if rest and not swallowed else ""
            report(place.skipped(line, f"broken quotes: {err}{upto}", 'Write a quote inside a quoted cell twice: ""', "columns"))
            continue
        if (unread := lines.unread()) is not None:
            number, fault = unread
            report(place.skipped(number, fault.reason, fault.remedy, fault.kind))
        elif row and any(cell.strip() for cell in row):
            width = width or len(row)
            yield lines.taken[0][0], row


def _are_rows(lines: list[tuple[int, str | Unread]], char: str, width: int) -> bool:
    """Whether lines that an open quote swallowed are rows of the table, not the further lines of a long cell: most have its width."""
    texts = [line for _, line in lines if isinstance(line, str) and line.strip()]
    return sum(len(next(csv.reader([text], delimiter=char), [])) == width for text in texts) * 2 > len(texts)


def _quotes_well(head: str) -> bool:
    """Whether a head with tabs has quoted cells and no quote that stands elsewhere."""
    try:
        return '"' in head and all(len(row) > 1 for row in csv.reader(_lines(head), delimiter="\t", strict=True) if row)
    except csv.Error:
        return False


def _check_header(columns: list[str], fields: Fields, place: Place, char: str) -> None:
    names = ", ".join(columns)
    for role, wanted in (("text", fields.text), ("id", fields.id), ("title", fields.title)):
        if wanted is not None and wanted not in columns:
            remedy = f"The columns are: {names}. Name the right one with --{role}-field"
            raise InputError(f"no column is called {wanted!r}", where=place.label, remedy=remedy)
    if fields.text is None and not any(fold(name) in TEXT_NAMES for name in columns):
        raise InputError("no column is known to hold the abstract", where=place.label, remedy=f"The columns are: {names}. Name one with --text-field")


def _shown(char: str) -> str:
    return {"\t": "tabs", ",": "commas", ";": "semicolons", "|": "bars"}[char]
