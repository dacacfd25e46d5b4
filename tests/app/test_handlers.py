"""Handlers as plain functions: payloads that decode to the trace's numbers, and words for everything refused."""

import base64
import json

import gradio as gr
import numpy as np
import pytest

from dualroute.app import endpoints as api
from dualroute.app.contracts import MAX_CHARACTERS
from dualroute.app.inspect.tab import view_payload
from dualroute.app.models import get_router
from dualroute.export.trace_payload import trace_key
from dualroute.paths import assets_dir

ARRAYS = {
    "gates": lambda trace: trace.flow_gates[-1],
    "pooling": lambda trace: trace.pooling,
    "attention": lambda trace: trace.attention,
    "direct": lambda trace: trace.direct_contributions,
    "context": lambda trace: trace.context_contributions,
    "bias": lambda trace: trace.bias,
}
ODD = {
    "emoji": "Goal 🥅⚽ for 👩‍👩‍👧",
    "right to left": "هدف في الدقيقة الأخيرة",
    "script": "<script>alert(1)</script>",
    "template": "${alert(1)} {{x}} `y`",
    "controls": "Oil\x07 up\x1b[31m",
    "nul": "Oil\x00 up",
    "surrogates": "Oil \ud800 up \udfff",
}


def analyse(name, x, h) -> dict:
    return view_payload({"checkpoint": name, "x": x, "h": h})


def test_the_payload_decodes_to_the_traces_numbers():
    payload = analyse("news", "Oil up", "Prices rose again on Monday.")
    trace = get_router("news").trace("Oil up", "Prices rose again on Monday.")
    assert payload["key"] == trace_key(trace)
    assert (payload["tokens"], payload["contextTokens"]) == (list(trace.tokens), list(trace.context_tokens))
    assert (payload["policy"], payload["threshold"]) == (trace.spec.policy, trace.spec.threshold)
    for name, array in ARRAYS.items():
        numbers = np.frombuffer(base64.b64decode(payload[name]), "<f4")
        np.testing.assert_array_equal(numbers, array(trace).ravel())


@pytest.mark.parametrize("x", ["", " \n\t ", None, "\x00", "\x00 \x07"])
def test_an_empty_title_is_refused_in_words(x):
    with pytest.raises(ValueError, match="title is empty"):
        analyse("news", x, "A description")


@pytest.mark.parametrize("h", ["", None, "  ", "\x00"])
def test_a_missing_description_is_none_to_read(h):
    assert analyse("news", "Oil up", h)["contextTokens"] == []


def test_ten_thousand_words_are_cut_with_a_note():
    payload = analyse("news", "goal " * 10_000, "market " * 10_000)
    config = get_router("news").model.config
    assert 0 < len(payload["tokens"]) <= config.max_length
    assert 0 < len(payload["contextTokens"]) <= config.context_max_length
    assert len(payload["notes"]) == 2
    for note, name in zip(payload["notes"], ("title", "description"), strict=True):
        assert note.startswith(f"The {name} was cut")


def test_a_text_too_long_to_look_at_is_refused():
    with pytest.raises(ValueError, match="at most 1,000,000 characters; it has 1,000,001"):
        analyse("news", "x" * (MAX_CHARACTERS + 1), "")


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_odd_text_is_traced_and_can_be_sent(text):
    payload = analyse("news", text, text)
    sent = json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()  # raises for half a surrogate pair
    assert b"\\u0000" not in sent
    written = "".join(token.removeprefix("##") for token in payload["tokens"])
    assert written == "".join(payload["x"].replace("\ufffd", "").split())  # the tokenizer drops U+FFFD
    changed = any(ord(c) < 32 or 0xD800 <= ord(c) < 0xE000 for c in text)
    assert any("encoder knows little" not in note for note in payload["notes"]) == changed


@pytest.mark.parametrize("name", ["nope", "", None, "../news", ["news"], "news/"])
def test_an_unknown_task_is_refused(name):
    with pytest.raises(ValueError, match="unknown task"):
        analyse(name, "a", "b")
    with pytest.raises(gr.Error, match="Unknown task"):
        api.trace(name, "a", "b")


@pytest.mark.parametrize("broken", [7, ["a"], {"a": 1}, True])
def test_what_is_not_text_is_refused(broken):
    for arguments in ((broken, "b"), ("a", broken)):
        with pytest.raises(ValueError, match="must be text"):
            analyse("news", *arguments)


def test_the_stored_examples_are_of_the_shipped_checkpoint(examples):
    assert examples
    router = get_router("news")
    for example in examples:
        trace = example.trace
        assert trace.spec.revision == router.revision, "make the examples again: they are of another checkpoint"
        again = router.trace(trace.x, trace.h)
        assert again.tokens == trace.tokens
        np.testing.assert_allclose(again.logits, trace.logits, rtol=1e-3, atol=1e-3)
        np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-5, atol=1e-5)
        assert example.label == trace.replay().label


def test_every_stored_example_has_its_attributions(examples):
    for example in examples:
        for attribution in (example.prediction, example.gate):
            assert attribution.scores.shape == (len(example.trace.tokens),)
            assert attribution.context_scores.shape == (len(example.trace.context_tokens),)
            total = attribution.scores.sum() + attribution.context_scores.sum()
            change = attribution.value - attribution.baseline_value
            assert total - change == pytest.approx(attribution.convergence_delta, abs=1e-3)


def test_the_examples_file_is_one_json_object_a_line(examples):
    lines = (assets_dir() / "examples" / "news.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["trace"]["inputs"][0]["text"] for line in lines]
    assert sorted(texts) == sorted(example.trace.x for example in examples)
