"""What cannot be read is told with its place and a remedy, and everything else is read."""

from __future__ import annotations

import bz2
import csv
import gzip
import json
import lzma
import os
import random
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import InputError
from kg.sources import Fields, Input, Skipped, read_papers

Read = Callable[..., Any]

GOOD = json.dumps({"id": "good", "abstract": "We boil."})


def places(skipped: list[Skipped]) -> list[tuple[int, str]]:
    assert all(report.reason and report.remedy for report in skipped)
    return [(int(report.where.rpartition(":")[2]), report.kind) for report in skipped]


def refusal(read: Read, content: bytes) -> str:
    with pytest.raises(InputError) as caught:
        read(content)
    assert caught.value.where is not None
    assert caught.value.where.endswith("input")
    assert caught.value.remedy
    return str(caught.value)


# --- whole files ---


@pytest.mark.parametrize("content", [b"", b"\n \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file_is_refused(read: Read, content: bytes) -> None:
    assert "is empty" in refusal(read, content)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.txt.*No such file"):
        Input(tmp_path / "nowhere.txt")


def test_a_folder_is_refused_with_the_way_to_name_its_files(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"is a folder.*/\*"):
        Input(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_without_permission_is_named(tmp_path: Path) -> None:
    path = tmp_path / "closed.txt"
    path.write_text("We boil.")
    path.chmod(0)
    with pytest.raises(InputError, match=r"closed\.txt.*Permission denied"):
        Input(path)


def test_binary_files_are_refused(read: Read) -> None:
    noise = random.Random(1).randbytes(4000)
    for content in (b"\x7fELF\x02\x01\x01" + bytes(200), b"\x89PNG\r\n\x1a\n" + noise, noise, zlib.compress(noise), bytes(10)):
        assert "binary" in refusal(read, content)
    assert "PDF" in refusal(read, b"%PDF-1.7\n1 0 obj\n")


@pytest.mark.parametrize(
    ("content", "command"), [(gzip.compress(b"We boil.\n"), "zcat"), (bz2.compress(b"We boil.\n"), "bzcat"), (lzma.compress(b"We boil.\n"), "xzcat")]
)
def test_a_compressed_file_is_refused_with_the_command_that_unpacks_it(read: Read, content: bytes, command: str) -> None:
    message = refusal(read, content)
    assert f"{command} /" in message
    assert "| kg extract -" in message


def test_encodings_that_are_no_bytes_of_ascii_are_refused_with_iconv(read: Read) -> None:
    assert "iconv -f UTF-16LE" in refusal(read, "We boil water.\n".encode("utf-16-le"))
    assert "iconv -f UTF-32" in refusal(read, "We boil water.\n".encode("utf-32"))


def test_line_ends_of_old_macs_are_refused_not_read_as_one_paper(read: Read) -> None:
    assert "tr " in refusal(read, b"We boil.\rWe freeze.\r")


# --- lines that are not text ---


def test_a_line_in_another_encoding_is_skipped_with_its_byte_and_the_rest_is_read(read: Read) -> None:
    for first in ("We boil.\n", GOOD + "\n", "id,abstract\n1,We boil.\n"):
        bad = "2,A caf\u00e9.\n".encode("latin-1")
        reading = read(first.encode() + bad + first.partition("\n")[2].encode() + (GOOD.encode() if first.startswith("{") else b"3,We freeze."))
        assert len(reading.papers) == (2 if first != "id,abstract\n1,We boil.\n" else 3)
        [skipped] = reading.skipped
        offset = len(first.encode()) + bad.index(b"\xe9")
        assert skipped.kind == "encoding"
        assert f"0xe9 at byte {offset} " in skipped.reason
        assert "iconv" in skipped.remedy
        assert int(skipped.where.rpartition(":")[2]) == first.count("\n") + 1


def test_a_bad_byte_inside_a_quoted_cell_spoils_only_its_row(read: Read) -> None:
    reading = read(b'id,abstract\na,"We\nb\xe9il\nit."\nb,We freeze.\n')
    assert [paper.id for paper in reading.papers] == ["b"]
    assert places(reading.skipped) == [(3, "encoding")]


def test_a_bad_byte_in_a_json_array_spoils_only_its_record(read: Read) -> None:
    content = ('[\n{"id": "a", "abstract": "A caf\u00e9."},\n' + GOOD + "\n]").encode("latin-1")
    reading = read(content)
    assert [paper.id for paper in reading.papers] == ["good"]
    assert places(reading.skipped) == [(2, "encoding")]


def test_a_broken_line_of_utf16_is_skipped(read: Read) -> None:
    reading = read(b"\xff\xfe" + "We boil.\n".encode("utf-16-le") + b"\x41\x00\x00\xd8\x42\x00\n\x00" + "We freeze.\n".encode("utf-16-le") + b"\x41")
    assert [paper.abstract for paper in reading.papers] == ["We boil.", "We freeze."]
    assert places(reading.skipped) == [(2, "encoding"), (4, "encoding")]
    assert "byte 22 " in reading.skipped[0].reason


def test_a_nul_makes_a_bad_record_not_a_bad_file(read: Read) -> None:
    for content in ("We boil.\nWe \0 stir.\nWe freeze.\n", "id,abstract\na,We boil.\nb,We \0 stir.\nc,We freeze.\n"):
        reading = read(content)
        assert len(reading.papers) == 2
        assert [kind for _, kind in places(reading.skipped)] == ["characters"]
        assert "NUL" in reading.skipped[0].reason
    reading = read(GOOD + "\n" + '{"abstract": "We \\u0000 stir."}\n{"abstract": "We \0 stir."}\n' + GOOD)
    assert len(reading.papers) == 2
    assert places(reading.skipped) == [(2, "characters"), (3, "characters")]


@pytest.mark.parametrize("record", ['{"abstract": "We \\ud83d stir."}', '{"title": "\\udc00", "abstract": "x"}', '{"id": "\\ud800", "abstract": "x"}'])
def test_a_lone_surrogate_is_skipped(read: Read, record: str) -> None:
    for content, place in ((f"{GOOD}\n{record}\n{GOOD}\n", 2), (f"[{GOOD},\n{record},\n{GOOD}]", 2)):
        reading = read(content)
        assert [paper.id for paper in reading.papers] == ["good", "good"]
        assert places(reading.skipped) == [(place, "characters")]


def test_a_lone_surrogate_in_another_field_is_skipped_too(read: Read) -> None:
    reading = read('{"abstract": "We boil.", "authors": [{"name": "A \\ud83d"}]}\n{"abstract": "We boil.", "venue\\ud83d": "x"}\n')
    assert places(reading.skipped) == [(1, "characters"), (2, "characters")]
    assert "authors" in reading.skipped[0].reason


def test_a_surrogate_pair_is_one_character(read: Read) -> None:
    assert read('{"abstract": "Tea \\ud83c\\udf75."}\n').papers[0].abstract == "Tea \U0001f375."


# --- records that are broken ---


def test_broken_json_lines_are_skipped_with_their_line_and_column(read: Read) -> None:
    bad = ['{"id": "a", "abstract": "x"', "[1, 2]", '"text"', "17", "null", "plain words"]
    bad += ["{}", '{"abstract": null}', '{"abstract": ["x"]}', '{"abstract": 7}', '{"a": ' + "9" * 5000 + "}"]
    reading = read("\n".join([GOOD, *bad, "", '{"abstract": ' + "[" * 100_000, GOOD, GOOD]))
    assert [paper.id for paper in reading.papers] == ["good"] * 3
    kinds = ["json"] * 6 + ["no text"] * 4 + ["json"]
    assert places(reading.skipped) == [*enumerate(kinds, 2), (14, "json")]
    assert "column" in reading.skipped[0].reason
    assert "object" in reading.skipped[1].reason
    assert "'abstract' is null" in reading.skipped[7].reason


def test_an_id_that_is_no_string_or_number_is_skipped(read: Read) -> None:
    reading = read("".join('{"id": ' + value + ', "abstract": "We boil."}\n' for value in ("[1]", "{}", "true", '"a"')))
    assert [paper.id for paper in reading.papers] == ["a"]
    assert [kind for _, kind in places(reading.skipped)] == ["fields"] * 3


def test_a_broken_record_of_an_array_spoils_only_itself(read: Read) -> None:
    broken = ['{"id": "a" "abstract": "x"}', '{"id": "a", "abstract": "no end}', '{"id": "a", "abstract": "x"', '{"id": "a", "authors": [{"abstract": "x"}']
    broken += ["17", '"text"']
    for record in broken:
        for before, after in (([GOOD], [GOOD, GOOD]), ([], [GOOD]), ([GOOD], [])):
            reading = read("[\n  " + ",\n  ".join([*before, record, *after]) + "\n]\n")
            if before + after:
                assert [paper.id for paper in reading.papers] == ["good"] * len(before + after), record
            assert places(reading.skipped) == [(2 + len(before), "json")]


def test_an_array_that_is_cut_off_gives_its_whole_records(read: Read) -> None:
    whole = json.dumps([{"id": str(i), "abstract": "We boil."} for i in range(3)])
    reading = read(whole[:-20])
    assert [paper.id for paper in reading.papers] == ["0", "1"]
    assert "no end" in reading.skipped[0].reason


def test_rows_with_too_few_or_too_many_columns_are_skipped(read: Read) -> None:
    reading = read("id,title,abstract\na,On kettles,We boil.\nb,,We boil and stir.\nc,On pans\nd,a,b,c,d\n\n,,\ne,,We freeze.\n")
    assert [paper.id for paper in reading.papers] == ["a", "b", "e"]
    assert places(reading.skipped) == [(4, "columns"), (5, "columns")]
    assert "2 columns where the header has 3" in reading.skipped[0].reason


def test_a_row_without_text_is_skipped(read: Read) -> None:
    reading = read("id,abstract\na,\nb,We boil.\n")
    assert [paper.id for paper in reading.papers] == ["b"]
    assert places(reading.skipped) == [(2, "no text")]


def test_a_stray_quote_spoils_only_its_row(read: Read) -> None:
    good = [f'{name},"On, {name}",We boil.' for name in "abcdef"]
    for bad in ('x,"On "hot" pans",We fry.', 'x,t,"never closed', 'x,"On pans" ,We fry.'):
        reading = read("id,title,abstract\n" + "\n".join([*good[:3], bad, *good[3:]]) + "\n")
        assert [paper.id for paper in reading.papers] == list("abcdef"), bad
        assert places(reading.skipped) == [(5, "columns")]


def test_a_table_cut_off_inside_a_long_cell_does_not_take_prose_for_rows(read: Read) -> None:
    reading = read('id,abstract\na,We boil.\nb,"We stir.\nThen we wait\nfor the steam, and wait\nand then we')
    assert [paper.id for paper in reading.papers] == ["a"]
    assert places(reading.skipped) == [(3, "columns")]
    assert "up to line 6" in reading.skipped[0].reason


# --- sizes ---


def test_an_abstract_of_a_megabyte_is_read_from_every_format(read: Read) -> None:
    text = "We boil water, again. " * 50_000
    record = {"id": "a", "abstract": text}
    quoted = 'id,abstract\na,"' + text + '"\n'
    tabs = quoted.replace(",", "\t", 1).replace("a,", "a\t", 1)
    for content in (text, json.dumps(record), json.dumps([record, record]), json.dumps([record], indent=1), quoted, tabs):
        papers = read(content).papers
        assert {paper.abstract for paper in papers} == {text.strip()}


def test_a_cell_may_be_longer_than_the_limit_of_csv(read: Read) -> None:
    csv.field_size_limit(131_072)
    assert len(read("id,abstract\na," + "x" * 200_000 + "\n").papers[0].abstract) == 200_000


def test_a_line_too_long_for_memory_is_skipped_and_the_next_is_read(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.sources.stream.MAX_LINE_BYTES", 1000)
    reading = read("We boil.\n" + "x" * 5500 + "\nWe freeze.\n" + "y" * 1000)
    assert [paper.abstract for paper in reading.papers] == ["We boil.", "We freeze."]
    assert places(reading.skipped) == [(2, "size"), (4, "size")]


def test_an_array_record_without_an_end_does_not_fill_the_memory(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.sources.json_array.MAX_RECORD", 1000)
    monkeypatch.setattr("kg.sources.stream.PIECE", 500)
    with pytest.raises(InputError, match=r":1: .*no end.*jq"):
        read('{"data": [\n' + ",\n".join([GOOD] * 500) + "]}")


# --- anything ---


@settings(deadline=None, max_examples=60)
@given(content=st.binary(max_size=200) | st.text(alphabet='{}[]",:\n\\ abc•·\0é', max_size=200).map(str.encode))
def test_any_bytes_are_read_reported_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "input"
    path.write_bytes(content)
    skipped: list[Skipped] = []
    refused: InputError | None = None
    try:
        for paper in read_papers(path, Fields(), skipped.append):
            paper.text.encode()
    except InputError as error:
        refused = error
    assert refused is None or (refused.where and refused.remedy)
    places(skipped)
