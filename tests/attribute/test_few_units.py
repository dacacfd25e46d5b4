"""One unit, two units, and samples that say too little: what a fit returns, and whether it has converged."""

import numpy as np
import pytest
import torch
from factories.quick import QUICK, H, total

from dualroute.attribute.methods import METHODS
from dualroute.attribute.methods.regressions import SubsetRecorder

FITS = ("lime", "kernel_shap")


@pytest.mark.parametrize("granularity", ["token", "word", "sentence"])
@pytest.mark.parametrize("method", FITS)
@pytest.mark.parametrize("target", ["prediction", "gate", "margin"])
def test_one_unit_has_the_whole_change(tiny_router, method, granularity, target):
    trace = tiny_router.trace("the striker scored" if granularity == "sentence" else "striker", "")
    alone = tiny_router.attribute(trace, target, "feature_ablation", granularity=granularity)
    found = tiny_router.attribute(trace, target, method, granularity=granularity)
    assert found.scores == pytest.approx(alone.scores, abs=1e-6)
    assert total(found) == pytest.approx(found.value - found.baseline_value, abs=1e-6)
    assert found.converged


@pytest.mark.parametrize("method", FITS)
def test_two_units_are_fitted(tiny_router, method):
    trace = tiny_router.trace("the striker scored", H)
    options = {"granularity": "sentence"} | ({"alpha": 0.0} if method == "lime" else {})
    found = tiny_router.attribute(trace, "prediction", method, n_samples=60, **options)
    lone = tiny_router.attribute(trace, "prediction", "feature_ablation", granularity="sentence")
    assert found.converged
    assert (len(found.scores), len(found.context_scores)) == (1, 1)
    assert np.sign(found.scores) == np.sign(lone.scores)
    assert total(found) == pytest.approx(found.value - found.baseline_value, rel=0.35)


@pytest.mark.parametrize("method", FITS)
def test_fewer_samples_than_units_have_not_converged(tiny_router, trace_with, method):
    few, many = (tiny_router.attribute(trace_with("soft"), method=method, n_samples=n) for n in (15, 200))
    assert (few.converged, many.converged) == (False, True)
    assert (few.steps, many.steps) == (15, 200)


def test_a_lasso_whose_solver_did_not_end_has_not_converged(tiny_router, trace_with, monkeypatch):
    monkeypatch.setattr("dualroute.attribute.methods.regressions.MAX_ITERATIONS", 1)
    found = tiny_router.attribute(trace_with("soft"), method="lime", n_samples=200, alpha=1e-9)
    assert not found.converged


@pytest.mark.parametrize(
    ("subsets", "weights", "enough"),
    [
        ([[1, 1], [0, 1], [1, 0]], [1, 1, 1], True),
        ([[1, 1], [0, 1], [1, 0]], [1, 0, 1], False),
        ([[1, 1], [1, 1], [1, 1]], [1, 1, 1], False),
        ([[1, 1], [0, 0], [1, 1], [0, 0]], [1, 1, 1, 1], False),
        ([[1, 1], [0, 1], [1, 0]], [0, 0, 0], False),
        ([[1, 1], [0, 0]], [1, 1], False),
    ],
)
def test_samples_determine_a_fit_where_they_differ_enough(subsets, weights, enough):
    recorder = SubsetRecorder()
    recorder.fit([(torch.tensor(subsets).float(), None, torch.tensor(weights).float())])
    assert recorder.determine_all is enough


@pytest.mark.parametrize("method", METHODS)
def test_every_method_scores_one_word_beside_one_word(tiny_router, method):
    found = tiny_router.attribute(tiny_router.trace("striker", "rain"), method=method, **QUICK[method])
    assert found.scores.shape == found.context_scores.shape == (1,)
    assert np.isfinite([*found.scores, *found.context_scores]).all()


def test_random_methods_say_so():
    assert {name for name, method in METHODS.items() if method.random} == {
        *("gradient_shap", "shapley_sampling", "kernel_shap", "lime"),
    }
