"""One row a figure: ours beside what others published, and what differs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.external.published import Published
from benchmarks.external.scores import Score


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of ours on one split, with the published ones that stand nearest to it.

    Attributes:
        what: what is scored, and how strictly.
        remark: what has to be known to read it.
    """

    what: str
    score: Score
    published: tuple[Published, ...] = ()
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures of one split: its texts, how long reading them took, and in how many groups they were resampled.

    Attributes:
        unit, groups: what was resampled ("papers"), and how many there are.
        notes: what differs between the set's scheme and ours, for all its parts.
    """

    set: str
    part: str
    texts: int
    seconds: float
    unit: str
    groups: int
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def lines(measured: Measured) -> list[str]:
    """The split as Markdown: a heading, the table and the sources."""
    out = [
        f"### {measured.set}, {measured.part}",
        "",
        f"{measured.texts:,} texts read in {measured.seconds:.1f} s by one worker; intervals from {measured.groups} {measured.unit} resampled.",
        "",
        "| what | gold | found | P | R | F1 | 95 % | published F1 | remark |",
        "| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |",
    ]
    sources: dict[str, int] = {}
    for row in measured.rows:
        score = row.score
        cited = [f"{p.system} {p.f1:.1f} [{sources.setdefault(p.source, len(sources) + 1)}]" + (f" ({p.differs})" if p.differs else "") for p in row.published]
        out.append(
            f"| {row.what} | {score.gold:,} | {score.predicted:,} | {_percent(score.precision)} | {_percent(score.recall)} | {_percent(score.value)} | "
            f"{_percent(score.low)}–{_percent(score.high)} | {'; '.join(cited) or 'none found'} | {row.remark} |"
        )
    out += ["", *(f"[{number}] {source}" + ("  " if number < len(sources) else "") for source, number in sources.items())]
    return [*out, ""]


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f}"


def as_json(measured: Sequence[Measured]) -> list[dict[str, object]]:
    """The same figures as plain objects; ours are shares in 0..1, published ones percent."""
    return [asdict(m) for m in measured]
