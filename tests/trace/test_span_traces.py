"""Spans from a model: trace and replay say the same, and attributions add up to the answer's score."""

import numpy as np
import pytest
from factories.tiny import make_model
from rich.console import Console

from dualroute.api import DualRouter
from dualroute.cli.trace import print_trace
from dualroute.trace.record import Trace

X = "the striker scored twice say peace talks"
H = "market shares fell"


@pytest.fixture(scope="module", params=[0, 1], ids=["frozen", "tuned"])
def router(request):
    ends = {"id2label": {0: "start", 1: "end"}, "label2id": {"start": 0, "end": 1}}
    model = make_model(readout="span", reader="bilinear", tuned_layers=request.param, max_answer_length=3, **ends)
    if request.param:
        model.encoder.tuned.up.data.normal_(std=0.1)
    return DualRouter(model, "tiny")


@pytest.fixture(scope="module")
def trace(router):
    return router.trace(X, H, policy="threshold", threshold=0.5)


@pytest.mark.parametrize(("policy", "overrides"), [("soft", {}), ("threshold", {}), ("merged", {0: "direct"})])
def test_replay_gives_the_models_scores(router, trace, policy, overrides):
    made = router.trace(X, H, policy=policy, threshold=0.5, overrides=overrides)
    outcome = trace.replay(policy, 0.5, overrides)
    np.testing.assert_allclose(outcome.logits, made.logits, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(outcome.probs, made.probs, rtol=1e-5, atol=1e-5)
    assert outcome.span == made.replay().span


def test_the_answer_stands_in_the_passage(trace):
    outcome = trace.replay()
    first, last = outcome.span
    assert outcome.label == " ".join(X.split()[first : last + 1])
    assert 0 < outcome.probability <= 1


def test_a_trace_of_a_span_survives_json(trace):
    again = Trace.from_json(trace.to_json())
    assert again.replay().span == trace.replay().span
    assert again.offsets == trace.offsets
    np.testing.assert_array_equal(again.logits, trace.logits)


def test_the_frame_tells_both_ends(trace):
    frame, outcome = trace.to_frame(), trace.replay()
    first, last = outcome.span
    assert frame["answer"].tolist() == [first <= t <= last for t in range(len(trace.tokens))]
    score = frame["start_contribution"][first] + frame["end_contribution"][last] + trace.bias.sum()
    assert score == pytest.approx(outcome.logits[first, 0] + outcome.logits[last, 1], rel=1e-5)


def test_attributions_explain_the_score_of_the_answer(router, trace):
    prediction, gate = router.attribute_many(trace)
    outcome = trace.replay()
    first, last = outcome.span
    assert prediction.label == outcome.label
    assert prediction.value == pytest.approx(outcome.logits[first, 0] + outcome.logits[last, 1], rel=1e-4)
    assert abs(prediction.convergence_delta) <= 0.01 * max(1.0, abs(prediction.value - prediction.baseline_value))
    assert gate.value == pytest.approx(trace.gates.mean(), rel=1e-4)
    assert gate.label == ""


def test_a_span_is_no_class(router, trace):
    with pytest.raises(ValueError, match="no token 'start'"):
        router.attribute(trace, "prediction:start")


def test_the_terminal_shows_answers(trace):
    console = Console(record=True, width=160)
    print_trace(trace, console)
    shown = console.export_text()
    assert trace.replay().label in shown
    assert "read → start" in shown
    assert "itself → end" in shown
