"""Annotated records: one JSON object a line, {"id", "text", "spans": [[start, end, type], …], "relations": [[i, type, j], …]}, other keys as they come."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import Any

from kg.errors import InputError

Record = dict[str, Any]

SOURCES = {
    "scier": "SciER: github.com/edzq/SciER (GPL-3.0: for measuring only, it never goes into weights)",
    "tdmsci": "TDMSci: github.com/IBM/science-result-extractor, folder data/TDMSci (Apache-2.0)",
    "measeval": "MeasEval: github.com/harperco/MeasEval (texts CC BY)",
}
"""Folder of a set -> where the set comes from."""


def read_records(data: Path, name: str, split: str, limit: int | None = None) -> list[Record]:
    """The first `limit` records (all, where None) of `data`/`name`/`split`.jsonl.

    Raises:
        InputError: the file is missing, or a line is no such record; the message says where the set comes from.
    """
    path = data / name / f"{split}.jsonl"
    if not path.is_file():
        raise InputError(
            "no such file",
            where=str(path),
            remedy=f'It holds {SOURCES[name]}, one object a line: {{"id", "text", "spans": [[start, end, type]], "relations": [[i, type, j]]}}. '
            "Name the folder that holds the sets with --data",
        )
    records: list[Record] = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(islice(lines, limit), 1):
            try:
                record = json.loads(line)
                fits = all(0 <= a < b <= len(record["text"]) for a, b, _ in record["spans"]) and isinstance(record["id"], str)
            except (ValueError, TypeError, KeyError) as err:
                raise InputError(f"not an annotated record ({err})", where=f"{path}:{number}", remedy="Convert the set again") from err
            if not fits:
                raise InputError("a span lies outside the text", where=f"{path}:{number}", remedy="Convert the set again")
            records.append(record)
    return records
