"""Papers from the files that people have: formats told by their content, read as streams, nothing lost in silence.

Each format is a module with `NAME`, `matches(head, fields)` and `read(stream, fields, report)`; `FORMATS` lists them, and the
first that matches is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, Self, cast

from kg.claims import Document, Paper, parse_claims
from kg.errors import ClaimsError, InputError
from kg.sources import claims_file, daily, json_array, jsonl, lines, table
from kg.sources.duplicates import unique
from kg.sources.record import Fields, Place, Report, Skipped
from kg.sources.stream import Stream

__all__ = ["FORMATS", "Fields", "Format", "Input", "Report", "Skipped", "detect", "read_inputs", "read_papers", "unique"]

_DEFAULT = Fields()


class Format(Protocol):
    """What the module of a format offers."""

    @property
    def NAME(self) -> str:
        """What users call the format."""

    def matches(self, head: str, fields: Fields) -> bool:
        """Whether a text that begins so has this format."""

    def read(self, stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
        """Yield the papers; every record that is not read goes to `report`."""


FORMATS = tuple(cast(Format, module) for module in (claims_file, jsonl, json_array, daily, table, lines))
"""The formats that are read, the strictest first."""


def detect(head: str | bytes, fields: Fields = _DEFAULT, label: str = "<text>") -> str:
    """The name of the format of a text, told by how it begins: claims, jsonl, json, daily, csv or lines.

    Args:
        head: the first lines; bytes are read as UTF-8.
        fields: the names that the user gave, by which the header of a table is known.
        label: what an error calls the text.

    Raises:
        InputError: the text has a form that is not read (XML, BibTeX, RIS).
    """
    return _format(head.decode("utf-8", "replace") if isinstance(head, bytes) else head, fields, label).NAME


def _format(head: str, fields: Fields, label: str) -> Format:
    for candidate in FORMATS:
        if candidate.matches(head, fields):
            return candidate
    raise lines.unknown(label, head)


class Input:
    """One opened input, whose format is known before anything is read of it. Use it in a `with` block, and once.

    Attributes:
        label: the input as the user named it ("<stdin>" for "-").
        name: the file's name without its folder, as `Paper.source` has it ("-" for standard input).
        format: one of the names in `FORMATS`.

    Raises:
        InputError: missing, a folder, not readable, empty, compressed, binary, or of a form that is not read.
    """

    def __init__(self, path: Path | str, fields: Fields = _DEFAULT) -> None:
        self._stream, self._fields = Stream(path), fields
        self.label, self.name = self._stream.label, self._stream.name
        try:
            self._format = _format(self._stream.head, fields, self.label)
        except BaseException:
            self.close()
            raise
        self.format = self._format.NAME

    def papers(self, skipped: Report) -> Iterator[Paper]:
        """Yield the papers in the input's order; memory does not grow with the input (but for a daily page, which is read whole).

        Args:
            skipped: called with every record that is not read.

        Raises:
            InputError: the records lack the field that holds the text (the message says which they have), the file can no
                longer be read, or it is a claims file.
        """
        return self._format.read(self._stream, self._fields, skipped)

    def lines(self, skipped: Report) -> Iterator[str]:
        """Yield the lines as text: how `kg.claims.read_claims` takes a claims file. A line that cannot be decoded comes empty, so that line numbers stay."""
        place = Place(self.label, self.name, self.format)
        expected = 1
        for number, line in self._stream.text_lines(place, skipped):
            yield from [""] * (number - expected)
            yield line
            expected = number + 1

    def close(self) -> None:
        """Close the file; standard input stays open."""
        self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_papers(path: Path | str, fields: Fields, skipped: Report) -> Iterator[Paper]:
    """Yield the papers of a file, or of standard input for "-": `Input` in one call.

    Raises:
        InputError: as `Input` and `Input.papers`, when the first paper is asked for.
    """
    with Input(path, fields) as opened:
        yield from opened.papers(skipped)


def read_inputs(paths: Sequence[Path | str], fields: Fields, skipped: Report, *, claims: bool = False) -> Iterator[Paper | Document]:
    """Yield the papers of several inputs and, with `claims`, the documents of the claims files among them, in their order.

    Of several inputs, one that cannot be read is reported and the others are still read.

    Raises:
        InputError: the only input cannot be read.
    """
    for path in paths:
        try:
            with Input(path, fields) as opened:
                if claims and opened.format == claims_file.NAME:
                    yield from _documents(opened, skipped)
                else:
                    yield from opened.papers(skipped)
        except InputError as err:
            if len(paths) == 1:
                raise
            skipped(Skipped(err.where or str(path), err.what, err.remedy or "Check the file", "file"))


def _documents(opened: Input, skipped: Report) -> Iterator[Document]:
    for number, line in enumerate(opened.lines(skipped), 1):
        if line.strip():
            try:
                yield parse_claims(line, f"{opened.label}:{number}")
            except ClaimsError as err:
                skipped(Skipped(err.where or opened.label, err.what, err.remedy or "Leave it out", "claims"))
