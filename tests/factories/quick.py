"""Every method with parameters that take little time, and what tests of methods ask of attributions."""

import numpy as np

from dualroute.attribute.methods import METHODS
from dualroute.families.dual_route.interpolation import make_interpolation_path
from dualroute.trace.attribution import Attribution

X, H = "the striker scored twice say report", "a report of the market say shares fell sharply"
BY_MODEL = [name for name in METHODS if name != "exact"]  # those that run the model
COMPLETE = [name for name in METHODS if METHODS[name].complete]
RANDOM = [name for name in METHODS if METHODS[name].random]
SAMPLES = {"gradient_shap": 5, "shapley_sampling": 2, "kernel_shap": 60, "lime": 60}
QUICK = {name: {"n_samples": SAMPLES[name]} if name in SAMPLES else {} for name in METHODS}
QUICK["layer_conductance"] = {"n_steps": 4}
QUICK["lime"] |= {"alpha": 1e-5}  # what little an untrained model does would else be called nothing


def total(found: Attribution) -> float:
    return float(found.scores.sum(dtype=np.float64) + found.context_scores.sum(dtype=np.float64))


def assert_same(first: Attribution, second: Attribution, atol: float = 0) -> None:
    np.testing.assert_allclose(first.scores, second.scores, rtol=0, atol=atol)
    np.testing.assert_allclose(first.context_scores, second.context_scores, rtol=0, atol=atol)


def varied_of(model, trace, baseline: str = "pad"):
    return make_interpolation_path(model, trace, (), baseline).varied
