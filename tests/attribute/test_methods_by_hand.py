"""Methods against numbers computed by hand: linear targets, a bend, the trace's own contributions, layers."""

import numpy as np
import pytest
import torch
from factories.linear_models import Reads
from factories.quick import assert_same, total

from dualroute.attribute.engine import attribute, attribute_many
from dualroute.attribute.method import MethodRequest
from dualroute.attribute.methods import METHODS
from dualroute.families.attribution_function import Units
from dualroute.families.dual_route.interpolation import InterpolationPath, make_interpolation_path

# What makes every method but saliency give the coefficients of a linear target.
EXACTLY = {
    "integrated_gradients": {"n_steps": 2, "tolerance": 0.02, "max_steps": 10},
    "input_x_gradient": {},
    "gradient_shap": {"n_samples": 5, "stdevs": 0.0},
    "feature_ablation": {},
    "occlusion": {"window": 1},
    "shapley_sampling": {"n_samples": 2},
    "kernel_shap": {"n_samples": 200},
    "lime": {"n_samples": 200, "alpha": 0.0},
    "layer_conductance": {"n_steps": 3, "layer": None},
}


TOKENS = Units((torch.arange(6), torch.arange(9)))
PAIRS = Units((torch.arange(6) // 2, torch.arange(9) // 3), (((0, 2), (2, 4), (4, 6)), ((0, 3), (3, 6), (6, 9))))


def run(method: str, path: InterpolationPath, units: Units, parameters: dict):
    return METHODS[method].function(MethodRequest(None, (), units, parameters, seed=3, model_function=path))


@pytest.fixture(scope="module")
def linear(tiny_model, trace_with):
    """A path whose two targets are linear in the embeddings, and their weights (2,15,32)."""
    trace = trace_with("soft")
    weights = 10 * torch.randn(2, 15, 32, generator=torch.Generator().manual_seed(7))
    values = tuple(lambda states, w=w: (states * w).sum((1, 2)) for w in weights)
    sides = make_interpolation_path(tiny_model, trace, ()).varied
    return lambda: InterpolationPath(Reads(tiny_model.backbone), sides, values), weights


@pytest.fixture(scope="module")
def coefficients(linear):
    """(2,15) the targets' change when one word alone comes."""
    path, weights = linear
    change = torch.cat([side.difference[side.words] for side in path().varied])
    return (weights * change).sum(-1)


@pytest.mark.parametrize("method", EXACTLY)
@pytest.mark.parametrize("units", [TOKENS, PAIRS], ids=["tokens", "groups"])
def test_scores_of_a_linear_target_are_its_coefficients(linear, coefficients, method, units):
    found = run(method, linear[0](), units, EXACTLY[method])
    torch.testing.assert_close(found.scores, units.summed(coefficients), rtol=1e-3, atol=1e-3)


def test_a_lasso_shrinks_the_coefficients_of_a_linear_target(linear, coefficients):
    small, large = (
        run("lime", linear[0](), TOKENS, {"n_samples": 400, "alpha": alpha}).scores for alpha in (1e-5, 0.05)
    )
    torch.testing.assert_close(small, coefficients, rtol=0.01, atol=0.01)
    assert (large.abs().sum(1) < 0.95 * coefficients.abs().sum(1)).all()


def test_saliency_of_a_linear_target_is_the_norm_of_its_weights(linear):
    path, weights = linear
    found = run("saliency", path(), TOKENS, {})
    torch.testing.assert_close(found.scores, weights.norm(dim=-1))
    grouped = run("saliency", path(), PAIRS, {}).scores
    torch.testing.assert_close(grouped[:, 0], weights[:, :2].flatten(1).norm(dim=1))


def test_occlusion_is_the_mean_of_the_windows_on_a_unit(linear, coefficients):
    found = run("occlusion", linear[0](), TOKENS, {"window": 3}).scores
    c = coefficients
    torch.testing.assert_close(found[:, 0], c[:, :3].sum(1), rtol=1e-4, atol=1e-4)
    middle = torch.stack([c[:, start : start + 3].sum(1) for start in (0, 1, 2)]).mean(0)
    torch.testing.assert_close(found[:, 2], middle, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(found[:, 14], c[:, 12:].sum(1), rtol=1e-4, atol=1e-4)


def test_a_window_wider_than_a_side_is_all_of_it(linear, coefficients):
    found = run("occlusion", linear[0](), TOKENS, {"window": 32}).scores
    torch.testing.assert_close(
        found[:, :6], coefficients[:, :6].sum(1, keepdim=True).expand(-1, 6), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("policy", ["soft", "weighted_threshold", "select", "direct"])
def test_exact_contributions_are_those_of_the_trace(tiny_router, trace_with, policy):
    trace = trace_with(policy, {1: "merged"})
    outcome = trace.replay()
    found, margin, effect = attribute_many(tiny_router, trace, ("prediction", "margin:Sports|World", "effect"), "exact")
    label = outcome.label_index
    np.testing.assert_allclose(found.scores, outcome.kappa * trace.direct_contributions[:, label], atol=1e-6)
    read = np.einsum("t,ts->s", outcome.rho, trace.context_contributions[..., label])
    np.testing.assert_allclose(found.context_scores, read, atol=1e-6)
    assert found.value == pytest.approx(outcome.logits[label], abs=1e-5)
    assert total(found) == pytest.approx(outcome.logits[label] - trace.bias[label], abs=1e-5)
    assert margin.value == pytest.approx(outcome.logits[1] - outcome.logits[0], abs=1e-5)
    np.testing.assert_allclose(effect.scores, 0, atol=1e-6)  # with two flows the direct part always counts
    np.testing.assert_allclose(effect.context_scores, read, atol=1e-6)
    assert (found.passes, found.route, found.method) == ((0, 0), "held", "exact")


def test_conductance_behind_the_last_layer_is_the_last_layer(tiny_router, trace_with):
    options = {"n_steps": 8, "method": "layer_conductance"}
    last, second = (attribute(tiny_router, trace_with("soft"), layer=layer, **options) for layer in (None, 2))
    assert_same(last, second, atol=1e-5)
    assert np.abs(last.scores - attribute(tiny_router, trace_with("soft"), layer=0, **options).scores).max() > 1e-3


def test_conductance_behind_the_last_layer_adds_up(tiny_router, trace_with):
    found = attribute(tiny_router, trace_with("soft"), method="layer_conductance", n_steps=300)
    assert total(found) == pytest.approx(found.value - found.baseline_value, rel=0.02)


def test_conductance_of_the_embeddings_is_integrated_gradients(tiny_router, trace_with):
    """With words alone varied, what flows through a word's embedding is what its presence is worth."""
    trace = trace_with("soft")
    flow = attribute(tiny_router, trace, "gate", "layer_conductance", layer=0, n_steps=400)
    presence = attribute(tiny_router, trace, "gate", n_steps=50)
    assert_same(flow, presence, atol=0.02 * float(np.abs(presence.context_scores).max()))
