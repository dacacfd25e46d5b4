"""Encoders of many kinds, however they are stored: trained on, traced, attributed, and found again."""

import json
import os
import shutil

import numpy as np
import pytest
import torch
import transformers
from factories.tokenizers import SENTENCES, byte_level, metaspace, word_piece
from transformers.utils import logging

import dualroute
from dualroute.compare.selection import of_class
from dualroute.families.dual_route import backbone as backbones
from dualroute.families.dual_route.backbone import load_backbone
from dualroute.families.dual_route.config import DualRouteConfig
from dualroute.families.dual_route.encoding import encode_text
from dualroute.families.dual_route.fit import check_fit
from dualroute.tasks.base import custom_task
from dualroute.training.settings import TrainingSettings
from dualroute.training.train import train

logging.disable_progress_bar()

TASK = custom_task("title", "body", "topic")
SMALL = {"hidden_size": 16, "num_heads": 2, "router_size": 8, "max_length": 24, "context_max_length": 32}
SIZE = {"hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
PLACES = {"max_position_embeddings": 48}
BART = {"d_model": 32, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2}
BART |= {"decoder_attention_heads": 2, "encoder_ffn_dim": 32, "decoder_ffn_dim": 32, "scale_embedding": True}
T5 = {"d_model": 32, "d_kv": 16, "d_ff": 32, "num_layers": 1, "num_heads": 2}
MARKS = {"pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2}
MODERN = {"cls_token_id": 0, "sep_token_id": 2}

# Kind: name of the model's class, its settings, its tokenizer, and the most tokens that it reads.
KINDS = {
    "bert": ("BertModel", SIZE | PLACES, word_piece, 48),
    "roberta": ("RobertaModel", SIZE | PLACES | MARKS, lambda: byte_level("roberta"), 46),
    "xlm-r": ("XLMRobertaModel", SIZE | PLACES | MARKS, metaspace, 46),
    "distilbert": (
        "DistilBertModel",
        {"dim": 32, "n_layers": 1, "n_heads": 2, "hidden_dim": 32} | PLACES,
        word_piece,
        48,
    ),
    "albert": ("AlbertModel", SIZE | PLACES | MARKS | {"embedding_size": 16}, metaspace, 48),
    "deberta": ("DebertaV2Model", SIZE | PLACES | {"relative_attention": True, "pos_att_type": ["p2c"]}, metaspace, 48),
    "modernbert": ("ModernBertModel", SIZE | PLACES | MARKS | MODERN, byte_level, 48),
    "t5": ("T5Model", T5 | {"pad_token_id": 1, "eos_token_id": 2}, lambda: metaspace(False), None),
    "t5 encoder": ("T5EncoderModel", T5 | {"pad_token_id": 1, "eos_token_id": 2}, lambda: metaspace(False), None),
    "mt5": ("MT5Model", T5 | {"pad_token_id": 1, "eos_token_id": 2}, lambda: metaspace(False), None),
    "bart": ("BartModel", BART | PLACES | MARKS, byte_level, 48),
    "gpt2": ("GPT2Model", {"n_embd": 32, "n_layer": 1, "n_head": 2, "n_positions": 48}, lambda: byte_level("bare"), 48),
    "llama": ("LlamaModel", SIZE | PLACES | MARKS, lambda: byte_level("bare"), 48),
}
TUNABLE = ("bert", "roberta", "xlm-r")
ELSEWHERE = ("albert", "modernbert", "t5", "t5 encoder", "mt5", "bart", "gpt2", "llama")


def save(folder, kind="bert", dtype=None, **options):
    """A random model of this kind with its tokenizer."""
    name, settings, tokenizer, _ = KINDS[kind]
    model_class = getattr(transformers, name)
    torch.manual_seed(0)
    model = model_class(model_class.config_class(vocab_size=len(tokenizer()), **settings))
    (model.to(dtype) if dtype else model).save_pretrained(folder, **options)
    tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    file = tmp_path_factory.mktemp("data") / "rows.jsonl"
    rows = [{"title": f"{s} {i} 🎉", "body": SENTENCES[0], "topic": "ab"[i % 2]} for i, s in enumerate(SENTENCES * 3)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def trained(data, out, backbone, **changes):
    settings = TrainingSettings(epochs=1, batch_size=16, max_rows=0)
    return train(TASK, data, out, settings, SMALL | changes, str(backbone))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_trained_traced_attributed_and_loaded_from_elsewhere(kind, data, tmp_path, monkeypatch):
    folder = save(tmp_path / "bb" / "model", kind)
    monkeypatch.chdir(tmp_path)
    trained(data, tmp_path / "run", "bb/model")
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path / "other")
    backbones._load.cache_clear()
    router = dualroute.load("../run")
    backbone = router.model.backbone
    assert backbone.name == str(folder)
    assert backbone.positions == KINDS[kind][3]
    trace = router.trace("Shares fall after 🎉 report", SENTENCES[1])
    words = router.units(trace, "word")
    assert len(words.groups[0]) == 5
    after = of_class(trace, "function words")
    assert trace.x[trace.offsets[after[0]][0] : trace.offsets[after[-1]][1]] == "after"
    scores = router.attribute(trace, method="integrated_gradients", granularity="word", baseline="zero", n_steps=4)
    assert np.isfinite(scores.scores).all()
    np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-4, atol=1e-4)
    assert trace.spec.backbone == "model"
    assert str(tmp_path) not in trace.to_json()


@pytest.mark.parametrize("kind", KINDS)
def test_layers_are_tuned_where_they_are_found_and_else_refused_before_the_data_is_read(kind, data, tmp_path):
    folder = save(tmp_path / "model", kind)
    if kind in TUNABLE:
        trained(data, tmp_path / "run", folder, tuned_layers=1)
        assert dualroute.load(tmp_path / "run").trace("Shares fall", "rain").tokens
        return
    reason = ": they are not where those of BERT are" if kind in ELSEWHERE else ""
    with pytest.raises(ValueError, match=f"layers of .* cannot be tuned{reason}"):
        trained(tmp_path / "no such data", tmp_path / "run", folder, tuned_layers=1)
    assert not (tmp_path / "run").exists()


STORED = {
    "one file": {},
    "shards": {"max_shard_size": "20KB"},
    "fp16": {"dtype": torch.float16},
    "bf16": {"dtype": torch.bfloat16},
}


@pytest.mark.parametrize("options", STORED.values(), ids=STORED)
def test_weights_are_read_as_float32(options, data, tmp_path):
    folder = save(tmp_path / "model", **options)
    assert (folder / "model.safetensors.index.json").exists() == ("max_shard_size" in options)
    backbone = load_backbone(folder)
    assert {value.dtype for value in backbone.model.parameters()} == {torch.float32}
    trained(data, tmp_path / "run", folder)
    assert dualroute.load(tmp_path / "run").trace("Shares fall", "rain").logits.shape == (2,)


def as_pytorch(folder, shards=1):
    """Store the weights of a folder as PyTorch files instead."""
    from safetensors.torch import load_file

    weights = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    if shards == 1:
        torch.save(weights, folder / "pytorch_model.bin")
        return
    names = sorted(weights)
    index = {name: f"pytorch_model-0000{1 + i % 2}-of-00002.bin" for i, name in enumerate(names)}
    for file in sorted(set(index.values())):
        torch.save({name: weights[name] for name in names if index[name] == file}, folder / file)
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))


@pytest.mark.parametrize("shards", [1, 2])
def test_pytorch_files_give_the_same_states(shards, tmp_path):
    one, other = save(tmp_path / "one"), save(tmp_path / "other")
    as_pytorch(other, shards)
    ids, mask = torch.tensor([[2, 7, 3]]), torch.ones(1, 3, dtype=torch.long)
    states = [load_backbone(folder)(mask, input_ids=ids) for folder in (one, other)]
    torch.testing.assert_close(*states, rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["shards", "PyTorch shards"])
def test_the_digest_of_shards_depends_on_every_one(kind, tmp_path):
    folder = save(tmp_path / "model", **({"max_shard_size": "20KB"} if kind == "shards" else {}))
    if kind != "shards":
        as_pytorch(folder, 2)
    digest = backbones.weights_sha256(folder)
    shards = sorted(folder.glob("*-of-*"))
    assert len(shards) > 1
    for shard in shards:
        content = shard.read_bytes()
        shard.write_bytes(content + b"\0")
        assert backbones.weights_sha256(folder) != digest
        shard.write_bytes(content)
    assert backbones.weights_sha256(folder) == digest
    shards[-1].unlink()
    with pytest.raises(FileNotFoundError, match=f"lacks 1 of {len(shards)} files of its weights: {shards[-1].name}"):
        load_backbone(folder)


def test_a_moved_backbone_is_named_with_its_digest_and_the_way_out(data, tmp_path):
    folder = save(tmp_path / "model")
    trained(data, tmp_path / "run", folder)
    folder.rename(tmp_path / "moved")
    digest = json.loads((tmp_path / "run" / "config.json").read_text())["backbone_sha256"]
    with pytest.raises(FileNotFoundError, match=r"no backbone .*model.* \(.* has .*moved") as raised:
        dualroute.load(tmp_path / "run")
    assert digest[:12] in str(raised.value)
    assert "put it back, or write its new place" in str(raised.value)
    config = tmp_path / "run" / "config.json"
    config.write_text(config.read_text().replace(str(folder), str(tmp_path / "moved")))
    assert dualroute.load(tmp_path / "run").trace("rain", "").tokens


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    save(tmp_path / "mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert load_backbone("~/mine").name == str(tmp_path / "mine")


def without_weights(folder):
    (folder / "model.safetensors").unlink()


def with_a_slow_tokenizer(folder):
    for file in folder.glob("*token*"):
        file.unlink()
    (folder / "vocab.json").write_text('{"<pad>": 0, "a": 1}')
    (folder / "tokenizer_config.json").write_text('{"tokenizer_class": "CanineTokenizer"}')


def with_missing_tensors(folder):
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.0.attention.self.query.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def of_pictures(folder):
    config = transformers.ViTConfig(image_size=8, patch_size=4, **SIZE)
    transformers.ViTModel(config).save_pretrained(folder)


def with_more_tokens_than_embeddings(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    tokenizer.add_tokens(["onemoreword"])
    tokenizer.save_pretrained(folder)


UNFIT = {
    "holds no weights": without_weights,
    "does not tell the places": with_a_slow_tokenizer,
    "lacks 1 tensors, such as encoder.layer.0.attention.self.query.weight": with_missing_tensors,
    "cannot be a backbone": of_pictures,
    "tokens, but the model": with_more_tokens_than_embeddings,
}


@pytest.mark.parametrize(("message", "spoil"), UNFIT.items(), ids=[spoil.__name__ for spoil in UNFIT.values()])
def test_what_cannot_be_a_backbone_is_refused_in_one_sentence(message, spoil, tmp_path):
    folder = save(tmp_path / "model")
    spoil(folder)
    with pytest.raises((ValueError, OSError), match=message) as raised:
        trained(tmp_path / "no such data", tmp_path / "run", folder)
    assert "\n" not in str(raised.value)
    assert str(folder) in str(raised.value)


def test_a_checkpoint_is_no_backbone(data, tmp_path):
    folder = save(tmp_path / "model")
    trained(data, tmp_path / "run", folder)
    with pytest.raises(ValueError, match="a checkpoint of a dual-route model"):
        load_backbone(tmp_path / "run")


@pytest.mark.parametrize("kind", ["bert", "roberta", "t5", "gpt2"])
def test_lengths_fit_the_places_and_the_special_tokens_of_the_backbone(kind, tmp_path):
    backbone = load_backbone(save(tmp_path / "model", kind))
    special, most = backbone.special_tokens, KINDS[kind][3]
    assert special == {"bert": 2, "roberta": 2, "t5": 1, "gpt2": 0}[kind]

    def config(**lengths):
        return DualRouteConfig(encoder_size=32, **{"max_length": 9, "context_max_length": 9} | lengths)

    for name in ("max_length", "context_max_length"):
        option = "--" + name.replace("_", "-")
        check_fit(config(**{name: special + 1}), backbone)
        if special:
            with pytest.raises(ValueError, match=f"^{option} must be at least {special + 1}, not {special}: a"):
                check_fit(config(**{name: special}), backbone)
        if most is None:
            check_fit(config(**{name: 5000}), backbone)
            continue
        check_fit(config(**{name: most}), backbone)
        with pytest.raises(ValueError, match=f"^{option} must be at most {most}, not {most + 1}: .*model reads"):
            check_fit(config(**{name: most + 1}), backbone)
        ids = torch.zeros(1, most, dtype=torch.long) + 5
        assert backbone(torch.ones_like(ids), input_ids=ids).shape[1] == most
    check_fit(config(context="items", context_max_length=1000), backbone)


def test_a_checkpoint_trained_with_more_places_than_there_are_cuts_its_texts(data, tmp_path):
    trained(data, tmp_path / "run", save(tmp_path / "model"))
    config = tmp_path / "run" / "config.json"
    config.write_text(config.read_text().replace('"max_length": 24', '"max_length": 1024'))
    trace = dualroute.load(tmp_path / "run").trace("rain " * 300, "vote " * 300)
    assert "to its first 46 of 300 tokens" in trace.notes[0]


def test_word_embeddings_of_another_width_are_refused_where_states_are_made_of_them(tmp_path):
    backbone = load_backbone(save(tmp_path / "model", "albert"))
    with pytest.raises(ValueError, match="word embeddings of width 16, states of width 32"):
        check_fit(DualRouteConfig(encoder_size=32, context="backward", reader="diagonal", max_length=9), backbone)


def test_padding_needs_no_pad_token(tmp_path):
    """The states of a short text are those that it has alone."""
    from dualroute.data.features.text import encode_texts

    backbone = load_backbone(save(tmp_path / "model", "gpt2"))
    assert backbone.tokenizer.pad_token_id is None
    features = encode_texts(backbone, ["rain", SENTENCES[0]], 30, tmp_path / "cache", "x")
    encoded = encode_text(backbone.tokenizer, "rain", 30, "x")
    alone = backbone(torch.ones(1, len(encoded.ids), dtype=torch.long), input_ids=torch.from_numpy(encoded.ids)[None])[
        0
    ]
    torch.testing.assert_close(features[0], alone, rtol=1e-2, atol=1e-2)


def test_a_run_is_resumed_with_its_backbone_at_another_place(data, tmp_path):
    folder = save(tmp_path / "model")
    trained(data, tmp_path / "run", folder)
    shutil.copytree(folder, tmp_path / "copy")
    trained(data, tmp_path / "run", os.path.relpath(tmp_path / "copy"))
    assert json.loads((tmp_path / "run" / "config.json").read_text())["backbone"] == str(tmp_path / "copy")
