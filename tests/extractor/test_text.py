"""`Normal`: what it rewrites, and that every range finds its way back to the raw text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extractor.text import Normal

FRAGMENTS = [
    "$",
    "\\",
    "{",
    "}",
    "\\times",
    "\\%",
    "\\,",
    "^{\\circ}",
    "\\unicode{x2014}",
    "\\textbf{",
    "~",
    " ",
    "\n",
    "\u2009",
    "−",
    "½",
    "10⁻³",
    "7",
    ".",
    "x",
    "é",
    "\\frac{1}{3}",
]
ANYTHING = st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS)).map("".join))


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (r"2.31$\times$ faster", "2.31× faster"),
        (r"$20 \times$", "20 ×"),
        (r"85\% of $39.5\%$", "85% of 39.5%"),
        (r"a$\unicode{x2014}$b", "a—b"),
        (r"\unicode{xD800}!", " !"),
        (r"by $\sim$5, $\approx 6$ or ~7", "by ~5, ~ 6 or ~7"),
        (r"95.1 $\pm$ 0.3", "95.1 ± 0.3"),
        (r"10\,dB and 3\ ms", "10 dB and 3 ms"),
        (r"\textbf{10}\% and $\mathbf{4.5}$", "10% and 4.5"),
        ("−39 % ‑ 2", "-39 % - 2"),
        ("1\u2009234\u00a0ms \n here", "1 234 ms here"),
        (r"21$^{\circ}$C or 5$^\circ$", "21°C or 5°"),
        (r"66 $\rightarrow$ 72", "66 → 72"),
        (r"$10^{-3}$ or 10⁻³", "10^-3 or 10^-3"),
        (r"$\geq 3$ and $\leq4$", "≥ 3 and ≤4"),
        (r"7.2\,\textmu m, 0.3 {\mu}s", "7.2 μm, 0.3 μs"),
        (r"\SI{0.06}{m/s}", "0.06 m/s"),
        (r"$\frac{1}{3}$ or ½", "1/3 or 1/2"),
        ("2½", "2½"),
        ("zero\u200bwidth", "zerowidth"),
        (r"an unknown \foo stays", r"an unknown \foo stays"),
    ],
)
def test_latex_and_fonts_become_plain_characters(raw: str, plain: str) -> None:
    assert Normal(raw).text == plain


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("saves $94,687.49 a year", "saves $94,687.49 a year"),
        ("from $5 to $10 a month", "from $5 to $10 a month"),
        (r"costs \$300", "costs $300"),
        ("a single $", "a single $"),
        (r"by $5$-$10\%$", "by 5-10%"),
    ],
)
def test_a_dollar_sign_without_a_formula_is_money(raw: str, plain: str) -> None:
    assert Normal(raw).text == plain


@pytest.mark.parametrize(
    ("raw", "plain", "surface"),
    [
        (r"a 2.31$\times$ gain", "2.31×", r"2.31$\times$"),
        (r"up to $20 \times$ more", "20 ×", r"$20 \times$"),
        (r"at $20\,\mathrm{FPS}$.", "20 FPS", r"$20\,\mathrm{FPS}$"),
        (r"gains \textbf{10}\% here", "10%", r"\textbf{10}\%"),
        (r"speed \SI{0.06}{m/s} in", "0.06 m/s", r"\SI{0.06}{m/s}"),
        (r"took 2.74 \times as", "2.74 ×", r"2.74 \times"),
        (r"a $5\%$ and $6\%$ gain", "6%", r"$6\%$"),
    ],
)
def test_raw_span_takes_the_partners_of_dollars_and_braces(raw: str, plain: str, surface: str) -> None:
    normal = Normal(raw)
    at = normal.text.index(plain)
    start, end = normal.raw_span(at, at + len(plain))
    assert raw[start:end] == surface


def test_a_plain_text_maps_onto_itself() -> None:
    raw = "Nothing to rewrite here, 5 times."
    normal = Normal(raw)
    assert normal.text == raw
    assert len(normal) == len(raw)
    assert [normal.raw_start(i) for i in range(len(raw) + 1)] == list(range(len(raw) + 1))
    assert [normal.raw_end(j) for j in range(len(raw) + 1)] == list(range(len(raw) + 1))


@given(ANYTHING)
def test_the_map_is_ordered_and_inside_the_text(raw: str) -> None:
    normal = Normal(raw)
    starts = [normal.raw_start(i) for i in range(len(normal))]
    ends = [normal.raw_end(i + 1) for i in range(len(normal))]
    assert starts == sorted(starts)
    assert ends == sorted(ends)
    assert all(0 <= a < b <= len(raw) for a, b in zip(starts, ends, strict=True))


@given(ANYTHING, st.data())
def test_raw_span_covers_the_range(raw: str, data: st.DataObject) -> None:
    normal = Normal(raw)
    if not len(normal):
        return
    i = data.draw(st.integers(0, len(normal) - 1))
    j = data.draw(st.integers(i + 1, len(normal)))
    start, end = normal.raw_span(i, j)
    assert 0 <= start <= normal.raw_start(i) < normal.raw_end(j) <= end <= len(raw)
