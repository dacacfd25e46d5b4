"""The area under the curve, against scikit-learn on every resample; means stay what they were."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dualroute.evaluation.bootstrap import RowBootstrap
from dualroute.evaluation.routing import RoutingEvaluation, choose_threshold
from dualroute.evaluation.statistics import NO_RANKING, AreaUnderCurve, MeanOfRows, make_statistic
from dualroute.rows.corpus import Corpus

ROWS = 60


def made(seed: int = 0, draws: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Labels, and margins with many ties that know something of them."""
    draw = np.random.default_rng(seed)
    positive = draw.random(ROWS) < 0.6
    margins = np.round(draw.normal(size=(draws, ROWS) if draws else ROWS) + positive, 1)
    return positive, margins


def routed_rows(positive, margins) -> Corpus:
    """One token per row. The direct flow says nothing, what is read is `margins`; the first half has its gates open."""
    gate = np.where(np.arange(len(positive)) < len(positive) // 2, 0.9, 0.1)
    zeros = np.zeros(len(positive))
    return Corpus(
        gates=np.stack([1 - gate, gate], axis=-1),
        direct=np.stack([zeros, zeros], axis=-1),
        read=np.stack([zeros, margins], axis=-1),
        starts=np.arange(len(positive)),
        bias=np.zeros(2),
        labels=positive.astype(int),
        has_context=np.ones(len(positive), bool),
    )


def test_by_hand():
    """Of six pairs, two are ranked rightly, one is a tie."""
    area = AreaUnderCurve(np.array([True, False, True, False, False]))
    assert area.value(np.array([2.0, 1.0, 1.0, 3.0, 1.5])) == pytest.approx((2 + 0.5) / 6)
    counts = np.array([[1, 1, 1, 1, 1], [1, 2, 0, 0, 1], [1, 0, 1, 0, 0]], np.float32)
    values = area.resampled(counts, np.array([[2.0, 1.0, 1.0, 3.0, 1.5]]), np.zeros(3, int))
    assert values == pytest.approx([2.5 / 6, 1.0, NO_RANKING])


def test_every_resample_is_the_area_of_scikit_learn():
    positive, margins = made()
    bootstrap = RowBootstrap(ROWS, resamples=50, statistic=AreaUnderCurve(positive))
    values = bootstrap.statistic.resampled(bootstrap.counts, margins[None], np.zeros(50, int))
    expected = [roc_auc_score(positive, margins, sample_weight=counts) for counts in bootstrap.counts]
    np.testing.assert_allclose(values, expected, atol=1e-9)
    repeated = [np.repeat(np.arange(ROWS), counts.astype(int)) for counts in bootstrap.counts]
    np.testing.assert_allclose(values, [roc_auc_score(positive[i], margins[i]) for i in repeated], atol=1e-9)


def test_every_resample_takes_its_draw():
    positive, margins = made(draws=4)
    statistic = AreaUnderCurve(positive)
    counts = np.random.default_rng(1).integers(0, 3, size=(30, ROWS)).astype(np.float32)
    draw = np.random.default_rng(2).integers(4, size=30)
    values = statistic.resampled(counts, margins, draw)
    expected = [roc_auc_score(positive, margins[k], sample_weight=c) for c, k in zip(counts, draw, strict=True)]
    np.testing.assert_allclose(values, expected, atol=1e-9)
    assert statistic.value(margins) == pytest.approx(np.mean([roc_auc_score(positive, m) for m in margins]))


def test_an_entry_has_the_area_its_interval_and_the_accuracy_beside_it():
    positive, margins = made()
    entry = RowBootstrap(ROWS, statistic=AreaUnderCurve(positive)).estimate(margins)
    assert entry["auc"] == pytest.approx(roc_auc_score(positive, margins), abs=1e-6)
    assert entry["ci"][0] < entry["auc"] < entry["ci"][1]
    assert entry["accuracy"] == pytest.approx(((margins > 0) == positive).mean(), abs=1e-6)


def test_differences_of_areas_are_paired():
    positive, margins = made()
    bootstrap = RowBootstrap(ROWS, statistic=AreaUnderCurve(positive))
    assert bootstrap.difference(margins, margins) == {"difference": 0.0, "ci": [0.0, 0.0]}
    better = margins + 0.5 * positive
    gain = bootstrap.difference(better, margins)
    assert gain["difference"] == pytest.approx(
        roc_auc_score(positive, better) - roc_auc_score(positive, margins), abs=1e-6
    )
    assert gain["ci"][0] > 0  # though the two intervals alone overlap
    assert bootstrap.estimate(better)["ci"][0] < bootstrap.estimate(margins)["ci"][1]


def test_a_comparison_by_area():
    positive, margins = made()
    comparison = RoutingEvaluation(routed_rows(positive, margins), draws=3, metric="auc")
    summary = comparison.summary([0.5])
    (entry,) = summary["thresholds"]
    assert (summary["direct"]["auc"], entry["share"]) == (0.5, 0.5)
    assert summary["merged"]["auc"] == pytest.approx(roc_auc_score(positive, margins), abs=1e-6)
    half = margins * (np.arange(ROWS) < ROWS // 2)
    assert entry["auc"] == pytest.approx(roc_auc_score(positive, half), abs=1e-6)
    assert {"auc", "accuracy", "ci"} <= set(entry["random"])
    assert entry["minus_merged"]["difference"] == pytest.approx(entry["auc"] - summary["merged"]["auc"], abs=2e-6)


def test_the_oracle_reads_where_that_moves_a_row_to_its_side():
    positive, margins = made()
    oracle = RoutingEvaluation(routed_rows(positive, margins), draws=1, metric="auc").oracle()
    helped = np.where(positive, margins > 0, margins < 0)
    assert oracle["share"] == pytest.approx(helped.mean(), abs=1e-6)
    assert oracle["auc"] == pytest.approx(roc_auc_score(positive, margins * helped), abs=1e-6)


def test_the_threshold_of_the_largest_area():
    positive, margins = made()
    chosen = choose_threshold(routed_rows(positive, margins), "auc", largest_share=0.6)
    assert chosen["share"] == 0.5
    assert chosen["auc"] == pytest.approx(roc_auc_score(positive, margins * (np.arange(ROWS) < ROWS // 2)))


def test_means_are_named_and_rows_compared_as_before():
    mean = make_statistic("accuracy", routed_rows(*made()))
    assert isinstance(mean, MeanOfRows)
    assert mean.value(np.array([0.5, 1.0])) == 0.75
    assert mean.extra_metrics(np.array([0.5, 1.0])) == {}
    assert mean.better(np.array([0.5, 1.0]), np.array([0.6, 0.0])).tolist() == [False, True]


def test_rows_that_cannot_be_ranked_are_an_error():
    with pytest.raises(ValueError, match="one class"):
        AreaUnderCurve(np.ones(3, bool))
    with pytest.raises(ValueError, match="needs two classes, not 3"):
        make_statistic("auc", Corpus(**vars(routed_rows(*made())) | {"bias": np.zeros(3)}))


def test_margins_of_a_baseline_that_has_the_classes_the_other_way_round():
    positive, margins = np.array([True, False, True, False]), np.array([2.0, -1.0, 0.5, 0.25])
    area, correct = AreaUnderCurve(positive), np.array([True, True, True, False])
    for answers in (margins, -margins):
        assert np.array_equal(area.scores_from_answers(correct, answers), margins)
