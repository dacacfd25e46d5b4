import numpy as np
import pytest
from scipy import stats

from dualroute.evaluation.bootstrap import RowBootstrap


def scores(rows: int, share: float, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).random(rows) < share


def test_rows_that_are_all_alike_leave_the_doubt_of_their_number():
    """Wilson: of n rows all right the lower bound is 1 / (1 + z² / n). Resamples of them would all be alike."""
    bootstrap, bound = RowBootstrap(20), 1 / (1 + 1.959964**2 / 20)
    assert bootstrap.estimate(np.ones(20)) == {"accuracy": 1.0, "ci": [pytest.approx(bound, abs=1e-6), 1.0]}
    assert bootstrap.estimate(np.zeros(20, bool)) == {"accuracy": 0.0, "ci": [0.0, pytest.approx(1 - bound, abs=1e-6)]}


def test_the_interval_is_the_one_of_scipy():
    sample = np.random.default_rng(2).random(400)
    ours = RowBootstrap(400, seed=3).estimate(sample)
    theirs = stats.bootstrap(
        (sample,), np.mean, n_resamples=4000, method="percentile", rng=np.random.default_rng(4)
    ).confidence_interval
    assert ours["accuracy"] == pytest.approx(sample.mean(), abs=1e-6)
    assert ours["ci"] == pytest.approx([theirs.low, theirs.high], abs=0.002)  # one of 90% is 0.0045 narrower


def test_the_interval_covers_the_truth_about_as_often_as_it_says():
    covered = 0
    for seed in range(200):
        low, high = RowBootstrap(120, seed, resamples=400).estimate(scores(120, 0.7, seed))["ci"]
        covered += low <= 0.7 <= high
    assert 0.89 <= covered / 200 <= 0.99


def test_differences_are_paired():
    bootstrap = RowBootstrap(300)
    sample = scores(300, 0.6)
    better = sample.copy()
    better[np.flatnonzero(~sample)[:15]] = True
    assert bootstrap.difference(sample, sample) == {"difference": 0.0, "ci": [0.0, 0.0]}
    difference = bootstrap.difference(better, sample)
    assert difference["difference"] == pytest.approx(0.05)
    assert difference["ci"][0] > 0.02  # the two intervals alone overlap widely
    assert bootstrap.estimate(better)["ci"][0] < bootstrap.estimate(sample)["ci"][1]


def test_the_difference_of_opposite_scores_has_the_opposite_interval():
    bootstrap = RowBootstrap(100)
    one, other = scores(100, 0.7, 1), scores(100, 0.5, 2)
    low, high = bootstrap.difference(one, other)["ci"]
    assert bootstrap.difference(other, one)["ci"] == pytest.approx([-high, -low])


def test_the_interval_covers_random_draws_as_well_as_rows():
    bootstrap = RowBootstrap(50)
    draws = np.stack([np.ones(50), np.zeros(50)])
    assert bootstrap.estimate(draws) == {"accuracy": 0.5, "ci": [0.0, 1.0]}
    assert bootstrap.difference(np.ones(50), draws) == {"difference": 0.5, "ci": [0.0, 1.0]}


def test_the_same_seed_gives_the_same_interval_and_another_seed_another():
    sample = np.random.default_rng(0).random(200)
    assert RowBootstrap(200, seed=5).estimate(sample) == RowBootstrap(200, seed=5).estimate(sample)
    assert RowBootstrap(200, seed=5).estimate(sample)["ci"] != RowBootstrap(200, seed=6).estimate(sample)["ci"]


def test_no_rows_are_an_error():
    with pytest.raises(ValueError, match="no rows"):
        RowBootstrap(0)
