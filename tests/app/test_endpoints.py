"""What programs ask for: the library's numbers for decisions, views, methods and rows; errors in words."""

import json

import gradio as gr
import numpy as np
import pytest

from dualroute.app.endpoints import attribute, compare, evaluate, replay, trace
from dualroute.app.models import get_router
from dualroute.compare.views import Comparison, View

X, H = "Bank shares jump", "Lenders reported higher profits for the quarter."
DECISIONS = [
    {},
    {"policy": "soft"},
    {"threshold": 0.1},
    {"policy": "direct", "overrides": {"1": "merged"}},
    {"policy": "merged", "ignored": [0, 3]},
]
ROWS = [
    {"x": "Bank shares jump", "h": "Lenders reported higher profits.", "label": "Business"},
    {"x": "Striker scores twice", "h": "", "label": "Sports"},
    {"x": "Rain again", "label": "World"},
]


@pytest.fixture(scope="module")
def made():
    return get_router("news").trace(X, H)


def test_many_decisions_in_one_call(made):
    found = json.loads(replay("news", X, H, json.dumps(DECISIONS)))
    assert len(found) == len(DECISIONS)
    for record, decision in zip(found, DECISIONS, strict=True):
        flips = {int(token): flow for token, flow in decision.get("overrides", {}).items()}
        ignored = decision.get("ignored", ())
        expected = made.replay(decision.get("policy"), decision.get("threshold"), flips or None, ignored)
        np.testing.assert_allclose(list(record["logits"].values()), expected.logits, rtol=1e-9)
        assert record["answer"] == expected.label
        assert record["flows"] == list(expected.flows_taken)
        assert record["probability"] == pytest.approx(expected.probability)


def test_a_span_is_named_by_its_ends():
    x, h = "The castle was built in 1284 by a mason.", "When was it built?"
    (record,) = json.loads(replay("question-answering", x, h))
    expected = get_router("question-answering").trace(x, h).replay()
    assert (tuple(record["span"]), record["answer"]) == (expected.span, expected.label)
    assert "logits" not in record


def test_a_comparison_has_the_librarys_sentence_and_numbers(made):
    found = json.loads(compare("news", X, H, threshold=0.1, other='{"policy": "direct"}'))
    expected = Comparison(View(made, threshold=0.1), View(made, "direct", 0.1))
    assert found["sentence"] == expected.sentence
    assert found["answers"] == {name: pytest.approx(pair) for name, pair in expected.answers.items()}
    assert [row["rerouted"] for row in found["tokens"]] == expected.to_frame()["rerouted"].tolist()
    assert (found["a"]["policy"], found["b"]["policy"]) == ("threshold", "direct")


def test_another_input_keeps_no_flips_of_the_first(made):
    found = json.loads(compare("news", X, H, overrides='{"2": "merged"}', other='{"x": "Rain"}'))
    assert (found["a"]["overrides"], found["b"]["overrides"]) == ({"2": "merged"}, {})
    assert [row["gate_b"] is None for row in found["tokens"]] == [True] * 3 + [False]  # no word is in both texts


def test_written_texts_compare_by_their_route():
    found = json.loads(compare("headlines", "Oil prices fell on Tuesday.", other='{"policy": "direct"}'))
    assert isinstance(found["a"]["answer"], str)
    assert "logits" not in found["a"]


def test_several_methods_and_targets_at_once(made):
    found = json.loads(attribute("news", X, H, methods='{"input_x_gradient": {}, "exact": {}}'))
    kinds = [(one["method"], one["target"]) for one in found["attributions"]]
    assert kinds == [("input_x_gradient", "prediction"), ("input_x_gradient", "gate"), ("exact", "prediction")]
    expected = get_router("news").attribute(made, "prediction", "exact")
    np.testing.assert_allclose(found["attributions"][2]["scores"], expected.scores, rtol=1e-5, atol=1e-7)
    assert found["tokens"] == list(made.tokens)


def test_rows_are_measured_with_intervals():
    found = json.loads(evaluate("news", json.dumps(ROWS), "[0.2, 1]"))
    router = get_router("news")
    right = [router.trace(r["x"], r.get("h", "")).replay("direct").label == r["label"] for r in ROWS]
    assert found["direct"]["accuracy"] == pytest.approx(np.mean(right), abs=1e-6)
    assert [entry["theta"] for entry in found["thresholds"]] == [0.2, 1]
    low, high = found["merged"]["ci"]
    assert low <= found["merged"]["accuracy"] <= high
    assert (found["n"], found["metric"]) == (3, "accuracy")


def test_without_thresholds_the_checkpoints_own_is_taken():
    found = json.loads(evaluate("news", json.dumps(ROWS)))
    assert found["thresholds"][0]["theta"] == pytest.approx(get_router("news").model.config.threshold)


def test_what_is_left_empty_is_the_checkpoints_own(made):
    assert json.loads(trace("news", X, H))["spec"]["decision"]["threshold"] == made.spec.threshold


BAD = {
    "no decision": (replay, {"decisions": "[]"}, "1 to 1,000"),
    "too many decisions": (replay, {"decisions": json.dumps([{}] * 1001)}, "1 to 1,000"),
    "a decision that is none": (replay, {"decisions": "[{}, 3]"}, "Decision 1 must be an object"),
    "a mistyped name": (replay, {"decisions": '[{"treshold": 1}]'}, "no 'treshold'; it has policy"),
    "a threshold": (replay, {"decisions": '[{"threshold": 7}]'}, "Threshold of decision 0 must be"),
    "ignored that is no list": (replay, {"decisions": '[{"ignored": 3}]'}, "ignored of decision 0 must be a list"),
    "ignored outside the context": (replay, {"decisions": '[{"ignored": [99]}]'}, "Decision 0: token 99"),
    "no JSON": (replay, {"decisions": "[{"}, "not JSON"),
    "deep JSON": (replay, {"decisions": "[" * 100_000}, "not JSON"),
    "another kind": (replay, {"decisions": "{}"}, "must be a JSON list"),
    "nothing differs": (compare, {}, "say what differs"),
    "an unknown difference": (compare, {"other": '{"task": "news"}'}, "no 'task'"),
    "an unknown other": (compare, {"other": '{"checkpoint": "nope"}'}, "unknown task 'nope'"),
    "an unknown method": (attribute, {"methods": '{"magic": {}}'}, "unknown method 'magic'"),
    "an unknown target": (attribute, {"targets": '["everything"]'}, "everything"),
    "a parameter outside": (attribute, {"methods": '{"integrated_gradients": {"n_steps": 0}}'}, "from 1 to 1,000"),
    "a seed": (attribute, {"seed": -1}, "seed must be"),
}


@pytest.mark.parametrize(("endpoint", "arguments", "told"), BAD.values(), ids=BAD)
def test_an_error_says_what_is_wrong(endpoint, arguments, told):
    with pytest.raises(gr.Error, match=f"(?i){told}"):
        endpoint("news", X, H, **arguments)


@pytest.mark.parametrize(
    ("task", "rows", "thresholds", "told"),
    [
        ("news", [], [], "1 to 300"),
        ("news", [ROWS[0]] * 301, [], "1 to 300"),
        ("news", [3], [], "Row 1 must be an object"),
        ("news", [{"x": "a"}], [], "Row 1 has no label"),
        ("news", [ROWS[0], {"x": "a", "label": "Weather"}], [], "row 2 has the label 'Weather'"),
        ("news", [ROWS[0] | {"texts": 1}], [], "Row 1 has no 'texts'"),
        ("news", [ROWS[0] | {"h": {"a": 1}}], [], "h of row 1 must be a number, .* or text"),
        ("news", ROWS, [0.5] * 51, "at most 50"),
        ("news", ROWS, ["x"], "thresholds must be"),
        ("news", ROWS, [None], "thresholds must be"),
        ("nope", ROWS, [], "unknown task 'nope'"),
        ("headlines", ROWS, [], "writes its answer"),
        ("vqa-easy", ROWS, [], "is a picture"),
    ],
)
def test_rows_that_cannot_be_measured(task, rows, thresholds, told):
    with pytest.raises(gr.Error, match=f"(?i){told}"):
        evaluate(task, json.dumps(rows), json.dumps(thresholds))
