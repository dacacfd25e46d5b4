"""The effect of flipping a word, against replays that are written out."""

import numpy as np
import pytest
from factories.traces import changed, make_spans, make_trace, make_written

from dualroute.compare.word_flips import word_flips
from dualroute.trace.decision import Decision


def test_every_word_is_flipped_by_itself():
    trace = make_trace(tokens=6, context=3, seed=1)
    before = trace.replay(threshold=0.4)
    for t, flip in enumerate(word_flips(trace, Decision("threshold", 0.4))):
        other = "direct" if before.rho[t] else "merged"
        after = trace.replay(threshold=0.4, overrides={t: other})
        assert (flip.tokens, flip.reads) == (range(t, t + 1), bool(before.rho[t]))
        assert flip.effect == pytest.approx(after.probs[before.label_index] - before.probability)
        assert flip.outcome.label == after.label


def test_the_pieces_of_a_word_go_together_and_read_if_one_does():
    trace = changed(make_trace(tokens=4, context=2, seed=3), tokens=("run", "##ning", "is", "fun"), offsets=())
    gates = np.sort(trace.gates[:2])
    theta = float(gates.mean())  # one of the two pieces reads
    word = word_flips(trace, Decision("threshold", theta))[0]
    after = trace.replay(threshold=theta, overrides={0: "direct", 1: "direct"})
    assert (word.text, word.tokens, word.reads) == ("running", range(2), True)
    np.testing.assert_allclose(word.outcome.logits, after.logits)


def test_under_soft_every_word_goes_direct():
    trace = make_trace(tokens=4, context=2, seed=4)
    for t, flip in enumerate(word_flips(trace, Decision("soft"))):
        np.testing.assert_allclose(flip.outcome.logits, trace.replay(policy="soft", overrides={t: "direct"}).logits)


def test_flips_by_hand_stay():
    trace = make_trace(tokens=4, context=2, seed=5)
    decision = Decision("threshold", 0.5, {0: "merged"})
    flips = word_flips(trace, decision)
    assert flips[0].reads
    assert flips[2].outcome.overrides[0] == "merged"


def test_three_flows_take_the_last_one():
    trace = make_trace(tokens=4, context=2, flows=("direct", "context", "merged"), seed=2)
    flips = word_flips(trace, Decision("direct"))
    assert [flip.outcome.flows_taken[t] for t, flip in enumerate(flips)] == ["merged"] * 4


def test_of_a_span_it_is_the_shown_one():
    trace = make_spans(tokens=8, context=3, seed=3)
    before = trace.replay()
    for t, flip in enumerate(word_flips(trace)):
        after = trace.replay(overrides={t: "direct" if before.rho[t] else "merged"})
        i, j = before.span
        scores = after.logits[:, 0, None] + after.logits[None, :, 1]
        longest = trace.answer.longest
        allowed = [scores[a, b] for a in range(8) for b in range(a, min(8, a + longest))]
        expected = np.exp(scores[i, j] - np.log(np.exp(allowed).sum())) - before.probability
        assert flip.effect == pytest.approx(expected)


def test_nothing_to_read_changes_nothing():
    assert [flip.effect for flip in word_flips(make_trace(context=0, seed=2))] == pytest.approx([0] * 5)


def test_a_written_text_has_none():
    with pytest.raises(ValueError, match="rerun"):
        word_flips(make_written())


def test_hand_computed():
    """Two tokens, classes A and B: D = (1, 0), (0, 0); K = (0, 2), (0, 0); gates 0.9, 0.1; θ = 0.5."""
    gates = np.array([[[0.1, 0.9], [0.9, 0.1]]], np.float32)  # (L,T,R)
    direct, context = np.array([[1, 0], [0, 0]], np.float32), np.array([[[0, 2]], [[0, 0]]], np.float32)
    sums = {"direct_contributions": direct, "context_contributions": context, "bias": np.zeros(2, np.float32)}
    trace = changed(make_trace(tokens=2, context=1, classes=2), flow_gates=gates, **sums)
    first, second = word_flips(trace, Decision("threshold", 0.5))
    before, after = 1 / (1 + np.exp(-1)), 1 / (1 + np.exp(1))  # of B: logits (1, 2), then (1, 0)
    assert first.effect == pytest.approx(after - before)
    assert second.effect == pytest.approx(0)
