"""ReferenceAnswers over a data set: the same spans as replaying each row's trace, for every decision."""

import numpy as np
import pytest
from factories.by_hand import SPAN_SPEC, span_trace

from dualroute.rows.answers import ReferenceAnswers
from dualroute.rows.corpus import SpanCorpus

LENGTHS = (3, 1, 4)
BIAS = (0.25, -0.5)


@pytest.fixture
def traces():
    draw = np.random.default_rng(3)
    return [
        span_trace(
            direct=draw.normal(size=(length, 2)),
            context=2 * draw.normal(size=(length, 2, 2)),
            gates=draw.uniform(size=length),
            bias=BIAS,
        )
        for length in LENGTHS
    ]


@pytest.fixture
def corpus(traces):
    answers = np.empty(len(traces), dtype=object)
    answers[:] = [ReferenceAnswers(trace.x, trace.offsets, ("fell",)) for trace in traces]
    return SpanCorpus(
        gates=np.concatenate([trace.flow_gates[0] for trace in traces]).astype(float),
        starts=np.array([0, 3, 4]),
        has_context=np.array([True, True, True]),
        direct=np.concatenate([trace.direct_contributions for trace in traces]).astype(float),
        read=np.concatenate([trace.read_contributions for trace in traces]).astype(float),
        bias=np.array(BIAS),
        answers=answers,
        longest=SPAN_SPEC["max_answer_length"],
    )


@pytest.mark.parametrize(
    ("policy", "theta"), [("soft", 0.5), ("direct", 0.5), ("merged", 0.5), *(("threshold", t / 9) for t in range(10))]
)
def test_the_spans_are_those_of_the_traces(corpus, traces, policy, theta):
    first, last = corpus.spans(*corpus.decision(policy, theta))
    assert list(zip(first, last, strict=True)) == [trace.replay(policy, theta).span for trace in traces]


def test_equal_spans_give_the_first():
    answers = np.array([ReferenceAnswers("a b", ((0, 1), (2, 3)), ("b",))], dtype=object)
    gates = np.full((2, 2), 0.5)
    corpus = SpanCorpus(
        gates, np.array([0]), np.array([True]), np.ones((2, 2)), np.zeros((2, 2)), np.zeros(2), answers, 2
    )
    assert [part.tolist() for part in corpus.spans(np.ones(2), np.zeros(2))] == [[0], [0]]


def test_the_score_is_the_f1_of_each_rows_answer(corpus, traces):
    outcomes = [trace.replay("merged") for trace in traces]
    expected = [answers.grade(*outcome.span) for answers, outcome in zip(corpus.answers, outcomes, strict=True)]
    assert corpus.score(*corpus.decision("merged")).tolist() == expected


def test_a_subset_keeps_its_rows(corpus):
    chosen = np.array([True, False, True])
    part = corpus.subset(chosen)
    assert part.starts.tolist() == [0, 3]
    whole = corpus.score(*corpus.decision("soft"))
    assert part.score(*part.decision("soft")).tolist() == whole[chosen].tolist()
