"""A JSON array of records, or records written one after the other over several lines; read piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from kg.claims import Paper
from kg.errors import InputError
from kg.sources.jsonl import parse
from kg.sources.record import Fields, Place, Records, Report, Skipped
from kg.sources.stream import Stream

NAME = "json"

MAX_RECORD = 1 << 24
"""Characters after which a record that does not end is taken to be broken."""

_BEGINS = re.compile(r'\s*(?:\[\s*(?:\{\s*["}]|\]|\n)|\{\s*["}])')
# Possessive quantifiers: a string of any length is passed in one walk, without going back. A lone quote begins a string whose end is not read yet.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[{}"]', re.DOTALL)
_SEPARATORS = re.compile(r"[\s,\[\]]*")
_INDENT = re.compile(r"\n[ \t]*\Z")


def matches(head: str, fields: Fields) -> bool:
    """Whether the text begins as an array of objects, or as an object."""
    return _BEGINS.match(head) is not None


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Yield one paper a record; a broken record is reported and the next one is read.

    Raises:
        InputError: a record has no end, so that what follows it cannot be told apart.
    """
    place = Place(stream.label, stream.name, NAME)
    records = Records(place, fields)
    scanner = _Scanner(stream.label)
    position = 0
    for piece in stream.pieces():
        for cut in scanner.cuts(piece):
            position += 1
            paper = _paper(records, place, cut, position)
            if isinstance(paper, Skipped):
                report(paper)
            else:
                yield paper
    records.check()


class _Cut(NamedTuple):
    """The text of a record with its first line, and its value or what is wrong with it."""

    line: int
    text: str
    value: Any


def _paper(records: Records, place: Place, cut: _Cut, position: int) -> Paper | Skipped:
    if (byte := _undecodable(cut.text)) is not None:
        return place.skipped(cut.line, f"record {position} is not UTF-8: {byte}", "Convert the file with iconv from the encoding that it has", "encoding")
    if isinstance(cut.value, ValueError):
        return place.skipped(cut.line, f"record {position} is broken JSON: {cut.value}", "Mend the record or take it out", "json")
    return records.paper(cut.value, cut.line, position)


def _undecodable(text: str) -> str | None:
    """The byte that the stream could not decode in a record; surrogates that stand in escapes are found in the strings later."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as err:
            return f"byte 0x{ord(text[err.start]) & 0xFF:02x}"
    return None


class _Scanner:
    """Cuts a growing text into its records, by the braces outside strings."""

    def __init__(self, label: str) -> None:
        self._label = label
        self._text, self._line = "", 1
        self._start = 0  # of the record, or of what stands before the next one; `_line` is its line
        self._at = 0  # where scanning goes on
        self._depth = 0
        self._indent: str | None = None  # line break and indentation before the record, where it begins a line

    def cuts(self, piece: str) -> Iterator[_Cut]:
        """Yield the records that end in this piece; the empty piece is the last one."""
        self._text, self._at, self._start = self._text[self._start :] + piece, self._at - self._start, 0
        while True:
            token = _TOKEN.search(self._text, self._at)
            if token is None or (token[0] == '"' and piece):
                self._at = token.start() if token else len(self._text)
                waiting = bool(piece) and len(self._text) - self._start <= MAX_RECORD
                if waiting:
                    return
                if not self._depth:
                    yield from self._between(len(self._text))
                    return
                yield self._broken(ValueError("it has no end"), len(self._text), bool(piece))
            elif token[0] == "{":
                self._at = token.end()
                if not self._depth:
                    indent = _INDENT.search(self._text, self._start, token.start())
                    yield from self._between(token.start())
                    self._indent = indent[0] if indent else None
                self._depth += 1
            else:
                self._at = token.end()
                if token[0] == "}" and self._depth:
                    self._depth -= 1
                    if not self._depth:
                        yield self._record()

    def _take(self, end: int) -> tuple[int, str]:
        line, text = self._line, self._text[self._start : end]
        self._line += text.count("\n")
        self._start = end
        return line, text

    def _between(self, end: int) -> Iterator[_Cut]:
        line, text = self._take(end)
        if not _SEPARATORS.fullmatch(text):
            line += text[: len(text) - len(text.lstrip(" \t\r\n,[]"))].count("\n")
            yield _Cut(line, text, ValueError(f"not an object but {text.strip(' ,[]')[:40]!r}"))

    def _record(self) -> _Cut:
        try:
            value = parse(self._text[self._start : self._at])
        except ValueError as err:
            return self._broken(err, self._at, False)
        return _Cut(*self._take(self._at), value)

    def _broken(self, fault: ValueError, end: int, endless: bool) -> _Cut:
        """Leave a broken record out up to where the next one begins on a line of its own: a lost quote or brace spoils only its record."""
        following = self._text.find(self._indent + "{", self._start + 1, end) if self._indent else -1
        if following < 0 and endless:
            remedy = "Write one record a line (JSON Lines). Of a list inside an object: jq -c '.NAME[]' FILE | kg extract -"
            raise InputError(f"the record has no end within {MAX_RECORD >> 20} Mi characters", where=f"{self._label}:{self._line}", remedy=remedy)
        self._at = end if following < 0 else following
        self._depth = 0
        return _Cut(*self._take(self._at), fault)
