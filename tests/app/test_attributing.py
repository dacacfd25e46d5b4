"""The workbench's requests: they come from a browser, so everything in them may be wrong; what they give is exact."""

import json
import math
import threading

import numpy as np
import pytest

from dualroute.app import models
from dualroute.app.attribute import handlers as attributing
from dualroute.app.attribute import pace
from dualroute.app.attribute.handlers import estimate, read_job
from dualroute.app.attribute.pace import GUESS, Paces
from dualroute.app.models import SingleFlightCache, get_router
from dualroute.attribute.methods import METHODS
from dualroute.progress import Cancelled, progress_reported_to

REQUEST = {
    "checkpoint": "news",
    "x": "Oil up",
    "h": "Prices rose",
    "policy": "threshold",
    "threshold": 0.5,
    "overrides": [],
    "targets": ["prediction:Business", "gate"],
    "methods": {"exact": {}, "input_x_gradient": {}},
}
BROKEN = {
    "targets": [None, [], "gate", ["gate"] * 3, [3], ["nonsense"], ["prediction:Nonsense"], ["gate:99"], ["g" * 400]],
    "methods": [None, [], {}, "exact", {"exact": 3}, {str(i): {} for i in range(40)}],
    "baseline": [None, "nothing", 3, ["pad"], "text"],
    "granularity": [None, "letter", 3],
    "seed": [-1, 2**40, 0.5, True, "1", math.nan],
    "texts": [None, "x", ["one"], ["a", 3], ["a" * 3000, ""], ["", " "]],
    "x": [None, 7, ""],
}
CASES = [(key, value) for key, values in BROKEN.items() for value in values]


@pytest.mark.parametrize(("key", "value"), CASES, ids=[f"{key} {value!r:.40}" for key, value in CASES])
def test_a_broken_part_is_refused_in_words(key, value):
    request = REQUEST | ({"baseline": "text"} if key == "texts" else {}) | {key: value}
    with pytest.raises(ValueError, match=r"[a-z]{3,} [a-z]") as refused:
        next(attributing.attribute_each(request))
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize("request_", [None, [], "x", 5])
def test_a_request_that_is_no_object_is_refused(request_):
    with pytest.raises(ValueError, match="must be an object"):
        read_job(request_)
    with pytest.raises(ValueError, match="must be an object"):
        estimate(request_)


def last(request: dict) -> dict:
    *before, result = attributing.attribute_each(request)
    assert [one["done"] for one in [*before, result]] == list(range(len(request["methods"]) + 1))
    return json.loads(json.dumps(result, allow_nan=False))


def test_the_tracks_are_the_librarys_attributions():
    result, router = last(REQUEST), get_router("news")
    trace = router.trace("Oil up", "Prices rose", "threshold", 0.5)
    assert [(track["method"], track["target"]) for track in result["tracks"]] == [
        ("exact", "prediction:Business"),  # it serves no gates
        ("input_x_gradient", "prediction:Business"),
        ("input_x_gradient", "gate"),
    ]
    for track in result["tracks"]:
        expected = router.attribute(trace, track["target"], track["method"])
        np.testing.assert_allclose(track["scores"], expected.scores, rtol=1e-5, atol=1e-7)
        np.testing.assert_allclose(track["contextScores"], expected.context_scores, rtol=1e-5, atol=1e-7)


def test_a_method_that_fails_says_why_and_the_others_go_on():
    methods = {"integrated_gradients": {"n_steps": 5_000}, "bogus": {}, "exact": {}, "saliency": {"colour": 1}}
    result = last(REQUEST | {"methods": methods})
    assert [track["method"] for track in result["tracks"]] == ["exact"]
    assert "1 to 1,000" in result["errors"]["integrated_gradients"]
    assert "choose one of" in result["errors"]["bogus"]
    assert "no parameter 'colour'" in result["errors"]["saliency"]


def test_what_would_take_too_long_is_refused_with_the_limit():
    request = REQUEST | {"x": "word " * 400, "h": "other " * 400, "methods": {"shapley_sampling": {"n_samples": 1000}}}
    message = last(request)["errors"]["shapley_sampling"]
    assert f"at most {attributing.MAX_TOKENS:,}" in message
    assert "fewer samples" in message


def test_a_gate_only_request_is_reported_that_exact_serves_scores():
    result = last(REQUEST | {"targets": ["gate:1"], "methods": {"exact": {}}})
    assert "scores only" in result["errors"]["exact"]


def test_the_same_content_is_computed_once_and_theta_alone_changes_nothing(monkeypatch):
    monkeypatch.setattr(models, "ATTRIBUTIONS", SingleFlightCache())
    made, original = [], models._attribute
    monkeypatch.setattr(models, "_attribute", lambda *given: made.append(1) or original(*given))
    request = REQUEST | {"methods": {"input_x_gradient": {}}, "overrides": [[0, "merged"], [1, "direct"]]}
    first, second = last(request), last(request | {"threshold": 0.9})
    assert made == [1]
    assert first["tracks"] == second["tracks"]
    last(request | {"overrides": [[0, "direct"], [1, "direct"]]})
    assert made == [1, 1]


def test_a_visitor_who_cancels_does_not_take_the_result_from_another(monkeypatch):
    monkeypatch.setattr(models, "ATTRIBUTIONS", SingleFlightCache())
    begun, go_on, tries = threading.Event(), threading.Event(), []

    def attribute(trace, targets, method, parameters):
        tries.append(1)
        if len(tries) == 1:
            begun.set()
            assert go_on.wait(30)
            raise Cancelled  # the first visitor has gone
        return ()

    monkeypatch.setattr(models, "_attribute", attribute)
    job, found = read_job(REQUEST), []

    def first():
        def stop(_):
            raise Cancelled

        with progress_reported_to(stop), pytest.raises(Cancelled):
            attributing.attribute_by(job, "input_x_gradient")

    def second():
        found.append(attributing.attribute_by(job, "input_x_gradient"))

    threads = [threading.Thread(target=first)]
    threads[0].start()
    assert begun.wait(30)
    threads.append(threading.Thread(target=second))
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert found == [[]]


def test_estimates_are_those_of_the_table():
    methods = {name: {} for name in METHODS}
    sides = [["Oil up", 2, True], ["", 64, False]]
    told = estimate({"granularity": "token", "sides": sides, "methods": methods})
    found = told["methods"]
    for name, method in METHODS.items():
        forward, backward = method.passes(66, method.check({}))
        assert found[name] == [forward, backward, (forward + 2 * backward) * 66 / GUESS]
    assert found["exact"][2] == 0
    assert told["measuring"]["shared"] > told["measuring"]["each"] > 0
    assert not told["measured"]
    wrong = {"lime": {"n_samples": 1}}
    refused = estimate({"granularity": "token", "sides": [], "methods": wrong})["methods"]["lime"]
    assert "from 3 to 5,000" in refused


def test_times_are_those_of_the_runs_so_far(monkeypatch):
    paces = Paces()
    monkeypatch.setattr(attributing, "PACES", paces)
    request = {"checkpoint": "hand", "granularity": "token", "sides": [["Oil up", 2, True], ["", 64, False]]}
    request["methods"] = {"feature_ablation": {}, "lime": {}}
    guessed = estimate(request)
    paces.note("hand", "feature_ablation", 2 * GUESS, 1.0)  # twice as fast as guessed
    paces.note("hand", "lime", GUESS, 0.001)  # too short to tell
    paces.note("other", "lime", GUESS, 100.0)
    known = estimate(request)
    assert (guessed["measured"], known["measured"]) == (False, True)
    for name in request["methods"]:  # what has not run is as fast as what has
        assert known["methods"][name][2] == guessed["methods"][name][2] / 2
    assert known["measuring"]["each"] == guessed["measuring"]["each"] / 2
    paces.note("hand", "lime", GUESS / 2, 1.0)
    slower = estimate(request)
    assert slower["methods"]["feature_ablation"] == known["methods"]["feature_ablation"]
    assert slower["methods"]["lime"][2] == 2 * guessed["methods"]["lime"][2]
    assert slower["measuring"]["shared"] == 2 * guessed["measuring"]["shared"]  # nothing is promised too early


def test_a_run_tells_how_fast_the_model_is(monkeypatch):
    paces = Paces()
    monkeypatch.setattr(attributing, "PACES", paces)
    monkeypatch.setattr(pace, "SHORTEST", 0.0)
    job = attributing.read_job(REQUEST | {"methods": {"feature_ablation": {}}})
    (first, *_) = attributing.attribute_by(job, "feature_ablation")
    forward, backward = first.passes
    expected = (forward + 2 * backward) * job.tokens / first.seconds
    assert paces.of(job.request.checkpoint, "feature_ablation") == pytest.approx(expected)


def test_an_estimate_refuses_what_a_run_would_refuse():
    sides = [["word " * 400, 400, True], ["other " * 400, 400, True]]
    methods = {"shapley_sampling": {"n_samples": 1000}, "integrated_gradients": {}}
    found = estimate({"granularity": "token", "sides": sides, "methods": methods})["methods"]
    assert "Take fewer samples" in found["shapley_sampling"]
    assert found["integrated_gradients"][2] > 0  # it adapts


def test_words_and_sentences_are_fewer_units():
    sides = [["Oil prices slipped. Nobody knew.", 9, True], ["", 64, False]]
    counts = [
        estimate({"granularity": unit, "sides": sides, "methods": {"feature_ablation": {}}})["methods"][
            "feature_ablation"
        ][0]
        for unit in ("token", "word", "sentence")
    ]
    assert counts == [9 + 64 + 1, 7 + 64 + 1, 2 + 64 + 1]


def test_faithfulness_reports_its_progress_and_ends_with_the_records():
    request = REQUEST | {"methods": {"exact": {}, "saliency": {}}}
    *progress, result = attributing.measure_each(request)
    done = [one["done"] for one in progress]
    assert done == sorted(done)
    assert len({*done}) > 2
    titles = [METHODS[name].title for name in request["methods"]]
    assert {int(one["done"]) for one in progress if one["working"] == titles[1]} == {1}  # never a third of two
    told = [(record["method"], record["target"]) for record in json.loads(json.dumps(result))["records"]]
    assert told == [("exact", "prediction:Business"), ("saliency", "prediction:Business"), ("saliency", "gate")]
