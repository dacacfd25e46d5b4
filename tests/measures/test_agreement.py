"""Rank correlations: scipy is the oracle, and what cannot be compared is not."""

import dataclasses
import json
import math

import numpy as np
import pytest
from factories.quick import QUICK, H, X
from scipy.stats import spearmanr

from dualroute.measures.agreement import agreement, spearman


def test_correlations_are_scipys():
    generator = np.random.default_rng(1)
    for _ in range(5):
        first, second = generator.integers(0, 6, (2, 20)).astype(float)  # many ties
        assert spearman(first, second) == pytest.approx(spearmanr(first, second).statistic)


def test_known_orders():
    up = np.array([1.0, 2, 3, 4])
    assert spearman(up, up**3) == pytest.approx(1)
    assert spearman(up, -up) == pytest.approx(-1)
    assert spearman(up, -up, by_size=True) == pytest.approx(1)
    assert spearman(up, np.array([1.0, 2, 4, 3])) == pytest.approx(0.8)  # 1 − 6·2 / (4·15)
    assert math.isnan(spearman(up, np.ones(4)))


@pytest.fixture(scope="module")
def found(tiny_router):
    trace = tiny_router.trace(X, H, "soft")
    names = ("exact", "integrated_gradients", "saliency", "feature_ablation")
    return [tiny_router.attribute(trace, "prediction", name, **QUICK[name]) for name in names]


def test_methods_are_compared_with_each_other_and_with_the_exact_contributions(found):
    told = agreement(found, ("saliency",))
    assert told.methods == ("exact", "integrated_gradients", "saliency", "feature_ablation")
    table = np.array(told.correlations)
    np.testing.assert_allclose(np.diag(table), 1)
    np.testing.assert_allclose(table, table.T)
    assert told.with_exact == tuple(table[:, 0])
    joined = [np.concatenate([one.scores, one.context_scores]) for one in found]
    assert table[1, 3] == pytest.approx(spearmanr(joined[1], joined[3]).statistic)
    assert table[1, 2] == pytest.approx(spearmanr(np.abs(joined[1]), joined[2]).statistic)
    assert told.by_size[1] == (False, False, True, False)


def test_without_exact_contributions_there_is_none_to_agree_with(found):
    told = agreement(found[1:], ("saliency",))
    assert all(map(math.isnan, told.with_exact))
    assert json.loads(json.dumps(told.to_dict(), allow_nan=False))["with_exact"] == [None] * 3


@pytest.mark.parametrize(
    "change",
    [{"target": "gate"}, {"granularity": "word"}, {"scores": np.zeros(3)}],
    ids=["target", "units", "words"],
)
def test_only_what_answers_the_same_question_is_compared(found, change):
    other = dataclasses.replace(found[0], **change)
    with pytest.raises(ValueError, match="different inputs, targets or units"):
        agreement([other, found[1]])


def test_traces_of_another_decision_are_not_compared(tiny_router, found):
    other = tiny_router.attribute(tiny_router.trace(X, H, "merged"), "prediction", "exact")
    with pytest.raises(ValueError, match="different inputs"):
        agreement([other, found[1]])


def test_nothing_agrees_with_nothing():
    with pytest.raises(ValueError, match="no attribution given"):
        agreement([])
