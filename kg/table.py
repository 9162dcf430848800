"""Rows as text: a table for people, JSON, CSV and Markdown.

Texts of papers go to terminals here. In a table and in Markdown, control characters (escape sequences among them), marks of direction and
line breaks become visible signs or blanks, so that a text can neither move the cursor nor turn the order of the columns around. JSON
escapes them, which loses nothing. CSV, which other programs read, keeps them, but on a terminal.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Callable, Sequence
from typing import IO, TYPE_CHECKING

from kg.errors import OutputError

if TYPE_CHECKING:
    from kg.stores import Cell

_UNSEEN = re.compile("[\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")
"""What JSON need not escape and a terminal may obey, a reader not see, or UTF-8 not write."""

Row = Sequence["Cell"]
LEAST = 8
"""No column that has to give room gets narrower than this."""
LINES = 3
"""A text is wrapped to at most so many lines on a terminal, then cut."""


def render(columns: Sequence[str], rows: Sequence[Row], format: str = "table", width: int | None = None) -> str:
    """The rows in one of `FORMATS`, ending with a line break.

    Args:
        width: how many columns of characters a table may take; None lets it be as wide as it is.

    Raises:
        OutputError: the format is unknown.
    """
    if format == "table":
        return _table(columns, rows, width)
    if format not in _WRITERS:
        raise OutputError(f"no format is called {format!r}", remedy="Known ones: " + ", ".join(FORMATS))
    return _WRITERS[format](columns, rows)


def write(columns: Sequence[str], rows: Sequence[Row], stream: IO[str], format: str = "table") -> None:
    """Write the rows to a stream; a table fits the width of the terminal, or COLUMNS where that is set, and is else never cut.

    Raises:
        OutputError: the format is unknown.
    """
    if not stream.isatty():
        stream.write(render(columns, rows, format, shutil.get_terminal_size().columns if "COLUMNS" in os.environ else None))
        return
    if format == "csv":
        rows = [[printable(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]
    stream.write(render(columns, rows, format, shutil.get_terminal_size().columns))


def printable(text: str) -> str:
    """The text on one line, without anything that a terminal obeys: controls become their picture (␛), line breaks and tabs a blank."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_sign(char) for char in text)


def _sign(char: str) -> str:
    if char in "\n\r\t\v\f\x85\u2028\u2029":
        return " "
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    category = unicodedata.category(char)
    if category in ("Cc", "Cs", "Co", "Cn"):
        return "\ufffd"
    return "" if category == "Cf" and char != "\u200d" else char  # marks of direction, invisible blanks; joined emoji stay


def text_width(text: str) -> int:
    """How many columns a terminal takes for the text: none for combining marks, two for wide characters (Unicode TR 11)."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return f"{cell:.15g}"  # 2.31, not 2.3100000000000001, and 7, not 7.0
    return cell if isinstance(cell, str) else str(cell) if isinstance(cell, int) else json.dumps(cell, ensure_ascii=False)


def _table(columns: Sequence[str], rows: Sequence[Row], width: int | None) -> str:
    texts = [[printable(_plain(cell)) for cell in row] for row in rows]
    names = [printable(name) for name in columns]
    numbers = [_is_number_column([row[place] for row in rows]) for place in range(len(columns))]
    natural = [max([text_width(name), *(text_width(row[place]) for row in texts)]) for place, name in enumerate(names)]
    given = _fit(natural, [text_width(name) for name in names], numbers, width)
    lines = [_line([names], given, numbers), "  ".join("─" * size for size in given)]
    for row in texts:
        wrapped = [_wrap(text, size) for text, size in zip(row, given, strict=True)]
        height = max(map(len, wrapped), default=0)
        lines.append(_line([[cell[number] if number < len(cell) else "" for cell in wrapped] for number in range(height)], given, numbers))
    return "".join(line + "\n" for line in lines)


def _line(layers: list[list[str]], given: list[int], numbers: list[bool]) -> str:
    return "\n".join("  ".join(_pad(text, size, right) for text, size, right in zip(layer, given, numbers, strict=True)).rstrip() for layer in layers)


def _pad(text: str, size: int, right: bool) -> str:
    blanks = " " * max(0, size - text_width(text))
    return blanks + text if right else text + blanks


def _is_number_column(cells: Sequence[Cell]) -> bool:
    return any(cell is not None for cell in cells) and all(cell is None or (isinstance(cell, int | float) and not isinstance(cell, bool)) for cell in cells)


def _fit(natural: list[int], names: list[int], numbers: list[bool], width: int | None) -> list[int]:
    """Widths that fit, if they can: the widest texts give first; numbers never do, and no column falls below its name or `LEAST`."""
    given = list(natural)
    if width is None:
        return given
    least = [size if number else min(size, max(LEAST, name)) for size, name, number in zip(natural, names, numbers, strict=True)]
    room = width - 2 * (len(given) - 1)
    while sum(given) > room:
        widest = max((place for place in range(len(given)) if given[place] > least[place]), key=lambda place: given[place], default=None)
        if widest is None:
            return given
        second = max((size for place, size in enumerate(given) if place != widest and size < given[widest] and size > least[place]), default=0)
        given[widest] = max(least[widest], min(given[widest] - 1, max(second, given[widest] - (sum(given) - room))))
    return given


def _wrap(text: str, size: int) -> list[str]:
    """The text in lines of at most `size`, broken at blanks where there are any; at most `LINES`, the last ends with … if text is left."""
    if text_width(text) <= size:
        return [text]
    lines: list[str] = []
    while text and len(lines) < LINES:
        end = _prefix(text, size)
        if end < len(text):
            blank = text.rfind(" ", 1, end + 1)
            if len(lines) == LINES - 1:
                end = _prefix(text, size - 1)
                lines.append(text[:end].rstrip() + "…")
                return lines
            end = blank if blank > 0 else end
        lines.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return lines


def _prefix(text: str, size: int) -> int:
    """How many characters from the start fit; at least one, with its combining marks."""
    used = 0
    for place, char in enumerate(text):
        used += _char_width(char)
        if used > size and place:
            return place
    return len(text)


def _json(columns: Sequence[str], rows: Sequence[Row]) -> str:
    texts = (json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) for row in rows)
    return "[" + ",".join("\n" + _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text) for text in texts) + "\n]\n"


def _csv(columns: Sequence[str], rows: Sequence[Row]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")  # RFC 4180
    writer.writerow(columns)
    writer.writerows([["true" if cell is True else "false" if cell is False else _plain(cell) for cell in row] for row in rows])
    return out.getvalue()


def _markdown(columns: Sequence[str], rows: Sequence[Row]) -> str:
    numbers = [_is_number_column([row[place] for row in rows]) for place in range(len(columns))]
    lines = [[_escaped(name) for name in columns], ["---:" if number else "---" for number in numbers]]
    lines += [[_escaped(_plain(cell)) for cell in row] for row in rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _escaped(text: str) -> str:
    """The text as itself in Markdown: nothing in it is a column's end, an emphasis, a link or HTML."""
    return "".join("\\" + char if char in "\\|`*_[]<>~#$" else "&amp;" if char == "&" else char for char in printable(text))


_WRITERS: dict[str, Callable[[Sequence[str], Sequence[Row]], str]] = {"json": _json, "csv": _csv, "markdown": _markdown}
FORMATS: tuple[str, ...] = ("table", *_WRITERS)
"""Names of the formats that `render` knows."""
