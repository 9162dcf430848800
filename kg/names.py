"""Names: the folded form in which two spellings of one name are equal, and acronyms with their long forms."""

from __future__ import annotations

import re
import unicodedata

_DASHES = "-‐‑‒–—―−﹘﹣－"
_BLANKS: dict[int, str | None] = {code: None for code in (*range(0x20), 0x7F) if not chr(code).isspace()}
_BLANKS |= {ord(c): " " for c in f"{_DASHES}_~"} | {ord(c): None for c in "${}"}
_ACCENT = re.compile(r"\\[\"'`^~=.](?=[{A-Za-z\\])")  # \"o, \'{e}
_COMMAND = re.compile(r"\\(?:text[a-z]*|math[a-z]*|emph|it|bf|rm|tt|sc|sf|sl|cal|bb|frak|operatorname|ensuremath|hspace|xspace)(?![A-Za-z])\*?")
_SYMBOL = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_ARTICLE = re.compile(r"(?:the|an?)\s+(?=\S)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d) +(?=\d)")
_LATIN_MARK = re.compile(r"(?<=[a-z])[\u0300-\u036f]+")
_CAPITAL_PLURAL = re.compile(r".*[A-Z0-9]s")
_NUMBERED_PLURAL = re.compile(r"(?:[a-z]{1,3}\d+|\d{3,4})s")  # A100s, 4090s; YOLOv5s and iPhone 5s are no plurals
_NO_PLURAL = re.compile(r".*(?:ss|us|is|'s)")
_PRODUCTS = frozenset({"l40s", "v100s"})
# fmt: off
_UNITS = frozenset({
    "alu", "apu", "cpu", "dpu", "ecu", "elu", "fpu", "gelu", "glu", "gpgpu", "gpu", "gru", "imu", "ipu", "lpu", "mcu", "menu", "npu", "plu", "pmu",
    "qpu", "relu", "selu", "swiglu", "tpu", "vpu", "xpu",
})
# fmt: on
# fmt: off
_SINGULAR_IN_S = frozenset({
    "aids", "always", "atlas", "alias", "bayes", "bias", "blas", "canvas", "chaos", "cosmos", "dos", "gas", "ios", "kansas", "keras", "kubernetes",
    "lens", "mars", "news", "pandas", "sens", "series", "species", "texas",
})
# fmt: on
_SINGULARS = {
    "aliases": "alias",
    "appendices": "appendix",
    "atlases": "atlas",
    "automata": "automaton",
    "axes": "axis",
    "biases": "bias",
    "caches": "cache",
    "children": "child",
    "cookies": "cookie",
    "corpora": "corpus",
    "crises": "crisis",
    "criteria": "criterion",
    "gases": "gas",
    "indices": "index",
    "lenses": "lens",
    "matrices": "matrix",
    "maxima": "maximum",
    "minima": "minimum",
    "movies": "movie",
    "niches": "niche",
    "optima": "optimum",
    "phenomena": "phenomenon",
    "simplices": "simplex",
    "spectra": "spectrum",
    "ins": "in",  # plug-ins
    "ons": "on",
    "tries": "trie",
    "ups": "up",
    "vertices": "vertex",
    "viruses": "virus",
}


def fold(name: str) -> str:
    """The form of a name in which its spellings are equal: "Large-Language Models" and "large language model" give "largelanguagemodel".

    Equal become: Unicode compatibility forms (NFKC), case, Latin accents, hyphens, underscores and blanks (written or not, but between digits),
    the plural of the last word, LaTeX residue, quotes around it, a leading article, an acronym in parentheses behind its long form. Apart stay:
    versions and sizes ("GPT-4", "GPT-4o", "ResNet-50", "ResNet-101"), other signs ("C", "C++", "C#", "A*") and acronyms in capitals that end
    in S ("DARTS", "DART"). A name without letters and digits folds to itself. Non-Latin letters are kept. Fold names, not folded names: a key
    has lost the case and the blanks by which a plural is known.
    """
    text = _plain(name)
    if not any(c.isalnum() for c in text):
        return name
    if "(" in text:
        text = without_abbreviation(text)
    head, last = _last_word(text)
    text = _casefold(head) + _singular(last)
    text = _ARTICLE.sub("", text, count=1) if _ARTICLE.match(text) else text
    return _BETWEEN_DIGITS.sub("\x1f", text).replace(" ", "").replace("\x1f", " ") or name


def is_acronym(short: str, long: str) -> bool:
    """Whether `short` (maybe with a plural s) abbreviates the whole of `long`, by the alignment of Schwartz and Hearst.

    Source: A. S. Schwartz, M. A. Hearst, "A simple algorithm for identifying abbreviation definitions in biomedical text", PSB 2003.
    A short form without a capital or digit must be the initials of the long form.
    """
    if len(short) >= len(long) or len(short) > 40:
        return False
    short, long = _plain(short), _plain(long)
    return _may_be_short(short) and _long_start(short, long) == 0


def find_abbreviations(text: str) -> list[tuple[int, int, int, int]]:
    """The abbreviations that a text defines, as (start, end) of the short form and (start, end) of the long form, in code points.

    Read are "long form (SF)" and "SF (long form)"; the algorithm is that of Schwartz and Hearst (see `is_acronym`). Each pair of parentheses is
    looked at once, through a window of bounded width, so that the time is linear in the length of the text.
    """
    found: list[tuple[int, int, int, int]] = []
    for match in _PARENTHESES.finditer(text):
        inner = _FIRST_PART.match(text, match.start(1), match.end(1))
        if inner is None or (match.start() and text[match.start() - 1] in "()"):
            continue
        start, end = inner.span(1)
        low = max(0, match.start() - _WINDOW)
        before_end = low + len(text[low : match.start()].rstrip())
        if _may_be_short(inner.group(1)):
            window = _before(text, before_end, _most_words(inner.group(1)))
            place = _long_start(inner.group(1), text[window:before_end])
            if place is not None:
                found.append((start, end, window + place, before_end))
                continue
        window = _before(text, before_end, 1)
        if _may_be_short(text[window:before_end]) and _long_start(text[window:before_end], inner.group(1)) == 0:
            found.append((window, before_end, start, end))
    return sorted(found)


_WINDOW = 200
_PARENTHESES = re.compile(r"\(([^()]{1,200})\)")
_SENTENCE_END = re.compile(r"[.!?;:]\s+(?=[^\sa-z])|[()]\s*|\n\s*\n")
_FIRST_PART = re.compile(r"\s*([^\s,;](?:[^,;]*[^\s,;])?)")
_ABBREVIATION = re.compile(r"(?:e\.g|i\.e|etc|cf|vs|resp|fig|eq|sec|no)\.?", re.IGNORECASE)
_SHORT = re.compile(r"[^\W_][^\s()]*(?: [^\s()]+)?")


def without_abbreviation(name: str) -> str:
    """A name without the abbreviation that it defines: "key-value (KV) cache" -> "key-value cache", "LLM (large language model)" -> the long form."""
    for short_start, short_end, long_start, long_end in find_abbreviations(name):
        if long_end <= short_start:
            rest = name[short_end:].partition(")")[2].strip()
            return f"{name[:long_end]} {rest}".strip()
        if short_start == 0:
            return name[long_start:long_end]
    return name


def _may_be_short(short: str) -> bool:
    letters = _without_plural(short)
    return 2 <= len(letters) <= 10 and _SHORT.fullmatch(short) is not None and any(c.isalpha() for c in short) and _ABBREVIATION.fullmatch(short) is None


def _without_plural(short: str) -> str:
    return short[:-1] if _CAPITAL_PLURAL.fullmatch(short) else short


def _most_words(short: str) -> int:
    letters = sum(c.isalnum() for c in _without_plural(short))
    return min(letters + 5, letters * 2)


def _before(text: str, end: int, words: int) -> int:
    """Where the last `words` words before `end` begin, within one sentence and the window."""
    window = text[max(0, end - _WINDOW) : end]
    head = window.rsplit(None, words)
    last = len(window) - len(window[len(head[0]) :].lstrip()) if len(head) > words else len(window) - len(window.lstrip())
    for stop in _SENTENCE_END.finditer(window, last):
        last = stop.end()
    return end - len(window) + last


def _long_start(short: str, long: str) -> int | None:
    """Where in `long` the long form of `short` begins: the shortest that ends where `long` ends; None where there is none."""
    place = _align(short, long)
    if place is None and short.islower() and short.endswith("s"):
        return _align(short[:-1], long)  # "llms": without a capital before it, only the long form tells that the s is a plural's
    return place


def _align(short: str, long: str) -> int | None:
    letters = [c for c in _without_plural(short).casefold() if c.isalnum()]
    initials = not any(c.isupper() or c.isdigit() for c in short)
    place = len(long)
    for number, letter in reversed(list(enumerate(letters))):
        place -= 1
        while place >= 0 and not (long[place].casefold() == letter and (_starts_word(long, place) or (number and not initials))):
            place -= 1
        if place < 0:
            return None
    while place > 0 and not long[place - 1].isspace():
        place -= 1  # the whole of a hyphenated word
    form = long[place:]
    words = form.split()
    if len(form) <= len(short) or len(words) > _most_words(short):
        return None
    stem = _without_plural(short).casefold()
    if any(word.casefold().lstrip("([{\"'“‘$").startswith(stem) for word in words):
        return None  # "BERTScore" is no long form of "BERT"
    return place


def _starts_word(text: str, place: int) -> bool:
    return place == 0 or not text[place - 1].isalnum()


def _plain(name: str) -> str:
    """NFKC, without LaTeX residue, invisible characters and quotes around; dashes, underscores and blanks become one space."""
    text = unicodedata.normalize("NFKC", name)
    if "\\" in text:
        text = _SYMBOL.sub(r"\1", _COMMAND.sub(" ", _ACCENT.sub("", text)))
    if not text.isascii():  # format characters: soft hyphens, marks of direction, zero-width blanks
        text = "".join(c for c in text if unicodedata.category(c) != "Cf")
    text = text.translate(_BLANKS)
    text = " ".join(text.split()).strip("\"'`“”‘’„«»,;: ").rstrip(".?!")
    if len(text) > 2 and text[0] + text[-1] in ("()", "[]") and not set(text[1:-1]) & set("()[]"):
        text = text[1:-1].strip()
    return text


def _casefold(text: str) -> str:
    text = unicodedata.normalize("NFD", text.casefold())
    return unicodedata.normalize("NFKC", _LATIN_MARK.sub("", text))


def _last_word(text: str) -> tuple[str, str]:
    head, space, last = text.rpartition(" ")
    cut = last.rfind("/") + 1
    return head + space + last[:cut], last[cut:]


def _singular(word: str) -> str:
    """The singular of a word in lower case. English only; what it does not know, it leaves; a wrong one is harmless as long as it is the same for all."""
    small = _casefold(word)
    if small[:-1] in _UNITS and small.endswith("s"):
        return small[:-1]
    if len(word) <= 6 and word.isupper() and word.endswith("S"):
        return small  # an acronym: GPS, DARTS
    if small in _SINGULARS:
        return _SINGULARS[small]
    if small in _SINGULAR_IN_S or small in _PRODUCTS or not small.endswith("s"):
        return small
    if any(c.isdigit() for c in small):
        return small[:-1] if _NUMBERED_PLURAL.fullmatch(small) else small
    if _CAPITAL_PLURAL.fullmatch(word):
        return small[:-1]  # LMs
    if len(small) < 4 or _NO_PLURAL.fullmatch(small):
        return small
    if small.endswith(("yses", "theses")):
        return small[:-2] + "is"
    if small.endswith("ies") and len(small) > 4:
        return small[:-3] + "y"
    if small.endswith(("sses", "shes", "ches", "xes")):
        return small[:-2]
    return small[:-1]
