"""The record: what it keeps, how it travels, how its outcome is replayed."""

import json
from dataclasses import replace

import numpy as np
import pytest
from factories.traces import changed, make_trace

from dualroute.trace.record import Trace

X, H = "the striker scored twice", "a report of the market say shares fell sharply"


@pytest.fixture(scope="module")
def trace(tiny_router) -> Trace:
    return tiny_router.trace(X, H, policy="threshold", threshold=0.4)


def same(a: Trace, b: Trace) -> bool:
    return a.to_json() == b.to_json()


def test_shapes_and_words(trace):
    assert trace.tokens == tuple(X.split())
    assert trace.context_tokens == tuple(H.split())
    assert trace.gates.shape == (4,)
    assert trace.direct_contributions.shape == (4, 3)
    assert trace.context_contributions.shape == (4, 9, 3)
    assert trace.labels == ("World", "Sports", "Business")
    assert (trace.spec.policy, trace.spec.threshold) == ("threshold", 0.4)


@pytest.mark.parametrize("policy", ["soft", "threshold", "weighted_threshold", "select", "direct", "merged"])
@pytest.mark.parametrize("overrides", [{}, {3: "direct", 0: "merged"}])
def test_replay_equals_the_model(tiny_router, trace, policy, overrides):
    replayed = trace.replay(policy, 0.45, overrides)
    run = tiny_router.trace(X, H, policy, 0.45, overrides)
    np.testing.assert_allclose(replayed.logits, run.logits, rtol=1e-5, atol=1e-5 * np.abs(run.logits).max())
    np.testing.assert_allclose(replayed.probs, run.probs, rtol=1e-4)
    assert replayed.label == run.labels[int(run.logits.argmax())]


def test_replay_by_default_is_the_trace_itself(tiny_router):
    trace = tiny_router.trace(X, H, "soft", overrides={1: "merged"})
    np.testing.assert_allclose(trace.replay().logits, trace.logits, rtol=1e-5)
    assert trace.replay().overrides == {1: "merged"}
    assert trace.replay(overrides={}).rho[1] == pytest.approx(trace.gates[1])


def test_replay_changes_nothing_in_the_trace(trace):
    before = trace.to_json()
    trace.replay("merged", overrides={0: "direct"})
    assert trace.to_json() == before


def test_json_brings_the_same_record_back(trace):
    assert same(Trace.from_json(trace.to_json()), trace)
    assert json.loads(trace.to_json())["inputs"][0]["tokens"] == list(trace.tokens)


def test_json_of_an_empty_context(tiny_router):
    trace = tiny_router.trace(X, None)
    again = Trace.from_json(trace.to_json())
    assert same(again, trace)
    assert (again.context, again.context_contributions) == (None, None)
    assert again.read_contributions.shape == (4, 3)


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": true}', '{"schema": 1, "x": "a"}', '{"schema": 2}'])
def test_what_is_no_trace_says_so(text):
    with pytest.raises(ValueError, match="not a trace"):
        Trace.from_json(text)


def test_a_trace_of_a_newer_version_is_refused_in_words():
    with pytest.raises(ValueError, match=r"a trace of schema 3 was written by a newer version .* update dualroute"):
        Trace.from_json('{"schema": 3}')


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"spec": {"task": "news"}}, "checkpoint, revision, backbone, router, granularity missing in the spec"),
        ({"spec": 3}, "spec must be an object with names, not 3"),
        ({"inputs": 1}, "inputs must be a list, not 1"),
        ({"inputs": [{"name": "x"}]}, "text, tokens, offsets missing in an input"),
        ({"routing": {"layers": 3}}, "segment, routes, weights, chosen_by missing in the routing"),
        ({"answer": {"kind": "poem"}}, "unknown kind of answer 'poem'"),
        ({"answer": 1}, "answer must be an object"),
        ({"ledger": {"kind": "sum_of_logits", "direct": "none"}}, "context, bias, pooling missing in the ledger"),
        ({"notes": "cut"}, "notes must be a list, not 'cut'"),
        ({"notes": [3]}, "each of notes must be text, not 3"),
    ],
)
def test_a_trace_with_a_damaged_part_says_so(trace, damage, message):
    with pytest.raises(ValueError, match=f"^not a trace: .*{message}"):
        Trace.from_dict(json.loads(trace.to_json()) | damage)


def test_frame(trace):
    frame = trace.to_frame()
    outcome = trace.replay()
    assert list(frame.token) == list(trace.tokens)
    assert frame.contribution.sum() + trace.bias[outcome.label_index] == pytest.approx(outcome.logits.max(), rel=1e-5)
    assert list(frame.flow) == list(outcome.flows_taken)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"policy": "maybe"}, "unknown policy"),
        ({"threshold": 1.5}, r"\[0, 1\]"),
        ({"overrides": {9: "direct"}}, "numbered 0 to 3"),
        ({"overrides": {-1: "direct"}}, "a place is a token's index"),
        ({"overrides": {0: "sideways"}}, "direct, merged"),
    ],
)
def test_bad_decisions_are_reported(tiny_router, trace, arguments, message):
    with pytest.raises(ValueError, match=message):
        trace.replay(**arguments)
    with pytest.raises(ValueError, match=message):
        tiny_router.trace(X, H, **arguments)


def test_wrong_shapes_are_refused(trace):
    with pytest.raises(ValueError, match="pooling"):
        replace(trace, ledger=replace(trace.ledger, pooling=np.zeros(7, np.float32)))
    with pytest.raises(ValueError, match="weights"):
        replace(trace, routing=replace(trace.routing, weights=np.zeros((2, 4, 2), np.float32)))
    with pytest.raises(ValueError, match="attention"):
        replace(trace, context=replace(trace.context, attention=np.zeros((4, 1), np.float32)))


def test_a_trace_of_another_model_is_not_attributed(tiny_router, trace):
    from dualroute.api import DualRouter

    with pytest.raises(ValueError, match="revision"):
        DualRouter(tiny_router.model, revision="other").attribute(trace)


def test_of_three_flows_a_gate_is_the_chance_of_both_that_read():
    trace = make_trace(flows=("direct", "context", "merged"))
    np.testing.assert_allclose(trace.gates, 1 - trace.flow_gates[-1, :, 0], rtol=1e-6)


def test_gates_of_another_number_of_flows_are_refused():
    trace = make_trace()
    with pytest.raises(ValueError, match=r"flow_gates has shape .*, expected \(L, \d+, 2\)"):
        changed(trace, flow_gates=trace.flow_gates[..., :1])
