"""Text -> what the encoder reads: word pieces, case classes, and the words that are tagged whole.

A word is a run of BERT pre-tokens joined by hyphens ("bit-identical", "GPT-4"), so that a hyphenated word is tagged whole or not at
all. The vocabulary is uncased; a case class per piece and word gives the case back (one embedding more, free at run time).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from tokenizers import Tokenizer

Ints = npt.NDArray[np.int64]
_Word = tuple[list[int], list[tuple[int, int]]]  # ids of its pieces, their ranges in the text

CLS, SEP = 101, 102
MAX_PIECES = 512
CASE_CLASSES = 12
_HYPHENS = "-‐‑"
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9($\"'“])|\n\s*\n\s*")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|cf|vs|al|etc|Fig|Figs|Eq|Sec|Ref|Dr|resp|approx|w\.r\.t|a\.k\.a)|(?<![\w.])[A-Z])\.$")


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a text that the encoder reads in one go.

    Attributes:
        pieces: vocabulary ids, int64 (L,), with [CLS] and [SEP].
        cases: case class of each piece, int64 (L,), 0 to 143.
        first, last: first and last piece of each word, int64 (W,).
        start, end: the word's code points in the text, int64 (W,).
        body: index of the first word that is not the repeated title (0 in the first window).
        own: the words that this window owns. Windows of a long text overlap, and all but the first repeat its title; each word is owned by one of
            them, where it has words on both sides.
    """

    pieces: Ints
    cases: Ints
    first: Ints
    last: Ints
    start: Ints
    end: Ints
    body: int
    own: slice


def case_class(token: str) -> int:
    """The letter case of a token as one of `CASE_CLASSES`."""
    if token.isdigit():
        return 1
    if not any(c.isalnum() for c in token):
        return 2
    digits = any(c.isdigit() for c in token)
    upper = sum(c.isupper() for c in token)
    lower = sum(c.islower() for c in token)
    if upper == 0:
        return 4 if digits else 3
    if lower == 0:
        return 5 if upper == 1 and len(token) == 1 else (7 if digits else 6)
    if upper == 1 and token[0].isupper():
        return 9 if digits else 8
    return 11 if digits else 10


def sentences(text: str, title_end: int = 0) -> list[tuple[int, int]]:
    """Code point ranges of the sentences of a text, without the white space between them; the title and an empty line end one."""
    out = [(0, title_end)] if title_end else []
    begin = title_end + 1 if title_end else 0
    for gap in _SENTENCE_END.finditer(text, begin):
        if "\n" not in gap.group() and _ABBREVIATION.search(text[max(begin, gap.start() - 10) : gap.start()]):
            continue
        if gap.start() > begin:
            out.append((begin, gap.start()))
        begin = gap.end()
    if text[begin:].strip():
        out.append((begin, len(text.rstrip())))
    return out


class Tokenization:
    """Cuts texts into windows of pieces.

    Args:
        path: a `tokenizer.json` of the uncased BERT vocabulary.
    """

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer

        self._tokenizer: Tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._cases: dict[str, int] = {}

    def windows(self, text: str, title_end: int = 0) -> list[Window]:
        """Windows of whole sentences that together hold the text, but for stretches of it without a letter.

        One window for nearly every abstract. The windows of a longer text overlap by whole sentences, a quarter of a window at least, and all
        repeat its title (`text[:title_end]`); where a sentence is too long for that, window and overlap are cut between words.
        """
        title = self._words(text[:title_end], 0) if title_end else []
        body_start = title_end + 1 if title_end else 0
        body = self._words(text[body_start:], body_start)
        budget = MAX_PIECES - 2
        size = sum(len(w[0]) for w in title)
        if size + bool(title) + sum(len(w[0]) for w in body) <= budget:
            return [self._window(text, title, body, 0, slice(0, len(title) + len(body)))]
        if size > MAX_PIECES // 8:  # too long to be repeated
            title, body, size = [], title + body, 0
        budget -= size + bool(title)
        begins = [begin for begin, _ in sentences(text, title_end)]
        found: list[Window] = []
        for first, last, own, until in _cut(body, begins, budget):
            part = body[first:last]
            # nothing is named where there is no letter: a megabyte of digits or rules need not be read
            if not found or any(c.isalpha() for c in text[part[0][1][0][0] : part[-1][1][-1][1]]):
                shift = len(title) - first
                owned = slice(own + shift, until + shift) if found else slice(0, until + shift)
                found.append(self._window(text, title, part, len(title) if found else 0, owned))
        return found

    def _words(self, text: str, base: int) -> list[_Word]:
        """Words as (piece ids, piece ranges); pieces of unassigned or control characters vanish with the tokenizer's clean-up."""
        encoded = self._tokenizer.encode(text, add_special_tokens=False)
        words: list[_Word] = []
        previous, glued = None, False
        for piece, word, (start, end) in zip(encoded.ids, encoded.word_ids, encoded.offsets, strict=True):
            start, end = start + base, end + base
            if word == previous and words:
                words[-1][0].append(piece)
                words[-1][1].append((start, end))
                continue
            surface = text[start - base : end - base]
            touches = bool(words) and words[-1][1][-1][1] == start
            hyphen = surface in _HYPHENS and len(surface) == 1
            before = text[start - base - 1] if start > base else " "
            after = text[end - base] if end - base < len(text) else " "
            if touches and ((hyphen and before.isalnum() and after.isalnum()) or (glued and surface[:1].isalnum())):
                words[-1][0].append(piece)
                words[-1][1].append((start, end))
            else:
                words.append(([piece], [(start, end)]))
            glued = hyphen and touches
            previous = word
        # a word longer than a window cannot be read whole: cut it
        longest = MAX_PIECES // 4
        return [part for word in words for part in (_parts(word, longest) if len(word[0]) > longest else (word,))]

    def _window(self, text: str, head: list[_Word], words: list[_Word], body: int, own: slice) -> Window:
        pieces, cases = [CLS], [0]
        firsts, lasts, starts, ends = [], [], [], []
        for segment in (head, words) if head else (words,):
            for ids, ranges in segment:
                firsts.append(len(pieces))
                starts.append(ranges[0][0])
                ends.append(ranges[-1][1])
                whole = self._case(text[ranges[0][0] : ranges[-1][1]])
                for piece, (a, b) in zip(ids, ranges, strict=True):
                    pieces.append(piece)
                    cases.append(self._case(text[a:b]) * CASE_CLASSES + whole)
                lasts.append(len(pieces) - 1)
            pieces.append(SEP)
            cases.append(0)
        columns = [np.array(x, dtype=np.int64) for x in (pieces, cases, firsts, lasts, starts, ends)]
        return Window(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], body, own)

    def _case(self, token: str) -> int:
        known = self._cases.get(token)
        if known is None:
            known = case_class(token)
            if len(self._cases) < 100_000:
                self._cases[token] = known
        return known


def _parts(word: _Word, limit: int) -> list[_Word]:
    return [(word[0][k : k + limit], word[1][k : k + limit]) for k in range(0, len(word[0]), limit)]


def _cut(words: list[_Word], begins: list[int], budget: int) -> Iterator[tuple[int, int, int, int]]:
    """Windows of at most `budget` pieces as (first word, end, first owned word, end of the owned words); `begins` are where sentences begin.

    A window ends with a sentence if it is three quarters full by then. The next one goes back over a quarter of a window at least and three eighths at most,
    so that it brings something new. The owners meet at a sentence in the middle half of the overlap, or else in its middle.
    """
    size = np.cumsum([0] + [len(ids) for ids, _ in words])  # pieces before each word
    heads = np.unique(np.searchsorted([ranges[0][0] for _, ranges in words], begins))  # the words that begin sentences

    def word(pieces: float) -> int:
        """The last word that has at most so many pieces before it."""
        return int(np.searchsorted(size, pieces, side="right")) - 1

    def sentence(least: float, most: float, near: float) -> int | None:
        """The word that begins a sentence with so many pieces before it, as near as possible to `near`."""
        found = heads[(size[heads] >= least) & (size[heads] <= most)]
        return int(found[np.abs(size[found] - near).argmin()]) if len(found) else None

    first = own = 0
    while size[-1] - size[first] > budget:
        low, high = size[first] + budget * 3 / 4, size[first] + budget
        end = sentence(low, high, high) or word(high)
        low, high = size[end] - budget * 3 / 8, size[end] - budget / 4
        following = sentence(low, high, high) or word(high)
        middle, quarter = (size[following] + size[end]) / 2, (size[end] - size[following]) / 4
        until = max(sentence(middle - quarter, middle + quarter, middle) or word(middle), own + 1)
        yield first, end, own, until
        first, own = following, until
    yield first, len(words), own, len(words)
