"""One numeral with sign, error and unit, read at its place in normalised text, in digits or spelt out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.extractor.units import FACTOR, MONEY, PERCENT, Unit, read_unit


@dataclass(slots=True)
class Term:
    """A numeral with its unit.

    Attributes:
        start, end: range in the normalised text, unit and error with it.
        bare: no unit was written, so that one may be taken from its neighbours.
        spelt: written in letters.
        scale: what a magnitude word has multiplied the value by.
        high: the second end, where one expression gives both ("one to two orders of magnitude").
    """

    start: int
    end: int
    value: float
    unit: str | None = None
    bare: bool = False
    spelt: bool = False
    scale: float = 1.0
    high: float | None = None


NUMERAL = r"(?:(?:[0-9]{1,3}(?:,[0-9]{3}){1,6}(?![0-9])|[1-9][0-9]{0,2}(?: [0-9]{3}){1,6}(?![0-9.])|[0-9]{1,18})(?:\.[0-9]{1,18})?|\.[0-9]{1,18})"
_NUMERAL = re.compile(NUMERAL)
_SCIENCE = re.compile(r" ?[×x·*] ?10 ?\^ ?\(?([+-]?[0-9]{1,2})\)?(?![0-9])|[eE]([+-]?[0-9]{1,2})(?![0-9A-Za-z])")
_POWER = re.compile(r"10 ?\^ ?\(?([+-]?[0-9]{1,2})\)?(?![0-9])")
_ERROR = re.compile(rf" ?(?:±|\+/-|\+-) ?{NUMERAL}")
_FRACTION = re.compile(r"([0-9]{1,6})/([0-9]{1,6})(?:\^? ?(?:st|nd|rd|th)\b)?(?![0-9A-Za-z_/]|\.[0-9])(?P<counted> (?!as\b)[a-z]+s\b)?")
_SHARE_FACTOR = re.compile(r" (?:of|the|as)\b")
_SCORE = re.compile(r"/(?:5|7|10|20|100)(?![0-9A-Za-z_/.%]|\.[0-9])")
_OUT_OF = re.compile(r" (?:out )?of (?:the )?(?=[0-9])")
_TAIL = re.compile(r"[A-Za-z_0-9]|-[A-Z0-9]|\.[0-9]|[:@^][0-9A-Za-z]|×[0-9]|/[A-Za-z]{3}")
_RANGE_AHEAD = re.compile(r"-{1,3}[+$]?\.?[0-9]")
_TIMES = re.compile(
    r"[0-9]{1,6}(?:\.[0-9]+)?(?![A-Za-z0-9_.-])(?: (?:faster|speed|less|fewer|smaller|larger|lower|higher|more|reduction|improvement|better|cheaper)|[ ,;.)]|$)"
)
_TIMES_CUE = re.compile(r"\b(?:speed-?ups?|by|of|to|about|over|than|factor|is|:) [xX]$")
_PREFIXED = re.compile(r"\b(?:sub|near)-$", re.IGNORECASE)


def glued(plain: str, at: int, last: int) -> bool:
    """Whether the digits at `at` continue an identifier; `last` is where the number before them ended."""
    if at == 0 or at == last:
        return False
    before = plain[at - 1]
    if before in "xX" and (at == 1 or plain[at - 2] in " (~"):
        return not (_TIMES.match(plain, at) and ("." in plain[at : at + 4] or _TIMES_CUE.search(plain, max(0, at - 12), at)))
    if before.isalnum() or before in "_@\\#^" or (before == "×" and plain[max(0, at - 2) : at - 1].isalnum()):
        return True
    if at == 1 or at - 1 == last or before not in "./:+-":
        return False
    second = plain[at - 2]
    if before == "-":
        return (second.isalnum() or second in ")]+") and not _PREFIXED.search(plain, max(0, at - 6), at)
    return second.isalnum() or (before == "+" and second == "+")


def read_digits(plain: str, at: int, last: int = -1, *, second: bool = False) -> Term | None:
    """The numeral in digits at `at`, or None where it is part of an identifier.

    `second`: it is the second end of a range, so that a dash before it joins and is no sign.
    """
    if glued(plain, at, last):
        return None
    start, sign, unit = _lead(plain, at, second)
    end = at
    if power := _POWER.match(plain, at):
        value, end = 10.0 ** int(power[1]), power.end()
    elif fraction := _FRACTION.match(plain, at):
        return _fraction(plain, start, sign, fraction)
    elif numeral := _NUMERAL.match(plain, at):
        value, end = float(numeral.group().replace(",", "").replace(" ", "")), numeral.end()
        if science := _SCIENCE.match(plain, end):
            value, end = value * 10.0 ** int(science[1] or science[2]), science.end()
    else:
        return None
    term = Term(start, end, sign * value, unit, bare=True)
    _take_unit(term, read_unit(plain, term.end))
    if error := _ERROR.match(plain, term.end):
        term.end = error.end()
        after = read_unit(plain, term.end)
        if term.bare:
            _take_unit(term, after)
        elif after is not None and after.name == term.unit:
            term.end = after.end
    if not term.bare:
        return term
    if score := _SCORE.match(plain, term.end):
        term.end = score.end()
    elif unit is None and _TAIL.match(plain, term.end) and not _RANGE_AHEAD.match(plain, term.end):
        return None
    return term


def _lead(plain: str, at: int, second: bool) -> tuple[int, float, str | None]:
    """Where a numeral begins with its sign, sign of money or of a factor; the sign's value; the unit."""
    start, sign, unit = at, 1.0, None
    before = plain[start - 1] if start else ""
    ahead = plain[start - 2] if start > 1 else ""
    if before == "+" or (before in "-–" and before and not second and not (ahead.isalnum() or (ahead and ahead in ")]%-–+/°×"))):
        start, sign = start - 1, 1.0 if before == "+" else -1.0
    before = plain[start - 1] if start else ""
    if before and before in MONEY:
        start, unit = start - 1, before
        if plain[max(0, start - 2) : start] == "US":
            start, unit = start - 2, "US$"
    elif (before == "×" and (start == 1 or not plain[start - 2].isalnum())) or (before in ("x", "X") and start == at):
        start, unit = start - 1, FACTOR
    return start, sign, unit


def _take_unit(term: Term, unit: Unit | None) -> None:
    if unit is None:
        return
    term.end, term.scale, term.bare = unit.end, unit.scale, False
    if unit.name in _SUFFIXES and term.unit is not None:  # "$30M"
        term.scale = _SUFFIXES[unit.name]
    elif unit.name is not None and (term.unit is None or unit.name in (FACTOR, PERCENT)):
        term.unit = unit.name
    term.value *= term.scale


_SUFFIXES: dict[str | None, float] = {"K": 1e3, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}


def _fraction(plain: str, start: int, sign: float, match: re.Match[str]) -> Term | None:
    """ "1/100" is a share of one, "6/9 tasks" counts six."""
    over, under, end = int(match[1]), int(match[2]), match.end(2)
    if not under:
        return None
    if match["counted"] and over != 1:
        return Term(start, end, sign * over, None, spelt=False)
    unit = FACTOR if over == 1 and _SHARE_FACTOR.match(plain, match.start("counted") if match["counted"] else match.end()) else None
    return Term(start, match.start("counted") if match["counted"] else match.end(), sign * over / under, unit, bare=unit is None)


def count_of(plain: str, term: Term) -> int:
    """End of "out of 40 bugs" or "of 1,000" behind a count, whose unit the term takes; else the term's own end."""
    if term.bare and (match := _OUT_OF.match(plain, term.end)):
        whole = read_digits(plain, match.end())
        if whole is not None and term.value <= whole.value == int(whole.value) and term.value == int(term.value) and whole.unit not in (PERCENT, FACTOR):
            term.unit = whole.unit
            return whole.end
    return term.end


# ---- numbers in letters

_ONES = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
CARDINALS = {word: i for i, word in enumerate(_ONES.split())} | {word: 20 + 10 * i for i, word in enumerate(_TENS.split())}
CARDINALS |= {"hundred": 100, "thousand": 1000, "dozen": 12}
_PARTS = {  # the whole by the name of its part
    "half": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "hundredth": 100, "thousandth": 1000,
}  # fmt: skip
_MULTIPLES = {"twice": 2.0, "thrice": 3.0} | {
    verb + ending: value for verb, value in {"doubl": 2.0, "tripl": 3.0, "quadrupl": 4.0, "halv": 0.5}.items() for ending in ("e", "es", "ed", "ing")
}
_NAMED = "|".join(sorted(CARDINALS, key=len, reverse=True))
_PIECES = "|".join(sorted(_PARTS, key=len, reverse=True))
_FOLDS = {f"{word}fold": float(value) for word, value in CARDINALS.items()}
_MOMENTS = frozenset({"second", "minute", "hour", "day", "week", "month", "year", "millisecond"})
LETTERS = frozenset((*CARDINALS, *_PARTS, *_MULTIPLES, *_FOLDS, *_MOMENTS, "order", "orders"))
"""Every word that a number in letters may begin with, or that shows one whose article stands before."""

_SPELT = re.compile(
    rf"(?P<ones>{_NAMED})(?:[- ](?P<unit>one|two|three|four|five|six|seven|eight|nine)(?=\W|$))?(?:[- ](?P<scale>hundred|thousand))?"
    r"(?:(?P<fold>-?folds?\b| times\b(?! series))|(?![A-Za-z]))",
    re.IGNORECASE,
)
_SHARE = re.compile(rf"(?P<over>{_NAMED})[- ](?P<part>{_PIECES})s?\b|(?P<alone>half|quarter)\b", re.IGNORECASE)
_ORDERS = re.compile(
    rf"(?:(?P<low>{_NAMED}|[0-9](?:\.[0-9])?)(?: full)?(?:(?: to |-to-| or | and | ?[-–]{{1,3}} ?|~)(?P<high>{_NAMED}|[0-9](?:\.[0-9])?))?[ -])?"
    r"(?:full |base-10 |decimal )?orders?[ -]of[ -](?:the )?magnitude",
    re.IGNORECASE,
)
_RANGE = re.compile(r" to | or |-to-", re.IGNORECASE)
_BEFORE_ORDER = re.compile(r"\b(?:an?|one)(?: full)? $", re.IGNORECASE)
_BEFORE_SHARE = re.compile(r"\ban? $", re.IGNORECASE)
_BEFORE_MOMENT = re.compile(r"\b(?:over|under|within|than|below) (?=an? $)", re.IGNORECASE)
_AFTER_MOMENT = re.compile(r"[.,;)]|$| (?:on|for|in|per|with|using|when|while|to|of|and|at|by|from|across|without)\b")
_NOT_VERB = re.compile(r" (?:the|its|their|our|that|his|her)\b")
_OF_WHOLE = re.compile(
    r" (?:as\b|the\b(?! (?:time|cases)\b)|"
    r"of the (?:[a-z]+ )?(?:time|cost|memory|size|energy|parameters|compute|computation|data|training|tokens|budget|latency)\b)"
)
_BY = re.compile(r"\bby (?:(?:about|nearly|almost|around|roughly|up to|approximately|over|more than|at least) )?$")


def read_letters(plain: str, at: int, word: str) -> Term | None:
    """The number in letters that the lower-case `word` at `at` begins or shows, or None."""
    if at and (plain[at - 1].isalnum() or plain[at - 1] in "-_/"):
        return None
    if match := read_orders(plain, at):
        return match
    after = plain[at + len(word) : at + len(word) + 1]
    if word in _MULTIPLES:
        if after == "-" or (word in ("triple", "triples") and not _NOT_VERB.match(plain, at + len(word))):
            return None  # "double-blind", "subject-predicate-object triples"
        return Term(at, at + len(word), _MULTIPLES[word], FACTOR, spelt=True)
    if word in _FOLDS:
        return Term(at, at + len(word), _FOLDS[word], FACTOR, spelt=True)
    if word in _MOMENTS:
        article = _BEFORE_MOMENT.search(plain, max(0, at - 12), at)
        follows = _AFTER_MOMENT.match(plain, at + len(word))
        return Term(article.end(), at + len(word), 1.0, word, spelt=True) if article and follows else None
    if share := _SHARE.match(plain, at):
        return _share(plain, share)
    if word in _PARTS:  # "a third of", not "the third", "a third model"
        article = _BEFORE_SHARE.search(plain, max(0, at - 3), at)
        end = at + len(word)
        if article is None or not plain.startswith(" of ", end):
            return None
        return Term(article.start(), end, 1 / _PARTS[word], FACTOR if _OF_WHOLE.match(plain, end) else None, spelt=True)
    return _cardinal(plain, at)


def read_orders(plain: str, at: int) -> Term | None:
    """ "two orders of magnitude" is the factor 100; without a count only the singular says one (10)."""
    match = _ORDERS.match(plain, at)
    if match is None:
        return None
    start = at
    if match["low"] is None:
        article = _BEFORE_ORDER.search(plain, max(0, at - 10), at)
        if article:
            start = article.start()
        elif plain[at : at + 6].lower() == "orders":
            return None
    low, high = (10.0 ** _exponent(w) if w else None for w in (match["low"] or "one", match["high"]))
    return Term(start, match.end(), low or 10.0, FACTOR, spelt=True, high=high)


def _exponent(word: str) -> float:
    return float(word) if word[0].isdigit() else float(CARDINALS[word.lower()])


def _share(plain: str, match: re.Match[str]) -> Term | None:
    start, end = match.span()
    if plain[end : end + 1] == "-":  # "half-precision"
        return None
    if match["alone"]:
        over, part = 1, match["alone"].lower()
        if part == "quarter" and (article := _BEFORE_SHARE.search(plain, max(0, start - 3), start)):
            start = article.start()
        elif part == "quarter":
            return None
    else:
        over, part = CARDINALS[match["over"].lower()], match["part"].lower()
    half = part == "half" and _BY.search(plain, max(0, start - 25), start) is not None
    factor = half or (over == 1 and _OF_WHOLE.match(plain, end) is not None)
    return Term(start, end, over / _PARTS[part], FACTOR if factor else None, spelt=True)


def _value(match: re.Match[str]) -> float:
    value = float(CARDINALS[match["ones"].lower()])
    if match["unit"] and 20 <= value < 100:
        value += CARDINALS[match["unit"].lower()]
    return value * CARDINALS[match["scale"].lower()] if match["scale"] else value


def _cardinal(plain: str, at: int) -> Term | None:
    match = _SPELT.match(plain, at)
    if match is None:
        return None
    term = Term(at, match.end(), _value(match), FACTOR if match["fold"] else None, bare=not match["fold"], spelt=True)
    if term.bare and (join := _RANGE.match(plain, term.end)) and (other := _SPELT.match(plain, join.end())):
        unit = Unit(other.end(), FACTOR) if other["fold"] else read_unit(plain, other.end())
        if unit is not None:
            term.high = _value(other) * unit.scale
            _take_unit(term, unit)
            return term
    if term.bare:
        _take_unit(term, read_unit(plain, term.end))
    if term.bare and plain[term.end : term.end + 1] == "-":
        return None
    return term
