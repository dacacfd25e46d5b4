"""Paired tests: the known numbers of Holm's procedure, differences of the same rows, and verdicts in words."""

import numpy as np
import pytest

from dualroute.evaluation.paired_tests import FEWEST_ROWS, RESAMPLES, holm, paired_tests
from dualroute.report.paired import paired_table, refusals, verdict, verdicts


def test_holm_by_hand():
    """0.01 · 4, 0.02 · 3 = 0.06, 0.03 · 2 = 0.06, and 0.04 · 1 = 0.04, which may not fall below 0.06."""
    np.testing.assert_allclose(holm([0.03, 0.01, 0.04, 0.02]), [0.06, 0.04, 0.06, 0.06])
    np.testing.assert_allclose(holm([0.9, 0.6]), [1.0, 1.0])
    np.testing.assert_allclose(holm([0.2]), [0.2])


def test_a_constant_difference_is_told_with_the_smallest_p():
    base = np.linspace(0, 1, 20)
    (test,) = paired_tests({"low": base, "high": base + 0.25})
    assert (test["better"], test["than"], test["difference"], test["ci"]) == ("high", "low", 0.25, [0.25, 0.25])
    assert test["p"] == pytest.approx(1 / (1 + RESAMPLES), abs=1e-6)
    assert test["told"]


def test_where_small_is_better_the_smaller_one_comes_first():
    base = np.linspace(0, 1, 20)
    (test,) = paired_tests({"low": base, "high": base + 0.25}, larger_is_better=False)
    assert (test["better"], test["than"], test["difference"]) == ("low", "high", -0.25)


def test_equal_methods_cannot_be_told_apart():
    (test,) = paired_tests({"a": np.arange(12.0), "b": np.arange(12.0)})
    assert (test["difference"], test["p"], test["p_corrected"], test["told"]) == (0, 1, 1, False)


def test_it_is_the_difference_of_the_same_rows_that_counts():
    """Rows differ by far more than methods: unpaired nothing could be told."""
    generator = np.random.default_rng(0)
    rows = generator.normal(0, 10, 40)
    better = rows + 0.5 + generator.normal(0, 0.2, 40)
    (test,) = paired_tests({"a": rows, "b": better})
    assert test["better"] == "b"
    assert test["told"]
    (shuffled,) = paired_tests({"a": rows, "b": generator.permutation(better)})
    assert not shuffled["told"]


def test_its_interval_and_p_are_near_those_of_the_normal_distribution():
    """d of mean 0.3 and standard error 0.1: ± 1.96 · 0.1, p = 2 · (1 − Φ(3)) = 0.0027."""
    d = np.random.default_rng(1).normal(size=400)
    d = 0.3 + (d - d.mean()) / d.std() * 0.1 * np.sqrt(400)
    (test,) = paired_tests({"a": d, "b": np.zeros(400)})
    np.testing.assert_allclose(test["ci"], [0.3 - 0.196, 0.3 + 0.196], atol=0.01)
    assert 0.0005 < test["p"] < 0.008


def test_of_equal_methods_hardly_ever_one_pair_is_told_apart():
    """Five methods without a difference, 60 times: with the correction 5% of them at most have a wrong verdict."""
    generator = np.random.default_rng(2)
    wrong = sum(
        any(test["told"] for test in paired_tests({str(m): generator.normal(size=40) for m in range(5)}, seed=run))
        for run in range(60)
    )
    assert wrong <= 8


def test_few_rows_tell_nothing():
    base = np.linspace(0, 1, FEWEST_ROWS - 1)
    (test,) = paired_tests({"low": base, "high": base + 0.25})
    assert not test["told"]


def test_all_pairs_are_tested_in_the_order_of_the_methods():
    base = np.linspace(0, 1, 10)
    tests = paired_tests({"c": base, "a": base + 2, "b": base + 1})
    assert [(test["better"], test["than"]) for test in tests] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert all(test["p_corrected"] >= test["p"] for test in tests)
    assert paired_tests({"a": base}) == []
    with pytest.raises(ValueError, match="same rows"):
        paired_tests({"a": base, "b": base[1:]})


TEST = {"better": "occlusion", "than": "lime", "difference": 0.041, "ci": [0.012, 0.07], "p": 0.0001}
OTHER = TEST | {
    "than": "saliency",
    "difference": 0.004,
    "ci": [-0.01, 0.02],
    "p": 0.6,
    "p_corrected": 0.6,
    "told": False,
}


def results_of(rows: int = 20) -> dict:
    tests = [TEST | {"p_corrected": 0.0003, "told": True}, OTHER]
    paired = {"measure": "comprehensiveness", "source": "S", "level": 0.05, "fewest_rows": 8, "tests": tests}
    return {"n": rows, "targets": {"prediction": {"main": "probability", "paired": paired}}}


def test_verdicts_are_the_tests_in_words():
    assert verdicts(results_of(), "prediction") == [
        "For the prediction: Occlusion is more faithful than LIME: +4.1 points [+1.2, +7.0].",
        "For the prediction: Occlusion and Saliency cannot be told apart: +0.4 points [−1.0, +2.0].",
    ]
    assert verdict(OTHER | {"difference": 0.5, "ci": [-0.25, 1.0]}, 1) == (
        "Occlusion and Saliency cannot be told apart: +0.50 [−0.25, +1.00]."
    )
    assert "5 rows are too few" in verdicts(results_of(5), "prediction")[0]
    assert verdicts({"n": 20, "targets": {"gate": {}}}, "gate") == []


def test_the_table_has_every_pair_and_names_the_source():
    table = paired_table(results_of())
    assert [row[4:] for row in table.rows] == [("< 0.001", "< 0.001", "yes"), ("0.600", "0.600", "no")]
    assert "Tests: S, over all pairs" in table.note
    assert paired_table({"n": 20, "targets": {"gate": {}}}) is None
    told = refusals({"refused": {"exact": "it is no sum"}})
    assert told == ["Contribution (exact sum) was left out: it is no sum."]
