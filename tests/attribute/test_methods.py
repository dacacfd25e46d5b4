"""Methods: complete where they promise it, the same together as alone, the same for the same seed."""

import json
import math
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from factories.quick import COMPLETE, QUICK, RANDOM, assert_same, total

from dualroute.attribute.engine import attribute, attribute_many
from dualroute.attribute.method import seeded
from dualroute.attribute.methods import METHODS, perturbations
from dualroute.trace.attribution import Attribution

TOLERANCE = {"integrated_gradients": 0.02, "kernel_shap": 1e-3}  # else float32


@pytest.mark.parametrize("method", COMPLETE)
@pytest.mark.parametrize("target", ["prediction", "margin", "effect", "gate", "gate:1-3"])
@pytest.mark.parametrize("policy", ["soft", "weighted_threshold", "merged"])
def test_scores_add_up_where_that_is_promised(tiny_router, trace_with, method, target, policy):
    if (method, target[:4]) == ("exact", "gate"):
        pytest.skip("nothing adds up to a gate exactly")
    found = attribute(tiny_router, trace_with(policy, {1: "merged"}), target, method, **QUICK[method])
    change = found.value - found.baseline_value
    assert total(found) == pytest.approx(change + found.convergence_delta, abs=1e-6)
    assert abs(found.convergence_delta) <= TOLERANCE.get(method, 1e-4) * max(abs(change), 0.01)


@pytest.mark.parametrize("method", [name for name in METHODS if not METHODS[name].complete])
def test_no_delta_where_no_sum_is_promised(tiny_router, trace_with, method):
    assert math.isnan(attribute(tiny_router, trace_with("soft"), method=method, **QUICK[method]).convergence_delta)


@pytest.mark.parametrize("method", [name for name in METHODS if name != "exact"])
def test_targets_together_are_what_they_are_alone(tiny_router, trace_with, method):
    trace, targets = trace_with("soft"), ("margin", "gate:2", "prediction:World")
    together = attribute_many(tiny_router, trace, targets, method, **QUICK[method])
    for target, found in zip(targets, together, strict=True):
        assert_same(found, attribute(tiny_router, trace, target, method, **QUICK[method]), atol=1e-5)


@pytest.mark.parametrize("method", ["feature_ablation", "occlusion", "shapley_sampling", "kernel_shap", "lime"])
def test_a_further_target_costs_no_pass(tiny_router, trace_with, method):
    one, two = (
        attribute_many(tiny_router, trace_with("soft"), targets, method, **QUICK[method])[0]
        for targets in (("prediction",), ("prediction", "gate", "margin"))
    )
    assert one.passes == two.passes
    assert one.passes[1] == 0
    assert one.passes[0] > 5


@pytest.mark.parametrize("method", RANDOM)
def test_the_same_seed_gives_the_same_numbers(tiny_router, trace_with, method):
    first, again, other = (
        attribute(tiny_router, trace_with("soft"), method=method, seed=seed, **QUICK[method]) for seed in (4, 4, 5)
    )
    assert_same(first, again)
    assert np.abs(first.scores - other.scores).max() > 1e-6
    assert (first.seed, other.seed) == (4, 5)


@pytest.mark.parametrize("method", [name for name in METHODS if name not in RANDOM])
def test_a_seed_changes_nothing_where_nothing_is_random(tiny_router, trace_with, method):
    first, other = (
        attribute(tiny_router, trace_with("soft"), method=method, seed=seed, **QUICK[method]) for seed in (4, 5)
    )
    assert_same(first, other)


@pytest.mark.parametrize("method", METHODS)
def test_the_callers_random_numbers_are_untouched(tiny_router, trace_with, method):
    trace = trace_with("soft")
    torch.manual_seed(11)
    np.random.seed(11)
    expected = torch.rand(3), np.random.rand(3)
    torch.manual_seed(11)
    np.random.seed(11)
    attribute(tiny_router, trace, method=method, seed=2, **QUICK[method])
    assert torch.equal(torch.rand(3), expected[0])
    np.testing.assert_array_equal(np.random.rand(3), expected[1])


def test_two_threads_get_what_one_gets(tiny_router, trace_with):
    """Captum draws from generators that all threads share."""
    asked = [(method, seed) for method in RANDOM for seed in (0, 1)]
    trace = trace_with("soft")

    def run(one):
        return attribute(tiny_router, trace, method=one[0], seed=one[1], **QUICK[one[0]])

    expected = [run(one) for one in asked]
    with ThreadPoolExecutor(4) as pool:
        for found, single in zip(pool.map(run, asked), expected, strict=True):
            assert_same(found, single, atol=1e-6)


def test_many_subsets_are_asked_for_in_batches(tiny_router, trace_with, monkeypatch):
    trace = trace_with("soft")
    whole = attribute(tiny_router, trace, method="shapley_sampling", n_samples=3)
    monkeypatch.setattr(perturbations, "SUBSETS", 7)
    assert_same(attribute(tiny_router, trace, method="shapley_sampling", n_samples=3), whole, atol=1e-6)


def test_random_numbers_come_back_after_an_error():
    before = torch.get_rng_state()

    def stop():
        with seeded(3):
            torch.rand(5)
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        stop()
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("method", METHODS)
def test_one_word_alone_is_scored(tiny_router, method):
    found = tiny_router.attribute(tiny_router.trace("striker", ""), method=method, **QUICK[method])
    assert found.scores.shape == (1,)
    if METHODS[method].complete:
        assert found.scores[0] == pytest.approx(found.value - found.baseline_value, rel=0.02, abs=1e-4)


def test_a_fit_to_fewer_subsets_than_units_has_not_converged(tiny_router, trace_with):
    few, many = (
        attribute(tiny_router, trace_with("soft"), method="kernel_shap", n_samples=samples) for samples in (15, 60)
    )
    assert (few.converged, many.converged) == (False, True)
    assert (few.steps, many.steps) == (15, 60)


def test_records_of_before_are_still_read(tiny_router, trace_with):
    """What came later has defaults: who asked for no granularity got tokens."""
    told = json.loads(attribute(tiny_router, trace_with("soft"), n_steps=1).to_json())
    for name in ("granularity", "groups", "context_groups", "parameters", "passes", "seed"):
        del told[name]
    back = Attribution.from_dict(told)
    assert (back.granularity, back.groups, back.parameters, back.passes) == ("token", (), {}, (0, 0))
