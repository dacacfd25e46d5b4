"""Sensitivity: by hand where scores are known functions of the disturbed words, seeded, and small for small noise."""

import numpy as np
import pytest
import torch

from dualroute.attribute.engine import attribute_many
from dualroute.faithful import sensitivity as module
from dualroute.faithful.sensitivity import RADIUS, sensitivities, sensitivity
from dualroute.families.dual_route.interpolation import make_interpolation_path
from dualroute.trace.targets import parse_target

X, H = "the striker scored twice", "say report market shares fell sharply"


@pytest.fixture(scope="module")
def trace(tiny_router):
    return tiny_router.trace(X, H, "soft")


@pytest.fixture
def path(tiny_router, trace):
    return make_interpolation_path(tiny_router.model, trace, [parse_target(trace, "gate")])


def test_scores_that_are_the_words_themselves(path):
    """φ is what leads to x's first word; the noise is at most RADIUS of the root mean square of all of x's words."""
    first = path.varied[0].words[0]
    found = sensitivities(path, lambda disturbed: disturbed.varied[0].difference[first][None], 5)[0]
    differences = path.varied[0].difference[path.varied[0].words]
    largest = RADIUS * differences.square().mean().sqrt() * differences.shape[1] ** 0.5 / differences[0].norm()
    assert largest / 3 < found < largest


def test_scores_that_do_not_move_are_not_sensitive_and_each_disturbance_is_computed_once(path):
    seen = []
    assert sensitivities(path, lambda disturbed: seen.append(disturbed) or torch.ones(1, 3), 4) == [0.0]
    assert len(seen) == 5
    seen = [one.varied[0].difference for one in seen]
    assert (seen[0] == path.varied[0].difference).all()
    assert not (seen[1] == seen[2]).all()
    assert all((one[[0, -1]] == 0).all() for one in seen)  # special tokens stay


@pytest.mark.parametrize("method", ["exact", "integrated_gradients", "saliency", "shapley_sampling"])
def test_a_method_s_sensitivity_is_finite_seeded_and_grows_with_the_disturbance(
    tiny_router, trace, method, monkeypatch
):
    targets = ("prediction",) if method == "exact" else ("prediction", "gate")
    found = attribute_many(tiny_router, trace, targets, method)
    small = sensitivity(tiny_router, trace, found, 2, seed=3)
    assert list(small) == list(targets)
    assert small == sensitivity(tiny_router, trace, found, 2, seed=3)
    monkeypatch.setattr(module, "RADIUS", 10 * RADIUS)
    large = sensitivity(tiny_router, trace, found, 2, seed=3)
    assert all(0 < small[target] < large[target] for target in targets)


def test_the_undisturbed_scores_are_those_of_the_attribution(tiny_router, trace):
    for method in ("exact", "integrated_gradients"):
        (found,) = attribute_many(tiny_router, trace, ("prediction",), method)
        target = parse_target(trace, "prediction")
        path = make_interpolation_path(tiny_router.model, trace, [target])
        scores = module._recompute(trace, (target,), found, tiny_router.units(trace, "token"))(path).detach().numpy()
        np.testing.assert_allclose(scores[0], np.concatenate([found.scores, found.context_scores]), atol=1e-5)


@pytest.mark.parametrize("method", ["exact", "feature_ablation"])
def test_x_alone_can_be_disturbed(tiny_router, method):
    trace = tiny_router.trace(X, "", "soft")
    attributions = attribute_many(tiny_router, trace, ("prediction",), method)
    shifts = sensitivity(tiny_router, trace, attributions, 2, targets=[parse_target(trace, "prediction")])
    assert 0 < shifts["prediction"] < 1


def test_numbers_outside_the_limits_are_refused(path):
    with pytest.raises(ValueError, match="disturbances must be a whole number from 1 to 50, not 0"):
        sensitivities(path, lambda disturbed: torch.ones(1, 3), 0)
