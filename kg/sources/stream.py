"""An input as lines of text, each with its number, whatever its size and encoding."""

from __future__ import annotations

import codecs
import io
import os
import shlex
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from kg.errors import InputError
from kg.sources.record import Place, Report, SkipKind

HEAD_BYTES = 1 << 16
HEAD_LIMIT = 1 << 22
"""How far the end of the last line of the head is looked for."""

PIECE = 1 << 18
"""Characters that are read at once where lines mean nothing."""

MAX_LINE_BYTES = 1 << 26
"""A line longer than this is no abstract: it is skipped unread, so that memory stays flat."""

_PACKED = {
    b"\x1f\x8b": ("gzip", "zcat"),
    b"BZh": ("bzip2", "bzcat"),
    b"\xfd7zXZ\x00": ("xz", "xzcat"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstdcat"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
_UTF16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_UTF32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")


@dataclass(frozen=True, slots=True)
class Unread:
    """A line that is not text: why, what to do, and what can be told of it (undecodable bytes replaced)."""

    reason: str
    remedy: str
    kind: SkipKind
    rough: str = ""


class _Rejoined(io.RawIOBase):
    """The bytes that were looked at, then the rest of the file."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head, self._rest = memoryview(head), rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._head[: len(buffer)] if self._head else self._rest.read(len(buffer))
        self._head = self._head[len(data) :]
        buffer[: len(data)] = data
        return len(data)


class Stream:
    """An opened input, read once.

    Attributes:
        label: the input as the user named it, for messages.
        name: the file's name without its folder; "-" for standard input.
        head: its first whole lines, decoded: what a format is detected by.

    Raises:
        InputError: no such file, a folder, no permission, empty, compressed, binary, or of an unknown encoding.
    """

    def __init__(self, path: Path | str) -> None:
        stdin = str(path) == "-"
        self.label = "<stdin>" if stdin else str(path)
        self._source = "FILE" if stdin else shlex.quote(str(path))  # as it stands in a command
        # A file's name is bytes: what is no UTF-8 in it must not end up in claims.
        self.name = "-" if stdin else os.fsencode(Path(path).name).decode(errors="replace")
        self._owned: BinaryIO | None = None
        try:
            file = sys.stdin.buffer if stdin else self._open(Path(path))
            head = self._look(file)
        except OSError as err:
            self.close()
            raise self._unreadable(err) from err
        except BaseException:
            self.close()
            raise
        self._bytes = io.BufferedReader(_Rejoined(head, file), HEAD_BYTES)

    def _open(self, path: Path) -> BinaryIO:
        if path.is_dir():
            raise InputError("is a folder", where=self.label, remedy=f"Name the files in it: {self.label.rstrip('/')}/*")
        self._owned = path.open("rb")
        return self._owned

    def _look(self, file: BinaryIO) -> bytes:
        """Read the first bytes, refuse what is no text, set `head`."""
        head = file.read(HEAD_BYTES)
        if len(head) == HEAD_BYTES:
            head += file.readline(HEAD_LIMIT)
        self._refuse(head)
        self._encoding = next((name for bom, name in _UTF16.items() if head.startswith(bom)), "utf-8")
        text = head.decode(self._encoding, "replace").removeprefix("\ufeff")
        whole = len(head) < HEAD_BYTES
        if whole and not text.strip():
            raise InputError("is empty", where=self.label, remedy="Give a file that holds abstracts")
        if "\r" in text and "\n" not in text:
            remedy = f"Write line feeds: tr '\\r' '\\n' < {self._source} | kg extract -"
            raise InputError("its lines end with a carriage return alone", where=self.label, remedy=remedy)
        self.head = text if whole or "\n" not in text else text[: text.rindex("\n") + 1]
        return head

    def _refuse(self, head: bytes) -> None:
        for magic, (kind, command) in _PACKED.items():
            if head.startswith(magic):
                raise InputError(f"is compressed with {kind}", where=self.label, remedy=f"Unpack it on the way in: {command} {self._source} | kg extract -")
        if head.startswith(_UTF32):
            raise InputError("is UTF-32", where=self.label, remedy=f"Convert it: iconv -f UTF-32 -t UTF-8 {self._source} | kg extract -")
        if head.startswith(b"%PDF"):
            raise InputError("is a PDF", where=self.label, remedy="Give the abstracts as text, one a line, or as JSON Lines or CSV")
        controls = len(head) - len(head.translate(None, _CONTROLS))
        # A stray NUL or two makes a bad record, not a binary file; two in a hundred do.
        if not head.startswith(tuple(_UTF16)) and (controls * 4 > len(head) or (controls > 4 and controls * 50 > len(head))):
            remedy = "Give text: one abstract a line, JSON Lines, JSON or CSV"
            if head[1::2].count(0) * 4 > len(head) or head[::2].count(0) * 4 > len(head):
                remedy = f"If it is UTF-16 without a byte order mark: iconv -f UTF-16LE -t UTF-8 {self._source} | kg extract -"
            raise InputError("is binary, not text", where=self.label, remedy=remedy)

    def lines(self) -> Iterator[tuple[int, str | Unread]]:
        """Yield line number (from 1) and line, its line feed kept; a line that cannot be decoded comes as `Unread`.

        Raises:
            InputError: the file can no longer be read.
        """
        try:
            yield from enumerate(self._utf8_lines() if self._encoding == "utf-8" else self._utf16_lines(), 1)
        except OSError as err:
            raise self._unreadable(err) from err

    def text_lines(self, place: Place, report: Report) -> Iterator[tuple[int, str]]:
        """Yield line number and line without its line break; what cannot be decoded is reported."""
        for number, line in self.lines():
            if isinstance(line, Unread):
                report(place.skipped(number, line.reason, line.remedy, line.kind))
            else:
                yield number, line.removesuffix("\n").removesuffix("\r")

    def pieces(self) -> Iterator[str]:
        """Yield the text in pieces of any length, the empty one last; bytes that are not UTF-8 come as lone surrogates.

        Raises:
            InputError: the file can no longer be read.
        """
        errors = "surrogateescape" if self._encoding == "utf-8" else "surrogatepass"
        text = io.TextIOWrapper(self._bytes, self._encoding, errors=errors, newline="")
        try:
            yield text.read(PIECE).removeprefix("\ufeff")
            while piece := text.read(PIECE):
                yield piece
        except OSError as err:
            raise self._unreadable(err) from err
        except UnicodeDecodeError:  # half a character of UTF-16 at the end: the record that it stands in has no end
            pass
        yield ""

    def _utf8_lines(self) -> Iterator[str | Unread]:
        offset = 0
        while line := self._bytes.readline(MAX_LINE_BYTES):
            start, offset = offset, offset + len(line)
            if len(line) == MAX_LINE_BYTES and not line.endswith(b"\n"):
                while (more := self._bytes.readline(MAX_LINE_BYTES)) and not more.endswith(b"\n"):
                    offset += len(more)
                offset += len(more)
                yield _too_long()
                continue
            try:
                text = line.decode()
            except UnicodeDecodeError as err:
                yield self._undecodable("UTF-8", start + err.start, f"0x{line[err.start]:02x}", line.decode(errors="replace"))
            else:
                yield text if start else text.removeprefix("\ufeff")

    def _utf16_lines(self) -> Iterator[str | Unread]:
        self._bytes.read(2)  # the byte order mark
        offset = 2
        text = io.TextIOWrapper(self._bytes, self._encoding, errors="surrogatepass", newline="\n")
        try:
            while line := text.readline(MAX_LINE_BYTES):
                start, offset = offset, offset + len(line.encode("utf-16-le", "surrogatepass"))
                try:
                    line.encode()
                except UnicodeEncodeError as err:
                    at = start + len(line[: err.start].encode("utf-16-le"))
                    yield self._undecodable("UTF-16", at, f"\\u{ord(line[err.start]):04x}", line.encode(errors="replace").decode())
                else:
                    yield line
        except UnicodeDecodeError:
            yield self._undecodable("UTF-16", offset, "the last byte", "")

    def _undecodable(self, encoding: str, offset: int, what: str, rough: str) -> Unread:
        remedy = f"Convert the file from the encoding that it has, for example: iconv -f WINDOWS-1252 -t UTF-8 {self._source} | kg extract -"
        return Unread(f"not {encoding}: {what} at byte {offset} of the file", remedy, "encoding", rough)

    def _unreadable(self, err: OSError) -> InputError:
        remedy = "Check the name" if isinstance(err, FileNotFoundError) else "Check the file and its permissions"
        return InputError(f"cannot be read: {err.strerror or err}", where=self.label, remedy=remedy)

    def close(self) -> None:
        """Close the file; standard input stays open."""
        if self._owned is not None:
            with suppress(OSError):
                self._owned.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()


def _too_long() -> Unread:
    return Unread(f"the line is longer than {MAX_LINE_BYTES >> 20} MiB", "Break the file into one record a line", "size")
