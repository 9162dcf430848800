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
    """

    pieces: Ints
    cases: Ints
    first: Ints
    last: Ints
    start: Ints
    end: Ints
    body: int


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

        One window for nearly every abstract. A longer text is cut between sentences, its title (`text[:title_end]`) repeated at
        the head of each window; a sentence longer than a window is cut between words.
        """
        title = self._words(text[:title_end], 0) if title_end else []
        head = title[:64]
        body_start = title_end + 1 if title_end else 0
        body = self._words(text[body_start:], body_start)
        budget = MAX_PIECES - 2 - (1 if head else 0) - sum(len(w[0]) for w in head)
        if sum(len(w[0]) for w in body) <= budget:
            return [self._window(text, head, body, first=True)]
        parts = list(self._cut(sentences(text, title_end), body, budget))
        # nothing is named where there is no letter: a megabyte of digits or rules need not be read
        kept = parts[:1] + [part for part in parts[1:] if any(c.isalpha() for _, ranges in part for c in text[ranges[0][0] : ranges[-1][1]])]
        return [self._window(text, head, part, first=k == 0) for k, part in enumerate(kept)]

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

    def _cut(self, places: list[tuple[int, int]], body: list[_Word], budget: int) -> Iterator[list[_Word]]:
        ends = [end for _, end in places]
        part: list[_Word] = []
        sentence: list[_Word] = []
        size = held = k = 0
        for word in body:
            while k < len(ends) - 1 and word[1][0][0] >= ends[k]:
                part, size, sentence, held = part + sentence, size + held, [], 0
                k += 1
            if size + held + len(word[0]) > budget:
                if part:
                    yield part
                    part, size = [], 0
                if held + len(word[0]) > budget:
                    yield sentence
                    sentence, held = [], 0
            sentence.append(word)
            held += len(word[0])
        if part and size + held > budget:
            yield part
            part = []
        if part or sentence:
            yield part + sentence

    def _window(
        self,
        text: str,
        head: list[_Word],
        body: list[_Word],
        *,
        first: bool,
    ) -> Window:
        pieces, cases = [CLS], [0]
        firsts, lasts, starts, ends = [], [], [], []
        for words in (head, body) if head else (body,):
            for ids, ranges in words:
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
        return Window(columns[0], columns[1], columns[2], columns[3], columns[4], columns[5], 0 if first else len(head))

    def _case(self, token: str) -> int:
        known = self._cases.get(token)
        if known is None:
            known = case_class(token)
            if len(self._cases) < 100_000:
                self._cases[token] = known
        return known


def _parts(word: _Word, limit: int) -> list[_Word]:
    return [(word[0][k : k + limit], word[1][k : k + limit]) for k in range(0, len(word[0]), limit)]
