"""A data set at any θ: the same numbers as scoring it anew, and what is made of them by hand."""

from dataclasses import replace

import numpy as np
import pytest
from factories.corpora import make_corpus, make_span_corpus
from sklearn.calibration import calibration_curve
from sklearn.metrics import roc_auc_score

from dualroute.rows import states
from dualroute.rows.corpus import Corpus
from dualroute.rows.states import threshold_states
from dualroute.rows.threshold_index import ThresholdIndex, halves
from dualroute.trace.outcome import softmax
from dualroute.trace.policies import reading_gate
from dualroute.trace.spans import span_of

CORPORA = {
    "two flows": make_corpus(),
    "three flows": make_corpus(flows=3, seed=1),
    "equal gates": make_corpus(seed=2, coarse=True),
    "three flows, equal gates": make_corpus(flows=3, seed=3, coarse=True),
    "two classes": make_corpus(classes=2, seed=4),
    "one row": make_corpus(rows=1, seed=5),
}
SPANS = {
    "spans": make_span_corpus(),
    "spans, three flows": make_span_corpus(flows=3, seed=1),
    "spans, equal gates": make_span_corpus(seed=2, coarse=True),
}
HAND = Corpus(
    gates=np.array([[0.1, 0.9], [0.8, 0.2], [0.4, 0.6]]),
    direct=np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 0.0]]),
    read=np.array([[0.0, 5.0], [0.0, -9.0], [0.0, 4.0]]),
    starts=np.array([0, 2]),
    bias=np.array([0.5, 0.0]),
    labels=np.array([1, 1]),
    has_context=np.array([True, True]),
)


def thetas(corpus) -> np.ndarray:
    gates = np.unique(reading_gate(corpus.gates))
    beside = [*np.nextafter(gates[:8], 0), *np.nextafter(gates[-8:], 1)]
    found = np.array([0.0, 1.0, 0.5, *gates[::5], *beside, *np.random.default_rng(0).uniform(size=12)])
    return found[(found >= 0) & (found <= 1)]


@pytest.mark.parametrize("policy", ["threshold", "weighted_threshold"])
@pytest.mark.parametrize("name", [*CORPORA, *SPANS])
def test_every_theta_is_scored_as_anew(name, policy):
    corpus = (CORPORA | SPANS)[name]
    index = ThresholdIndex(threshold_states(corpus, policy))
    for theta in thetas(corpus):
        kappa, rho = corpus.decision(policy, theta)
        scores, found = corpus.score(kappa, rho), index.at(theta)
        np.testing.assert_array_equal(found.scores, scores)
        assert found.quality == pytest.approx(scores.mean(), abs=1e-12)
        assert index.quality(theta) == pytest.approx(scores.mean(), abs=1e-12)
        assert found.share == pytest.approx(corpus.share(policy, theta), abs=1e-12)
        opened = reading_gate(corpus.gates) > theta
        np.testing.assert_array_equal(found.read, np.add.reduceat(opened, corpus.starts, dtype=int))


@pytest.mark.parametrize("name", CORPORA)
def test_answers_and_their_probabilities(name):
    corpus = CORPORA[name]
    index = ThresholdIndex(threshold_states(corpus))
    for theta in thetas(corpus):
        logits, found = corpus.logits("threshold", theta), index.at(theta)
        np.testing.assert_array_equal(found.answers, logits.argmax(1))
        np.testing.assert_allclose(found.confidence, softmax(logits).max(1), rtol=1e-6)


@pytest.mark.parametrize("name", SPANS)
def test_spans_and_their_probabilities(name):
    corpus = SPANS[name]
    index = ThresholdIndex(threshold_states(corpus))
    for theta in (0.0, 0.3, 0.6, 1.0):
        kappa, rho = corpus.decision("threshold", theta)
        expected, found = list(zip(*corpus.spans(kappa, rho), strict=True)), index.at(theta)
        assert [span_of(code) for code in found.answers] == expected
        scores = corpus.bias + kappa[:, None] * corpus.direct + rho[:, None] * corpus.read
        for row, (first, last) in enumerate(expected):
            start, length = corpus.starts[row], corpus.lengths[row]
            own = scores[start : start + length]
            allowed = [own[i, 0] + own[j, 1] for i in range(length) for j in range(i, min(length, i + corpus.longest))]
            probability = np.exp(own[first, 0] + own[last, 1]) / np.exp(allowed).sum()
            assert found.confidence[row] == pytest.approx(probability, rel=1e-5)


def test_many_blocks_are_as_one(monkeypatch):
    whole = threshold_states(CORPORA["two flows"])
    monkeypatch.setattr(states, "BLOCK", 7)
    parts = threshold_states(CORPORA["two flows"])
    np.testing.assert_array_equal(parts.answers, whole.answers)
    np.testing.assert_allclose(parts.confidence, whole.confidence, rtol=1e-6)


def test_the_area_under_the_curve():
    corpus = CORPORA["two classes"]
    index = ThresholdIndex(threshold_states(corpus), "auc")
    for theta in (0.0, 0.4, 0.8, 1.0):
        margins = corpus.margins(*corpus.decision("threshold", theta))
        assert index.quality(theta) == pytest.approx(roc_auc_score(corpus.labels == 1, margins), abs=1e-9)


def test_by_hand():
    """Rows: tokens 0.9 and 0.2; token 0.6. All read: −3.0 and 0.5; the second needs its token, the first only one."""
    index = ThresholdIndex(threshold_states(HAND))
    assert [index.quality(theta) for theta in (0, 0.2, 0.6, 0.9)] == [0.5, 1.0, 0.5, 0.5]
    curve = index.curve()
    assert curve.thetas.tolist() == [0.0, 0.2, 0.6, 0.9]
    np.testing.assert_allclose(curve.shares, [1, 2 / 3, 1 / 3, 0])
    assert curve.qualities.tolist() == [0.5, 1.0, 0.5, 0.5]
    assert curve.front().tolist() == [3, 1]
    assert (curve.within(0.5), curve.within(0.7), curve.within(-1)) == (3, 1, None)
    assert (curve.within(curve.shares[1]), curve.reaching(curve.qualities[1])) == (1, 1)  # the limit itself counts
    assert (curve.reaching(0.4), curve.reaching(0.9), curve.reaching(1.1)) == (3, 1, None)
    assert index.changed(0, 0.2).tolist() == [1, 2]
    assert index.changed(0.2, 0.6).tolist() == [2, -1]
    assert index.at(0.2).reading_rows == 1.0
    assert index.at(0.6).reading_rows == 0.5


def test_curve_of_all_breakpoints_is_every_theta():
    index = ThresholdIndex(threshold_states(CORPORA["equal gates"]))
    curve = index.curve()
    assert curve.thetas.tolist() == [i / 10 for i in range(10)]
    np.testing.assert_allclose(curve.qualities, [index.at(theta).quality for theta in curve.thetas])
    np.testing.assert_allclose(curve.shares, [index.at(theta).share for theta in curve.thetas])


def test_changes_are_counted_both_ways():
    index = ThresholdIndex(threshold_states(make_corpus(rows=400)))
    before, after, kinds = index.at(0.2), index.at(0.8), index.changed(0.2, 0.8)
    assert (kinds == 2).sum() == (before.answers == after.answers).sum()
    assert (kinds == 1).sum() - (kinds == -1).sum() == round(after.scores.sum() - before.scores.sum())
    assert {-1, 0, 1, 2} == set(kinds.tolist())


def test_calibration_is_the_librarys():
    index = ThresholdIndex(threshold_states(make_corpus(rows=500)))
    found, at = index.calibration(0.5), index.at(0.5)
    accuracy, confidence = calibration_curve(at.scores, at.confidence, n_bins=10)
    filled = found.counts > 0
    np.testing.assert_allclose(found.accuracy[filled], accuracy)
    np.testing.assert_allclose(found.confidence[filled], confidence)
    assert found.error == pytest.approx((found.counts[filled] * abs(accuracy - confidence)).sum() / 500)
    assert np.isnan(found.accuracy[~filled]).all()


def test_a_probability_of_one_falls_into_the_last_bin():
    steps = threshold_states(HAND)
    found = ThresholdIndex(replace(steps, confidence=np.ones_like(steps.confidence))).calibration(0.0)
    assert found.counts.tolist() == [0] * 9 + [2]


def test_rows_without_a_context_ask_for_none():
    index = ThresholdIndex(threshold_states(replace(HAND, has_context=np.array([True, False]))))
    assert index.at(0.0).read.tolist() == [2, 1]
    assert index.at(0.0).reading_rows == 0.5


def test_facets_are_those_of_the_rows_alone():
    corpus = make_corpus(rows=200)
    index = ThresholdIndex(threshold_states(corpus))
    for label, facet in index.facets(0.4, corpus.labels).items():
        alone = corpus.subset(corpus.labels == label)
        assert facet["n"] == len(alone)
        assert facet["share"] == pytest.approx(alone.share("threshold", 0.4))
        assert facet["quality"] == pytest.approx(alone.score(*alone.decision("threshold", 0.4)).mean())


def test_a_subset_is_the_index_of_those_rows():
    corpus, (first, second) = CORPORA["three flows"], halves(60)
    steps = threshold_states(corpus)
    for chosen in (first, second):
        part, alone = ThresholdIndex(steps.subset(chosen)), ThresholdIndex(threshold_states(corpus.subset(chosen)))
        for theta in (0, 0.3, 0.7):
            np.testing.assert_array_equal(part.at(theta).answers, alone.at(theta).answers)
            assert part.share(theta) == alone.share(theta)
    assert (first ^ second).all()


def test_what_cannot_be_is_refused():
    index = ThresholdIndex(threshold_states(HAND))
    with pytest.raises(ValueError, match="must lie in"):
        index.at(1.5)
    with pytest.raises(ValueError, match="must lie in"):
        index.quality(-0.1)
    with pytest.raises(ValueError, match="does not look at θ"):
        threshold_states(HAND, "soft")
    with pytest.raises(ValueError, match="two classes"):
        ThresholdIndex(threshold_states(CORPORA["two flows"]), "auc")
    with pytest.raises(ValueError, match="one class"):
        ThresholdIndex(threshold_states(HAND), "auc")
    with pytest.raises(ValueError, match="name the θs"):
        ThresholdIndex(threshold_states(CORPORA["two classes"]), "auc").curve()


def test_a_subset_of_no_rows_is_empty():
    corpus = CORPORA["two flows"]
    nothing = np.zeros(len(corpus), dtype=bool)
    assert len(corpus.subset(nothing)) == len(threshold_states(corpus).subset(nothing)) == 0


@pytest.mark.parametrize("theta", [-0.1, 1.5, float("nan")])
def test_a_threshold_outside_0_to_1_is_refused(theta):
    index = ThresholdIndex(threshold_states(HAND))
    for measure in (index.at, index.share, index.quality, index.calibration, lambda value: index.curve([0.5, value])):
        with pytest.raises(ValueError, match=r"must lie in \[0, 1\]"):
            measure(theta)


def test_thresholds_of_numpy_are_those_of_python():
    index = ThresholdIndex(threshold_states(HAND))
    for theta in (np.float64(0.5), np.float32(0.5), np.array(0.5)):
        found = index.at(theta)
        assert (type(found.theta), found.share, found.quality) == (float, index.share(0.5), index.quality(0.5))
        assert index.states(theta) is index.states(0.5)
    assert index.curve((0.25, 0.5)).thetas.tolist() == index.curve(np.array([0.25, 0.5])).thetas.tolist()
    assert index.curve([0.25, 0.5]).within(np.float32(1)) is not None


@pytest.mark.parametrize(
    ("act", "message"),
    [
        (lambda index: index.at(True), r"threshold must be a number in \[0, 1\], not True"),
        (lambda index: index.at(np.array([0.5])), "threshold must be a number .* not an array of shape"),
        (lambda index: index.curve(0.5), "thresholds must be a list of numbers"),
        (lambda index: index.curve(["0.5"]), "thresholds must be a number in"),
        (lambda index: index.calibration(0.5, 0), "bins must be a whole number from 1 on, not 0"),
        (lambda index: index.facets(0.5, 3), "parts must be a list of one for each row, not 3"),
        (lambda index: index.facets(0.5, [1]), r"parts have shape \(1,\), expected"),
        (lambda index: index.curve().reaching(float("nan")), "quality must be a number, not nan"),
    ],
)
def test_wrong_numbers_of_an_index_are_named(act, message):
    with pytest.raises(ValueError, match=message):
        act(ThresholdIndex(threshold_states(HAND)))
