"""The extractor on annotated sets that it was never trained or tuned on, beside what others published for them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from benchmarks.external.table import Measured, as_json, lines


def compare(sets: Iterable[str], data: Path, limit: int | None, json_file: Path | None) -> None:
    """Print, as Markdown, a table for each part of the sets ("scier", "tdmsci", "measeval") as soon as it is measured, then what differs in the set.

    Raises:
        InputError: a file of a set is missing or damaged.
        ModelError: the extractor's weights are.
    """
    done = []
    for name in sets:
        for measured in _measure(name, data, limit):
            print("\n".join(lines(measured)), flush=True)
            done.append(measured)
        print("\n".join(f"- {note}" for note in done[-1].notes) + "\n", flush=True)
    if json_file is not None:
        json_file.write_text(json.dumps(as_json(done), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _measure(name: str, data: Path, limit: int | None) -> Iterator[Measured]:
    from benchmarks.external import measeval, scier, tdmsci

    if name == "scier":
        for split in ("test", "test_ood"):
            yield scier.measure(data, split, limit)
    elif name == "tdmsci":
        yield tdmsci.measure(data, limit)
    else:
        for part in measeval.SPLITS:
            yield measeval.measure(data, part, limit)
