"""Records keep their ids, titles and texts, whatever their format."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.claims import Document, Paper
from kg.errors import InputError
from kg.sources import Fields, Input, Skipped, read_papers

Read = Callable[..., Any]

HEBREW = "אנו מציגים שיטה חדשה להרתחת מים, מהירה פי 2.5."
ARABIC = "نقدم طريقة جديدة لغلي الماء \u200fأسرع بنسبة 40%."


def line(**record: object) -> str:
    return json.dumps(record) + "\n"


def table(*rows: list[str], delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def the(papers: list[Paper]) -> Paper:
    [paper] = papers
    return paper


def test_lines_get_an_id_from_their_text(read: Read) -> None:
    paper = the(read("\n  We boil water.  \n\n").papers)
    assert paper.id == "p-" + hashlib.sha256(b"We boil water.").hexdigest()[:16]
    assert (paper.title, paper.abstract) == (None, "We boil water.")
    assert paper.source is not None
    assert (paper.source.name, paper.source.format, paper.source.record) == ("input", "lines", 2)


def test_a_record_without_an_id_gets_one_from_title_and_text(read: Read) -> None:
    for none in ({}, {"id": None}, {"id": " "}):
        record = line(**none, title="On kettles", abstract="We boil.")
        assert the(read(record).papers).id == "p-" + hashlib.sha256(b"On kettles\nWe boil.").hexdigest()[:16]


@pytest.mark.parametrize(
    ("literal", "expected"),
    [('"x/1"', "x/1"), ("17", "17"), ("0704.0001", None), ("704.0010", "704.0010"), ("1e3", "1e3"), ('"0704.0001"', "0704.0001")],
)
def test_a_json_id_stays_as_it_is_written(read: Read, literal: str, expected: str | None) -> None:
    reading = read(f'{{"id": {literal}, "abstract": "We boil."}}\n{line(id="b", abstract="We freeze.")}')
    assert [paper.id for paper in reading.papers] == ([expected] if expected else []) + ["b"]
    assert len(reading.skipped) == (expected is None)  # a leading zero is no JSON number


def test_an_id_in_a_table_keeps_its_zeros(read: Read) -> None:
    assert the(read(table(["id", "abstract"], ["0704.0010", "We boil."])).papers).id == "0704.0010"


@pytest.mark.parametrize(
    "names",
    [
        ("id", "title", "abstract"),
        ("paper_id", "title", "text"),
        ("arxiv_id", "Title", "summary"),
        ("corpusid", "title", "abstract"),
        ("paperId", "title", "paperAbstract"),
        ("Paper ID", "TITLE", "Abstract"),
    ],
)
def test_common_names_are_found(read: Read, names: tuple[str, str, str]) -> None:
    values = ("a1", "On kettles", "We boil.")
    record = dict(zip(names, values, strict=True))
    for content in (json.dumps(record) + "\n", table(list(names), list(values)), json.dumps([record], indent=1)):
        paper = the(read(content).papers)
        assert (paper.id, paper.title, paper.abstract) == values


def test_named_fields_win_over_common_names(read: Read) -> None:
    fields = Fields(id="ref", title="heading", text="body")
    record = {"id": "no", "title": "no", "abstract": "no", "ref": "a1", "heading": "On kettles", "body": "We boil."}
    for content in (json.dumps(record) + "\n", table(list(record), list(record.values()))):
        paper = the(read(content, fields).papers)
        assert (paper.id, paper.title, paper.abstract) == ("a1", "On kettles", "We boil.")


@pytest.mark.parametrize("option", ["id", "title", "text"])
@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_a_field_that_no_record_holds_is_an_error_that_lists_the_fields_they_do_hold(read: Read, option: str, form: str) -> None:
    record = {"pid": "a1", "heading": "On kettles", "abstract": "We boil."}
    content = {"jsonl": json.dumps(record) + "\n", "json": json.dumps([record]), "csv": table(list(record), list(record.values()))}[form]
    with pytest.raises(InputError, match="nowhere") as caught:
        read(content, Fields(**{option: "nowhere"}))
    assert "pid, heading, abstract" in str(caught.value)
    assert f"--{option}-field" in str(caught.value)


@pytest.mark.parametrize("content", ['{"pid": "a1", "body": "We boil."}\n', "pid,body\na1,We boil.\n", '[{"pid": "a1",\n"body": "We boil."}]'])
def test_an_unknown_text_field_is_an_error_that_lists_the_fields(read: Read, content: str) -> None:
    with pytest.raises(InputError, match=r"pid, body.*--text-field"):
        read(content)


def test_records_inside_an_object_are_pointed_out(read: Read) -> None:
    with pytest.raises(InputError, match=r"jq -c '\.data\[\]'"):
        read(json.dumps({"total": 1, "data": [{"id": "a", "abstract": "We boil."}]}, indent=1))


def test_a_wrong_field_name_ends_a_long_file_early(tmp_path: Path) -> None:
    skipped: list[Skipped] = []
    path = tmp_path / "long.jsonl"
    path.write_text("".join(line(id=str(i), abstract="We boil.") for i in range(5000)))
    with pytest.raises(InputError, match="nowhere"):
        list(read_papers(path, Fields(text="nowhere"), skipped.append))
    assert len(skipped) < 1000


def test_a_record_that_lacks_the_field_is_skipped_and_the_others_are_read(read: Read) -> None:
    records: list[dict[str, object]] = [{"body": "We boil."}, {"note": "x"}, {"body": None}, {"body": "  "}, {"body": "We freeze."}]
    reading = read("".join(line(id=name, **record) for name, record in zip("abcde", records, strict=True)), Fields(text="body"))
    assert [paper.id for paper in reading.papers] == ["a", "e"]
    assert [(skipped.where.rpartition(":")[2], skipped.kind) for skipped in reading.skipped] == [("2", "fields"), ("3", "no text"), ("4", "no text")]
    assert "id, note" in reading.skipped[0].remedy


def test_the_text_is_raw_but_for_whitespace_around_it(read: Read) -> None:
    paper = the(read(line(id="a", title=" On\n  kettles", abstract="  We boil\nwater $\\times$ 2\u00a0%,\u2028twice.\r\n\n  And again.\n")).papers)
    assert paper.abstract == "We boil\nwater $\\times$ 2\u00a0%,\u2028twice.\r\n\n  And again."
    assert paper.title == "On\n  kettles"


def test_what_else_a_record_knows_is_kept_as_given(read: Read) -> None:
    record = {
        "id": "a",
        "abstract": "We boil.",
        "authors": [{"name": "A. Cook"}, {"name": "B. Baker"}],
        "year": 2024,
        "doi": "10.1/x",
        "score": 1.5,
        "categories": "cs.CL cs.LG",
        "venue": None,
        "keywords": [],
        "volume": 7.50,
        "embedding": [0.1, 0.2],
        "license": float("nan"),
    }
    meta = the(read(json.dumps(record) + "\n").papers).meta
    assert meta == {"authors": [{"name": "A. Cook"}, {"name": "B. Baker"}], "year": 2024, "doi": "10.1/x", "categories": "cs.CL cs.LG", "volume": 7.5}
    assert type(meta["volume"]) is float


def test_meta_can_always_be_written_to_a_claims_file(read: Read) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    paper = the(read('{"id": "a", "abstract": "We boil.", "volume": 1e999, "authors": ' + json.dumps(deep) + ', "year": -0}\n').papers)
    document = Document(id=paper.id, title=paper.title, text=paper.text, source=paper.source, meta=paper.meta)
    assert Document.model_validate_json(document.to_json()) == document
    assert paper.meta == {"volume": "1e999", "year": 0}


def test_a_text_that_begins_with_its_title_does_not_get_it_twice(read: Read) -> None:
    paper = the(read(line(id="a", title="On kettles", text="On kettles\nWe boil.")).papers)
    assert paper.text == "On kettles\nWe boil."


@pytest.mark.parametrize("text", [HEBREW, ARABIC, "e\u0301te\u0301 \U0001f375 \ufeff x"])
def test_right_to_left_and_other_text_survives_every_format(read: Read, text: str) -> None:
    for content in (text + "\n", line(abstract=text), json.dumps([{"abstract": text}], ensure_ascii=False), table(["n", "abstract"], ["1", text])):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            assert the(read(content.encode(encoding)).papers).abstract == text


def test_utf16_of_both_byte_orders_is_read(read: Read) -> None:
    for bom, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert [paper.abstract for paper in read(bom + "We boil \u05d0.\r\nWe freeze.\r\n".encode(encoding)).papers] == ["We boil \u05d0.", "We freeze."]


def test_line_breaks_in_quoted_cells_and_windows_line_ends(read: Read) -> None:
    content = 'id,title,abstract\r\na,On kettles,"We boil,\r\nand ""boil""."\r\nb,,We freeze.\r\n'
    reading = read(content)
    assert [(paper.id, paper.title, paper.abstract) for paper in reading.papers] == [("a", "On kettles", 'We boil,\r\nand "boil".'), ("b", None, "We freeze.")]
    assert [paper.source.record for paper in reading.papers if paper.source] == [2, 4]
    assert reading.skipped == []


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(read: Read, delimiter: str) -> None:
    paper = the(read(table(["id", "title", "abstract", "doi"], ["a", "On kettles", 'We "boil", then; and | rest\tnow.', "10.1/x"], delimiter=delimiter)).papers)
    assert (paper.id, paper.abstract, paper.meta) == ("a", 'We "boil", then; and | rest\tnow.', {"doi": "10.1/x"})


def test_a_quote_in_a_table_with_tabs_is_a_quote(read: Read) -> None:
    reading = read('id\tabstract\na\t"Boiling" is studied.\nb\tA 5" pan.\nc\t"Unclosed.\n')
    assert [paper.abstract for paper in reading.papers] == ['"Boiling" is studied.', 'A 5" pan.', '"Unclosed.']


def test_pretty_printed_arrays_and_objects_are_read(read: Read) -> None:
    records = [{"id": "a", "abstract": 'We "boil" {water}.\n\\'}, {"id": "b", "abstract": "]}"}]
    a_line_each = "[\n" + ",\n".join(map(json.dumps, records)) + "\n]"
    one_after_the_other = "\n".join(json.dumps(record, indent=4) for record in records)
    for content in (json.dumps(records), json.dumps(records, indent=2), a_line_each, one_after_the_other):
        reading = read(content)
        assert [(paper.id, paper.abstract) for paper in reading.papers] == [(record["id"], record["abstract"]) for record in records]
        assert [paper.source.record for paper in reading.papers if paper.source] == [1, 2]
        assert reading.skipped == []


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]) | st.sampled_from("\t\r\n"))
IDS = st.text("ab/.:א", min_size=1)


@settings(deadline=None, max_examples=40)
@given(records=st.lists(st.fixed_dictionaries({"id": IDS, "abstract": TEXTS}), min_size=1, max_size=4))
def test_json_lines_json_and_csv_give_the_same_papers(tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, str]]) -> None:
    folder = tmp_path_factory.mktemp("same")
    expected = [record["abstract"].strip() for record in records if record["abstract"].strip()]
    contents = {
        "jsonl": "".join(line(**record) for record in records),
        "raw": "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records),
        "json": json.dumps(records, indent=1),
    }
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["id", "abstract"], *([r["id"], r["abstract"]] for r in records)])
    contents["csv"] = out.getvalue()
    for name, content in contents.items():
        (folder / name).write_bytes(content.encode())
        skipped: list[Skipped] = []
        assert [paper.abstract for paper in read_papers(folder / name, Fields(), skipped.append)] == expected
        assert {report.kind for report in skipped} <= {"no text"}
        assert len(skipped) == len(records) - len(expected)


def test_standard_input_is_read_as_any_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for content, count in (("We boil.\nWe freeze.\n", 2), (line(id="a", abstract="We boil.") * 3, 3)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))
        papers = list(read_papers("-", Fields(), lambda skipped: None))
        assert len(papers) == count
        assert all(paper.source is not None and paper.source.name == "-" for paper in papers)


def test_a_claims_file_is_known_and_its_lines_can_be_read_in_place(tmp_path: Path) -> None:
    path = tmp_path / "claims.jsonl"
    path.write_text(Document(id="a", text="We boil \u05d0.").to_json() + "\n" + Document(id="b", text="We freeze.").to_json() + "\n")
    with Input(path) as opened:
        assert opened.format == "claims"
        assert [json.loads(text)["id"] for text in opened.lines(lambda skipped: None)] == ["a", "b"]
    with pytest.raises(InputError, match="kg build"):
        list(read_papers(path, Fields(), lambda skipped: None))
