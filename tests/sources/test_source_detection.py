"""Formats are told by their content, whatever the file is called."""

from __future__ import annotations

import json

import pytest

from kg.errors import InputError
from kg.sources import FORMATS, Fields, detect

RECORD = {"id": "a", "title": "On kettles", "abstract": "We boil water, and measure it."}
CLAIMS = {"id": "a", "title": None, "text": "We boil water.", "entities": [], "relations": [], "results": []}
PAGE = "Daily Papers\n\nOn kettles\n\nWe boil water.\n\n  • 3 authors\n·\nMar 3, 2024\n"

CASES = {
    "one abstract a line": ("We boil water, fast, and well.\nWe freeze water, slowly.\n", "lines"),
    "a single line without a line break": ("We boil water", "lines"),
    "prose with the same number of commas in each line": ("In this long paper, we boil.\nIn that other paper, we freeze.\n", "lines"),
    "prose with a comma and the word text": ("We study images, text, and sound in one go.\n", "lines"),
    "LaTeX that begins with a brace": ("{\\bf Context} We boil water.\n", "lines"),
    "an abstract that begins with a bracket": ("[Context] We boil water.\n[Aim] Less steam.\n", "lines"),
    "a page of daily papers": (PAGE, "daily"),
    "the footer of a page on one line": ("On kettles\n\nWe boil water.\n\n7 authors · Nov 2, 2025\n", "daily"),
    "JSON Lines": (json.dumps(RECORD) + "\n" + json.dumps(RECORD) + "\n", "jsonl"),
    "JSON Lines whose first line is broken": ('{"id": "a", \n' + json.dumps(RECORD) + "\n", "jsonl"),
    "JSON Lines after a stray line": ("Downloading ...\n" + json.dumps(RECORD) + "\n", "jsonl"),
    "JSON Lines, all broken": ('{"id": "a", \n{"id" "b"}\n', "jsonl"),
    "JSON Lines of arrays": ('["a", "On kettles"]\n["b", "On pans"]\n', "jsonl"),
    "a JSON array on one line": (json.dumps([RECORD, RECORD]), "json"),
    "a JSON array with a record a line": ("[\n" + json.dumps(RECORD) + ",\n" + json.dumps(RECORD) + "\n]\n", "json"),
    "a JSON array, pretty-printed": (json.dumps([RECORD, RECORD], indent=2), "json"),
    "a JSON object, pretty-printed": (json.dumps(RECORD, indent=2), "json"),
    "an empty JSON array": ("[]", "json"),
    "CSV": ('id,title,abstract\na,On kettles,"We boil water, fast"\n', "csv"),
    "CSV with a bad row": ("id,abstract\na,b,c\nd,We boil\n", "csv"),
    "CSV with a header alone": ("id,title,abstract\n", "csv"),
    "CSV with unknown columns": ("pid,body\n1,We boil water\n2,We freeze water\n", "csv"),
    "CSV as pandas writes it, with an index": (",title,abstract\n0,On kettles,We boil\n", "csv"),
    "tabs": ("id\ttitle\tabstract\na\tOn kettles\tWe boil water\n", "csv"),
    "semicolons": ("id;title;abstract\na;On kettles;We boil, and boil\n", "csv"),
    "a claims file": (json.dumps(CLAIMS) + "\n", "claims"),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_format_is_told_by_content(text: str, expected: str) -> None:
    assert detect(text) == expected
    assert detect(text.encode()) == expected


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES.keys())
def test_windows_line_breaks_change_nothing(text: str, expected: str) -> None:
    assert detect(text.replace("\n", "\r\n")) == expected


def test_every_format_is_detected_by_some_case() -> None:
    assert {expected for _, expected in CASES.values()} == {found.NAME for found in FORMATS}


def test_a_named_text_field_makes_a_header() -> None:
    text = "ref,body,note\n1,We boil water,x,y\n2,We freeze water,z\n"
    assert detect(text) == "lines"
    assert detect(text, Fields(text="body")) == "csv"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("<?xml version='1.0'?>\n<feed/>", "XML"),
        ("<!DOCTYPE html>\n<html></html>", "HTML"),
        ("% a bibliography\n\n@article{kettle,\n abstract={We boil}}\n", "BibTeX"),
        ("TY  - JOUR\nAB  - We boil\n", "RIS"),
    ],
)
def test_forms_whose_lines_are_no_abstracts_are_refused_by_name(text: str, form: str) -> None:
    with pytest.raises(InputError, match=form) as caught:
        detect(text, label="refs.txt")
    assert "refs.txt" in str(caught.value)
    assert "JSON Lines" in str(caught.value)


def test_markup_inside_an_abstract_is_no_xml() -> None:
    assert detect("<i>Context.</i> We boil water.\n") == "lines"
