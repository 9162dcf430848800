"""`find_numbers`: value, range, unit, baseline, bound and place of every way in which abstracts write numbers."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.extractor.numbers import Number, find_numbers

Row = tuple[str, float, float | None, str | None, float | None, str]


def row(text: str, number: Number) -> Row:
    return text[number.start : number.end], number.value, number.high, number.unit, number.baseline, number.bound


def rows(text: str) -> list[Row]:
    return [row(text, n) for n in find_numbers(text)]


def findings(text: str) -> list[str]:
    """Surfaces of the numbers that are no settings."""
    return [text[n.start : n.end] for n in find_numbers(text) if not n.setting]


# The table of section A3 of the field survey: what a common number parser gets wrong in abstracts.
A3 = [
    (r"achieving up to 2.31$\times$ on an A100 GPU", (r"2.31$\times$", 2.31, None, "x", None, "up_to")),
    ("a 2.31× speedup", ("2.31×", 2.31, None, "x", None, "exact")),
    ("improves accuracy by 7.6% to 10%", ("7.6% to 10%", 7.6, 10.0, "%", None, "exact")),
    ("lowers the error from 74.4% to 33.4%", ("33.4%", 33.4, None, "%", 74.4, "exact")),
    ("it is 85times cheaper", ("85times", 85.0, None, "x", None, "exact")),
    ("it is twice as fast", ("twice", 2.0, None, "x", None, "exact")),
    ("it is two orders of magnitude faster", ("two orders of magnitude", 100.0, None, "x", None, "exact")),
    ("decodes in 0.108s/token", ("0.108s/token", 0.108, None, "s/token", None, "exact")),
    ("it reaches an F1 of 92.3", ("92.3", 92.3, None, None, None, "exact")),
    ("a 3.5-fold gain", ("3.5-fold", 3.5, None, "x", None, "exact")),
    ("it is 2-3x faster", ("2-3x", 2.0, 3.0, "x", None, "exact")),
]

# The items that the line on the number grammar names.
GRAMMAR = [
    ("accuracy grows by 2-2.5%", ("2-2.5%", 2.0, 2.5, "%", None, "exact")),
    ("it runs 64times faster", ("64times", 64.0, None, "x", None, "exact")),
    (r"it runs $20 \times$ faster", (r"$20 \times$", 20.0, None, "x", None, "exact")),
    (r"a gain of +33.3\% there", (r"+33.3\%", 33.3, None, "%", None, "exact")),
    ("a latency change of -39% here", ("-39%", -39.0, None, "%", None, "exact")),
    ("12.2x lower cost", ("12.2x", 12.2, None, "x", None, "exact")),
    ("one order of magnitude less memory", ("one order of magnitude", 10.0, None, "x", None, "exact")),
    ("it obtains 2.94 FID", ("2.94", 2.94, None, None, None, "exact")),
    ("FID falls from 62.2 to 18.4", ("18.4", 18.4, None, None, 62.2, "exact")),
    (r"solves 85\% of them", (r"85\%", 85.0, None, "%", None, "exact")),
    ("an error of 1/100 there", ("1/100", 0.01, None, None, None, "exact")),
    ("with 1/100 of the data", ("1/100", 0.01, None, "x", None, "exact")),
    ("using half the memory", ("half", 0.5, None, "x", None, "exact")),
    ("it fails on half of the runs", ("half", 0.5, None, None, None, "exact")),
    ("handles 1,234,567 of them", ("1,234,567", 1234567.0, None, None, None, "exact")),
    ("moves 816 000 t a year", ("816 000 t", 816000.0, None, "t", None, "exact")),
    ("takes 1\u2009234 ms", ("1\u2009234 ms", 1234.0, None, "ms", None, "exact")),
    ("a change of \u221239% in cost", ("\u221239%", -39.0, None, "%", None, "exact")),
    ("saves ~40% of it", ("~40%", 40.0, None, "%", None, "about")),
]

FORMS = [
    # signs, decimals, powers
    ("a drift of +10\u201318 K", ("+10\u201318 K", 10.0, 18.0, "K", None, "exact")),
    ("was .5 seconds long", (".5 seconds", 0.5, None, "seconds", None, "exact")),
    (r"a residual of $10^{-3}$ there", (r"$10^{-3}$", 0.001, None, None, None, "exact")),
    ("a residual of 1e-4 there", ("1e-4", 0.0001, None, None, None, "exact")),
    (r"does $2.5 \times 10^5$ FLOPs", (r"$2.5 \times 10^5$ FLOPs", 250000.0, None, "FLOPs", None, "exact")),
    ("scores 7.2/10 by judges", ("7.2/10", 7.2, None, None, None, "exact")),
    ("fixes 39 out of 40 bugs", ("39 out of 40 bugs", 39.0, None, "bugs", None, "exact")),
    (r"reaches 95.1 $\pm$ 0.3% there", (r"95.1 $\pm$ 0.3%", 95.1, None, "%", None, "exact")),
    ("reaches 22.2% +/- 8.8% there", ("22.2% +/- 8.8%", 22.2, None, "%", None, "exact")),
    # ranges
    ("accuracy grows by 7.6\u201310%", ("7.6\u201310%", 7.6, 10.0, "%", None, "exact")),
    (r"by $5$-$10\%$ on all", (r"$5$-$10\%$", 5.0, 10.0, "%", None, "exact")),
    (r"between 1.1$\times$ and 2.4$\times$ faster", (r"1.1$\times$ and 2.4$\times$", 1.1, 2.4, "x", None, "exact")),
    (r"1.5$\sim$2.5 times faster", (r"1.5$\sim$2.5 times", 1.5, 2.5, "x", None, "exact")),
    ("speedups from 2x to 10x", ("2x to 10x", 2.0, 10.0, "x", None, "exact")),
    ("errors ranging from 3% to 11%", ("3% to 11%", 3.0, 11.0, "%", None, "exact")),
    ("answers in 5--15 seconds", ("5--15 seconds", 5.0, 15.0, "seconds", None, "exact")),
    ("one to two orders of magnitude", ("one to two orders of magnitude", 10.0, 100.0, "x", None, "exact")),
    ("1-2 orders of magnitude", ("1-2 orders of magnitude", 10.0, 100.0, "x", None, "exact")),
    # factors
    ("it is 64 times faster", ("64 times", 64.0, None, "x", None, "exact")),
    ("a 3.5 fold gain", ("3.5 fold", 3.5, None, "x", None, "exact")),
    ("a gain of ×2 there", ("×2", 2.0, None, "x", None, "exact")),
    ("a speedup of x2.5 there", ("x2.5", 2.5, None, "x", None, "exact")),
    ("by a factor of 3.3", ("3.3", 3.3, None, "x", None, "exact")),
    ("a speedup of 30 there", ("30", 30.0, None, "x", None, "exact")),
    ("ten times faster", ("ten times", 10.0, None, "x", None, "exact")),
    ("a two-fold gain", ("two-fold", 2.0, None, "x", None, "exact")),
    ("a threefold gain", ("threefold", 3.0, None, "x", None, "exact")),
    ("it doubled throughput", ("doubled", 2.0, None, "x", None, "exact")),
    ("halving the cost", ("halving", 0.5, None, "x", None, "exact")),
    ("latency falls by half", ("half", 0.5, None, "x", None, "exact")),
    ("up to an order of magnitude", ("an order of magnitude", 10.0, None, "x", None, "up_to")),
    # shares
    ("a third of them fail", ("a third", 1 / 3, None, None, None, "exact")),
    ("at one third of the cost", ("one third", 1 / 3, None, "x", None, "exact")),
    ("three-quarters of them", ("three-quarters", 0.75, None, None, None, "exact")),
    # percent and points
    ("a 5 percent gain", ("5 percent", 5.0, None, "%", None, "exact")),
    ("a 5 per cent gain", ("5 per cent", 5.0, None, "%", None, "exact")),
    ("up by 5 percentage points", ("5 percentage points", 5.0, None, "pp", None, "exact")),
    ("up by 5.2pp", ("5.2pp", 5.2, None, "pp", None, "exact")),
    ("up by 5 points", ("5 points", 5.0, None, "pp", None, "exact")),
    ("a 15-point gain", ("15-point", 15.0, None, "pp", None, "exact")),
    ("a 7.9% absolute gain", ("7.9%", 7.9, None, "pp", None, "exact")),
    ("up by 1.5 BLEU points", ("1.5 BLEU points", 1.5, None, "pp", None, "exact")),
    # units
    ("runs at 30 fps", ("30 fps", 30.0, None, "fps", None, "exact")),
    ("runs at 8 frames per second", ("8 frames per second", 8.0, None, "frames per second", None, "exact")),
    ("emits 80 tokens/s", ("80 tokens/s", 80.0, None, "tokens/s", None, "exact")),
    ("needs 12 GPU hours", ("12 GPU hours", 12.0, None, "GPU hours", None, "exact")),
    ("a loss of 12.3dB", ("12.3dB", 12.3, None, "dB", None, "exact")),
    ("lies at 8.1 kpc", ("8.1 kpc", 8.1, None, "kpc", None, "exact")),
    ("in 0.3 {\\mu}s each", ("0.3 {\\mu}s", 0.3, None, "μs", None, "exact")),
    (r"within 1.3$^\circ$ of it", (r"1.3$^\circ$", 1.3, None, "°", None, "up_to")),
    ("takes 5.57~s/sample there", ("5.57~s/sample", 5.57, None, "s/sample", None, "exact")),
    ("adds 0.2M parameters", ("0.2M", 0.2, None, "M", None, "exact")),
    ("reaches 780 billion", ("780 billion", 7.8e11, None, None, None, "exact")),
    ("saves $30M a year", ("$30M", 3e7, None, "$", None, "exact")),
    ("costs $0.25 per query", ("$0.25 per query", 0.25, None, "$ per query", None, "exact")),
    (r"a mass of $1.5\times10^{10}\,M_\odot$ there", (r"$1.5\times10^{10}\,M_\odot$", 1.5e10, None, "M_⊙", None, "exact")),
    (r"moves at 220 km s$^{-1}$ there", (r"220 km s$^{-1}$", 220.0, None, "km s^-1", None, "exact")),
    ("it discovers 13 functions there", ("13 functions", 13.0, None, "functions", None, "exact")),
    ("in less than a second.", ("a second", 1.0, None, "second", None, "up_to")),
    # baselines
    ("it takes 5 hours instead of 32 hours", ("5 hours", 5.0, None, "hours", 32.0, "exact")),
    ("an FID of 2.94 vs. 3.1", ("2.94", 2.94, None, None, 3.1, "exact")),
    ("reaches 71.5, compared to 64.3", ("71.5", 71.5, None, None, 64.3, "exact")),
    ("needs 9 ms, down from 12 ms", ("9 ms", 9.0, None, "ms", 12.0, "exact")),
    (r"(66.3 %$\rightarrow$72.9 % there)", ("72.9 %", 72.9, None, "%", 66.3, "exact")),
    ("it shrinks (2,687 to 744 MB)", ("744 MB", 744.0, None, "MB", 2687.0, "exact")),
    ("from about 67% with little data to nearly 98% with all", ("98%", 98.0, None, "%", 67.0, "about")),
]

BOUNDS = [
    ("up to 5%", "up_to"),
    ("as much as 5%", "up_to"),
    ("at most 5%", "up_to"),
    ("within 5%", "up_to"),
    ("less than 5%", "up_to"),
    ("below 5%", "up_to"),
    ("never exceeds 5%", "up_to"),
    ("a maximum speedup of 5%", "up_to"),
    ("up to approximately 5%", "up_to"),
    ("over 5%", "at_least"),
    ("more than 5%", "at_least"),
    ("at least 5%", "at_least"),
    ("as low as 5%", "at_least"),
    ("exceeding 5%", "at_least"),
    (r"$\geq 5\%$", "at_least"),
    ("5% or more", "at_least"),
    ("approximately 5%", "about"),
    ("around 5%", "about"),
    ("nearly 5%", "about"),
    (r"$\sim$5%", "about"),
    ("on average 5%", "exact"),
    ("by 5%", "exact"),
]


@pytest.mark.parametrize(("text", "expected"), A3 + GRAMMAR + FORMS)
def test_a_number_in_its_phrase(text: str, expected: Row) -> None:
    (found,) = (n for n in find_numbers(text) if not n.setting)
    surface, value, high, unit, baseline, bound = row(text, found)
    assert (surface, unit, bound) == (expected[0], expected[3], expected[5])
    assert (value, high, baseline) == pytest.approx((expected[1], expected[2], expected[4]))


def test_a_model_size_is_a_setting() -> None:
    (size,) = find_numbers("a model of 7B parameters")
    assert size.setting
    assert size.unit == "B"


@pytest.mark.parametrize(("text", "bound"), BOUNDS)
def test_the_words_around_a_number_bound_it(text: str, bound: str) -> None:
    (found,) = find_numbers(f"it gains {text} there")
    assert (found.value, found.unit, found.bound) == (5.0, "%", bound)


def test_a_list_joined_by_a_slash_is_two_numbers() -> None:
    assert rows("is 43times/31times faster") == [("43times", 43.0, None, "x", None, "exact"), ("31times", 31.0, None, "x", None, "exact")]


def test_one_up_to_holds_for_its_list() -> None:
    assert [n.bound for n in find_numbers("cuts energy by up to 45.9%, 43.8%, and 30.1%, respectively")] == ["up_to"] * 3
    assert [n.bound for n in find_numbers("by up to 5%. It then loses 3%")] == ["up_to", "exact"]


def test_a_unit_at_the_end_of_a_list_holds_for_all() -> None:
    assert [(n.value, n.unit) for n in find_numbers("it answers in 75, 32 and 23 ms")] == [(75.0, "ms"), (32.0, "ms"), (23.0, "ms")]
    assert [n.unit for n in find_numbers("speedups of about 146 and 32 there")] == ["x", "x"]


def test_a_comma_with_a_space_separates_numbers() -> None:
    assert [n.value for n in find_numbers("scores of 1, 200 and 1,200 there")] == [1.0, 200.0, 1200.0]


@pytest.mark.parametrize(
    "text",
    [
        "GPT-4", "CIFAR-10", "A100", "F1", "H2O", "ResNet-50", "3D", "2D", "Llama-2-7B", "arXiv:2401.12345", "https://example.org/1/2.3", "v1.2.3", "Qwen2.5",
        "top-10", "R@1", "x86", "COVID-19", "2020-01-05", "10:30", "k8s", "L_2", "W4A16", "4x4", "IEEE-754", "C++17", "64x64x3", "10.1000/xyz",
        "orders of magnitude",
        "a second model", "double-blind", "triples", "half-precision", "third", "one-shot",
    ],
)  # fmt: skip
def test_identifiers_and_plain_words_hold_no_number(text: str) -> None:
    assert find_numbers(f"it uses {text} here") == []


@pytest.mark.parametrize(
    "text",
    [
        "trained for 25 epochs", "on 4 V100 GPUs", "with 128 layers", "a batch size of 32", "in 8-bit", "published in 2021", "see Section 5.2",
        "a 95% confidence interval", "with 95% CI", "p < 0.05", "n = 15", "across 12 datasets", "needs 30K samples", "3 million users", "(1) first",
        "a 10-way task", "640 x 480",
        "Python 3.11", "Claude Sonnet 4.5", "five domains", "a 7B model", "in 28 nm", "10-fold cross-validation",
    ],
)  # fmt: skip
def test_sizes_dates_and_settings_are_flagged(text: str) -> None:
    assert findings(text) == []
    assert find_numbers(text)


@pytest.mark.parametrize("text", ["", " ", ".", "$", "\\", "no number at all", "\x00", "\ud800", "٣٫٥", "³", "1" * 5000, "9" * 400 + "%", "1e99x", "10^99"])
def test_odd_texts_are_read(text: str) -> None:
    assert all(math.isfinite(n.value) for n in find_numbers(text))


PIECES = st.sampled_from(
    ["1", "2.5", ".", ",", "-", "–", "/", "%", "$", "\\times", "\\%", " ", "x", "times", " to ", " from ", " and ", " vs. ",
        "up to ", "10^", "{", "}", "±", "two",
     " orders of magnitude", "half", "ms", "k", "~", "→", "(", ")", "GPT-", "\n", "\u2009", "−", "e", "B", "+", "US$"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join)))
def test_numbers_of_any_text_are_ordered_finite_and_inside_it(text: str) -> None:
    reached = 0
    for n in find_numbers(text):
        assert reached <= n.start < n.end <= len(text)
        assert math.isfinite(n.value)
        assert n.high is None or math.isfinite(n.high)
        assert n.baseline is None or math.isfinite(n.baseline)
        assert n.unit != ""
        reached = n.end


@pytest.mark.parametrize("piece", ["1", "1,", "1-", "$1", ".", "10^", "1 ", "1/", "{", "1%"])
def test_a_megabyte_of_digits_ends_at_once(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    start = time.process_time()
    find_numbers(text)
    assert time.process_time() - start < 1


def test_prose_around_a_table_is_still_read() -> None:
    table = "1, 2.5; " * 200
    text = f"It gains 5% in all. {table} It loses 3 ms."
    assert [n.value for n in find_numbers(text) if n.unit] == [5.0, 3.0]
