"""JSON Lines: one record, a JSON object, a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg.claims import Paper
from kg.sources.record import Fields, FloatLiteral, Place, Records, Report, Skipped
from kg.sources.stream import Stream

NAME = "jsonl"

_ARRAY = re.compile(r"\s*\[\s*(?:\{|\n)")
# NaN and Infinity are no JSON, but pandas writes them where a value is missing.
DECODER = json.JSONDecoder(parse_float=FloatLiteral, parse_constant=lambda _: None)


def parse(text: str) -> Any:
    """The value of a JSON text; ids keep their number's literal.

    Raises:
        ValueError: broken JSON; the message says what and where in the text.
    """
    try:
        return DECODER.decode(text)
    except json.JSONDecodeError as err:
        raise ValueError(f"{err.msg} at column {err.pos + 1}") from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def objects(head: str) -> list[dict[str, Any]]:
    """The lines of a head that are whole JSON objects; empty where the text is not JSON Lines."""
    lines = [line.strip() for line in head.split("\n") if line.strip()]
    if _ARRAY.match(head) or sum(line.startswith(("{", "[")) for line in lines) * 2 < len(lines):
        return []
    found = []
    for line in lines:
        if line.startswith("{"):
            try:
                found.append(parse(line))
            except ValueError:
                continue
    return found


def matches(head: str, fields: Fields) -> bool:
    """Whether at least half of the lines begin as JSON and one of them is a whole object, or the first is a whole list."""
    if objects(head):
        return True
    first = head.lstrip().partition("\n")[0]
    if first.startswith("["):
        try:
            return bool(parse(first)) and not _ARRAY.match(head)
        except ValueError:
            return False
    # All lines broken: still JSON Lines when they all begin as objects, so that each is named with its fault.
    return bool(first) and not first.rstrip().endswith(("[", "{")) and all(line.lstrip().startswith('{"') for line in head.split("\n") if line.strip())


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Yield one paper a line; lines that hold none are reported."""
    place = Place(stream.label, stream.name, NAME)
    records = Records(place, fields)
    for number, line in stream.text_lines(place, report):
        if not line.strip():
            continue
        paper = _paper(records, place, line, number)
        if isinstance(paper, Skipped):
            report(paper)
        else:
            yield paper
    records.check()


def _paper(records: Records, place: Place, line: str, number: int) -> Paper | Skipped:
    if "\0" in line:
        return place.skipped(number, "the line holds a NUL character", "Take the character out", "characters")
    try:
        record = parse(line)
    except ValueError as err:
        return place.skipped(number, f"broken JSON: {err}", "Mend the line or take it out", "json")
    if not isinstance(record, dict):
        return place.skipped(number, f"not a JSON object but {line.strip()[:40]!r}", "Write one object a line, with the fields id, title and abstract", "json")
    return records.paper(record, number)
