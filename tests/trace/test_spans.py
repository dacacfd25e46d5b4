"""The rule by which scores become an answer: by hand, and against all spans one by one."""

import numpy as np
import pytest
from factories.by_hand import span_trace

from dualroute.trace.replay import replay
from dualroute.trace.spans import best_span, best_spans, span_scores, span_text


def one_by_one(scores, longest):
    """The rule as it is written."""
    best = (0, 0)
    for i in range(len(scores)):
        for j in range(i, min(i + longest, len(scores))):
            if scores[i, 0] + scores[j, 1] > scores[best[0], 0] + scores[best[1], 1]:
                best = (i, j)
    return best


@pytest.mark.parametrize("longest", [1, 2, 5, 30])
def test_the_best_span_is_the_best_of_all(longest):
    draw = np.random.default_rng(longest)
    for length in (1, 2, 7, 20):
        scores = draw.integers(-3, 3, size=(length, 2)).astype(float)  # integers: many ties
        assert best_span(scores, longest) == one_by_one(scores, longest)


def test_by_hand():
    scores = np.array([[0.0, 5.0], [2.0, 0.0], [1.0, 1.0], [0.0, 4.0]])
    assert best_span(scores, 3) == (1, 3)  # 2 + 4; the largest start and the largest end do not stand in order
    assert best_span(scores, 2) == (0, 0)  # 0 + 5; (2, 3) gives 5 too, and stands later
    assert best_span(scores, 1) == (0, 0)


def test_a_span_never_leaves_its_row():
    rows = [np.array([[3.0, 0.0], [0.0, 1.0]]), np.array([[0.0, 9.0], [1.0, 0.0], [0.0, 2.0]])]
    scores = np.concatenate(rows)
    first, last = best_spans(scores, np.array([2, 2, 5, 5, 5]), 30)
    assert first.tolist() == [0, 1, 2, 3, 4]
    assert last.tolist() == [1, 1, 2, 4, 4]


def test_scores_of_all_spans():
    scores = np.array([[1.0, 10.0], [2.0, 20.0], [3.0, 30.0]])
    none = -np.inf
    assert span_scores(scores, 2).tolist() == [[11.0, 21.0, none], [none, 22.0, 32.0], [none, none, 33.0]]


def test_the_answer_is_cut_from_the_text():
    assert span_text("rain fell sharply", ((0, 4), (5, 9), (10, 17)), (1, 2)) == "fell sharply"


def test_replay_of_a_span_by_hand():
    trace = span_trace(
        direct=[[2, 0], [0, 1], [0, 0]],
        context=[[[0, 0]], [[3, 0]], [[1, 4]]],
        gates=[0.1, 0.4, 0.9],
        bias=(0.5, -0.5),
    )
    outcome = trace.replay()  # the last token reads
    assert outcome.logits.tolist() == [[2.5, -0.5], [0.5, 0.5], [1.5, 3.5]]
    assert (outcome.span, outcome.label, outcome.label_index) == ((2, 2), "sharply", None)
    weights = np.exp([2.0, 3.0, 1.0, 4.0, 5.0])  # (0,0), (0,1), (1,1), (1,2), (2,2): no span of three tokens
    assert outcome.probability == pytest.approx(weights[-1] / weights.sum())
    assert outcome.probs.sum(0) == pytest.approx([1, 1])
    assert not outcome.tie

    flipped = trace.replay(overrides={1: "merged", 2: "direct"})
    assert flipped.logits.tolist() == [[2.5, -0.5], [3.5, 0.5], [0.5, -0.5]]
    assert (flipped.span, flipped.label) == ((1, 1), "fell")
    assert trace.replay("direct").span == (0, 1)


def test_two_equal_spans_are_a_tie_and_the_first_is_taken():
    trace = span_trace(direct=[[1, 1], [1, 1]], context=np.zeros((2, 1, 2)), gates=[0.1, 0.1])
    outcome = trace.replay()
    assert outcome.tie
    assert outcome.span == (0, 0)


def test_a_span_of_one_token_alone():
    outcome = replay(span_trace(direct=[[1, 1]], context=np.zeros((1, 0, 2)), gates=[0.9]))
    assert (outcome.span, outcome.label, outcome.probability, outcome.tie) == ((0, 0), "rain", 1.0, False)
