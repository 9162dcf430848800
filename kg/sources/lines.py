"""Plain text, one abstract a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.claims import Paper
from kg.errors import InputError
from kg.sources.record import Fields, Place, Records, Report, Skipped
from kg.sources.stream import Stream

NAME = "lines"

# Forms that are text, but whose lines are no abstracts: read as lines they would become nonsense, so they are refused by name.
_REFUSED = (
    (re.compile(r"\s*<(?:\?xml|!doctype|!--|(?:html|feed|rss|rdf:\w+|oai-pmh|\w*articles?\w*|collection|records?)\b)", re.IGNORECASE), "XML or HTML"),
    (re.compile(r"(?:\s*(?:%.*)?\n)*\s*@[a-zA-Z]+\s*[{(]"), "BibTeX"),
    (re.compile(r"\s*TY  - "), "RIS"),
)


def matches(head: str, fields: Fields) -> bool:
    """Whether text that no other format claims can be abstracts, one a line."""
    return refused(head) is None


def refused(head: str) -> str | None:
    """The name of the form that this text has and that is not read; None for every other text."""
    return next((name for form, name in _REFUSED if form.match(head)), None)


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Yield one paper a line; blank lines are none."""
    place = Place(stream.label, stream.name, NAME)
    records = Records(place, Fields(text="text"))
    for number, line in stream.text_lines(place, report):
        if line.strip():
            paper = records.paper({"text": line}, number)
            if isinstance(paper, Skipped):
                report(paper)
            else:
                yield paper


def unknown(label: str, head: str) -> InputError:
    """The error for a text that is refused."""
    remedy = "Formats read: one abstract a line, a page of daily papers saved as text, JSON Lines, a JSON array, CSV and TSV with a header line"
    return InputError(f"looks like {refused(head)}, which is not read", where=label, remedy=remedy)
