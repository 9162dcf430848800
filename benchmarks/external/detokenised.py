"""Tokenised text -> running text, with the way back to the tokenised offsets.

SciER's sentences are tokens joined by spaces, and most papers have their digits split one by one ("state - of - the - art",
"4 2 . 2 %", "2 0 1 7", "I 3 D"). The extractor reads running text, so the spaces that no author wrote are taken out again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CLOSES = re.compile(r"[,.;:?!%)\]}”]|['’](?:s|re|ve|ll|d|m|t)?$|n['’]t$|''$|-[A-Za-z]")
_OPENS = re.compile(r".*[(\[{“]$|``$|[~∼#]$")
_JOINS = frozenset(("-", "/", "_", "@"))
_QUOTE = '"'


@dataclass(frozen=True, slots=True)
class Detokenised:
    """Running text; `origin[k]` is the place of its character k in the tokenised text."""

    text: str
    origin: tuple[int, ...]

    def back(self, start: int, end: int) -> tuple[int, int]:
        """The range of the tokenised text that a non-empty range of the running text stands for."""
        return self.origin[start], self.origin[end - 1] + 1


def detokenise(text: str) -> Detokenised:
    """Take out the spaces before closing and after opening signs, around hyphens and slashes inside a word, and between the digits of one number."""
    tokens = text.split(" ")
    quotes = 0
    pieces: list[str] = []
    origin: list[int] = []
    at = 0
    for k, token in enumerate(tokens):
        if k and not _glued(tokens, k, quotes):
            pieces.append(" ")
            origin.append(at - 1)
        pieces.append(token)
        origin.extend(range(at, at + len(token)))
        quotes += token == _QUOTE
        at += len(token) + 1
    return Detokenised("".join(pieces), tuple(origin))


def _glued(tokens: list[str], k: int, quotes: int) -> bool:
    """Whether token k stands right behind the one before; `quotes` is the number of quotation marks before it."""
    left, right = tokens[k - 1], tokens[k]
    if not left or not right:
        return False
    if _QUOTE in (left, right):  # an opening mark stands before its word, a closing one behind it
        return quotes % 2 == 1
    if left in _JOINS or right in _JOINS:
        j = k - 1 if left in _JOINS else k
        return _inside_a_word(tokens, j)
    if _digit(left) and _digit(right):
        return True
    if left in (".", ",") and right[0].isdigit():
        return _goes_on(tokens, k)
    if _digit(left) and right == "D":  # "I 3 D", "HOG 3 D": a "3D" of its own is one token
        return True
    if _digit(right) and ((left[-1].isupper() and tokens[k + 1 : k + 2] == ["D"]) or (left[-2:-1].isalpha() and left[-1] == "v")):
        return True  # "YOLOv 3"
    if right[0] == "." and right[1:].isdigit():
        return False
    return _CLOSES.match(right) is not None or _OPENS.match(left) is not None


def _digit(token: str) -> bool:
    return len(token) == 1 and token.isdigit()


def _inside_a_word(tokens: list[str], j: int) -> bool:
    """Whether the hyphen or slash j joins two words, not two clauses."""
    before, after = tokens[j - 1 : j] if j else [], tokens[j + 1 : j + 2]
    return bool(before and after and before[0] and after[0]) and (before[0][-1].isalnum() or before[0][-1] in ")]%") and after[0][0].isalnum()


def _goes_on(tokens: list[str], k: int) -> bool:
    """Whether the number before a point or comma goes on with token k: "4 2 . 2", "1 , 5 0 0", but not "[ 3 , 5 ]" nor "3 2 0 , 4 1 6"."""
    if k < 2 or not (_digit(tokens[k - 2]) and _digit(tokens[k])):
        return False
    if tokens[k - 1] == ".":
        return True
    before, behind = k - 2, k
    while before > 0 and _digit(tokens[before - 1]):
        before -= 1
    while behind < len(tokens) and _digit(tokens[behind]):
        behind += 1
    return behind - k == 3 and (k - 1 - before < 3 or tokens[k:behind] == ["0", "0", "0"])
