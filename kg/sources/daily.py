"""A page of daily papers saved as text: title, abstract, "7 authors", "·", date, between menus and buttons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.claims import Paper
from kg.sources.record import Fields, Place, Records, Report, Skipped
from kg.sources.stream import Stream

NAME = "daily"

LONG = 30
"""Words from which a paragraph is an abstract, never a title or a menu."""

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_DATE = re.compile(rf"({_MONTH} \d{{1,2}}(?:, \d{{4}})?|\d+ (?:minute|hour|day|week|month|year)s? ago)(?:\s+\d+)?")  # comments are counted after the date
_AUTHORS = re.compile(r"[•·*–-]?\s*([\d,]+) authors?")
_DOT = re.compile(r"[•·|]")
_ONE_LINE = re.compile(rf"{_AUTHORS.pattern}\s*[•·|]\s*{_DATE.pattern}")
_FURNITURE = re.compile(
    r"[\W\d_]*|\+?[\d.,]+[kM]?|new|subscribe|upvotes?|\d+ (?:upvotes?|comments?)|submitted by.*|daily papers|trending papers|by\s*AK and the research community"
    r"|get trending papers in your email inbox!?|github(?: [\d.,]+k?)?|arxiv page|project page|view (?:pdf|arxiv page|all)|log in|sign up|previous|next",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Footer:
    """The lines under an abstract: `start` to `end` (exclusive) of the page's lines, and what they say."""

    start: int
    end: int
    meta: dict[str, str | int]


def matches(head: str, fields: Fields) -> bool:
    """Whether the text has the line of authors, dot and date that stands under each abstract of such a page."""
    return next(_footers([line.strip() for line in head.split("\n")]), None) is not None


def read(stream: Stream, fields: Fields, report: Report) -> Iterator[Paper]:
    """Yield the papers of the page, which is read whole; their number is the line of the title."""
    place = Place(stream.label, stream.name, NAME)
    records = Records(place, Fields(title="title", text="abstract"))
    numbered = list(stream.text_lines(place, report))
    lines = [line.strip() for _, line in numbered]
    start = 0
    for footer in _footers(lines):
        found = _paper(lines, start, footer.start)
        start = footer.end
        number = numbered[found.line if found else footer.start][0]
        if found is None or found.abstract is None:
            title = f" under the title {found.title!r}" if found else ""
            report(place.skipped(number, f"no abstract{title}", "Save the page with its abstracts shown", "no text"))
            continue
        paper = records.paper({"title": found.title, "abstract": found.abstract, **footer.meta}, number)
        if isinstance(paper, Skipped):
            report(paper)
        else:
            yield paper
    found = _paper(lines, start, len(lines))
    if found is not None and found.abstract is not None:
        reason = f"the page ends inside the paper {found.title!r}" if found.title else "the page ends inside a paper"
        report(place.skipped(numbered[found.line][0], reason, "Save the whole page", "no text"))


def _footers(lines: list[str]) -> Iterator[_Footer]:
    at = 0
    while at < len(lines):
        footer = _footer(lines, at)
        if footer is not None:
            yield footer
        at = footer.end if footer is not None else at + 1


def _footer(lines: list[str], at: int) -> _Footer | None:
    """The footer that begins at a line: authors (or an organisation), a dot and a date, on three lines or on one."""
    if one := _ONE_LINE.fullmatch(lines[at]):
        return _Footer(at, at + 1, {"author_count": _count(one[1]), "date": one[2]})
    if at + 2 < len(lines) and _DOT.fullmatch(lines[at + 1]) and (date := _DATE.fullmatch(lines[at + 2])):
        if authors := _AUTHORS.fullmatch(lines[at]):
            return _Footer(at, at + 3, {"author_count": _count(authors[1]), "date": date[1]})
        above = lines[at - 1] if at else ""
        # An organisation stands alone, or right under an abstract; the last words of a wrapped abstract do neither.
        if lines[at] and len(lines[at].split()) <= 8 and not lines[at].endswith((".", "!", "?")) and (not above or len(above.split()) >= LONG):
            return _Footer(at, at + 3, {"organization": lines[at], "date": date[1]})
        return _Footer(at + 1, at + 3, {"date": date[1]})
    return None


def _count(digits: str) -> int:
    return int(digits.replace(",", ""))


@dataclass(frozen=True, slots=True)
class _Found:
    line: int
    title: str | None
    abstract: str | None


def _paper(lines: list[str], start: int, end: int) -> _Found | None:
    """Title and abstract among the lines between two footers: the first long paragraph on, and the one before it."""
    paragraphs = list(_paragraphs(lines, start, end))
    if not paragraphs:
        return None
    first = next((i for i, (_, text) in enumerate(paragraphs) if len(text.split()) >= LONG), len(paragraphs) - 1)
    line, text = paragraphs[first]
    if first == 0 and len(text.split()) < LONG:
        return _Found(line, text, None)
    abstract = "\n\n".join(text for _, text in paragraphs[first:])
    if first == 0:
        return _Found(line, None, abstract)
    line, title = paragraphs[first - 1]
    return _Found(line, " ".join(title.split()), abstract)


def _paragraphs(lines: list[str], start: int, end: int) -> Iterator[tuple[int, str]]:
    """Yield the first line and text of each run of lines that are no furniture; a title right above its abstract is a run of its own."""
    run: list[str] = []
    for at in range(start, end + 1):
        line = lines[at] if at < end else ""
        content = bool(line) and not _DATE.fullmatch(line) and not _FURNITURE.fullmatch(line)
        if run and (not content or (len(run) == 1 and len(run[0].split()) < LONG <= len(line.split()))):
            yield at - len(run), "\n".join(run)
            run = []
        if content:
            run.append(line)
