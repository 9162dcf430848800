"""Files that cannot be compared are refused with their place and what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from gold_files import EMPTY, GOLD, found, other, write_claims, write_gold

from kg.errors import ClaimsError, InputError, KGError
from kg.evaluation import evaluate


def changed(**fields: Any) -> dict[str, Any]:
    return {**GOLD, **fields}


def result(**fields: Any) -> dict[str, Any]:
    return changed(results=[{**GOLD["results"][0], **fields}])


def without(line: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name != key}


ENTITY: dict[str, Any] = {"key": "x", "type": "Method", "mentions": ["X"]}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (without(GOLD, "relations"), "relations"),
        (changed(id=""), "id"),
        (changed(id=7), "id"),
        (changed(entities=[{**ENTITY, "type": "Model"}]), "entities.0.type"),
        (changed(entities=[{**ENTITY, "mentions": []}]), "entities.0.mentions"),
        (changed(entities=[{**ENTITY, "mentions": [{"text": "X", "start": 0, "end": 1}]}]), "entities.0.mentions.0"),
        (changed(entities=[{**ENTITY, "role": "used"}]), "entities.0.role"),
        (changed(entities=[ENTITY, ENTITY]), "key is used twice"),
        (changed(relations=[["otter", "LIKES", "qa"]]), "relations.0.1"),
        (changed(relations=[["otter", "USES"]]), "relations.0.2"),
        (changed(relations=[["otter", "USES", "nobody"]]), "unknown entity: otter, nobody"),
        (result(metric="nobody"), "metric 'nobody' is no entity's key"),
        (result(value="4.5"), "results.0.value"),
        (result(kind="share"), "results.0.kind"),
        (result(metrik="acc"), "results.0.metrik"),
    ],
)
def test_a_line_of_gold_that_is_not_in_its_form_is_named(tmp_path: Path, line: dict[str, Any], what: str) -> None:
    gold = write_gold(tmp_path / "gold.jsonl", EMPTY, line)
    with pytest.raises(InputError) as error:
        evaluate(gold, write_claims(tmp_path / "claims.jsonl", [found()]))
    assert str(error.value).startswith(f"{gold}:2: ")
    assert what in error.value.what
    assert error.value.remedy == "Correct the line, or leave it out"


@pytest.mark.parametrize("line", ["{broken", "[1, 2]", '"text"', "[" * 100_000])
def test_a_line_of_gold_that_is_no_object_is_named(tmp_path: Path, line: str) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(f"\n{line}\n")
    with pytest.raises(InputError, match=r"gold\.jsonl:2: is no JSON.*Give JSON Lines"):
        evaluate(gold, write_claims(tmp_path / "claims.jsonl", [found()]))


def test_a_claims_file_as_gold_is_checked_and_to_be_corrected_not_written_again(tmp_path: Path) -> None:
    broken = found().model_dump(mode="json")
    broken["entities"][0]["mentions"][0]["end"] += 1
    gold = write_gold(tmp_path / "gold.jsonl", broken)
    with pytest.raises(ClaimsError, match=r"gold\.jsonl:1: .*is not 'OtterNet'.*Correct the line"):
        evaluate(gold, write_claims(tmp_path / "claims.jsonl", [found()]))


def test_a_line_of_claims_that_is_none_is_named(tmp_path: Path) -> None:
    gold, claims = write_gold(tmp_path / "gold.jsonl", GOLD), write_gold(tmp_path / "claims.jsonl", GOLD)
    with pytest.raises(ClaimsError, match=r"claims\.jsonl:1: .*kg extract"):
        evaluate(gold, claims)


def test_a_document_that_is_there_twice_is_refused_with_both_places(tmp_path: Path) -> None:
    one = write_gold(tmp_path / "gold.jsonl", GOLD)
    with pytest.raises(ClaimsError, match=r"claims\.jsonl:2: document 'p1' is there already, in .*claims\.jsonl:1\. Leave one"):
        evaluate(one, write_claims(tmp_path / "claims.jsonl", [found(), found()]))
    with pytest.raises(ClaimsError, match=r"twice\.jsonl:3: document 'p1' is there already, in .*twice\.jsonl:1"):
        evaluate(write_gold(tmp_path / "twice.jsonl", GOLD, EMPTY, GOLD), write_claims(tmp_path / "claims.jsonl", [found()]))


def test_files_about_other_documents_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"claims\.jsonl: has none of the 1 documents of .*gold\.jsonl.*--id-field"):
        evaluate(write_gold(tmp_path / "gold.jsonl", GOLD), write_claims(tmp_path / "claims.jsonl", [other("else")]))


def nothing(path: Path) -> None:
    pass


def empty(path: Path) -> None:
    path.write_bytes(b"")


def packed(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b\x08\x00" + b"\x00" * 50)


def latin(path: Path) -> None:
    path.write_bytes(json.dumps(EMPTY).encode() + b"\n" + '{"id": "é"}'.encode("latin-1") + b"\n")


@pytest.mark.parametrize(("make", "what"), [(nothing, "No such file"), (empty, "is empty"), (packed, "gzip"), (Path.mkdir, "folder"), (latin, "not UTF-8")])
@pytest.mark.parametrize("role", ["gold", "claims"])
def test_a_file_that_cannot_be_read_says_which_and_what_to_give(tmp_path: Path, make: Callable[[Path], None], what: str, role: str) -> None:
    bad = tmp_path / f"{role}.bad"
    make(bad)
    gold = bad if role == "gold" else write_gold(tmp_path / "gold.jsonl", GOLD)
    claims = bad if role == "claims" else write_claims(tmp_path / "claims.jsonl", [found()])
    with pytest.raises(KGError) as error:
        evaluate(gold, claims)
    assert str(error.value).startswith(str(bad))
    if not (make is latin and role == "claims"):  # its first line is no claims' line
        assert what in error.value.what
    assert error.value.remedy is not None
    assert "| kg extract" not in error.value.remedy
