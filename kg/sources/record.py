"""A record of any format becomes a paper, or a reason why not."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from kg.claims import Paper, Source
from kg.errors import InputError

SkipKind = Literal["encoding", "characters", "json", "columns", "size", "fields", "no text", "duplicate", "conflict", "claims", "extractor", "file"]


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of the fields that hold a record's id, title and text; None tries the common names."""

    id: str | None = None
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that was not read.

    Attributes:
        where: "file:line", the file as the user named it.
        reason: why, one clause.
        remedy: what to do about it, one clause.
        kind: the reason in a word or two, the same for all records with that fault: what a summary counts by.
    """

    where: str
    reason: str
    remedy: str
    kind: SkipKind

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}. {self.remedy}"


Report = Callable[[Skipped], None]

# Compared in folded form (letters and digits only, lower case), so that "Paper ID", "paperId" and "paper_id" are one. The first that holds something wins.
ID_NAMES = ("id", "paperid", "arxivid", "corpusid", "doi", "pmid", "aclid", "uid", "key")
TITLE_NAMES = ("title", "papertitle", "documenttitle", "articletitle", "displayname", "name")
TEXT_NAMES = ("abstract", "paperabstract", "summary", "abstracttext", "abstractnote", "text", "description")
META_NAMES = frozenset(
    {
        *("author", "authors", "authorcount", "organization", "date", "year", "published", "publishedat", "publicationdate", "publicationyear", "submitted"),
        *("created", "updated", "updatedat", "updatedate", "doi", "arxivid", "pmid", "pmcid", "aclid", "url", "s2url", "pdfurl", "link", "links", "license"),
        *("venue", "journal", "journalref", "booktitle", "conference", "publisher", "volume", "issue", "pages", "category", "categories", "primarycategory"),
        *("subject", "subjects", "keyword", "keywords", "tags", "topics", "fieldsofstudy", "language", "lang", "comment", "comments"),
    }
)

PATIENCE = 1000
"""Records to wait for the first one that holds a field before the field's name is taken to be wrong."""


@lru_cache(maxsize=4096)
def fold(name: str) -> str:
    """A field's name as it is compared: letters and digits only, in lower case."""
    return re.sub(r"[\W_]", "", name).lower()


def flaw(text: str) -> str | None:
    """Why this string cannot be kept, stored and written as text; None where it can."""
    if "\0" in text:
        return f"a NUL character at position {text.index(chr(0))}"
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError as err:
            return f"a lone surrogate (\\u{ord(text[err.start]):04x}) at position {err.start}"
    return None


def hashed_id(text: str) -> str:
    """The id of a paper whose record has none: "p-" and the first 16 hexadecimal digits of the SHA-256 of its text."""
    return "p-" + hashlib.sha256(text.encode()).hexdigest()[:16]


class FloatLiteral(float):
    """A JSON number that remembers how it was written: as an id, 704.0010 is not 704.001."""

    literal: str

    def __new__(cls, literal: str) -> FloatLiteral:
        number = super().__new__(cls, literal)
        number.literal = literal
        return number


def _scalar(value: object) -> str | None:
    """The text of a string or number, whitespace around it taken off; None for everything else."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, FloatLiteral):
        return value.literal
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _first(record: Mapping[str, Any], names: list[str]) -> tuple[str | None, str | None]:
    """The first string or number that is not empty among these fields, and its field."""
    return next(((value, name) for name in names if (value := _scalar(record[name]))), (None, None))


def _worth_keeping(value: object, levels: int = 4) -> bool:
    """Whether a further field says something, and is nested no deeper than a list of authors with their affiliations."""
    if isinstance(value, (list, dict)):
        children = value.values() if isinstance(value, dict) else value
        return bool(value) and levels > 0 and all(_worth_keeping(child, levels - 1) for child in children if isinstance(child, (list, dict)) and child)
    return value not in (None, "")


def _plain(value: object) -> Any:
    """The value without number literals, as JSON can write it."""
    if isinstance(value, FloatLiteral):
        return float(value) if math.isfinite(value) else value.literal
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from _strings(item)


@dataclass(frozen=True, slots=True)
class Place:
    """Where records come from: the input as the user named it, its bare name, and its format."""

    label: str
    name: str
    format: str

    def skipped(self, line: int, reason: str, remedy: str, kind: SkipKind) -> Skipped:
        """The report on one record of this input."""
        return Skipped(f"{self.label}:{line}", reason, remedy, kind)


class Records:
    """Turns the records of one input into papers and knows, at the end, whether its fields were named rightly."""

    def __init__(self, place: Place, fields: Fields) -> None:
        self._place, self._fields = place, fields
        self._seen = 0
        self._held: set[str] = set()
        self._names: dict[str, None] = {}
        self._layouts: dict[tuple[str, ...], dict[str, list[str]]] = {}
        self._inner: str | None = None  # a field that holds a list of objects: where the real records may be

    def paper(self, record: Mapping[str, Any], line: int, position: int | None = None) -> Paper | Skipped:
        """The paper of a record, or why there is none.

        Args:
            record: field name -> value.
            line: the record's first line, from 1.
            position: its place among the records, from 1, where that tells more than the line.

        Raises:
            InputError: so many records lacked a field that its name must be wrong.
        """
        self._seen += 1
        if self._seen <= PATIENCE:
            self._names.update(dict.fromkeys(record))
            nested = (name for name, value in record.items() if isinstance(value, list) and value and isinstance(value[0], dict))
            self._inner = self._inner or next(nested, None)
        found = self._find(record)
        self._held.update(role for role, names in found.items() if names)
        if self._seen == PATIENCE:
            self.check()
        return self._paper(record, found, line, position)

    def _find(self, record: Mapping[str, Any]) -> dict[str, list[str]]:
        """Role -> the fields of this record that may play it, the likeliest first; remembered, since most records have the same fields."""
        layout = tuple(record)
        if (found := self._layouts.get(layout)) is None:
            folded = {fold(name): name for name in reversed(layout)}
            roles = (("id", self._fields.id, ID_NAMES), ("title", self._fields.title, TITLE_NAMES), ("text", self._fields.text, TEXT_NAMES))
            found = {
                role: [wanted] * (wanted in record) if wanted is not None else [folded[name] for name in names if name in folded]
                for role, wanted, names in roles
            }
            found["meta"] = [name for name in layout if fold(name) in META_NAMES]
            if len(self._layouts) < PATIENCE:
                self._layouts[layout] = found
        return found

    def check(self) -> None:
        """Refuse the input when no record held a field: called at its end, and once after the first `PATIENCE` records.

        Raises:
            InputError: names the field, and the fields that the records do hold.
        """
        names = ", ".join(self._names) or "none"
        for role in ("text", "id", "title"):
            wanted: str | None = getattr(self._fields, role)
            if self._seen and role not in self._held and (wanted is not None or role == "text"):
                what = f"no record has a field {wanted!r}" if wanted is not None else "no field is known to hold the abstract"
                inner = f", or take the records out of {self._inner!r} first: jq -c '.{self._inner}[]' FILE | kg extract -" if self._inner else ""
                raise InputError(what, where=self._place.label, remedy=f"The records' fields are: {names}. Name the right one with --{role}-field{inner}")

    def _paper(self, record: Mapping[str, Any], found: dict[str, list[str]], line: int, position: int | None) -> Paper | Skipped:
        for role, wanted in (("text", self._fields.text), ("id", self._fields.id)):
            if wanted is not None and not found[role]:
                return self._skip(line, f"the record has no field {wanted!r}", f"Its fields are: {', '.join(record) or 'none'}; see --{role}-field", "fields")
        text = next((value for name in found["text"] if isinstance(record[name], str) and (value := record[name].strip())), "")
        if not text:
            kinds = ", ".join(f"{name!r} is {_kind(record[name])}" for name in found["text"])
            reason = f"the record has no text: {kinds}" if kinds else "the record has no text"
            return self._skip(line, reason, f"Its fields are: {', '.join(record) or 'none'}; the text may stand in another one, see --text-field", "no text")
        for name in found["id"][:1]:
            if record[name] is not None and _scalar(record[name]) is None:
                remedy = "Write a string or a number, or name another field with --id-field"
                return self._skip(line, f"the id {name!r} is {_kind(record[name])}", remedy, "fields")
        paper_id, id_name = _first(record, found["id"])
        title, title_name = _first(record, found["title"])
        if title and text.startswith(title + "\n"):  # the form of a claims file: what is left gives the same text, and the same offsets
            text = text[len(title) + 1 :]
            if not text.strip():
                return self._skip(line, "the record's text is its title alone", "Add the abstract", "no text")
        used = {id_name, title_name, *found["text"]}
        meta = {name: _plain(record[name]) for name in found["meta"] if name not in used and _worth_keeping(record[name])}
        kept: tuple[tuple[str, object], ...] = (("text", text), ("title", title), ("id", paper_id), *((name, [name, meta[name]]) for name in meta))
        for part, content in kept:
            for string in _strings(content):
                if fault := flaw(string):
                    return self._skip(line, f"the {part} holds {fault}", "Take the character out", "characters")
        whole = f"{title}\n{text}" if title else text
        source = Source(name=self._place.name, format=self._place.format, record=position or line)
        return Paper(id=paper_id or hashed_id(whole), title=title, abstract=text, source=source, meta=meta)

    def _skip(self, line: int, reason: str, remedy: str, kind: SkipKind) -> Skipped:
        return self._place.skipped(line, reason, remedy, kind)


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str):
        return "empty"
    if isinstance(value, bool):
        return "true or false"
    names: dict[type, str] = {list: "a list", dict: "an object"}
    return names.get(type(value), "a number")
