"""Training and evaluation read the same tokens as a trace, for every kind of context, readout and tokenizer."""

import numpy as np
import pytest
import torch
from factories.tiny import VOCABULARY, make_model
from factories.tokenizers import TOKENIZERS
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from transformers import BertConfig, BertModel

from dualroute.data.batches import encode_examples
from dualroute.data.objectives import OBJECTIVES
from dualroute.data.reading import readable
from dualroute.families.dual_route.backbone import FrozenBackbone
from dualroute.families.dual_route.encoding import encode_text, tokenize
from dualroute.families.dual_route.family import DualRoute
from dualroute.inputs import clean_text
from dualroute.tasks import Example
from dualroute.trace.decision import Decision

ENDS = {"readout": "span", "id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}}
BACKWARD = {"context": "backward", "reader": "diagonal", "recurrent_size": 12}
WRITES = {"readout": "generation", "vocabulary_size": 5, "max_new_tokens": 4, "id2label": {}, "label2id": {}}
KINDS = {
    "text": {},
    "tuned": {"tuned_layers": 1, "lora_rank": 2},
    "left out": {"left_out_layers": 1},
    "span": ENDS,
    "backward": BACKWARD,
    "items": {"context": "items", "reader": "bilinear"},
    "image": {"context": "image", "image_size": 32, "patches": 4, "reader": "bilinear"},
    "generation": BACKWARD | WRITES,
    "generation from a text": WRITES,
}
TEXTS = [
    "🎉 the market",
    "👍",
    "ภาษาไทย",
    "the [SEP] market [PAD] fell",
    "[MASK]",
    "</s> the <s>",
    "ﬁne ﷺ rain",
    "peace\x00talks\x1cvote\x1ffell\u200b",
    "  rain \n fell ",
    "the market shares fell " * 60,
    "中文 🙂🙂 of",
]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    made = {}

    def of(kind: str):
        if kind not in made:
            model = make_model(**KINDS[kind])
            if "generation" in kind:
                model.readout.set_vocabulary([VOCABULARY[word] for word in ("the", "market", "fell")], 2, 3, 1)
            made[kind] = model, tmp_path_factory.mktemp("features"), tmp_path_factory.mktemp("pictures")
        return made[kind]

    return of


def compare(model, x: str, h: str, folder, pictures=None):
    """The row as training and evaluation see it, against the trace of the same texts."""
    picture = Image.new("RGB", (32, 32), (200, 30, 30)) if model.config.h_is_image else None
    if picture:
        picture.save(pictures / "red.png")
        h = ""
    label = "the market" if model.config.writes_text else "World"
    row = Example(x, h, label, image="red.png" if picture else "")
    data = encode_examples(model.backbone, [row], model.config, folder, "rows", pictures)
    batch = data.batch([data[0]])
    labels = batch.pop("labels")
    with torch.no_grad():
        output = model(**batch, policy="soft")
    router = DualRoute(model)
    trace = router.trace(x, h, picture, Decision("soft"))
    words = output.mask[0].bool()
    assert int(words.sum()) == len(trace.tokens)
    assert int(output.context_mask[0].sum()) == len(trace.context_tokens)
    np.testing.assert_allclose(output.gates[0][words].numpy(), trace.flow_gates[-1], atol=2e-2)
    if output.logits is None:
        assert labels["source"].shape[1] == len(trace.tokens)
        return
    logits = output.logits[0][words] if model.config.finds_span else output.logits[0]
    np.testing.assert_allclose(logits.numpy(), trace.logits, atol=2e-2)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
def test_a_row_is_read_as_its_trace(models, kind, text):
    model, folder, pictures = models(kind)
    compare(model, text, f"say {text}\npeace {text}: 4", folder, pictures)


@settings(max_examples=40, deadline=None)
@given(st.text(min_size=1, max_size=20), st.text(max_size=20))
def test_any_text_is_read_as_its_trace(models, x, h):
    model, folder, _ = models("text")
    rows = readable([Example(x, h, "World")], model.config, model.backbone.tokenizer, "rows")
    if rows:
        compare(model, x, h, folder)
    else:
        with pytest.raises(ValueError, match="is empty"):
            DualRoute(model).trace(x, h)


@pytest.mark.parametrize("kind", TOKENIZERS)
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:20])
def test_every_tokenizer_is_read_the_same_way(kind, text, tmp_path):
    tokenizer = TOKENIZERS[kind]()
    torch.manual_seed(0)
    size = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 64}
    config = BertConfig(vocab_size=len(tokenizer), max_position_embeddings=80, **size)
    model = make_model()
    model.__dict__["_backbone"] = FrozenBackbone(BertModel(config), tokenizer, "tiny", "0" * 64)
    compare(model, text, f"say {text}", tmp_path)


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_a_typed_control_token_does_not_act_as_one(kind):
    tokenizer = TOKENIZERS[kind]()
    typed = " ".join(tokenizer.all_special_tokens)
    tokens = tokenize(tokenizer, [typed])[0]
    controls = set(tokenizer.all_special_ids) - {tokenizer.unk_token_id}
    assert len(tokens.words)
    assert not controls & set(tokens.words.tolist())
    assert "".join(t.removeprefix("##") for t in encode_text(tokenizer, typed, 99, "x").tokens).replace(
        "▁", ""
    ) == typed.replace(" ", "")


@pytest.mark.parametrize("kind", TOKENIZERS)
def test_many_texts_at_once_are_the_same_as_one_by_one(kind):
    tokenizer = TOKENIZERS[kind]()
    for text, tokens in zip(TEXTS, tokenize(tokenizer, [clean_text(text).text for text in TEXTS], 12), strict=True):
        alone = encode_text(tokenizer, text, 12, "x")
        assert tokens.ids.tolist() == alone.ids.tolist()
        assert tokens.special.tolist() == alone.special.tolist()
        assert len(tokens.ids) <= 12


def test_rows_without_a_token_are_left_out_and_counted(caplog):
    model = make_model()
    rows = [Example("rain", "", "World"), Example("�", "", "World"), Example("🙃", "", "World")]
    for kept in (
        readable(rows, model.config, model.backbone.tokenizer, "mine"),
        OBJECTIVES["classification"].learnable(rows, model.config, model.backbone.tokenizer, "mine"),
    ):
        assert kept == [rows[0], rows[2]]
    assert "mine: 1 of 3 rows have no token in their text" in caplog.text


def test_an_answer_is_found_in_the_text_as_the_model_reads_it():
    """Spaces and control characters before the answer are not read: its place moves with them."""
    model = make_model(**ENDS)
    x = " \x00 the\x01 market fell"
    start = x.index("market")
    row = Example(x, "what", "market", answer=(start, start + 6))
    target = OBJECTIVES["span"].targets([row], model.config, model.backbone.tokenizer, "rows")
    trace = DualRoute(model).trace(x, "what")
    assert target == [(1, 1)]
    assert trace.tokens[1] == "market"
