"""Numbers as abstracts write them: value, range, unit, baseline and bound, with their place in the raw text."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.extractor.cues import bound_of, continues_list, is_setting, says_factor
from kg.extractor.terms import LETTERS, Term, count_of, read_digits, read_letters, read_orders
from kg.extractor.text import Normal
from kg.extractor.units import FACTOR, MONEY, PERCENT, POINTS, read_plural, read_share


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a text that may be a finding.

    Attributes:
        start, end: range in the raw text, code points, of the number with its unit as written.
        value: the number in `unit`, with its sign; of a range its first end.
        high: the second end of a range.
        unit: "%", "pp" (points), "x" (a factor), the unit as written without LaTeX, or None.
        baseline: the number that it is compared with, where the text says so next to it.
        bound: exact, up_to, at_least or about.
        setting: plainly a size, a setting, a place in a list or a date, and no finding.
    """

    start: int
    end: int
    value: float
    high: float | None = None
    unit: str | None = None
    baseline: float | None = None
    bound: str = "exact"
    setting: bool = False


def find_numbers(text: str) -> list[Number]:
    """Every number of a raw text that may be a finding, in reading order, none overlapping another."""
    found: list[Number] = []
    for begin, stop in _prose(text):
        found.extend(_numbers(text[begin:stop], begin))
    return found


def _numbers(raw: str, offset: int) -> Iterator[Number]:
    normal = Normal(raw)
    plain = normal.text
    reached = 0
    before: Term | None = None
    last_bound = "exact"
    for term, baseline in _read(plain):
        in_list = before is not None and continues_list(plain, before.end, term.start)
        bound = bound_of(plain, term.start, term.end, ranged=term.high is not None)
        if in_list and bound == "exact":
            bound = last_bound
        if term.unit is None and term.bare and (says_factor(plain, term.start) or (in_list and before is not None and before.bare and before.unit == FACTOR)):
            term.unit = FACTOR
        counted = term.unit is None and (term.bare or term.scale != 1.0)
        setting = is_setting(plain, term.start, term.end, term.value, term.unit, counted=term.bare or term.scale != 1.0, spelt=term.spelt)
        if counted and not setting and term.value == int(term.value) and not _MEASURED.search(plain, max(0, term.start - 5), term.start):
            things = read_plural(plain, term.end)
            if things is not None and "." not in plain[term.start : term.end]:
                term.unit, term.end = things.name, things.end
        lead = _SIGN_OF_BOUND.search(plain, max(0, term.start - 4), term.start)
        start, end = normal.raw_span(lead.start() if lead else term.start, term.end)
        start = max(start, reached)
        if start >= end:
            continue
        yield Number(offset + start, offset + end, term.value, term.high, term.unit, baseline, bound, setting)
        reached, before, last_bound = end, term, bound


_SIGN_OF_BOUND = re.compile(r"(?:(?<![\w=%)])~|[<>]=?|[≤≥]) ?[$]?$")
_MEASURED = re.compile(r"(?:\bof|\bis|[=:]) ?$")
_SOUP = re.compile(r"[\W\d_½⅓⅔¼¾⅕⅛¹²³⁰⁴-⁹]+")
_SOUP_LENGTH = 400
"""A stretch of so many characters without a letter is a table or noise, not prose: no number of it is a finding."""
_TOKEN = re.compile(r"(?P<digit>[0-9])|[A-Za-z]+")
_REST = re.compile(r"[0-9A-Za-z_]+(?:[.,:/–-]?[0-9][0-9A-Za-z_]*)*")


def _prose(text: str) -> Iterator[tuple[int, int]]:
    at = 0
    for match in _SOUP.finditer(text):
        if match.end() - match.start() >= _SOUP_LENGTH:
            yield at, match.start()
            at = match.end()
    yield at, len(text)


def _read(plain: str) -> Iterator[tuple[Term, float | None]]:
    """Terms in reading order with their baselines."""
    at, last = 0, -1
    while match := _TOKEN.search(plain, at):
        start, at = match.span()
        item: tuple[Term, float | None, int] | None = None
        if match["digit"]:
            if start and plain[start - 1] == "." and start - 1 != last and not plain[max(0, start - 2) : start - 1].isalnum():
                start -= 1
            item = _in_digits(plain, start, last)
            if item is None and (rest := _REST.match(plain, match.start())):
                at = rest.end()
        elif (word := match.group().lower()) in LETTERS and (term := read_letters(plain, start, word)):
            term.end = count_of(plain, term)
            item = term, None, term.end
        if item is None:
            continue
        term, baseline, last = item
        at = max(at, last)
        if math.isfinite(term.value) and (term.high is None or math.isfinite(term.high)):
            yield term, baseline


_AHEAD = r"(?=[+~-]?(?:US)?[$€£]?\.?[0-9])"
_ABOUT = r"(?:(?:about|around|over|nearly|almost|even|more than|as (?:low|high|much|many) as|approximately|roughly|only|just|less than|up to|a|an) ){0,2}"
_DASH = re.compile(rf" ?(?:-{{1,3}}|–|—|~) ?{_AHEAD}")
_TO = re.compile(rf" (?:down |up )?to {_ABOUT}{_AHEAD}|-to-(?=[0-9])")
_FAR_TO = re.compile(rf"[^.;,0-9]{{0,60}}? (?:down |up )?to {_ABOUT}{_AHEAD}")
_AND = re.compile(rf" and {_ABOUT}{_AHEAD}")
_ARROW = re.compile(rf" ?(?:→|-{{1,2}}>|=>) ?{_AHEAD}")
_CHAIN = re.compile(r"[-–/][0-9]")
_BETWEEN = re.compile(r"\bbetween (?:about |around |approximately )?[~$+]?$", re.IGNORECASE)
_FROM = re.compile(r"\bfrom (?:[A-Za-z~][A-Za-z-]* ){0,4}?[~+<>]?$", re.IGNORECASE)
_RANGING = re.compile(r"\b(?:rang\w+|var\w+|span\w*|anywhere|differ\w*) from [~$+]?$", re.IGNORECASE)


def _in_digits(plain: str, at: int, last: int) -> tuple[Term, float | None, int] | None:
    """(number, baseline, end of what was read) of the numeral at `at`, or None where it is part of an identifier."""
    if plain.find("rder", at, at + 30) > 0 and (orders := read_orders(plain, at)):
        return orders, None, orders.end
    term = _range(plain, at, last)
    if term is None:
        return None
    low = max(0, term.start - 60)
    started = _FROM.search(plain, low, term.start) is not None
    ranging = started and _RANGING.search(plain, low, term.start) is not None
    step = _ARROW.match(plain, term.end) or _TO.match(plain, term.end) or (_FAR_TO.match(plain, term.end) if started and not ranging else None)
    if step and (second := _second(plain, step.end(), joined=False)) and _alike(term, second):
        _share_unit(term, second)
        span = not step.group().lstrip().startswith(("→", "-", "=")) or step.group().startswith("-to-")
        if span and term.high is None and second.high is None and _is_range(term, second, started=started, ranging=ranging):
            term.end, term.unit, term.high, term.bare = second.end, second.unit, second.value, False
        else:
            return second, term.value, second.end
    term.end = count_of(plain, term)
    if term.unit is not None and term.unit in MONEY and (share := read_share(plain, term.end)):
        term.end, term.unit = share.end, f"{term.unit} {share.name}"
    if term.bare and term.unit is None:
        term.unit = _unit_of_list(plain, term)
    baseline, end = _baseline(plain, term)
    return term, baseline, end


def _is_range(low: Term, high: Term, *, started: bool, ranging: bool) -> bool:
    """Whether "low to high" spans a range; else it tells a change from one to the other."""
    return ranging or (low.value <= high.value and (not started or low.unit == FACTOR))


def _range(plain: str, at: int, last: int) -> Term | None:
    """The numeral at `at`, with the second end of its range where a dash (or "between … and") joins one."""
    term = read_digits(plain, at, last)
    if term is None:
        return None
    join = _DASH.match(plain, term.end)
    if join is None and _BETWEEN.search(plain, max(0, term.start - 30), term.start):
        join = _AND.match(plain, term.end)
    if join is None:
        return term
    second = _second(plain, join.end(), joined=True)
    if second is None or _CHAIN.match(plain, second.end):
        return None if term.bare and join.group()[:1] != " " else term
    if _alike(term, second):
        _share_unit(term, second)
        term.end, term.unit, term.high, term.bare = second.end, second.unit, second.value, second.bare
    return term


def _second(plain: str, at: int, *, joined: bool) -> Term | None:
    """The numeral (`joined`) or range that a join at `at` leads to, past its signs."""
    begin = at
    while at < begin + 4 and at < len(plain) and plain[at] in "+~-US" + MONEY:
        at += 1
    if joined:
        return read_digits(plain, at, at, second=at == begin)
    return _range(plain, at, at)


def _alike(a: Term, b: Term) -> bool:
    return a.bare or b.bare or a.unit == b.unit or {a.unit, b.unit} == {PERCENT, POINTS} or {a.unit, b.unit} == {"$", "US$"}


def _share_unit(a: Term, b: Term) -> None:
    """Give both ends of a range or change the unit that is written once."""
    if a.bare and not b.bare:
        a.value *= b.scale
        a.unit = b.unit if a.unit is None else a.unit
    b.unit = b.unit or a.unit


_FRACTIONAL = re.compile(r"\.([0-9]+)")
_LIST_AHEAD = re.compile(rf"(?:,? and |,? or |, |/){_AHEAD}")


def _decimals(plain: str, term: Term) -> int:
    match = _FRACTIONAL.search(plain, term.start, term.end)
    return len(match[1]) if match else 0


def _unit_of_list(plain: str, term: Term) -> str | None:
    """The unit of the next number of a list, for one that has none of its own and the same precision ("75, 32 and 23 ms")."""
    at, closed = term.end, False
    for _ in range(6):
        comma = _LIST_AHEAD.match(plain, at)
        closed = closed or (comma is not None and comma.group() != ", ")
        other = _second(plain, comma.end(), joined=True) if comma else None
        if other is None or _decimals(plain, other) != _decimals(plain, term):
            return None
        if not other.bare:
            return other.unit if closed and other.unit is not None and other.unit not in MONEY else None
        at = other.end
    return None


_NAMES = r"(?:[ (]{1,2}(?!and\b|while\b|but\b|by\b)(?:[A-Za-z@](?:[\w'+@-]|\.(?=\w)){0,30}:?|[0-9]{1,4}(?= [A-Za-z])))"
_AGAINST = re.compile(
    rf",?{_NAMES}{{0,7}}?[ )]{{0,2}},?[ (]{{0,2}}\b(?:compared (?:to|with)|compared (?=against)|versus|vs\.?|instead of|as opposed to|in contrast to|against|"
    rf"rather than|down from|up from|outperform(?:s|ing)|surpass(?:es|ing)|exceed(?:s|ing)|(?:higher|better) than|"
    rf"baseline|random(?: guessing)?|original(?:ly)?|previous(?:ly)?)"
    rf"{_NAMES}{{0,6}}?:?[ (=~$<>]{{0,4}}(?=\.?[0-9])"
)
_NEXT_TO = re.compile(
    r",? ?\(?(?:instead of|versus|vs\.?|compared (?:to|with)|down from|up from|as opposed to|from) "
    r"(?:(?:the|a|an|only|about|around|just|original|baseline|of) ){0,2}[~$<>]?(?=\.?[0-9])"
)


def _baseline(plain: str, term: Term) -> tuple[float | None, int]:
    """(the number that `term` is compared with behind it, end of what was read)."""
    near = _NEXT_TO.match(plain, term.end)
    match = near or _AGAINST.match(plain, term.end, min(len(plain), term.end + 140))
    if match is None:
        return None, term.end
    other = read_digits(plain, match.end(), match.end())
    if other is None or (not near and other.unit != term.unit) or not _alike(term, other):
        return None, term.end
    _share_unit(term, other)
    return other.value, other.end if near else term.end
