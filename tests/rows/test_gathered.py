"""Traces put together: every decision as each of them alone."""

import numpy as np
import pytest
from factories.traces import changed, make_spans, make_trace, make_written

from dualroute.rows.answers import token_f1
from dualroute.rows.corpus import corpus_from_traces, without_context_tokens

DECISIONS = [("threshold", 0.3), ("threshold", 0.7), ("direct", 0.5), ("merged", 0.5), ("soft", 0.5)]
TRACES = [make_trace(tokens=t, seed=t) for t in (3, 1, 6)] + [make_trace(tokens=4, context=0, seed=9)]
TRACES = [changed(trace, bias=TRACES[0].bias) for trace in TRACES]
SPANS = [changed(make_spans(tokens=t, seed=t), bias=make_spans().bias) for t in (5, 12)]


@pytest.mark.parametrize("slim", [False, True])
@pytest.mark.parametrize(("policy", "theta"), DECISIONS)
def test_rows_are_their_traces(policy, theta, slim):
    traces = [without_context_tokens(trace) for trace in TRACES] if slim else TRACES
    corpus = corpus_from_traces(traces, ["A", "B", "C", "A"])
    expected = [trace.replay(policy, theta).logits for trace in TRACES]
    np.testing.assert_allclose(corpus.logits(policy, theta), expected, rtol=1e-6, atol=1e-6)
    assert (corpus.labels.tolist(), corpus.has_context.tolist()) == ([0, 1, 2, 0], [True, True, True, False])


@pytest.mark.parametrize(("policy", "theta"), DECISIONS)
def test_answers_are_their_traces(policy, theta):
    right = ["word2 word3", "word1"]
    corpus = corpus_from_traces(SPANS, right)
    scores = corpus.score(*corpus.decision(policy, theta))
    said = [trace.replay(policy, theta).label for trace in SPANS]
    np.testing.assert_allclose(scores, [token_f1(*pair) for pair in zip(said, right, strict=True)])


def test_a_trace_without_its_context_tokens_is_smaller_and_says_the_same():
    slim = without_context_tokens(TRACES[2])
    assert slim.context_contributions.shape == (6, 1, 3)
    np.testing.assert_allclose(slim.replay("merged").logits, TRACES[2].replay("merged").logits, rtol=1e-6)
    assert without_context_tokens(TRACES[3]) is TRACES[3]


@pytest.mark.parametrize(
    ("traces", "right", "said"),
    [
        ([], [], "no row"),
        (TRACES[:1], ["Z"], "'Z' is no label"),
        ([make_written()], ["a"], "written texts"),
        ([TRACES[0], changed(TRACES[1], spec=dict(revision="9"))], ["A", "A"], "different"),
    ],
)
def test_what_does_not_belong_together_is_refused(traces, right, said):
    with pytest.raises(ValueError, match=said):
        corpus_from_traces(traces, right)


@pytest.mark.parametrize("right", [[], ["A"]])
def test_every_row_needs_its_right_answer(right):
    with pytest.raises(ValueError, match=rf"{len(right)} right answers do not fit {len(TRACES)} traces"):
        corpus_from_traces(TRACES, right)
