"""Effects of reading by hand, and by running every flip."""

from dataclasses import replace

import numpy as np
import pytest
from factories.corpora import make_corpus

from dualroute.evaluation.gate_use import POINT, SHARES, gate_agreement, gate_use, idle_gates, reading_effects
from dualroute.rows.corpus import Corpus
from dualroute.trace.outcome import softmax


def by_hand() -> Corpus:
    """One row, two tokens, two classes; reading turns the answer by the first token, and nothing by the second."""
    return Corpus(
        gates=np.array([[0.1, 0.9], [0.2, 0.8]]),
        starts=np.array([0]),
        has_context=np.array([True]),
        direct=np.zeros((2, 2)),
        read=np.array([[0.0, np.log(3)], [0.0, 0.0]]),
        bias=np.zeros(2),
        labels=np.array([1]),
    )


def test_effects_by_hand():
    corpus, both = by_hand(), np.ones(2)
    assert reading_effects(corpus, both, both, np.array([1])).tolist() == pytest.approx([0.75 - 0.5, 0])
    assert reading_effects(corpus, both, both, np.array([0])).tolist() == pytest.approx([0.5 - 0.75, 0])
    reads, idle = idle_gates(corpus, both, both)
    assert (reads.tolist(), idle.tolist()) == ([True, True], [False, True])
    use = gate_use(corpus, "threshold", 0.5)
    assert use["decision"]["idle"] == 0.5
    assert use["helped"] == 0.5
    assert use["auroc"] == 1


@pytest.mark.parametrize("flows", [2, 3])
def test_an_effect_is_the_difference_of_two_runs(flows):
    corpus = make_corpus(rows=12, flows=flows, seed=3)
    kappa, rho = corpus.decision("threshold" if flows == 2 else "select", 0.5)
    effects = reading_effects(corpus, kappa, rho, corpus.labels)
    for token in range(0, len(rho), 5):
        probs = []
        for weights in ((1.0, 1.0), (1.0, 0.0)):
            own, other = kappa.copy(), rho.copy()
            own[token], other[token] = weights
            row = corpus.row_of_token[token]
            probs.append(softmax(corpus.routed_logits(own, other)[row])[corpus.labels[row]])
        assert effects[token] == pytest.approx(probs[0] - probs[1], abs=1e-12)


def test_closed_gates_and_rows_without_context_are_not_idle():
    corpus = make_corpus(rows=20, seed=1)
    reads, idle = idle_gates(corpus, *corpus.decision("direct"))
    assert not reads.any()
    assert not idle.any()
    assert gate_use(corpus, "direct", 0.5)["decision"]["idle"] is None
    reads, _ = idle_gates(corpus, *corpus.decision("merged"))
    assert (reads == corpus.readable).all()


def test_the_shares_are_those_asked_for():
    corpus = make_corpus(rows=60, seed=2)
    use = gate_use(corpus, "threshold", 0.5)
    for asked, entry in zip(SHARES, use["at_shares"], strict=True):
        assert entry["share"] == pytest.approx(asked, abs=1 / corpus.readable.sum())
        assert entry["ci"][0] <= entry["idle"] <= entry["ci"][1]
    kappa, rho = corpus.decision("threshold", 0.5)
    reads, idle = idle_gates(corpus, kappa, rho)
    shown = corpus.routed_logits(kappa, rho).argmax(-1)
    small = np.abs(reading_effects(corpus, kappa, rho, shown)) < POINT
    assert use["decision"]["idle"] == pytest.approx((small & reads).sum() / reads.sum(), abs=1e-6)
    assert (idle == (small & reads)).all()


def test_agreement_by_hand():
    """Ten tokens of one row: the two widest gates of one router are tokens 8 and 9, of the other 9 and 0."""
    gates = np.arange(10) / 10
    corpus = make_corpus(rows=10, seed=4)
    one = replace(corpus, gates=np.stack([1 - gates, gates], -1), starts=np.array([0]), has_context=np.array([True]))
    moved = gates.copy()
    moved[0] = 1.0
    other = replace(one, gates=np.stack([1 - moved, moved], -1))
    agreed = gate_agreement(one, other)
    assert agreed["overlap"] == 0.5
    assert agreed["ci"] == [0.5, 0.5]
    # Ranks 1..10 against 10, 1..9: Spearman's 1 − 6 Σd² / (n (n² − 1)) with Σd² = 9² + 9 · 1²
    assert agreed["correlation"] == pytest.approx(1 - 6 * (81 + 9) / 990, abs=1e-6)
    assert gate_agreement(one, one)["overlap"] == gate_agreement(one, one)["correlation"] == 1


def test_agreement_needs_the_same_tokens():
    with pytest.raises(ValueError, match="on the same tokens"):
        gate_agreement(make_corpus(rows=5, seed=1), make_corpus(rows=6, seed=1))
