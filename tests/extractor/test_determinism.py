"""Same text in, same claims out: whatever else is read with it, and with int8 as with fp32 arithmetic."""

from __future__ import annotations

import gzip
import json
import random
from itertools import islice
from pathlib import Path

import pytest

from kg import examples
from kg.claims import Document, Paper
from kg.extractor.documents import documents
from kg.extractor.model import DEFAULT
from kg.extractor.workers import extract_papers
from kg.sources import Fields, read_papers

ROOT = Path(__file__).parents[2]
ABSTRACTS = ROOT.parent / "shared" / "data" / "abstracts" / "arxiv.jsonl.gz"
HARDWARE = ABSTRACTS.with_name("arxiv_hardware.jsonl.gz")
"""Those that name hardware: they are rich in numbers."""
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


def real_abstracts(file: Path, count: int, step: int) -> list[Paper]:
    """Every `step`-th of the real abstracts of a file."""
    if not file.exists():
        pytest.skip(f"no abstracts in {file}")
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        found = (json.loads(line) for line in islice(lines, 0, None, step))
        return [Paper(id=d["id"], title=d["title"], abstract=d["abstract"]) for d in islice(found, count)]


@pytest.mark.parametrize("source", ["bundled", "real"])
def test_bytes_are_the_same_for_any_order_batch_size_and_number_of_processes(source: str, bundled: list[Paper]) -> None:
    papers = bundled[:] if source == "bundled" else real_abstracts(ABSTRACTS, 500, 200)
    # one of many windows in their midst
    papers.insert(len(papers) // 3, Paper(id="long", title="Proceedings", abstract="\n\n".join(p.abstract for p in papers[:30])))
    lines = {d.id: d.to_json() for d in extract_papers(papers, 2, lambda skipped: pytest.fail(str(skipped)))}
    assert list(lines) == [p.id for p in papers]
    shuffled = random.Random(0).sample(papers, len(papers))
    # here in batches of 64, there in chunks of 32
    assert {d.id: d.to_json() for d in documents(shuffled)} == lines
    for paper in shuffled[:16]:
        (alone,) = documents([paper])
        assert alone.to_json() == lines[paper.id]


def claims(document: Document) -> set[tuple[object, ...]]:
    """Everything that a document states, without the confidences; an entity is known by its first mention."""
    first = {e.id: (e.type, e.mentions[0].start) for e in document.entities}
    links = ("metric", "method", "baseline", "dataset", "task", "hardware")
    return (
        {("mention", e.type, m.start, m.end) for e in document.entities for m in e.mentions}
        | {("proposed", *first[e.id]) for e in document.entities if e.role}
        | {("relation", first[r.subject], r.predicate, first[r.object]) for r in document.relations}
        | {("result", r.number.start, r.value, r.kind, r.direction) for r in document.results}
        | {("link", r.number.start, link, first[key]) for r in document.results for link in links if (key := getattr(r, link))}
    )


@pytest.mark.parametrize("source", ["bundled", "real"])
def test_int8_gives_the_claims_of_fp32_but_for_ties(source: str, bundled: list[Paper], tmp_path: Path) -> None:
    papers = bundled if source == "bundled" else real_abstracts(HARDWARE, 200, 30)
    for name in ("heads.onnx", "tokenizer.json", "settings.json"):
        (tmp_path / name).symlink_to(DEFAULT / name)
    (tmp_path / "encoder.onnx").symlink_to(REFERENCE)
    ours, theirs = ([claims(d) for d in documents(papers, weights)] for weights in (DEFAULT, tmp_path))
    shares = {}
    for kind in ("mention", "proposed", "relation", "result", "link"):
        of_kind = [({c for c in a if c[0] == kind}, {c for c in b if c[0] == kind}) for a, b in zip(ours, theirs, strict=True)]
        shares[kind] = sum(len(a & b) for a, b in of_kind) / sum(len(a | b) for a, b in of_kind)
    same = sum(len(a & b) for a, b in zip(ours, theirs, strict=True)) / sum(len(a | b) for a, b in zip(ours, theirs, strict=True))
    print(f"{len(papers)} abstracts: {same:.1%} of the claims equal", {kind: f"{share:.1%}" for kind, share in shares.items()})
    # saturating 8-bit products, or one scale a tensor, give 0.85 and less
    assert same > 0.93
    assert shares["mention"] > 0.95
