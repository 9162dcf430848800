"""The scorer that came with the annotations gives the same figures, to the last digit."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kg.evaluation import evaluate
from kg.ontology import ALLOWED, RESULT_LINKS, EntityType, link_allows

FOLDER = Path(__file__).parents[2].parent / "shared" / "eval"
GOLD = FOLDER / "dev.jsonl"
pytestmark = pytest.mark.skipif(not (FOLDER / "score.py").is_file() or not GOLD.is_file(), reason=f"no scorer and development set in {FOLDER}")

_PRINTED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from score import score
tally, accuracy, _, missing = score(*sys.argv[2:])
print(json.dumps([{name: figures for name, *figures in tally.rows()}, accuracy, missing]))
"""


def noisy(gold: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """Claims that an extractor might make of a gold document: some items lost, changed, invented. The text is its strings, one a line."""
    text = ""

    def place(string: str) -> dict[str, Any]:
        nonlocal text
        start = len(text)
        text += string + "\n"
        return {"text": string, "start": start, "end": start + len(string)}

    def border(mention: str) -> str:
        parts = mention.split()
        return " ".join(rng.choice([parts[1:] or parts, parts[:-1] or parts, ["some", *parts], [part.upper() for part in parts], [*parts, "."]]))

    def off(share: float) -> bool:
        return rng.random() < share

    entities: dict[str, dict[str, Any]] = {}
    for entity in gold["entities"]:
        if off(0.1):
            continue
        id = f"e{rng.randrange(10**6)}"
        mentions = [place(border(m) if off(0.3) else m) for m in entity["mentions"] if len(entity["mentions"]) == 1 or not off(0.3)] or [place("thing")]
        entities[entity["key"]] = {
            "id": id,
            "type": rng.choice(list(EntityType)) if off(0.1) else entity["type"],
            "name": "any",
            "role": entity.get("role") if not off(0.2) else "proposed",
            "mentions": mentions,
            "confidence": round(rng.random(), 2),
        }
    for number in range(rng.randrange(3)):
        entities[f"invented {number}"] = {
            "id": f"e9{number}x",
            "type": rng.choice(list(EntityType)),
            "name": "any",
            "mentions": [place(rng.choice(["model", "large language models", "accuracy"]))],
            "confidence": 0.5,
        }

    def joined(subject: str, predicate: str, object: str) -> bool:
        pair = [EntityType(entities[key]["type"]) if key in entities else None for key in (subject, object)]
        return None not in pair and predicate in ALLOWED.get(tuple(pair), ())  # type: ignore[arg-type]

    invented = [(rng.choice(list(entities)), rng.choice(["USES", "TARGETS", "IS_A"]), rng.choice(list(entities))) for _ in range(4)] if entities else []
    relations = [
        {"subject": entities[s]["id"], "predicate": p, "object": entities[o]["id"], "evidence": {"start": 0, "end": 1}, "confidence": 0.5}
        for s, p, o in (*map(tuple, gold["relations"]), *invented)
        if joined(s, p, o) and not off(0.3)
    ]

    def link(name: str, key: str | None) -> str | None:
        candidates = [e["id"] for e in entities.values() if link_allows(name, EntityType(e["type"]))]
        if off(0.2):
            return rng.choice([*candidates, None])
        return entities[key]["id"] if key in entities and entities[key]["id"] in candidates else None

    results = []
    for number, result in enumerate(r for r in gold["results"] for _ in range(2 if off(0.1) else 1) if not off(0.1)):
        kind = rng.choice(["absolute", "change", "ratio"]) if off(0.1) else result["kind"]
        direction = None if kind == "absolute" else result["direction"] or rng.choice(["increase", "decrease"])
        results.append(
            {
                "id": f"r{number}",
                **{name: result[name] for name in ("value_high", "baseline_value", "unit")},
                "value": result["value"] * rng.choice([1, 1, 1, 1.005, 1.2]),
                "kind": kind,
                "direction": direction,
                "bound": rng.choice(["exact", "up_to"]) if off(0.2) else result["bound"],
                **{name: link(name, result[name]) for name in RESULT_LINKS},
                "number": place(result["value_text"]),
                "evidence": {"start": 0, "end": 1},
                "confidence": 0.5,
            }
        )
    return {"id": gold["id"], "text": text or "nothing", "entities": list(entities.values()), "relations": relations, "results": results}


@pytest.mark.parametrize("seed", [1, 2])
def test_every_figure_is_the_scorers(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    documents = [noisy(json.loads(line), rng) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    claims = tmp_path / "claims.jsonl"
    claims.write_text("".join(json.dumps(one) + "\n" for one in documents if rng.random() < 0.9), encoding="utf-8")
    run = subprocess.run([sys.executable, "-c", _PRINTED, FOLDER, GOLD, claims], capture_output=True, text=True, check=True)
    scores, accuracies, missing = json.loads(run.stdout)
    mine = evaluate(GOLD, claims)
    assert {name: [s.precision.value, s.recall.value, s.f1.value, s.right, s.found, s.gold] for name, s in mine.scores.items()} == scores
    assert {name: field.share.value for name, field in mine.fields.items()} == accuracies
    assert list(mine.missing) == missing
    assert 0 < mine.scores["result.full"].right < mine.scores["result"].right < mine.scores["number"].right
