"""Same text in, same claims out: whatever else is read with it, and with int8 as with fp32 arithmetic."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

from kg import examples
from kg.claims import Document, Paper
from kg.extractor.documents import documents
from kg.extractor.model import DEFAULT
from kg.sources import Fields, read_papers

ROOT = Path(__file__).parents[2]
ABSTRACTS = ROOT.parent / "shared" / "data" / "abstracts" / "arxiv_hardware.jsonl.gz"
REFERENCE = ROOT / "training" / "reference" / "encoder-fp16.onnx"


@pytest.fixture(scope="module")
def bundled() -> list[Paper]:
    return list(read_papers(examples.path(), Fields(), lambda skipped: pytest.fail(str(skipped))))


def test_a_papers_claims_do_not_depend_on_its_neighbours_or_their_order(bundled: list[Paper]) -> None:
    together = {d.id: d.to_json() for d in documents(bundled)}
    turned = {d.id: d.to_json() for d in documents(bundled[::-1])}
    doubled = {d.id: d.to_json() for d in documents([p for paper in bundled for p in (paper, paper.model_copy(update={"id": paper.id + "'"}))])}
    assert turned == together
    assert {k: v for k, v in doubled.items() if not k.endswith("'")} == together
    for paper in bundled[:8]:
        (alone,) = documents([paper])
        assert alone.to_json() == together[paper.id]


def real_abstracts(count: int) -> list[Paper]:
    """Every thirtieth of the real abstracts that name hardware: they are rich in numbers."""
    with gzip.open(ABSTRACTS, "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in islice(lines, 0, None, 30))
        return [Paper(id=d["id"], title=d["title"], abstract=d["abstract"]) for d in islice(found, count)]


def claims(document: Document) -> set[tuple[object, ...]]:
    """Everything that a document states, without the confidences."""
    names = {e.id: (e.type, e.mentions[0].start, len(e.mentions)) for e in document.entities}
    links = ("metric", "method", "baseline", "dataset", "task", "hardware")
    return (
        {("entity", e.type, e.role, tuple((m.start, m.end) for m in e.mentions)) for e in document.entities}
        | {("relation", names[r.subject], r.predicate, names[r.object]) for r in document.relations}
        | {("result", r.number.start, r.value, r.kind, r.direction, *(names.get(getattr(r, link)) for link in links)) for r in document.results}
    )


@pytest.mark.parametrize("source", ["bundled", "real"])
def test_int8_gives_the_claims_of_fp32_but_for_rare_ties(source: str, bundled: list[Paper], tmp_path: Path) -> None:
    if source == "real" and not ABSTRACTS.exists():
        pytest.skip(f"no abstracts in {ABSTRACTS}")
    papers = bundled if source == "bundled" else real_abstracts(200)
    for name in ("heads.onnx", "tokenizer.json", "settings.json"):
        (tmp_path / name).symlink_to(DEFAULT / name)
    (tmp_path / "encoder.onnx").symlink_to(REFERENCE)
    ours, theirs = ([claims(d) for d in documents(papers, weights)] for weights in (DEFAULT, tmp_path))
    same = sum(len(a & b) for a, b in zip(ours, theirs, strict=True))
    either = sum(len(a | b) for a, b in zip(ours, theirs, strict=True))
    print(f"{len(papers)} abstracts: {same} of {either} claims equal, {same / either:.2%}")
    assert same / either > 0.95
