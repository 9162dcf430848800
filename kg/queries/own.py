"""Queries of one's own: where they are read from, what they may be given, and that they only read."""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from kg.errors import InputError, QueryError
from kg.queries.screens import screen_cypher, screen_sparql
from kg.stores import Language, Scalar

SUFFIXES: dict[str, Language] = {".rq": "sparql", ".sparql": "sparql", ".cypher": "cypher", ".cyp": "cypher", ".cql": "cypher"}
"""Suffix of a file -> the language of the query in it."""


def read_question(question: str, language: Language | None = None) -> tuple[str, Language]:
    """What `kg.queries.ask` is to be asked, and in which language: a name stays one, a file (or `-`, standard input) gives its text.

    The language is the one said, else that of the file's suffix, else SPARQL.

    Raises:
        InputError: the file cannot be read.
        QueryError: it is empty.
    """
    path = Path(question)
    if question != "-" and path.suffix not in SUFFIXES and not path.is_file():
        return question, language or "sparql"
    where = "<stdin>" if question == "-" else question
    try:
        data = sys.stdin.buffer.read() if question == "-" else path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as err:
        raise InputError(f"cannot be read: {err.strerror or err}", where=where, remedy="Name a file with a query, or a question of `kg queries`") from err
    except UnicodeDecodeError as err:
        raise InputError("is not UTF-8", where=where, remedy="Save the query as UTF-8 text") from err
    if not text.strip():
        raise QueryError("holds no query", where=where, remedy="Write one in SPARQL or Cypher; the files in `queries` are examples")
    return text, language or SUFFIXES.get(path.suffix, "sparql")


def own_parameters(text: str, params: Mapping[str, str], language: Language) -> dict[str, Scalar | None]:
    """The parameters of a query that only reads: a number where the value reads as one, else a string; `"42"` in quotes is a string.

    Raises:
        QueryError: the query would write or ask another server, has no such parameter, or (Cypher) has one that is missing.
    """
    used = screen_sparql(text) if language == "sparql" else screen_cypher(text)
    sign = "?" if language == "sparql" else "$"
    takes = "The query has " + (", ".join(sign + name for name in sorted(used)) or "none")
    for name in params:
        if name not in used:
            raise QueryError(f"the query has no {sign}{name}", remedy=takes)
    if language == "cypher" and (missing := sorted(used - set(params))):
        raise QueryError(f"parameter {missing[0]!r} is missing", remedy=takes)
    return {name: _value(value) for name, value in params.items()}


def _value(text: str) -> Scalar:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    number = to_number(text.strip())
    return text if number is None else number


def to_number(text: str) -> int | float | None:
    """What a text of digits says: an integer as such, any other finite decimal number as a float, else None."""
    if re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    if len(text) <= 100 and re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        value = float(text)
        return value if math.isfinite(value) else None
    return None
