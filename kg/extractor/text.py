"""Normalisation of raw abstract text that keeps every offset.

Abstracts carry residue of LaTeX, HTML and fonts. `Normal` rewrites it so that a grammar may read plain characters
("2.31$\\times$" is "2.31×"), and maps ranges of what it wrote back to the raw text, which alone is stored and quoted.
"""

from __future__ import annotations

import re

_SYMBOLS = {
    "times": "×", "pm": "±", "mp": "±", "sim": "~", "approx": "~", "simeq": "~", "cong": "~", "thicksim": "~", "thickapprox": "~",
    "geq": "≥", "ge": "≥", "geqslant": "≥", "gtrsim": "≥", "leq": "≤", "le": "≤", "leqslant": "≤", "lesssim": "≤", "gt": ">", "lt": "<", "gg": ">", "ll": "<",
    "rightarrow": "→", "to": "→", "longrightarrow": "→", "Rightarrow": "→", "cdot": "·", "degree": "°", "deg": "°", "circ": "°",
    "uparrow": "↑", "downarrow": "↓", "percent": "%", "textpercent": "%", "mu": "μ", "textmu": "μ", "micro": "μ", "Delta": "Δ", "sigma": "σ",
    "AA": "Å", "odot": "⊙", "Omega": "Ω", "textendash": "–", "textemdash": "—", "textasciitilde": "~",
    "dots": "…", "ldots": "…", "quad": " ", "qquad": " ", "newline": " ",
}  # fmt: skip
"""LaTeX commands and the character that each stands for."""

_SILENT = frozenset(
    re.findall(
        "[A-Za-z]+",
        "textbf textit texttt textsc textsf textrm textup textnormal text emph underline uline mathbf mathit mathrm mathsf mathtt mathcal mathbb mathring bm "
        "boldsymbol operatorname mbox hbox ensuremath SI si num qty unit ang left right big Big bf it rm sf tt em sc small large displaystyle textstyle",
    )
)
"""Commands that only dress what follows: dropped with the space that ends their name."""

_ESCAPES = {",": " ", ";": " ", ":": " ", "!": "", " ": " ", "/": "", "(": "", ")": "", "[": "", "]": "", "~": "~", "\\": " "}
"""One-character commands; any other ("%", "$", "&" …) stands for itself."""

_PREFIXES = frozenset(("mu", "textmu", "micro", "Delta"))
"""Symbols that join what follows: "\\mu s" is one unit."""
_SUPERSCRIPT = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
_FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
_LIKE = {"-": "−‐‑﹣－", "~": "∼≈～", "×": "✕✖⨯╳", "→": "⟶➔", "/": "⁄∕", "%": "％", "μ": "µ"}
_PLAIN = str.maketrans({char: plain for plain, chars in _LIKE.items() for char in chars})

_PIECE = re.compile(
    r"""(?P<unicode>\$?\\unicode\{x(?P<hex>[0-9A-Fa-f]{1,6})\}\$?)
      | (?P<degree>\^\{?\\circ\b\}?)
      | (?P<fraction>\\[dt]?frac\{(?P<over>[0-9]{1,9})\}\{(?P<under>[0-9]{1,9})\})
      | (?P<tilde>\\~\{\})
      | \\(?P<command>[A-Za-z]{1,40})(?P<gap>[ ]?)
      | \\(?P<escape>[^A-Za-z])
      | (?P<join>\}\{)
      | (?P<brace>[{}])
      | (?P<dollar>\$)
      | (?P<vulgar>(?<![0-9½⅓⅔¼¾⅕⅛])[½⅓⅔¼¾⅕⅛](?![0-9½⅓⅔¼¾⅕⅛]))
      | (?P<super>[⁺⁻]?[⁰¹²³⁴-⁹]+)
      | (?P<space>[ ]\s+|[^\S ]\s*)
      | (?P<nothing>[\u200b-\u200f\u2060\ufeff\u00ad]+)
    """,
    re.VERBOSE,
)
_DRESS = re.compile(r"\\[A-Za-z]{1,20}\{$")
_MATH_LIMIT = 400
"""Longest inline formula, in characters: a dollar sign without a partner so near is money."""
_PROSE = re.compile(r"(?<!\\)\b[A-Za-z]{2,} [a-z]{2,}")


def _delimiters(raw: str) -> frozenset[int]:
    """Places of the dollar signs that open or close a formula; the others are money."""
    places = [m.start() for m in re.finditer(r"\$", raw) if m.start() == 0 or raw[m.start() - 1] != "\\"]
    found: set[int] = set()
    i = 0
    while i + 1 < len(places):
        a, b = places[i], places[i + 1]
        inside = raw[a + 1 : b] if b - a <= _MATH_LIMIT else ""
        money = inside[:1].isdigit() and "\\" not in inside and (inside[-1:] in " (" or inside[-1:] in "-–" or _PROSE.search(inside) is not None)
        if (inside.strip() and not money) or b == a + 1:
            found.update((a, b))
            i += 2
        else:
            i += 1
    return frozenset(found)


class Normal:
    """Plain text of a raw text, with the way back.

    Attributes:
        raw: the text as given.
        text: the same without LaTeX dress, one space for each run of white space, one character for each sign
            ("-", "×", "±", "~", "→", "≥"). A dollar sign that is left means money.
    """

    __slots__ = ("_ends", "_starts", "raw", "text")

    def __init__(self, raw: str) -> None:
        self.raw = raw
        pieces: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        delimiters = _delimiters(raw) if "$" in raw else frozenset()
        at = 0
        for match in _PIECE.finditer(raw):
            start, end = match.span()
            self._copy(pieces, at, start)
            plain = _rewrite(match, delimiters)
            if match["gap"] and plain.endswith(" "):  # the space that ends a command's name is no part of its sign
                plain, end = plain[:-1], end - 1
            pieces.append(plain)
            self._starts.extend([start] * len(plain))
            self._ends.extend([end] * len(plain))
            at = end
        self._copy(pieces, at, len(raw))
        self.text = "".join(pieces)

    def _copy(self, pieces: list[str], start: int, end: int) -> None:
        if start < end:
            pieces.append(self.raw[start:end].translate(_PLAIN))
            self._starts.extend(range(start, end))
            self._ends.extend(range(start + 1, end + 1))

    def __len__(self) -> int:
        return len(self.text)

    def raw_start(self, i: int) -> int:
        """Offset in the raw text where the normalised character `i` begins (the raw text's end for i = len)."""
        return self._starts[i] if i < len(self._starts) else len(self.raw)

    def raw_end(self, j: int) -> int:
        """Offset in the raw text where a normalised range that ends before `j` ends (0 for j = 0)."""
        return self._ends[j - 1] if j else 0

    def raw_span(self, i: int, j: int) -> tuple[int, int]:
        """Raw range of the non-empty normalised range i..j, widened so that dollar signs and braces pair up where their partner is next to it."""
        start, end = self.raw_start(i), self.raw_end(j)
        raw = self.raw
        for _ in range(8):
            inside = raw[start:end]
            before = raw[start - 1] if start else ""
            after = raw[end] if end < len(raw) else ""
            odd = (inside.count("$") - inside.count("\\$")) % 2 == 1
            opened, closed = _unpaired(inside)
            if closed and before == "{":
                command = _DRESS.search(raw, max(0, start - 24), start)
                start = command.start() if command else start - 1
            elif (opened and after == "}") or (odd and after == "$"):
                end += 1
            elif odd and before == "$":
                start -= 1
            elif before == "$" and after == "$" and not odd and not opened and not closed and self._delimits(start - 1, end):
                start, end = start - 1, end + 1
            else:
                break
        return start, end

    def _delimits(self, a: int, b: int) -> bool:
        return (a == 0 or self.raw[a - 1] != "\\") and self.raw[b - 1] != "\\"


def _unpaired(inside: str) -> tuple[int, int]:
    """(braces that are opened and not closed, closed and not opened)."""
    opened = closed = 0
    for char in inside:
        if char == "{":
            opened += 1
        elif char == "}":
            opened, closed = (opened - 1, closed) if opened else (0, closed + 1)
    return opened, closed


def _rewrite(match: re.Match[str], delimiters: frozenset[int]) -> str:
    kind, found = match.lastgroup, match.group()
    if match["unicode"] is not None:
        code = int(match["hex"], 16)
        char = chr(code) if code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else " "
        return " " if char.isspace() else char.translate(_PLAIN)
    if match["fraction"] is not None:
        return f"{match['over']}/{match['under']}"
    if match["command"] is not None:
        name = match["command"]
        if name in _SYMBOLS:
            return _SYMBOLS[name] + ("" if name in _PREFIXES else match["gap"])
        return "" if name in _SILENT else found
    if match["escape"] is not None:
        return _ESCAPES.get(match["escape"], match["escape"])
    if kind == "vulgar":
        return _FRACTIONS[found]
    if kind == "super":
        return "^" + found.translate(_SUPERSCRIPT)
    if kind == "dollar":
        return "" if match.start() in delimiters else "$"
    return {"degree": "°", "tilde": "~", "join": " ", "brace": "", "space": " ", "nothing": ""}[kind or "nothing"]
