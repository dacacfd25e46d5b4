"""Properties that hold for every trace, decision and span, on inputs that hypothesis draws."""

import json

import numpy as np
from factories.traces import changed, make_spans, make_trace, with_own_answer
from hypothesis import given, settings
from hypothesis import strategies as st

from dualroute.trace.breakpoints import breakpoints
from dualroute.trace.decision import Ban, Decision, Drop, Route, Swap, overrides_to_text, read_overrides
from dualroute.trace.record import Trace
from dualroute.trace.spans import best_span, span_code, span_of, span_scores

FLOWS = {2: ("direct", "merged"), 3: ("direct", "context", "merged")}
sizes = st.tuples(st.integers(1, 7), st.integers(0, 5), st.integers(1, 4), st.integers(2, 3), st.integers(0, 99))
thresholds = st.floats(0, 1)
POLICIES = ("soft", "threshold", "weighted_threshold", "direct", "merged")
numbers = st.integers(0, 200)
rules = st.one_of(
    st.sampled_from(["direct", "merged", "expert 3"]).map(Route),
    st.builds(Swap, numbers, numbers),
    st.builds(Drop, numbers),
    st.builds(Ban, numbers),
)
overrides = st.dictionaries(st.tuples(st.integers(0, 60), st.integers(0, 5_000)), rules, max_size=6)
decisions = st.builds(
    Decision,
    policy=st.none() | st.sampled_from(["soft", "threshold", "merged"]),
    threshold=st.none() | thresholds,
    overrides=st.none() | overrides,
    ignored=st.lists(st.integers(0, 50), unique=True).map(tuple),
    top_k=st.none() | st.integers(1, 8),
    temperature=st.none() | st.floats(0.1, 4),
)


def trace_of(size) -> Trace:
    tokens, context, classes, flows, seed = size
    return make_trace(tokens, context, classes, FLOWS[flows], seed)


@st.composite
def traces_with_flips(draw):
    trace = trace_of(draw(sizes))
    places = st.dictionaries(st.integers(0, len(trace.tokens) - 1), st.sampled_from(trace.flows))
    return trace, draw(places)


@given(decisions)
def test_a_decision_comes_back_from_json(decision):
    assert Decision.from_dict(json.loads(json.dumps(decision.to_dict()))) == decision


@given(overrides)
def test_overrides_come_back_from_the_text_of_a_link(overrides):
    parts = overrides_to_text(overrides).split(",") if overrides else []
    assert read_overrides(part.split(":", 1) for part in parts) == overrides


@given(decisions, decisions)
def test_a_decision_laid_over_another_leaves_nothing_open_that_one_of_them_decides(first, second):
    laid = first.over(second)
    for name in ("policy", "threshold", "overrides", "top_k", "temperature"):
        mine, base = getattr(first, name), getattr(second, name)
        assert getattr(laid, name) == (base if mine is None else mine)
    assert laid.over(second) == laid


@given(sizes)
@settings(max_examples=40)
def test_a_trace_comes_back_from_json(size):
    trace = with_own_answer(trace_of(size))
    again = Trace.from_json(trace.to_json())
    assert again.to_json() == trace.to_json()
    assert again.replay(threshold=0.4).probs.tolist() == trace.replay(threshold=0.4).probs.tolist()


@given(
    traces_with_flips(), thresholds, st.sampled_from(["soft", "threshold", "weighted_threshold", "direct", "merged"])
)
@settings(max_examples=60)
def test_a_replay_is_the_sum_of_its_parts(drawn, theta, policy):
    trace, flips = drawn
    outcome = trace.replay(policy, theta, flips)
    parts = trace.ledger.contributions(outcome).sum(0)
    np.testing.assert_allclose(outcome.logits, trace.bias + parts, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(outcome.weights.sum(-1), 1, rtol=1e-6)  # gates are float32
    assert ((outcome.kappa >= 0) & (outcome.kappa <= 1 + 1e-6)).all()
    for token, flow in flips.items():
        assert outcome.flows_taken[token] == flow


@given(traces_with_flips(), thresholds)
@settings(max_examples=60)
def test_flipping_every_token_is_the_flow_alone(drawn, theta):
    trace, _ = drawn
    for flow in ("direct", "merged"):
        flipped = trace.replay("threshold", theta, dict.fromkeys(range(len(trace.tokens)), flow))
        np.testing.assert_allclose(flipped.logits, trace.replay(flow, overrides={}).logits, rtol=1e-12)


@given(sizes, thresholds)
@settings(max_examples=60)
def test_reading_nothing_is_the_direct_flow(size, theta):
    trace = trace_of(size)
    unread = trace.replay("merged", ignored=range(len(trace.context_tokens)))
    np.testing.assert_allclose(unread.logits, trace.replay("direct", overrides={}).logits, rtol=1e-9, atol=1e-9)
    assert trace.replay("threshold", 1.0).rho.sum() == 0


@given(traces_with_flips(), thresholds)
@settings(max_examples=60)
def test_the_stretches_of_theta_say_what_a_replay_says(drawn, theta):
    trace, flips = drawn
    stretch = breakpoints(trace, overrides=flips).at(theta)
    outcome = trace.replay("threshold", theta, flips)
    np.testing.assert_array_equal(stretch.outcome.weights, outcome.weights)
    assert stretch.answer == outcome.answer


@given(st.integers(1, 9), st.integers(1, 12), st.integers(0, 99))
@settings(max_examples=80)
def test_the_best_span_has_the_largest_score(tokens, longest, seed):
    scores = np.random.default_rng(seed).integers(-3, 4, (tokens, 2)).astype(float)
    first, last = best_span(scores, longest)
    assert 0 <= first <= last < min(tokens, first + longest)
    assert scores[first, 0] + scores[last, 1] == span_scores(scores, longest).max()
    assert span_of(span_code(first, last)) == (first, last)


@given(st.integers(2, 9), st.integers(0, 99), thresholds)
@settings(max_examples=40)
def test_the_probability_of_a_span_is_its_share_among_all_allowed_ones(tokens, seed, theta):
    trace = make_spans(tokens=tokens, seed=seed, longest=3)
    outcome = trace.replay("threshold", theta)
    exponents = np.exp(span_scores(outcome.logits, 3))
    np.testing.assert_allclose(outcome.probability, exponents.max() / exponents.sum(), rtol=1e-9)


@given(sizes, st.floats(-3, 3))
@settings(max_examples=40)
def test_what_lifts_all_classes_alike_changes_no_probability(size, lift):
    trace = trace_of(size)
    lifted = changed(trace, bias=trace.bias + np.float32(lift))
    np.testing.assert_allclose(lifted.replay("soft").probs, trace.replay("soft").probs, rtol=1e-4)
